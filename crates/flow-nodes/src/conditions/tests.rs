//! Every operator on typical values, and the messages, as recorded.

use std::sync::Arc;

use node_sdk::params::NonFinite;
use node_sdk::{Evaluator, Expression};
use serde_json::{Map, json};

use super::*;

/// Expressions do not occur here.
struct NoExpressions;

impl Evaluator for NoExpressions {
    fn evaluate(&self, _: &Expression, _: usize, _: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        Ok(Evaluated { value: Value::Null, kind: Kind::Undefined })
    }
}

fn holds(kind: &str, operation: &str, left: Option<Value>, right: Value, strict: bool) -> Result<bool, NodeError> {
    let params = node_sdk::Params::new(Arc::default(), Arc::new(NoExpressions));
    let params = params.at(0);
    let operator = json!({"type": kind, "operation": operation, "rightType": right_type(kind, operation), "singleValue": matches!(operation, "empty" | "notEmpty" | "exists")});
    let condition = Condition::new(&Resolvable::from(&json!({"rightValue": right, "operator": operator})), "c");
    let rules = Rules { ignore_case: false, strict, version: 2.0, params: &params, zone: &|| TimeZone::UTC };
    let operand = |value: Option<Value>| Operand { kind: if value.is_some() { Kind::Json } else { Kind::Undefined }, value };
    condition.holds(operand(left), operand(Some(right.clone())), 0, &rules)
}

fn right_type<'a>(kind: &'a str, operation: &str) -> &'a str {
    match (kind, operation) {
        ("array", "contains" | "notContains") => "any",
        ("array", length) if length.starts_with("length") => "number",
        _ => kind,
    }
}

/// For each operator: for which of the values it holds.
fn check(kind: &str, right: &Value, values: &[Option<Value>], table: &[(&str, &[usize])]) {
    for (operation, expected) in table {
        let kept: Vec<usize> = (0..values.len()).filter(|i| holds(kind, operation, values[*i].clone(), right.clone(), true).unwrap()).collect();
        assert_eq!(kept, *expected, "{kind} {operation}");
    }
}

/// An infinity is a number beyond all others; NaN is none.
#[test]
fn infinities() {
    use node_sdk::params::NonFinite::{Infinity, NaN, NegativeInfinity};
    let rules_params = node_sdk::Params::new(Arc::default(), Arc::new(NoExpressions));
    let params = rules_params.at(0);
    let holds = |kind: &str, operation: &str, left: NonFinite, right: Operand| {
        let operator = json!({"type": kind, "operation": operation, "rightType": kind});
        let condition = Condition::new(&Resolvable::from(&json!({"rightValue": 1, "operator": operator})), "c");
        let rules = Rules { ignore_case: false, strict: false, version: 2.0, params: &params, zone: &|| TimeZone::UTC };
        condition.holds(Operand { kind: Kind::NonFinite(left), value: Some(Value::Null) }, right, 0, &rules).unwrap()
    };
    let plain = |value: Value| Operand { kind: Kind::Json, value: Some(value) };
    let odd = |number| Operand { kind: Kind::NonFinite(number), value: Some(Value::Null) };
    for (operation, left, right, expected) in [
        ("gt", Infinity, plain(json!(1e300)), true),
        ("lt", NegativeInfinity, plain(json!(-5)), true),
        ("gt", NaN, plain(json!(1)), false),
        ("equals", Infinity, odd(Infinity), true),
        ("equals", Infinity, odd(NegativeInfinity), false),
        ("equals", NaN, odd(NaN), false),
        ("gt", Infinity, odd(NaN), false),
    ] {
        assert_eq!(holds("number", operation, left, right), expected, "{left:?} {operation}");
    }
    assert!(holds("string", "equals", NegativeInfinity, plain(json!("-Infinity"))));
}

#[test]
fn numbers() {
    let values = [Some(json!(5)), Some(json!(4.9)), Some(json!(6)), Some(json!(0)), Some(json!(-1)), Some(json!(null)), None];
    check(
        "number",
        &json!(5),
        &values,
        &[
            ("exists", &[0, 1, 2, 3, 4]),
            ("empty", &[5, 6]),
            ("equals", &[0]),
            ("notEquals", &[1, 2, 3, 4, 5, 6]),
            ("gt", &[2]),
            ("lt", &[1, 3, 4, 5]),
            ("gte", &[0, 2]),
            ("lte", &[0, 1, 3, 4, 5]),
        ],
    );
}

#[test]
fn texts() {
    let values = [Some(json!("Apple")), Some(json!("apple pie")), Some(json!("")), Some(json!(null)), Some(json!("grape")), None];
    check(
        "string",
        &json!("apple"),
        &values,
        &[
            ("exists", &[0, 1, 2, 4]),
            ("empty", &[2, 3, 5]),
            ("equals", &[]),
            ("contains", &[1]),
            ("notContains", &[0, 2, 3, 4, 5]),
            ("startsWith", &[1]),
            ("notEndsWith", &[0, 1, 2, 3, 4, 5]),
        ],
    );
}

#[test]
fn lists() {
    let values = [Some(json!([1, 2, 3])), Some(json!([])), Some(json!(["a", "B"])), Some(json!([2])), Some(json!(null)), None];
    check(
        "array",
        &json!(2),
        &values,
        &[
            ("empty", &[1, 4, 5]),
            ("contains", &[0, 3]),
            ("notContains", &[1, 2, 4, 5]),
            ("lengthEquals", &[2]),
            ("lengthNotEquals", &[0, 1, 3, 4, 5]),
            ("lengthGt", &[0]),
            ("lengthLt", &[1, 3, 4, 5]),
            ("lengthGte", &[0, 2]),
            ("lengthLte", &[1, 2, 3, 4, 5]),
        ],
    );
}

#[test]
fn dates_with_nothing_on_a_side_never_hold() {
    let values = [Some(json!("2024-03-01T00:00:00Z")), Some(json!("2024-02-29T23:59:59.999Z")), Some(json!("2024-03-02")), Some(json!(null)), None];
    check(
        "dateTime",
        &json!("2024-03-01T01:00:00+01:00"),
        &values,
        &[("equals", &[0]), ("notEquals", &[1, 2]), ("after", &[2]), ("before", &[1]), ("afterOrEquals", &[0, 2]), ("empty", &[3, 4])],
    );
}

#[test]
fn wrong_types_are_said_in_n8ns_words() {
    let message = |kind, operation, left, right, strict| holds(kind, operation, Some(left), right, strict).unwrap_err().message;
    assert_eq!(message("number", "gt", json!("x"), json!(0), true), "Wrong type: 'x' is a string but was expecting a number [condition 0, item 0]");
    assert_eq!(
        message("string", "equals", json!({"a": 1}), json!("a"), true),
        "Wrong type: '[object Object]' is an object but was expecting a string [condition 0, item 0]"
    );
    assert_eq!(message("number", "equals", json!("5"), json!("5"), true), "Comparison type expects a number but both fields are a string");
    assert_eq!(
        message("number", "equals", json!(true), json!("x"), false),
        "Conversion error: the string 'x' can't be converted to a number [condition 0, item 0]"
    );
}

#[test]
fn loose_types_are_converted() {
    for (kind, operation, left, right) in [
        ("number", "equals", json!("5"), json!(5)),
        ("number", "lt", json!(" "), json!(5)),
        ("boolean", "true", json!("yes"), json!("")),
        ("boolean", "false", json!("FALSE"), json!("")),
        ("boolean", "true", json!(2), json!("")),
        ("string", "contains", json!({"a": 1}), json!("a")),
        ("array", "contains", json!("[1]"), json!(1)),
        ("object", "notEmpty", json!("{\"a\":1}"), json!("{}")),
    ] {
        assert!(holds(kind, operation, Some(left.clone()), right, false).unwrap(), "{kind} {operation} {left}");
    }
}
