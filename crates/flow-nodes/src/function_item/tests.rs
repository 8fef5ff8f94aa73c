//! What n8n's own node gave for the same code, besides its recorded workflows.

use node_sdk::Item;
use node_testkit::Harness;
use serde_json::{Value, json};

use crate::testing::node;

fn function_item(source: &str) -> Harness {
    node("functionItem").parameters(json!({ "functionCode": source })).field("onError", json!("continueRegularOutput"))
}

#[test]
fn what_the_code_returns_becomes_the_json_of_its_item() {
    let each = |value: Value| json!([value, value]);
    let failed = |message: &str| each(json!({ "error": message }));
    let table = [
        ("item.b = item.a * 2; return item", json!([{"a": 1, "b": 2}, {"a": 2, "b": 4}])),
        ("return [item]", json!([[{"a": 1}], [{"a": 2}]])),
        (
            "item.a = 9; return { a: $json.a, index: $itemIndex, same: $json === item }",
            json!([{"a": 1, "index": 0, "same": false}, {"a": 2, "index": 1, "same": false}]),
        ),
        ("return { json: { a: 1 } }", each(json!({"json": {"a": 1}}))),
        ("return 'text'", each(json!("text"))),
        ("return 0", each(json!(0))),
        ("return new Date(0)", each(json!("1970-01-01T00:00:00.000Z"))),
        ("globalThis.count = (globalThis.count || 0) + 1; return { count }", each(json!({"count": 1}))),
        (
            "return { items: typeof items, of: typeof $item, files: typeof getBinaryData() }",
            each(json!({"items": "undefined", "of": "function", "files": "undefined"})),
        ),
        ("return null", failed("Cannot convert undefined or null to object")),
        ("item.y = 1;", failed("No data got returned. Always an object has to be returned!")),
        ("throw new Error('two')", failed("two")),
        ("throw 'text'", each(json!({}))),
        ("require('lodash')", failed("Cannot find module 'lodash'")),
        ("await setBinaryDataAsync()", failed("No data was provided to setBinaryDataAsync (data: IBinaryKeyData).")),
    ];
    for (source, expected) in table {
        let ran = function_item(source).input([json!({"a": 1}), json!({"a": 2})]).run();
        assert!(ran.error.is_none(), "{source}: {:?}", ran.error);
        assert_eq!(Value::Array(ran.json(0)), expected, "{source}");
    }
}

#[test]
fn the_files_of_an_item_go_on_unless_the_code_sets_others() {
    let file = json!({"json": {}, "binary": {"f": {"data": "aGVsbG8=", "mimeType": "text/plain", "fileName": "h.txt"}}});
    let table = [
        ("return {}", 5, "h.txt"),
        ("getBinaryData().f.data = 'aGV5'; return {}", 3, "h.txt"),
        ("setBinaryData({ f: { data: 'eA==', mimeType: 'text/plain', fileName: 'x.txt' } }); return {}", 1, "x.txt"),
        ("const { f } = await getBinaryDataAsync(); await setBinaryDataAsync({ f: { ...f, fileName: 'n.txt' } }); return {}", 5, "n.txt"),
    ];
    for (source, length, name) in table {
        let ran = function_item(source).items(vec![Item::from_value(file.clone())]).run();
        let made = &ran.outputs[0][0].binary.as_ref().unwrap_or_else(|| panic!("{source}: {:?}", ran.error))["f"];
        assert_eq!((made.blob.as_ref().unwrap().len, made.file_name.as_deref()), (length, Some(name)), "{source}");
    }
}
