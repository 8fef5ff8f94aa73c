//! One execution in this process.

use std::sync::Arc;

use engine::{Plan, PlanOptions, RunOptions, ShownItems, Workflow, WriteOptions};
use host::{Execution, Process};
use node_sdk::Item;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The plan of a workflow that a row has made.
pub(super) fn plan(process: &Process, workflow: &Value) -> Result<Arc<Plan>, Failure> {
    let workflow = Workflow::parse(&workflow.to_string(), "made.json")?;
    Ok(process.plans.of(&workflow, &PlanOptions::default()))
}

/// Runs to the end and gives the JSON of the run, with the items of the node that ran last.
pub(super) async fn run(process: &Process, plan: Arc<Plan>, items: Vec<Item>) -> Result<Value, Failure> {
    run_with(process, plan, RunOptions { input: Some(items.into()), ..RunOptions::new("Start") }).await
}

/// The same, with other options.
pub(super) async fn run_with(process: &Process, plan: Arc<Plan>, options: RunOptions) -> Result<Value, Failure> {
    let ports = process.ports(Execution::default())?;
    let blobs = ports.ports.blobs.clone();
    let result = engine::run(plan, options, ports).await;
    let mut text = Vec::new();
    let write = WriteOptions { items: ShownItems::Last, locate: &|_| None, blobs: &*blobs, extra: Map::new() };
    engine::write(&result, &write, &mut text).await?;
    Ok(serde_json::from_slice(&text)?)
}

/// What the node that ran last has put out.
pub(super) fn last_items(run: &Value) -> Value {
    let name = run["executionOrder"].as_array().and_then(|order| order.last()?.as_str()).unwrap_or_default();
    run["nodes"][name]["runs"].as_array().and_then(|runs| runs.last()).map_or(Value::Null, |run| run["outputs"].clone())
}
