//! Every file in `workflows/` runs with `konverte run FILE --sandbox` and nothing else, checks clean, and can be drawn.

use std::collections::HashSet;
use std::fs;

use serde_json::{Value, json};

use crate::support::{Ran, konverte, repository};

/// What the node that runs last puts out; of each item the fields that are stated.
fn last_items() -> [(&'static str, &'static str, Value); 9] {
    [
        (
            "campaign-users.json",
            "Result",
            json!([{"id": 3, "email": "ana.souza@example.com", "segment": "retail"}, {"id": 4, "email": "bruno.lima@example.com", "segment": "health"}]),
        ),
        ("contact-clean-up.json", "Report", json!([{"deleted": 40}])),
        (
            "error-output.json",
            "To be mended",
            json!([{"email": "vera@example.com", "reason": "Email has already been taken (422)"}, {"email": "not an address", "reason": "Email Invalid email (422)"}]),
        ),
        ("hr-new-employees.json", "Summary", json!([{"added": [3, 4]}])),
        ("label-and-assign.json", "Done", json!([{"conversation": 2, "agent": "Alex Agent"}, {"conversation": 1, "agent": "Alex Agent"}])),
        ("n8n-export.json", "Ids", json!([{"id": 3}, {"id": 4}])),
        ("new-customer.json", "Tickets", json!([{"ticket": 4, "customer": "Nadia Brito"}, {"ticket": 5, "customer": "Ivo Luz"}])),
        (
            "nightly-report.json",
            "Private note",
            json!([{"id": 7, "conversation_id": 1, "private": true, "content": "Open now: 2, without an agent: 1\nConversations in five years: 3\nMessages in and out: 3 / 2"}]),
        ),
        ("sign-up.json", "Ask for consent", json!([{"email": "caio@example.com", "todo": "ask for consent again"}])),
    ]
}

fn succeeds(file: &str, ran: &Ran) {
    assert_eq!(ran.code, 0, "{file}: {}", ran.stderr);
}

#[test]
fn every_workflow_runs_on_the_emulator() {
    let entries = fs::read_dir(repository("workflows")).expect("the folder");
    let files = entries.filter(|entry| entry.as_ref().expect("an entry").path().extension().is_some_and(|extension| extension == "json"));
    assert_eq!(files.count(), last_items().len(), "each file has a line in the table");
    for (name, last, expected) in last_items() {
        let file = &repository(&format!("workflows/{name}"));
        let ran = konverte(&["run", file, "--sandbox", "--output", "json"]);
        succeeds(file, &ran);
        let result = ran.json();
        assert_eq!(result["status"], "success", "{name}");
        assert_eq!(result["executionOrder"].as_array().expect("names").last().expect("a node"), last, "{name}");
        assert_eq!(items(&result, last, &expected), expected, "{name}");
        succeeds(file, &konverte(&["check", file]));
        succeeds(file, &konverte(&["graph", file]));
    }
}

/// The items of the node's last run, of each the fields that the expected one states.
fn items(result: &Value, node: &str, expected: &Value) -> Value {
    let run = result["nodes"][node]["runs"].as_array().and_then(|runs| runs.last()).expect("the node ran");
    let items = run["outputs"].as_array().into_iter().flatten().filter_map(Value::as_array).flatten();
    let stated = |(index, item): (usize, &Value)| match expected[index].as_object() {
        Some(fields) => fields.keys().map(|name| (name.clone(), item["json"].get(name).cloned().unwrap_or_else(|| "is missing".into()))).collect(),
        None => item["json"].clone(),
    };
    items.enumerate().map(stated).collect()
}

#[test]
fn the_campaign_creates_a_user_for_each_of_five_thousand_rows() {
    let (file, rows) = (repository("workflows/campaign-users.json"), repository("workflows/data/campaign-5000.csv"));
    let ran = konverte(&["run", &file, "--sandbox", "--input", &rows, "--output", "json"]);
    succeeds(&file, &ran);
    let result = ran.json();
    let users = result["nodes"]["Create user"]["runs"][0]["outputs"][0].as_array().expect("users").iter().map(|item| &item["json"]);
    let ids: HashSet<u64> = users.clone().filter_map(|user| user["id"].as_u64()).collect();
    assert_eq!(ids.len(), 5000, "each user has an id of its own");
    let rows = result["nodes"]["Rows"]["runs"][0]["outputs"][0].as_array().expect("rows").iter().map(|item| &item["json"]["email"]);
    assert!(users.map(|user| &user["email"]).eq(rows), "one user for each row, in order");
}

#[test]
fn an_n8n_export_of_the_family_runs_as_it_stands() {
    let folder = crate::support::Folder::new();
    let mut workflow = crate::support::chain(&[]);
    workflow["nodes"].as_array_mut().expect("nodes").push(serde_json::json!({
        "id": "2", "name": "Create user", "type": "@devlikeapro/n8n-nodes-chatwoot.chatWoot", "typeVersion": 1, "position": [220, 0],
        "parameters": {"resource": "Users", "operation": "Create A User", "name": "={{ $json.name }}", "email": "={{ $json.email }}",
            "password": "Secr3t!pass", "custom_attributes": "{}", "requestOptions": {"batching": {"batch": {"batchSize": 50, "batchInterval": 0}}}},
        "credentials": {"chatwootApi": {"id": "1", "name": "Platform token"}},
    }));
    workflow["connections"] = serde_json::json!({"Start": {"main": [[{"node": "Create user", "type": "main", "index": 0}]]}});
    let file = folder.workflow(&workflow);
    let ran = konverte(&["run", &file, "--sandbox", "--input", r#"[{"name": "Ana", "email": "ana@example.com"}]"#, "--output", "ndjson"]);
    succeeds(&file, &ran);
    let user = &ran.lines()[0];
    assert_eq!(user["email"], "ana@example.com");
    assert!(user["created_at"].is_string() || user["created_at"].is_number(), "the node's page promises created_at: {user}");
}
