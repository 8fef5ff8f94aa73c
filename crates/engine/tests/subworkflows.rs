//! A sub-workflow inside the bounds of its own and of its caller's run.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "a test that cannot be set up must fail; the puppet is shared")]

mod nodes;

use std::sync::Arc;
use std::time::Duration;

use engine::{Host, InMemory, Plan, PlanOptions, RunOptions, RunResult, Status, Workflow, WorkflowSource, codes};
use node_sdk::event::NoEvents;
use node_sdk::{Item, NodeError, Registry, async_trait};
use node_testkit::FakePorts;
use nodes::{Does, named};
use serde_json::{Value, json};

/// Begin -> Sleep, which takes an hour; it is given 5 seconds.
struct Slow;

#[async_trait]
impl WorkflowSource for Slow {
    async fn find(&self, _reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        let workflow = json!({
            "name": "slow",
            "nodes": [{"name": "Begin", "type": "n8n-nodes-base.executeWorkflowTrigger"}, {"name": "Sleep", "type": "test.sleeps"}],
            "connections": {"Begin": {"main": [[{"node": "Sleep", "type": "main", "index": 0}]]}},
            "settings": {"executionTimeout": 5}
        });
        Ok(Some(Arc::new(Workflow::from_value(workflow).unwrap())))
    }

    async fn file(&self, _path: &str) -> Result<Arc<Workflow>, NodeError> {
        Err(NodeError::new("no files"))
    }
}

/// Start -> Call -> After; the node that calls has these fields too.
async fn run(caller: Value, timeout: Option<Duration>) -> RunResult {
    let mut call = json!({"name": "Call", "type": "test.calls", "parameters": {"value": "slow"}});
    call.as_object_mut().unwrap().extend(caller.as_object().unwrap().clone());
    let to = |node: &str| json!({"main": [[{"node": node, "type": "main", "index": 0}]]});
    let workflow = Workflow::from_value(json!({
        "nodes": [{"name": "Start", "type": "test.handsOn"}, call, {"name": "After", "type": "test.handsOn"}],
        "connections": {"Start": to("Call"), "Call": to("After")},
        "settings": {"executionOrder": "v1"}
    }));
    let types = [("n8n-nodes-base.executeWorkflowTrigger", Does::HandsOn), ("test.handsOn", Does::HandsOn)];
    let others = [("test.sleeps", Does::Sleeps), ("test.calls", Does::Calls)];
    let registry = Registry::new().with(types.into_iter().chain(others).map(|(name, does)| named(name, does)).collect::<Vec<_>>());
    let plan = Arc::new(Plan::new(&workflow.unwrap(), &registry, &PlanOptions::default()));
    let ports = FakePorts::default().ports();
    let durable = Arc::new(InMemory::new(ports.clock.clone(), ports.random.clone()));
    let host = Host { registry, ports, workflows: Arc::new(Slow), events: Arc::new(NoEvents), durable };
    let input = Some(vec![Item::new(json!({"i": 1}))]);
    engine::run(plan, RunOptions { input, timeout, ..RunOptions::new("Start") }, host).await
}

#[tokio::test]
async fn its_own_time_out_fails_the_node_that_calls_it() {
    let result = run(json!({}), None).await;
    let error = result.error.as_ref().unwrap();
    assert_eq!((result.status, error.code, error.node.as_deref()), (Status::Error, codes::TIMEOUT, Some("Call")));
    assert!(error.message.contains("5s") && error.help.as_deref().unwrap().contains("\"slow\""), "{error:?}");

    let result = run(json!({"onError": "continueRegularOutput"}), None).await;
    assert_eq!((result.status, result.nodes.contains_key("After")), (Status::Success, true));
}

#[tokio::test]
async fn the_time_out_of_the_whole_run_stops_both() {
    for caller in [json!({}), json!({"onError": "continueRegularOutput", "retryOnFail": true})] {
        let result = run(caller, Some(Duration::from_secs(3))).await;
        let error = result.error.as_ref().unwrap();
        assert_eq!((result.status, error.code, error.node.as_deref()), (Status::Canceled, codes::TIMEOUT, Some("Call")));
        assert!(error.message.contains("3s"), "{error:?}");
        assert_eq!(result.order.iter().map(|name| &**name).collect::<Vec<_>>(), ["Start", "Call"]);
    }
}
