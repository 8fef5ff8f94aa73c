//! One run of a node of a package.

use futures_util::stream::{FuturesUnordered, StreamExt};
use node_sdk::json::stringify;
use node_sdk::sync::lock;
use node_sdk::{Inputs, Item, NodeError, Outputs, RunContext};
use package_worker::protocol::{Job as Task, Payload};
use packages::modules::Modules;
use serde_json::{Map, Value, json};

use super::calls::{self, Calls};
use super::files::Files;
use super::workers::{Said, Workers, Working};
use crate::Job;

/// The address that n8n's instance would have.
const BASE: &str = "http://localhost:5678/";

/// Runs a node.
pub(super) async fn run(workers: &Workers, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
    let modules = workers.modules(&job.package)?;
    let slots = inputs.len();
    let inputs = inputs.gather().await?;
    let files = Files::default();
    let lists: Vec<Value> = (0..slots).map(|slot| inputs.get(slot).iter().map(|item| files.shown(item)).collect()).collect();
    let payload = Payload::json(stringify(&about(job, &modules, cx, &lists)));
    let calls = Calls::new(job, cx, &files);
    let mut once_more = true;
    loop {
        let live = workers.of(&job.package.name, &modules).await.map_err(not_started)?;
        let now = cx.ports.clock.stands_still().then(|| cx.ports.clock.now_millis());
        let began = live.begin(&session_of(cx), now, Task::Execute, payload.clone()).await;
        let ended = match began {
            Ok(mut working) => attend(&mut working, &calls).await?,
            Err(_) => None,
        };
        match ended {
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

fn not_started(error: walls::Error) -> NodeError {
    NodeError::coded(error.code().to_owned().into(), error.to_string())
}

/// Executions of one workflow share an isolate.
fn session_of(cx: &RunContext) -> String {
    format!("{}\n{}", cx.workflow.id, cx.workflow.name)
}

/// Answers what the node asks, until it has ended. `None`: the worker has.
async fn attend(working: &mut Working, calls: &Calls<'_>) -> Result<Option<(bool, Payload)>, NodeError> {
    let mut at_work = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            Some((call, (ok, answer))) = at_work.next() => {
                if working.answer(call, ok, answer).await.is_err() {
                    return Ok(None);
                }
            }
            said = working.hear() => match said {
                None => return Ok(None),
                Some(Said::Done(ok, payload)) => return calls.stopped().map_or(Ok(Some((ok, payload))), Err),
                Some(Said::Call(call, name, payload)) => at_work.push(async move { (call, calls.answer(&name, payload).await) }),
            },
        }
    }
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
        "instanceId": modules.fingerprint(),
        "instanceBaseUrl": BASE,
        "literals": job.parameters.literals(&cx.params),
        "inputs": inputs,
    })
}

/// The items that the node put out.
fn outputs(cx: &RunContext, files: &Files, payload: &Payload) -> Result<Outputs, NodeError> {
    let made = calls::parsed(payload)?;
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

/// The error of a node, out of what its code threw.
fn thrown(payload: &Payload) -> NodeError {
    let Ok(Value::Object(mut told)) = calls::parsed(payload) else { return NodeError::new("The node failed") };
    if let Some(broken) = told.get("broken").and_then(Value::as_str) {
        return broke(broken);
    }
    if let Some(kept) = told.shift_remove("kv").and_then(|kept| serde_json::from_value::<NodeError>(kept).ok()) {
        return kept;
    }
    let text = |name: &str| told.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let name = text("name").unwrap_or_else(|| "Error".into());
    let mut error = NodeError::new(text("message").unwrap_or_default()).named(name);
    error.description = text("description");
    for key in ["httpCode", "messages", "context"] {
        let shown = |value: &Value| !value.is_null() && !value.as_array().is_some_and(Vec::is_empty) && !value.as_object().is_some_and(Map::is_empty);
        if let Some(value) = told.get(key).filter(|value| shown(value)) {
            error.data.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(status) = text("httpCode").and_then(|code| code.parse().ok()) {
        error.code = request::failure::status_code(status);
        error = error.http(status, told.get("context").and_then(|context| context.get("data")).cloned().unwrap_or_default());
    }
    error.item = told.get("context").and_then(|context| context.get("itemIndex")).and_then(Value::as_u64).map(|item| item as usize);
    error
}

fn broke(how: &str) -> NodeError {
    let (code, message) = match how {
        "time" => (super::codes::TIME, "The node's code works for too long without asking for anything"),
        "memory" => (super::codes::MEMORY, "The node's code has used up its memory"),
        "size" => (super::codes::MEMORY, "What the node says is larger than 256 MiB"),
        _ => (super::codes::ENDED, "The node's JavaScript cannot go on"),
    };
    NodeError::coded(code, message)
}
