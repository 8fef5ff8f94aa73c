//! An object of the data is read lazily; JavaScript cannot tell it from an ordinary one.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use expression::scenario::{Defaults, scope};
use expression::{Evaluator, Limits, Session};
use node_sdk::Expression;
use serde_json::{Value, json};

fn value(source: &str) -> Value {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() };
    let input = json!({"input": [{"a": 1, "list": [1, 2], "o": {"b": 1}}]});
    let evaluator = Evaluator::new(Arc::new(Session::new(Limits::default())), scope(&input, &defaults));
    let done = evaluator.evaluate(&source.into(), 0, None).unwrap();
    assert_eq!(done.swallowed, None, "{source}");
    done.value
}

#[test]
fn what_inherits_and_what_is_written_is_as_in_javascript() {
    for (body, expected) in [
        ("const o = {__proto__: $json}; o.a = 5; return [o.a, $json.a, Object.keys(o)]", json!([5, 1, ["a"]])),
        ("const o = {__proto__: $json}; o.z = 5; return [o.z, $json.z === undefined, o.a]", json!([5, true, 1])),
        (
            "let o = $json; for (let i = 0; i < 10000; i++) o = {__proto__: o}; return [o.a, o.z === undefined, o.toString()]",
            json!([1, true, "[object Object]"]),
        ),
        ("const o = Object.create($json.o); o.b += 1; return [o.b, $json.o.b]", json!([2, 1])),
        ("$json.a = 2; $json.z = 3; return [$json.a, $json.z, Object.keys($json)]", json!([2, 3, ["a", "list", "o", "z"]])),
        ("$json.o.b = 7; $json.list.push(3); return [$json.o, $json.list]", json!([{"b": 7}, [1, 2, 3]])),
        ("delete $json.a; return ['a' in $json, Object.keys($json), 'toString' in $json]", json!([false, ["list", "o"], true])),
        ("$json.z = 1; return [$json.hasOwnProperty('z'), $json.hasOwnProperty('toString'), `${$json}`]", json!([true, false, "[object Object]"])),
    ] {
        assert_eq!(value(&format!("={{{{ (() => {{ {body} }})() }}}}")), expected, "{body}");
    }
}

/// What is put in the place of a built-in function may read the very object that is being read.
#[test]
fn reading_calls_nothing_that_can_be_replaced() {
    for (body, expected) in [
        ("$json.z = 1; Object.hasOwn = (o, k) => $json.a; return $json.a", json!(1)),
        ("$json.z = 1; Object.hasOwn = () => false; return [$json.a, $json.z]", json!([1, 1])),
    ] {
        assert_eq!(value(&format!("={{{{ (() => {{ {body} }})() }}}}")), expected, "{body}");
    }
}

/// The items of a node are one list for all that change nothing, and a new one for all others.
#[test]
fn a_list_of_items_is_the_same_for_every_item() {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() };
    let items: Vec<_> = (0..4).map(|i| json!({"i": i, "list": [i], "o": {"n": i}})).collect();
    let evaluator = Evaluator::new(Arc::new(Session::new(Limits::default())), scope(&json!({"input": items}), &defaults));
    let given = |source: &str, item: usize| evaluator.evaluate(&Expression::new(format!("={{{{ {source} }}}}")), item, None).unwrap().value;
    for item in 0..4 {
        for (source, expected) in [
            ("$input.all().map(x => x.json.i).join('')", json!("0123")),
            ("$input.all().reverse()[0].json.i", json!(3)),
            ("$input.all().sort((a, b) => b.json.i - a.json.i).map(x => x.json.list[0])", json!([3, 2, 1, 0])),
            ("$input.all()[1].json.list.push(7) + $input.all()[1].json.list.length", json!(4)),
            ("$input.all().filter(x => x.json.o.n > 1).map(x => x.json)", json!([items[2], items[3]])),
            ("$input.all().map(x => x.json.list)", json!([[0], [1], [2], [3]])),
            ("$items().length + $input.all().length", json!(8)),
        ] {
            assert_eq!(given(source, item), expected, "{source}");
        }
    }
    // From here on nothing is shared any more.
    for item in 0..2 {
        assert_eq!(given("(() => { const all = $input.all(); all[0].json.i = 9; return all.map(x => x.json.i).join('') })()", item), json!("9123"));
        assert_eq!(given("$input.all().map(x => x.json.i).join('')", item), json!("0123"));
    }
}
