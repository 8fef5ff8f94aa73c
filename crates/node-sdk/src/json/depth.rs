//! How deep values are nested.

use serde_json::Value;

use super::MAX_DEPTH;

/// Whether lists and objects are nested deeper than [`MAX_DEPTH`]. It looks no deeper than that, so its own stack is bounded.
///
/// ```
/// use node_sdk::json::{MAX_DEPTH, too_deep};
/// let nested = |levels| (0..levels).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
/// assert!(!too_deep(&nested(MAX_DEPTH)) && too_deep(&nested(MAX_DEPTH + 1)));
/// ```
pub fn too_deep(value: &Value) -> bool {
    deeper_than(value, MAX_DEPTH)
}

fn deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Object(_) | Value::Array(_) if levels == 0 => true,
        Value::Object(map) => map.values().any(|inner| deeper_than(inner, levels - 1)),
        Value::Array(list) => list.iter().any(|inner| deeper_than(inner, levels - 1)),
        _ => false,
    }
}
