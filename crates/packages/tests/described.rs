//! What types of packages say of themselves, on a package of our own making.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use node_sdk::property::PropertyKind;
use node_testkit::FakeHttp;
use packages::archive::Files;
use packages::cache::{self, Cache};
use packages::described::{Described, keep_data};
use packages::integrity::Integrity;
use packages::lock::Lock;
use packages::npmrc::Sources;
use packages::registry::Registry;
use packages::{codes, install};
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
    let only = described.node("declared").unwrap();
    assert!(described.descriptor_of(&only, 9.0).unwrap().version(9.0).is_some_and(|group| !group.properties.is_empty()), "one implementation");

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
    assert!(Described::kept(&cache, &contents).unwrap().is_none());
    assert!(keep_data(&cache, "n8n-nodes-bell", &contents, &files).unwrap());
    check(&Described::kept(&cache, &contents).unwrap().unwrap());
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
}

fn lock_of(contents: &Integrity) -> Lock {
    let package = json!({"version": "1.0.0", "archive": {"folder": "nowhere"}, "contents": contents,
        "licence": {"name": "MIT", "text": contents, "accepted": "2026-11-29"}, "hosts": []});
    Lock::read(&json!({"lockVersion": 1, "packages": {"n8n-nodes-bell": package}, "libraries": {}}).to_string(), "l").unwrap()
}

async fn install(cache: &Cache, lock: &Lock) {
    let registry = Registry::new(Arc::new(FakeHttp::default()), Sources::default());
    assert_eq!(install::install(&registry, cache, lock, &|_| {}).await, Ok(0));
}

/// What the cache says of all that a workflow may ask for; the first error where there is one.
fn read_all(cache: &Cache, contents: &Integrity) -> packages::Result<Vec<Value>> {
    let described = Described::load(cache, "n8n-nodes-bell", contents, || contents.clone())?;
    let nodes = described.nodes().map(|entry| Ok(json!([entry, format!("{:?}", described.descriptor(&entry)?)])));
    let credentials = described.credentials().map(|entry| Ok(json!([entry, described.credential_description(&entry)?])));
    let names = described.node_names().map(|name| Ok(json!(described.node(name).map(|entry| entry.name))));
    nodes.chain(credentials).chain(names).collect()
}

#[tokio::test]
async fn nothing_that_is_damaged_is_used_and_it_is_named_and_mended() {
    let files = package();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let contents = cache.put(&files).unwrap();
    let lock = lock_of(&contents);
    install(&cache, &lock).await;
    let right = read_all(&cache, &contents).unwrap();
    assert_eq!(right.len(), 11);
    let derived = |form: &str| std::fs::read_dir(cache.derived(&contents, form)).unwrap().map(|file| file.unwrap().path());
    let paths: Vec<_> = derived("described-3").chain(derived("needs-2")).collect();
    assert_eq!(paths.len(), 5);
    for path in paths {
        let whole = std::fs::read(&path).unwrap();
        let garbled = (0..whole.len()).step_by(1 + whole.len() / 20).flat_map(|at| {
            let changed = |to: u8| [&whole[..at], &[to], &whole[at + 1..]].concat();
            [changed(whole[at] ^ 1), changed(b'\n'), changed(0xff), whole[..at].to_vec()]
        });
        let tail = [whole.as_slice(), b"x"].concat();
        for damaged in garbled.chain([tail]).filter(|damaged| *damaged != whole) {
            std::fs::write(&path, &damaged).unwrap();
            match read_all(&cache, &contents) {
                Ok(read) => assert_eq!(read, right, "{}: a hash of what is checked by its lines, or what nothing reads", path.display()),
                Err(error) => {
                    assert_eq!(error.code, codes::INTEGRITY);
                    assert!(error.help.unwrap().contains("packages install"));
                }
            }
            let named = install::verify(&cache, &lock);
            assert!(named.len() == 1 && named[0].message.contains(&path.display().to_string()), "{named:?}");
        }
        install(&cache, &lock).await;
        assert_eq!((std::fs::read(&path).unwrap(), install::verify(&cache, &lock)), (whole, Vec::new()), "{}", path.display());
    }
}

#[test]
fn no_bytes_are_a_panic_also_with_the_right_hash() {
    let files = package();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let contents = cache.put(&files).unwrap();
    assert!(keep_data(&cache, "n8n-nodes-bell", &contents, &files).unwrap());
    let file = |name: &str| cache.derived_file(&contents, "described-3", name).unwrap().unwrap();
    for name in ["nodes.index", "nodes.lines", "credentials.index", "credentials.lines"] {
        let whole = file(name);
        for at in (0..whole.len()).step_by(1 + whole.len() / 80) {
            for to in [b'9', b'\n', b'\t', b'}', 0xff, 0xc3] {
                let garbled = [&whole[..at], &[to], &whole[at + 1..]].concat();
                cache.put_derived_file(&contents, "described-3", name, &garbled).unwrap();
                let read = read_all(&cache, &contents);
                assert!(read.is_err() || name.ends_with("index") || garbled == whole || whole[at] == b'\n', "{name} {at}");
            }
        }
        cache.put_derived_file(&contents, "described-3", name, &whole).unwrap();
    }
}

#[test]
fn a_damaged_line_is_told_with_its_file_and_what_to_do() {
    let files = package();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let contents = cache.put(&files).unwrap();
    assert!(keep_data(&cache, "n8n-nodes-bell", &contents, &files).unwrap());
    let path = cache.derived(&contents, "described-3").join("credentials.lines");
    let mut whole = std::fs::read(&path).unwrap();
    let at = whole.len() - 4;
    whole[at] ^= 1;
    std::fs::write(&path, &whole).unwrap();
    let line = 1 + whole[..at].iter().filter(|byte| **byte == b'\n').count();
    let error = read_all(&cache, &contents).unwrap_err();
    assert!(error.message.contains(&format!("of the type bellApi ({}, line {line})", path.display())), "{}", error.message);
    assert_eq!(error.help.as_deref(), Some("`konverte packages install` makes it anew."));
}

#[tokio::test]
async fn what_somebody_else_has_made_with_its_hash_is_found_too() {
    let files = package();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let contents = cache.put(&files).unwrap();
    let lock = lock_of(&contents);
    let mut other = files.clone();
    let nodes = String::from_utf8(other["dist/types/nodes.json"].to_vec()).unwrap().replace("Rings.", "Steals");
    other.insert("dist/types/nodes.json".into(), nodes.into());
    keep_data(&cache, "n8n-nodes-bell", &contents, &other).unwrap();
    assert_eq!(install::verify(&cache, &lock)[0].code, codes::INTEGRITY);
    install(&cache, &lock).await;
    assert_eq!(install::verify(&cache, &lock), []);
}

#[test]
fn a_package_without_data_is_not_made_up() {
    let mut files = package();
    files.remove("dist/types/nodes.json");
    assert!(Described::of_data("n8n-nodes-bell", &files).unwrap().is_none());
    files.insert("dist/types/nodes.json".into(), "[1]".into());
    assert_eq!(Described::of_data("n8n-nodes-bell", &files).unwrap_err().code, codes::NO_NODES);
}
