//! What the recordings of n8n do not show.

use serde_json::{Value, json};

use crate::testing::{fails, hands_its_input_on, makes_items_of_errors, numbers, puts_out, run};

const NODE: &str = "removeDuplicates";

#[test]
fn duplicates_across_runs() {
    let seen = |more: Value| {
        let mut parameters = json!({"operation": "removeItemsSeenInPreviousExecutions", "dedupeValue": "={{ $json.v }}"});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let by = |logic: &str, path: &str| seen(json!({"logic": logic, path: "={{ $json.v }}"}));
    let values = |list: Value| json!([list.as_array().unwrap().iter().map(|v| json!({"v": v})).collect::<Vec<_>>()]);
    puts_out(
        NODE,
        vec![
            // The order of the keys of a JavaScript object: whole numbers first.
            (2.0, seen(json!({})), values(json!(["b", 10, 2, "b"])), json!([{"v": 2}, {"v": 10}, {"v": "b"}, {"v": "b"}])),
            (
                2.0,
                by("removeItemsUpToStoredIncrementalKey", "incrementalDedupeValue"),
                values(json!([3, "1", ""])),
                json!([{"v": ""}, {"v": "1"}, {"v": 3}]),
            ),
        ],
    );
    fails(
        NODE,
        vec![
            (
                2.0,
                by("removeItemsUpToStoredIncrementalKey", "incrementalDedupeValue"),
                values(json!(["x"])),
                "The value 'x' is not a number. Please provide a number.",
            ),
            (
                2.0,
                by("removeItemsUpToStoredDate", "dateDedupeValue"),
                values(json!(["x"])),
                "The value 'x' is not a valid date. Please provide a valid date.",
            ),
            (
                2.0,
                seen(json!({"options": {"scope": "={{ 'all' }}"}})),
                values(json!([1])),
                "The scope 'all' is not supported. Please select either \"node\" or \"workflow\".",
            ),
        ],
    );
}

#[test]
fn a_field_without_a_name() {
    fails(NODE, vec![(2.0, json!({}), json!([[{"": 1}]]), "Name of field to compare is blank")]);
}

#[test]
fn items_of_one_run_that_share_a_value_stay_together() {
    let parameters = json!({"operation": "removeItemsSeenInPreviousExecutions", "dedupeValue": "={{ $json.i % 2 }}"});
    let ran = run(NODE, 2.0, &parameters, json!([numbers(3)]));
    assert_eq!(ran.json(0), [json!({"i": 0}), json!({"i": 2}), json!({"i": 1})]);
    assert!(ran.json(1).is_empty());
}

#[test]
fn version_1_leaves_its_errors_to_the_engine() {
    let by_v = || json!({"compare": "selectedFields", "fieldsToCompare": "v"});
    hands_its_input_on(NODE, vec![(1.0, by_v()), (1.1, by_v())]);
    makes_items_of_errors(NODE, vec![(2.0, by_v(), vec!["'v' isn't always the same type"])]);
}
