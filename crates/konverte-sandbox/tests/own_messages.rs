//! The messages that the server itself writes: activity, greeting, satisfaction survey.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{ADMIN, AGENT, Asked, BOT};
use serde_json::{Value, json};

const ACCOUNT: &str = "/api/v1/accounts/1";
const VISITOR: &str = "/public/api/v1/inboxes/sandbox-inbox/contacts/sandbox-contact-3/conversations";

/// The messages of a conversation that nobody sent, as agents see them.
fn own(sandbox: &Asked, conversation: u64) -> Vec<Value> {
    let (_, answer) = sandbox.get(&format!("{ACCOUNT}/conversations/{conversation}/messages"), ADMIN);
    answer["payload"].as_array().unwrap().iter().filter(|message| message["message_type"].as_u64() > Some(1)).cloned().collect()
}

fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["content"].as_str().unwrap()).collect()
}

#[test]
fn what_is_changed_in_a_conversation_stands_in_it() {
    let sandbox = Asked::new();
    let change = |token, path: &str, body: Value| {
        let (status, answer) = sandbox.ask("POST", &format!("{ACCOUNT}/conversations/2/{path}"), token, body);
        assert_eq!(status, 200, "{path} {answer}");
    };
    change(ADMIN, "toggle_status", json!({ "status": "pending" }));
    change(ADMIN, "toggle_status", json!({ "status": "pending" }));
    change(AGENT, "toggle_status", json!({ "status": "open" }));
    change(BOT, "toggle_status", json!({ "status": "snoozed" }));
    change(ADMIN, "toggle_priority", json!({ "priority": "low" }));
    change(ADMIN, "toggle_priority", json!({ "priority": "high" }));
    change(ADMIN, "toggle_priority", json!({ "priority": null }));
    change(ADMIN, "labels", json!({ "labels": ["late", "vip"] }));
    change(ADMIN, "labels", json!({ "labels": ["vip", "new"] }));
    change(ADMIN, "assignments", json!({ "assignee_id": 1 }));
    change(ADMIN, "assignments", json!({ "assignee_id": 2 }));
    change(ADMIN, "assignments", json!({ "assignee_id": null }));
    change(ADMIN, "assignments", json!({ "team_id": 1 }));
    change(ADMIN, "assignments", json!({ "team_id": 0 }));
    let messages = own(&sandbox, 2);
    let expected = [
        "Ada Admin set this to pending",
        "Alex Agent reopened this",
        "Alex Agent took this over",
        "Stock Checker snoozed this",
        "Ada Admin set the priority to low",
        "Ada Admin changed the priority from low to high",
        "Ada Admin removed the priority",
        "Ada Admin added the labels late, vip",
        "Ada Admin added the label new",
        "Ada Admin removed the label late",
        "Ada Admin took this over",
        "Ada Admin assigned this to Alex Agent",
        "Ada Admin took this away from Alex Agent",
        "Ada Admin gave this to the team support",
        "Ada Admin took this away from the team support",
    ];
    assert_eq!(texts(&messages), expected);
    for message in &messages {
        let plain = (&message["message_type"], &message["private"], message.get("sender"), &message["content_type"]);
        assert_eq!(plain, (&json!(2), &json!(false), None, &json!("text")));
    }
    // It is what happened last, no visitor sees it, nobody said it, and what waits to be read goes on waiting.
    let (_, conversation) = sandbox.get(&format!("{ACCOUNT}/conversations/2"), ADMIN);
    assert_eq!(conversation["messages"][0]["id"], messages[expected.len() - 1]["id"]);
    assert_eq!(conversation["last_activity_at"], messages[expected.len() - 1]["created_at"]);
    assert_eq!(conversation["last_non_activity_message"]["content"], "Where is my parcel?");
    assert_eq!(conversation["unread_count"], 1);
    let visitor = "/public/api/v1/inboxes/sandbox-inbox/contacts/sandbox-contact-2/conversations/2/messages";
    assert_eq!(sandbox.get(visitor, None).1.as_array().unwrap().len(), 1);
    assert_eq!(sandbox.get(&format!("{ACCOUNT}/conversations?status=all&q=priority"), ADMIN).1["data"]["meta"]["all_count"], 0);
}

#[test]
fn a_conversation_that_is_resolved_asks_once_how_it_was() {
    let sandbox = Asked::new();
    let set = |status: &str| sandbox.ask("POST", &format!("{ACCOUNT}/conversations/1/toggle_status"), ADMIN, json!({ "status": status }));
    set("resolved");
    let messages = own(&sandbox, 1);
    assert_eq!(texts(&messages), ["Ada Admin resolved this", "Please rate this conversation"]);
    assert_eq!((&messages[1]["message_type"], &messages[1]["content_type"]), (&json!(3), &json!("input_csat")));
    // The visitor answers it.
    let survey = format!("{}/1/messages/{}", VISITOR.replace("contact-3", "contact-1"), messages[1]["id"]);
    let rating = json!({ "submitted_values": { "csat_survey_response": { "rating": 5 } } });
    assert_eq!(sandbox.ask("PATCH", &survey, None, rating).0, 200);
    set("open");
    set("resolved");
    assert_eq!(texts(&own(&sandbox, 1))[2..], ["Ada Admin reopened this", "Ada Admin resolved this"]);
    // Nobody is asked where the inbox has it off.
    sandbox.ask("PATCH", &format!("{ACCOUNT}/inboxes/2"), ADMIN, json!({ "enable_auto_assignment": true, "csat_survey_enabled": false }));
    sandbox.ask("POST", &format!("{ACCOUNT}/conversations/2/toggle_status"), ADMIN, json!({ "status": "resolved" }));
    assert_eq!(texts(&own(&sandbox, 2)), ["Ada Admin resolved this"]);
}

#[test]
fn a_visitor_who_writes_first_is_greeted() {
    let sandbox = Asked::new();
    let greeting = json!({ "enable_auto_assignment": true, "greeting_enabled": true, "greeting_message": "Hello, who is there?" });
    sandbox.ask("PATCH", &format!("{ACCOUNT}/inboxes/2"), ADMIN, greeting);
    let conversation = sandbox.ask("POST", VISITOR, None, json!({})).1["id"].as_u64().unwrap();
    let say = |conversation: u64| sandbox.ask("POST", &format!("{VISITOR}/{conversation}/messages"), None, json!({ "content": "Me" }));
    say(conversation);
    say(conversation);
    let (_, shown) = sandbox.get(&format!("{VISITOR}/{conversation}/messages"), None);
    let said: Vec<(&Value, &Value)> = shown.as_array().unwrap().iter().map(|message| (&message["content"], &message["message_type"])).collect();
    let (me, hello) = (json!("Me"), json!("Hello, who is there?"));
    assert_eq!(said, [(&me, &json!(0)), (&hello, &json!(3)), (&me, &json!(0))]);
    // The greeting is no answer, and who has been answered is not greeted. What was resolved opens again.
    let (_, waiting) = sandbox.get(&format!("{ACCOUNT}/conversations/{conversation}"), ADMIN);
    assert_eq!((&waiting["unread_count"], &waiting["first_reply_created_at"]), (&json!(2), &json!(0)));
    say(3);
    assert_eq!(texts(&own(&sandbox, 3)), ["Please rate this conversation", "Juno Berg reopened this"]);
}
