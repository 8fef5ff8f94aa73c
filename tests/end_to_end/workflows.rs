//! Every file in `workflows/` runs with `konverte run FILE --sandbox` and nothing else, checks clean, and can be drawn.

use std::fs;

use crate::support::{Ran, konverte, repository};

fn files() -> Vec<String> {
    let entries = fs::read_dir(repository("workflows")).expect("the folder");
    let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.map(|path| path.to_str().expect("UTF-8").to_owned()).collect()
}

fn succeeds(file: &str, ran: &Ran) {
    assert_eq!(ran.code, 0, "{file}: {}", ran.stderr);
}

#[test]
fn every_workflow_runs_on_the_emulator() {
    let files = files();
    assert!(files.len() >= 8, "{files:?}");
    for file in &files {
        let ran = konverte(&["run", file, "--sandbox", "--output", "json", "--items", "none"]);
        succeeds(file, &ran);
        assert_eq!(ran.json()["status"], "success", "{file}");
        succeeds(file, &konverte(&["check", file]));
        succeeds(file, &konverte(&["graph", file]));
    }
}

#[test]
fn the_campaign_takes_five_thousand_rows() {
    let (file, rows) = (repository("workflows/campaign-users.json"), repository("workflows/data/campaign-5000.csv"));
    let ran = konverte(&["run", &file, "--sandbox", "--input", &rows, "--output", "json", "--items", "none"]);
    succeeds(&file, &ran);
    let result = ran.json();
    assert_eq!(result["nodes"]["Rows"]["runs"][0]["items"]["out"], 5000);
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
