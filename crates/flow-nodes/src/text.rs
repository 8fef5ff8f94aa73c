//! Values where text is wanted. JavaScript makes a text of any value, or calls a method of text that other values do not have: what
//! n8n's nodes do follows from which of the two theirs does.

use node_sdk::error::codes::PARAMETER;
use node_sdk::{Evaluated, Kind, NodeError, json};
use serde_json::Value;

/// How V8 names what n8n's nodes call `split` of.
pub(crate) const PARAMETER_CALL: &str = "this.getNodeParameter(...)";

/// `String(value)`: what a value becomes as a key or in a message.
pub(crate) fn of(given: &Evaluated) -> String {
    match given.kind {
        Kind::Undefined => "undefined".to_owned(),
        Kind::NonFinite(number) => number.text().to_owned(),
        _ => json::to_js_string(&given.value),
    }
}

/// The text whose method is called, or V8's words for a value that has no such method. `what` is how V8 names the value.
pub(crate) fn receiver<'a>(value: Option<&'a Value>, what: &str, method: &str) -> Result<&'a str, NodeError> {
    let message = match value {
        Some(Value::String(text)) => return Ok(text),
        None => expression::unreadable("undefined", method),
        Some(Value::Null) => expression::unreadable("null", method),
        Some(_) => format!("{what}.{method} is not a function"),
    };
    Err(NodeError::new(message).named("TypeError"))
}

/// A text, where n8n fails on any other value in words that are not recorded.
pub(crate) fn wanted<'a>(value: Option<&'a Value>, path: &str) -> Result<&'a str, NodeError> {
    value.and_then(Value::as_str).ok_or_else(|| no_text(value, path))
}

/// The error of a value that is no text; `None` is undefined.
pub(crate) fn no_text(value: Option<&Value>, path: &str) -> NodeError {
    let given = match value {
        Some(Value::Null) => "null",
        Some(Value::String(_)) => "a text",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
        Some(Value::Number(_)) => "a number",
        Some(Value::Bool(_)) => "a boolean",
        None => "undefined",
    };
    let message = format!("The parameter \"{path}\" must be a text, but it is {given}");
    NodeError::coded(PARAMETER, message).parameter(path).help("Look at what its expression gives for the first item.")
}

#[cfg(test)]
mod tests {
    use node_sdk::params::NonFinite;
    use serde_json::json;

    use super::*;

    #[test]
    fn any_value_as_text() {
        for (value, kind, text) in [
            (json!(null), Kind::Json, "null"),
            (json!(null), Kind::Undefined, "undefined"),
            (json!(null), Kind::NonFinite(NonFinite::NaN), "NaN"),
            (json!(true), Kind::Json, "true"),
            (json!(1.50), Kind::Json, "1.5"),
            (json!({"a": 1}), Kind::Json, "[object Object]"),
            (json!([1, [null, "a"], {}]), Kind::Json, "1,,a,[object Object]"),
        ] {
            assert_eq!(of(&Evaluated { value, kind }), text);
        }
    }

    #[test]
    fn what_is_no_text_has_no_methods_of_text() {
        let message = |value: Option<Value>| receiver(value.as_ref(), PARAMETER_CALL, "split").map(str::to_owned).map_err(|error| error.message);
        assert_eq!(message(Some(json!("a,b"))), Ok("a,b".to_owned()));
        assert_eq!(message(Some(json!(["a"]))), Err("this.getNodeParameter(...).split is not a function".to_owned()));
        assert_eq!(message(Some(json!(null))), Err("Cannot read properties of null (reading 'split')".to_owned()));
        assert_eq!(message(None), Err("Cannot read properties of undefined (reading 'split')".to_owned()));
        let message = |value: Option<Value>| wanted(value.as_ref(), "p").map(str::to_owned).map_err(|error| error.message);
        assert_eq!(message(Some(json!(5))), Err("The parameter \"p\" must be a text, but it is a number".to_owned()));
        assert_eq!(message(None), Err("The parameter \"p\" must be a text, but it is undefined".to_owned()));
    }
}
