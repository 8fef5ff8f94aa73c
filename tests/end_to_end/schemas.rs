//! `schemas/` as it stands in the repository: every schema compiles, every workflow fits, and mistakes are refused. `konverte check` says
//! the same.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use crate::support::{Folder, konverte, repository};

const BASE: &str = "konverte:///schemas/";

/// The JSON files of a folder and of those in it: path from the folder, and content.
fn json_files(folder: &Path) -> Vec<(String, Value)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        let paths: Vec<PathBuf> = fs::read_dir(inner).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        folders.extend(paths.iter().filter(|path| path.is_dir()).cloned());
        for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            let name = path.strip_prefix(folder).expect("it is below").to_str().expect("UTF-8").to_owned();
            files.push((name, serde_json::from_str(&fs::read_to_string(path).expect("text")).expect("JSON")));
        }
    }
    files
}

/// The compiled schemas by their path; `$ref`s lead from file to file.
fn schemas() -> Vec<(String, Validator)> {
    let files = json_files(Path::new(&repository("schemas")));
    let resources = files.iter().map(|(name, schema)| (format!("{BASE}{name}"), schema.clone()));
    let registry = Registry::new().extend(resources).expect("URIs").prepare().expect("every $ref leads somewhere");
    let compiled = |(name, schema): &(String, Value)| {
        let built = jsonschema::options().with_base_uri(format!("{BASE}{name}")).with_registry(&registry).build(schema);
        (name.clone(), built.unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    files.iter().map(compiled).collect()
}

fn workflow_schema() -> Validator {
    schemas().into_iter().find(|(name, _)| name == "workflow.schema.json").expect("the workflow's schema").1
}

/// A native node and a filter after it, connected.
fn sample() -> Value {
    json!({
        "nodes": [
            {"name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}},
            {"name": "Contacts", "type": "konverte", "typeVersion": 1, "position": [200, 0],
                "parameters": {"resource": "Contacts", "operation": "Contact List", "account_id": 1}},
            {"name": "First", "type": "n8n-nodes-base.limit", "typeVersion": 1, "position": [400, 0], "parameters": {"maxItems": 3, "keep": "firstItems"}},
        ],
        "connections": {"Start": {"main": [[{"node": "First", "type": "main", "index": 0}]]}},
    })
}

#[test]
fn every_schema_compiles_and_every_workflow_fits() {
    assert!(schemas().len() > 20);
    let schema = workflow_schema();
    let files = json_files(Path::new(&repository("workflows")));
    let workflows: Vec<_> = files.iter().filter(|(_, file)| file.get("nodes").is_some()).collect();
    assert!(workflows.len() >= 9);
    for (name, workflow) in workflows {
        let wrong: Vec<String> = schema.iter_errors(workflow).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}

#[test]
fn a_wrong_operation_type_or_connection_is_refused() {
    let schema = workflow_schema();
    let wrong: Vec<String> = schema.iter_errors(&sample()).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (place, value) in [
        ("/nodes/1/parameters/operation", json!("Contact Lists")),
        ("/nodes/1/parameters/resource", json!("Contcat")),
        ("/nodes/1/parameters/account_id", json!({"id": 1})),
        ("/nodes/2/parameters/maxItems", json!("three")),
        ("/nodes/2/parameters/keep", json!("middleItems")),
        ("/nodes/2/typeVersion", json!([1])),
        ("/connections/Start/main", json!({"node": "First"})),
        ("/connections/Start/main/0/0", json!({"type": "main", "index": 0})),
        ("/connections/Start/main/0/0/index", json!(-1)),
    ] {
        let mut workflow = sample();
        *workflow.pointer_mut(place).unwrap_or_else(|| panic!("{place}")) = value;
        let places: Vec<String> = schema.iter_errors(&workflow).map(|error| error.instance_path().to_string()).collect();
        assert!(!places.is_empty() && places.iter().all(|found| found == place), "{place}: {places:?}");
    }
}

#[test]
fn check_says_what_does_not_fit_and_where() {
    let folder = Folder::new();
    let mut workflow = sample();
    workflow["nodes"].as_array_mut().expect("nodes").remove(1);
    let clean = konverte(&["check", &folder.workflow(&workflow), "--format", "json"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, ""));
    let text = serde_json::to_string_pretty(&workflow)
        .expect("JSON")
        .replace("\"index\": 0", "\"index\": \"0\"")
        .replace("\"firstItems\"", "\"middleItems\"");
    let file = folder.file("wrong.json", &text);
    let line = text.lines().position(|line| line.contains("\"index\"")).expect("the line") + 1;
    let ran = konverte(&["check", &file, "--format", "json"]);
    let found = ran.lines();
    assert_eq!(ran.code, 0, "n8n runs it, so these are warnings");
    assert_eq!(found.len(), 2, "the choice is said once: {found:#?}");
    assert_eq!((&found[0]["code"], &found[1]["code"]), (&json!("KV0112"), &json!("KV0013")));
    assert_eq!(found[1]["level"], "warning");
    assert!(found[1]["at"].as_str().is_some_and(|at| at.contains(&format!(":{line}:"))), "{}", found[1]);
    konverte(&["explain", "KV0013"]).says(0, "");
}

#[test]
fn a_key_that_stands_twice_is_said_and_so_is_disabled_that_is_no_boolean() {
    let folder = Folder::new();
    let text = r#"{"nodes": [{"name": "Old", "type": "n8n-nodes-base.noOp"}],
"nodes": [{"name": "Start", "type": "n8n-nodes-base.manualTrigger", "disabled": "yes", "parameters": {}}], "connections": {}}"#;
    let file = folder.file("twice.json", text);
    let found = konverte(&["check", &file, "--format", "json"]).lines();
    let codes: Vec<&Value> = found.iter().map(|found| &found["code"]).collect();
    assert_eq!(codes, ["KV0013", "KV0014"], "{found:#?}");
    assert!(found.iter().all(|found| found["level"] == "warning" && found["at"].as_str().is_some_and(|at| at.contains(":2:"))), "{found:#?}");
}
