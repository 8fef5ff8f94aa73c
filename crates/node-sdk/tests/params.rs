//! Parameters as a running node sees them.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use node_sdk::description::read_groups;
use node_sdk::params::NonFinite;
use node_sdk::{Evaluated, Evaluator, Expression, Kind, NodeError, Parameters, Params};
use serde_json::{Map, Value, json};

/// The source is JSON after its `=`, or `undefined`.
struct Literal;

impl Evaluator for Literal {
    fn evaluate(&self, source: &Expression, _item: usize, _extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        match &source.text()[1..] {
            "undefined" => Ok(Evaluated { value: Value::Null, kind: Kind::Undefined }),
            "NaN" => Ok(Evaluated { value: Value::Null, kind: Kind::NonFinite(NonFinite::NaN) }),
            "Infinity" => Ok(Evaluated { value: Value::Null, kind: Kind::NonFinite(NonFinite::Infinity) }),
            "fail" => Err(NodeError::new("it failed")),
            text => Ok(Evaluated { value: serde_json::from_str(text).unwrap(), kind: Kind::Json }),
        }
    }
}

fn params(raw: Value) -> Params {
    let group = read_groups(
        r#"{"properties": [
        {"name": "count", "displayName": "How Many", "type": "number", "default": 1, "validateType": "number"},
        {"name": "lax", "type": "number", "default": 1, "validateType": "number", "ignoreValidationDuringExecution": true},
        {"name": "hidden", "type": "number", "default": 1, "validateType": "number", "displayOptions": {"show": {"lax": [5]}}},
        {"name": "doc", "type": "resourceLocator", "default": {}, "modes": [
            {"name": "url", "type": "string", "extractValue": {"type": "regex", "regex": "https://docs\\.example\\.com/d/([a-z0-9]+)"}},
            {"name": "id", "type": "string"}]}]}"#,
    );
    let group = group.unwrap().remove(0);
    let parameters = Parameters::new(raw.as_object().unwrap().clone()).of(&group, 1.0);
    Params::new(Arc::new(parameters), Arc::new(Literal))
}

#[test]
fn values_are_checked_and_converted() {
    let count = |raw: Value| params(json!({"count": raw, "lax": "x", "hidden": "x"})).at(3).evaluated("count").map(Option::unwrap);
    let json = |value: Value| Evaluated { value, kind: Kind::Json };
    assert_eq!((count(json!("=\"12\"")), count(json!("12"))), (Ok(json(json!(12))), Ok(json(json!(12)))));
    assert_eq!((count(json!("=null")).unwrap().kind, count(json!("=undefined")).unwrap().kind), (Kind::Undefined, Kind::Undefined));
    assert_eq!(count(json!("=Infinity")).unwrap().kind, Kind::NonFinite(NonFinite::Infinity));
    for (raw, got) in [("=\"x\"", "'x'"), ("=NaN", "'NaN'"), ("=[1, 2]", "array")] {
        let error = count(json!(raw)).unwrap_err();
        let description = format!("'count' expects a number but we got {got}");
        assert_eq!((error.message.as_str(), error.description), ("Invalid input for 'How Many' [item 3]", Some(description)));
        assert_eq!((error.parameter.as_deref(), error.item), (Some("count"), Some(3)));
    }
    assert_eq!(params(json!({"lax": "=\"x\""})).at(0).value("lax").unwrap(), Some(json!("x")));
    assert_eq!(params(json!({"lax": 1, "hidden": "=\"x\""})).at(0).value("hidden").unwrap(), Some(json!("x")));
}

#[test]
fn values_are_read_as_javascript_converts_them() {
    let params = params(
        json!({"text": 5.0, "list": [1, null, "a"], "gone": "=undefined", "deep": {"a": "=undefined", "b": ["=1"]}, "bad": "=fail", "n": " 0x10 "}),
    );
    let at = params.at(0);
    assert_eq!((at.string("text").unwrap(), at.string("list").unwrap(), at.string("gone").unwrap()), ("5".into(), "1,,a".into(), String::new()));
    assert_eq!((at.value("gone").unwrap(), at.value("none").unwrap()), (None, None));
    assert_eq!(at.value("deep").unwrap(), Some(json!({"b": [1]})));
    assert_eq!((at.number("n", 0.0).unwrap(), at.number("none", 7.0).unwrap(), at.bool("none", true).unwrap()), (16.0, 7.0, true));
    let error = at.string("bad").unwrap_err();
    assert_eq!((error.parameter.as_deref(), error.item), (Some("bad"), Some(0)));
    assert_eq!(at.parse::<Vec<Value>>("list").unwrap().len(), 3);
    assert!(at.parse::<bool>("list").unwrap_err().message.starts_with("The parameter \"list\" cannot be used"));
}

#[test]
fn locators_give_their_id() {
    let located = |doc: Value| params(json!({"doc": doc})).at(0).locator("doc");
    assert_eq!(located(json!({"__rl": true, "mode": "id", "value": 17})).unwrap(), "17");
    assert_eq!(located(json!({"__rl": true, "mode": "url", "value": "=\"https://docs.example.com/d/abc9/edit\""})).unwrap(), "abc9");
    assert_eq!(located(json!("plain")).unwrap(), "plain");
    assert_eq!(located(json!({"__rl": true, "mode": "list", "value": null})).unwrap(), "");
    assert!(located(json!({"__rl": true, "mode": "url", "value": "https://other.example.com"})).is_err());
}
