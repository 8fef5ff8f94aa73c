//! What the Konverte node must not do to a server: asserted on what the emulator holds afterwards.

use serde_json::{Value, json};

use crate::support::{Emulator, Folder, Ran, action, chain, konverte};

/// An action under another name, with more beside its parameters.
fn named(name: &str, mut node: Value, more: &Value) -> Value {
    node["name"] = name.into();
    for (key, value) in more.as_object().into_iter().flatten() {
        node[key.as_str()] = value.clone();
    }
    node
}

fn messages() -> Value {
    let walk = json!({"account_id": 1, "conversation_id": 1, "requestOptions": {"returnAll": true}});
    named("Messages", action("Messages", "List All Messages", walk), &json!({"executeOnce": true, "alwaysOutputData": true}))
}

fn send(parameters: &Value, more: &Value) -> Value {
    let mut all = json!({"account_id": 1, "conversation_id": 1, "content": "={{ $json.text }}"});
    all.as_object_mut().expect("an object").extend(parameters.as_object().expect("an object").clone());
    named("Send", action("Messages", "Create A New Message In A Conversation", all), more)
}

/// The items of a node's only run.
fn items(ran: &Ran, node: &str) -> Vec<Value> {
    ran.json()["nodes"][node]["runs"][0]["outputs"][0].as_array().expect("items").clone()
}

fn texts(ran: &Ran) -> Vec<String> {
    items(ran, "Messages")
        .iter()
        .filter_map(|item| item["json"]["content"].as_str())
        .filter(|text| text.starts_with("m-"))
        .map(str::to_owned)
        .collect()
}

fn rows(count: usize) -> String {
    Value::from((0..count).map(|n| json!({"text": format!("m-{n:02}")})).collect::<Vec<_>>()).to_string()
}

#[test]
fn labels_stay_where_none_are_given() {
    let folder = Folder::new();
    let conversation = json!({"account_id": 1, "conversation_id": 1});
    let list = || named("Labels", action("Conversation Labels", "List All Labels Of A Conversation", conversation.clone()), &json!({}));
    let add = |labels: Value| {
        let mut parameters = conversation.clone();
        parameters["labels"] = labels;
        named("Add", action("Conversation Labels", "Conversation Add Labels", parameters), &json!({"onError": "continueRegularOutput"}))
    };
    let seeded = konverte(&["run", &folder.workflow(&chain(&[list()])), "--sandbox"]);
    let labels_after = |labels: Value| {
        let ran = konverte(&["run", &folder.workflow(&chain(&[add(labels), list()])), "--sandbox"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        items(&ran, "Labels")[0]["json"]["payload"].clone()
    };
    let before = items(&seeded, "Labels")[0]["json"]["payload"].clone();
    assert!(!before.as_array().expect("a list").is_empty());
    assert_eq!(labels_after(json!("={{ $json.nothing }}")), before);
    assert_eq!(labels_after(json!("={{ null }}")), before);
    assert_eq!(labels_after(json!([])), json!([]));
    let unset = folder.workflow(&chain(&[named("Add", action("Conversation Labels", "Conversation Add Labels", conversation.clone()), &json!({}))]));
    let checked = konverte(&["check", &unset]);
    assert!(checked.code == 3 && checked.stdout.contains("KV0523"), "{}", checked.stdout);
    konverte(&["run", &unset, "--sandbox"]).says(3, "KV0523");
}

#[test]
fn a_node_that_tries_again_sends_each_message_once() {
    let folder = Folder::new();
    // The last one is refused: cards need items.
    let kind = json!({"content_type": "={{ $json.text === 'm-09' ? 'cards' : 'text' }}"});
    let settings = json!({"retryOnFail": true, "maxTries": 3, "waitBetweenTries": 1, "onError": "continueRegularOutput"});
    let ran = konverte(&["run", &folder.workflow(&chain(&[send(&kind, &settings), messages()])), "--sandbox", "--input", &rows(10)]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(texts(&ran), (0..9).map(|n| format!("m-{n:02}")).collect::<Vec<_>>());
}

#[test]
fn a_lost_answer_is_said_and_counted() {
    let emulator = Emulator::start(&["--fault", "/api/v1/accounts/*/conversations/*/messages=reset"]);
    let folder = Folder::new();
    let credentials = emulator.credentials(&folder, "sandbox-admin");
    for on_error in ["continueRegularOutput", "continueErrorOutput"] {
        let file = folder.workflow(&chain(&[send(&json!({}), &json!({"onError": on_error}))]));
        let ran = konverte(&["run", &file, "--credentials", &credentials, "--input", &rows(3), "--output", "json"]);
        let outputs = ran.json()["nodes"]["Send"]["runs"][0]["outputs"].as_array().expect("outputs").last().expect("one").clone();
        assert_eq!(outputs.as_array().expect("items").len(), 3, "{outputs}");
        for item in outputs.as_array().expect("items") {
            assert_eq!((&item["json"]["http"], &item["error"]["http"]), (&json!({"outcome": "unknown"}), &json!({"outcome": "unknown"})), "{item}");
            assert!(!item["json"]["error"].as_str().expect("words").contains("retry"), "{item}");
        }
        ran.says(0, "outcome unknown: 3 requests may have been done");
        let summary = konverte(&["run", &file, "--credentials", &credentials, "--input", &rows(3), "--output", "summary"]);
        assert!(summary.stdout.contains("outcome unknown: 3 requests"), "{}", summary.stdout);
    }
    let ran = konverte(&["run", &folder.workflow(&chain(&[send(&json!({}), &json!({}))])), "--credentials", &credentials, "--input", &rows(1)]);
    assert_eq!((ran.code, &ran.json()["error"]["http"]), (1, &json!({"outcome": "unknown"})));
    ran.says(1, "outcome unknown: 1 request");
    // n8n's items do not say so: they are counted all the same.
    let mut n8n = send(&json!({}), &json!({"onError": "continueRegularOutput"}));
    let n8n_type = "@devlikeapro/n8n-nodes-chatwoot.chatWoot";
    n8n["type"] = n8n_type.into();
    let ran = konverte(&["run", &folder.workflow(&chain(&[n8n])), "--credentials", &credentials, "--input", &rows(3), "--output", "json"]);
    ran.says(0, "outcome unknown: 3 requests");
    assert!(items(&ran, "Send").iter().all(|item| item["json"].get("http").is_none()), "{}", ran.stdout);
    // What only reads has no outcome.
    let mut read = named("Read", messages(), &json!({"type": n8n_type, "onError": "continueRegularOutput"}));
    read["parameters"]["requestOptions"] = json!({});
    let ran = konverte(&["run", &folder.workflow(&chain(&[read])), "--credentials", &credentials, "--output", "json"]);
    assert!(ran.code == 0 && !ran.stderr.contains("outcome unknown") && items(&ran, "Read")[0].get("error").is_some(), "{}", ran.stdout);
}

#[test]
fn messages_to_one_conversation_arrive_in_order() {
    let emulator = Emulator::start(&[]);
    let folder = Folder::new();
    let credentials = emulator.credentials(&folder, "sandbox-admin");
    let file = folder.workflow(&chain(&[send(&json!({"requestOptions": {"concurrency": 8}}), &json!({})), messages()]));
    let ran = konverte(&["run", &file, "--credentials", &credentials, "--input", &rows(40)]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(texts(&ran), (0..40).map(|n| format!("m-{n:02}")).collect::<Vec<_>>());
}

/// Of what looks like a secret nothing is said, although no credential holds it; what the nodes put out stays as it is.
#[test]
fn a_secret_beside_the_fault_is_not_shown() {
    let folder = Folder::new();
    let secret = "S3CRET-pw";
    let fetch = |url: &str| {
        let headers = json!({"parameters": [{"name": "Authorization", "value": format!("Bearer {secret}1")}]});
        json!({"name": "Fetch", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "retryOnFail": false,
            "parameters": {"url": url, "sendHeaders": true, "headerParameters": headers, "options": {"proxy": format!("http://ana:{secret}@127.0.0.1:1")}}})
    };
    let broken = folder.workflow(&chain(&[fetch(&format!("=http://ana:{secret}@127.0.0.1:1/{{{{ $json. }}}}"))]));
    let closed = folder.file("closed.json", chain(&[fetch(&format!("http://ana:{secret}@127.0.0.1:1/?api_key={secret}2"))]).to_string());
    let report = folder.path().join("report.html");
    let report = report.to_str().expect("UTF-8");
    for args in [
        &["check", &broken][..],
        &["check", "--format", "json", &broken],
        &["run", &broken],
        &["--verbose", "run", &closed, "--output", "json", "--report", report],
        &["--log-format", "json", "run", &closed, "--output", "summary"],
        &["run", &closed, "--dry-run", "--output", "json"],
    ] {
        let ran = konverte(args);
        assert!(!ran.stderr.contains(secret) && !ran.stdout.contains(secret), "{args:?}\n{}\n{}", ran.stdout, ran.stderr);
    }
    assert!(!std::fs::read_to_string(report).expect("the report").contains(secret));
    let kept = format!("http://ana:{secret}@host/?api_key={secret}");
    let ran = konverte(&["run", &folder.workflow(&chain(&[])), "--input", &json!([{"url": kept, "password": secret}]).to_string()]);
    assert_eq!(items(&ran, "Start")[0]["json"], json!({"url": kept, "password": secret}));
}
