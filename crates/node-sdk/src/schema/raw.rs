//! Parameters as the file has them.

use serde_json::{Map, Value};

/// The value at a dotted path; numbers index lists.
pub fn raw_at<'a>(map: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut steps = path.split('.');
    let value = map.get(steps.next()?)?;
    steps.try_fold(value, step_into)
}

/// One step of a dotted path.
pub(crate) fn step_into<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    match value {
        Value::Object(inner) => inner.get(step),
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        _ => None,
    }
}
