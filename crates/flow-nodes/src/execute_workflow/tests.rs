//! What the recordings of n8n do not show.

use serde_json::json;

use crate::testing::{fails, node};

const NODE: &str = "executeWorkflow";

#[test]
fn what_another_workflow_is_given() {
    let call = |value: &str, mode: &str| {
        json!({"source": "database", "workflowId": {"__rl": true, "mode": "id", "value": "w"}, "mode": mode, "workflowInputs": {"mappingMode": "defineBelow",
            "value": {"n": value}, "schema": [{"id": "n", "displayName": "n", "type": "number"}], "attemptToConvertTypes": false}})
    };
    fails(
        NODE,
        vec![
            (1.2, call("={{ '5' }}", "once"), json!([[{}]]), "Invalid input for 'n' [item 0]"),
            (1.2, call("={{ 5 }}", "each"), json!([[{}]]), "Error executing workflow with item at index 0"),
            (
                1.2,
                json!({"workflowInputs": {"value": null, "schema": []}, "workflowId": "w"}),
                json!([[{}]]),
                "Cannot convert undefined or null to object",
            ),
        ],
    );
}

#[test]
fn an_example_that_is_no_object() {
    let declared = json!({"inputSource": "jsonExample", "jsonExample": "[1]"});
    fails("executeWorkflowTrigger", vec![(1.1, declared, json!([[{}]]), "Invalid JSON schema. Missing key `properties` in schema")]);
}

#[test]
fn where_items_go_whose_call_failed() {
    let outputs = |version: f64, on_error: &str| {
        let parameters = json!({"workflowId": {"__rl": true, "mode": "id", "value": "none"}, "mode": "each"});
        let harness = node(NODE).version(version).parameters(parameters).field("onError", json!(on_error));
        let ran = harness.input([json!({"id": 1}), json!({"id": 2})]).run();
        ran.outputs.iter().filter_map(|items| items.len()).collect::<Vec<_>>()
    };
    assert_eq!(outputs(1.2, "continueRegularOutput"), [1, 1], "n8n's defect: an output for each item");
    assert_eq!(outputs(1.3, "continueRegularOutput"), [2]);
    assert_eq!(outputs(1.4, "continueErrorOutput"), [0, 2]);
}
