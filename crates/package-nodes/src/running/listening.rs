//! What a worker says, and who waits for it. Nothing of it is trusted: what nobody waits for is refused, what is no message ends the worker.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use node_sdk::sync::lock;
use package_worker::frames::{Garbage, Unfinished};
use package_worker::protocol::{CallId, FromWorker, Payload, RunId, SessionId, ToWorker};
use tokio::sync::mpsc;
use walls::Worker;

use super::crossing::failed;
use super::library::Library;
use super::line::Line;
use super::sessions::{Owner, Sessions};

/// What a worker says of a job.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// It asks.
    Call(CallId, String, Payload),
    /// The job has ended: whether it gave a value, and which. Whether something of it goes on.
    Done { ok: bool, payload: Payload, goes_on: bool },
}

impl Said {
    /// Whether the isolate cannot be trusted to go on.
    fn breaks(&self) -> bool {
        matches!(self, Self::Done { ok: false, payload, .. } if payload.json.starts_with(br#"{"broken""#))
    }

    /// Whether the session had ended when the job came.
    pub(super) fn was_too_late(&self) -> bool {
        matches!(self, Self::Done { ok: false, payload, .. } if payload.json.starts_with(br#"{"broken":"ended""#))
    }
}

/// Who waits for what a worker says of a job, and the sessions that may be used.
#[derive(Default)]
pub(crate) struct Routes(Mutex<Known>);

#[derive(Default)]
struct Known {
    waiting: Waiting,
    sessions: Sessions,
    /// Nobody listens any more: how the worker ended.
    ended: Option<String>,
}

/// The session that a job begins in.
pub(super) struct Begun {
    pub(super) session: SessionId,
    /// Whether it is to be opened.
    pub(super) fresh: bool,
}

type Waiting = HashMap<(SessionId, RunId), mpsc::Sender<Said>>;

fn is_idle(waiting: &Waiting, session: SessionId) -> bool {
    !waiting.keys().any(|(other, _)| *other == session)
}

impl Routes {
    /// Somebody waits for a job in a session of its owner.
    pub(super) fn begin(&self, owner: &Owner, run: RunId, said: mpsc::Sender<Said>, next: impl FnOnce() -> SessionId) -> Begun {
        let mut guard = lock(&self.0);
        let Known { waiting, sessions, ended } = &mut *guard;
        let there = sessions.of(owner, |session| is_idle(waiting, session));
        let session = there.unwrap_or_else(next);
        if there.is_none() {
            sessions.add(owner.clone(), session);
        }
        // Else `said` goes, which tells who waits that the worker has ended.
        if ended.is_none() {
            waiting.insert((session, run), said);
        }
        Begun { session, fresh: there.is_none() }
    }

    /// Nobody waits for a job any more, of which nothing goes on if it `rests`. What the worker is to be told.
    pub(super) fn end(&self, session: SessionId, run: RunId, rests: bool) -> Vec<ToWorker> {
        let mut guard = lock(&self.0);
        let Known { waiting, sessions, .. } = &mut *guard;
        waiting.remove(&(session, run));
        match (rests, is_idle(waiting, session)) {
            (true, _) => sessions.take_closed(|session| is_idle(waiting, session)).into_iter().map(|session| ToWorker::Close { session }).collect(),
            // Code that spins does not read its messages. Nobody else is in its session, so the session ends.
            (false, true) => {
                sessions.forget(session);
                vec![ToWorker::Close { session }]
            }
            (false, false) => vec![ToWorker::Cancel { session, run }],
        }
    }

    /// The session is not used again.
    pub(super) fn forget(&self, session: SessionId) {
        lock(&self.0).sessions.forget(session);
    }

    /// How the worker ended, once nobody listens any more.
    pub(super) fn how_it_ended(&self) -> Option<String> {
        lock(&self.0).ended.clone()
    }

    /// Whether somebody waits for a job in it.
    fn waits(&self, session: SessionId) -> bool {
        !is_idle(&lock(&self.0).waiting, session)
    }

    fn runs_of(&self, session: SessionId) -> Vec<RunId> {
        lock(&self.0).waiting.keys().filter(|(of, _)| *of == session).map(|(_, run)| *run).collect()
    }

    /// Hands it to who waits. False: nobody does.
    async fn hand(&self, session: SessionId, run: RunId, said: Said) -> bool {
        let waiting = lock(&self.0).waiting.get(&(session, run)).cloned();
        match waiting {
            Some(waiting) => waiting.send(said).await.is_ok(),
            None => false,
        }
    }
}

/// Hands on what a worker says, until it ends. What it asks about its files is answered here.
pub(super) async fn listen(mut worker: Worker, line: Line, routes: Arc<Routes>, library: Library) {
    let mut unfinished = Unfinished::default();
    let ended = loop {
        let frame = match worker.receive().await {
            Ok(frame) => frame,
            Err(error) => break how(&error),
        };
        let (message, payload) = match unfinished.take(frame, |session| routes.waits(session)) {
            Ok(Some(whole)) => whole,
            Ok(None) => continue,
            Err(Garbage) => break "it sent what is no message".to_owned(),
        };
        if let Err(error) = take(&routes, &library, &line, message, payload).await {
            break how(&error);
        }
    };
    // It ends with `worker`, and whoever waits sees that nothing comes any more.
    worker.kill();
    let mut known = lock(&routes.0);
    known.ended = Some(ended);
    known.waiting.clear();
}

/// How a worker ended, as the end of a sentence.
fn how(error: &walls::Error) -> String {
    match error {
        walls::Error::Ended(end) => end.to_string(),
        walls::Error::Garbage(fault) => format!("it sent {fault}"),
        other => other.to_string(),
    }
}

async fn take(routes: &Routes, library: &Library, line: &Line, message: FromWorker, payload: Payload) -> walls::Result<()> {
    let say = async |message: ToWorker, payload: Payload| line.say(&message, payload).await;
    match message {
        FromWorker::Call { session, run: 0, call, name } => {
            let (ok, answer) = library.answer(&name, &payload).await.map_or_else(|error| failed(&error), |answer| (true, answer));
            say(ToWorker::Answer { session, call, ok }, answer).await
        }
        FromWorker::Call { session, run, call, name } => match routes.hand(session, run, Said::Call(call, name, payload)).await {
            true => Ok(()),
            // JavaScript may wait for it.
            false => say(ToWorker::Answer { session, call, ok: false }, Payload::json(r#"{"message": "The job has ended"}"#)).await,
        },
        FromWorker::Done { session, run, ok, goes_on } => {
            let said = Said::Done { ok, payload, goes_on };
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
                routes.hand(session, run, Said::Done { ok: false, payload: Payload::json(r#"{"broken": "time"}"#), goes_on: true }).await;
            }
            line.kill();
            Ok(())
        }
    }
}
