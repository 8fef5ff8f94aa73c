//! What the recordings of n8n do not show.

use serde_json::json;

use crate::testing::{fails, hands_its_input_on, numbers, run};

const NODE: &str = "sort";

#[test]
fn a_random_order_loses_nothing() {
    let ran = run(NODE, 1.0, &json!({"type": "random"}), json!([numbers(50)]));
    let mut items = ran.json(0);
    items.sort_by_key(|item| item["i"].as_i64());
    assert_eq!(items, numbers(50));
}

#[test]
fn what_cannot_be_sorted() {
    let by = |field: &str| json!({"sortFieldsUi": {"sortField": [{"fieldName": field}]}, "options": {}});
    fails(
        NODE,
        vec![
            (1.0, json!({"type": "code", "code": "return nope"}), json!([numbers(3)]), "nope is not defined"),
            (1.0, by("={{ $json.nope }}"), json!([[{"id": 7}]]), "Couldn't find the field 'undefined' in the input data"),
        ],
    );
    hands_its_input_on(NODE, vec![(1.0, by("none")), (1.0, json!({"type": "code", "code": "return a.json.none.x"}))]);
}
