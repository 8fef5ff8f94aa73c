//! What the recordings of n8n do not show.

use serde_json::{Value, json};

use crate::testing::{fails, hands_its_input_on, numbers, puts_out, run};

const NODE: &str = "aggregate";

#[test]
fn fields_that_are_chosen() {
    let chosen = |fields: &str| json!({"aggregate": "aggregateAllItemData", "include": "specifiedFields", "fieldsToInclude": fields});
    puts_out(NODE, vec![(1.0, chosen("={{ ['a'] }}"), json!([[{"a": 1, "b": 2}, {"b": 3}]]), json!([{"data": [{"a": 1}]}]))]);
    let no_names = "The 'Fields To Include' parameter must be a string of fields separated by commas or an array of strings.";
    fails(NODE, vec![(1.0, chosen("={{ 5 }}"), json!([numbers(3)]), no_names)]);
}

#[test]
fn only_items_that_are_left_are_origins() {
    let parameters = json!({"aggregate": "aggregateAllItemData", "include": "allFieldsExcept", "fieldsToExclude": "a"});
    let ran = run(NODE, 1.0, &parameters, json!([[{"a": 1}, {"b": 2}, {"a": 3}]]));
    assert_eq!(ran.outputs[0][0].to_value()["pairedItem"], json!([{"item": 1}]));
}

/// What JavaScript makes of values where a text is wanted, or the error that it ends in.
#[test]
fn names_that_are_no_text() {
    let item = || json!([[{"l": [1, 2], "id": 7, "none": null}]]);
    let aggregate = |field: Value| json!({"fieldsToAggregate": {"fieldToAggregate": [field]}, "options": {}});
    let whole = |name: &str| json!({"aggregate": "aggregateAllItemData", "include": "specifiedFields", "fieldsToInclude": "id", "destinationFieldName": name});
    puts_out(
        NODE,
        vec![
            (1.0, aggregate(json!({"fieldToAggregate": "={{ ['id'] }}"})), item(), json!([{"id": [7]}])),
            (1.0, whole("={{ $json.nope }}"), item(), json!([{"undefined": [{"id": 7}]}])),
        ],
    );
    let no_text = |given: &str| format!("The parameter \"fieldsToAggregate.fieldToAggregate.fieldToAggregate\" must be a text, but it is {given}");
    fails(
        NODE,
        vec![
            (1.0, aggregate(json!({"fieldToAggregate": "={{ {} }}"})), item(), &no_text("an object")),
            (1.0, aggregate(json!({"fieldToAggregate": "={{ $json.id }}"})), item(), &no_text("a number")),
        ],
    );
}

#[test]
fn an_error_hands_the_input_on() {
    hands_its_input_on(NODE, vec![(1.0, json!({"fieldsToAggregate": {"fieldToAggregate": []}}))]);
}
