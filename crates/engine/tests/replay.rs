//! Replays recorded runs of n8n: given what each run put out, the schedule must name the next node that n8n ran.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "a test that cannot be set up must fail; the puppet is shared")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::schedule::schedule;
use node_sdk::{Item, ItemList, RequiredInputs};
use serde_json::Value;
use workflow::Workflow;

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/workflows").join(folder);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.to_string_lossy().ends_with(".expected.json")).collect();
    files.sort();
    files
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn required(node: &Value) -> RequiredInputs {
    let chooses = node["type"] == "n8n-nodes-base.merge" && node["parameters"]["mode"] == "chooseBranch";
    match node["typeVersion"].as_f64() {
        Some(version) if chooses && version >= 3.0 => RequiredInputs::These(vec![0, 1]),
        Some(version) if chooses && version >= 2.0 => RequiredInputs::All,
        _ => RequiredInputs::Any,
    }
}

/// The order that the schedule gives when each run puts out what was recorded.
fn replayed(workflow: &Value, expected: &Value) -> Vec<String> {
    let model = Workflow::from_value(workflow.clone()).unwrap();
    let graph = Arc::new(model.graph());
    let required = workflow["nodes"].as_array().unwrap().iter().map(required).collect();
    let mut schedule = schedule(graph.clone(), required, model.settings.execution_order);
    let mut order = Vec::new();
    let Some(start) = expected["order"][0].as_str() else { return order };
    schedule.start(graph.find(start).unwrap(), vec![Item::empty()].into());
    let mut runs = vec![0; graph.len()];
    let limit = expected["order"].as_array().unwrap().len();
    while let Ok(Some(pending)) = schedule.next() {
        let name = &**graph.name(pending.node);
        let node = workflow["nodes"].as_array().unwrap().iter().find(|node| node["name"] == name).unwrap();
        let recorded_anyway = node["disabled"] == true || node["alwaysOutputData"] == true;
        let Some(run) = expected["nodes"][name]["runs"].get(runs[pending.node]).filter(|_| !pending.starved || recorded_anyway) else {
            if order.len() < limit && !pending.starved && !name.starts_with("Loop") {
                order.push(format!("{name}, which did not run"));
                return order;
            }
            continue;
        };
        order.push(name.to_owned());
        if order.len() > limit {
            return order;
        }
        let outputs: Vec<_> =
            run["outputs"].as_array().unwrap().iter().map(|list| ItemList::from(vec![Item::empty(); list.as_array().map_or(0, Vec::len)])).collect();
        let stopped = !run["error"].is_null() && outputs.is_empty();
        if stopped || (run["error"].is_null() && graph.has_missing_target(pending.node)) {
            break;
        }
        schedule.record(pending.node, runs[pending.node], &outputs);
        runs[pending.node] += 1;
    }
    order
}

fn replay(folder: &str) {
    let mut wrong = Vec::new();
    let files = cases(folder);
    assert!(files.len() > 30, "the recorded cases of {folder} are there");
    for path in &files {
        let expected = read(path);
        let workflow = read(Path::new(&path.to_string_lossy().replace(".expected.json", ".json")));
        let recorded: Vec<String> = expected["order"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().into()).collect();
        let order = replayed(&workflow, &expected);
        if order != recorded {
            wrong.push(format!("{}:\n  {order:?}\n  {recorded:?}", path.file_name().unwrap().to_string_lossy()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

#[test]
fn both_orders_as_recorded() {
    replay("v0");
    replay("engine");
}

#[test]
fn nodes_as_recorded() {
    replay("nodes");
    replay("expressions");
}
