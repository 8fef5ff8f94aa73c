//! `$('X').item` and `$node["X"]` where the way back is not plain: loops, joined branches, pairings that lead nowhere; values
//! that cannot leave the engine. The texts are n8n's, recorded.

#![allow(clippy::unwrap_used, reason = "tests")]

use expression::scenario::{Defaults, evaluate};
use expression::{Evaluator, Kind, Limits, Session, scenario};
use node_sdk::params::NonFinite;
use serde_json::{Value, json};

const NO_INFO: &str = "Paired item data for item from node 'Src' is unavailable. Ensure 'Src' is providing the required output.";

fn defaults() -> Defaults {
    Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() }
}

/// The value, or the error's message.
fn value(expression: &str, context: &Value, timezone: &str) -> Value {
    let answer = evaluate(&json!({"expression": expression, "context": context, "timezone": timezone}), &defaults());
    answer.get("error").map_or_else(|| answer["value"].clone(), |error| error["message"].clone())
}

/// `Src` leads to `Current`, also through the loop of `Loop` and `Body`; `Side` runs beside them, `Late` leads to `Current` too.
fn context(paired: Value) -> Value {
    let to = |node: &str| json!([{"node": node, "type": "main", "index": 0}]);
    let from = |node: &str, output: usize, run: usize| json!([{"previousNode": node, "previousNodeOutput": output, "previousNodeRun": run}]);
    let nodes = ["Start", "Src", "Loop", "Body", "Side", "Late", "Current"].map(|name| json!({"name": name}));
    json!({
        "nodes": nodes,
        "connections": {
            "Start": {"main": [[{"node": "Src", "type": "main", "index": 0}, {"node": "Side", "type": "main", "index": 0}, {"node": "Late", "type": "main", "index": 0}]]},
            "Src": {"main": [to("Loop")]}, "Body": {"main": [to("Loop")]}, "Late": {"main": [to("Current")]},
            "Loop": {"main": [to("Current"), to("Body")]},
        },
        "runs": {
            "Start": [{"out": [[[{}, {"item": 0}]]], "source": []}],
            "Src": [{"out": [[[{"i": 0}, {"item": 0}], [{"i": 1}, {"item": 0}]]], "source": from("Start", 0, 0)}],
            "Side": [{"out": [[[{"s": 0}, {"item": 0}]]], "source": from("Start", 0, 0)}],
            "Late": [{"out": [[[{"l": 0}, {"item": 0}]]], "source": from("Start", 0, 0)}],
            "Body": [{"out": [[[{"b": 0}, {"item": 0}]]], "source": from("Loop", 1, 0)}],
            "Loop": [
                {"out": [[], [[{"i": 0}, {"item": 0}]]], "source": from("Src", 0, 0)},
                {"out": [[[{"b": 0}, paired]], []], "source": from("Body", 0, 0)},
            ],
        },
        "input": {"from": "Loop", "run": 1},
    })
}

#[test]
fn a_pairing_may_name_the_run_it_counts_in() {
    let overwritten = json!({"item": 1, "sourceOverwrite": {"previousNode": "Src", "previousNodeOutput": 0, "previousNodeRun": 0}});
    for (paired, source, body) in
        [(json!({"item": 0}), json!(0), json!(0)), (overwritten.clone(), json!(1), json!(null)), (json!([overwritten]), json!(1), json!(null))]
    {
        let context = context(paired);
        assert_eq!(value("={{ $('Src').item.json.i }}", &context, "UTC"), source);
        // What a walk that passes the node by gives is an error that n8n swallows.
        let found = value("={{ $('Body').item.json.b }}", &context, "UTC");
        assert_eq!(found, if body.is_null() { json!({"undefined": true}) } else { body });
    }
}

#[test]
fn a_walk_that_ends_has_n8n_s_words() {
    let plain = context(json!({"item": 0}));
    let caught = |what: &str| format!("={{{{ (() => {{ try {{ return {what} }} catch (e) {{ return e.message }} }})() }}}}");
    for (expression, expected) in [
        // An ancestor that the items did not come through.
        (caught("$('Late').item.json.l"), json!("Cannot read properties of undefined (reading 'error')")),
        ("={{ $('Late').item.json.l }}".to_owned(), json!({"undefined": true})),
        ("=a{{ $('Late').item.json.l }}b".to_owned(), json!("ab")),
        // No ancestor.
        (caught("$('Side').item.json.s"), json!("Invalid expression")),
        ("={{ $node['Side'].json.s }}".to_owned(), json!("connect \"Current\" to \"Side\"")),
        (caught("$node['Side'].json.s"), json!("connect \"Current\" to \"Side\"")),
        ("={{ $node['Late'].json.l }}".to_owned(), json!(0)),
        // The first step and a later one.
        ("={{ $('Src').itemMatching(7) }}".to_owned(), json!("Can’t get data for expression")),
    ] {
        assert_eq!(value(&expression, &plain, "UTC"), expected, "{expression}");
    }
    let beyond = json!({"item": 9, "sourceOverwrite": {"previousNode": "Src"}});
    assert_eq!(value("={{ $('Src').item.json }}", &context(beyond), "UTC"), json!(NO_INFO));
}

#[test]
fn functions_do_not_leave_the_engine_but_in_objects_of_our_own() {
    for (expression, expected) in [
        ("={{ ({a: () => 1}) }}", "Expression evaluation failed: () => 1 could not be cloned."),
        ("={{ [x => x] }}", "Expression evaluation failed: x => x could not be cloned."),
    ] {
        assert_eq!(value(expression, &json!({}), "UTC"), json!(expected));
    }
    assert_eq!(value("={{ $execution.customData }}", &json!({}), "UTC")["get"], json!({"undefined": true}));
}

#[test]
fn a_zone_that_does_not_exist_fails_every_expression() {
    let failed = json!("Expression evaluation failed: Invalid timezone: \"Mars/Base\"");
    for (expression, expected) in [("={{ 1 }}", &failed), ("={{ $json }}", &failed), ("=a {{ 1 }}", &failed), ("=a", &json!("a"))] {
        assert_eq!(value(expression, &json!({}), "Mars/Base"), *expected);
    }
}

#[test]
fn a_default_zone_of_utc_is_written_as_luxon_writes_its_fixed_zone() {
    let med = "={{ DateTime.fromISO('2024-07-01T12:00:00Z').toLocaleString(DateTime.DATETIME_MED) }}";
    assert_eq!(value("={{ DateTime.fromISO('2024-07-01T12:00:00').toISO() }}", &json!({}), "UTC"), json!("2024-07-01T12:00:00.000Z"));
    assert_eq!(value(med, &json!({}), "UTC"), json!("Jul 1, 2024, 12:00\u{202f}PM"));
    assert_eq!(value(med, &json!({}), "America/New_York"), json!("Jul 1, 2024, 8:00 AM"));
}

#[test]
fn numbers_that_json_cannot_say_are_told_apart() {
    let evaluator = Evaluator::new(std::sync::Arc::new(Session::new(Limits::default())), scenario::scope(&json!({}), &defaults()));
    for (expression, expected) in [("={{ 0/0 }}", NonFinite::NaN), ("={{ 1/0 }}", NonFinite::Infinity), ("={{ -1/0 }}", NonFinite::NegativeInfinity)]
    {
        let found = evaluator.evaluate(&expression.into(), 0, None).unwrap();
        assert_eq!((found.value, found.kind), (Value::Null, Kind::NonFinite(expected)));
        assert_eq!(NonFinite::of(expected.number()), Some(expected));
    }
    assert_eq!(NonFinite::of(f64::MAX), None);
}
