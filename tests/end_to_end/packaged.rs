//! Nodes of packages, as far as no JavaScript runs: an installed package of our own making.

use serde_json::{Value, json};

use crate::support::{Folder, chain, konverte};

const TYPE: &str = "@acme/n8n-nodes-acme.bell";

/// The options for a package with one type in two versions, which a lock names.
fn package(folder: &Folder) -> [String; 4] {
    let described = |version: Value, properties: Value| {
        json!({"displayName": "Acme Bell", "name": "bell", "description": "Rings.", "group": ["output"], "version": version,
            "defaults": {"name": "Bell"}, "inputs": ["main"], "outputs": ["main"], "properties": properties})
    };
    let tone = json!([{"displayName": "Tone", "name": "tone", "type": "string", "default": "", "required": true}]);
    let nodes = json!([described(json!([2, 2.1]), tone), described(json!(1), json!([]))]);
    std::fs::create_dir_all(folder.path().join("acme/dist/types")).expect("a folder");
    folder.file("acme/dist/types/nodes.json", nodes.to_string());
    folder.file("acme/dist/Bell.node.js", "");
    let manifest = json!({"name": "@acme/n8n-nodes-acme", "version": "1.2.3", "n8n": {"nodes": ["dist/Bell.node.js"]}});
    folder.file("acme/package.json", manifest.to_string());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let [project, lock, cache] = ["project", "project/packages.lock.json", "cache"].map(path);
    konverte(&["packages", "add", &path("acme"), "--yes", "--lock", &lock, "--cache", &cache]).says(0, "was added");
    ["--packages".to_owned(), project, "--cache".to_owned(), cache]
}

fn bell(version: f64, parameters: Value) -> Value {
    chain(&[json!({"name": "Bell", "type": TYPE, "typeVersion": version, "parameters": parameters})])
}

#[test]
fn a_type_is_checked_by_what_its_package_says() {
    let folder = Folder::new();
    let packages = package(&folder);
    let codes = |workflow: &Value, more: &[&str]| {
        let file = folder.workflow(workflow);
        let ran = konverte(&[&["check", &file, "--format", "json"], more].concat());
        let found = ran.lines().into_iter().map(|line| line["code"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
        (ran.code, found, ran.stdout)
    };
    let given = packages.each_ref().map(String::as_str);
    assert_eq!(codes(&bell(2.1, json!({"tone": "a"})), &given).0, 0);
    assert_eq!(codes(&bell(1.0, json!({})), &given).0, 0);
    let (code, found, _) = codes(&bell(2.0, json!({})), &given);
    assert_eq!((code, found), (3, ["KV0104", "KV0122"].map(str::to_owned).to_vec()), "and whose the node is");
    let (code, found, said) = codes(&bell(3.0, json!({})), &given);
    assert_eq!((code, found), (4, vec!["KV0103".to_owned()]));
    assert!(said.contains("Supported are: 1, 2, 2.1."), "{said}");
    let (code, found, said) = codes(&bell(2.0, json!({})), &[]);
    assert_eq!((code, found), (4, vec!["KV0102".to_owned()]));
    assert!(said.contains("`konverte packages add @acme/n8n-nodes-acme`"), "{said}");
    let base = chain(&[json!({"name": "S", "type": "n8n-nodes-base.slack", "typeVersion": 2, "parameters": {}})]);
    assert!(codes(&base, &[]).2.contains("`konverte packages add n8n-nodes-base`"));
}

#[test]
fn the_types_of_a_package_are_listed_shown_and_in_the_schema() {
    let folder = Folder::new();
    let packages = package(&folder);
    let nodes = |more: &[&str]| konverte(&[&["nodes"], more, &packages.each_ref().map(String::as_str)[..]].concat());
    let list = nodes(&["list"]).stdout;
    assert!(
        list.contains("Node types of @acme/n8n-nodes-acme: in a file, @acme/n8n-nodes-acme.NAME\n  Acme Bell") && list.contains("`bell`, version"),
        "{list}"
    );
    let listed = nodes(&["list", "--format", "json"]).json();
    let entry = listed.as_array().expect("a list").last().expect("an entry").clone();
    assert_eq!((&entry["name"], &entry["package"]), (&json!(TYPE), &json!("@acme/n8n-nodes-acme")));
    assert!(nodes(&["show", "Acme Bell"]).stdout.contains("tone"));
    let schema = nodes(&["schema"]).json();
    assert_eq!(schema["$defs"]["types"][TYPE]["title"], "Acme Bell");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&bell(2.0, json!({"tone": "={{ 1 }}"}))));
    assert!(!validator.is_valid(&bell(2.0, json!({"tone": {"no": "text"}}))));
}

#[test]
fn a_folder_without_packages_is_refused() {
    let folder = Folder::new();
    let file = folder.workflow(&bell(1.0, json!({})));
    let empty = folder.path().display().to_string();
    konverte(&["run", &file, "--packages", &empty]).refused(2, "holds neither a lock");
}

#[test]
fn a_package_that_is_not_in_the_cache_names_the_command() {
    let folder = Folder::new();
    let hash = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    let package = json!({"version": "1.2.3", "archive": {"url": "https://registry.example/a.tgz", "integrity": hash}, "contents": hash,
        "licence": {"name": "MIT", "text": hash, "accepted": "2026-11-29"}, "hosts": "any"});
    // Beside the workflow, where a lock is looked for.
    folder.file("packages.lock.json", json!({"lockVersion": 1, "packages": {"@acme/n8n-nodes-acme": package}}).to_string());
    let cache = folder.path().join("cache").display().to_string();
    let file = folder.workflow(&bell(1.0, json!({})));
    konverte(&["run", &file, "--cache", &cache]).refused(4, "`konverte packages install` brings what is missing");
    // What is ours needs none of it, however broken it is.
    folder.file("packages.lock.json", "{");
    let file = folder.workflow(&chain(&[]));
    assert_eq!(konverte(&["run", &file, "--cache", &cache]).code, 0);
}
