//! Single values, checked and converted as n8n does it.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use regex::Regex;
use serde_json::{Map, Value};

use super::date_time::{iso_text, parse_date_time, pattern};
use super::loose::parse_loose_json;
use crate::json::{number, parse_answer, same, stringify, to_js_string, to_number};

/// How strictly [`validate_type`] looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Check<'a> {
    /// Nothing is converted: the value must already have the type.
    pub strict: bool,
    /// For `string`: other values become text; without it they pass as they are.
    pub parse_strings: bool,
    /// For `options`: the values that are allowed.
    pub choices: &'a [Value],
    /// The zone of dates that name none; UTC without it.
    pub zone: Option<&'a TimeZone>,
}

/// The value converted to `kind`, or n8n's text of why it cannot be.
///
/// `kind` is one of `string`, `string-alphanumeric`, `number`, `boolean`, `dateTime`, `time`, `array`, `object`, `options`, `url`, `jwt`,
/// `form-fields`; any other word accepts everything. Null passes. A `dateTime` becomes ISO text.
///
/// ```
/// use node_sdk::schema::{Check, validate_type};
/// use serde_json::json;
/// assert_eq!(validate_type("x", &json!("12"), "number", &Check::default()), Ok(json!(12)));
/// assert_eq!(validate_type("x", &json!("abc"), "number", &Check::default()), Err("'x' expects a number but we got 'abc'".into()));
/// ```
pub fn validate_type(field: &str, value: &Value, kind: &str, check: &Check<'_>) -> Result<Value, String> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let got = describe(value);
    let unfit = || format!("'{field}' expects a {kind} but we got {got}");
    let strictly = |fits: bool| if check.strict && !fits { Err(unfit()) } else { Ok(()) };
    match kind.to_lowercase().as_str() {
        "string" if !check.parse_strings => Ok(value.clone()),
        "string" => strictly(value.is_string()).map(|()| Value::String(text(value))),
        "string-alphanumeric" => {
            alphanumeric(value).ok_or_else(|| "Value is not a valid alphanumeric string, only letters, numbers and underscore allowed".to_owned())
        }
        "number" => strictly(value.is_number()).and_then(|()| to_exact_number(value).ok_or_else(unfit)),
        "boolean" => strictly(value.is_boolean()).and_then(|()| boolean(value).map(Value::Bool).ok_or_else(unfit)),
        "datetime" => {
            let zone = check.zone.cloned().unwrap_or(TimeZone::UTC);
            let parsed = parse_date_time(&to_js_string(value), &zone);
            parsed.map(|time| Value::String(iso_text(&time))).ok_or_else(|| unfit() + FORMAT_HINT)
        }
        "time" => time(value).ok_or_else(|| format!("'{field}' expects time (hh:mm:(:ss)) but we got {got}.")),
        "object" => strictly(value.is_object()).and_then(|()| object(value).ok_or_else(unfit)),
        "array" => strictly(value.is_array()).and_then(|()| list(value).ok_or_else(unfit)),
        "options" if check.choices.iter().any(|choice| same(choice, value)) => Ok(value.clone()),
        "options" => {
            let allowed: Vec<String> = check.choices.iter().map(to_js_string).collect();
            Err(format!("'{field}' expects one of the following values: [{}] but we got {got}", allowed.join(", ")))
        }
        "url" => url(value).ok_or_else(unfit),
        "jwt" => jwt(value).ok_or_else(|| "Value is not a valid JWT token".to_owned()),
        "form-fields" => form_fields(value),
        _ => Ok(value.clone()),
    }
}

/// n8n's advice, which is part of the text that becomes data.
const FORMAT_HINT: &str = " <br/><br/> Consider using <a href=\"https://moment.github.io/luxon/api-docs/index.html#datetimefromformat\" target=\"_blank\"><code>DateTime.fromFormat</code></a> to work with custom date formats.";

fn describe(value: &Value) -> String {
    match value {
        Value::Array(_) => "array".into(),
        Value::Object(_) => "object".into(),
        other => format!("'{}'", to_js_string(other)),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => stringify(value),
        other => to_js_string(other),
    }
}

fn alphanumeric(value: &Value) -> Option<Value> {
    let text = text(value);
    let fits = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then_some(Value::String(text))
}

/// A number stays as it is; anything else becomes JavaScript's.
fn to_exact_number(value: &Value) -> Option<Value> {
    if value.is_number() { Some(value.clone()) } else { to_number(value).map(number) }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::String(text) if text.trim().is_empty() => None,
        other => match to_number(other) {
            Some(0.0) => Some(false),
            Some(1.0) => Some(true),
            _ => None,
        },
    }
}

/// `hh:mm`, with seconds and an offset where they are given.
fn time(value: &Value) -> Option<Value> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d{2}:\d{2}(:\d{2})?([-+]\d{4})?([-+]\d{1,2}(:\d{2})?)?$"));
    let text = to_js_string(value);
    TIME.is_match(&text).then_some(Value::String(text))
}

fn object(value: &Value) -> Option<Value> {
    match value {
        Value::Object(_) => Some(value.clone()),
        other => parse_loose_json(&to_js_string(other)).filter(|parsed| parsed.is_object() || parsed.is_null()),
    }
}

fn list(value: &Value) -> Option<Value> {
    if value.is_array() {
        return Some(value.clone());
    }
    let text = to_js_string(value);
    let parsed = parse_answer(&text).or_else(|_| parse_answer(&text.replace('\'', "\""))).ok()?;
    parsed.is_array().then_some(parsed)
}

fn url(value: &Value) -> Option<Value> {
    static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(https?|ftp|file)://\S+|www\.\S+"));
    let mut text = to_js_string(value);
    if value.is_string() && !text.contains("://") {
        text = format!("https://{text}");
    }
    URL.is_match(&text).then_some(Value::String(text))
}

fn jwt(value: &Value) -> Option<Value> {
    static JWT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_.+/=-]+$"));
    let text = to_js_string(value);
    (crate::json::truthy(value) && JWT.is_match(&text)).then_some(Value::String(text))
}

/// A form's fields as JSON: a list of objects with known keys.
fn form_fields(value: &Value) -> Result<Value, String> {
    const KEYS: [&str; 13] = [
        "fieldLabel",
        "fieldType",
        "placeholder",
        "fieldOptions",
        "multiselect",
        "multipleFiles",
        "acceptFileTypes",
        "formatDate",
        "requiredField",
        "fieldValue",
        "elementName",
        "html",
        "fieldName",
    ];
    let invalid = || "Value is not valid JSON".to_owned();
    let parsed = if value.is_string() { parse_loose_json(&to_js_string(value)) } else { None };
    let Some(Value::Array(mut fields)) = parsed else { return Err(invalid()) };
    for (index, field) in fields.iter_mut().enumerate() {
        let field = field.as_object_mut().ok_or_else(invalid)?;
        if let Some(key) = field.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!("Key '{key}' in field {index} is not valid for form fields"));
        }
        form_field(field, index)?;
    }
    Ok(Value::Array(fields))
}

fn form_field(field: &mut Map<String, Value>, index: usize) -> Result<(), String> {
    const TYPES: [&str; 12] =
        ["date", "dropdown", "email", "file", "number", "password", "text", "textarea", "checkbox", "radio", "html", "hiddenField"];
    for (key, value) in field.iter_mut() {
        match value {
            _ if key == "fieldOptions" => form_options(value, index)?,
            Value::String(text) => *text = text.replace('<', "&lt;").replace('>', "&gt;"),
            Value::Number(_) | Value::Bool(_) => {}
            _ => *value = Value::String(to_js_string(value)),
        }
        if key == "fieldType" && !TYPES.contains(&to_js_string(value).as_str()) {
            return Err(format!("Field type '{}' in field {index} is not valid for form fields", to_js_string(value)));
        }
    }
    Ok(())
}

fn form_options(value: &mut Value, index: usize) -> Result<(), String> {
    if value.is_array() {
        *value = serde_json::json!({"values": value.take()});
    }
    let Some(options) = value.get("values").and_then(Value::as_array) else {
        return Err(format!("Field dropdown in field {index} does has no 'values' property that contain an array of options"));
    };
    let fits = |option: &Value| option.as_object().is_some_and(|map| map.len() == 1 && map.get("option").is_some_and(Value::is_string));
    options
        .iter()
        .position(|option| !fits(option))
        .map_or(Ok(()), |option| Err(format!("Field dropdown in field {index} has an invalid option {option}")))
}
