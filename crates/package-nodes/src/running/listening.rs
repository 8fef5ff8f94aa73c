//! What a worker says, and who waits for it. Nothing of it is trusted: what nobody waits for is refused, what is no message ends the worker.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use node_sdk::sync::lock;
use package_worker::protocol::{CallId, FromWorker, Payload, RunId, SessionId, ToWorker, from_frame, to_frame};
use serde_json::json;
use tokio::sync::mpsc;
use walls::{Sender, Worker};

use super::library::Library;

/// What a worker says of a job.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// It asks.
    Call(CallId, String, Payload),
    /// The job has ended.
    Done(bool, Payload),
}

impl Said {
    /// Whether the isolate cannot be trusted to go on.
    fn breaks(&self) -> bool {
        matches!(self, Self::Done(false, payload) if payload.json.starts_with(br#"{"broken""#))
    }

    /// Whether the session had ended when the job came.
    pub(super) fn was_too_late(&self) -> bool {
        matches!(self, Self::Done(false, payload) if payload.json.starts_with(br#"{"broken": "ended""#))
    }
}

/// Who waits for what a worker says of a job, and the sessions that may be used.
#[derive(Default)]
pub(crate) struct Routes {
    waiting: Mutex<HashMap<(SessionId, RunId), mpsc::Sender<Said>>>,
    sessions: Mutex<HashMap<String, SessionId>>,
    /// Nobody listens any more. It changes while `waiting` is held.
    ended: AtomicBool,
}

impl Routes {
    /// The session of a workflow, and whether it is to be opened.
    pub(super) fn session(&self, workflow: &str, next: impl FnOnce() -> SessionId) -> (SessionId, bool) {
        let mut sessions = lock(&self.sessions);
        if let Some(known) = sessions.get(workflow) {
            return (*known, false);
        }
        let session = next();
        sessions.insert(workflow.to_owned(), session);
        (session, true)
    }

    /// Somebody waits for a job.
    pub(super) fn open(&self, session: SessionId, run: RunId, said: mpsc::Sender<Said>) {
        let mut waiting = lock(&self.waiting);
        // Else `said` goes, which tells who waits that the worker has ended.
        if !self.ended.load(Ordering::Relaxed) {
            waiting.insert((session, run), said);
        }
    }

    /// Nobody waits for it any more. Whether it was the only one of its session.
    pub(super) fn close(&self, session: SessionId, run: RunId) -> bool {
        let mut waiting = lock(&self.waiting);
        waiting.remove(&(session, run));
        !waiting.keys().any(|(other, _)| *other == session)
    }

    /// The session is not used again.
    pub(super) fn forget(&self, session: SessionId) {
        lock(&self.sessions).retain(|_, known| *known != session);
    }

    fn runs_of(&self, session: SessionId) -> Vec<RunId> {
        lock(&self.waiting).keys().filter(|(of, _)| *of == session).map(|(_, run)| *run).collect()
    }

    /// Hands it to who waits. False: nobody does.
    async fn hand(&self, session: SessionId, run: RunId, said: Said) -> bool {
        let waiting = lock(&self.waiting).get(&(session, run)).cloned();
        match waiting {
            Some(waiting) => waiting.send(said).await.is_ok(),
            None => false,
        }
    }
}

/// Hands on what a worker says, until it ends. What it asks about its files is answered here.
pub(super) async fn listen(mut worker: Worker, routes: Arc<Routes>, library: Library) {
    let sender = worker.sender();
    while let Ok(frame) = worker.receive().await {
        let Some((message, payload)) = from_frame::<FromWorker>(&frame) else { break };
        if take(&routes, &library, &sender, message, payload).await.is_err() {
            break;
        }
    }
    // It ends with `worker`, and whoever waits sees that nothing comes any more.
    worker.kill();
    let mut waiting = lock(&routes.waiting);
    routes.ended.store(true, Ordering::Relaxed);
    waiting.clear();
}

async fn take(routes: &Routes, library: &Library, sender: &Sender, message: FromWorker, payload: Payload) -> walls::Result<()> {
    let say = |message: ToWorker, payload: Payload| sender.send(to_frame(&message, payload));
    match message {
        FromWorker::Call { session, run: 0, call, name } => {
            let (ok, answer) = match library.answer(&name, &payload).await {
                Ok(answer) => (true, answer),
                Err(error) => (false, Payload::json(json!({"message": error}).to_string())),
            };
            say(ToWorker::Answer { session, call, ok }, answer).await
        }
        FromWorker::Call { session, run, call, name } => match routes.hand(session, run, Said::Call(call, name, payload)).await {
            true => Ok(()),
            // JavaScript may wait for it.
            false => say(ToWorker::Answer { session, call, ok: false }, Payload::json(r#"{"message": "The job has ended"}"#)).await,
        },
        FromWorker::Done { session, run, ok } => {
            let said = Said::Done(ok, payload);
            if said.breaks() {
                routes.forget(session);
                say(ToWorker::Close { session }, Payload::default()).await?;
            }
            routes.hand(session, run, said).await;
            Ok(())
        }
        // Nodes in other sessions begin again; those in this one do not.
        FromWorker::Stuck { session } => {
            routes.forget(session);
            for run in routes.runs_of(session) {
                routes.hand(session, run, Said::Done(false, Payload::json(r#"{"broken": "time"}"#))).await;
            }
            sender.kill();
            Ok(())
        }
    }
}
