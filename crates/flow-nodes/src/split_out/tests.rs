//! What the recordings of n8n do not show.

use serde_json::{Value, json};

use crate::testing::{fails, hands_its_input_on, puts_out};

const NODE: &str = "splitOut";

#[test]
fn fields_that_are_kept_beside() {
    let beside = |more: Value| {
        let mut parameters = json!({"fieldToSplitOut": "l", "include": "selectedOtherFields"});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    puts_out(
        NODE,
        vec![
            (1.0, beside(json!({"fieldsToInclude": "k, none"})), json!([[{"l": [1, 2], "k": 5}]]), json!([{"l": 1, "k": 5}, {"l": 2, "k": 5}])),
            (1.0, beside(json!({})), json!([[{"k": 5}]]), json!([])),
            (1.0, json!({"fieldToSplitOut": "$json.l,", "options": {}}), json!([[{"l": [{"x": 1}]}]]), json!([{"l": {"x": 1}}])),
        ],
    );
}

#[test]
fn names_that_are_no_text() {
    let item = || json!([[{"l": [1, 2], "id": 7, "none": null}]]);
    let split = |field: &str| json!({ "fieldToSplitOut": field, "options": {} });
    puts_out(NODE, vec![(1.0, split("={{ ['l'] }}"), item(), json!([{"l": 1}, {"l": 2}])), (1.0, split("={{ [{}] }}"), item(), json!([]))]);
    let no_names = "The 'Fields To Split Out' parameter must be a string of fields separated by commas or an array of strings.";
    fails(NODE, vec![(1.0, split("={{ 5 }}"), item(), no_names), (1.0, split("={{ $json.nope }}"), item(), no_names)]);
}

#[test]
fn an_error_hands_the_input_on() {
    hands_its_input_on(
        NODE,
        vec![
            (1.0, json!({"fieldToSplitOut": "l,v", "options": {"destinationFieldName": "a"}})),
            (1.0, json!({"fieldToSplitOut": "l", "include": "selectedOtherFields", "fieldsToInclude": ""})),
        ],
    );
}
