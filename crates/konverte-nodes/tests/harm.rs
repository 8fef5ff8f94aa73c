//! Actions that can do harm: what would wipe a list, what is done twice, what nobody knows the outcome of, what comes out of order.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use common::{Answer, N8N, Place, World, answer, body, jsons, ok};
use konverte_nodes::actions;
use node_sdk::context::OnError;
use node_sdk::node::Level;
use node_sdk::ports::{HttpError, HttpErrorKind, HttpRequest};
use node_sdk::{Item, Retries};
use serde_json::{Value, json};

/// An action with parameters, in native or n8n mode.
fn place(type_name: &str, resource: &str, operation: &str, parameters: Value) -> Place {
    let mut all = json!({"resource": resource, "operation": operation});
    all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    Place::new(type_name, all)
}

fn message(parameters: Value) -> Place {
    let mut all = json!({"account_id": 1, "conversation_id": "={{ $json.c }}", "content": "={{ $json.n }}"});
    all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    place("konverte", "Messages", "Create A New Message In A Conversation", all)
}

const WHOLE: [(&str, &str, &str); 3] = [
    ("Conversation Labels", "Conversation Add Labels", "labels"),
    ("Teams", "Update Agents In Team", "user_ids"),
    ("Inboxes", "Update Agents In Inbox", "user_ids"),
];

fn ids() -> Value {
    json!({"account_id": 1, "conversation_id": 1, "team_id": 1, "inbox_id": 1})
}

#[test]
fn the_rows_name_every_list_that_takes_the_place_of_another() {
    let whole: Vec<_> = actions()
        .flat_map(|row| row.params.iter().filter(|param| param.whole).map(|param| (&*row.resource, &*row.operation, &*param.name)))
        .collect();
    assert_eq!(whole, [WHOLE[0], WHOLE[2], WHOLE[1]]);
}

#[tokio::test]
async fn a_list_that_takes_the_place_of_another_must_be_there() {
    for (resource, operation, list) in WHOLE {
        let nothing =
            [None, Some(Value::Null), Some(json!("={{ $json.none }}")), Some(json!("={{ $json.missing }}")), Some(json!(["={{ $json.missing }}"]))];
        for value in nothing.into_iter().chain([Some(json!("null")), Some(json!([null])), Some(json!("[null, \" \"]"))]) {
            let mut parameters = ids();
            parameters.as_object_mut().unwrap().extend(value.clone().map(|value| (list.to_owned(), value)));
            let native = place("konverte", resource, operation, parameters.clone());
            let dynamic = value.as_ref().is_some_and(|value| value.to_string().contains("{{"));
            let found: Vec<_> =
                native.check().into_iter().filter(|finding| finding.level == Level::Error).map(|finding| finding.code.to_string()).collect();
            assert_eq!(found, if dynamic { vec![] } else { vec!["KV0523".to_owned()] }, "{operation} {value:?}");
            let world = World::new(|_| ok(json!({})));
            let item = Item::new(json!({"none": null}));
            let error = native.run(&world, vec![item.clone()]).await.unwrap_err();
            assert_eq!((error.code.as_str(), error.parameter.as_deref(), error.item), ("KV0523", Some(list), Some(0)), "{operation} {value:?}");
            assert!(world.requests().is_empty());

            // n8n sends it, and so do we, but not in silence.
            let n8n = place(N8N, resource, operation, parameters);
            assert_eq!(
                n8n.check().iter().filter(|finding| finding.code.as_str() == "KV0523").count(),
                usize::from(!dynamic),
                "{operation} {value:?}"
            );
            n8n.run(&world, vec![item]).await.unwrap();
            let said = world.said.lock().unwrap().clone();
            assert!(
                world.requests().len() == 1 && said.iter().any(|(code, words)| *code == "KV0523" && words.contains(list)),
                "{operation} {value:?}"
            );
        }
        for wish in [json!([]), json!("[]"), json!([1]), json!("={{ $json.list }}")] {
            let mut parameters = ids();
            parameters[list] = wish.clone();
            let native = place("konverte", resource, operation, parameters.clone());
            assert_eq!(native.check(), [], "{operation} {wish}");
            let world = World::new(|_| ok(json!({})));
            let item = Item::new(json!({"list": "[]"}));
            native.run(&world, vec![item.clone()]).await.unwrap();
            assert!(body(&world.requests()[0]).contains(list), "{operation} {wish}");
            if !wish.is_array() {
                let n8n = place(N8N, resource, operation, parameters);
                n8n.run(&world, vec![item]).await.unwrap();
                assert!(
                    n8n.check().iter().all(|finding| finding.code.as_str() != "KV0523") && world.said.lock().unwrap().is_empty(),
                    "{operation} {wish}"
                );
            }
        }
    }
}

/// What a text is refused with.
type Refuse = fn(&str) -> Option<Answer>;

/// A server that takes each text after it was refused `refusals` times, with this answer.
fn grudging(refusals: usize, refuse: Refuse) -> std::sync::Arc<World> {
    let asked: Mutex<HashMap<String, usize>> = Mutex::default();
    World::new(move |request| {
        let text = serde_json::from_str::<Value>(&body(request)).unwrap_or_default()["content"].as_str().unwrap_or_default().to_owned();
        let mut asked = asked.lock().unwrap();
        let count = asked.entry(text.clone()).or_default();
        *count += 1;
        match refuse(&text) {
            Some(answer) if *count <= refusals => answer,
            _ => ok(json!({"content": text})),
        }
    })
}

fn once(world: &World, text: &str) -> usize {
    world.requests().iter().filter(|request| body(request).contains(&format!("\"{text}\""))).count()
}

#[tokio::test]
async fn only_items_that_failed_are_repeated_and_only_where_that_can_help() {
    let refusals: [(Refuse, usize); 6] = [
        (|text| (text == "9").then(|| Ok(answer(422, &[], "{}"))), 1),
        (|text| (text == "9").then(|| Ok(answer(404, &[], "{}"))), 1),
        (|text| (text == "9").then(|| Ok(answer(500, &[], "{}"))), 3),
        (|text| (text == "9").then(|| Ok(answer(425, &[], "{}"))), 3),
        (|text| (text == "9").then(|| Ok(answer(408, &[], "{}"))), 3),
        // It may have been done: a message is not sent twice.
        (|text| (text == "9").then(|| Err(HttpError { kind: HttpErrorKind::Reset, message: "reset".into(), maybe_sent: true })), 1),
    ];
    for (case, (refuse, sent)) in refusals.into_iter().enumerate() {
        for on_error in [OnError::Stop, OnError::ContinueRegularOutput] {
            let place = Place {
                on_error,
                retries: Some(Retries { tries: 3, wait: Duration::from_secs(2) }),
                ..message(json!({"requestOptions": {"retry": {"maxAttempts": 1}}}))
            };
            let items: Vec<Item> = (0..10).map(|n| Item::new(json!({"c": n, "n": n.to_string()}))).collect();
            let world = grudging(2, refuse);
            let outcome = place.run(&world, items).await;
            let counts: Vec<usize> = (0..10).map(|n| once(&world, &n.to_string())).collect();
            assert_eq!((&counts[..9], counts[9]), (&[1; 9][..], sent), "case {case}");
            assert_eq!(outcome.is_ok(), sent == 3 || on_error != OnError::Stop, "case {case}");
            assert_eq!(world.slept.lock().unwrap().len(), sent - 1, "case {case}");
        }
    }
}

#[test]
fn check_warns_of_a_node_of_n8n_that_writes_again() {
    let retries = Some(Retries { tries: 3, wait: Duration::ZERO });
    let codes = |type_name, resource, operation| {
        let place = Place { retries, ..place(type_name, resource, operation, ids()) };
        place.check().iter().filter(|finding| finding.code.as_str() == "KV0524").count()
    };
    assert_eq!(codes(N8N, "Messages", "Create A New Message In A Conversation"), 1);
    assert_eq!(codes(N8N, "Contacts", "Contact Delete"), 1);
    assert_eq!(codes(N8N, "Contacts", "Contact List") + codes(N8N, "Contacts", "Contact Filter"), 0);
    assert_eq!(codes("konverte", "Messages", "Create A New Message In A Conversation"), 0);
}

#[tokio::test]
async fn an_outcome_that_nobody_knows_is_said_on_the_item() {
    let lost = || Err(HttpError { kind: HttpErrorKind::Reset, message: "read ECONNRESET".into(), maybe_sent: true });
    let unknown = |outputs: &node_sdk::Outputs| -> Value {
        let item = &outputs.lists.as_ref().unwrap()[0][0];
        item.error.as_ref().map_or(Value::Null, |error| json!({"http": error["http"], "node": error["node"], "message": error["message"]}))
    };
    let item = || vec![Item::new(json!({"c": 1, "n": "x"}))];
    let going_on = |place: Place| Place { on_error: OnError::ContinueRegularOutput, ..place };
    let told = unknown(&going_on(message(json!({}))).run(&World::new(move |_| lost()), item()).await.unwrap());
    assert_eq!((&told["http"], &told["node"]), (&json!({"outcome": "unknown"}), &json!("C")));
    let words = told["message"].as_str().unwrap();
    assert!(words.contains("connection broke") && words.contains("not known") && !words.contains("retry"), "{words}");
    let error = message(json!({})).run(&World::new(move |_| lost()), item()).await.unwrap_err();
    assert_eq!(error.http.unwrap().to_value(), json!({"outcome": "unknown"}));
    // A gateway that gave up tells as little; one that says when to come again has not done it, and a read has no outcome.
    let told = unknown(&going_on(message(json!({}))).run(&World::new(|_| Ok(answer(504, &[], ""))), item()).await.unwrap());
    assert_eq!((&told["http"]["outcome"], &told["http"]["status"]), (&json!("unknown"), &json!(504)));
    for (place, answer) in [
        (message(json!({})), Ok(answer(503, &[("retry-after", "0")], ""))),
        (message(json!({})), Ok(answer(422, &[], "{}"))),
        (place("konverte", "Teams", "List All Teams", json!({"account_id": 1})), lost()),
        (place("konverte", "Contacts", "Contact Filter", json!({"account_id": 1, "payload": []})), lost()),
    ] {
        let told = unknown(&going_on(place).run(&World::new(move |_| answer.clone()), item()).await.unwrap());
        assert_eq!(told["http"], Value::Null, "{told}");
    }
    // What was done in an earlier try is not known either when the last one did not get through.
    let asked = Mutex::new(0);
    let world = World::new(move |_| {
        *asked.lock().unwrap() += 1;
        let maybe_sent = *asked.lock().unwrap() == 1;
        Err(HttpError { kind: if maybe_sent { HttpErrorKind::Reset } else { HttpErrorKind::Refused }, message: "no".into(), maybe_sent })
    });
    let update = place("konverte", "Teams", "Update A Team", json!({"account_id": 1, "team_id": 1, "name": "x"}));
    assert_eq!(unknown(&going_on(update).run(&world, item()).await.unwrap())["http"], json!({"outcome": "unknown"}));
}

/// A server that takes everything.
fn willing() -> std::sync::Arc<World> {
    World::new(|request| ok(json!({"path": request.url.split("accounts/1").nth(1)})))
}

fn order_of(world: &World, part: &str) -> Vec<String> {
    let of = |request: &HttpRequest| serde_json::from_str::<Value>(&body(request)).unwrap()["content"].as_str().unwrap().to_owned();
    world.requests().iter().filter(|request| request.url.contains(part)).map(of).collect()
}

#[tokio::test]
async fn writes_to_one_record_do_not_run_at_once_and_others_do() {
    let items = |records: usize| -> Vec<Item> { (0..60).map(|n| Item::new(json!({"c": n % records, "n": n.to_string()}))).collect() };
    for (records, at_once) in [(1, 1), (3, 3), (60, 8)] {
        let world = willing();
        let outputs = message(json!({})).run(&world, items(records)).await.unwrap();
        assert_eq!((jsons(&outputs).len(), world.server.in_flight.lock().unwrap().1), (60, at_once), "{records}");
        for record in 0..records {
            let wanted: Vec<String> = (0..60).filter(|n| n % records == record).map(|n| n.to_string()).collect();
            assert_eq!(order_of(&world, &format!("conversations/{record}/")), wanted);
        }
    }
    // Sixty to one conversation, and sixty others behind them: those do not wait for the first.
    let world = willing();
    let mixed = (0..120).map(|n: i32| Item::new(json!({"c": if n < 60 { 0 } else { n }, "n": n.to_string()}))).collect();
    message(json!({})).run(&world, mixed).await.unwrap();
    let place_of = |text: &str| world.requests().iter().position(|request| body(request).contains(&format!("\"{text}\""))).unwrap();
    assert!(place_of("119") < place_of("30"), "{} {}", place_of("119"), place_of("30"));
    // An account holds records and is none.
    let world = World::new(|_| ok(json!({})));
    place("konverte", "Users", "Create A User", json!({"name": "n", "email": "={{ $json.n }}"})).run(&world, items(1)).await.unwrap();
    assert_eq!(world.server.in_flight.lock().unwrap().1, 8);
}

#[test]
fn every_write_to_a_record_names_it() {
    let record = |operation: &str| {
        let action = actions().find(|action| action.operation == operation).unwrap();
        action.record_params().map(|param| &*param.name).collect::<Vec<_>>()
    };
    for (operation, names) in [
        ("Contact Update", &["id"][..]),
        ("Toggle Status Of A Conversation", &["conversation_id"]),
        ("Create A Message", &["contact_identifier", "conversation_id"]),
        ("Update Agents In Team", &["team_id"]),
        ("Update Agents In Inbox", &["inbox_id"]),
        ("Update New Portal To Account", &["slug"]),
        ("Create An Account User", &["user_id"]),
        ("New Conversation", &["source_id", "contact_id"]),
        // Which item makes the record, and which finds it, is for their order to say.
        ("Create A User", &["email"]),
        ("Create A Contact", &["identifier", "email", "phone_number"]),
    ] {
        assert_eq!(record(operation), names, "{operation}");
    }
    for operation in ["Contact Create", "Add New Agent To Account", "Contact Filter", "List All Messages", "Add New Article To Account"] {
        assert!(record(operation).is_empty(), "{operation}");
    }
}
