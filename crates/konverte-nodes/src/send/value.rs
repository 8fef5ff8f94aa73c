//! Native mode's values: what was set, in the type that the server takes.

use node_sdk::action::{JsonKind, Param, ParamType};
use node_sdk::json::{number_text, parse_text};
use node_sdk::params::{ItemParams, Kind};
use node_sdk::{ErrorCode, NodeError};
use serde_json::{Number, Value};

use crate::codes;

/// A parameter's value in the type that the server takes; `None` where it is not set.
pub(super) fn read(params: &ItemParams<'_>, param: &Param) -> Result<Option<Value>, NodeError> {
    let wrong = |unfit: Unfit| Err(unfit.of(param).item(params.index()));
    let value = params.evaluated(param.key())?.filter(|value| value.kind != Kind::Undefined);
    let missing = || Err(missing(param.key(), &param.summary).item(params.index()));
    let Some(value) = value else {
        if param.whole {
            return Err(emptied(param).item(params.index()));
        }
        return if param.is_wanted() { missing() } else { Ok(None) };
    };
    if matches!(value.kind, Kind::NonFinite(_)) {
        return wrong(Unfit { code: codes::TYPE, why: "is not a number that can be sent (NaN or an infinity)".to_owned() });
    }
    match convert(value.value, param.native_kind(), param.json) {
        Ok(value) if param.whole && says_nothing(&value) => Err(emptied(param).item(params.index())),
        Ok(Value::Null) if !param.takes_null() => missing(),
        Ok(value) => Ok(Some(value)),
        Err(unfit) => wrong(unfit),
    }
}

/// Whether a value is none of which a whole list or object can be made: null, or a list of nothing but null and blank texts. The
/// server takes both for an empty list; an empty list itself is what somebody wants.
pub(crate) fn says_nothing(value: &Value) -> bool {
    let is_blank = |entry: &Value| entry.is_null() || entry.as_str().is_some_and(|text| text.trim().is_empty());
    value.is_null() || value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(is_blank))
}

/// A whole would be replaced by nothing.
pub(crate) fn emptied(param: &Param) -> NodeError {
    let key = param.key();
    NodeError::coded(
        codes::WHOLE,
        format!("\"{key}\" has no value, and what it says takes the place of the whole list: all that is there would be gone"),
    )
    .parameter(key)
    .help(format!("Give the whole list. To empty it on purpose, give []. {}", param.summary))
}

/// A parameter that has no value; `what` says what it is.
pub(super) fn missing(name: &str, what: &str) -> NodeError {
    NodeError::coded(codes::MISSING, format!("The parameter \"{name}\" is required")).parameter(name).help(what)
}

/// Why a value does not fit its parameter.
#[derive(Debug, PartialEq)]
pub(crate) struct Unfit {
    /// [`codes::TYPE`], [`codes::JSON`] or [`codes::MISSING`].
    pub code: ErrorCode,
    /// The rest of a sentence that begins with the parameter.
    pub why: String,
}

impl Unfit {
    /// As an error of this parameter.
    pub(super) fn of(self, param: &Param) -> NodeError {
        NodeError::coded(self.code, format!("The parameter \"{}\" {}", param.key(), self.why)).parameter(param.key()).help(&*param.summary)
    }
}

/// A value in a type; null stays null.
pub(crate) fn convert(value: Value, kind: ParamType, json: Option<JsonKind>) -> Result<Value, Unfit> {
    let fits = match (kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (ParamType::Json, value) => return to_json(value, json),
        (ParamType::String | ParamType::Options, Value::String(text)) => Ok(Value::String(text)),
        (ParamType::String | ParamType::Options, Value::Number(n)) => Ok(Value::String(number_text(&n))),
        (ParamType::String | ParamType::Options, Value::Bool(b)) => Ok(Value::String(b.to_string())),
        (ParamType::Integer, Value::Number(n)) => to_integer(n),
        (ParamType::Integer, Value::String(text)) => match text.trim().parse::<i64>() {
            Ok(n) => Ok(n.into()),
            Err(_) => text.trim().parse::<u64>().map(Value::from).map_err(|_| Value::String(text)),
        },
        (ParamType::Number, Value::Number(n)) => Ok(Value::Number(n)),
        (ParamType::Number, Value::String(text)) => match text.trim().parse::<Number>() {
            Ok(n) => Ok(Value::Number(n)),
            Err(_) => Err(Value::String(text)),
        },
        (ParamType::Boolean, Value::Bool(b)) => Ok(Value::Bool(b)),
        (ParamType::Boolean, Value::String(text)) if text == "true" || text == "false" => Ok(Value::Bool(text == "true")),
        (_, other) => Err(other),
    };
    fits.map_err(|value| Unfit { code: codes::TYPE, why: format!("must be {}, but is {}", wanted(kind), found(&value)) })
}

fn to_integer(n: Number) -> Result<Value, Value> {
    if n.is_i64() || n.is_u64() {
        return Ok(Value::Number(n));
    }
    match n.as_f64() {
        Some(f) if f.fract() == 0.0 && f.abs() <= 9_007_199_254_740_991.0 => Ok(Value::from(f as i64)),
        _ => Err(Value::Number(n)),
    }
}

fn to_json(value: Value, kind: Option<JsonKind>) -> Result<Value, Unfit> {
    let value = match value {
        Value::String(text) => parse_text(&text).map_err(|error| Unfit { code: codes::JSON, why: format!("is text that is not JSON: {error}") })?,
        other => other,
    };
    let (fits, wanted) = match kind {
        Some(JsonKind::Object) => (value.is_object(), "an object"),
        Some(_) => (value.is_array(), "a list"),
        None => (value.is_object() || value.is_array(), "an object or a list"),
    };
    if fits || value.is_null() { Ok(value) } else { Err(Unfit { code: codes::TYPE, why: format!("must be {wanted}, but is {}", found(&value)) }) }
}

fn wanted(kind: ParamType) -> &'static str {
    match kind {
        ParamType::Integer => "a whole number",
        ParamType::Number => "a number",
        ParamType::String | ParamType::Options => "text",
        ParamType::Boolean => "true or false",
        ParamType::Json => "an object or a list",
    }
}

/// A value in a message.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) if text.chars().count() > 40 => format!("\"{}…\"", text.chars().take(40).collect::<String>()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_take_the_type_that_the_server_takes() {
        use ParamType::{Boolean, Integer, Json, Number, String};
        let fits = [
            (json!(9_223_372_036_854_775_807_i64), Integer, json!(9_223_372_036_854_775_807_i64)),
            (json!("18446744073709551615"), Integer, json!(18_446_744_073_709_551_615_u64)),
            (json!(3.0), Integer, json!(3)),
            (json!("1.5"), Number, json!(1.5)),
            (json!(12), String, json!("12")),
            (json!("true"), Boolean, json!(true)),
            (json!("[1]"), Json, json!([1])),
            (json!({"a": 1}), Json, json!({"a": 1})),
            (json!(null), Integer, json!(null)),
        ];
        for (value, kind, want) in fits {
            assert_eq!(convert(value.clone(), kind, None), Ok(want), "{value}");
        }
        let unfit =
            [(json!("x"), Integer), (json!(1.5), Integer), (json!([]), String), (json!(1), Boolean), (json!("{bad"), Json), (json!("5"), Json)];
        for (value, kind) in unfit {
            assert!(convert(value.clone(), kind, None).is_err(), "{value}");
        }
        assert!(convert(json!([]), Json, Some(JsonKind::Object)).is_err());
        assert!(convert(json!({}), Json, Some(JsonKind::Integers)).is_err());
    }
}
