//! What n8n's own node gave for the same code, besides its recorded workflows.

use node_sdk::Item;
use node_testkit::{FakeHttp, Harness};
use serde_json::{Value, json};

use crate::testing::node;

fn function(source: &str) -> Harness {
    node("function").parameters(json!({ "functionCode": source })).field("onError", json!("continueRegularOutput"))
}

fn over_two(source: &str) -> Vec<Value> {
    let ran = function(source).input([json!({"a": 1}), json!({"a": 2})]).run();
    assert!(ran.error.is_none(), "{source}: {:?}", ran.error);
    ran.json(0)
}

#[test]
fn what_the_code_returns_becomes_items() {
    let failed = |message: &str| json!([{ "error": message }]);
    let no_object = failed("The json-property has to be an object!");
    let table = [
        ("return items", json!([{"a": 1}, {"a": 2}])),
        ("return items.map((item) => item.json)", json!([{"a": 1}, {"a": 2}])),
        ("items[0].json.a = 5; return [items[0], { json: { same: $json.a } }]", json!([{"a": 5}, {"same": 1}])),
        ("return { a: 1 }", json!([{"a": 1}])),
        ("return [{ json: [1] }]", json!([[1]])),
        ("return [{ a: 1, binary: {} }]", json!([{"a": 1}])),
        ("return [{ json: { d: new Date(0), n: NaN, f() {}, b: 1n } }]", json!([{"d": "1970-01-01T00:00:00.000Z", "n": null, "b": "1"}])),
        ("return Promise.resolve([])", json!([])),
        ("return [{ json: {} }, { b: 1 }]", failed("Inconsistent item format")),
        ("return [{ json: { a: 1 }, binary: 5 }]", failed("The binary-property has to be an object!")),
        ("return [{ json: { a: 1 }, binary: [] }]", failed("The binary-property has to be an object!")),
        ("return [1, 2]", no_object.clone()),
        ("return 'text'", failed("executionData.every is not a function")),
        ("return function () {}", failed("executionData.every is not a function")),
        ("", failed("Cannot read properties of undefined (reading 'every')")),
        ("throw new Error('a\\nb')", failed("a\nb")),
        ("throw { message: 'm' }", failed("m")),
        ("throw 5", json!([{}])),
        ("foo.bar()", failed("foo is not defined")),
        ("require('fs')", failed("Cannot find module 'fs'")),
        ("await setBinaryDataAsync()", failed("No item was provided to setBinaryDataAsync (item: INodeExecutionData, data: IBinaryKeyData).")),
        (
            "await setBinaryDataAsync(items[0])",
            failed("No data was provided to setBinaryDataAsync (item: INodeExecutionData, data: IBinaryKeyData)."),
        ),
    ];
    for (source, expected) in table {
        assert_eq!(Value::Array(over_two(source)), expected, "{source}");
    }
}

#[test]
fn the_names_around_the_code() {
    let source = "
        helpers.mine = 1; undeclared = 4;
        return [{ json: {
            index: items[1].index, item: typeof item, other: $item(1).$json.a, own: $json.a, first: $input.first().json.a, named: $items('Input 0').length,
            parameter: getNodeParameter('functionCode', 0).length > 9, none: getNodeParameter('none', 0, 'else'), env: process.env, undeclared,
            kept: getWorkflowStaticData('node'), module: typeof module, self: this === global, time: typeof setTimeout, bytes: typeof Buffer,
            date: DateTime.fromISO('2026-01-02').year, position: $position, manual: typeof $getWorkflowStaticData, choose: typeof $if } }]";
    let expected = json!({
        "index": 1, "item": "undefined", "other": 2, "own": 1, "first": 1, "named": 2,
        "parameter": true, "none": "else", "env": {}, "undeclared": 4,
        "kept": {}, "module": "object", "self": true, "time": "function", "bytes": "function",
        "date": 2026, "position": 0, "manual": "undefined", "choose": "undefined"
    });
    assert_eq!(over_two(source), [expected]);
}

#[test]
fn it_reads_and_writes_files_and_asks_servers() {
    let file = json!({"json": {}, "binary": {"f": {"data": "aGVsbG8=", "mimeType": "text/plain", "fileName": "h.txt"}}});
    let source = "
        const { f } = await getBinaryDataAsync(items[0]);
        await setBinaryDataAsync(items[0], { f, g: { data: Buffer.from('hi').toString('base64'), mimeType: 'text/plain', fileName: 'g.txt' } });
        items[0].json = { text: Buffer.from(f.data, 'base64').toString(), answer: await this.helpers.request({ uri: 'http://host/', json: true }) };
        return items;";
    let harness = function(source).items(vec![Item::from_value(file)]);
    harness.ports().http.respond(|_| Ok(FakeHttp::json(200, &json!({"ok": true}))));
    let ran = harness.run();
    assert_eq!(ran.json(0), [json!({"text": "hello", "answer": {"ok": true}})], "{:?}", ran.error);
    let lengths = |name: &str| ran.outputs[0][0].binary.as_ref().unwrap()[name].blob.as_ref().unwrap().len;
    assert_eq!((lengths("f"), lengths("g")), (5, 2));
}

#[test]
fn an_error_that_ends_the_run_is_that_of_the_code() {
    let ran = function("\n\nthrow new Error('two')").field("onError", json!("stopWorkflow")).input([json!({})]).run();
    assert_eq!(ran.message(), "two [line 3]");
    let ran = node("function").input([json!({"a": 1})]).run();
    assert_eq!(ran.json(0), [json!({"a": 1, "myNewField": 1})]);
}
