//! JavaScript's views of values that may be undefined (`None`).

use node_sdk::json;
use serde_json::Value;

/// `Number(value)`, with NaN.
pub(crate) fn to_number(value: Option<&Value>) -> f64 {
    value.and_then(json::to_number).unwrap_or(f64::NAN)
}

/// `typeof value`.
pub(crate) fn type_of(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Null | Value::Array(_) | Value::Object(_)) => "object",
    }
}

/// `String(value)`.
pub(crate) fn text(value: Option<&Value>) -> String {
    value.map_or_else(|| "undefined".to_owned(), json::to_js_string)
}
