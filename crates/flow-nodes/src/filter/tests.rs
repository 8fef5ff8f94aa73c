//! What the recordings of n8n do not show.

use serde_json::{Value, json};

use crate::testing::{fails, puts_out};

const NODE: &str = "filter";

#[test]
fn nothing_is_no_number_since_version_3_of_the_conditions() {
    let conditions = |version: f64| {
        let condition =
            json!({"leftValue": "={{ $json.v }}", "rightValue": 0, "operator": {"type": "number", "operation": "notExists", "singleValue": true}});
        json!({"conditions": {"options": {"version": version, "typeValidation": "strict"}, "conditions": [condition], "combinator": "and"}})
    };
    puts_out(NODE, vec![(2.3, conditions(3.0), json!([[{"v": " "}, {"v": []}, {"v": 0}, {}]]), json!([{"v": " "}, {"v": []}, {}]))]);
    fails(NODE, vec![(2.3, conditions(2.0), json!([[{"v": ""}]]), "Wrong type: '' is a string but was expecting a number [condition 0, item 0]")]);
}

#[test]
fn conditions_that_leave_something_out() {
    let filter = |more: Value| {
        let list = json!([{"leftValue": "={{ $json.i }}", "rightValue": 1, "operator": {"type": "number", "operation": "equals"}}]);
        let mut conditions = json!({"conditions": list, "options": {"caseSensitive": true, "typeValidation": "strict", "version": 2}});
        conditions.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        conditions.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        json!({"conditions": conditions})
    };
    let two = || json!([[{"i": 1}, {"i": 2}]]);
    puts_out(
        NODE,
        vec![
            (2.2, filter(json!({"combinator": "and"})), two(), json!([{"i": 1}])),
            (2.2, filter(json!({})), two(), json!([{"i": 1}])),
            (2.2, filter(json!({"options": null})), two(), json!([{"i": 1}])),
            (2.2, filter(json!({"options": {}})), json!([[{"i": 1}]]), json!([{"i": 1}])),
            // Without conditions there is a value that n8n takes for true.
            (2.2, json!({}), two(), json!([{"i": 1}, {"i": 2}])),
            (2.2, filter(json!({"combinator": "AND"})), two(), json!([])),
            (2.2, filter(json!({"combinator": "or", "conditions": []})), two(), json!([])),
        ],
    );
    // What is filled in: strict types, capitals that count.
    let strict = "Wrong type: '1' is a string but was expecting a number [condition 0, item 0]";
    for options in [json!(null), json!({}), json!({"caseSensitive": false, "version": 2})] {
        fails(NODE, vec![(2.2, filter(json!({ "options": options })), json!([[{"i": "1"}]]), strict)]);
    }
}
