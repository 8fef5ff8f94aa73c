//! How deep values are nested.

use serde_json::Value;

use super::MAX_DEPTH;
use crate::error::{NodeError, codes};

/// Refuses a value that `above` levels more would nest deeper than [`MAX_DEPTH`]: beyond it, writing and dropping items would end the stack.
///
/// What is read is no deeper than that, so a node asks only where it makes an item deeper than those that came in: where it puts a value
/// below another, or puts out what an expression made. The engine's debug build looks at everything that nodes put out.
///
/// ```
/// use node_sdk::error::codes;
/// use node_sdk::json::{MAX_DEPTH, check_depth};
/// let nested = |levels| (0..levels).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
/// assert!(check_depth(&nested(MAX_DEPTH - 2), 2).is_ok());
/// assert_eq!(check_depth(&nested(MAX_DEPTH - 1), 2).unwrap_err().code, codes::TOO_DEEP);
/// ```
///
/// # Errors
/// [`codes::TOO_DEEP`].
pub fn check_depth(value: &Value, above: usize) -> Result<(), NodeError> {
    if !deeper_than(value, MAX_DEPTH.saturating_sub(above)) {
        return Ok(());
    }
    Err(too_deep())
}

/// The error of a value that is nested deeper than [`MAX_DEPTH`], and of a text that would be such a value ([`JsonErrorKind::TooDeep`]).
///
/// [`JsonErrorKind::TooDeep`]: super::JsonErrorKind::TooDeep
pub fn too_deep() -> NodeError {
    let message = format!("A value that the node reads or puts out is nested deeper than {MAX_DEPTH} levels");
    NodeError::coded(codes::TOO_DEEP, message).help("Look for a field that holds the whole item and grows in a loop, or for a name with many dots.")
}

/// Whether lists and objects are nested deeper than so many levels. It looks no deeper than that, so its own stack is bounded.
fn deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Object(_) | Value::Array(_) if levels == 0 => true,
        Value::Object(map) => map.values().any(|inner| deeper_than(inner, levels - 1)),
        Value::Array(list) => list.iter().any(|inner| deeper_than(inner, levels - 1)),
        _ => false,
    }
}
