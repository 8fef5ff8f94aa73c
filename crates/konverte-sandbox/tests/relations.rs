//! How records hang together: visitors and their identity, merged contacts, locked and watched inboxes, what a removal takes along.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{ADMIN, AGENT, Asked, PLATFORM};
use serde_json::{Value, json};

const ACCOUNT: &str = "/api/v1/accounts/1";
const VISITORS: &str = "/public/api/v1/inboxes/sandbox-inbox/contacts";

#[test]
fn a_visitor_proves_its_identity() {
    // HMAC-SHA256 of "crm-9" under the inbox's hmac_token.
    let hash = "e9292e148ec68f98f7cc4b2a34928d4d0e6d54a344ff547035f8fd874b413726";
    let create = |sandbox: &Asked, hash: &str| sandbox.ask("POST", VISITORS, None, json!({ "identifier": "crm-9", "identifier_hash": hash }));
    let sandbox = Asked::new();
    assert_eq!(create(&sandbox, hash).0, 200);
    assert_eq!(sandbox.0.state()["contact_inboxes"][3]["hmac_verified"], true);
    assert_eq!(create(&sandbox, "0000").0, 500);
    // Where the inbox demands it, none is not enough either.
    let demand = json!({ "enable_auto_assignment": true, "channel": { "hmac_mandatory": true } });
    sandbox.ask("PATCH", &format!("{ACCOUNT}/inboxes/2"), ADMIN, demand);
    assert_eq!((create(&sandbox, "").0, create(&sandbox, hash).0), (500, 200));
}

#[test]
fn a_visitor_is_recognised_and_named() {
    let sandbox = Asked::new();
    let create = |body: Value| sandbox.ask("POST", VISITORS, None, body).1;
    assert_eq!(create(json!({ "email": "THEO@customer.example", "name": "Other" }))["name"], "Theo Prado");
    assert_eq!(create(json!({ "phone_number": "+2348000000002" }))["id"], 2);
    assert_eq!(create(json!({ "source_id": "sandbox-contact-3" }))["id"], 3);
    assert_eq!(create(json!({ "name": "" }))["name"], "");
    let named = create(json!({}));
    assert_eq!(named["name"].as_str().unwrap().split(' ').count(), 2);
}

#[test]
fn a_visitor_with_anothers_address_becomes_the_other() {
    let sandbox = Asked::new();
    let (status, answer) = sandbox.ask("PATCH", &format!("{VISITORS}/sandbox-contact-1"), None, json!({ "email": "mina@customer.example" }));
    assert_eq!((status, &answer["id"], &answer["custom_attributes"]["plan"]), (200, &json!(2), &json!("silver")));
    let state = sandbox.0.state();
    let ids: Vec<&Value> = state["contacts"].as_array().unwrap().iter().map(|contact| &contact["id"]).collect();
    assert_eq!(ids, [&json!(2), &json!(3)]);
    assert_eq!((&state["contact_inboxes"][0]["contact_id"], &state["conversations"][0]["contact_id"]), (&json!(2), &json!(2)));
}

#[test]
fn a_contact_has_one_place_in_an_inbox_unless_another_is_named() {
    let sandbox = Asked::new();
    let place =
        |source: &str| sandbox.ask("POST", &format!("{ACCOUNT}/contacts/1/contact_inboxes"), ADMIN, json!({ "inbox_id": 2, "source_id": source })).1;
    assert_eq!((&place("")["source_id"], &place("other")["source_id"]), (&json!("sandbox-contact-1"), &json!("other")));
    let new = |inbox: u64| sandbox.ask("POST", &format!("{ACCOUNT}/contacts/2/contact_inboxes"), ADMIN, json!({ "inbox_id": inbox })).1;
    assert_eq!(new(1), new(1));
    assert_eq!(sandbox.0.state()["contact_inboxes"].as_array().unwrap().len(), 5);
}

#[test]
fn an_inbox_says_how_conversations_start() {
    let sandbox = Asked::new();
    let start = |body: Value| sandbox.ask("POST", &format!("{ACCOUNT}/conversations"), ADMIN, body).1;
    // Inbox 1 has a bot.
    assert_eq!(start(json!({ "inbox_id": "1", "source_id": "", "contact_id": "1" }))["status"], "pending");
    sandbox.ask("PUT", &format!("{ACCOUNT}/contacts/2"), ADMIN, json!({ "blocked": true }));
    assert_eq!(start(json!({ "source_id": "sandbox-contact-2", "inbox_id": "" }))["status"], "resolved");
    sandbox.ask("PATCH", &format!("{ACCOUNT}/inboxes/2"), ADMIN, json!({ "enable_auto_assignment": true, "lock_to_single_conversation": true }));
    assert_eq!(start(json!({ "source_id": "sandbox-contact-3", "inbox_id": "" }))["id"], 3);
}

#[test]
fn who_opens_a_conversation_looks_after_it() {
    let sandbox = Asked::as_server();
    let toggle = |token, body: Value| sandbox.ask("POST", &format!("{ACCOUNT}/conversations/3/toggle_status"), token, body).1;
    assert_eq!(toggle(AGENT, json!({ "status": "open" }))["payload"]["current_status"], "open");
    assert_eq!(sandbox.0.state()["conversations"][2]["assignee_id"], 2);
    assert_eq!(toggle(ADMIN, json!({ "status": "snoozed", "snoozed_until": 1_800_000_000 }))["payload"]["snoozed_until"], 1_800_000_000);
    assert_eq!(toggle(ADMIN, json!({}))["payload"]["current_status"], "open");
}

#[test]
fn an_assignee_wins_over_a_team() {
    let sandbox = Asked::new();
    let assign = |body: Value| sandbox.ask("POST", &format!("{ACCOUNT}/conversations/1/assignments"), ADMIN, body).1;
    assert_eq!(assign(json!({ "assignee_id": 0, "team_id": 1 })), Value::Null);
    assert_eq!(sandbox.0.state()["conversations"][0]["assignee_id"], Value::Null);
    assert_eq!(assign(json!({ "team_id": 1 }))["name"], "support");
    assert_eq!(assign(json!({})), Value::Null);
}

#[test]
fn agents_see_the_inboxes_they_belong_to() {
    let sandbox = Asked::as_server();
    let see = || {
        let inboxes = sandbox.get(&format!("{ACCOUNT}/inboxes"), AGENT).1["payload"].as_array().unwrap().len();
        (inboxes, sandbox.get(&format!("{ACCOUNT}/conversations?status=all"), AGENT).1["data"]["meta"]["all_count"].clone())
    };
    assert_eq!(see(), (2, json!(3)));
    sandbox.ask("DELETE", &format!("{ACCOUNT}/inbox_members"), ADMIN, json!({ "inbox_id": 2, "user_ids": [2] }));
    assert_eq!(see(), (1, json!(0)));
}

#[test]
fn filters_are_seen_by_their_owner() {
    let sandbox = Asked::new();
    assert_eq!(sandbox.get(&format!("{ACCOUNT}/custom_filters/1"), AGENT).0, 404);
    assert_eq!(sandbox.get(&format!("{ACCOUNT}/custom_filters?filter_type=conversation"), AGENT).1, json!([]));
}

#[test]
fn each_sign_in_link_is_new() {
    let sandbox = Asked::new();
    let link = || sandbox.get("/platform/api/v1/users/1/login", PLATFORM).1["url"].clone();
    assert_ne!(link(), link());
}

#[test]
fn reports_count_what_the_state_holds() {
    let sandbox = Asked::new();
    let series = |query: &str| sandbox.get(&format!("/api/v2/accounts/1/reports?{query}&since=1767139200&until=1767312000"), ADMIN).1;
    assert_eq!(
        series("metric=incoming_messages_count&type=account"),
        json!([{ "value": 0, "timestamp": 1_767_139_200 }, { "value": 3, "timestamp": 1_767_225_600 }])
    );
    assert_eq!(series("metric=avg_first_response_time&type=agent&id=2")[1], json!({ "value": 60.0, "timestamp": 1_767_225_600, "count": 1 }));
    assert_eq!(series("metric=conversations_count&type=label&id=1")[1]["value"], 1);
    assert_eq!(series("metric=conversations_count&type=team&id=1")[1]["value"], 1);
    assert_eq!(series("metric=moon&type=account"), json!({}));
    assert_eq!(sandbox.get("/api/v2/accounts/1/reports?metric=conversations_count&type=inbox&id=9", ADMIN).0, 404);
    assert_eq!(sandbox.get("/api/v2/accounts/1/reports/conversations", ADMIN).0, 422);
}
