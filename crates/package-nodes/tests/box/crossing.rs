//! What crosses between a node's code and the host comes over as it was.

use node_sdk::ports::HttpBody;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::project::{Project, outcome, within};

pub(crate) const TESTS: &[(&str, fn())] =
    &[("any JSON crosses unchanged", any_json_crosses), ("what JSON cannot say crosses too", what_json_cannot_say)];

/// JSON that is much like what the crossing uses for what JSON cannot say.
fn like_marks() -> impl Strategy<Value = Value> {
    let leaf = prop::sample::select(vec![json!(0), json!(1), json!(null), json!(true), json!("NaN"), json!("2020-01-01T00:00:00Z"), json!("")]);
    let key = prop::sample::select(vec![
        "$buffer",
        "$plain",
        "$date",
        "$dateTime",
        "$number",
        "$form",
        "$search",
        "$stream",
        "$bytes",
        "$",
        "value",
        "streams",
        "type",
        "a",
    ]);
    leaf.prop_recursive(4, 12, 3, move |inner| {
        let objects = prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner.clone(), 1..3);
        prop_oneof![3 => objects.prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())), 1 => prop::collection::vec(inner, 0..3).prop_map(Value::Array)]
    })
}

fn any_json_crosses() {
    let mut runner = TestRunner::deterministic();
    let values: Vec<Value> = (0..300).map(|_| like_marks().new_tree(&mut runner).unwrap().current()).collect();
    within(async move {
        let project = Project::new(&["worker"]);
        let input = values.iter().map(|value| json!({"value": value})).collect();
        let harness = project.asked(json!({"what": "crosses", "other": "={{ $json.value }}"}), input);
        let http = harness.ports().http;
        http.respond(|request| {
            let HttpBody::Bytes(body) = &request.body else { return Ok(node_testkit::FakeHttp::json(200, &json!("no body"))) };
            Ok(node_testkit::FakeHttp::json(200, &serde_json::from_slice(body).unwrap()))
        });
        let ran = harness.run_async().await;
        assert!(ran.error.is_none(), "{:?}", ran.error);
        for (value, came) in values.iter().zip(ran.json(0)) {
            let sent = if value.as_object().is_some_and(|map| !map.is_empty()) { value.clone() } else { json!({"value": value}) };
            assert_eq!(came, json!({"parameter": value, "item": {"value": value}, "answer": sent}));
        }
        assert_eq!(http.requests().len(), values.len());
    });
}

fn what_json_cannot_say() {
    within(async {
        let project = Project::new(&["worker"]);
        let more = json!({"date": "={{ new Date(0) }}", "number": "={{ NaN }}", "zoned": "={{ DateTime.fromMillis(0, {zone: 'Asia/Tokyo'}) }}",
            "like": "={{ ({$date: '1970-01-01'}) }}"});
        let ran = project.asked(json!({"what": "kinds", "more": more}), vec![json!({})]).run_async().await;
        let hi = json!({"type": "Buffer", "data": [104, 105]});
        let seen = json!([true, true, "1970-01-01T09:00:00.000+09:00", {"$date": "1970-01-01"}]);
        assert_eq!(outcome(&ran), Ok(json!({"seen": seen, "buffer": hi, "date": "1970-01-01T00:00:00.000Z", "number": null})));
    });
}
