//! Findings before a run: names, values, traps.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{N8N, Place};
use konverte_nodes::traps::TRAPS;
use node_sdk::node::{Finding, Level};
use serde_json::{Value, json};

fn check(type_name: &str, resource: &str, operation: &str, parameters: Value) -> Vec<Finding> {
    let mut all = json!({"resource": resource, "operation": operation});
    all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    Place::new(type_name, all).check()
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn unknown_names_are_an_error_of_ours_and_a_warning_in_n8n_mode() {
    for (type_name, level) in [("konverte", Level::Error), (N8N, Level::Warning)] {
        let found = check(type_name, "Contacts", "Contact Creat", json!({}));
        assert_eq!((found[0].code.as_str(), found[0].level), ("KV0501", level));
        assert_eq!(found[0].help.as_deref(), Some("Did you mean \"Contact Create\"?"));
        assert_eq!(codes(&check(type_name, "Kontakt", "x", json!({}))), ["KV0500"]);
    }
}

#[test]
fn values_are_checked_before_the_run() {
    let found = check("konverte", "Contacts", "Contact Create", json!({"account_id": "x", "custom_attributes": "{bad"}));
    assert_eq!(codes(&found), ["KV0503", "KV0504"]);
    assert!(found.iter().all(|finding| finding.level == Level::Error));
    let good = json!({"account_id": 1, "inbox_id": "={{ $json.x }}", "custom_attributes": "={{ $json.y }}"});
    assert_eq!(codes(&check("konverte", "Contacts", "Contact Create", good)), Vec::<&str>::new());
    let needs = |parameters| check("konverte", "Conversations", "New Conversation", parameters).into_iter().map(|f| (f.code.to_string(), f.message));
    let account = json!({"account_id": 1, "contact_id": "3", "source_id": " "});
    let wanted = "\"New Conversation\" needs source_id, or contact_id and inbox_id".to_owned();
    assert_eq!(needs(account).collect::<Vec<_>>(), [("KV0502".to_owned(), wanted)]);
    let help = check("konverte", "Conversations", "New Conversation", json!({"account_id": 1})).remove(0).help.unwrap();
    assert!(["source_id: ", "contact_id: ", "inbox_id: "].iter().all(|name| help.contains(name)), "{help}");
    for enough in [json!({"contact_id": "3", "inbox_id": "={{ $json.inbox }}"}), json!({"source_id": "x"})] {
        let mut parameters = json!({"account_id": 1});
        parameters.as_object_mut().unwrap().extend(enough.as_object().unwrap().clone());
        assert_eq!(needs(parameters).collect::<Vec<_>>(), []);
    }
    let found = check(
        "konverte",
        "Reports",
        "List All Conversation Statistics",
        json!({
            "account_id": 1, "metric": "conversations_count", "type": "account", "group_by": "weeks", "timezone_offset": "east", "business_hours": true,
        }),
    );
    assert_eq!(codes(&found), ["KV0505", "KV0503"]);
    let found = check("konverte", "Inbox API", "Get Details Of A Inbox", json!({"inbox_identifier": ".."}));
    assert_eq!((codes(&found), found[0].level), (vec!["KV0503"], Level::Error));
    let found = check("konverte", "Teams", "List All Teams", json!({"account_id": 1, "requestOptions": {"returnAll": true}}));
    assert_eq!(codes(&found), ["KV0508"]);
    let list = |more: Value| {
        let mut all = json!({"account_id": 1, "conversation_id": 1});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let found = check("konverte", "Contacts", "Contact List", all);
        found.into_iter().map(|finding| (finding.code.to_string(), finding.parameter.unwrap())).collect::<Vec<_>>()
    };
    let idle = |path: &str| vec![("KV0508".to_owned(), path.to_owned())];
    assert_eq!(list(json!({"requestOptions": {"limit": 5}})), idle("requestOptions.limit"));
    assert_eq!(list(json!({"page": 2, "requestOptions": {"returnAll": true, "limit": 5}})), idle("page"));
    for good in [json!({"page": 2}), json!({"page": null, "requestOptions": {"returnAll": true, "limit": 5}})] {
        assert_eq!(list(good), []);
    }
    assert_eq!(list(json!({"page": 2, "requestOptions": {"returnAll": "={{ $json.all }}", "limit": 5}})), []);
    let found =
        check("konverte", "Conversations", "Toggle Status Of A Conversation", json!({"account_id": 1, "conversation_id": 1, "status": "opne"}));
    assert_eq!((codes(&found), found[0].help.as_deref()), (vec!["KV0505"], Some("Did you mean \"open\"?")));
}

/// A list has a text too, and n8n parses it: `[5]` goes out as 5. Only what cannot be parsed is left out, and only of that the check says so.
#[test]
fn what_n8n_leaves_out_is_what_the_check_says() {
    for (value, left_out) in [
        (json!("{bad"), true),
        (json!({"a": 1}), true),
        (json!([1, 2]), true),
        (json!([]), true),
        (json!("\u{feff}{}"), true),
        (json!([5]), false),
        (json!(["{}"]), false),
        (json!(5), false),
        (json!("{}"), false),
    ] {
        let parameters = json!({"account_id": 1, "id": 1, "custom_attributes": value});
        let found = check(N8N, "Contacts", "Contact Update", parameters.clone());
        assert_eq!(found.iter().any(|finding| finding.code.as_str() == "KV0504"), left_out, "{value}: {found:?}");
        let mut all = json!({"resource": "Contacts", "operation": "Contact Update"});
        all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
        let world = common::World::new(|_| common::ok(json!({})));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(Place::new(N8N, all).run(&world, vec![node_sdk::Item::empty()])).unwrap();
        let sent: Value = serde_json::from_str(&common::body(&world.requests()[0])).unwrap();
        assert_eq!(sent.get("custom_attributes").is_none(), left_out, "{value}: {sent}");
    }
}

/// What native mode converts fits the schema, and what does not fit is refused: editors say the same as the check.
#[test]
fn the_schema_takes_what_native_mode_takes() {
    let action = konverte_nodes::service::KONVERTE.action("Teams", "Update A Team").unwrap();
    let schema = jsonschema::validator_for(&node_sdk::action::schema::parameters(action)).unwrap();
    let values = [
        json!(7),
        json!("7"),
        json!(" -7 "),
        json!("seven"),
        json!("7.5"),
        json!(true),
        json!("true"),
        json!("yes"),
        json!("={{ 1 }}"),
        json!([1]),
        json!({}),
    ];
    for key in ["team_id", "description", "allow_auto_assign"] {
        for value in &values {
            let mut parameters = json!({"account_id": "1", "team_id": 1});
            parameters[key] = value.clone();
            let refused = check("konverte", "Teams", "Update A Team", parameters.clone()).iter().any(|finding| finding.code.as_str() == "KV0503");
            assert_eq!(schema.is_valid(&parameters), !refused, "{key}: {value}");
        }
    }
}

#[test]
fn request_options_that_do_not_exist_or_do_not_fit_are_errors_of_ours() {
    for (options, code, parameter) in [
        (json!({"retunAll": true}), "KV0509", "requestOptions.retunAll"),
        (json!({"batching": {}}), "KV0502", "requestOptions.batching"),
        (json!({"concurrency": "many"}), "KV0503", "requestOptions.concurrency"),
    ] {
        let parameters = json!({"account_id": 1, "requestOptions": options});
        let found = check("konverte", "Contacts", "Contact List", parameters.clone());
        assert_eq!((codes(&found), found[0].level, found[0].parameter.as_deref()), (vec![code], Level::Error, Some(parameter)));
        assert!(check(N8N, "Contacts", "Contact List", parameters).iter().all(|finding| finding.code.as_str() != code));
    }
    let good = json!({"account_id": 1, "requestOptions": {"returnAll": true, "batching": {"batch": {}}, "timeout": "={{ $json.t }}"}});
    assert_eq!(codes(&check("konverte", "Contacts", "Contact List", good)), Vec::<&str>::new());
}

/// Each trap is seen in an untouched node of n8n's, or with the values that lead into it.
#[test]
fn every_trap_is_seen() {
    let cases = [
        (N8N, "Help Center", "Update New Portal To Account", json!({}), "KV0511"),
        (N8N, "Help Center", "Add New Category To Account", json!({"portal_id": 3}), "KV0512"),
        (N8N, "Conversations", "Conversation List", json!({}), "KV0513"),
        ("konverte", "Conversations", "Conversation List Meta", json!({"account_id": 1, "team_id": 0}), "KV0513"),
        (N8N, "Conversation Assignment", "Assign A Conversation", json!({"team_id": 4}), "KV0514"),
        (
            "konverte",
            "Conversation Assignment",
            "Assign A Conversation",
            json!({"account_id": 1, "conversation_id": 1, "team_id": 4, "assignee_id": 1}),
            "KV0514",
        ),
        (N8N, "Messages", "Create A New Message In A Conversation", json!({"content": "Hi", "content_type": "cards"}), "KV0515"),
        (N8N, "Messages", "Create A New Message In A Conversation", json!({"private": false, "content_type": "form"}), "KV0515"),
        (N8N, "Conversations", "Conversation List", json!({"team_id": "0", "inbox_id": 1, "labels": "={{ undefined }}"}), "KV0513"),
        (N8N, "Agents", "Update Agent In Account", json!({}), "KV0516"),
        (
            "konverte",
            "Conversations",
            "Toggle Priority Of A Conversation",
            json!({"account_id": 1, "conversation_id": 1, "priority": "none"}),
            "KV0516",
        ),
        (N8N, "Custom Filters", "Create A Custom Filter", json!({}), "KV0517"),
        (N8N, "Webhooks", "Create A Webhook", json!({}), "KV0518"),
        (N8N, "Conversations", "Conversation Filter", json!({}), "KV0519"),
        (N8N, "CSAT Survey Page", "Get Csat Survey Page", json!({}), "KV0520"),
        (N8N, "Contacts", "Contact Create", json!({"avatar": "face.png"}), "KV0521"),
        (N8N, "Help Center", "Add New Category To Account", json!({}), "KV0510"),
    ];
    for (type_name, resource, operation, parameters, code) in cases {
        let found = check(type_name, resource, operation, parameters);
        assert!(found.iter().any(|finding| finding.code.as_str() == code && finding.help.is_some()), "{operation}: {code} not in {found:#?}");
    }
    let operations: Vec<&str> = konverte_nodes::actions().map(|action| action.operation.as_ref()).collect();
    assert!(TRAPS.iter().flat_map(|trap| trap.operations).all(|operation| operations.contains(operation)));
}

#[test]
fn lists_are_held_against_their_choices_as_text_too() {
    for (events, code) in [
        (json!(["message_created"]), None),
        (json!("[\"message_created\"]"), None),
        (json!("[\"contact_created\"]"), None),
        (json!("[\"mesage_created\"]"), Some("KV0505")),
    ] {
        for type_name in ["konverte", N8N] {
            let parameters = json!({"account_id": 1, "url": "https://a.example", "subscriptions": events.clone()});
            let found = check(type_name, "Webhooks", "Create A Webhook", parameters);
            // n8n's own node leaves out a list that is none of text.
            let expected = if type_name == N8N && events.is_array() { Some("KV0504") } else { code };
            assert_eq!(codes(&found), expected.into_iter().collect::<Vec<_>>(), "{type_name} {events}");
        }
    }
}

/// A field that n8n fills in: with a sample, with 0 for an id, or over what the record has.
#[test]
fn what_n8n_sends_unset_is_said() {
    let said = |resource: &str, operation: &str, parameters: Value, code: &str| {
        let found = check(N8N, resource, operation, parameters);
        let of_code = found.into_iter().filter(|finding| finding.code.as_str() == code);
        of_code.map(|finding| (finding.parameter.unwrap(), finding.message)).collect::<Vec<_>>()
    };
    let keys = |found: &[(String, String)]| found.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    let ids = json!({"account_id": 1, "id": 1, "conversation_id": 1, "inbox_id": "1", "source_id": "x"});
    let with = |more: Value| {
        let mut all = ids.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };

    assert_eq!(keys(&said("Conversations", "New Conversation", ids.clone(), "KV0510")), ["custom_attributes", "message"]);
    let values = said("Custom Attributes", "Update Custom Attribute In Account", ids.clone(), "KV0510");
    assert_eq!(keys(&values), ["attribute_values"]);
    assert!(values[0].1.contains("[null]"), "{values:?}");
    assert_eq!(keys(&said("Messages", "Create A New Message In A Conversation", ids.clone(), "KV0510")), ["template_params"]);
    for given in [json!("[\"vip\"]"), json!("={{ undefined }}")] {
        assert_eq!(said("Conversation Labels", "Conversation Add Labels", with(json!({"labels": given})), "KV0510"), []);
    }
    assert_eq!(keys(&said("Inboxes", "Update Agent Bot", ids.clone(), "KV0502")), ["agent_bot"]);
    assert_eq!(said("Inboxes", "Update Agent Bot", with(json!({"agent_bot": "={{ null }}"})), "KV0502"), []);

    let blanked = |resource, operation, more| said(resource, operation, with(more), "KV0522").pop().unwrap_or_default().1;
    let contact = blanked("Contacts", "Contact Update", json!({"name": "Ana"}));
    assert!(contact.ends_with("email \"\", phone_number \"\", identifier \"\""), "{contact}");
    let user = blanked("Users", "Update A User", json!({"custom_attributes": "{\"a\": 1}"}));
    assert!(user.ends_with("name \"\", email \"\", password \"\""), "{user}");
    let agent = blanked("Agents", "Update Agent In Account", json!({"availability": "busy"}));
    assert!(agent.ends_with("auto_offline true"), "{agent}");
    let undefined = json!({"name": "Ana", "email": "={{ undefined }}", "phone_number": "={{ $json.phone }}", "identifier": "a"});
    assert_eq!(blanked("Contacts", "Contact Update", undefined), "");
    assert_eq!(blanked("Contacts", "Contact Create", json!({})), "");
}

#[test]
fn native_mode_falls_into_no_trap_by_itself() {
    let clean = [
        ("Conversations", "Conversation List", json!({"account_id": 1})),
        ("Conversation Assignment", "Assign A Conversation", json!({"account_id": 1, "conversation_id": 1, "team_id": 4})),
        ("Messages", "Create A New Message In A Conversation", json!({"account_id": 1, "conversation_id": 1, "content": "Hi"})),
        ("Help Center", "Update New Portal To Account", json!({"account_id": 1, "slug": "s", "name": "x"})),
    ];
    for (resource, operation, parameters) in clean {
        assert_eq!(check("konverte", resource, operation, parameters), [], "{operation}");
    }
    // What a page advises is no trap again.
    let team = json!({"account_id": 1, "conversation_id": 1, "team_id": 4, "assignee_id": "={{ undefined }}"});
    for type_name in ["konverte", N8N] {
        assert_eq!(check(type_name, "Conversation Assignment", "Assign A Conversation", team.clone()), []);
    }
}
