//! Whole runs: where they end, what they call, and the JSON they are written as.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "a test that cannot be set up must fail; the puppet is shared")]

mod nodes;

use std::sync::Arc;

use engine::{
    EnginePorts, InMemory, Isolates, Limits, NoWorkflows, Plan, PlanOptions, Plans, PoolOptions, RunOptions, RunResult, ShownItems, Status, Workflow,
    WriteOptions, write,
};
use node_sdk::event::NoEvents;
use node_sdk::{Item, Registry};
use node_testkit::FakePorts;
use nodes::{Does, node};
use serde_json::{Map, Value, json};

/// Nodes by name, and connections (from, to, input).
fn workflow(names: &[&str], edges: &[(&str, &str, usize)]) -> Value {
    let nodes: Vec<Value> = names.iter().enumerate().map(|(i, name)| json!({"name": name, "type": "test.puppet", "position": [0, i]})).collect();
    let mut connections = Map::new();
    for (from, to, input) in edges {
        let outputs = connections.entry(*from).or_insert_with(|| json!({"main": [[]]}));
        outputs["main"][0].as_array_mut().unwrap().push(json!({"node": to, "type": "main", "index": input}));
    }
    json!({"nodes": nodes, "connections": connections, "settings": {"executionOrder": "v1"}})
}

async fn run(json: Value, does: Does, options: RunOptions) -> (RunResult, FakePorts) {
    let workflow = Workflow::from_value(json).unwrap();
    let registry = Registry::new().with(vec![node(does)]);
    let plan = Arc::new(Plan::new(&workflow, &registry, &PlanOptions::default()));
    let fakes = FakePorts::default();
    let ports = fakes.ports();
    let durable = Arc::new(InMemory::new(ports.clock.clone(), ports.random.clone()));
    let isolates = Arc::new(Isolates::new(Limits::default(), PoolOptions::default()));
    let ports =
        EnginePorts { isolates, plans: Arc::new(Plans::new(registry)), ports, workflows: Arc::new(NoWorkflows), events: Arc::new(NoEvents), durable };
    (engine::run(plan, options, ports).await, fakes)
}

fn order(result: &RunResult) -> Vec<&str> {
    result.order.iter().map(|name| &**name).collect()
}

#[tokio::test]
async fn a_destination_runs_only_what_it_needs() {
    let flow = workflow(&["Start", "Side", "A", "Goal", "After"], &[("Start", "Side", 0), ("Start", "A", 0), ("A", "Goal", 0), ("Goal", "After", 0)]);
    let options = RunOptions { destination: Some("Goal".into()), ..RunOptions::new("Start") };
    let (result, _) = run(flow, Does::HandsOn, options).await;
    assert_eq!(order(&result), ["Start", "A", "Goal"]);
}

#[tokio::test]
async fn a_missing_target_ends_the_run_before_any_other_target() {
    let flow = workflow(&["Start", "End"], &[("Start", "End", 0), ("Start", "Ghost", 0)]);
    let (result, _) = run(flow, Does::HandsOn, RunOptions::new("Start")).await;
    let error = result.error.as_ref().unwrap();
    assert_eq!((result.status, error.message.as_str(), error.node.as_deref()), (Status::Error, "Destination node not found", Some("Start")));
    assert_eq!(order(&result), ["Start"]);
    assert!(result.nodes["Start"][0].error.is_none(), "the node itself succeeded");
}

#[tokio::test]
async fn a_missing_target_ends_the_run_after_an_error_that_was_gone_over_too() {
    let mut flow = workflow(&["Start"], &[("Start", "Ghost", 0)]);
    flow["nodes"][0]["onError"] = json!("continueRegularOutput");
    let (result, _) = run(flow, Does::Panics, RunOptions::new("Start")).await;
    assert_eq!(result.error.as_ref().unwrap().message, "Destination node not found");
}

#[tokio::test]
async fn pinned_items_are_never_moved_to_the_error_output() {
    let mut flow = workflow(&["Start", "End"], &[("Start", "End", 0)]);
    flow["nodes"][0]["onError"] = json!("continueErrorOutput");
    flow["pinData"] = json!({"Start": [{"json": {"error": "x"}}]});
    let (result, _) = run(flow, Does::HandsOn, RunOptions::new("Start")).await;
    let start = &result.nodes["Start"][0];
    assert_eq!((start.outputs.len(), start.outputs[0].len(), order(&result)), (1, Some(1), vec!["Start", "End"]));
}

#[tokio::test]
async fn an_error_that_was_gone_over_fails_the_run_only_where_no_node_had_its_turn_after_it() {
    let edges = [("Start", "After", 1), ("Ghost", "After", 0)];
    for (edges, expected) in [(&edges[..0], Status::Error), (&edges[..], Status::Success)] {
        let mut flow = workflow(&["Start", "After"], edges);
        flow["nodes"][0]["continueOnFail"] = json!(true);
        // In the older order a node whose input 0 is empty has its turn, but leaves no record.
        flow["settings"] = json!({});
        let (result, _) = run(flow, Does::Panics, RunOptions::new("Start")).await;
        assert_eq!((result.status, order(&result)), (expected, vec!["Start"]));
    }
}

#[tokio::test]
async fn the_json_of_a_run() {
    let mut flow = workflow(&["Start", "End"], &[("Start", "End", 0)]);
    flow["pinData"] = json!({"Start": [{"json": {"a": 1}, "binary": {"data": {"mimeType": "text/plain", "data": "aGk="}}}]});
    let options = RunOptions { execution_id: Some("7".into()), ..RunOptions::new("Start") };
    let (result, fakes) = run(flow, Does::FailsAt(0), options).await;
    let mut text = Vec::new();
    let extra = Map::from_iter([("plan".to_owned(), json!([]))]);
    let options = WriteOptions { items: ShownItems::All, locate: &|_| Some("flow.json:1:2".into()), blobs: &*fakes.blobs, extra };
    write(&result, &options, &mut text).await.unwrap();
    let error = json!({
        "code": "KV0300", "message": "no", "description": null, "help": null, "node": "End", "parameter": null, "item": 0,
        "at": "flow.json:1:2", "http": null
    });
    let time = "2026-01-02T03:04:05.678Z";
    let item = json!({"json": {"a": 1}, "binary": {"data": {"mimeType": "text/plain", "bytes": 2, "text": "hi"}}, "pairedItem": {"item": 0}});
    let expected = json!({
        "status": "error", "executionId": "7", "startedAt": time, "finishedAt": time, "error": error, "executionOrder": ["Start", "End"],
        "nodes": {
            "Start": {"runs": [{
                "source": [], "outputs": [[item]], "error": null, "startedAt": time, "durationMs": 0, "items": {"in": 1, "out": 1}, "pinned": true
            }]},
            "End": {"runs": [{
                "source": [{"node": "Start", "output": 0, "run": 0}], "outputs": [], "error": error, "startedAt": time, "durationMs": 0,
                "items": {"in": 1, "out": 0}
            }]}
        },
        "plan": []
    });
    assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), expected);
}

#[tokio::test]
async fn given_items_enter_a_start_node_that_is_no_trigger() {
    let options = RunOptions { input: Some(vec![Item::new(json!({"i": 1})), Item::new(json!({"i": 2}))].into()), ..RunOptions::new("Start") };
    let (result, _) = run(workflow(&["Start"], &[]), Does::HandsOn, options).await;
    assert_eq!(result.nodes["Start"][0].items_out(), 2);
    assert!(result.nodes["Start"][0].source.is_empty());
}
