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
    findings.iter().map(|finding| finding.code.0).collect()
}

#[test]
fn unknown_names_are_an_error_of_ours_and_a_warning_in_n8n_mode() {
    for (type_name, level) in [("konverte", Level::Error), (N8N, Level::Warning)] {
        let found = check(type_name, "Contacts", "Contact Creat", json!({}));
        assert_eq!((found[0].code.0, found[0].level), ("KV0501", level));
        assert_eq!(found[0].help.as_deref(), Some("Did you mean \"Contact Create\"?"));
        assert_eq!(codes(&check(type_name, "Kontakt", "x", json!({}))), ["KV0500"]);
    }
}

#[test]
fn values_are_checked_before_the_run() {
    let found = check("konverte", "Contacts", "Contact Create", json!({"account_id": "x", "custom_attributes": "{bad"}));
    assert_eq!(codes(&found), ["KV0503", "KV0502", "KV0504"]);
    assert!(found.iter().all(|finding| finding.level == Level::Error));
    let good = json!({"account_id": 1, "inbox_id": "={{ $json.x }}", "custom_attributes": "={{ $json.y }}"});
    assert_eq!(codes(&check("konverte", "Contacts", "Contact Create", good)), Vec::<&str>::new());
    let found = check("konverte", "Inbox API", "Get Details Of A Inbox", json!({"inbox_identifier": ".."}));
    assert_eq!((codes(&found), found[0].level), (vec!["KV0503"], Level::Error));
    let found = check("konverte", "Teams", "List All Teams", json!({"account_id": 1, "requestOptions": {"returnAll": true}}));
    assert_eq!(codes(&found), ["KV0508"]);
    let found =
        check("konverte", "Conversations", "Toggle Status Of A Conversation", json!({"account_id": 1, "conversation_id": 1, "status": "opne"}));
    assert_eq!((codes(&found), found[0].help.as_deref()), (vec!["KV0505"], Some("Did you mean \"open\"?")));
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
        assert!(check(N8N, "Contacts", "Contact List", parameters).iter().all(|finding| finding.code.0 != code));
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
        assert!(found.iter().any(|finding| finding.code.0 == code && finding.help.is_some()), "{operation}: {code} not in {found:#?}");
    }
    let operations: Vec<&str> = konverte_nodes::RESOURCES.iter().flat_map(|r| r.actions).map(|action| action.operation).collect();
    assert!(TRAPS.iter().flat_map(|trap| trap.operations).all(|operation| operations.contains(operation)));
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
}
