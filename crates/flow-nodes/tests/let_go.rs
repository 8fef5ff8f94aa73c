//! Where a result needs the last items alone, others are let go; nothing else changes.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::{EnginePorts, InMemory, Isolates, Limits, NoWorkflows, NodeRun, Plan, PlanOptions, Plans, PoolOptions, RunOptions, RunResult, Workflow};
use node_sdk::event::NoEvents;
use node_sdk::{Item, Registry};
use node_testkit::FakePorts;
use serde_json::{Value, json};

fn recorded(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/workflows").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.to_string_lossy().ends_with(".expected.json")).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

struct Process {
    isolates: Arc<Isolates>,
    registry: Registry,
}

impl Process {
    async fn run(&self, workflow: &Workflow, start: &str, last_items_only: bool) -> RunResult {
        let plan = Arc::new(Plan::new(workflow, &self.registry, &PlanOptions::default()));
        let ports = FakePorts::default().ports();
        let durable = Arc::new(InMemory::new(ports.clock.clone(), ports.random.clone()));
        let (isolates, plans) = (self.isolates.clone(), Arc::new(Plans::new(self.registry.clone())));
        let ports = EnginePorts { isolates, plans, ports, workflows: Arc::new(NoWorkflows), events: Arc::new(NoEvents), durable };
        let options = RunOptions { last_items_only, execution_id: Some("1".into()), ..RunOptions::new(start) };
        engine::run(plan, options, ports).await
    }
}

/// All that a result says beside items and durations.
fn told(result: &RunResult) -> Value {
    let error = |error: Option<&node_sdk::NodeError>| error.map(ToString::to_string);
    let run = |run: &NodeRun| json!([run.counts, run.items_in, error(run.error.as_deref()), format!("{:?}", run.source)]);
    let runs: Vec<Value> = result.nodes.iter().map(|(name, runs)| json!([name, runs.iter().map(run).collect::<Vec<_>>()])).collect();
    json!([result.status.as_str(), error(result.error.as_deref()), result.order, runs, format!("{:?}", result.response), result.unknown_outcomes()])
}

fn last_items(result: &RunResult) -> Vec<Vec<Value>> {
    let run = result.order.last().and_then(|name| result.nodes.get(name)?.last());
    run.into_iter().flat_map(|run| &run.outputs).map(|items| items.iter().map(Item::to_value).collect()).collect()
}

/// Runs whose items are not there any more.
fn let_go(result: &RunResult) -> usize {
    result.nodes.values().flatten().filter(|run| run.outputs.is_empty() && run.items_out() > 0).count()
}

#[tokio::test]
async fn results_of_recorded_workflows_are_the_same_but_for_items_that_were_let_go() {
    let isolates = Arc::new(Isolates::new(Limits::default(), PoolOptions::default()));
    let process = Process { isolates, registry: Registry::new().with(flow_nodes::provider()) };
    let mut gone = 0;
    for path in ["engine", "v0", "nodes"].into_iter().flat_map(recorded) {
        let (expected, file) = (read(&path), read(Path::new(&path.to_string_lossy().replace(".expected.json", ".json"))));
        let (Some(start), Ok(workflow)) = (expected["order"][0].as_str(), Workflow::from_value(file)) else { continue };
        let all = process.run(&workflow, start, false).await;
        let last = process.run(&workflow, start, true).await;
        assert_eq!((told(&all), last_items(&all)), (told(&last), last_items(&last)), "{}", path.display());
        assert_eq!(let_go(&all), 0, "{}", path.display());
        gone += let_go(&last);
    }
    assert!(gone > 500, "{gone}");
}

/// Expressions that a node cuts out of a text by itself look back too.
#[tokio::test]
async fn expressions_that_nodes_make_themselves_keep_what_they_look_at() {
    let isolates = Arc::new(Isolates::new(Limits::default(), PoolOptions::default()));
    let process = Process { isolates, registry: Registry::new().with(flow_nodes::provider()) };
    let text = r#"={"x": "\{{ $('C').first().json.a }}" }"#;
    let field = json!({"name": "o", "type": "objectValue", "objectValue": text});
    for (version, parameters) in [(3.4, json!({"mode": "raw", "jsonOutput": text})), (3.0, json!({"fields": {"values": [field]}}))] {
        let node = |name: &str, kind: &str, version: f64, parameters: Value| {
            let kind = format!("n8n-nodes-base.{kind}");
            json!({"name": name, "type": kind, "typeVersion": version, "position": [0, 0], "parameters": parameters})
        };
        let to = |name: &str| json!({"main": [[{"node": name, "type": "main", "index": 0}]]});
        let one = json!({"mode": "raw", "jsonOutput": "={\"a\": 7}"});
        let file = json!({
            "nodes": [
                node("T", "manualTrigger", 1.0, json!({})), node("C", "set", 3.4, one), node("N", "noOp", 1.0, json!({})),
                node("N2", "noOp", 1.0, json!({})), node("S", "set", version, parameters),
            ],
            "connections": {"T": to("C"), "C": to("N"), "N": to("N2"), "N2": to("S")},
        });
        let workflow = Workflow::from_value(file).unwrap();
        let (all, last) = (process.run(&workflow, "T", false).await, process.run(&workflow, "T", true).await);
        assert_eq!((told(&all), last_items(&all)), (told(&last), last_items(&last)), "{version}");
        assert_eq!(let_go(&last), 0, "{version}");
    }
}
