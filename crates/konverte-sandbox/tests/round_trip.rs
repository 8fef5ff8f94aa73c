//! Every action, driven from its row and its example, asserted on what the sandbox holds afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use konverte_sandbox::{Options, Outcome, Request, Response, Sandbox, action_at, examples};
use serde_json::{Value, json};

fn answer(sandbox: &Sandbox, request: &Request) -> Response {
    match sandbox.handle(request) {
        Outcome::Answer(response) => response,
        other => panic!("no fault was asked for, and it ended as {other:?}"),
    }
}

/// Runs an example on a fresh sandbox: the answer, and the state before and after.
fn run(example: &examples::Example, options: Options) -> (Response, Value, Value) {
    let sandbox = Sandbox::new(options).unwrap();
    let before = sandbox.state();
    let action = example.action().unwrap();
    let request = examples::request(action, &example.parameters, &example.files);
    let found = action_at(&request.method, &request.target).unwrap();
    assert_eq!(found.path.trim_end_matches('/'), action.path.trim_end_matches('/'));
    let response = answer(&sandbox, &request);
    (response, before, sandbox.state())
}

#[test]
fn there_is_one_example_for_each_action() {
    let actions: Vec<&str> = konverte_nodes::actions().map(|a| a.operation_id.as_ref()).collect();
    let examples: Vec<&str> = examples::all().iter().map(|example| example.operation.as_str()).collect();
    assert_eq!(examples.len(), 115);
    assert_eq!(actions.iter().collect::<BTreeSet<_>>(), examples.iter().collect::<BTreeSet<_>>());
}

#[test]
fn all_115_actions_round_trip() {
    let mut wrong = Vec::new();
    for example in examples::all() {
        let action = example.action().unwrap();
        let (response, before, after) = run(example, Options::default());
        let mut problems = example.differences(&response.json(), &after);
        if response.status != action.success.status {
            problems.push(format!("status {}: {}", response.status, String::from_utf8_lossy(&response.body)));
        }
        let nothing = example.answer.is_empty() && example.shows.is_empty() && example.state.is_empty();
        if nothing && !response.body.starts_with(b"<!DOCTYPE html>") {
            problems.push("the example asserts nothing".into());
        }
        let reads = action.method.as_str() == "GET" && action.operation_id != "get-sso-url-of-a-user";
        if (reads || action.operation_id.ends_with("Filter")) && without_clock(before) != without_clock(after) {
            problems.push("a read changed the state".into());
        }
        wrong.extend(problems.into_iter().map(|problem| format!("{}: {problem}", example.operation)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn native_requests_work_as_the_real_server_answers_too() {
    for example in examples::all() {
        let (response, _, after) = run(example, Options { as_server: true, ..Options::default() });
        let problems = example.differences(&response.json(), &after);
        assert!(problems.is_empty() && response.status < 300, "{}: {} {problems:?}", example.operation, response.status);
    }
}

#[test]
fn answers_have_the_fields_that_rows_promise() {
    let mut wrong = Vec::new();
    for example in examples::all() {
        let action = example.action().unwrap();
        let body = run(example, Options::default()).0.json();
        let inside = action.success.envelope.iter().flat_map(|path| path.split('.'));
        let item = inside.fold(&body, |value, key| &value[key]);
        // Of a list one item must have the field: global bots hide some, and only API inboxes have an identifier.
        let items = item.as_array().map_or_else(|| std::slice::from_ref(item), Vec::as_slice);
        // A survey is nobody's message.
        let absent =
            |field: &&str| items.iter().all(|item| item.get(*field).is_none()) && !(*field == "sender" && items[0]["content_type"] == "input_csat");
        let missing: Vec<&str> = action.success.fields.iter().filter(absent).collect();
        if !missing.is_empty() {
            wrong.push(format!("{}: {missing:?} of {item}", example.operation));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_requests_get_the_same_bytes() {
    let run = || {
        let sandbox = Sandbox::new(Options::default()).unwrap();
        let bodies: Vec<_> = examples::all()
            .iter()
            .map(|example| answer(&sandbox, &examples::request(example.action().unwrap(), &example.parameters, &example.files)))
            .collect();
        (bodies, sandbox.state())
    };
    assert_eq!(run(), run());
}

/// The samples stand in the facts about the API; their values are invented, their shapes are the server's.
#[test]
fn answers_have_the_shapes_of_the_samples() {
    let samples: Vec<Value> = serde_json::from_str(include_str!("../../../tests/data/konverte/answers.json")).unwrap();
    assert_eq!(samples.len(), 115);
    let mut missing = Vec::new();
    for sample in &samples {
        let operation = sample["operation"].as_str().unwrap();
        let response = run(examples::of(operation).unwrap(), Options::default()).0;
        let kind = response.headers.iter().find(|(name, _)| *name == "content-type").map(|(_, kind)| kind.split(';').next().unwrap());
        assert_eq!((u64::from(response.status), kind), (sample["status"].as_u64().unwrap(), sample["content_type"].as_str()), "{operation}");
        if kind == Some("application/json") {
            lacks(&response.json(), &sample["body"], operation, &mut missing);
        }
    }
    let known = |path: &String| KNOWN.iter().any(|known| path.ends_with(known));
    missing.retain(|path| !known(path));
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// What a sample has and the example's record does not: a message of an agent where the sample's is a contact's, a
/// survey that is nobody's message, a conversation without a team, an article with other search metadata.
const KNOWN: &[&str] = &[
    "/sender",
    "/sender/additional_attributes",
    "/sender/blocked",
    "/sender/custom_attributes",
    "/sender/email",
    "/sender/identifier",
    "/sender/phone_number",
    "/meta/team",
    "/payload/meta/title",
    "/payload/meta/description",
];

/// Keys of the sample, at any depth, that are not in the answer; of lists the last elements are compared.
fn lacks(answer: &Value, sample: &Value, path: &str, missing: &mut Vec<String>) {
    const FREE: [&str; 6] = ["custom_attributes", "additional_attributes", "content_attributes", "features", "settings", "query"];
    match (answer, sample) {
        (Value::Object(answer), Value::Object(sample)) => {
            for (key, sample) in sample.iter().filter(|(key, _)| !FREE.contains(&key.as_str())) {
                match answer.get(key) {
                    Some(answer) => lacks(answer, sample, &format!("{path}/{key}"), missing),
                    None => missing.push(format!("{path}/{key}")),
                }
            }
        }
        (Value::Array(answer), Value::Array(sample)) => {
            if let (Some(answer), Some(sample)) = (answer.last(), sample.last()) {
                lacks(answer, sample, path, missing);
            }
        }
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) if !answer.is_null() && !sample.is_null() => {
            missing.push(format!("{path}: {answer} is another kind than {sample}"));
        }
        _ => {}
    }
}

fn without_clock(mut state: Value) -> Value {
    state["clock"] = Value::Null;
    state
}

/// In the place of a real server, of whose records it knows nothing: each write of the examples, which name records of the seed, is done as by the
/// emulator that holds them.
#[test]
fn a_stand_in_answers_writes_to_records_that_it_does_not_hold() {
    let mut wrong = Vec::new();
    for example in examples::all() {
        let action = example.action().unwrap();
        if action.reads() {
            continue;
        }
        let as_server = || Options { as_server: true, ..Options::default() };
        let (expected, ..) = run(example, as_server());
        let (response, ..) = run(example, Options { stand_in: true, ..as_server() });
        // Who wrote a message of the server is not known.
        let shape = |response: &Response| {
            response.json().as_object().map(|fields| fields.keys().filter(|key| *key != "sender").cloned().collect::<BTreeSet<_>>())
        };
        if (response.status, shape(&response)) != (expected.status, shape(&expected)) {
            wrong.push(format!("{}: {} {}, not {}", example.operation, response.status, String::from_utf8_lossy(&response.body), expected.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the real server answered is in what the stand-in answers; what it made it knows from what is the server's.
#[test]
fn a_stand_in_learns_and_knows_its_own() {
    let sandbox = Sandbox::new(Options { stand_in: true, as_server: true, ..Options::default() }).unwrap();
    let ask = |method: &str, target: &str, body: Value| answer(&sandbox, &Request::json(method, target, Some("sandbox-admin"), Some(&body))).json();
    let contacts = "/api/v1/accounts/7/contacts";
    let shown =
        br#"{"meta": {}, "payload": [{"id": 812, "name": "Ana", "email": "ana@x.example", "created_at": "soon", "custom_attributes": {"a": 1}}]}"#;
    sandbox.learn("GET", &format!("{contacts}?page=1"), shown);
    let changed = ask("PUT", &format!("{contacts}/812"), json!({"custom_attributes": {"b": 2}}));
    assert_eq!(changed["payload"]["email"], "ana@x.example");
    assert_eq!(changed["payload"]["custom_attributes"], json!({"a": 1, "b": 2}));
    let made = ask("POST", contacts, json!({"name": "Nova"}))["payload"]["contact"]["id"].as_u64().unwrap();
    assert!(sandbox.has_made("GET", &format!("{contacts}/{made}")) && !sandbox.has_made("GET", &format!("{contacts}/812")));
    assert!(sandbox.has_made("GET", &format!("/api/v1/accounts/7/conversations?team_id={made}")));
    let place = ask("POST", "/public/api/v1/inboxes/key/contacts", json!({"name": "Visitor"}))["source_id"].as_str().unwrap().to_owned();
    assert!(sandbox.has_made("GET", &format!("/public/api/v1/inboxes/key/contacts/{place}")));
    assert!(!sandbox.has_made("GET", "/public/api/v1/inboxes/key/contacts/other"));
    // What was removed is gone, and does not come back for being named again.
    let status = |method: &str| answer(&sandbox, &Request::json(method, &format!("{contacts}/900"), Some("sandbox-admin"), None)).status;
    assert_eq!((status("DELETE"), status("DELETE")), (200, 404));
}
