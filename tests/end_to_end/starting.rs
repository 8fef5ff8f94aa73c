//! Where a run begins, and what pinned data does.

use serde_json::{Value, json};

use crate::support::{Folder, Ran, action, chain, konverte, set};

fn run(workflow: &Value, args: &[&str]) -> Ran {
    let folder = Folder::new();
    konverte(&[&["run", &folder.workflow(workflow), "--output", "json"], args].concat())
}

/// A workflow of these nodes, each by itself: name, type, whether it is disabled.
fn apart(nodes: &[(&str, &str, bool)]) -> Value {
    let node = |(name, kind, disabled): &(&str, &str, bool)| json!({"name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": 1, "position": [0, 0], "disabled": disabled, "parameters": {}});
    json!({"name": "test", "nodes": nodes.iter().map(node).collect::<Vec<_>>(), "connections": {}, "settings": {"executionOrder": "v1"}})
}

/// The node that the run began with.
#[track_caller]
fn first(workflow: &Value) -> Value {
    let ran = run(workflow, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.json()["executionOrder"][0].clone()
}

#[test]
fn n8ns_rule_chooses_the_trigger() {
    let (manual, schedule, called) = ("manualTrigger", "scheduleTrigger", "executeWorkflowTrigger");
    assert_eq!(first(&apart(&[("M", manual, false), ("C", called, false)])), "C");
    assert_eq!(first(&apart(&[("S", schedule, false), ("M", manual, false), ("N", manual, false)])), "M");
    assert_eq!(first(&apart(&[("S", schedule, false), ("M", manual, true)])), "M", "even a disabled one");
    assert_eq!(first(&apart(&[("S", schedule, false), ("T", schedule, true)])), "S", "the only one that is enabled");
    assert_eq!(first(&apart(&[("S", "start", false)])), "S", "the Start node of old files");
    let mut pinned = apart(&[("S", schedule, false), ("T", schedule, false)]);
    run(&pinned, &[]).refused(2, "S, T");
    pinned["pinData"] = json!({"T": [{"json": {"a": 1}}]});
    assert_eq!(first(&pinned), "T", "of several the only pinned one");
    let mut called = apart(&[("H", "webhook", false), ("S", schedule, false)]);
    run(&called, &[]).refused(2, "H, S");
    called["pinData"] = json!({"H": [{"json": {}}], "S": [{"json": {}}]});
    assert_eq!(first(&called), "S", "n8n's command line does not begin with a webhook");
}

#[test]
fn start_begins_anywhere() {
    let workflow = chain(&[set("A", "x", "1"), set("B", "y", "={{ $json.n }}")]);
    let ran = run(&workflow, &["--start", "B", "--input", r#"[{"n": 7}]"#]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let order = ran.json()["executionOrder"].clone();
    assert_eq!(order, json!(["B"]));
    assert!(ran.stderr.contains("\"B\" gets 1 item of --input"), "{}", ran.stderr);
}

#[test]
fn the_start_node_says_what_it_puts_out() {
    let schedule = apart(&[("S", "scheduleTrigger", false)]);
    let own = run(&schedule, &[]);
    assert!(own.json()["nodes"]["S"]["runs"][0]["outputs"][0][0]["json"]["timestamp"].is_string(), "its time fields: {}", own.stdout);
    let mut workflow = chain(&[]);
    workflow["pinData"] = json!({"Start": [{"json": {"from": "pin"}}]});
    let item = |args: &[&str]| {
        let ran = run(&workflow, args);
        assert_eq!(ran.stderr.lines().filter(|line| line.contains("\"Start\"")).count(), 1, "a line says which: {}", ran.stderr);
        ran.json()["nodes"]["Start"]["runs"][0]["outputs"][0][0]["json"].clone()
    };
    assert_eq!(item(&[]), json!({"from": "pin"}));
    assert_eq!(item(&["--input", r#"{"from": "input"}"#]), json!({"from": "input"}), "what is given wins");
    assert_eq!(item(&["--no-pin"]), json!({}));
}

#[test]
fn a_pinned_node_is_named_marked_and_need_not_be_supported() {
    let unsupported = json!({"name": "Base", "type": "n8n-nodes-base.airtable", "typeVersion": 2, "parameters": {}});
    let mut workflow = chain(&[unsupported, set("After", "x", "={{ $json.a }}")]);
    workflow["pinData"] = json!({"Base": [{"json": {"a": "pinned"}}]});
    let ran = run(&workflow, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("\"Base\""), "{}", ran.stderr);
    let result = ran.json();
    assert_eq!(result["nodes"]["Base"]["runs"][0]["pinned"], true);
    assert!(result["nodes"]["After"]["runs"][0].get("pinned").is_none_or(|pinned| pinned == false));
    assert_eq!(result["nodes"]["After"]["runs"][0]["outputs"][0][0]["json"]["x"], "pinned");
    assert_eq!(run(&workflow, &["--no-pin"]).code, 4);
}

#[test]
fn names_and_pins_that_are_not_meant_so_are_said() {
    let mut workflow = chain(&[set("A", "x", "1")]);
    run(&workflow, &["--destination", "Nope"]).refused(2, "There are: Start, A.");
    workflow["pinData"] = json!({"A": [{"a": 5}]});
    run(&workflow, &[]).says(0, "KV0114");
    let mut node = set("A", "x", "1");
    node["type"] = "chatwoot".into();
    let ran = run(&chain(&[node]), &[]);
    ran.refused(4, "Did you mean konverte?");
    assert!(ran.stderr.contains("KV0102"), "{}", ran.stderr);
}

#[test]
fn a_node_of_the_family_is_n8n_mode_whatever_its_package_and_case() {
    for kind in ["n8n-nodes-base.chatWoot", "@n8n/x.Konverte", "my-package.chatwootPlus"] {
        let mut node = action("Profile", "Fetch Profile", json!({}));
        node["type"] = kind.into();
        let ran = run(&chain(&[node]), &["--sandbox"]);
        assert_eq!(ran.code, 0, "{kind}: {}", ran.stderr);
    }
}

#[test]
fn an_error_of_a_sub_workflow_names_its_place() {
    let folder = Folder::new();
    let code = json!({"name": "X", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": "throw new Error('oh')"}});
    let mut child = chain(&[code]);
    child["name"] = "child".into();
    child["nodes"][0]["type"] = "n8n-nodes-base.executeWorkflowTrigger".into();
    folder.file("child.json", child.to_string());
    let call = json!({"name": "X", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.2, "parameters": {"workflowId": {"__rl": true, "mode": "id", "value": "child"}, "options": {}}});
    let ran = konverte(&["run", &folder.workflow(&chain(&[call])), "--output", "json"]);
    let error = ran.json()["error"].clone();
    assert_eq!((&error["node"], &error["parameter"], ran.code), (&json!("X"), &Value::Null, 1), "{error}");
    assert!(error["help"].as_str().is_some_and(|help| help.contains("\"X\" of the workflow \"child\"") && help.contains("child.json")), "{error}");
}
