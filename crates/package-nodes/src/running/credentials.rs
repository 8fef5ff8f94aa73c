//! The functions of credential types.

use std::hash::{DefaultHasher, Hash, Hasher};

use node_sdk::NodeError;
use node_sdk::credential::CredentialCall;
use node_sdk::json::stringify;
use package_worker::protocol::{Job as Task, Payload};
use request::helper::{Asked, Family};
use serde_json::{Map, Value, json};

use super::attending::{attend, not_started, thrown};
use super::crossing::{Answer, failed, parsed};
use super::requests;
use super::workers::Workers;
use crate::installed::Package;
use crate::{CredentialJob, Tester};

pub(super) async fn authenticate(workers: &Workers, job: &CredentialJob, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError> {
    let about = |file: String| json!({"file": file, "className": job.entry.class, "fields": call.fields, "options": options});
    work(workers, &job.package, call, Task::Authenticate, |own| about(own(&job.entry.file))).await
}

pub(super) async fn pre_authenticate(workers: &Workers, job: &CredentialJob, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
    let about = |file: String| json!({"file": file, "className": job.entry.class, "fields": call.fields, "node": {}});
    match work(workers, &job.package, call, Task::PreAuthenticate, |own| about(own(&job.entry.file))).await? {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}

pub(super) async fn test(workers: &Workers, job: &CredentialJob, tester: &Tester, call: &CredentialCall<'_>) -> Result<String, NodeError> {
    let credential = json!({"id": "1", "name": job.entry.name, "type": job.entry.name, "data": call.fields});
    let about = |file: String| json!({"file": file, "className": tester.entry.class, "version": tester.version, "method": tester.function, "credential": credential, "node": {}});
    let said = work(workers, &job.package, call, Task::Test, |own| about(own(&tester.entry.file))).await?;
    let message = said["message"].as_str().unwrap_or_default().to_owned();
    if said["status"] == "OK" { Ok(message) } else { Err(NodeError::new(message)) }
}

/// Has a worker do something for a credential.
async fn work(
    workers: &Workers,
    package: &Package,
    call: &CredentialCall<'_>,
    task: Task,
    about: impl FnOnce(&dyn Fn(&str) -> String) -> Value,
) -> Result<Value, NodeError> {
    let modules = workers.modules(package)?;
    let payload = Payload::json(stringify(&about(&|file| modules.own(file))));
    let live = workers.of(&package.name, &modules).await.map_err(not_started)?;
    let now = call.clock.stands_still().then(|| call.clock.now_millis());
    let mut working = live.begin(&session_of(call), now, task, payload).await.map_err(not_started)?;
    match attend(&mut working, |name, payload| answer(call, name, payload)).await {
        Some((true, payload)) => parsed(&payload),
        Some((false, payload)) => Err(thrown(&payload)),
        None => Err(NodeError::coded(
            super::codes::ENDED,
            format!("The worker of the package {} ended while it was asked about a credential", package.name),
        )),
    }
}

/// Only one and the same credential finds what was kept for it.
fn session_of(call: &CredentialCall<'_>) -> String {
    let mut hash = DefaultHasher::new();
    call.fields.to_owned().iter().for_each(|(name, value)| (name, value.to_string()).hash(&mut hash));
    let execution = call.sender.as_ref().map_or("", |sender| &sender.execution);
    format!("credential\n{execution}\n{:x}", hash.finish())
}

/// Its requests go without a credential.
async fn answer(call: &CredentialCall<'_>, name: String, payload: Payload) -> Answer {
    let asked = match parsed(&payload) {
        Ok(Value::Array(arguments)) if name == "request" => arguments.into_iter().next().unwrap_or_default(),
        _ => return failed(&NodeError::new(format!("\"{name}\" is not there for credentials"))),
    };
    let family = if asked["family"] == "request" { Family::Request } else { Family::HttpRequest };
    let wanted = Asked::new(family, &asked["options"], &payload.buffers);
    if let Err(object) = wanted.check() {
        return (false, Payload::json(object.to_string()));
    }
    let mut request = wanted.request.clone();
    (request.options.sender, request.options.known_by) = (call.sender.clone(), call.known_by);
    match call.http.send(request).await {
        Ok(answer) => {
            requests::give(&wanted, &answer).map_or_else(|thrown| (false, Payload::json(thrown.object.to_string())), |payload| (true, payload))
        }
        Err(error) => (false, Payload::json(wanted.unanswered(&error).to_string())),
    }
}
