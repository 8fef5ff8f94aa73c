//! A sub-workflow inside the bounds of its own and of its caller's run.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "a test that cannot be set up must fail; the puppet is shared")]

mod nodes;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::{
    EnginePorts, InMemory, Isolates, Limits, Plan, PlanOptions, Plans, PoolOptions, RunOptions, RunResult, Status, Workflow, WorkflowSource, codes,
};
use node_sdk::event::{Event, EventSink, NoEvents, callers};
use node_sdk::{Item, NodeError, Registry, async_trait};
use node_testkit::FakePorts;
use nodes::{Does, named};
use serde_json::{Value, json};

/// Begin -> Does, with this time-out in seconds.
fn below(name: &str, does: Value, timeout: Option<u64>) -> Value {
    let mut node = json!({"name": "Does"});
    node.as_object_mut().unwrap().extend(does.as_object().unwrap().clone());
    json!({
        "name": name,
        "nodes": [{"name": "Begin", "type": "n8n-nodes-base.executeWorkflowTrigger"}, node],
        "connections": {"Begin": {"main": [[{"node": "Does", "type": "main", "index": 0}]]}},
        "settings": {"executionTimeout": timeout}
    })
}

struct Workflows;

#[async_trait]
impl WorkflowSource for Workflows {
    async fn find(&self, reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        let found = match reference {
            "slow" => below("slow", json!({"type": "test.sleeps"}), Some(5)),
            "endless" => below("endless", json!({"type": "test.sleeps"}), None),
            "calls endless" => below("calls endless", json!({"type": "test.calls", "parameters": {"value": "endless"}}), Some(5)),
            "id" => below("id", json!({"type": "test.evaluates", "parameters": {"value": "={{ $execution.id }}"}}), None),
            // Its nodes have the names of its caller's.
            "same names" => {
                let text = below("same names", json!({"type": "test.calls", "parameters": {"value": "id"}}), None).to_string();
                serde_json::from_str(&text.replace("\"Begin\"", "\"Start\"").replace("\"Does\"", "\"Call\"")).unwrap()
            }
            _ => return Ok(None),
        };
        Ok(Some(Arc::new(Workflow::from_value(found).unwrap())))
    }

    async fn file(&self, _path: &str) -> Result<Arc<Workflow>, NodeError> {
        Err(NodeError::new("no files"))
    }
}

/// Start -> Call -> After, where Call hands its items to the sub-workflow "slow"; it has these fields too.
async fn run(caller: Value, timeout: Option<Duration>) -> RunResult {
    run_told(caller, timeout, Arc::new(NoEvents)).await
}

async fn run_told(caller: Value, timeout: Option<Duration>, events: Arc<dyn EventSink>) -> RunResult {
    let mut call = json!({"name": "Call", "type": "test.calls", "parameters": {"value": "slow"}});
    call.as_object_mut().unwrap().extend(caller.as_object().unwrap().clone());
    let to = |node: &str| json!({"main": [[{"node": node, "type": "main", "index": 0}]]});
    let workflow = Workflow::from_value(json!({
        "nodes": [{"name": "Start", "type": "test.handsOn"}, call, {"name": "After", "type": "test.handsOn"}],
        "connections": {"Start": to("Call"), "Call": to("After")},
        "settings": {"executionOrder": "v1"}
    }));
    let types = [("n8n-nodes-base.executeWorkflowTrigger", Does::HandsOn), ("test.handsOn", Does::HandsOn), ("test.evaluates", Does::Evaluates)];
    let others = [("test.sleeps", Does::Sleeps), ("test.calls", Does::Calls), ("test.fails", Does::FailsTimes(1))];
    let registry = Registry::new().with(types.into_iter().chain(others).map(|(name, does)| named(name, does)).collect::<Vec<_>>());
    let plan = Arc::new(Plan::new(&workflow.unwrap(), &registry, &PlanOptions::default()));
    let ports = FakePorts::default().ports();
    let durable = Arc::new(InMemory::new(ports.clock.clone(), ports.random.clone()));
    let isolates = Arc::new(Isolates::new(Limits::default(), PoolOptions::default()));
    let ports = EnginePorts { isolates, plans: Arc::new(Plans::new(registry)), ports, workflows: Arc::new(Workflows), events, durable };
    let input = Some(vec![Item::new(json!({"i": 1})), Item::new(json!({"i": 2}))].into());
    engine::run(plan, RunOptions { input, timeout, execution_id: Some("7".into()), ..RunOptions::new("Start") }, ports).await
}

#[tokio::test]
async fn its_own_time_out_fails_the_node_that_calls_it() {
    let result = run(json!({}), None).await;
    let error = result.error.as_ref().unwrap();
    assert_eq!((result.status, error.code.clone(), error.node.as_deref()), (Status::Error, codes::TIMEOUT, Some("Call")));
    assert!(error.message.contains("5s") && error.help.as_deref().unwrap().contains("\"slow\""), "{error:?}");

    let result = run(json!({"onError": "continueRegularOutput"}), None).await;
    assert_eq!((result.status, result.nodes.contains_key("After")), (Status::Success, true));
}

#[tokio::test]
async fn the_time_out_of_the_whole_run_stops_both() {
    for caller in [json!({}), json!({"onError": "continueRegularOutput", "retryOnFail": true})] {
        let result = run(caller, Some(Duration::from_secs(3))).await;
        let error = result.error.as_ref().unwrap();
        assert_eq!((result.status, error.code.clone(), error.node.as_deref()), (Status::Canceled, codes::TIMEOUT, Some("Call")));
        assert!(error.message.contains("3s"), "{error:?}");
        assert_eq!(result.order.iter().map(|name| &**name).collect::<Vec<_>>(), ["Start", "Call"]);
    }
}

#[tokio::test]
async fn its_own_time_out_bounds_those_that_it_calls() {
    let result = run(json!({"parameters": {"value": "calls endless"}}), None).await;
    let error = result.error.as_ref().unwrap();
    assert_eq!((result.status, error.code.clone(), error.node.as_deref()), (Status::Error, codes::TIMEOUT, Some("Call")));
    assert!(error.message.contains("5s") && error.help.as_deref().unwrap().contains("\"calls endless\""), "{error:?}");
}

#[tokio::test]
async fn the_ids_of_the_executions_are_the_same_in_each_run() {
    let ids = || async {
        let result = run(json!({"parameters": {"value": "id"}}), None).await;
        result.nodes["Call"][0].outputs[0].iter().map(|item| item.json().unwrap()["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = ids().await;
    assert!(first.iter().all(|id| id.len() == 16), "{first:?}");
    assert_ne!(first[0], first[1], "each call is an execution of its own");
    assert_eq!(first, ids().await);
}

#[tokio::test]
async fn one_that_stands_in_the_node_is_prepared_once() {
    let inline = below("inline", json!({"type": "test.fails"}), None).to_string();
    let result = run(json!({"parameters": {"value": inline}, "retryOnFail": true, "maxTries": 2}), None).await;
    // What fails counts from its preparation on.
    assert_eq!(result.status, Status::Success, "{:?}", result.error);
}

#[derive(Default)]
struct Begun(Mutex<Vec<(Vec<String>, String)>>);

impl EventSink for Begun {
    fn emit(&self, execution: &Arc<str>, event: Event) {
        if let Event::NodeStarted { node, .. } = event {
            self.0.lock().unwrap().push((callers(execution), node.to_string()));
        }
    }
}

#[tokio::test]
async fn events_say_of_which_execution_they_are() {
    let begun = Arc::new(Begun::default());
    let result = run_told(json!({"parameters": {"value": "same names"}, "executeOnce": true}), None, begun.clone()).await;
    assert_eq!(result.status, Status::Success, "{:?}", result.error);
    let begun = begun.0.lock().unwrap();
    let begun: Vec<_> = begun.iter().map(|(callers, node)| (callers.join(" > "), node.as_str())).collect();
    let expected =
        [("", "Start"), ("", "Call"), ("Call", "Start"), ("Call", "Call"), ("Call > Call", "Begin"), ("Call > Call", "Does"), ("", "After")];
    assert_eq!(begun, expected.map(|(callers, node)| (callers.to_owned(), node)));
}
