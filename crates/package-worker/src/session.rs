//! A thread with an engine, for the jobs of one owner.

use std::collections::{BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::{Broken, Engine, Idle, Outside};
use crate::out::Out;
use crate::protocol::{CallId, FromWorker, Job, Payload, RunId, SessionId, Surroundings, ToWorker};
use crate::pulse::Pulse;

/// What comes for a session.
pub(crate) type Message = (ToWorker, Payload);

/// What came while an answer was waited for.
type Later = Arc<Mutex<VecDeque<Message>>>;

/// Works for a session until it is closed, or its JavaScript breaks.
pub(crate) fn work(session: SessionId, surroundings: &Surroundings, inbox: Receiver<Message>, pulse: &Arc<Pulse>, out: &Out) {
    let inbox = Arc::new(Mutex::new(inbox));
    let later = Later::default();
    let runs = Arc::<Mutex<BTreeSet<RunId>>>::default();
    let link = Link { session, inbox: inbox.clone(), later: later.clone(), out: out.clone(), runs: runs.clone(), pulse: pulse.clone(), last: 0 };
    let broken = match Engine::new(surroundings, Box::new(link), pulse.clone()) {
        Ok(engine) => match attend(&engine, (session, out), &inbox, &later, &runs) {
            Ok(()) => return,
            Err(broken) => broken.to_json(),
        },
        Err(fault) => {
            // Whoever asked for it learns why: the first job fails with it.
            let first = lock(&inbox).recv();
            if let Ok((ToWorker::Run { run, .. }, _)) = first {
                let error = serde_json::json!({"message": format!("the JavaScript engine does not start: {fault}: {}", fault.stack)});
                out.send(&FromWorker::Done { session, run, ok: false, goes_on: true }, Payload::json(error.to_string()));
            }
            return;
        }
    };
    for run in std::mem::take(&mut *lock(&runs)) {
        out.send(&FromWorker::Done { session, run, ok: false, goes_on: true }, Payload::json(broken.clone()));
    }
}

/// The error of a job that waits for a promise that nobody fulfils.
const NEVER: &str = r#"{"message": "The node's code waits for something that never comes"}"#;

/// Handles what comes. `Ok`: the session is closed.
fn attend(
    engine: &Engine,
    (session, out): (SessionId, &Out),
    inbox: &Mutex<Receiver<Message>>,
    later: &Later,
    runs: &Mutex<BTreeSet<RunId>>,
) -> Result<(), Broken> {
    loop {
        let idle = engine.work_on()?;
        if idle == Idle::Never {
            let error = Payload::json(NEVER);
            for run in std::mem::take(&mut *lock(runs)) {
                out.send(&FromWorker::Done { session, run, ok: false, goes_on: true }, error.clone());
            }
        }
        let kept = lock(later).pop_front();
        let message = match (kept, idle) {
            (Some(message), _) => message,
            (None, Idle::Answer | Idle::Never) => match lock(inbox).recv() {
                Ok(message) => message,
                Err(_) => return Ok(()),
            },
            (None, Idle::Timer(wait)) => match lock(inbox).recv_timeout(wait) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            },
        };
        match message {
            (ToWorker::Run { run, job: Job::Compile, .. }, payload) => {
                lock(runs).insert(run);
                let made = engine.compile(&payload)?;
                lock(runs).remove(&run);
                out.send(&FromWorker::Done { session, run, ok: true, goes_on: false }, made);
            }
            (ToWorker::Run { run, job, .. }, payload) => {
                lock(runs).insert(run);
                engine.start(run, job, payload)?;
            }
            (ToWorker::Answer { call, ok, .. }, payload) => engine.settle(call, ok, payload)?,
            // What a cancelled job still asks is refused by the host.
            (ToWorker::Cancel { run, .. }, _) => {
                lock(runs).remove(&run);
                engine.cancel(run)?;
            }
            (ToWorker::Open { .. } | ToWorker::Close { .. }, _) => {}
        }
    }
}

/// The engine's way to the host.
struct Link {
    session: SessionId,
    inbox: Arc<Mutex<Receiver<Message>>>,
    later: Later,
    out: Out,
    runs: Arc<Mutex<BTreeSet<RunId>>>,
    pulse: Arc<Pulse>,
    last: CallId,
}

impl Link {
    fn call(&mut self, run: RunId, name: &str, payload: Payload) -> CallId {
        self.last += 1;
        self.out.send(&FromWorker::Call { session: self.session, run, call: self.last, name: name.to_owned() }, payload);
        self.last
    }
}

impl Outside for Link {
    fn ask(&mut self, run: RunId, name: &str, payload: Payload) -> Option<(bool, Payload)> {
        let asked = self.call(run, name, payload);
        self.pulse.rest();
        let answer = loop {
            match lock(&self.inbox).recv().ok()? {
                (ToWorker::Answer { call, ok, .. }, payload) if call == asked => break (ok, payload),
                other => lock(&self.later).push_back(other),
            }
        };
        self.pulse.begin();
        Some(answer)
    }

    fn send(&mut self, run: RunId, name: &str, payload: Payload) -> CallId {
        self.call(run, name, payload)
    }

    fn done(&mut self, run: RunId, ok: bool, goes_on: bool, payload: Payload) {
        if lock(&self.runs).remove(&run) {
            self.out.send(&FromWorker::Done { session: self.session, run, ok, goes_on }, payload);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
