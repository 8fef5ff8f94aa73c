//! The two tiers agree: whatever the native path answers, JavaScript answers too.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::evaluator::{Evaluator, error_line};
use crate::js::{Frame, Request};
use crate::limits::Limits;
use crate::program::Program;
use crate::scenario::{Defaults, scope};
use crate::session::{Session, ended};

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c d", "0", "1", "length", "toString", "é", "Symbol.iterator", "name", "json", "caller"])
        .prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::from),
        Just(json!(1.0)),
        Just(json!(-0.0)),
    ]
}

fn data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), number(), "[a-z0-9 é🎉\"\\\\]{0,6}".prop_map(Value::from)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn step() -> impl Strategy<Value = String> {
    let word = |k: &str| k.chars().all(|c| c.is_alphabetic());
    (key(), any::<bool>(), 0..3u8, 0..4u32).prop_map(move |(key, optional, form, index)| {
        let mark = if optional { "?." } else { "" };
        match form {
            0 if word(&key) => format!("{}{key}", if optional { "?." } else { "." }),
            1 => format!("{mark}[{index}]"),
            _ => format!("{mark}[{}]", json!(key)),
        }
    })
}

fn source() -> impl Strategy<Value = String> {
    let root = prop::sample::select(vec![
        "$json",
        "$input.item.json",
        "$input.first().json",
        "$input.last().json",
        "$('Source').item.json",
        "$('Source').first().json",
        "$('Source').last().json",
        "$('Nope').item.json",
        "$node[\"Source\"].json",
        "$node.Source.json",
        "$itemIndex",
        "$runIndex",
    ]);
    let path = (root, prop::collection::vec(step(), 0..4)).prop_map(|(root, steps)| format!("{root}{}", steps.concat())).boxed();
    (path.clone(), path, 0..3u8).prop_map(|(one, two, form)| match form {
        0 => format!("=x {{{{ {one} }}}}-{{{{ {two} }}}}"),
        _ => format!("={{{{ {one} }}}}"),
    })
}

/// What both tiers say; `marked`: with the markers of `konverte eval`, which tell apart what JSON does not.
fn both(items: &[Value], source: &str, item: usize, marked: bool) -> (String, String) {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() };
    let scope = scope(&json!({ "input": items }), &defaults);
    SESSION.with(|session| {
        let frame = Frame { scope: Arc::new(scope.clone()), item, extra: None, shares: false };
        let request = Request { program: Arc::new(Program::scripted(source)), frame, marked };
        let (time, stop) = (session.limits().time, session.stop().clone());
        let scripted =
            ended(session.lease(move |held, lease| held.isolate().evaluate(lease, &request, time, &stop)).wait()).and_then(|answer| answer);
        let native = Evaluator::new(session.clone(), scope);
        if marked {
            let (line, swallowed) = native.evaluate_noted(&source.into(), item, None);
            let scripted = scripted.map(|a| (json!({"value": a.converted.value, "type": a.converted.class}), a.swallowed));
            let scripted = scripted.unwrap_or_else(|error| (json!({ "error": error_line(&error) }), None));
            return (format!("{line} {swallowed:?}"), format!("{} {:?}", scripted.0, scripted.1));
        }
        let native = native.evaluate(&source.into(), item, None).map(|e| (e.value, e.kind, e.swallowed)).map_err(|e| e.message);
        let scripted = scripted.map(|a| (a.converted.value, a.converted.kind, a.swallowed)).map_err(|e| e.message);
        (format!("{native:?}"), format!("{scripted:?}"))
    })
}

thread_local! {
    static SESSION: Arc<Session> = Arc::new(Session::new(Limits::default()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn native_paths_agree_with_javascript(items in prop::collection::vec(data(), 1..3), source in source(), item in 0..2usize, marked in any::<bool>()) {
        let (native, scripted) = both(&items, &source, item, marked);
        prop_assert_eq!(native, scripted, "{}", source);
    }
}
