//! The option `fuzzyCompare`: values that mean the same though their types differ.

use node_sdk::json;
use serde_json::Value;

use crate::{compare, js};

/// Whether the two mean the same. `None` is a field that is not there.
pub(super) fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    let null = |v: Option<&Value>| matches!(v, Some(Value::Null));
    if !null(a) && !null(b) && js::type_of(a) == js::type_of(b) {
        return compare::equal(a, b);
    }
    let (blank_a, blank_b) = (blank(a), blank(b));
    if (blank_a && (blank_b || b.is_none())) || (a.is_none() && blank_b) {
        return true;
    }
    match (a, b) {
        (Some(Value::Number(_)), Some(Value::String(text))) => &js::text(a) == text,
        (Some(Value::String(text)), Some(Value::Number(_))) => &js::text(b) == text,
        (Some(Value::Bool(truth)), Some(other)) | (Some(other), Some(Value::Bool(truth))) => says(other, *truth),
        (Some(value @ (Value::Object(_) | Value::Array(_))), Some(Value::String(text)))
        | (Some(Value::String(text)), Some(value @ (Value::Object(_) | Value::Array(_)))) => {
            json::parse_answer(text).is_ok_and(|parsed| compare::equal(Some(&parsed), Some(value)))
        }
        _ => compare::equal(a, b),
    }
}

fn blank(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        _ => false,
    }
}

fn says(value: &Value, truth: bool) -> bool {
    let words = if truth { ["true", "1"] } else { ["false", "0"] };
    (value.is_string() || value.is_number()) && words.contains(&json::to_js_string(value).to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_means_the_same() {
        for (a, b) in [
            (json!(1), json!("1")),
            (json!(""), json!(null)),
            (json!([]), json!("")),
            (json!(true), json!("true")),
            (json!(true), json!("1")),
            (json!(["\u{fffd}"]), json!("[\"\\ud83d\"]")),
        ] {
            assert!(same(Some(&a), Some(&b)) && same(Some(&b), Some(&a)), "{a} {b}");
        }
        for (a, b) in
            [(json!("a"), json!("A")), (json!(0), json!(null)), (json!(2), json!(true)), (json!("1"), json!("1.0")), (json!(["true"]), json!(true))]
        {
            assert!(!same(Some(&a), Some(&b)), "{a} {b}");
        }
    }
}
