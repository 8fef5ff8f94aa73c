//! Nodes and connections that cannot be.

use serde_json::{Value, json};

use super::{Said, at, run};
use crate::support::{chain, set};

fn node(name: &str, type_name: &str) -> Value {
    json!({"name": name, "type": type_name, "typeVersion": 1, "parameters": {}})
}

fn no_op(name: &str) -> Value {
    node(name, "n8n-nodes-base.noOp")
}

#[test]
fn types_that_are_not_there() {
    let typo = chain(&[node("A", "n8n-nodes-base.sett")]);
    let said = Said { code: "KV0101", words: &["\"A\"", "n8n-nodes-base.sett"], help: "Did you mean n8n-nodes-base.set?", ..Said::default() };
    run(&typo, &[]).blocked(4, &Said { at: &at(&typo, "\"n8n-nodes-base.sett\"", 0), ..said });
    run(&chain(&[node("A", "n8n-nodes-base.airtable")]), &[]).blocked(4, &Said { code: "KV0102", words: &["n8n has"], ..Said::default() });
    run(&chain(&[node("A", "n8n-nodes-foo.bar")]), &[]).blocked(4, &Said { code: "KV0102", words: &["n8n-nodes-foo.bar"], ..Said::default() });
    let mut version = chain(&[node("A", "n8n-nodes-base.filter")]);
    version["nodes"][1]["typeVersion"] = 99.into();
    run(&version, &[]).blocked(4, &Said { code: "KV0103", words: &["99"], help: "Supported are: 1, 2", ..Said::default() });
}

#[test]
fn all_that_is_not_supported_is_named_at_once_and_wins() {
    let mut workflow = chain(&[node("A", "n8n-nodes-base.airtable"), node("B", "n8n-nodes-base.sett"), node("C", "n8n-nodes-base.httpRequest")]);
    workflow["nodes"][3]["typeVersion"] = 4.2.into();
    let ran = run(&workflow, &[]);
    ran.blocked(4, &Said { code: "KV0102", words: &["\"A\""], ..Said::default() });
    ran.blocked(4, &Said { code: "KV0101", words: &["\"B\""], ..Said::default() });
    ran.blocked(4, &Said { code: "KV0104", words: &["\"C\"", "required"], ..Said::default() });
}

#[test]
fn what_does_not_run_need_not_be_supported() {
    let off = |change: fn(&mut Value)| {
        let mut workflow = chain(&[node("A", "n8n-nodes-base.airtable"), set("B", "x", "1")]);
        change(&mut workflow);
        run(&workflow, &[])
    };
    assert_eq!(off(|workflow| workflow["nodes"][1]["disabled"] = true.into()).code, 0);
    assert_eq!(off(|workflow| workflow["pinData"] = json!({"A": [{"json": {}}]})).code, 0);
    assert_eq!(off(|workflow| workflow["connections"] = json!({})).code, 0, "it cannot be reached");
    assert_eq!(off(|_| ()).code, 4);
    // A type of n8n's own that n8n does not know blocks wherever it stands.
    let mut typo = chain(&[node("A", "n8n-nodes-base.sett")]);
    typo["nodes"][1]["disabled"] = true.into();
    typo["connections"] = json!({});
    run(&typo, &[]).blocked(4, &Said { code: "KV0101", ..Said::default() });
}

#[test]
fn two_nodes_of_one_name() {
    let mut workflow = chain(&[set("A", "x", "1"), set("B", "x", "1")]);
    workflow["nodes"][2]["name"] = "A".into();
    run(&workflow, &[]).blocked(3, &Said { code: "KV0012", words: &["\"A\""], help: "name", ..Said::default() });
}

#[test]
fn a_connection_to_nowhere_fails_when_its_source_hands_on() {
    let mut workflow = chain(&[no_op("A"), no_op("B")]);
    let gone = json!({"node": "Gone", "type": "main", "index": 0});
    workflow["connections"]["A"]["main"][0].as_array_mut().expect("targets").push(gone);
    let ran = run(&workflow, &[]);
    ran.told("ERROR", &Said { code: "KV0109", at: &at(&workflow, "\"Gone\"", 0), words: &["\"A\"", "\"Gone\""], ..Said::default() });
    let error = ran.failed(&Said { code: "KV0201", words: &["Destination node not found"], help: "\"A\"", ..Said::default() });
    assert_eq!(error["node"], "A");
    let result = ran.json();
    assert_eq!(result["executionOrder"], json!(["Start", "A"]), "none of the source's targets ran");
    assert_eq!(result["nodes"]["A"]["runs"][0]["error"], Value::Null, "the source's own run is a success");
    assert_eq!(result["nodes"]["A"]["runs"][0]["items"], json!({"in": 1, "out": 1}));
    run(&workflow, &["--strict"]).blocked(3, &Said { code: "KV0109", ..Said::default() });
}

#[test]
fn a_sub_workflow_that_is_not_there_is_said_once() {
    let mut call = node("Call", "n8n-nodes-base.executeWorkflow");
    call["parameters"] = json!({"workflowId": "nowhere"});
    let workflow = chain(&[call]);
    let ran = run(&workflow, &[]);
    ran.failed(&Said { code: "KV0320", words: &["Workflow does not exist."], help: "nowhere", ..Said::default() });
    assert!(!ran.stderr.contains("KV0111"), "{}", ran.stderr);
    run(&workflow, &["--strict"]).blocked(3, &Said { code: "KV0111", words: &["\"nowhere\""], ..Said::default() });
}

#[test]
fn a_cycle_without_a_loop_node_is_bounded_by_the_time_out() {
    let mut workflow = chain(&[no_op("A"), no_op("B")]);
    workflow["connections"]["B"] = json!({"main": [[{"node": "A", "type": "main", "index": 0}]]});
    let ran = run(&workflow, &["--items", "none", "--timeout", "300ms"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    ran.told("ERROR", &Said { code: "KV0203", words: &["300ms"], help: "time", ..Said::default() });
    let result = ran.json();
    assert_eq!((&result["status"], &result["error"]["code"]), (&json!("canceled"), &json!("KV0203")));
    assert_eq!(result["executionOrder"].as_array().map(|order| order[..4].to_vec()), Some(vec!["Start".into(), "A".into(), "B".into(), "A".into()]));
    let checked = crate::support::konverte(&["check", &crate::support::Folder::new().file("x.json", workflow.to_string())]);
    assert!(checked.code == 0 || checked.code == 3, "a cycle is legal");
}

#[test]
fn nothing_to_begin_with() {
    let mut triggers = chain(&[]);
    triggers["nodes"] = json!([node("One", "n8n-nodes-base.scheduleTrigger"), node("Two", "n8n-nodes-base.errorTrigger")]);
    run(&triggers, &[]).blocked(2, &Said { code: "KV0706", words: &["One", "Two"], help: "--start", ..Said::default() });
    assert_eq!(run(&triggers, &["--start", "Two"]).code, 0);
    let start = |name: &str| run(&chain(&[]), &["--start", name]);
    start("Strat").blocked(2, &Said { code: "KV0706", words: &["\"Strat\""], help: "Did you mean \"Start\"?", ..Said::default() });
    run(&chain(&[]), &["--destination", "Strat"]).blocked(2, &Said { code: "KV0706", help: "Did you mean \"Start\"?", ..Said::default() });
    let mut noted = chain(&[]);
    noted["nodes"].as_array_mut().expect("a list").push(node("Note", "n8n-nodes-base.stickyNote"));
    for name in ["Nope", "Note"] {
        let ran = run(&noted, &["--start", name]);
        ran.blocked(2, &Said { code: "KV0706", words: &[name], ..Said::default() });
        assert!(!ran.stderr.contains("Did you mean"), "a sticky note does not run: {}", ran.stderr);
    }
    // A misspelt trigger is no trigger to the search, and one that we do not have is one.
    for (type_name, code, help) in
        [("n8n-nodes-base.manualTriger", "KV0101", "Did you mean n8n-nodes-base.manualTrigger?"), ("n8n-nodes-base.slackTrigger", "KV0102", "Pin")]
    {
        let mut lost = chain(&[]);
        lost["nodes"][0]["type"] = type_name.into();
        run(&lost, &[]).blocked(4, &Said { code, words: &["\"Start\"", type_name], help, ..Said::default() });
    }
    run(&json!({"nodes": [], "connections": {}}), &[]).blocked(2, &Said { code: "KV0706", help: "--start", ..Said::default() });
    let folder = crate::support::Folder::new();
    let empty = folder.file("x.json", r#"{"nodes": [], "connections": {}}"#);
    let checked = crate::support::konverte(&["check", &empty]);
    assert!(checked.code == 0 && checked.stdout.contains("KV0706"), "{}", checked.stdout);
}
