//! What user code may return, and what becomes of it.

use std::collections::HashMap;
use std::sync::Arc;

use expression::code::{CodeValue, Ran};
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

/// What came of code that ran for each item. As in n8n it is looked at when all runs are done: what is no data is gone from it by then.
#[derive(Default)]
pub(super) struct EachItem {
    objects: Vec<Map<String, Value>>,
    /// The number of the object that a run returned, where it was one.
    returned: Vec<Option<u64>>,
}

impl EachItem {
    /// Takes what a run returned; nothing where that was nothing. Its pairing and further keys do not count.
    pub(super) fn push(&mut self, ran: Ran, index: usize) {
        let Some(mut object) = one_object(ran.value) else { return };
        object.insert("pairedItem".to_owned(), PairedItem::item(index).to_value());
        self.objects.push(object);
        self.returned.push(ran.object);
    }

    /// Takes the error of a run that goes on.
    pub(super) fn push_failed(&mut self, error: &NodeError, index: usize) {
        let json = Map::from_iter([("error".to_owned(), Value::String(error.message.clone()))]);
        let paired = PairedItem::item(index).to_value();
        self.objects.push(Map::from_iter([("json".to_owned(), Value::Object(json)), ("pairedItem".to_owned(), paired)]));
        self.returned.push(None);
    }

    /// The items. An object that several runs returned is one object: all show what the last one made of it.
    pub(super) fn items(mut self) -> Result<Vec<Item>, NodeError> {
        let mut last = HashMap::new();
        for (at, number) in self.returned.iter().enumerate() {
            last.extend(number.map(|number| (number, at)));
        }
        for at in 0..self.objects.len() {
            let Some(&to) = self.returned[at].as_ref().and_then(|number| last.get(number)) else { continue };
            if let Some(json) = self.objects[to].get("json").filter(|_| to != at).cloned() {
                self.objects[at].insert("json".to_owned(), json);
            }
        }
        normalized(self.objects)
    }
}

/// An item's keys of what a run for one item returned. No `json` where it is nothing that JSON can say.
fn one_object(value: CodeValue) -> Option<Map<String, Value>> {
    let CodeValue::Json(value) = value else { return matches!(value, CodeValue::Function).then(Map::new) };
    if !json::truthy(&value) {
        return None;
    }
    let binary = value.get("binary").filter(|binary| json::truthy(binary)).cloned();
    let json = match value {
        Value::Object(mut map) if map.contains_key("json") => map.shift_remove("json").unwrap_or_default(),
        Value::Object(map) if map.contains_key("binary") => Value::Object(Map::new()),
        other => other,
    };
    let binary = binary.map(|binary| ("binary".to_owned(), binary));
    Some(std::iter::once(("json".to_owned(), json)).chain(binary).collect())
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

pub(crate) fn item(mut map: Map<String, Value>) -> Item {
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
        let mut value = value.clone();
        if let Some(content) = value.get("data").and_then(buffer) {
            value["data"] = content.into();
        }
        let mut file: Binary = serde_json::from_value(value.clone()).ok()?;
        let id = value.get("id").and_then(Value::as_str);
        file.blob = id.map(|id| BlobRef { id: id.into(), len: 0 });
        Some((name.clone(), file))
    };
    let files: IndexMap<String, Binary> = value.as_object()?.iter().filter_map(file).collect();
    (!files.is_empty()).then(|| Arc::new(files))
}

/// The base64 of a Buffer that stands where base64 should: in JSON it is `{"type": "Buffer", "data": [bytes]}`.
fn buffer(value: &Value) -> Option<String> {
    use base64::Engine as _;
    let bytes = value.get("data").filter(|_| value.get("type").is_some_and(|kind| kind == "Buffer"))?.as_array()?;
    let bytes: Vec<u8> = bytes.iter().map(|byte| byte.as_u64().unwrap_or_default() as u8).collect();
    Some(base64::engine::general_purpose::STANDARD.encode(bytes))
}

fn check_keys(map: &Map<String, Value>, index: usize) -> Result<(), NodeError> {
    let is_known = |key: &&String| ITEM_KEYS.contains(&key.as_str());
    let Some(unknown) = map.keys().find(|key| !is_known(key)) else { return Ok(()) };
    Err(if let Some(reserved) = map.keys().find(is_known) {
        let link = "<a href=\"https://docs.n8n.io/data/data-structure/#data-structure\" target=\"_blank\">Example</a>";
        let wrap = "To get around this, please wrap each item in an object, under a key called <code>json</code>.";
        NodeError::new(format!("Invalid output format [item {index}]"))
            .description(format!("An output item contains the reserved key <code>{reserved}</code>. {wrap} {link}"))
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
            (json!([{"foo": 1, "error": "x"}]), "Invalid output format [item 0]"),
            (json!([{"json": [1]}]), "A 'json' property isn't an object [item 0]"),
        ];
        for (returned, message) in table {
            assert_eq!(all_items(CodeValue::Json(returned)).unwrap_err().message, message);
        }
        assert!(all_items(CodeValue::Undefined).is_err());
    }

    #[test]
    fn one_item_is_taken_out_of_what_is_returned() {
        let json = |value: Value| one_object(CodeValue::Json(value)).map(|mut map| map.remove("json").unwrap());
        assert_eq!(json(json!({"json": {"a": 1}, "x": 2})), Some(json!({"a": 1})));
        assert_eq!(json(json!({"v": 1})), Some(json!({"v": 1})));
        assert_eq!(json(json!({"json": [1]})), Some(json!([1])));
        assert_eq!(json(json!({"v": 1, "binary": {}})), Some(json!({})));
        assert_eq!(json(json!(null)), None);
        assert_eq!(json(json!("")), None);
    }

    fn each(runs: Vec<(CodeValue, Option<u64>)>) -> Result<Vec<Item>, String> {
        let mut made = EachItem::default();
        for (index, (value, object)) in runs.into_iter().enumerate() {
            made.push(Ran { value, object }, index);
        }
        made.items().map_err(|error| error.message)
    }

    #[test]
    fn what_each_run_returned_is_looked_at_together() {
        let value = |json: Value| (CodeValue::Json(json), None);
        let function = || (CodeValue::Function, None);
        let paired = |index: u64| json!({"pairedItem": {"item": index}});
        let shown = |items: Vec<Item>| items.iter().map(|item| item.json().cloned().unwrap()).collect::<Vec<_>>();
        assert_eq!(each(vec![function(), function()]).map(shown), Ok(vec![paired(0), paired(1)]));
        assert_eq!(each(vec![function(), value(json!({"a": 1}))]).map(shown), Err("Inconsistent item format".into()));
        assert_eq!(each(vec![value(json!({"a": 1})), value(json!(5))]).map(shown), Err("A 'json' property isn't an object [item 1]".into()));
        let wrong = json!({"json": {}, "binary": "x"});
        assert_eq!(each(vec![value(wrong)]).map(shown), Err("A 'binary' property isn't an object [item 0]".into()));
        let same = |n: i64| (CodeValue::Json(json!({"json": {"n": n}})), Some(7));
        let three = vec![same(1), value(json!({"n": 2})), same(3)];
        assert_eq!(each(three).map(shown), Ok(vec![json!({"n": 3}), json!({"n": 2}), json!({"n": 3})]));
    }

    #[test]
    fn content_of_a_file_may_be_a_buffer() {
        let files = files(&json!({"f": {"mimeType": "text/plain", "data": {"type": "Buffer", "data": [104, 105]}}})).unwrap();
        assert_eq!(files["f"].data.as_deref(), Some("aGk="));
    }
}
