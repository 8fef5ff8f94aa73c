//! One run of a node of a package.

use node_sdk::json::stringify;
use node_sdk::sync::lock;
use node_sdk::{Inputs, Item, NodeError, Outputs, RunContext};
use package_worker::protocol::{Job as Task, Payload};
use packages::modules::Modules;
use serde_json::{Map, Value, json};

use super::attending::{attend, thrown};
use super::calls::{self, Calls};
use super::crossing::parsed;
use super::files::Files;
use super::hosts;
use super::workers::Workers;
use crate::Job;
use crate::parameters::Reader;

/// The address that n8n's instance would have.
const BASE: &str = "http://localhost:5678/";

/// Runs a node.
pub(super) async fn run(workers: &Workers, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
    let modules = workers.modules(&job.package)?;
    let cx = &hosts::guarded(cx, &job.package);
    let slots = inputs.len();
    let inputs = inputs.gather().await?;
    let files = Files::default();
    let lists: Vec<Value> = (0..slots).map(|slot| inputs.get(slot).iter().map(|item| files.shown(item)).collect()).collect();
    let payload = Payload::json(stringify(&about(job, &modules, cx, &lists)));
    let calls = Calls::new(job, cx, &files);
    let mut once_more = true;
    loop {
        let live = workers.of(&job.package.name, &modules).await.map_err(super::attending::not_started)?;
        let now = cx.ports.clock.stands_still().then(|| cx.ports.clock.now_millis());
        let began = live.begin(&session_of(cx), now, Task::Execute, payload.clone()).await;
        let ended = match began {
            Ok(mut working) => attend(&mut working, |name, payload| calls.answer(name, payload)).await,
            Err(_) => None,
        };
        match ended {
            Some(_) if let Some(stop) = calls.stopped() => return Err(stop),
            Some((true, payload)) => return outputs(cx, &files, &payload),
            Some((false, payload)) => return Err(thrown(&payload)),
            // The worker has ended. What has sent nothing may begin again.
            None if once_more && !calls.sent() => once_more = false,
            None => {
                return Err(NodeError::coded(
                    super::codes::ENDED,
                    format!("The worker of the package {} ended while the node ran", job.package.name),
                ));
            }
        }
    }
}

/// Executions of one workflow share an isolate.
fn session_of(cx: &RunContext) -> String {
    format!("{}\n{}", cx.workflow.id, cx.workflow.name)
}

/// What the node's code is told.
fn about(job: &Job, modules: &Modules, cx: &RunContext, inputs: &[Value]) -> Value {
    let node = &cx.node;
    let parameters = cx.params.raw();
    json!({
        "file": modules.own(&job.entry.file),
        "className": job.entry.class,
        "version": node.type_version,
        "node": {
            "id": node.id,
            "name": node.name,
            "type": node.type_name,
            "typeVersion": node.type_version,
            "parameters": parameters,
            "credentials": node.credentials,
            "position": [0, 0],
            "onError": calls::on_error(node.on_error),
        },
        "workflow": {"id": cx.workflow.id, "name": cx.workflow.name, "active": cx.workflow.active},
        "mode": if cx.execution.mode == "test" { "manual" } else { "trigger" },
        "executionId": cx.execution.id,
        "timezone": cx.workflow.timezone,
        "instanceId": job.package.instance,
        "instanceBaseUrl": BASE,
        "literals": job.parameters.literals(&cx.params),
        "open": Reader::open(&cx.params),
        "inputs": inputs,
    })
}

/// The items that the node put out.
fn outputs(cx: &RunContext, files: &Files, payload: &Payload) -> Result<Outputs, NodeError> {
    let made = parsed(payload)?;
    let Value::Object(mut made) = made else { return Ok(Outputs::nothing()) };
    if let Some(Value::Object(statics)) = made.shift_remove("statics") {
        keep(cx, statics);
    }
    match made.shift_remove("outputs") {
        Some(Value::Array(lists)) => {
            let item = |value: Value| files.taken(value);
            let list = |value: Value| if let Value::Array(list) = value { list.into_iter().map(item).collect() } else { Vec::new() };
            Ok(Outputs::lists(lists.into_iter().map(list).collect::<Vec<Vec<Item>>>()))
        }
        _ => Ok(Outputs::nothing()),
    }
}

fn keep(cx: &RunContext, statics: Map<String, Value>) {
    for (kind, value) in statics {
        if let Value::Object(value) = value {
            *lock(&calls::static_data(cx, &kind)) = value;
        }
    }
}
