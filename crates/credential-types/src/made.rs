//! What the code of a package makes of a credential.

use node_sdk::NodeError;
use serde_json::{Map, Value};

use crate::request::invalid;

/// Of the fields that a package's `preAuthentication` made for a type with these properties those that hold a session: those that people do not fill in. What
/// people say, such as an address, no code changes. `learned` is told of those that are secrets.
pub(crate) fn made_session(
    (name, properties): (&str, &[Value]),
    made: Map<String, Value>,
    learned: &(dyn Fn(&str) + Send + Sync),
) -> Result<Map<String, Value>, NodeError> {
    let mut session = Map::new();
    for (field, value) in made {
        let Some(property) = properties.iter().find(|property| property.get("name").and_then(Value::as_str) == Some(&field)) else { continue };
        let expires = property.pointer("/typeOptions/expirable") == Some(&Value::Bool(true));
        if !expires && property.get("type").and_then(Value::as_str) != Some("hidden") {
            continue;
        }
        if is_expression(&value) {
            return Err(invalid(format!("The credential type \"{name}\" makes an expression of its field `{field}`")));
        }
        // Which of the other fields are secrets nobody says: words and addresses are none.
        let is_secret = |text: &str| expires || (text.len() >= 8 && !text.starts_with("http"));
        texts(&value, &mut |text| {
            if is_secret(text) {
                learned(text);
            }
        });
        session.insert(field, value);
    }
    Ok(session)
}

/// Whether a value would be evaluated where it is read again.
pub(crate) fn is_expression(value: &Value) -> bool {
    let mut found = false;
    texts(value, &mut |text| found |= text.starts_with('='));
    found
}

/// Tells of each text in a value.
fn texts(value: &Value, tell: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => tell(text),
        Value::Array(list) => list.iter().for_each(|value| texts(value, tell)),
        Value::Object(map) => map.values().for_each(|value| texts(value, tell)),
        _ => {}
    }
}
