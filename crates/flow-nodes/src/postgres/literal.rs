//! Values as they stand in a statement: literals and names. Whatever a value is, it stays one.

use node_sdk::json::{number_text, stringify};
use serde_json::Value;

/// A value as a literal.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        // Behind another minus it would begin a comment.
        Value::Number(number) if number_text(number).starts_with('-') => format!("({})", number_text(number)),
        Value::Number(number) => number_text(number),
        Value::String(text) => quoted(text),
        Value::Array(list) if list.is_empty() => "'{}'".to_owned(),
        Value::Array(list) => format!("array[{}]", list.iter().map(element).collect::<Vec<_>>().join(",")),
        Value::Object(_) => quoted(&stringify(value)),
    }
}

/// Within an array, lists are rows of it.
fn element(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(element).collect::<Vec<_>>().join(",")),
        other => literal(other),
    }
}

/// A text. One with a backslash is written so that it is read the same whatever `standard_conforming_strings` says.
pub(super) fn quoted(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') { format!("E'{}'", doubled.replace('\\', "\\\\")) } else { format!("'{doubled}'") }
}

/// A name of a table or a column.
pub(super) fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Names with commas between; `*` is all.
pub(super) fn names<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(|text| if text == "*" { text.to_owned() } else { name(text) }).collect::<Vec<_>>().join(",")
}

/// Values with commas between.
pub(super) fn list<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    values.into_iter().map(literal).collect::<Vec<_>>().join(",")
}
