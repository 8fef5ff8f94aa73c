//! One node of a workflow as its checks see it: mode, action, parameters.

use node_sdk::ErrorCode;
use node_sdk::action::ActionSpec;
use node_sdk::json::{as_javascript, parse_answer, to_js_string};
use node_sdk::node::{Finding, Level};
use serde_json::{Map, Value};

/// How requests are made from parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What n8n sends, defaults and all.
    N8n,
    /// What was set and nothing else.
    Native,
}

/// The parameters of a node, as its mode will send them.
pub(crate) struct Seen<'a> {
    pub mode: Mode,
    pub action: &'a ActionSpec,
    pub parameters: &'a Map<String, Value>,
}

impl Seen<'_> {
    /// What will be sent for a parameter; `None` where nothing is, or where only the run can tell.
    pub(crate) fn literal(&self, key: &str) -> Option<Value> {
        let set = self.parameters.get(key).filter(|value| self.mode == Mode::N8n || !value.is_null());
        let default = || self.action.params.iter().find(|param| param.key() == key)?.default.to_value();
        let value = match (set, self.mode) {
            (Some(value), _) => value.clone(),
            (None, Mode::N8n) => default()?,
            (None, Mode::Native) => return None,
        };
        (!is_expression(&value)).then_some(value)
    }

    /// The JSON that will be sent for a parameter, read out of its text.
    pub(crate) fn json(&self, key: &str) -> Option<Value> {
        match self.literal(key)? {
            value if self.mode == Mode::N8n => parsed(&value).ok(),
            Value::String(text) => parse_answer(&text).ok(),
            other => Some(other),
        }
    }

    /// A warning about a parameter.
    pub(crate) fn warn(&self, code: &ErrorCode, key: &str, message: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding {
            code: code.clone(),
            level: Level::Warning,
            message: message.into(),
            help: Some(help.into()),
            parameter: Some(key.to_owned()),
            offset: None,
        }
    }
}

/// What n8n sends for a JSON parameter: what JavaScript's `JSON.parse` makes of the value's text. The list `[5]` has the text `5`.
///
/// # Errors
/// Why it is left out.
pub(crate) fn parsed(value: &Value) -> Result<Value, String> {
    let text = to_js_string(value);
    // JavaScript's JSON knows no byte order mark.
    if text.starts_with('\u{feff}') {
        return Err("it begins with a byte order mark".to_owned());
    }
    parse_answer(&text).map(as_javascript).map_err(|error| match value {
        Value::Array(_) | Value::Object(_) => format!("it is not text, and n8n reads its text \"{text}\""),
        _ => error.to_string(),
    })
}

/// Whether an expression stands anywhere in the value.
pub(crate) fn is_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with('='),
        Value::Array(list) => list.iter().any(is_expression),
        Value::Object(map) => map.values().any(is_expression),
        _ => false,
    }
}
