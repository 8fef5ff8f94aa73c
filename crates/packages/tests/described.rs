//! What types of packages say of themselves, on a package of our own making.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use node_sdk::property::PropertyKind;
use packages::archive::Files;
use packages::cache::{self, Cache};
use packages::codes;
use packages::described::{Described, keep_data};
use serde_json::{Value, json};

fn version(version: &Value, properties: &Value, more: &Value) -> Value {
    let mut description = json!({"displayName": "Bell", "name": "bell", "description": "Rings.", "group": ["output"], "version": version,
        "defaults": {"name": "Bell"}, "inputs": ["main"], "outputs": ["main"], "properties": properties});
    description.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    description
}

fn package() -> Files {
    let tone = json!([{"displayName": "Tone", "name": "tone", "type": "string", "default": "a"}]);
    let declared =
        json!([{"displayName": "Send", "name": "send", "type": "options", "default": "", "options": [{"name": "S", "value": "s", "routing": {}}]}]);
    let loads = json!([{"displayName": "Send", "name": "send", "type": "options", "default": "", "typeOptions": {"loadOptions": {"routing": {}}}}]);
    let nodes = json!([
        version(&json!([2, 2.1]), &tone, &json!({"defaultVersion": 2})),
        version(&json!(1), &json!([]), &json!({})),
        version(&json!(1), &declared, &json!({"name": "declared"})),
        version(&json!(1), &tone, &json!({"name": "poller", "polling": true, "group": ["trigger"]})),
        version(&json!(1), &loads, &json!({"name": "enterprise"})),
        version(&json!(1), &loads, &json!({"name": "loader"})),
        version(&json!("one"), &tone, &json!({"name": "broken"})),
    ]);
    let known = json!({
        "bell": {"className": "BellV", "sourcePath": "dist/nodes/Bell/Bell.node.js"},
        "enterprise": {"className": "Enterprise", "sourcePath": "dist/nodes/E.ee/Enterprise.node.js"},
        "broken": {"className": "Broken", "sourcePath": "dist/nodes/Bell/Bell.node.js"},
    });
    let entries = ["Bell/Bell", "Declared/Declared", "Poller/Poller", "Loader/Loader"].map(|name| format!("./dist/nodes/{name}.node.js"));
    let manifest = json!({"name": "n8n-nodes-bell", "version": "1.0.0", "n8n": {"nodes": entries, "credentials": ["dist/BellApi.credentials.js"]}});
    let credentials = json!([{"name": "bellApi", "displayName": "Bell", "properties": []}]);
    let texts = [
        ("package.json", manifest.to_string()),
        ("dist/types/nodes.json", nodes.to_string()),
        ("dist/types/credentials.json", credentials.to_string()),
        ("dist/known/nodes.json", known.to_string()),
        ("dist/BellApi.credentials.js", String::new()),
    ];
    let code = entries.map(|path| (path.trim_start_matches("./").to_owned(), "".into()));
    texts.into_iter().map(|(path, text)| (path.to_owned(), text.into())).chain(code).collect()
}

fn check(described: &Described) {
    assert_eq!(described.node_names().collect::<Vec<_>>(), ["bell", "declared", "enterprise", "loader", "poller"]);
    let bell = described.node("bell").unwrap();
    assert_eq!((bell.file.as_str(), bell.class.as_str(), bell.default_version), ("dist/nodes/Bell/Bell.node.js", "BellV", Some(2.0)));
    let descriptor = described.descriptor(&bell).unwrap();
    assert_eq!(descriptor.name, "n8n-nodes-bell.bell");
    assert_eq!(descriptor.all_versions().collect::<Vec<_>>(), [1.0, 2.0, 2.1]);
    assert_eq!(descriptor.default_version(), 2.0);

    // One version is read alone, and says the same.
    for version in [0.0, 1.0, 2.1] {
        let one = described.descriptor_of(&bell, version).unwrap();
        assert_eq!(one.version(version), descriptor.version(version));
        assert_eq!(one.all_versions().collect::<Vec<_>>(), [1.0, 2.0, 2.1]);
    }
    assert!(described.descriptor_of(&bell, 1.0).unwrap().version(2.0).unwrap().properties.is_empty());
    assert!(described.descriptor_of(&bell, 9.0).unwrap().version(9.0).is_none());

    // What n8n adds, and only there.
    let names = |name: &str| -> Vec<String> {
        let descriptor = described.descriptor(&described.node(name).unwrap()).unwrap();
        descriptor.versions[0].properties.iter().map(|property| property.name.to_string()).collect()
    };
    assert_eq!(names("declared"), ["send", "requestOptions"]);
    assert_eq!(names("loader"), ["send"]);
    assert_eq!(names("poller"), ["pollTimes", "tone"]);
    assert!(described.node("declared").unwrap().groups[0].declared && !bell.groups[0].declared);
    let poller = described.descriptor(&described.node("poller").unwrap()).unwrap();
    assert!(poller.trigger && matches!(&poller.versions[0].properties[0].kind, PropertyKind::FixedCollection(groups) if groups[0].values.len() == 8));

    let credential = described.credential("bellApi").unwrap();
    assert_eq!((credential.file.as_str(), credential.class.as_str()), ("dist/BellApi.credentials.js", "BellApi"));
    assert_eq!(described.credential_description(&credential).unwrap()["displayName"], "Bell");
    assert!(described.credential("bell").is_none());
    assert!(described.node("enterprise").unwrap().enterprise && !bell.enterprise);
}

#[test]
fn types_are_read_one_by_one_from_memory_and_from_the_cache() {
    let files = package();
    let made = Described::of_data("n8n-nodes-bell", &files).unwrap().unwrap();
    check(&made);
    assert_eq!(made.left_out.len(), 1);
    assert!(made.left_out[0].0 == "broken" && made.left_out[0].1.contains("version"), "{:?}", made.left_out);

    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let contents = cache.put(&files).unwrap();
    assert!(Described::kept(&cache, &contents).is_none());
    assert!(keep_data(&cache, "n8n-nodes-bell", &contents, &files).unwrap());
    check(&Described::kept(&cache, &contents).unwrap());
}

#[test]
fn what_is_missing_is_made_again_and_what_is_damaged_says_so() {
    let files = package();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let contents = cache::contents(&files);
    let absent = Described::load(&cache, "n8n-nodes-bell", &contents, || contents.clone()).unwrap_err();
    assert_eq!(absent.code, codes::NOT_INSTALLED);

    cache.put(&files).unwrap();
    check(&Described::load(&cache, "n8n-nodes-bell", &contents, || contents.clone()).unwrap());
    let kept = Described::kept(&cache, &contents).unwrap();
    let lines = std::fs::read_dir(folder.path().join("derived/described-2")).unwrap().next().unwrap().unwrap().path().join("nodes.lines");
    std::fs::write(lines, "{").unwrap();
    assert_eq!(kept.descriptor(&kept.node("bell").unwrap()).unwrap_err().code, codes::CACHE);
}

#[test]
fn a_package_without_data_is_not_made_up() {
    let mut files = package();
    files.remove("dist/types/nodes.json");
    assert!(Described::of_data("n8n-nodes-bell", &files).unwrap().is_none());
    files.insert("dist/types/nodes.json".into(), "[1]".into());
    assert_eq!(Described::of_data("n8n-nodes-bell", &files).unwrap_err().code, codes::NO_NODES);
}
