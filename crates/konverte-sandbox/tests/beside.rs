//! The routes that public clients call beside the actions, over HTTP: what works is there afterwards, the rest says what it is.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;

use common::{ADMIN, AGENT, Asked, BOT, PLATFORM};
use konverte_sandbox::{Options, Request, Sandbox, serve};
use node_sdk::ports::{HttpBody, Part};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ACCOUNT: &str = "/api/v1/accounts/1";

/// Routes below an account that public clients call: the method, the path, a body, the status of the answer.
const CALLED: &[(&str, &str, &str, u16)] = &[
    ("PATCH", "/contacts/1", r#"{"name": "T"}"#, 200),
    ("PUT", "/contacts/1", r#"{"name": "T"}"#, 200),
    ("GET", "/contacts/1/labels", "", 200),
    ("POST", "/contacts/1/labels", r#"{"labels": ["vip"]}"#, 200),
    ("POST", "/contacts/1/destroy_custom_attributes", r#"{"custom_attributes": ["plan"]}"#, 200),
    ("POST", "/actions/contact_merge", r#"{"base_contact_id": 1, "mergee_contact_id": 2}"#, 200),
    ("GET", "/labels", "", 200),
    ("POST", "/labels", r#"{"title": "new"}"#, 200),
    ("GET", "/labels/1", "", 200),
    ("PATCH", "/labels/1", r#"{"color": "red"}"#, 200),
    ("DELETE", "/labels/1", "", 200),
    ("GET", "", "", 200),
    ("PATCH", "/conversations/1", r#"{"priority": "low", "sla_policy_id": 4}"#, 200),
    ("POST", "/conversations/1/custom_attributes", r#"{"custom_attributes": {"a": 1}}"#, 200),
    ("POST", "/conversations/1/update_last_seen", "", 200),
    ("POST", "/conversations/1/unread", "", 200),
    ("POST", "/conversations/1/mute", "", 200),
    ("POST", "/conversations/1/unmute", "", 200),
    ("POST", "/conversations/1/toggle_typing_status", r#"{"typing_status": "on"}"#, 200),
    ("POST", "/conversations/1/toggle_priority", r#"{"priority": "low"}"#, 200),
    ("GET", "/conversations/1/attachments", "", 200),
    ("PATCH", "/conversations/1/messages/2", r#"{"status": "read"}"#, 200),
    ("DELETE", "/conversations/1/messages/2", "", 200),
    ("POST", "/conversations/1/messages/2/retry", "", 200),
    ("GET", "/conversations/search?q=sunday", "", 200),
    ("GET", "/notifications", "", 501),
    ("POST", "/contacts/1/contact_inboxes", r#"{"inbox_id": 1}"#, 200),
    ("GET", "/contacts/1/contactable_inboxes", "", 200),
];

/// Status and JSON of an answer over HTTP.
async fn send(address: std::net::SocketAddr, method: &str, target: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{method} {target} HTTP/1.1\r\nhost: x\r\napi-access-token: sandbox-admin\r\nconnection: close\r\n");
    let head = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

/// In both modes each does what its method says: one that reads shows something and changes nothing, another changes something.
#[tokio::test]
async fn every_route_that_public_clients_call_works_or_is_named() {
    for as_server in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sandbox = Arc::new(Sandbox::new(Options { as_server, ..Options::default() }).unwrap());
        tokio::spawn(serve(listener, Arc::clone(&sandbox)));
        for (method, path, body, status) in CALLED {
            sandbox.reset();
            if path.ends_with("/unmute") {
                send(address, "POST", &format!("{ACCOUNT}{}", path.replace("unmute", "mute")), "").await;
            }
            let before = held(&sandbox);
            let answer = send(address, method, &format!("{ACCOUNT}{path}"), body).await;
            assert_eq!(answer.0, *status, "{method} {path}: {}", answer.1);
            if *status == 501 {
                let said = format!("The emulator does not have {method} {ACCOUNT}{path}. The real server does.");
                assert_eq!(answer.1, json!({ "error": said }));
            }
            assert_eq!(held(&sandbox) == before, *method == "GET", "{method} {path}");
            assert!(*method != "GET" || !answer.1.is_null(), "{method} {path}");
            // Without the version there is nothing.
            let bare = send(address, method, &format!("/accounts/1{path}"), body).await;
            assert_eq!(bare.0, 404, "{method} /accounts/1{path}");
        }
    }
}

/// What it holds, but for its clock, which moves with each request.
fn held(sandbox: &Sandbox) -> Value {
    let mut state = sandbox.state();
    state["clock"] = Value::Null;
    state
}

#[test]
fn what_only_the_real_server_has_says_so() {
    let sandbox = Asked::new();
    for (method, path) in [
        ("GET", "/api/v1/accounts/1/macros"),
        ("POST", "/api/v1/accounts/1/macros/2/execute"),
        ("DELETE", "/api/v1/accounts/1/campaigns/2"),
        ("DELETE", "/api/v1/accounts/1/conversations/1"),
        ("GET", "/api/v1/accounts/1/contacts/active"),
        ("PUT", "/api/v1/profile"),
        ("GET", "/api/v2/accounts/1/summary_reports/agent"),
        ("GET", "/platform/api/v1/accounts"),
        ("POST", "/auth/sign_in"),
        ("GET", "/health"),
        ("POST", "/api/v1/accounts"),
        ("POST", "/api/v1/profile/availability"),
        ("POST", "/api/v1/widget/messages"),
        ("POST", "/api/v1/accounts/1/bulk_actions"),
        ("GET", "/api/v1/accounts/1/csat_survey_responses/metrics"),
        ("GET", "/api/v1/accounts/1/applied_slas"),
        ("PATCH", "/api/v1/accounts/1/notification_settings"),
        ("DELETE", "/api/v1/accounts/1/contacts/1/avatar"),
        ("GET", "/api/v1/accounts/1/inboxes/1/campaigns"),
        ("GET", "/api/v1/accounts/1/captain/assistants"),
        ("GET", "/api/v1/accounts/1/integrations/hooks/1"),
        ("GET", "/api/v2/accounts/1/reports/conversation_traffic"),
    ] {
        let said = json!({ "error": format!("The emulator does not have {method} {path}. The real server does.") });
        assert_eq!(sandbox.ask(method, path, ADMIN, Value::Null), (501, said));
    }
    for (method, path) in [
        ("GET", "/api/v1/accounts/1/moon"),
        ("DELETE", "/api/v1/accounts/1/labels"),
        ("POST", "/api/v1/accounts/1/contacts/active"),
        ("DELETE", "/api/v1/accounts/1/macros"),
        ("POST", "/api/v1/accounts/1/search"),
        ("DELETE", "/api/v1/accounts/1/audit_logs"),
        ("GET", "/api/v1/accounts/1/bulk_actions"),
    ] {
        assert_eq!(sandbox.ask(method, path, ADMIN, Value::Null).0, 404, "{method} {path}");
    }
}

#[test]
fn an_account_has_labels_of_its_own() {
    let sandbox = Asked::as_server();
    let ask = |method: &str, path: &str, body: Value| sandbox.ask(method, &format!("{ACCOUNT}/labels{path}"), ADMIN, body);
    let made = json!({ "id": 2, "title": "late-fee", "description": "Owes", "color": "#1f93ff", "show_on_sidebar": true });
    assert_eq!(ask("POST", "", json!({ "title": " Late-Fee ", "description": "Owes", "show_on_sidebar": true })), (200, made.clone()));
    assert_eq!(ask("GET", "", Value::Null).1["payload"][1], made);
    for wrong in ["late-fee", "two words", ""] {
        assert_eq!(ask("POST", "", json!({ "title": wrong })).1["attributes"], json!(["title"]), "{wrong}");
    }
    // A new title goes to what carries the old one; what is deleted stays where it is.
    assert_eq!(ask("PUT", "/1", json!({ "title": "gold" })).1["title"], "gold");
    let state = sandbox.0.state();
    assert_eq!((&state["conversations"][0]["labels"], &state["contacts"][0]["labels"]), (&json!(["gold"]), &json!(["gold"])));
    assert_eq!(ask("DELETE", "/1", Value::Null).0, 200);
    assert_eq!((ask("GET", "/1", Value::Null).0, sandbox.0.state()["contacts"][0]["labels"].clone()), (404, json!(["gold"])));
    assert_eq!(sandbox.ask("POST", &format!("{ACCOUNT}/labels"), AGENT, json!({ "title": "x" })).0, 401);
    assert_eq!(sandbox.get(&format!("{ACCOUNT}/labels"), AGENT).0, 200);
    let account = sandbox.get(ACCOUNT, AGENT).1;
    assert_eq!((&account["name"], sandbox.get(ACCOUNT, PLATFORM).0), (&json!("Sandbox"), 401));
}

#[test]
fn a_contact_has_labels_loses_attributes_and_becomes_another() {
    let sandbox = Asked::new();
    let ask = |method: &str, path: &str, body: Value| sandbox.ask(method, &format!("{ACCOUNT}/{path}"), ADMIN, body).1;
    assert_eq!(ask("POST", "contacts/2/labels", json!({ "labels": ["a, b", "a"] }))["payload"], json!(["a", "b"]));
    assert_eq!(ask("GET", "contacts/2/labels", Value::Null)["payload"], json!(["a", "b"]));
    assert_eq!(sandbox.get(&format!("{ACCOUNT}/contacts?labels[]=b"), ADMIN).1["meta"]["count"], 1);
    ask("PUT", "contacts/2", json!({ "custom_attributes": { "age": 7, "size": 1 } }));
    let left = ask("POST", "contacts/2/destroy_custom_attributes", json!({ "custom_attributes": ["plan", "age"] }));
    assert_eq!(left["payload"]["custom_attributes"], json!({ "size": 1 }));
    let one = ask("POST", "actions/contact_merge", json!({ "base_contact_id": 1, "mergee_contact_id": 2 }));
    assert_eq!(
        (&one["id"], &one["email"], &one["custom_attributes"]),
        (&json!(1), &json!("theo@customer.example"), &json!({ "plan": "gold", "size": 1 }))
    );
    assert_eq!(one["contact_inboxes"].as_array().unwrap().len(), 2);
    let state = sandbox.0.state();
    assert_eq!((&state["conversations"][1]["contact_id"], &state["messages"][2]["sender_id"]), (&json!(1), &json!(1)));
    assert_eq!(state["contacts"].as_array().unwrap().len(), 2);
    assert_eq!(
        sandbox.ask("POST", &format!("{ACCOUNT}/actions/contact_merge"), ADMIN, json!({ "base_contact_id": 1, "mergee_contact_id": 2 })).0,
        404
    );
}

#[test]
fn a_conversation_is_changed_read_muted_and_found() {
    let sandbox = Asked::new();
    let ask = |method: &str, path: &str, body: Value| sandbox.ask(method, &format!("{ACCOUNT}/conversations/{path}"), ADMIN, body);
    let changed = ask("PATCH", "2", json!({ "priority": "urgent", "sla_policy_id": 4 })).1;
    assert_eq!((&changed["priority"], &changed["sla_policy_id"]), (&json!("urgent"), &json!(4)));
    assert_eq!(changed["messages"][0]["content"], "Ada Admin set the priority to urgent");
    assert_eq!(ask("PATCH", "2", json!({ "sla_policy_id": 5 })).1["priority"], "urgent");
    // Attributes are replaced, not merged.
    for attributes in [json!({ "a": 1 }), json!({ "b": 2 })] {
        assert_eq!(ask("POST", "2/custom_attributes", json!({ "custom_attributes": attributes })).1["custom_attributes"], attributes);
    }
    assert_eq!(ask("GET", "2", Value::Null).1["custom_attributes"], json!({ "b": 2 }));
    // What was seen is unread no more, until it is said to be.
    let unread = |path: &str| ask("POST", path, Value::Null).1["unread_count"].clone();
    assert_eq!(
        (ask("GET", "2", Value::Null).1["unread_count"].clone(), unread("2/update_last_seen"), unread("2/unread")),
        (json!(1), json!(0), json!(1))
    );
    // Who is typing stands in the state.
    let typing = |token, status: &str| {
        sandbox
            .ask("POST", &format!("{ACCOUNT}/conversations/2/toggle_typing_status"), token, json!({ "typing_status": status, "is_private": true }))
            .0
    };
    assert_eq!((typing(ADMIN, "on"), typing(BOT, "on"), typing(BOT, "off"), typing(ADMIN, "perhaps")), (200, 200, 200, 422));
    assert_eq!(sandbox.0.state()["conversations"][1]["typing"], json!([{ "sender_type": "User", "sender_id": 1, "private": true }]));
    assert_eq!(ask("POST", "2/mute", Value::Null).0, 200);
    let muted = ask("GET", "2", Value::Null).1;
    assert_eq!(
        (&muted["muted"], &muted["status"], &muted["messages"][0]["content"]),
        (&json!(true), &json!("resolved"), &json!("Ada Admin muted this"))
    );
    ask("POST", "2/unmute", Value::Null);
    assert_eq!(ask("GET", "2", Value::Null).1["muted"], false);
    let found = ask("GET", "search?q=RETURN&page=1", Value::Null).1;
    assert_eq!((&found["meta"]["all_count"], &found["payload"][0]["id"]), (&json!(1), &json!(3)));
}

#[test]
fn files_are_listed_and_messages_arrive_or_fail() {
    let sandbox = Asked::new();
    let messages = format!("{ACCOUNT}/conversations/1/messages");
    for name in ["a.txt", "b.txt"] {
        let part = Part { name: "attachments[]".into(), file_name: Some(name.into()), content_type: Some("text/plain".into()), content: "x".into() };
        let mut request = Request::json("POST", &format!("{messages}?content=see"), ADMIN, None);
        request.body = HttpBody::Multipart(vec![part]);
        assert_eq!(sandbox.answer(&request).status, 200);
    }
    let files = sandbox.get(&format!("{ACCOUNT}/conversations/1/attachments"), ADMIN).1;
    let (count, first) = (&files["meta"]["total_count"], &files["payload"][0]);
    assert_eq!((count, &first["id"], &first["extension"], &first["sender"]["name"]), (&json!(2), &json!(2), &json!("txt"), &json!("Ada Admin")));
    let status = |body: Value| sandbox.ask("PATCH", &format!("{messages}/2"), ADMIN, body);
    let failed = status(json!({ "status": "failed", "external_error": "no route" })).1;
    assert_eq!((&failed["status"], &failed["content_attributes"]), (&json!("failed"), &json!({ "external_error": "no route" })));
    let again = sandbox.ask("POST", &format!("{messages}/2/retry"), ADMIN, Value::Null).1;
    assert_eq!((&again["status"], &again["content_attributes"]), (&json!("sent"), &json!({})));
    assert_eq!(status(json!({ "status": "read" })).1["status"], "read");
    assert_eq!(status(json!({ "status": "delivered" })).1["status"], "read");
    assert_eq!(status(json!({ "status": "lost" })).0, 422);
    // Only the program behind an API inbox knows.
    let (_, website) = sandbox.ask(
        "POST",
        &format!("{ACCOUNT}/conversations"),
        ADMIN,
        json!({ "inbox_id": 1, "source_id": "", "contact_id": 1, "message": { "content": "Hi" } }),
    );
    let message = format!("{ACCOUNT}/conversations/{}/messages/{}", website["id"], website["messages"][0]["id"]);
    assert_eq!(sandbox.ask("PATCH", &message, ADMIN, json!({ "status": "read" })).0, 403);
}

#[test]
fn a_visitor_reads_types_and_resolves() {
    let sandbox = Asked::new();
    let path = |rest: &str| format!("/public/api/v1/inboxes/sandbox-inbox/contacts/sandbox-contact-2/conversations/2{rest}");
    let ask = |method: &str, rest: &str, body: Value| sandbox.ask(method, &path(rest), None, body);
    assert_eq!(ask("GET", "", Value::Null).1["id"], 2);
    assert_eq!(ask("POST", "/toggle_typing", json!({ "typing_status": "on" })).0, 200);
    assert_eq!(sandbox.0.state()["conversations"][1]["typing"][0]["sender_type"], "Contact");
    let before = ask("GET", "", Value::Null).1["contact_last_seen_at"].clone();
    assert_eq!(ask("POST", "/update_last_seen", Value::Null).0, 200);
    assert_ne!(ask("GET", "", Value::Null).1["contact_last_seen_at"], before);
    assert_eq!(ask("POST", "/toggle_status", Value::Null).1["status"], "resolved");
}
