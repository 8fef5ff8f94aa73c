//! Fields that are given as one piece of JSON, with expressions in it.

use node_sdk::{Evaluated, ItemParams, Kind, NodeError, json, schema};
use serde_json::{Map, Value};

const PATH: &str = "jsonOutput";

/// The object of one item.
pub(super) fn resolve(raw: Option<&Value>, params: &ItemParams<'_>) -> Result<Map<String, Value>, NodeError> {
    let value = match raw {
        Some(Value::String(text)) => parse(&fill_in(text, params)?, params.index())?,
        Some(other) => params.resolve(other, PATH)?.value,
        None => Value::Object(Map::new()),
    };
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(invalid(params.index(), "does not contain a valid JSON object")),
    }
}

/// The text with each `{{ }}` replaced by its value. Unlike in other parameters an object becomes JSON.
fn fill_in(text: &str, params: &ItemParams<'_>) -> Result<String, NodeError> {
    let Some(template) = text.strip_prefix('=') else { return Ok(text.to_owned()) };
    let mut rest = template.trim_start_matches('=');
    let mut filled = String::with_capacity(rest.len());
    while let Some(start) = rest.find("{{") {
        let Some(end) = rest[start..].find("}}").map(|end| start + end + 2) else { break };
        filled.push_str(&rest[..start]);
        let expression = Value::String(format!("={}", &rest[start..end]));
        filled.push_str(&text_of(params.resolve(&expression, PATH)?));
        rest = &rest[end..];
    }
    filled.push_str(rest);
    Ok(filled)
}

fn text_of(Evaluated { value, kind }: Evaluated) -> String {
    match kind {
        Kind::Undefined => "undefined".to_owned(),
        Kind::NonFinite(number) => number.text().to_owned(),
        Kind::Date | Kind::DateTime | Kind::Other => json::stringify(&value),
        Kind::Json if value.is_object() || value.is_array() => json::stringify(&value),
        Kind::Json => json::to_js_string(&value),
    }
}

fn parse(text: &str, item: usize) -> Result<Value, NodeError> {
    schema::parse_loose_json(text).ok_or_else(|| invalid(item, "contains invalid JSON").description(text))
}

fn invalid(item: usize, what: &str) -> NodeError {
    NodeError::new(format!("The 'JSON Output' in item {item} {what}")).parameter(PATH).item(item)
}
