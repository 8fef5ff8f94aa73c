//! `docs/results.md` shows a real result, and names every key of one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Folder, action, chain, konverte, repository, set};

/// Puts these in the place of what differs from run to run: the id, the times.
fn steady(result: &mut Value) {
    let mut parts = vec![result];
    while let Some(part) = parts.pop() {
        match part {
            Value::Object(fields) => {
                for (key, value) in fields.iter_mut() {
                    match &**key {
                        "executionId" => *value = "id".into(),
                        "startedAt" | "finishedAt" => *value = json!(value.as_str().expect("a time").len()),
                        "durationMs" => *value = value.is_f64().into(),
                        _ => parts.push(value),
                    }
                }
            }
            Value::Array(list) => parts.extend(list),
            _ => {}
        }
    }
}

#[test]
fn the_result_on_the_page_is_that_of_its_command() {
    let shown = std::fs::read_to_string(repository("docs/examples/hello.result.json")).expect("the example");
    let mut shown: Value = serde_json::from_str(&shown).expect("JSON");
    let mut given = konverte(&["run", &repository("docs/examples/hello.json"), "--input", r#"{"name": "Ana"}"#, "--output", "json"]).json();
    steady(&mut shown);
    steady(&mut given);
    assert_eq!(given.to_string(), shown.to_string(), "the same keys in the same order");
}

/// Where keys are names, and what the page calls them.
const NAMED: [(&str, &str); 4] = [("nodes", "NODE"), ("existed", "NODE"), ("item.binary", "FILE"), ("response.headers", "NAME")];
/// What a node, a service or a person made: its keys are not the result's.
const FOREIGN: [&str; 7] =
    ["item.json", "item.pairedItem", "item.error", "plan[].body", "error.http.body", "response.body.json", "savedCredentials[].data"];

/// Adds the path of each key. Items have a path of their own, and so have errors, wherever they stand.
fn collect(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    let path = match path {
        "nodes.NODE.runs[].outputs[][]" => {
            keys.insert(path.to_owned());
            "item"
        }
        "nodes.NODE.runs[].error" if value.is_object() => {
            keys.insert(path.to_owned());
            "error"
        }
        path => path,
    };
    keys.insert(path.to_owned());
    if FOREIGN.contains(&path) {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = NAMED.iter().find(|(place, _)| *place == path).map_or(&**key, |(_, name)| name);
                collect(value, &format!("{path}{}{key}", if path.is_empty() { "" } else { "." }), keys);
            }
        }
        Value::Array(list) => list.iter().for_each(|entry| collect(entry, &format!("{path}[]"), keys)),
        _ => {}
    }
}

/// The keys in the tables of the page: those of items and errors below their paths.
fn documented() -> BTreeSet<String> {
    let page = std::fs::read_to_string(repository("docs/results.md")).expect("the page");
    let (mut keys, mut prefix) = (BTreeSet::new(), None);
    for line in page.lines() {
        match line {
            "## All keys" => prefix = Some(""),
            "### Items" => prefix = Some("item."),
            "## Errors" => prefix = Some("error."),
            _ => {}
        }
        let (Some(prefix), Some(cell)) = (prefix, line.strip_prefix("| `").and_then(|rest| rest.split(" | ").next())) else { continue };
        keys.extend(cell.split('`').step_by(2).map(|key| format!("{prefix}{key}")));
    }
    keys
}

fn with(name: &str, kind: &str, version: f64, parameters: Value) -> Value {
    json!({"name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": version, "parameters": parameters})
}

/// Results that have between them every key but those of a run that was stopped.
fn results() -> Vec<Value> {
    let folder = Folder::new();
    let run = |workflow: &Value, args: &[&str]| konverte(&[&["run", &folder.workflow(workflow), "--output", "json"], args].concat()).json();
    let sign_up = repository("workflows/sign-up.json");
    let example = |args: &[&str]| konverte(&[&["run", &sign_up, "--output", "json"], args].concat()).json();
    let contact = |id: u64| action("Contacts", "Contact Details", json!({"account_id": 1, "id": id}));
    let file = |content: Value| {
        let mut file = json!({"mimeType": "text/csv", "fileName": "a.csv", "fileExtension": "csv"});
        file.as_object_mut().expect("an object").extend(content.as_object().expect("an object").clone());
        json!([{"json": {}, "binary": {"data": file}}]).to_string()
    };
    let saved = folder.path().join("saved").display().to_string();
    let respond = |body: Value| {
        let mut workflow = chain(&[with("Answer", "respondToWebhook", 1.4, body)]);
        workflow["nodes"][0]["type"] = "n8n-nodes-base.webhook".into();
        workflow
    };
    let headers = json!({"responseHeaders": {"entries": [{"name": "X-A", "value": "b"}]}});
    let token =
        json!({"oAuth2Api": {"grantType": "clientCredentials", "accessTokenUrl": "https://api.test/token", "clientId": "a", "clientSecret": "b"}});
    let credentials = folder.file("credentials.json", token.to_string());
    let answers = folder.file("answers.json", r#"[{"match": "/token", "json": {"access_token": "t", "token_type": "bearer"}}, {"json": {}}]"#);
    let mut guarded = with(
        "Fetch",
        "httpRequest",
        4.2,
        json!({"url": "https://api.test/", "authentication": "genericCredentialType", "genericAuthType": "oAuth2Api"}),
    );
    guarded["credentials"] = json!({"oAuth2Api": {"id": "1", "name": "OAuth"}});
    let plain = chain(&[set("A", "a", "={{ 1 }}")]);
    let mut goes_on = contact(4711);
    goes_on["onError"] = "continueRegularOutput".into();
    let as_file = json!({"response": {"response": {"responseFormat": "file"}}});
    let download = with("Fetch", "httpRequest", 4.2, json!({"url": "https://api.test/a.csv", "options": as_file}));
    let content = folder.file("content.json", r#"[{"text": "a,b", "headers": {"content-type": "text/csv"}}]"#);
    vec![
        example(&["--sandbox"]),
        example(&["--dry-run"]),
        run(&chain(&[contact(4711)]), &["--sandbox"]),
        run(&chain(&[action("Users", "Create A User", json!({"name": "A", "email": "agent@sandbox.example"}))]), &["--sandbox"]),
        run(&chain(&[contact(1)]), &["--sandbox", "--fault", "*=lost"]),
        run(&chain(&[action("Teams", "Create A Team", json!({"account_id": 1, "name": "a"}))]), &["--sandbox", "--fault", "*=lost"]),
        run(&chain(&[with("Same", "noOp", 1.0, json!({}))]), &["--input", &file(json!({"text": "a,b"})), "--save-files", &saved]),
        run(&chain(&[with("Same", "noOp", 1.0, json!({}))]), &["--input", &file(json!({"base64": "/w=="}))]),
        run(&chain(&[with("Same", "noOp", 1.0, json!({}))]), &["--input", &file(json!({"text": "a".repeat(70_000)}))]),
        run(&chain(&[goes_on]), &["--sandbox"]),
        run(&chain(&[download]), &["--answers", &content]),
        run(&respond(json!({"respondWith": "json", "responseBody": "{\"a\": 1}", "options": headers})), &[]),
        run(&respond(json!({"respondWith": "text", "responseBody": "a"})), &[]),
        run(&respond(json!({"respondWith": "binary"})), &["--input", &file(json!({"base64": "/w=="}))]),
        run(&chain(&[guarded]), &["--credentials", &credentials, "--answers", &answers]),
        run(&plain, &["--items", "none"]),
    ]
}

#[test]
fn every_key_of_a_result_is_on_the_page_and_every_key_of_the_page_in_a_result() {
    let mut keys = BTreeSet::new();
    results().iter().for_each(|result| collect(result, "", &mut keys));
    let documented = documented();
    let holds_one =
        |key: &str| documented.iter().any(|known| known == key || known.strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', '['])));
    let unsaid: Vec<&String> = keys.iter().filter(|key| !key.is_empty() && *key != "item" && !holds_one(key)).collect();
    assert!(unsaid.is_empty(), "not on the page: {unsaid:?}");
    // A run that is stopped in time is a matter of the machine: `ending.rs` looks at what it leaves out.
    let absent: Vec<&String> = documented.iter().filter(|key| !keys.contains(*key) && !key.starts_with("leftOut.")).collect();
    assert!(absent.is_empty(), "on the page and in no result: {absent:?}");
}
