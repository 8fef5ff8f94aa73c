//! JSON: reading and writing agree, and the edges are JavaScript's.

use node_sdk::json::{JsonErrorKind, MAX_DEPTH, parse_answer, parse_text, same, stringify, stringify_pretty, to_number};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|n| serde_json::Number::from_f64(n).map_or(Value::Null, Value::Number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..8).prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(value in any_json()) {
        prop_assert!(same(&parse_text(&stringify(&value)).unwrap(), &value));
        prop_assert!(same(&parse_text(&stringify_pretty(&value)).unwrap(), &value));
    }

    #[test]
    fn what_serde_json_writes_is_read(value in any_json()) {
        prop_assert_eq!(parse_text(&serde_json::to_string(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place(text in any::<String>()) {
        if let Err(error) = parse_text(&text) {
            prop_assert!(error.offset <= text.len() && error.line >= 1 && error.column >= 1);
            prop_assert!(serde_json::from_str::<Value>(&text).is_err());
        }
    }
}

#[test]
fn edges() {
    for (text, written) in [
        ("[5.0, -0, 1e21, 1e20, 1e-7, 0.000001, 123.456, 1e300, 5e-324]", "[5,0,1e+21,100000000000000000000,1e-7,0.000001,123.456,1e+300,5e-324]"),
        ("[9223372036854775807, 18446744073709551615, 9007199254740993]", "[9223372036854775807,18446744073709551615,9007199254740993]"),
        (r#""cut \ud83d, whole \ud83d\ude00, \ude00, \ud83d\ud83d\ude00""#, "\"cut \u{fffd}, whole \u{1f600}, \u{fffd}, \u{fffd}\u{1f600}\""),
        (r#"{"__proto__": {"a": 1}, "constructor": 2, "b": 1, "a": 2, "b": 3}"#, r#"{"__proto__":{"a":1},"constructor":2,"b":3,"a":2}"#),
        ("\u{feff} {\"a\":\"\\u001f\\b\\/\"}", "{\"a\":\"\\u001f\\b/\"}"),
    ] {
        assert_eq!(stringify(&parse_text(text).unwrap()), written);
    }
    assert_eq!(parse_answer("[1e309, -1e400]").unwrap(), json!([null, null]));
}

#[test]
fn refused_with_their_place() {
    for (text, kind, line, column) in [
        ("", JsonErrorKind::Empty, 1, 1),
        (" \n ", JsonErrorKind::Empty, 2, 2),
        ("{\n  \"ä\": 1e309\n}", JsonErrorKind::NumberTooLarge, 2, 8),
        ("{\"a\": }", JsonErrorKind::Syntax, 1, 7),
        ("[1, 2,]", JsonErrorKind::Syntax, 1, 7),
        ("[01]", JsonErrorKind::Syntax, 1, 2),
        ("{'a': 1}", JsonErrorKind::Syntax, 1, 2),
        ("\"a\nb\"", JsonErrorKind::Syntax, 1, 3),
        ("[1] x", JsonErrorKind::Syntax, 1, 5),
        ("nul", JsonErrorKind::Syntax, 1, 1),
        ("\"\\u12\"", JsonErrorKind::Syntax, 1, 3),
        ("[NaN]", JsonErrorKind::Syntax, 1, 2),
    ] {
        let error = parse_text(text).unwrap_err();
        assert_eq!((error.kind, error.line, error.column), (kind, line, column), "{text}");
    }
}

#[test]
fn depth_is_limited_and_never_crashes() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_text(&nested(MAX_DEPTH)).is_ok());
    for depth in [MAX_DEPTH + 1, 20_000, 1_000_000] {
        assert_eq!(parse_text(&nested(depth)).unwrap_err().kind, JsonErrorKind::TooDeep);
        assert_eq!(parse_answer(&"{\"a\":".repeat(depth)).unwrap_err().kind, JsonErrorKind::TooDeep);
    }
}

#[test]
fn numbers_as_javascript_converts_them() {
    for (value, expected) in [
        (json!(" 12 "), Some(12.0)),
        (json!("0b101"), Some(5.0)),
        (json!("0o17"), Some(15.0)),
        (json!("-Infinity"), Some(f64::NEG_INFINITY)),
        (json!("inf"), None),
        (json!("nan"), None),
        (json!("-0x1"), None),
        (json!("1e3"), Some(1000.0)),
        (json!(".5"), Some(0.5)),
        (json!("5."), Some(5.0)),
        (json!("1_000"), None),
        (json!("\u{feff}7\u{a0}"), Some(7.0)),
        (json!([]), Some(0.0)),
        (json!(["8"]), Some(8.0)),
        (json!([1, 2]), None),
        (json!({}), None),
        (json!(null), Some(0.0)),
    ] {
        assert_eq!(to_number(&value), expected, "{value}");
    }
}
