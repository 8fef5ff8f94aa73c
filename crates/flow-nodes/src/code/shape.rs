//! What user code may return, and what becomes of it.

use std::sync::Arc;

use expression::code::CodeValue;
use indexmap::IndexMap;
use node_sdk::{Binary, BlobRef, Item, NodeError, PairedItem, json};
use serde_json::{Map, Value};

/// Keys of an item. `index` is not one any more, but nodes of n8n still put it out.
const ITEM_KEYS: [&str; 5] = ["json", "binary", "pairedItem", "error", "index"];

/// What came of code that ran once for all items.
pub(super) fn all_items(value: CodeValue) -> Result<Vec<Item>, NodeError> {
    let list = match value {
        CodeValue::Json(Value::Null) => return Ok(Vec::new()),
        CodeValue::Json(Value::Array(list)) => list,
        CodeValue::Json(Value::Object(map)) if map.get("json").is_some_and(json::truthy) => return checked(vec![map]),
        CodeValue::Json(object @ Value::Object(_)) => return Ok(vec![Item::new(object)]),
        _ => return Err(no_items()),
    };
    let objects = list.into_iter().map(|entry| if let Value::Object(map) = entry { Some(map) } else { None });
    let objects: Vec<Map<String, Value>> = objects.collect::<Option<_>>().ok_or_else(no_items)?;
    if objects.iter().any(|map| ITEM_KEYS.iter().any(|key| map.contains_key(*key))) {
        objects.iter().enumerate().try_for_each(|(index, map)| check_keys(map, index))?;
    }
    normalized(objects)
}

fn normalized(objects: Vec<Map<String, Value>>) -> Result<Vec<Item>, NodeError> {
    let having = |key: &str| objects.iter().filter(|map| map.contains_key(key)).count();
    let (with_json, with_binary, count) = (having("json"), having("binary"), objects.len());
    if with_json == count {
        return checked(objects);
    }
    if with_json > 0 || (with_binary > 0 && with_binary < count) {
        return Err(NodeError::new("Inconsistent item format"));
    }
    if with_binary == count {
        let split = |mut map: Map<String, Value>| {
            let binary = map.shift_remove("binary").unwrap_or_default();
            Map::from_iter([("json".to_owned(), Value::Object(map)), ("binary".to_owned(), binary)])
        };
        return checked(objects.into_iter().map(split).collect());
    }
    Ok(objects.into_iter().map(|map| Item::new(Value::Object(map))).collect())
}

fn checked(objects: Vec<Map<String, Value>>) -> Result<Vec<Item>, NodeError> {
    objects.into_iter().enumerate().map(|(index, map)| check_item(&map, index).map(|()| item(map))).collect()
}

/// What came of code that ran for one item; nothing where it returned nothing. Its pairing and further keys do not count.
pub(super) fn one_item(value: CodeValue) -> Option<Item> {
    let CodeValue::Json(value) = value else { return None };
    if !json::truthy(&value) {
        return None;
    }
    let binary = value.get("binary").filter(|binary| json::truthy(binary)).and_then(files);
    let json = match value {
        Value::Object(mut map) if map.contains_key("json") => map.shift_remove("json").unwrap_or_default(),
        Value::Object(map) if map.contains_key("binary") => Value::Object(Map::new()),
        other => other,
    };
    Some(Item { binary, ..Item::new(json) })
}

/// The items of all runs of code that runs for each item.
pub(super) fn check_each(items: &[Item]) -> Result<(), NodeError> {
    let wrong = items.iter().position(|item| item.object().is_none());
    wrong.map_or(Ok(()), |index| Err(json_no_object(index)))
}

/// n8n looks for the accessors of the other mode before it runs anything.
pub(super) fn refuse_other_mode(source: &str) -> Result<(), NodeError> {
    for method in ["first", "last", "all", "itemMatching"] {
        let call = format!("$input.{method}");
        let line = source.lines().position(|line| line.contains(&call) && !line.starts_with("//") && !line.starts_with('*'));
        if let Some(line) = line {
            let message = format!("Can't use .{method}() here [line {}, for item 0]", line + 1);
            return Err(NodeError::new(message).description("This is only available in 'Run Once for All Items' mode").item(0));
        }
    }
    Ok(())
}

fn item(mut map: Map<String, Value>) -> Item {
    let json = map.shift_remove("json").map(Arc::new);
    let binary = map.shift_remove("binary").and_then(|binary| files(&binary));
    let paired_item = map.shift_remove("pairedItem").and_then(PairedItem::from_value);
    let error = map.shift_remove("error").map(Arc::new);
    let extra = (!map.is_empty()).then(|| Arc::new(map));
    Item { json, binary, paired_item, error, extra }
}

/// The files of an item; `id` is the key of a content that the program holds.
fn files(value: &Value) -> Option<Arc<IndexMap<String, Binary>>> {
    let file = |(name, value): (&String, &Value)| {
        let mut file: Binary = serde_json::from_value(value.clone()).ok()?;
        let id = value.get("id").and_then(Value::as_str);
        file.blob = id.map(|id| BlobRef { id: id.into(), len: 0 });
        Some((name.clone(), file))
    };
    let files: IndexMap<String, Binary> = value.as_object()?.iter().filter_map(file).collect();
    (!files.is_empty()).then(|| Arc::new(files))
}

fn check_keys(map: &Map<String, Value>, index: usize) -> Result<(), NodeError> {
    let Some(unknown) = map.keys().find(|key| !ITEM_KEYS.contains(&key.as_str())) else { return Ok(()) };
    Err(if map.contains_key("json") {
        let link = "<a href=\"https://docs.n8n.io/data/data-structure/#data-structure\" target=\"_blank\">Example</a>";
        let wrap = "To get around this, please wrap each item in an object, under a key called <code>json</code>.";
        NodeError::new(format!("Invalid output format [item {index}]"))
            .description(format!("An output item contains the reserved key <code>json</code>. {wrap} {link}"))
    } else {
        NodeError::new(format!("Unknown top-level item key: {unknown} [item {index}]"))
            .description("Access the properties of an item under `.json`, e.g. `item.json`")
    })
}

fn check_item(map: &Map<String, Value>, index: usize) -> Result<(), NodeError> {
    if !map.get("json").is_some_and(Value::is_object) {
        return Err(json_no_object(index));
    }
    if map.get("binary").is_some_and(|binary| !binary.is_object()) {
        let description = "In the returned data, every key named 'binary’ must point to an object.";
        return Err(NodeError::new(format!("A 'binary' property isn't an object [item {index}]")).description(description));
    }
    Ok(())
}

fn json_no_object(index: usize) -> NodeError {
    let description = "In the returned data, every key named 'json' must point to an object.";
    NodeError::new(format!("A 'json' property isn't an object [item {index}]")).description(description)
}

fn no_items() -> NodeError {
    let description = "Please return an array of objects, one for each item you would like to output.";
    NodeError::new("Code doesn't return items properly").description(description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn returned_values_become_items() {
        let table = [
            (json!([{"json": {"a": 1}}, {"json": {"a": 2}}]), vec![json!({"a": 1}), json!({"a": 2})]),
            (json!([{"a": 1}]), vec![json!({"a": 1})]),
            (json!({"a": 1, "b": 2}), vec![json!({"a": 1, "b": 2})]),
            (json!({"json": {"a": 1}}), vec![json!({"a": 1})]),
            (json!([]), vec![]),
            (json!(null), vec![]),
        ];
        for (returned, expected) in table {
            let items = all_items(CodeValue::Json(returned)).unwrap();
            assert_eq!(items.iter().map(|item| item.json().cloned().unwrap()).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn refused_values_have_n8ns_words() {
        let table = [
            (json!("text"), "Code doesn't return items properly"),
            (json!([{"json": {}}, null]), "Code doesn't return items properly"),
            (json!([{"json": {"a": 1}}, {"b": 2}]), "Unknown top-level item key: b [item 1]"),
            (json!([{"json": {"a": 1}, "foo": 1}]), "Invalid output format [item 0]"),
            (json!([{"json": [1]}]), "A 'json' property isn't an object [item 0]"),
        ];
        for (returned, message) in table {
            assert_eq!(all_items(CodeValue::Json(returned)).unwrap_err().message, message);
        }
        assert!(all_items(CodeValue::Undefined).is_err());
    }

    #[test]
    fn one_item_is_taken_out_of_what_is_returned() {
        let json = |value: Value| one_item(CodeValue::Json(value)).map(|item| item.json().cloned().unwrap());
        assert_eq!(json(json!({"json": {"a": 1}, "x": 2})), Some(json!({"a": 1})));
        assert_eq!(json(json!({"v": 1})), Some(json!({"v": 1})));
        assert_eq!(json(json!({"json": [1]})), Some(json!([1])));
        assert_eq!(json(json!({"v": 1, "binary": {}})), Some(json!({})));
        assert_eq!(json(json!(null)), None);
        assert_eq!(json(json!("")), None);
    }
}
