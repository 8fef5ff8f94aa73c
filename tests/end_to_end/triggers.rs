//! Triggers as a run from the shell begins with them: those of a package of our own, and n8n's.

use serde_json::{Value, json};

use crate::acts::Project;
use crate::support::Ran;

/// A workflow of a trigger alone; its file.
fn file(project: &Project, kind: &str, parameters: &Value, more: &Value) -> String {
    let mut workflow = json!({"id": "w", "name": "w", "connections": {}, "settings": {}, "nodes": [{"id": "n", "name": "N", "type": kind,
        "typeVersion": 1, "position": [0, 0], "parameters": parameters, "credentials": {"madeUpApi": {"id": "1", "name": "own"}}}]});
    workflow.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    project.0.workflow(&workflow)
}

/// Runs one, with a service that has two pieces of news.
fn run(project: &Project, kind: &str, parameters: Value, more: Value) -> Ran {
    let file = file(project, kind, &parameters, &more);
    let answers = json!([
        {"match": "topic=closed", "json": {"is": "closed"}},
        {"match": "/news", "json": {"list": [{"id": 1}, {"id": 2}]}},
    ]);
    let answers = project.0.file("answers.json", answers.to_string());
    let credentials = project.0.file("credentials.json", json!({"own": {"key": "k-1"}}).to_string());
    project.run(&["run", &file, "--output", "json", "--answers", &answers, "--credentials", &credentials])
}

fn items(ran: &Ran) -> Value {
    let outputs = ran.json()["nodes"]["N"]["runs"][0]["outputs"][0].clone();
    outputs.as_array().map(|items| items.iter().map(|item| item["json"].clone()).collect()).unwrap_or_default()
}

#[test]
fn a_trigger_that_polls_is_asked_once() {
    let project = Project::new();
    let news = |parameters: Value, more: Value| run(&project, "n8n-nodes-made-up-acts.news", parameters, more);
    let known = |id: u32| json!({"id": id, "mode": "manual", "activation": "manual", "none": "fallback"});
    let ran = news(json!({}), json!({}));
    assert_eq!(items(&ran), json!([known(1), known(2)]));
    ran.says(0, "start: \"N\" puts out what it finds now; nothing is remembered between runs until there is a server");

    // What the file says that it has seen.
    let ran = news(json!({}), json!({"staticData": {"node:N": {"last": 1}}}));
    assert_eq!(items(&ran), json!([known(2)]));
    // Nothing new is no error, and nothing runs on.
    let ran = news(json!({}), json!({"staticData": {"node:N": {"last": 2}}}));
    assert_eq!((ran.code, &ran.json()["nodes"]), (0, &json!({})));
    // An expression of its parameters, without an item.
    let ran = news(json!({"topic": "={{ 'clo' + 'sed' }}"}), json!({}));
    assert_eq!((ran.code, &ran.json()["error"]["message"]), (1, &json!("No news")));
    let ran = news(json!({}), json!({"pinData": {"N": [{"json": {"pinned": 1}}]}}));
    assert_eq!(items(&ran), json!([{"pinned": 1}]));

    let file = file(&project, "n8n-nodes-made-up-acts.news", &json!({}), &json!({}));
    let checked = project.run(&["check", &file]);
    assert!(checked.code == 0 && checked.stdout.contains("KV0712"), "{}", checked.stdout);
}

#[test]
fn a_trigger_that_listens_gives_what_comes_first_and_one_that_is_called_an_empty_item() {
    let project = Project::new();
    let bell = run(&project, "n8n-nodes-made-up-acts.bell", json!({}), json!({}));
    assert_eq!((bell.code, items(&bell)), (0, json!([{"rang": true}])));

    let silent = run(&project, "n8n-nodes-made-up-acts.silent", json!({}), json!({}));
    let error = &silent.json()["error"];
    assert_eq!((silent.code, &error["message"]), (1, &json!("The node's code waits for something that never comes")));
    assert!(error["help"].as_str().is_some_and(|help| help.contains("--input")), "{error}");

    let hook = run(&project, "n8n-nodes-made-up-acts.hook", json!({}), json!({}));
    assert_eq!(items(&hook), json!([{}]));
    hook.says(0, "start: \"N\" puts out one empty item, for nobody has called it; --input gives what would come");
    let file = file(&project, "n8n-nodes-made-up-acts.hook", &json!({}), &json!({}));
    let given = project.run(&["run", &file, "--output", "json", "--input", r#"{"body": 7}"#]);
    assert_eq!(items(&given), json!([{"body": 7}]));
}

#[test]
fn triggers_of_n8ns_begin_with_what_they_put_out_by_hand() {
    let project = Project::new();
    let by_hand = |kind: &str, parameters: Value| {
        let ran = run(&project, kind, parameters, json!({}));
        (ran.code, items(&ran))
    };
    for (kind, parameters) in [
        ("n8n-nodes-base.cron", json!({})),
        ("n8n-nodes-base.interval", json!({})),
        ("n8n-nodes-base.webhook", json!({"path": "x"})),
        ("n8n-nodes-base.formTrigger", json!({"path": "x", "formTitle": "T", "formFields": {"values": [{"fieldLabel": "A"}]}})),
        ("@n8n/n8n-nodes-langchain.chatTrigger", json!({"options": {}})),
        ("@n8n/n8n-nodes-langchain.manualChatTrigger", json!({})),
    ] {
        assert_eq!(by_hand(kind, parameters), (0, json!([{}])), "{kind}");
    }
    for (kind, event) in [("n8nTrigger", "init"), ("workflowTrigger", "update")] {
        let (code, items) = by_hand(&format!("n8n-nodes-base.{kind}"), json!({"events": [event]}));
        assert_eq!((code, &items[0]["event"], &items[0]["workflow_id"]), (0, &json!("Manual execution"), &json!("w")), "{kind}");
        assert!(items[0]["timestamp"].as_str().is_some_and(|time| time.len() == 24 && time.ends_with('Z')), "{kind}: {items}");
    }
}

#[test]
fn a_trigger_that_is_given_its_items_need_not_be_there_nor_be_whole() {
    let project = Project::new();
    for kind in ["n8n-nodes-nowhere.doorTrigger", "n8n-nodes-base.n8nTrigger", "n8n-nodes-made-up-acts.silent"] {
        let file = file(&project, kind, &json!({}), &json!({}));
        let given = project.run(&["run", &file, "--output", "json", "--input", r#"[{"a": 1}, {"a": 2}]"#]);
        assert_eq!((given.code, items(&given)), (0, json!([{"a": 1}, {"a": 2}])), "{kind}: {}", given.stderr);
    }
    project.run(&["run", &file(&project, "n8n-nodes-nowhere.doorTrigger", &json!({}), &json!({}))]).refused(4, "doorTrigger");
    // What is no trigger gets them, and has to be there.
    project.run(&["run", &file(&project, "n8n-nodes-nowhere.door", &json!({}), &json!({})), "--start", "N", "--input", "{}"]).refused(4, "door");
}
