//! Parameters that cannot work: our own type refuses, n8n's types do what n8n does and say so.

use serde_json::{Value, json};

use super::{Said, at, run};
use crate::support::{Folder, action, chain, konverte};

fn of_n8n(resource: &str, operation: &str, mut parameters: Value) -> Value {
    parameters["resource"] = resource.into();
    parameters["operation"] = operation.into();
    json!({"name": "Action", "type": "n8n-nodes-chatwoot.chatWoot", "typeVersion": 1, "parameters": parameters})
}

#[test]
fn a_resource_or_operation_that_is_not_there() {
    let resource = chain(&[action("Contcts", "Contact Create", json!({}))]);
    let said = Said { code: "KV0500", words: &["\"Action\"", "\"Contcts\""], help: "Did you mean \"Contacts\"?", ..Said::default() };
    run(&resource, &["--sandbox"]).blocked(3, &Said { at: &at(&resource, "\"Contcts\"", 0), ..said });
    let operation = chain(&[action("Contacts", "Contact Creat", json!({}))]);
    let said = Said { code: "KV0501", words: &["\"Contact Creat\""], help: "Did you mean \"Contact Create\"?", ..Said::default() };
    run(&operation, &["--sandbox"]).blocked(3, &Said { at: &at(&operation, "\"Contact Creat\"", 0), ..said });
}

#[test]
fn an_unknown_operation_of_the_n8n_node_sends_what_n8n_sends() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let folder = Folder::new();
    let credentials = folder.file(
        "credentials.json",
        json!({"chatwootApi": {"url": format!("{}/json/obj", lab.origin("HTTP")), "accessToken": "t0ken-1234"}}).to_string(),
    );
    let workflow = chain(&[of_n8n("Profile", "Fetch Profil", json!({}))]);
    let ran = run(&workflow, &["--credentials", &credentials]);
    ran.told("WARN", &Said { code: "KV0501", at: &at(&workflow, "\"Fetch Profil\"", 0), help: "Did you mean \"Fetch Profile\"?", ..Said::default() });
    assert_eq!(lab.requests().len(), 1, "{}", ran.stderr);
    assert_eq!(lab.requests()[0]["method"], "GET");
}

#[test]
fn a_required_parameter_that_is_empty() {
    let native = chain(&[action("Contact", "Contact Inbox Creation", json!({"account_id": 1, "id": 3}))]);
    run(&native, &["--sandbox"]).blocked(
        3,
        &Said {
            code: "KV0502",
            at: &at(&native, "\"parameters\": {\n        \"account_id\"", 14),
            words: &["\"Action\"", "inbox_id"],
            ..Said::default()
        },
    );
    let n8n = chain(&[of_n8n("Contacts API", "Create A Contact", json!({"inbox_identifier": ""}))]);
    let said = Said { code: "KV0104", words: &["\"Action\"", "required"], help: "Give it a value", ..Said::default() };
    run(&n8n, &["--sandbox"]).blocked(3, &Said { at: &at(&n8n, "\"inbox_identifier\"", 20), ..said });
    let fetch = json!({"name": "Fetch", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": {"options": {}}});
    run(&chain(std::slice::from_ref(&fetch)), &[]).blocked(3, &Said { code: "KV0104", words: &["\"Fetch\"", "Url"], ..Said::default() });
    // The rules hold for what is enabled, not pinned and can be reached.
    let off = |key: &str, value: Value| {
        let mut workflow = chain(std::slice::from_ref(&fetch));
        if key == "disabled" {
            workflow["nodes"][1][key] = value
        } else {
            workflow[key] = value
        }
        run(&workflow, &[]).code
    };
    assert_eq!(off("disabled", true.into()), 0);
    assert_eq!(off("pinData", json!({"Fetch": [{"json": {}}]})), 0);
    assert_eq!(off("connections", json!({})), 0);
}

#[test]
fn a_value_of_the_wrong_type() {
    let native = chain(&[action("Contacts", "Contact Create", json!({"account_id": "abc", "inbox_id": 1}))]);
    let said = Said { code: "KV0503", words: &["account_id", "\"abc\""], ..Said::default() };
    run(&native, &["--sandbox"]).blocked(3, &Said { at: &at(&native, "\"abc\"", 0), ..said });
    // What an expression yields is known only when it runs.
    let late = chain(&[action("Contacts", "Contact Create", json!({"account_id": "={{ $json.a }}", "inbox_id": 1}))]);
    let error = run(&late, &["--sandbox", "--input", r#"[{"a": 1}, {"a": "abc"}]"#]).failed(&Said { words: &["account_id"], ..Said::default() });
    assert_eq!((&error["node"], &error["parameter"], &error["item"]), (&json!("Action"), &json!("account_id"), &json!(1)));
    // n8n takes it as it is.
    let limit = chain(&[json!({"name": "L", "type": "n8n-nodes-base.limit", "typeVersion": 1, "parameters": {"maxItems": "abc"}})]);
    let ran = run(&limit, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.told("WARN", &Said { code: "KV0112", at: &at(&limit, "\"abc\"", 0), words: &["maxItems"], ..Said::default() });
}

#[test]
fn json_text_that_does_not_parse() {
    let native = chain(&[action("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": 1, "custom_attributes": "{\"a\": }"}))]);
    run(&native, &["--sandbox"]).blocked(3, &Said { code: "KV0504", words: &["custom_attributes", "not JSON"], ..Said::default() });
    let n8n =
        of_n8n("Users", "Create A User", json!({"name": "Ana", "email": "ana@example.com", "password": "Secr3t!pass", "custom_attributes": "{oops"}));
    let ran = run(&chain(&[n8n]), &["--sandbox"]);
    assert_eq!(ran.code, 0, "n8n leaves it out: {}", ran.stderr);
    ran.told("WARN", &Said { code: "KV0504", words: &["custom_attributes"], ..Said::default() });
}

#[test]
fn wrong_use_of_the_command_line() {
    let folder = Folder::new();
    let file = folder.file("workflow.json", chain(&[]).to_string());
    for args in [
        &["run"] as &[&str],
        &["run", &file, "--nonsense"],
        &["run", &file, "--timeout", "soon"],
        &["run", &file, "--max-response", "big"],
        &["nonsense"],
    ] {
        let ran = konverte(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
    }
    for args in [
        &["--credentials", "none.json"] as &[&str],
        &["--vars", "none.json"],
        &["--env-file", "none"],
        &["--nodes", "none"],
        &["--input", "none.json"],
    ] {
        let ran = run(&chain(&[]), args);
        ran.blocked(2, &Said { words: &["none"], ..Said::default() });
    }
    run(&chain(&[]), &["--timezone", "Mars/Olympus"]).blocked(2, &Said { words: &["Mars/Olympus"], ..Said::default() });
}

#[test]
fn an_action_that_only_an_expression_tells_is_refused_with_one_error() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[action("Users", "={{ $json.operation }}", json!({}))]));
    let ran = konverte(&["check", &file]);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert_eq!((ran.code, said.matches("\n  × ").count()), (3, 1), "{said}");
    assert!(said.contains("The operation is an expression"), "{said}");
}
