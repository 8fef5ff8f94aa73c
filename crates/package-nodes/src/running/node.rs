//! One run of a node of a package.

use node_sdk::credential::fields_in_words;
use node_sdk::json::stringify;
use node_sdk::sync::lock;
use node_sdk::{Inputs, Item, NodeError, Outputs, RunContext, Source};
use package_worker::protocol::{Job as Task, Payload};
use packages::modules::Modules;
use request::auth;
use serde_json::{Map, Value, json};

use super::attending::{Order, work};
use super::calls::{self, Calls};
use super::crossing::parsed;
use super::files::Files;
use super::hosts;
use super::sessions::Owner;
use super::thrown::thrown;
use super::workers::Workers;
use crate::Job;
use crate::parameters::Reader;

/// The address that n8n's instance would have.
const BASE: &str = "http://localhost:5678/";

/// Runs a node.
pub(super) async fn run(workers: &Workers, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
    perform(workers, job, cx, (Task::Execute, inputs)).await
}

/// Begins a run with a trigger. One that is a node like others has the empty item that a run by hand begins with.
pub(super) async fn begin(workers: &Workers, job: &Job, cx: &RunContext) -> Result<Outputs, NodeError> {
    let inputs = Inputs::new(vec![vec![Item::new(json!({}))].into()]);
    perform(workers, job, cx, (Task::Begin, inputs)).await
}

async fn perform(workers: &Workers, job: &Job, cx: &RunContext, (task, inputs): (Task, Inputs)) -> Result<Outputs, NodeError> {
    let modules = workers.modules(&job.package)?;
    let cx = &hosts::guarded(cx, &job.package, &hosts::room());
    let slots = inputs.len();
    let inputs = inputs.gather().await?;
    let files = Files::default();
    let lists: Vec<Value> = (0..slots).map(|slot| inputs.get(slot).iter().map(|item| files.shown(item)).collect()).collect();
    let calls = Calls::new(job, cx, &files).with_user_code(workers.user_code.clone());
    let order = Order {
        package: &job.package.name,
        modules: &modules,
        owner: Owner::workflow(&cx.workflow),
        now: cx.ports.clock.stands_still().then(|| cx.ports.clock.now_millis()),
        job: task,
        payload: Payload::json(stringify(&about(job, &modules, cx, &lists))),
    };
    let done = work(workers, &order, || calls.sent(), |name, payload| calls.answer(name, payload)).await;
    if let Some(stop) = calls.stopped() {
        return Err(stop);
    }
    match done? {
        (true, payload) => outputs(cx, &files, &payload),
        (false, payload) => Err(with_missing_fields(cx, calls.explained(thrown(&modules, &payload))).await),
    }
}

/// Says of a failure what the node's credentials lack: without it they sign nothing that a service takes.
async fn with_missing_fields(cx: &RunContext, error: NodeError) -> NodeError {
    for name in cx.node.credentials.keys() {
        // One that cannot be used at all has said so itself.
        let Ok(kind) = auth::credential_type(cx, name) else { continue };
        let fields = match auth::fields(cx, 0, (name, &*kind)).await {
            Ok(fields) => fields,
            Err(lack) => return error.help(format!("{}. {}", lack.message.trim_end_matches('.'), lack.help.unwrap_or_default())),
        };
        let faults = kind.faults(&fields);
        if !faults.is_empty() {
            let (faults, fields) = (faults.join("; "), fields_in_words(&*kind));
            return error.help(format!("The credential {name} is not whole: {faults}. Mend its entry in the credentials file. {fields}"));
        }
    }
    error
}

/// How many lists a node may put out. There may be more of them than outputs: the record of a run shows what Filter does not let pass.
const MOST_LISTS: usize = 256;

/// What the node's code is told.
pub(super) fn about(job: &Job, modules: &Modules, cx: &RunContext, inputs: &[Value]) -> Value {
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
        "sources": cx.sources.iter().map(|source| source.as_ref().map(told_source)).collect::<Vec<_>>(),
    })
}

/// Where the items of an input came from, in n8n's words.
fn told_source(source: &Source) -> Value {
    json!({"previousNode": &*source.node, "previousNodeOutput": source.output, "previousNodeRun": source.run})
}

/// The items that the node put out.
fn outputs(cx: &RunContext, files: &Files, payload: &Payload) -> Result<Outputs, NodeError> {
    let made = parsed(payload)?;
    let Value::Object(mut made) = made else { return Ok(Outputs::nothing()) };
    if let Some(Value::Object(statics)) = made.shift_remove("statics") {
        keep(cx, statics);
    }
    if let Some(Value::Object(context)) = made.shift_remove("context") {
        *lock(&cx.state) = context;
    }
    match made.shift_remove("outputs") {
        Some(Value::Array(lists)) => {
            let item = |value: Value| files.taken(value);
            let list = |value: Value| if let Value::Array(list) = value { list.into_iter().map(item).collect() } else { Vec::new() };
            Ok(Outputs::lists(lists.into_iter().take(MOST_LISTS).map(list).collect::<Vec<Vec<Item>>>()))
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
