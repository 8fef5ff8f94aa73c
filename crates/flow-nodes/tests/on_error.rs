//! What each node does with an error where its settings let the run go on: some make an item of it, of others the engine hands the input on.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use node_sdk::Provider;
use node_testkit::{Harness, Ran};
use serde_json::{Value, json};

/// Runs the node over two items whose `v` differ in type.
fn run(name: &str, version: f64, parameters: &Value, on_error: &str) -> Ran {
    let node = flow_nodes::provider().find(&format!("n8n-nodes-base.{name}")).unwrap();
    let input = [json!({"v": 1, "l": [1]}), json!({"v": "2", "l": [2]})];
    Harness::new(node).version(version).parameters(parameters.clone()).field("onError", json!(on_error)).input(input).run()
}

fn code(mode: &str, code: &str) -> Value {
    json!({"mode": mode, "jsCode": code})
}

#[test]
fn an_error_that_the_node_does_not_catch_hands_the_input_on() {
    let every = |code_text: &str| ("code", 2.0, code("runOnceForEachItem", code_text));
    let all = |code_text: &str| ("code", 2.0, code("runOnceForAllItems", code_text));
    let cases = [
        ("splitOut", 1.0, json!({"fieldToSplitOut": "l,v", "options": {"destinationFieldName": "a"}})),
        ("splitOut", 1.0, json!({"fieldToSplitOut": "l", "include": "selectedOtherFields", "fieldsToInclude": ""})),
        ("removeDuplicates", 1.0, json!({"compare": "selectedFields", "fieldsToCompare": "v"})),
        ("removeDuplicates", 1.1, json!({"compare": "selectedFields", "fieldsToCompare": "v"})),
        ("aggregate", 1.0, json!({"fieldsToAggregate": {"fieldToAggregate": []}})),
        ("sort", 1.0, json!({"sortFieldsUi": {"sortField": [{"fieldName": "none"}]}})),
        ("sort", 1.0, json!({"type": "code", "code": "return a.json.none.x"})),
        ("stopAndError", 1.0, json!({"errorMessage": "end"})),
        ("code", 2.0, json!({})),
        all("return [{json: {}}, 'text']"),
        all("const list = []; list.push(list); return {list}"),
        all("return [{a: 1, pairedItem: 0}]"),
        every("return $json.v === 1 ? {json: {}} : [1]"),
        every("return $json.v === 1 ? {json: {}} : () => 1"),
        every("return {v: $input.last().json.v}"),
    ];
    for (name, version, parameters) in cases {
        for on_error in ["continueRegularOutput", "continueErrorOutput"] {
            let ran = run(name, version, &parameters, on_error);
            let shown = format!("{name} {version} {parameters} {on_error}");
            assert!(ran.error.is_some(), "{shown}");
            assert_eq!(ran.json(0), [json!({"v": 1, "l": [1]}), json!({"v": "2", "l": [2]})], "{shown}");
            assert!(ran.json(1).is_empty(), "{shown}");
        }
    }
}

#[test]
fn an_error_that_the_node_catches_is_an_item() {
    let cases = [
        ("removeDuplicates", 2.0, json!({"compare": "selectedFields", "fieldsToCompare": "v"}), vec!["'v' isn't always the same type"]),
        ("code", 2.0, code("runOnceForAllItems", "throw new Error('no')"), vec!["no [line 1]"]),
        ("code", 2.0, code("runOnceForEachItem", "throw new Error($json.v)"), vec!["1 [line 1]", "2 [line 1]"]),
        ("switch", 3.0, json!({"mode": "expression", "output": "={{ 9 }}"}), vec!["The ouput 9 is not allowed"; 2]),
    ];
    for (name, version, parameters, messages) in cases {
        let expected: Vec<_> = messages.iter().map(|message| json!({ "error": message })).collect();
        let ran = run(name, version, &parameters, "continueRegularOutput");
        assert!(ran.error.is_none(), "{name} {parameters}: {:?}", ran.error);
        assert_eq!(ran.json(0), expected, "{name} {parameters}");
        let apart = run(name, version, &parameters, "continueErrorOutput");
        let failed: Vec<_> = apart.outputs.last().unwrap().iter().map(|item| item.json().unwrap()["error"].clone()).collect();
        assert_eq!((apart.json(0).len(), failed), (0, messages.iter().map(|message| json!(message)).collect()), "{name} {parameters}");
    }
}

#[test]
fn the_one_item_that_stands_for_a_failed_switch_comes_from_the_first() {
    let rule = json!({"conditions": {"conditions": [{"leftValue": "={{ $json.v }}", "rightValue": 1, "operator": {"type": "number", "operation": "gt"}}],
        "options": {"typeValidation": "strict"}, "combinator": "and"}});
    let ran = run("switch", 3.2, &json!({"rules": {"values": [rule]}}), "continueRegularOutput");
    let items = &ran.outputs[0];
    assert_eq!(items.len(), Some(1), "{items:?}");
    assert_eq!(items[0].paired_item.as_ref().map(|paired| paired.to_value()), Some(json!({"item": 0})));
}
