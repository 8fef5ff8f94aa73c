//! What the code of a Function may return.

use expression::code::CodeValue;
use node_sdk::{Item, NodeError};
use serde_json::{Map, Value};

use crate::code::shape;

/// The items. What is no list of them fails with the words of n8n, whose engine they are.
pub(super) fn items(value: CodeValue) -> Result<Vec<Item>, NodeError> {
    let list = match value {
        CodeValue::Undefined => return Err(not_returned("Cannot read properties of undefined (reading 'every')")),
        CodeValue::Json(Value::Null) => return Err(not_returned("Cannot read properties of null (reading 'json')")),
        CodeValue::Json(Value::Array(list)) => list,
        CodeValue::Json(Value::Object(map)) if map.get("json").is_some_and(node_sdk::json::truthy) => vec![Value::Object(map)],
        CodeValue::Json(object @ Value::Object(_)) => vec![wrapped(object)],
        CodeValue::Json(_) | CodeValue::Function => return Err(not_returned("executionData.every is not a function")),
    };
    normalized(list)?.into_iter().map(checked).collect()
}

fn not_returned(message: &str) -> NodeError {
    NodeError::new(message).parameter("functionCode").help("Return a list of items at the end of the code: `return items;`.")
}

fn wrapped(json: Value) -> Value {
    Value::Object(Map::from_iter([("json".to_owned(), json)]))
}

/// Entries that are no items become the JSON of one; all of them, or none.
fn normalized(list: Vec<Value>) -> Result<Vec<Value>, NodeError> {
    if list.iter().any(Value::is_null) {
        return Err(not_returned("Cannot use 'in' operator to search for 'json' in null"));
    }
    let having = |key: &str| list.iter().filter(|entry| entry.get(key).is_some()).count();
    let (with_json, with_binary) = (having("json"), having("binary"));
    if with_json == list.len() {
        return Ok(list);
    }
    if with_json > 0 || with_binary > 0 && with_binary < list.len() {
        return Err(NodeError::new("Inconsistent item format"));
    }
    let item = |entry: Value| match entry {
        Value::Object(mut map) if with_binary > 0 => {
            let binary = map.shift_remove("binary").unwrap_or_default();
            Value::Object(Map::from_iter([("json".to_owned(), Value::Object(map)), ("binary".to_owned(), binary)]))
        }
        other => wrapped(other),
    };
    Ok(list.into_iter().map(item).collect())
}

fn checked(entry: Value) -> Result<Item, NodeError> {
    let is_object = |key: &str, list: bool| match entry.get(key) {
        Some(value) => value.is_object() || value.is_null() || list && value.is_array(),
        None => true,
    };
    if !is_object("json", true) {
        return Err(NodeError::new("The json-property has to be an object!").parameter("functionCode"));
    }
    if !is_object("binary", false) {
        return Err(NodeError::new("The binary-property has to be an object!").parameter("functionCode"));
    }
    let Value::Object(map) = entry else { return Err(NodeError::new("The json-property has to be an object!")) };
    Ok(shape::item(map))
}
