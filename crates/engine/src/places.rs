//! Where a text stands in the parameters of a node.

use serde_json::{Map, Value};

/// The dotted path of the parameter that holds this text.
pub(crate) fn find_path(parameters: &Map<String, Value>, text: &str) -> Option<String> {
    parameters.iter().find_map(|(key, value)| find_in(value, text).map(|rest| format!("{key}{rest}")))
}

fn find_in(value: &Value, text: &str) -> Option<String> {
    match value {
        Value::String(found) => (found == text).then(String::new),
        Value::Array(list) => list.iter().enumerate().find_map(|(i, v)| Some(format!(".{i}{}", find_in(v, text)?))),
        Value::Object(map) => map.iter().find_map(|(key, v)| Some(format!(".{key}{}", find_in(v, text)?))),
        _ => None,
    }
}
