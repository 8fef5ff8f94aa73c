//! Parameters as the file has them.

use serde_json::{Map, Value};

/// The value at a dotted path; numbers index lists.
pub fn raw_at<'a>(map: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let mut value = map.get(parts.next()?)?;
    for part in parts {
        value = match value {
            Value::Object(inner) => inner.get(part)?,
            Value::Array(list) => list.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}
