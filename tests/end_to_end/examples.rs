//! The examples of `konverte nodes show`: pasted behind a trigger, `check` finds nothing in them, and they run with the item that the page names.

use serde_json::{Value, json};

use crate::support::{Folder, chain, konverte};

/// The types whose examples do not end with success: a failure is their purpose.
const FAILS: &str = "n8n-nodes-base.stopAndError";
/// What is sent to a service that is not there: a dry run goes as far as it can.
const LEAVES: [&str; 3] = ["n8n-nodes-base.httpRequest", "n8n-nodes-base.emailSend", "n8n-nodes-base.postgres"];
/// Codes of notes that are no fault of an example: what a trigger begins with, what a run has to be allowed.
const NOTES: [&str; 2] = ["KV0712", "KV0124"];

/// An example as it stands on its page.
struct Example {
    /// How it was asked for.
    asked: String,
    trigger: bool,
    runs: bool,
    node: Value,
    item: Value,
}

fn shown(words: &[&str], version: Option<&str>) -> Value {
    let version = version.into_iter().flat_map(|version| ["--type-version", version]);
    konverte(&["nodes", "show"].into_iter().chain(words.iter().copied()).chain(version).chain(["--format", "json"]).collect::<Vec<_>>()).json()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The node and the item that a person reads on a page: the JSON below `Example`, and the item that it is written for.
fn printed(words: &[&str], version: Option<&str>) -> (Value, Value) {
    let version = version.into_iter().flat_map(|version| ["--type-version", version]);
    let page = konverte(&["nodes", "show"].into_iter().chain(words.iter().copied()).chain(version).collect::<Vec<_>>()).stdout;
    let (_, below) = page.split_once("\nExample\n").expect("an example");
    let mut values = serde_json::Deserializer::from_str(below).into_iter::<Value>();
    let node = values.next().expect("an example").expect("JSON");
    let said = below[values.byte_offset()..].lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let item =
        said.split_once("items such as `").and_then(|(_, rest)| rest.split_once("`.")).map_or(Value::Null, |(item, _)| item.parse().expect("JSON"));
    (node, item)
}

/// Those of a type: of the newest of each group of versions that share their parameters, and there of each operation.
fn of_type(name: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let groups = shown(&[name], None)["types"].clone();
    for group in list(&groups) {
        let version = list(&group["version"]).last().expect("a version").to_string();
        let whole = shown(&[name], Some(&version));
        let trigger = whole["trigger"] == true;
        let one = |words: &[&str], runs: bool, of: &Value| {
            let (node, item) = printed(&[&[name], words].concat(), Some(&version));
            assert_eq!(node, of["example"], "{name} {words:?}");
            assert!(trigger || item == of["exampleItem"], "{name} {words:?}: {item}");
            Example { asked: format!("{name} {version} {words:?}"), trigger, runs, node, item }
        };
        found.push(one(&[], true, &whole));
        if name == "konverte" {
            // The examples of its actions have a test of their own.
            continue;
        }
        for resource in list(&whole["resources"]) {
            for operation in list(&resource["operations"]) {
                let words: Vec<&str> = [&resource["name"], &operation["operation"]].into_iter().filter_map(Value::as_str).collect();
                let of = shown(&[&[name], &*words].concat(), Some(&version));
                found.push(one(&words, operation["runs"] == true, &of));
            }
        }
    }
    found
}

/// The example in a workflow: behind a Manual Trigger, or as its start.
fn around(example: &Example) -> Value {
    if example.trigger {
        return json!({"name": "test", "nodes": [example.node], "connections": {}, "settings": {"executionOrder": "v1"}});
    }
    let mut workflow = chain(std::slice::from_ref(&example.node));
    match example.node["type"].as_str().expect("a type") {
        "n8n-nodes-base.merge" => {
            let second = json!({"node": example.node["name"], "type": "main", "index": 1});
            workflow["connections"]["Start"]["main"][0].as_array_mut().expect("a list").push(second);
        }
        "n8n-nodes-base.respondToWebhook" => workflow["nodes"][0]["type"] = "n8n-nodes-base.webhook".into(),
        "n8n-nodes-base.stickyNote" => workflow["connections"] = json!({}),
        _ => {}
    }
    workflow
}

/// The folder that examples call `/data`, with a file for the person that they are written for.
fn data(folder: &Folder) -> String {
    for name in ["in", "out"] {
        std::fs::create_dir_all(folder.path().join("data").join(name)).expect("made");
    }
    folder.file("data/in/Ana.csv", "a,b\n");
    folder.path().join("data").display().to_string()
}

/// Codes that a check of these files finds, each with its node.
fn findings(files: &[String]) -> Vec<String> {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let said = konverte(&[&["check", "--format", "json"], &*files].concat()).lines();
    said.iter().filter(|said| NOTES.iter().all(|note| said["code"] != *note)).map(|said| format!("{} {}", said["at"], said["message"])).collect()
}

#[test]
fn every_example_is_checked_and_runs() {
    let nodes = konverte(&["nodes", "list", "--format", "json"]).json();
    let types: Vec<&str> = list(&nodes).filter_map(|node| node["name"].as_str()).collect();
    assert!(types.len() > 20);
    let examples: Vec<Example> = types.iter().flat_map(|name| of_type(name)).collect();
    let folder = Folder::new();
    let data = data(&folder);
    let welcome = examples.iter().rfind(|example| example.asked.starts_with("n8n-nodes-base.executeWorkflowTrigger")).expect("the trigger");
    let mut sub_workflow = around(welcome);
    sub_workflow["id"] = json!("welcome");
    folder.file("welcome.json", sub_workflow.to_string());
    let pasted = |(number, example): (usize, &Example)| {
        folder.file(&format!("{number}.json"), around(example).to_string().replace("/data/", &format!("{data}/")))
    };
    let files: Vec<String> = examples.iter().enumerate().map(pasted).collect();
    let to_check: Vec<String> = files.iter().zip(&examples).filter(|(_, example)| example.runs).map(|(file, _)| file.clone()).collect();
    assert_eq!(findings(&to_check), Vec::<String>::new());

    let credentials =
        json!({"postgres": {"host": "h", "database": "d", "user": "u", "password": "p"}, "smtp": {"host": "h", "user": "u", "password": "p"}});
    let credentials = folder.file("credentials.json", credentials.to_string());
    let (mut ran, mut broken) = (0, Vec::new());
    for (example, file) in examples.iter().zip(&files).filter(|(example, _)| example.runs) {
        ran += 1;
        let item = if example.item.is_null() { json!({}) } else { example.item.clone() };
        let binary = json!({"data": {"mimeType": "text/csv", "fileName": "a.csv", "text": "a,b\n"}});
        let item = json!([{"json": item, "binary": binary}]).to_string().replace("/data/", &format!("{data}/"));
        // Time stands still, or a Wait would wait; no request leaves a test.
        let away = if LEAVES.iter().any(|leaves| example.node["type"] == *leaves) { "--dry-run" } else { "--sandbox" };
        let run =
            ["run", file, away, "--credentials", &credentials, "--now", "2026-03-15T12:00:00Z", "--allow-files", &data, "--allow-exec", "--strict"];
        let given: &[&str] = if example.trigger { &[] } else { &["--input", &item] };
        let ended = konverte(&[&run, given, &["--output", "ndjson"]].concat());
        let fails = example.node["type"] == FAILS;
        if ended.code != i32::from(fails) {
            broken.push(format!("{}: {}", example.asked, ended.stderr));
        }
        assert!(!fails || ended.stderr.contains("There is no account for ana@example.com"), "{}", ended.stderr);
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(ran > types.len(), "{ran}");
}

#[test]
fn the_example_of_every_action_is_checked_and_runs_as_it_stands() {
    let nodes = konverte(&["nodes", "list", "--format", "json"]).json();
    let konverte_node = list(&nodes).find(|node| node["name"] == "konverte").expect("the node");
    let folder = Folder::new();
    let mut files = Vec::new();
    for resource in list(&konverte_node["resources"]) {
        let page = shown(&[&format!("konverte/{}", resource["name"].as_str().expect("a name"))], None);
        for action in list(&page["actions"]) {
            files.push(folder.file(&format!("{}.json", files.len()), chain(&[action["example"].clone()]).to_string()));
        }
    }
    assert_eq!(files.len(), 115);
    assert_eq!(findings(&files), Vec::<String>::new());
    for file in &files {
        let ran = konverte(&["run", file, "--sandbox", "--strict", "--output", "ndjson"]);
        assert_eq!(ran.code, 0, "{}: {}", std::fs::read_to_string(file).expect("the workflow"), ran.stderr);
    }
}
