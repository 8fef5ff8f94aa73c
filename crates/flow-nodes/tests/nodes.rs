//! Every node keeps the contract of nodes. What a single node does stands in its own folder.

use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::json::MAX_DEPTH;
use node_sdk::{Node, Provider};
use node_testkit::{FakeHttp, Harness, Ran, assert_node_contract};
use serde_json::{Value, json};

#[test]
fn every_node_keeps_the_contract() {
    for node in flow_nodes::provider().list() {
        assert_node_contract(&node);
    }
}

/// The node of this type under n8n's prefix.
fn node(name: &str) -> Arc<dyn Node> {
    let found = flow_nodes::provider().find(&format!("n8n-nodes-base.{name}"));
    found.unwrap_or_else(|| panic!("there is no node {name}"))
}

/// So many objects, each in the field `a` of the one around it.
fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }))
}

/// Nodes that put what they are given below something else: by how many levels.
fn nesting() -> [(&'static str, f64, Value, usize); 8] {
    let set = |name: &str| json!({"assignments": {"assignments": [{"id": "1", "name": name, "type": "object", "value": "={{ $json }}"}]}});
    let all = json!({"aggregate": "aggregateAllItemData", "destinationFieldName": "data"});
    let fields = json!({"fieldsToAggregate": {"fieldToAggregate": [{"fieldToAggregate": "a"}]}});
    let inputs = json!({"mappingMode": "defineBelow", "value": {"x": "={{ $json }}"}, "schema": []});
    let full = json!({"url": "http://host/", "options": {"response": {"response": {"fullResponse": true}}}});
    [
        ("set", 3.4, set("x"), 1),
        ("set", 3.0, json!({"fields": {"values": [{"name": "x", "type": "objectValue", "objectValue": "={{ $json }}"}]}}), 1),
        ("set", 3.4, set("x.y[0]"), 3),
        ("aggregate", 1.0, all, 2),
        ("aggregate", 1.0, fields, 1),
        ("executeWorkflow", 1.2, json!({"workflowId": "w", "workflowInputs": inputs}), 1),
        ("respondToWebhook", 1.4, json!({"respondWith": "firstIncomingItem", "enableResponseOutput": true}), 2),
        ("httpRequest", 4.2, full, 1),
    ]
}

/// One item of so many levels, which is also what a server answers.
fn run(name: &str, version: f64, parameters: Value, levels: usize) -> Ran {
    let harness = Harness::new(node(name)).below("n8n-nodes-base.webhook").version(version).parameters(parameters).input([nested(levels)]);
    harness.ports().http.respond(move |_| Ok(FakeHttp::json(200, &nested(levels))));
    harness.run()
}

#[test]
fn what_a_node_nests_is_no_deeper_than_what_is_read() {
    for (name, version, parameters, above) in nesting() {
        let fits = run(name, version, parameters.clone(), MAX_DEPTH - above);
        assert_ne!(fits.error.map(|error| error.code), Some(codes::TOO_DEEP), "{name} {parameters}");
        let error = run(name, version, parameters.clone(), MAX_DEPTH - above + 1).error;
        assert_eq!(error.map(|error| error.code), Some(codes::TOO_DEEP), "{name} {parameters}");
    }
    // All others, as far as their examples show them: the engine looks at what they put out.
    for node in flow_nodes::provider().list() {
        let Some(example) = node.example() else { continue };
        let ran = Harness::new(node.clone()).parameters(example).input([nested(MAX_DEPTH)]).run();
        let broke = ran.error.as_ref().is_some_and(|error| error.code == engine::codes::NODE_BROKE);
        assert!(!broke, "{}: {:?}", node.descriptor().name, ran.error);
    }
}

#[test]
fn what_a_server_says_of_an_error_does_not_nest_an_item_too_deep() {
    let harness = Harness::new(node("httpRequest")).version(4.5).parameters(json!({"url": "http://host/"}));
    let harness = harness.field("onError", json!("continueRegularOutput")).input([json!({})]);
    harness.ports().http.respond(|_| Ok(FakeHttp::json(400, &nested(MAX_DEPTH))));
    let ran = harness.run();
    assert!(ran.json(0)[0]["error"].is_string(), "{:?}", ran.json(0));
}
