//! Turning a value into the type that a field or a condition wants, as n8n's type validation does.

use jiff::tz::TimeZone;
use node_sdk::params::NonFinite;
use node_sdk::schema::{Check, validate_type};
use node_sdk::{Evaluated, Kind, json};
use serde_json::Value;

/// Types that a field can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldType {
    /// Text.
    String,
    /// A number; infinities count, NaN does not.
    Number,
    /// true or false.
    Boolean,
    /// A list.
    Array,
    /// An object, or null.
    Object,
}

impl FieldType {
    /// By n8n's word.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// The value in that type, or `None` where it does not fit.
pub(crate) fn convert(evaluated: &Evaluated, to: FieldType) -> Option<Value> {
    let Evaluated { value, kind } = evaluated;
    match (to, kind) {
        (FieldType::String, _) => Some(Value::String(string(value, *kind))),
        (FieldType::Number, Kind::NonFinite(NonFinite::Infinity | NonFinite::NegativeInfinity)) => Some(Value::Null),
        (_, Kind::NonFinite(_)) => None,
        (FieldType::Object, Kind::Date | Kind::DateTime | Kind::Other) => Some(value.clone()),
        (FieldType::Number, Kind::Date | Kind::DateTime) => crate::date::millis(value, &TimeZone::UTC).map(json::number),
        _ => validate_type("", value, to.word(), &Check { parse_strings: true, ..Check::default() }).ok(),
    }
}

/// Text: objects and lists as JSON; a `Date` and other objects that stand for a text as their JSON too, quotes and all; a `DateTime` as ISO text.
fn string(value: &Value, kind: Kind) -> String {
    match (value, kind) {
        (_, Kind::NonFinite(number)) => number.text().to_owned(),
        (value @ Value::String(_), Kind::Date | Kind::Other) => json::stringify(value),
        (value @ (Value::Object(_) | Value::Array(_)), _) => json::stringify(value),
        (value, _) => json::to_js_string(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn to(value: Value, to: FieldType) -> Option<Value> {
        convert(&Evaluated { value, kind: Kind::Json }, to)
    }

    #[test]
    fn booleans() {
        for (value, expected) in [
            (json!("true"), Some(true)),
            (json!("TRUE"), Some(true)),
            (json!("1"), Some(true)),
            (json!("0"), Some(false)),
            (json!(1), Some(true)),
            (json!(0), Some(false)),
            (json!("yes"), None),
            (json!(2), None),
            (json!(""), None),
            (json!({}), None),
        ] {
            assert_eq!(to(value.clone(), FieldType::Boolean), expected.map(Value::Bool), "{value}");
        }
    }

    #[test]
    fn objects_and_lists_from_text() {
        assert_eq!(to(json!("['a']"), FieldType::Array), Some(json!(["a"])));
        assert_eq!(to(json!("{a:1}"), FieldType::Object), Some(json!({"a": 1})));
        assert_eq!(to(json!("null"), FieldType::Object), Some(json!(null)));
        for (value, kind) in
            [(json!("1,2"), FieldType::Array), (json!("[1]"), FieldType::Object), (json!([1]), FieldType::Object), (json!(5), FieldType::Array)]
        {
            assert_eq!(to(value, kind), None);
        }
    }

    #[test]
    fn numbers_that_json_cannot_say() {
        for (number, as_text, as_number) in [
            (NonFinite::NaN, "NaN", None),
            (NonFinite::Infinity, "Infinity", Some(Value::Null)),
            (NonFinite::NegativeInfinity, "-Infinity", Some(Value::Null)),
        ] {
            let evaluated = Evaluated { value: Value::Null, kind: Kind::NonFinite(number) };
            assert_eq!(convert(&evaluated, FieldType::String), Some(json!(as_text)));
            assert_eq!(convert(&evaluated, FieldType::Number), as_number);
            assert_eq!(convert(&evaluated, FieldType::Array), None);
        }
    }

    #[test]
    fn dates_as_text() {
        let iso = || json!("2024-01-02T03:04:05.006Z");
        assert_eq!(string(&iso(), Kind::Date), "\"2024-01-02T03:04:05.006Z\"");
        assert_eq!(string(&iso(), Kind::DateTime), "2024-01-02T03:04:05.006Z");
        assert_eq!(string(&json!({"a": [1]}), Kind::Json), "{\"a\":[1]}");
    }
}
