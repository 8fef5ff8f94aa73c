//! What the recordings of n8n do not show.

use serde_json::{Value, json};

use crate::testing::{after_error, fails, makes_items_of_errors, puts_out};

const NODE: &str = "switch";

#[test]
fn outputs_that_are_not_there() {
    let to = |output: &str| json!({"mode": "expression", "numberOutputs": 3, "output": format!("={{{{ {output} }}}}")});
    let one = || json!([[{}]]);
    puts_out(NODE, vec![(3.4, to("'0'"), one(), json!([{}]))]);
    fails(
        NODE,
        vec![
            (3.4, to("3"), one(), "The ouput 3 is not allowed. "),
            (3.4, to("4"), one(), "The ouput 4 is not allowed"),
            (3.4, to("-1"), one(), "The ouput -1 is not allowed"),
            (3.4, to("1.5"), one(), "Cannot read properties of undefined (reading 'push')"),
            (3.4, to("undefined"), one(), "Cannot read properties of undefined (reading 'push')"),
            (3.4, to("null"), one(), "Cannot read properties of undefined (reading 'push')"),
            (3.4, to("'abc'"), one(), "Invalid input for 'Output Index' [item 0]"),
            (3.4, to("NaN"), one(), "Invalid input for 'Output Index' [item 0]"),
        ],
    );
}

/// What conditions leave out is filled in: capitals count.
#[test]
fn capitals_count() {
    let capital = json!([{"leftValue": "={{ $json.t }}", "rightValue": "Yes", "operator": {"type": "string", "operation": "equals"}}]);
    let texts = || json!([[{"t": "Yes"}, {"t": "yes"}]]);
    let rules = |conditions: Value| json!({"rules": {"values": [{"conditions": conditions}]}, "options": {}});
    puts_out(
        NODE,
        vec![
            (3.2, rules(json!({"options": {"version": 2}, "conditions": capital})), texts(), json!([{"t": "Yes"}])),
            (3.2, rules(json!({"options": {"caseSensitive": false}, "conditions": capital})), texts(), json!([{"t": "Yes"}, {"t": "yes"}])),
        ],
    );
}

#[test]
fn an_error_is_an_item() {
    makes_items_of_errors(NODE, vec![(3.0, json!({"mode": "expression", "output": "={{ 9 }}"}), vec!["The ouput 9 is not allowed"; 2])]);
}

#[test]
fn the_one_item_that_stands_for_a_failed_one_comes_from_the_first() {
    let rule = json!({"conditions": {"conditions": [{"leftValue": "={{ $json.v }}", "rightValue": 1, "operator": {"type": "number", "operation": "gt"}}],
        "options": {"typeValidation": "strict"}, "combinator": "and"}});
    let ran = after_error(NODE, 3.2, &json!({"rules": {"values": [rule]}}), "continueRegularOutput");
    let items = &ran.outputs[0];
    assert_eq!(items.len(), Some(1), "{items:?}");
    assert_eq!(items[0].paired_item.as_ref().map(|paired| paired.to_value()), Some(json!({"item": 0})));
}
