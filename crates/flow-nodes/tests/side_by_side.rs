//! Executions that share a process: what one does to JavaScript is seen by no other, and none keeps another from going on.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::{EnginePorts, InMemory, Isolates, Limits, NoWorkflows, Plan, PlanOptions, Plans, PoolOptions, RunOptions, RunResult, Status, Workflow};
use node_sdk::event::NoEvents;
use node_sdk::ports::{HttpClient, HttpError, HttpRequest, HttpResponse};
use node_sdk::{Item, Ports, Registry, async_trait};
use node_testkit::{FakeHttp, FakePorts};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tokio::runtime::Builder;

/// Longer than anything here takes, on a machine that does much else.
const LONG: Duration = Duration::from_secs(120);

/// A process with two threads for JavaScript and memory for two isolates.
struct Process {
    isolates: Arc<Isolates>,
    plans: Arc<Plans>,
    registry: Registry,
}

impl Process {
    fn new(limits: Limits, threads: usize) -> Self {
        let registry = Registry::new().with(flow_nodes::provider());
        let options = PoolOptions { threads, memory: 8 << 20, ..PoolOptions::default() };
        Self { isolates: Arc::new(Isolates::new(limits, options)), plans: Arc::new(Plans::new(registry.clone())), registry }
    }

    /// A run of a chain of nodes, with `n` as its item.
    async fn run(&self, nodes: &[Value], n: usize) -> RunResult {
        let workflow = Workflow::from_value(chain(nodes)).unwrap();
        let plan = Arc::new(Plan::new(&workflow, &self.registry, &PlanOptions::default()));
        let fakes = FakePorts::default();
        let ports = Arc::new(Ports { http: Arc::new(Slow), ..(*fakes.ports()).clone() });
        let durable = Arc::new(InMemory::new(ports.clock.clone(), ports.random.clone()));
        let (isolates, plans) = (self.isolates.clone(), self.plans.clone());
        let ports = EnginePorts { isolates, plans, ports, workflows: Arc::new(NoWorkflows), events: Arc::new(NoEvents), durable };
        let options = RunOptions { input: Some(vec![Item::new(json!({ "n": n }))].into()), execution_id: Some("1".into()), ..RunOptions::new("0") };
        engine::run(plan, options, ports).await
    }
}

/// Answers after a while.
struct Slow;

#[async_trait]
impl HttpClient for Slow {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        tokio::time::sleep(Duration::from_millis(600)).await;
        Ok(FakeHttp::json(200, &json!({"ok": true})))
    }
}

/// The nodes one after the other, by number; the first is a trigger.
fn chain(nodes: &[Value]) -> Value {
    let trigger = json!({"type": "n8n-nodes-base.executeWorkflowTrigger", "typeVersion": 1.1, "parameters": {"inputSource": "passthrough"}});
    let all: Vec<Value> = std::iter::once(&trigger)
        .chain(nodes)
        .enumerate()
        .map(|(at, node)| {
            let mut node = node.clone();
            node["name"] = json!(at.to_string());
            node["position"] = json!([at, 0]);
            node
        })
        .collect();
    let edge = |at: usize| (at.to_string(), json!({"main": [[{"node": (at + 1).to_string(), "type": "main", "index": 0}]]}));
    let connections: Map<String, Value> = (0..nodes.len()).map(edge).collect();
    json!({"nodes": all, "connections": connections, "settings": {"executionOrder": "v1"}})
}

/// Sets `value` of each item.
fn set(expression: &str) -> Value {
    let assignment = json!({"id": "1", "name": "value", "type": "string", "value": expression});
    let parameters = json!({"assignments": {"assignments": [assignment]}, "includeOtherFields": true, "options": {}});
    json!({"type": "n8n-nodes-base.set", "typeVersion": 3.4, "parameters": parameters})
}

fn code(source: &str) -> Value {
    json!({"type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": source}})
}

/// Calls a workflow that stands in the parameters.
fn call(nodes: &[Value]) -> Value {
    let parameters = json!({"source": "parameter", "workflowJson": chain(nodes), "mode": "once", "options": {}});
    json!({"type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.1, "parameters": parameters})
}

/// What the last node put out, or the error.
async fn came_to(result: RunResult) -> Result<Vec<Value>, (String, String)> {
    if result.status != Status::Success {
        let error = result.error.unwrap();
        return Err((error.code.to_string(), error.message));
    }
    let last = result.nodes[result.order.last().unwrap()].last().unwrap();
    Ok(last.outputs[0].gather().await.unwrap().iter().map(|item| item.json().cloned().unwrap()).collect())
}

/// Leaves something behind for the rest of its execution.
const DISTURBS: &str = "={{ (Math.max = () => 99, [].at.call.left = $json.n, 'done') }}";
const READS: &str = "={{ Math.max($json.n, 1) + '/' + [].at.call.left + '/' + $json.n.toString().padStart(5, 'x') }}";
const COUNTS: &str = "globalThis.seen = (globalThis.seen ?? 0) + 1; return [{json: {...items[0].json, seen, max: Math.max(1, 2)}}]";

/// The nodes of an execution by its number: some disturb, every third calls a sub-workflow.
fn nodes(kind: usize) -> Vec<Value> {
    let reads = || [set(READS), code(COUNTS)];
    let mut nodes = Vec::new();
    if kind & 1 == 1 {
        nodes.push(set(DISTURBS));
    }
    nodes.extend(reads());
    if kind & 2 == 2 {
        nodes.push(call(&[set(if kind & 4 == 4 { DISTURBS } else { READS }), set(READS), code(COUNTS)]));
    }
    nodes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn executions_side_by_side_come_to_what_they_come_to_one_by_one(
        kinds in prop::collection::vec(0..8usize, if cfg!(debug_assertions) { 60 } else { 1000 })
    ) {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (alone, together) = runtime.block_on(async {
            let mut alone = Vec::new();
            for kind in 0..8 {
                alone.push(came_to(Process::new(Limits::default(), 1).run(&nodes(kind), 1).await).await);
            }
            let process = Arc::new(Process::new(Limits::default(), 2));
            let runs: Vec<_> = kinds.iter().map(|kind| {
                let (process, nodes) = (process.clone(), nodes(*kind));
                tokio::spawn(async move { came_to(process.run(&nodes, 1).await).await })
            }).collect();
            let mut together = Vec::new();
            for run in runs {
                together.push(tokio::time::timeout(LONG, run).await.expect("no deadlock").unwrap());
            }
            (alone, together)
        });
        for (kind, result) in kinds.iter().zip(together) {
            prop_assert!(result.is_ok(), "{:?}", result);
            prop_assert_eq!(&result, &alone[*kind], "kind {}", kind);
        }
    }
}

/// Sub-workflows run on their caller's admission: none waits for memory that a caller holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nested_executions_do_not_wait_for_each_other() {
    let process = Arc::new(Process::new(Limits::default(), 2));
    let nested = (0..5).fold(vec![set(DISTURBS), code(COUNTS)], |below, _| vec![set(DISTURBS), code(COUNTS), call(&below)]);
    let runs: Vec<_> = (0..6)
        .map(|n| {
            let (process, nested) = (process.clone(), nested.clone());
            tokio::spawn(async move { process.run(&nested, n).await.status })
        })
        .collect();
    for run in runs {
        assert_eq!(tokio::time::timeout(LONG, run).await.expect("no deadlock").unwrap(), Status::Success);
    }
}

/// A thread of the runtime that waits would hold up its timers for a second and more.
#[tokio::test(flavor = "current_thread")]
async fn an_endless_expression_holds_up_no_timer() {
    let process = Process::new(Limits { time: Duration::from_secs(1), ..Limits::default() }, 2);
    let endless = [set("={{ (() => { for (;;); })() }}")];
    let run = process.run(&endless, 1);
    let timers = async {
        let mut latest = Duration::ZERO;
        let until = Instant::now() + Duration::from_millis(800);
        while Instant::now() < until {
            let since = Instant::now();
            tokio::time::sleep(Duration::from_millis(10)).await;
            latest = latest.max(since.elapsed());
        }
        latest
    };
    let (result, latest) = tokio::join!(run, timers);
    assert_eq!(came_to(result).await.unwrap_err().0, "KV0304");
    assert!(latest < Duration::from_millis(500), "a timer was {latest:?} late");
}

/// While code waits for a request, another execution has the only thread.
#[tokio::test(flavor = "current_thread")]
async fn code_that_waits_holds_no_thread() {
    let process = Process::new(Limits::default(), 1);
    let waits = [code("await this.helpers.httpRequest({url: 'http://localhost/'}); return [{json: {n: 1}}]")];
    let quick = [code("return [{json: {n: 2}}]"), set("={{ $json.n.toFixed(1) }}")];
    let since = Instant::now();
    let (waited, quick) = tokio::join!(process.run(&waits, 1), async {
        let done = process.run(&quick, 1).await;
        (done, since.elapsed())
    });
    assert!(quick.1 < since.elapsed(), "the quick one was first");
    assert_eq!(came_to(quick.0).await, Ok(vec![json!({"n": 2, "value": "2.0"})]));
    assert_eq!(came_to(waited).await, Ok(vec![json!({"n": 1})]));
}

/// A power of large numbers is one native call: nothing interrupts it.
const STUCK: &str = "={{ (3n ** 700000n).toString(32).length }}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stuck_expressions_lose_eight_threads_at_most() {
    let limits = Limits { time: Duration::from_millis(30), grace: Duration::from_millis(20), ..Limits::default() };
    let process = Arc::new(Process::new(limits, 2));
    let runs: Vec<_> = (0..20)
        .map(|n| {
            let process = process.clone();
            tokio::spawn(async move { came_to(process.run(&[set(STUCK)], n).await).await })
        })
        .collect();
    let mut codes = Vec::new();
    for run in runs {
        codes.push(tokio::time::timeout(LONG, run).await.unwrap().unwrap().unwrap_err().0);
    }
    let lost = process.isolates.lost_threads();
    assert!(lost <= 8, "{lost}");
    assert!(codes.iter().all(|code| code == "KV0304" || code == "KV0309"), "{codes:?}");
    assert_eq!(came_to(process.run(&[set("={{ $json.n }}")], 7).await).await, Ok(vec![json!({"n": 7, "value": "7"})]));
}
