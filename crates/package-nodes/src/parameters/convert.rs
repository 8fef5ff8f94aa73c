//! What `ensureType` makes of a value.

use node_sdk::json::{parse_answer, stringify, to_js_string, to_number, truthy};
use serde_json::Value;

/// A type that node code insists on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text; lists and objects as JSON.
    String,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// An object.
    Object,
    /// A list.
    Array,
    /// What JSON text says; other values as they are.
    Json,
}

impl Type {
    /// The type of this word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "object" => Self::Object,
            "array" => Self::Array,
            "json" => Self::Json,
            _ => return None,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::String => "text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Object => "an object",
            Self::Array => "a list",
            Self::Json => "JSON",
        }
    }

    /// The value as one of this type; `Err`: the end of a sentence about it. Null stays null: it is for node code to say what is missing.
    pub(super) fn ensure(self, value: Value) -> Result<Value, String> {
        let unfit = |value: &Value| format!("has to be {}, but is {}", self.word(), shown(value));
        Ok(match (self, value) {
            (_, Value::Null) => Value::Null,
            (Self::String, value @ (Value::Object(_) | Value::Array(_))) => Value::String(stringify(&value)),
            (Self::String, value) => Value::String(to_js_string(&value)),
            (Self::Number, value) => to_number(&value).map(node_sdk::json::number).ok_or_else(|| unfit(&value))?,
            (Self::Boolean, value) => Value::Bool(truthy(&value)),
            (Self::Object, value @ (Value::Object(_) | Value::Array(_))) | (Self::Array, value @ Value::Array(_)) => value,
            (Self::Json, Value::String(text)) => parse_answer(&text).map_err(|_| unfit(&Value::String(text)))?,
            (Self::Json, value) => value,
            (Self::Object | Self::Array, value) => return Err(unfit(&value)),
        })
    }
}

fn shown(value: &Value) -> String {
    let text = stringify(value);
    if text.chars().count() > 60 { format!("{}…", text.chars().take(60).collect::<String>()) } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_made_to_fit_or_refused() {
        for (kind, value, expected) in [
            (Type::String, json!(12), Some(json!("12"))),
            (Type::String, json!({"a": 1}), Some(json!("{\"a\":1}"))),
            (Type::String, json!(null), Some(json!(null))),
            (Type::Number, json!("12"), Some(json!(12))),
            (Type::Number, json!("x"), None),
            (Type::Boolean, json!("no"), Some(json!(true))),
            (Type::Object, json!({}), Some(json!({}))),
            (Type::Object, json!("{}"), None),
            (Type::Array, json!([1]), Some(json!([1]))),
            (Type::Array, json!({}), None),
            (Type::Json, json!("[1, 2]"), Some(json!([1, 2]))),
            (Type::Json, json!("[1"), None),
            (Type::Json, json!({"a": 1}), Some(json!({"a": 1}))),
        ] {
            assert_eq!(kind.ensure(value.clone()).ok(), expected, "{kind:?} of {value}");
        }
        assert_eq!(Type::Array.ensure(json!({})).unwrap_err(), "has to be a list, but is {}");
    }
}
