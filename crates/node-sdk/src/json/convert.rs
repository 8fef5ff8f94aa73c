//! Values as JavaScript converts and compares them.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::write::number_text;

/// Above it an integer is not exact in JavaScript (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A JavaScript number as JSON: integral values without a fraction, NaN and the infinities as null.
pub fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < EXACT {
        Value::Number(Number::from(value as i64))
    } else {
        Number::from_f64(value).map_or(Value::Null, Value::Number)
    }
}

/// The same value with every number as JavaScript holds it: integers beyond 2^53 lose their last digits.
pub fn as_javascript(mut value: Value) -> Value {
    round(&mut value);
    value
}

fn round(value: &mut Value) {
    match value {
        Value::Number(n) => *value = n.as_f64().map_or(Value::Null, number),
        Value::Array(list) => list.iter_mut().for_each(round),
        Value::Object(map) => map.values_mut().for_each(round),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Bytes as text; those that are no UTF-8 become U+FFFD.
pub fn lossy_text(bytes: &[u8]) -> Cow<'_, str> {
    // Most are UTF-8, and this sees it many times faster than `from_utf8_lossy`.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// JavaScript's `Number(value)`; `None` for NaN.
///
/// ```
/// use node_sdk::json::to_number;
/// use serde_json::json;
/// assert_eq!(to_number(&json!(" 0x1F ")), Some(31.0));
/// assert_eq!(to_number(&json!("")), Some(0.0));
/// assert_eq!(to_number(&json!("1,5")), None);
/// ```
pub fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => Some(0.0),
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Number(n) => n.as_f64(),
        Value::String(text) => text_to_number(text),
        Value::Array(_) => text_to_number(&to_js_string(value)),
        Value::Object(_) => None,
    }
}

fn text_to_number(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_js_space);
    if text.is_empty() {
        return Some(0.0);
    }
    for (prefixes, radix) in [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)] {
        if let Some(digits) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
            return radix_number(digits, radix);
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "Infinity" {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    // Rust also reads "inf" and "nan"; JavaScript's decimals hold no letter but the exponent's.
    let decimal =
        unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && unsigned.chars().all(|c| !c.is_alphabetic() || matches!(c, 'e' | 'E'));
    if decimal { text.parse().ok() } else { None }
}

fn radix_number(digits: &str, radix: u32) -> Option<f64> {
    let step = |sum: f64, c: char| c.to_digit(radix).map(|digit| sum * f64::from(radix) + f64::from(digit));
    if digits.is_empty() { None } else { digits.chars().try_fold(0.0, step) }
}

/// What JavaScript trims: its white space and line ends, with the byte order mark.
fn is_js_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
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

/// Whether two values are the same JSON, numbers compared by value: `1` is `1.0`. The order of keys does not count.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a == b || (!(is_integer(a) && is_integer(b)) && a.as_f64() == b.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b))),
        _ => left == right,
    }
}

fn is_integer(n: &Number) -> bool {
    n.is_i64() || n.is_u64()
}
