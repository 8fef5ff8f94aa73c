//! Workflow files, good and bad.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use node_sdk::json::{parse_text, same};
use serde_json::{Value, json};
use workflow::{Document, Workflow, WorkflowError};

/// What stands beside workflows and is none.
const BESIDE: [&str; 3] = [".expected.json", ".answers.json", "credentials.json"];

/// Every recorded workflow of the repository, and the examples.
fn recorded() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut open = vec![root.join("tests/data/workflows"), root.join("workflows")];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "data" {
                open.push(path);
            } else if name.ends_with(".json") && !BESIDE.iter().any(|end| name.ends_with(end)) {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn every_recorded_workflow_is_read_and_keeps_all() {
    let files = recorded();
    assert!(files.len() > 900, "{} files", files.len());
    for file in files {
        let workflow = Workflow::load(&file).unwrap();
        let raw = parse_text(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(workflow.to_value(), &raw, "{}", file.display());
        assert!(same(Workflow::from_value(raw).unwrap().to_value(), workflow.to_value()));
        for node in &workflow.nodes {
            let place = workflow.place(&node.name, None).unwrap();
            let text = &workflow.document().unwrap().text[place.range];
            assert_eq!(serde_json::from_str::<String>(text).unwrap(), node.name);
        }
    }
}

#[test]
fn wrappers_are_taken_off() {
    let plain = json!({"nodes": [{"name": "A", "type": "t"}], "connections": {}});
    for text in
        [json!([plain]), json!({"workflow": plain, "name": "outer"}), json!({"data": plain}), json!({"id": 7, "workflow": {"workflow": plain}})]
    {
        let workflow = Workflow::parse(&text.to_string(), "x.json").unwrap();
        assert_eq!(workflow.nodes[0].name, "A");
        assert!(workflow.place("A", None).is_some(), "{text}");
    }
    assert_eq!(Workflow::parse(r#"{"name": "outer", "workflow": {"nodes": []}}"#, "x").unwrap().name, "outer");
}

#[test]
fn what_is_left_out_has_its_meaning() {
    let workflow = Workflow::from_value(json!({
        "nodes": [{"name": "A", "type": "t", "parameters": null, "__proto__": 1, "continueOnFail": true},
                  {"name": "B", "type": "t", "onError": "stopWorkflow", "continueOnFail": true}],
        "connections": {"A": {"main": [null, [{"node": "Gone", "type": "main", "index": 2}]], "ai_tool": [[{"node": "B", "type": "ai_tool", "index": 0}]]}},
        "pinData": {"A": [{"json": {"a": 1}}, {"b": 2}]}, "constructor": {"kept": true},
    })).unwrap();
    let (a, b) = (workflow.node("A").unwrap(), workflow.node("B").unwrap());
    assert_eq!((a.type_version.is_nan(), a.position, a.parameters.len()), (true, [0.0, 0.0], 0));
    assert_eq!((a.extra.keys().next().unwrap().as_str(), workflow.extra["constructor"]["kept"].as_bool()), ("__proto__", Some(true)));
    use node_sdk::context::OnError::{ContinueRegularOutput, Stop};
    assert_eq!((a.settings.on_error, b.settings.on_error, b.settings.goes_on()), (ContinueRegularOutput, Stop, true));
    assert_eq!(workflow.settings.execution_order, workflow::model::ExecutionOrder::V0);
    assert_eq!(workflow.connections.main("A")[0], None);
    assert_eq!((workflow.graph().slots(1), workflow.graph().has_missing_target(0)), (1, true));
    let pinned = workflow.pinned("A").unwrap();
    assert_eq!((pinned[0].json().unwrap(), pinned[1].json.is_none()), (&json!({"a": 1}), true));
}

fn refused(text: &str) -> (String, Option<String>, String) {
    let error = Workflow::parse(text, "f.json").unwrap_err();
    (error.code().to_string(), error.place().map(ToString::to_string), error.to_string())
}

#[test]
fn bad_files_are_refused_with_their_place() {
    let deep = format!("{{\"nodes\": {}", "[".repeat(20_000));
    for (text, code, place) in [
        ("", "KV0004", None),
        (" \n\t", "KV0004", None),
        ("{\n  \"nodes\": [\n}", "KV0006", Some("f.json:3:1")),
        ("{\"nodes\": [], \"x\": 1e309}", "KV0008", Some("f.json:1:20")),
        (deep.as_str(), "KV0007", Some("f.json:1:138")),
        ("42", "KV0009", None),
        ("[1, 2]", "KV0009", None),
        ("{\"name\": \"x\"}", "KV0009", None),
        ("[{\"name\": \"a\", \"nodes\": []}, {\"nodes\": []}]", "KV0010", None),
        ("{\"nodes\": {}}", "KV0011", Some("f.json:1:11")),
        ("{\"nodes\": [\n{\"name\": \"A\"}]}", "KV0011", Some("f.json:2:1")),
        ("{\"nodes\": [{\"name\": 5, \"type\": \"t\"}]}", "KV0011", Some("f.json:1:21")),
        ("{\"nodes\": [{\"name\": \"A\", \"type\": \"t\", \"typeVersion\": \"x\"}]}", "KV0011", Some("f.json:1:54")),
        ("{\"nodes\": [], \"connections\": {\"A\": {\"main\": [[{\"type\": \"main\"}]]}}}", "KV0011", Some("f.json:1:47")),
        ("{\"nodes\": [{\"name\": \"A\", \"type\": \"t\"},\n {\"name\": \"A\", \"type\": \"t\"}]}", "KV0012", Some("f.json:2:11")),
    ] {
        let (found_code, found_place, message) = refused(text);
        assert_eq!((found_code.as_str(), found_place.as_deref()), (code, place), "{message}");
    }
}

#[test]
fn every_fault_of_shape_is_named() {
    let text = r#"{"connections": {"A": {"main": [[{"node": 5}, 6], 7]}, "B": 8, "C": {"main": {}, "ai_tool": [[{"node": "A", "index": 1001}]]}},
        "nodes": [{"name": "A", "type": "t", "typeVersion": "x", "credentials": []}, 1, {"name": "A"}, {"name": "", "type": "t"}, {"name": "", "type": "t"}]}"#;
    let error = Workflow::parse(text, "f.json").unwrap_err();
    let faults: Vec<(String, String)> =
        error.each().map(|fault| (fault.to_string(), text[fault.place().unwrap().range.clone()].chars().take(20).collect())).collect();
    let pairs: Vec<(&str, &str)> = faults.iter().map(|(said, at)| (said.as_str(), at.as_str())).collect();
    assert_eq!(
        pairs,
        [
            ("connections.A.main.0.0 must be a connection with \"node\", a node's name", "{\"node\": 5}"),
            ("connections.A.main.0.1 must be an object", "6"),
            ("connections.A.main.1 must be a list", "7"),
            ("connections.B must be an object", "8"),
            ("connections.C.main must be a list", "{}"),
            ("connections.C.ai_tool.0.0.index must be an input's number, which is 1000 at most", "1001"),
            ("nodes.0.typeVersion must be a number", "\"x\""),
            ("nodes.0.credentials must be an object", "[]"),
            ("nodes.1 must be an object", "1"),
            ("nodes.2.type must be a text that is not empty", "{\"name\": \"A\"}"),
            ("two nodes are named \"A\"; connections and expressions could not tell them apart", "\"A\""),
        ]
    );
    assert_eq!(error.to_string(), format!("{} (and 10 more)", pairs[0].0));
    // A part that is missing as a whole says nothing of what would stand in it, and a thousand faults are no help.
    let many = json!({"nodes": vec![json!({}); 1000], "connections": 1}).to_string();
    assert_eq!(Workflow::parse(&many, "f").unwrap_err().each().count(), 50);
    assert_eq!(Workflow::parse(r#"{"nodes": {"A": 1}, "connections": 1}"#, "f").unwrap_err().each().count(), 2);
}

#[test]
fn what_n8n_reads_all_the_same() {
    let text = r#"{"nodes": [
        {"name": "A", "type": "t", "typeVersion": "3.4", "credentials": "[REDACTED]"},
        {"name": "Note", "type": "n8n-nodes-base.stickyNote"},
        {"name": "Note", "type": "n8n-nodes-base.stickyNote"},
        {"name": "A", "type": "n8n-nodes-base.stickyNote"},
        {"type": "n8n-nodes-base.stickyNote"}, {"name": "", "type": "t"}, {"name": null, "type": "t", "typeVersion": null}],
        "connections": {"A": {"main": [[{"node": "Note"}]]}}}"#;
    let workflow = Workflow::parse(text, "f.json").unwrap();
    let a = workflow.node("A").unwrap();
    assert_eq!((a.type_name.as_str(), a.type_version, a.credentials.len()), ("t", 3.4, 0));
    assert!(workflow.nodes[5].type_version.is_nan() && workflow.nodes[6].type_version == 0.0);
    assert!(workflow.nodes[4..].iter().all(|node| node.name.contains("without a name")));
    let graph = workflow.graph();
    assert_eq!((graph.find("A"), graph.len(), graph.ancestors(6).len()), (Some(0), 7, 0));
}

#[test]
fn files_that_are_none() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(matches!(Workflow::load(&folder.join("none.json")), Err(WorkflowError::NotFound { .. })));
    assert!(matches!(Workflow::load(folder), Err(WorkflowError::Directory { .. })));
    let error = Document::from_bytes("f.json", b"{\n \"a\": \"\xff\"".to_vec()).unwrap_err();
    assert_eq!((error.code().to_string(), error.place().unwrap().to_string()), ("KV0005".to_owned(), "f.json:2:8".to_owned()));
    assert!(error.to_string().contains("byte 9,"), "{error}");
}

#[test]
fn every_code_has_its_page() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    for code in 1..=12 {
        assert!(pages.join(format!("KV{code:04}.md")).is_file(), "KV{code:04}");
    }
}

#[test]
fn lone_surrogates_and_odd_keys_are_data() {
    let workflow =
        Workflow::parse(r#"{"nodes": [{"name": "cut \ud83d", "type": "t", "parameters": {"__proto__": {"x": 1}, "a/b~c": "\ud83d\ude00=x"}}]}"#, "f")
            .unwrap();
    let node = workflow.node("cut \u{fffd}").unwrap();
    assert_eq!(node.parameters["__proto__"]["x"], 1);
    // Inside a text, escapes count as what they stand for: after the emoji (4 bytes) stands "=".
    let place = workflow.place_in(&node.name, Some("a/b~c"), Some(4)).unwrap();
    assert_eq!(&workflow.document().unwrap().text[place.range.start..place.range.start + 2], "=x");
    // What is not there gives the place of what holds it.
    let holder = workflow.place(&node.name, Some("__proto__.y.z")).unwrap();
    assert_eq!(&workflow.document().unwrap().text[holder.range], "{\"x\": 1}");
}

#[test]
fn a_finding_is_written_as_check_prints_it() {
    let error = Workflow::parse("{\"nodes\": 1}", "f.json").unwrap_err();
    let value: Value = serde_json::to_value(workflow::Diagnostic::from(&error)).unwrap();
    assert_eq!(
        value,
        json!({"code": "KV0011", "level": "error", "message": "nodes must be a list", "node": null, "parameter": null, "at": "f.json:1:11",
        "help": "Correct it in the file, or export the workflow again."})
    );
}
