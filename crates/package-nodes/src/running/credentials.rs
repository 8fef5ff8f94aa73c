//! The functions of credential types.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use node_sdk::NodeError;
use node_sdk::credential::CredentialCall;
use node_sdk::json::stringify;
use node_sdk::ports::{HttpClient, HttpError, HttpRequest, HttpResponse, Room};
use package_worker::protocol::{Job as Task, Payload};
use request::helper::{Asked, Family};
use serde_json::{Map, Value, json};

use super::attending::{self, MOST_BYTES, Order};
use super::crossing::{Answer, failed, parsed};
use super::hosts::{self, Granted};
use super::requests::{self, Thrown};
use super::sessions::Owner;
use super::thrown::thrown;
use super::workers::Workers;
use crate::{CredentialJob, Tester};

pub(super) async fn authenticate(workers: &Workers, job: &CredentialJob, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError> {
    let about = |file: String| json!({"file": file, "className": job.entry.class, "fields": call.fields, "options": &options});
    let made = work(workers, job, call, Task::Authenticate, |own| about(own(&job.entry.file))).await?;
    granted(job, call).check(&options, &made)?;
    Ok(made)
}

pub(super) async fn pre_authenticate(workers: &Workers, job: &CredentialJob, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
    let about = |file: String| json!({"file": file, "className": job.entry.class, "fields": call.fields, "node": {}});
    match work(workers, job, call, Task::PreAuthenticate, |own| about(own(&job.entry.file))).await? {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}

pub(super) async fn test(workers: &Workers, job: &CredentialJob, tester: &Tester, call: &CredentialCall<'_>) -> Result<String, NodeError> {
    let credential = json!({"id": "1", "name": job.entry.name, "type": job.entry.name, "data": call.fields});
    let about = |file: String| json!({"file": file, "className": tester.entry.class, "version": tester.version, "method": tester.function, "credential": credential, "node": {}});
    let said = work(workers, job, call, Task::Test, |own| about(own(&tester.entry.file))).await?;
    let message = said["message"].as_str().unwrap_or_default().to_owned();
    if said["status"] == "OK" { Ok(message) } else { Err(NodeError::new(message)) }
}

/// Has a worker do something for a credential.
async fn work(
    workers: &Workers,
    job: &CredentialJob,
    call: &CredentialCall<'_>,
    task: Task,
    about: impl FnOnce(&dyn Fn(&str) -> String) -> Value,
) -> Result<Value, NodeError> {
    let package = &job.package;
    let modules = workers.modules(package)?;
    let order = Order {
        package: &package.name,
        modules: &modules,
        owner: owner(job, call),
        now: call.clock.stands_still().then(|| call.clock.now_millis()),
        job: task,
        payload: Payload::json(stringify(&about(&|file| modules.own(file)))),
    };
    let sent = AtomicBool::new(false);
    let room = Room::new(MOST_BYTES);
    let asked = |name, payload| {
        sent.store(true, Ordering::Relaxed);
        answer(Guard { job, call, room: Some(room.clone()) }, name, payload)
    };
    match attending::work(workers, &order, || sent.load(Ordering::Relaxed), asked).await? {
        (true, payload) => parsed(&payload),
        (false, payload) => Err(thrown(&modules, &payload)),
    }
}

/// Only one and the same credential, in one execution, finds what was kept for it.
fn owner(job: &CredentialJob, call: &CredentialCall<'_>) -> Owner {
    let execution = call.sender.as_ref().map_or("", |sender| &sender.execution);
    Owner::Named(json!(["credential", execution, job.entry.name, call.fields]).to_string())
}

fn granted(job: &CredentialJob, call: &CredentialCall<'_>) -> Granted {
    Granted::new(&job.package, credential_types::hosts_of(&*job.data, call.fields))
}

/// Sends for a credential, where its package and the credential may send.
pub(crate) struct Guard<'a> {
    pub(crate) job: &'a CredentialJob,
    pub(crate) call: &'a CredentialCall<'a>,
    /// Where the answers have room.
    pub(crate) room: Option<Arc<Room>>,
}

#[async_trait]
impl HttpClient for Guard<'_> {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        request.options.room.clone_from(&self.room);
        // Whatever a credential sends is for the sake of a session.
        request.options.for_session = true;
        hosts::send(self.call.http, request, granted(self.job, self.call)).await
    }
}

/// Its requests go without a credential.
async fn answer(http: Guard<'_>, name: String, payload: Payload) -> Answer {
    let asked = match parsed(&payload) {
        Ok(Value::Array(arguments)) if name == "request" || name == "wire" => arguments.into_iter().next().unwrap_or_default(),
        _ => return failed(&NodeError::new(format!("\"{name}\" is not there for credentials"))),
    };
    let call = http.call;
    let sent = if name == "wire" { plain(&http, call, &asked, &payload).await } else { send(&http, call, &asked, &payload).await };
    sent.map_or_else(|thrown| (false, Payload::json(thrown.object.to_string())), |payload| (true, payload))
}

async fn plain(http: &Guard<'_>, call: &CredentialCall<'_>, asked: &Value, payload: &Payload) -> Result<Payload, Thrown> {
    let request = requests::plain(asked, &payload.buffers)?;
    requests::send_plain(http, request, (call.sender.clone(), call.known_by)).await
}

async fn send(http: &Guard<'_>, call: &CredentialCall<'_>, asked: &Value, payload: &Payload) -> Result<Payload, Thrown> {
    let family = if asked["family"] == "request" { Family::Request } else { Family::HttpRequest };
    let wanted = Asked::new(family, &asked["options"], &payload.buffers);
    wanted.check().map_err(Thrown::no_address)?;
    let mut request = wanted.request.clone();
    (request.options.sender, request.options.known_by) = (call.sender.clone(), call.known_by);
    let answer = http.send(request).await.map_err(|error| requests::unanswered(&wanted, &error))?;
    requests::give(&wanted, &answer)
}
