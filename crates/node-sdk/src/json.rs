//! JSON as JavaScript sees it, and reading it with our limits.

use serde_json::{Number, Value};

/// A JavaScript number as JSON: integral values without a fraction, NaN and the infinities as null.
pub fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        Value::Number(Number::from(value as i64))
    } else {
        Number::from_f64(value).map_or(Value::Null, Value::Number)
    }
}

/// JavaScript's `Number(value)`; `None` for NaN.
pub fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => Some(0.0),
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Number(n) => n.as_f64(),
        Value::String(text) => {
            let text = text.trim();
            if text.is_empty() { Some(0.0) } else { text.parse::<f64>().ok().filter(|n| n.is_finite()) }
        }
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// JavaScript's truthiness.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64().is_some_and(|n| n != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// JavaScript's `String(value)`.
pub fn to_js_string(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => number_text(n),
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let parts = list.iter().map(|v| if v.is_null() { String::new() } else { to_js_string(v) });
            parts.collect::<Vec<_>>().join(",")
        }
        Value::Object(_) => "[object Object]".into(),
    }
}
fn number_text(n: &Number) -> String {
    n.to_string()
}
