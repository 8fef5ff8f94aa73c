//! Wait, Respond to Webhook, and what a file may say of versions.

use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::support::{Folder, chain, command, finish, konverte, set};

fn node(name: &str, kind: &str, version: f64, parameters: Value) -> Value {
    json!({"name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": version, "parameters": parameters})
}

/// A workflow that begins with a webhook.
fn called(nodes: &[Value]) -> Value {
    let mut workflow = chain(nodes);
    workflow["nodes"][0] = node("Start", "webhook", 2.1, json!({"path": "p", "responseMode": "responseNode"}));
    workflow
}

fn wait(parameters: Value) -> Value {
    node("Wait", "wait", 1.1, parameters)
}

#[test]
fn a_wait_ends_with_its_time_and_with_the_run() {
    let folder = Folder::new();
    let hour =
        folder.workflow(&chain(&[set("Before", "x", "1"), wait(json!({"amount": "={{ $json.x }}", "unit": "hours"})), set("After", "x", "2")]));
    let since = Instant::now();
    let ran = konverte(&["run", &hour, "--timeout", "300ms"]);
    assert_eq!((ran.code, &ran.json()["status"]), (5, &json!("canceled")));
    assert_eq!(ran.json()["executionOrder"], json!(["Start", "Before", "Wait"]));
    assert!(ran.stderr.contains("[Wait] waits 1 h"), "{}", ran.stderr);
    let dry = konverte(&["run", &hour, "--dry-run"]);
    assert_eq!((dry.code, &dry.json()["executionOrder"][3]), (0, &json!("After")), "a dry run waits for nothing");
    assert!(since.elapsed() < Duration::from_secs(20));

    let since = Instant::now();
    let mut second = wait(json!({"resume": "specificTime", "dateTime": "={{ $now.plus(400) }}"}));
    second["name"] = "Until".into();
    let file = folder.workflow(&chain(&[wait(json!({"amount": 0.3})), second]));
    assert_eq!(konverte(&["run", &file]).code, 0);
    assert!(since.elapsed() > Duration::from_millis(700));
}

#[test]
fn a_signal_ends_a_wait() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[wait(json!({"amount": 3, "unit": "days"}))]));
    let mut program = command(&["run", &file, "--output", "json"]);
    let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    std::thread::sleep(Duration::from_millis(1500));
    kill(Pid::from_raw(i32::try_from(child.id()).expect("an id")), Signal::SIGINT).expect("the signal is sent");
    let ran = finish(child.wait_with_output().expect("the program ends"));
    assert_eq!((ran.code, &ran.json()["status"]), (130, &json!("canceled")));
}

#[test]
fn what_cannot_be_used_blocks_before_anything_runs() {
    let folder = Folder::new();
    for (used, code) in [
        (wait(json!({"resume": "webhook"})), "KV0323"),
        (wait(json!({"resume": "form", "formTitle": "t"})), "KV0323"),
        (node("Code", "code", 2.0, json!({"language": "pythonNative", "pythonCode": "return []"})), "KV0321"),
    ] {
        let mut workflow = chain(&[set("Before", "x", "1"), used]);
        let file = folder.workflow(&workflow);
        konverte(&["run", &file]).refused(4, code);
        assert_eq!(konverte(&["check", &file]).code, 4);
        let name = workflow["nodes"][2]["name"].as_str().expect("a name").to_owned();
        workflow["pinData"] = json!({name: [{"json": {"pinned": 1}}]});
        assert_eq!(konverte(&["run", &folder.workflow(&workflow)]).code, 0, "pinned it need not be supported");
    }
}

#[test]
fn the_first_answer_stands_in_the_result() {
    let folder = Folder::new();
    let respond = |name: &str, version: f64, parameters: Value| node(name, "respondToWebhook", version, parameters);
    let text = respond(
        "Text",
        1.5,
        json!({"respondWith": "text", "responseBody": "=Hello {{ $json.name }}", "options": {
        "responseCode": 201, "responseHeaders": {"entries": [{"name": "X-A", "value": "1"}, {"name": "x-a", "value": "2"}]}}}),
    );
    let file = folder.workflow(&called(&[text, respond("Late", 1.0, json!({"respondWith": "noData"}))]));
    let input = ["--input", r#"[{"name": "Ana"}, {"name": "Bea"}]"#];
    let ran = konverte(&[&["run", &file], &input[..]].concat()).json();
    assert_eq!(
        ran["response"],
        json!({"status": 201, "headers": {"x-a": "2", "content-type": "text/html; charset=utf-8"}, "body": {"text": "Hello Ana"}})
    );
    assert_eq!(ran["nodes"]["Late"]["runs"][0]["outputs"][0][1]["json"], json!({"name": "Bea"}));
    let summary = konverte(&[&["run", &file, "--output", "summary"], &input[..]].concat());
    assert!(summary.stdout.contains("Response: 201, text/html; charset=utf-8: Hello Ana"), "{}", summary.stdout);

    // Made by code after an answer; what fails later does not take it back.
    let json = respond("Json", 1.4, json!({"enableResponseOutput": true, "respondWith": "json", "responseBody": "={{ [1, { a: $json.name }] }}"}));
    let file = folder.workflow(&called(&[json, node("Stop", "stopAndError", 1.0, json!({"errorMessage": "late"}))]));
    let ran = konverte(&[&["run", &file], &input[..]].concat()).json();
    assert_eq!((&ran["status"], &ran["response"]["body"]), (&json!("error"), &json!({"json": [1, {"a": "Ana"}]})));
    assert_eq!(ran["nodes"]["Json"]["runs"][0]["outputs"][1][0]["json"]["response"]["statusCode"], 200);
    assert!(konverte(&["run", &folder.workflow(&chain(&[]))]).json().get("response").is_none());
}

#[test]
fn what_an_answer_holds_is_what_javascript_would_send() {
    let folder = Folder::new();
    let respond =
        |parameters| folder.workflow(&called(&[set("X", "to", "https://example.invalid/x"), node("R", "respondToWebhook", 1.5, parameters)]));
    let large = respond(json!({"respondWith": "json", "responseBody": "{\"id\": 12345678901234567890}"}));
    assert_eq!(konverte(&["run", &large]).json()["response"]["body"]["json"]["id"], json!(12345678901234567000u64));
    let redirect = respond(json!({"respondWith": "redirect", "redirectURL": "={{ $json.to }}"}));
    let summary = konverte(&["run", &redirect, "--output", "summary"]);
    assert!(summary.stdout.contains("Response: 307 to https://example.invalid/x"), "{}", summary.stdout);
    let nowhere = konverte(&["run", &respond(json!({"respondWith": "redirect", "redirectURL": "={{ $json.none }}"}))]);
    assert_eq!((nowhere.code, &nowhere.json()["error"]["parameter"]), (1, &json!("redirectURL")), "{}", nowhere.stderr);
}

#[test]
fn there_must_be_somebody_to_answer() {
    let folder = Folder::new();
    let respond = |version: f64| node("Respond", "respondToWebhook", version, json!({"respondWith": "text", "responseBody": "from below"}));
    let ran = konverte(&["run", &folder.workflow(&chain(&[respond(1.1)]))]).json();
    assert_eq!(ran["error"]["message"], "No Webhook node found in the workflow");
    let mut below = chain(&[respond(1.1)]);
    below["nodes"][0]["type"] = "n8n-nodes-base.executeWorkflowTrigger".into();
    let calls = |below: &Value| called(&[node("Call", "executeWorkflow", 1.1, json!({"source": "parameter", "workflowJson": below.to_string()}))]);
    assert_eq!(konverte(&["run", &folder.workflow(&calls(&below))]).json()["error"]["message"], "No Webhook node found in the workflow");
    below["nodes"][1]["typeVersion"] = json!(1);
    let ran = konverte(&["run", &folder.workflow(&calls(&below))]).json();
    assert_eq!((&ran["status"], ran.get("response")), (&json!("success"), None), "the answer of a sub-workflow is not the caller's");
}

#[test]
fn versions_are_taken_as_n8n_takes_them() {
    let folder = Folder::new();
    let run = |kind: &str, version: Option<Value>, parameters: Value| {
        let mut node = node("X", kind, 1.0, parameters);
        match version {
            Some(version) => node["typeVersion"] = version,
            None => drop(node.as_object_mut().expect("an object").shift_remove("typeVersion")),
        }
        konverte(&["run", &folder.workflow(&chain(&[node])), "--input", r#"[{"a": 1}, {"a": 2}]"#])
    };
    let items = |ran: &crate::support::Ran| ran.json()["nodes"]["X"]["runs"][0]["outputs"][0].as_array().map(Vec::len);
    for version in [Some(json!(2.2)), Some(json!(0)), Some(json!("3")), Some(Value::Null), None] {
        assert_eq!(items(&run("limit", version.clone(), json!({"maxItems": 1}))), Some(1), "{version:?}");
        let set = json!({"assignments": {"assignments": [{"id": "1", "name": "b", "value": "x", "type": "string"}]}, "includeOtherFields": true});
        if version != Some(json!(2.2)) {
            assert_eq!(items(&run("set", version.clone(), set)), Some(2), "{version:?}");
        }
        let code = run("code", version.clone(), json!({"jsCode": "return []"}));
        assert_eq!(code.json()["error"]["message"], "Could not get parameter \"jsCode\"", "{version:?}");
    }
    run("set", Some(json!(7)), json!({})).refused(4, "KV0103");
}

#[test]
fn types_that_n8n_makes_for_agents_are_known() {
    let folder = Folder::new();
    for (kind, code) in [("googleSheetsTool", "KV0102"), ("noneOfTheseTool", "KV0101"), ("mergeTool", "KV0101")] {
        let ran = konverte(&["check", &folder.workflow(&chain(&[node("X", kind, 1.0, json!({}))])), "--format", "json"]);
        assert_eq!((ran.code, &ran.lines()[0]["code"]), (4, &json!(code)), "{kind}");
    }
}

#[test]
fn neighbours_of_one_id_are_no_fault_of_the_file() {
    let folder = Folder::new();
    let mut below = chain(&[]);
    below["id"] = "1".into();
    folder.file("other.json", below.to_string());
    below["nodes"][0]["type"] = "n8n-nodes-base.executeWorkflowTrigger".into();
    folder.file("called.json", below.to_string());
    let file = folder.workflow(&chain(&[node("Call", "executeWorkflow", 1.1, json!({"workflowId": "1"}))]));
    assert_eq!(konverte(&["run", &file]).code, 0, "one of the two can be called");
    folder.file("called-too.json", below.to_string());
    let ran = konverte(&["run", &file]);
    assert_eq!(ran.json()["error"]["message"], "Workflow does not exist.");
    assert!(!konverte(&["check", &file]).stdout.contains("Two workflows"));
    let place = folder.path().to_string_lossy().into_owned();
    let named = konverte(&["run", &file, "--workflows", &place]).json();
    assert!(named["error"]["message"].as_str().is_some_and(|message| message.starts_with("Two workflows are meant by \"1\"")), "{named}");
}
