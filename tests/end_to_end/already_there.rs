//! Records that were there before: the item says so, and the run counts them.

use serde_json::{Value, json};

use crate::support::{Folder, action, chain, konverte};

fn create(parameters: Value) -> Value {
    let mut all = json!({"name": "={{ $json.name }}", "email": "={{ $json.email }}", "password": "Secr3t!pass"});
    all.as_object_mut().expect("an object").extend(parameters.as_object().expect("an object").clone());
    action("Users", "Create A User", all)
}

/// Thirty people, each twice, the second time with other letters in the address; and one whom the emulator has under another name.
fn people() -> String {
    let person = |n: usize| json!({"name": format!("Person {}", n % 30), "email": format!("{}{}@x.example", if n < 30 { "p" } else { "P" }, n % 30)});
    let mut list: Vec<Value> = (0..60).map(person).collect();
    list.push(json!({"name": "Somebody Else", "email": "agent@sandbox.example"}));
    Value::from(list).to_string()
}

#[test]
fn the_second_item_of_an_address_and_a_known_user_are_marked_and_counted() {
    let folder = Folder::new();
    let run = |node: Value, form: &str| konverte(&["run", &folder.workflow(&chain(&[node])), "--sandbox", "--input", &people(), "--output", form]);
    let existed = |item: &Value| item.pointer("/konverte/existed") == Some(&json!(true));
    let ran = run(create(json!({})), "ndjson");
    let items = ran.lines();
    let expected: Vec<bool> = (0..61).map(|n| n >= 30).collect();
    assert_eq!(items.iter().map(existed).collect::<Vec<_>>(), expected, "{}", ran.stderr);
    assert_eq!(items[60]["name"], "Alex Agent");
    ran.says(0, "31 existed already");
    assert!(run(create(json!({})), "summary").stdout.contains("31 existed already"));

    let off = run(create(json!({"requestOptions": {"markExisting": false}})), "json");
    let result = off.json();
    assert_eq!(result["existed"], json!({"Action": 31}));
    let plain = |result: &Value| {
        let items = result["nodes"]["Action"]["runs"][0]["outputs"][0].as_array().expect("items").clone();
        items.iter().all(|item| item["json"].get("konverte").is_none())
    };
    assert!(plain(&result));
    let mut n8n = create(json!({"custom_attributes": "{}"}));
    n8n["type"] = "@devlikeapro/n8n-nodes-chatwoot.chatWoot".into();
    n8n["credentials"] = json!({"chatwootApi": {"id": "1", "name": "Platform"}});
    let result = run(n8n, "json").json();
    assert!(plain(&result));
    assert_eq!(result["existed"], json!({"Action": 31}), "counted all the same");
    let none = konverte(&["run", &folder.workflow(&chain(&[create(json!({}))])), "--sandbox", "--input", r#"{"name": "A", "email": "a@x.example"}"#]);
    assert_eq!(none.json().get("existed"), None);
}

/// Three of ten requests are done, and their answers lost: the item whose request is sent again has made its user all the same.
#[test]
fn a_lost_answer_makes_no_record_an_old_one() {
    let folder = Folder::new();
    let retry = json!({"requestOptions": {"retry": {"maxAttempts": 20, "baseDelay": 1, "maxDelay": 1}}});
    let file = folder.workflow(&chain(&[create(retry)]));
    let ran = konverte(&["run", &file, "--sandbox", "--fault", "/platform/api/v1/users=lost:0.3", "--input", &people(), "--output", "ndjson"]);
    let marked: Vec<bool> = ran.lines().iter().map(|item| item.get("konverte").is_some()).collect();
    assert_eq!(marked, (0..61).map(|n| n >= 30).collect::<Vec<_>>(), "{}", ran.stderr);
}

#[test]
fn what_a_run_has_made_is_known_to_its_sub_workflows() {
    let folder = Folder::new();
    let mut below = chain(&[create(json!({"name": "Ana", "email": "ana@x.example"}))]);
    below["nodes"][0]["type"] = "n8n-nodes-base.executeWorkflowTrigger".into();
    let parameters = json!({"source": "parameter", "workflowJson": below.to_string(), "options": {}});
    let mut call = json!({"name": "Call", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.1, "parameters": parameters});
    let file = folder.workflow(&chain(&[create(json!({"name": "Ana", "email": "ana@x.example"})), call.clone()]));
    let result = konverte(&["run", &file, "--sandbox", "--output", "json"]).json();
    assert_eq!(result["existed"], json!({"Call > Action": 1}));
    assert_eq!(result["nodes"]["Call"]["runs"][0]["outputs"][0][0]["json"]["konverte"], json!({"existed": true}));
    // Another run knows nothing of it.
    call["name"] = "Alone".into();
    let result = konverte(&["run", &folder.workflow(&chain(&[call])), "--sandbox", "--output", "json"]).json();
    assert_eq!(result.get("existed"), None);
}

/// The contact has no phone number, so the one that was sent was not taken: the record is an old one.
#[test]
fn a_value_that_an_answer_shows_as_empty_tells_an_old_record() {
    let folder = Folder::new();
    let mut first = action("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": 2, "name": "Nova", "email": "nova@x.example"}));
    first["name"] = "First".into();
    let again = json!({"inbox_identifier": "sandbox-inbox", "name": "Nova", "email": "nova@x.example", "phone_number": "+5511900000099"});
    let file = folder.workflow(&chain(&[first, action("Contacts API", "Create A Contact", again)]));
    let result = konverte(&["run", &file, "--sandbox", "--output", "json"]).json();
    let item = &result["nodes"]["Action"]["runs"][0]["outputs"][0][0]["json"];
    assert_eq!((&item["phone_number"], &item["konverte"]), (&Value::Null, &json!({"existed": true})), "{item}");
}
