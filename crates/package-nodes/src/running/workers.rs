//! The workers of a process: one for each package, started when a node of it runs first.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use node_sdk::NodeError;
use node_sdk::sync::lock;
use package_worker::protocol::{CallId, FromWorker, Job, Payload, RunId, SessionId, Surroundings, ToWorker, from_frame, to_frame};
use packages::modules::Modules;
use serde_json::json;
use tokio::sync::mpsc;
use walls::{Sender, Spawn, Worker};

use super::library;
use crate::installed::{Package, Source};

/// How workers are started, and which there are.
pub struct Workers {
    /// The program and the words that make it a worker.
    program: PathBuf,
    arguments: Vec<OsString>,
    /// Whether they start without their first wall.
    weak: bool,
    live: tokio::sync::Mutex<HashMap<String, Arc<Live>>>,
    modules: Mutex<HashMap<String, Arc<Modules>>>,
}

/// Memory of a worker, in bytes: a fence behind the limits of its isolates.
const MEMORY: u64 = 4 << 30;
/// Memory of an isolate, in bytes.
const HEAP: usize = 512 << 20;
/// Milliseconds that JavaScript may work without asking anything.
const SLICE: u64 = 30_000;

/// A worker that runs, with its sessions.
pub(crate) struct Live {
    sender: Sender,
    routes: Arc<Routes>,
    sessions: Mutex<HashMap<String, SessionId>>,
    last: AtomicU32,
}

/// Who waits for what a worker says of a job.
#[derive(Default)]
struct Routes(Mutex<HashMap<(SessionId, RunId), mpsc::UnboundedSender<Said>>>);

/// What a worker says of a job.
#[derive(Debug)]
pub(crate) enum Said {
    /// It asks.
    Call(CallId, String, Payload),
    /// The job has ended.
    Done(bool, Payload),
}

impl Workers {
    /// Started as this program with these words.
    pub fn new(program: PathBuf, arguments: Vec<OsString>, weak: bool) -> Self {
        Self { program, arguments, weak, live: tokio::sync::Mutex::default(), modules: Mutex::default() }
    }

    /// The files of a package and of those that it uses.
    pub(crate) fn modules(&self, package: &Package) -> Result<Arc<Modules>, NodeError> {
        if let Some(known) = lock(&self.modules).get(&package.name) {
            return Ok(known.clone());
        }
        let found = match &package.source {
            Source::Locked { lock, cache } => lock.packages.get(&package.name).map(|held| Modules::new(lock, cache, &package.name, held)),
            Source::Folder(_) => None,
        };
        let found = found.ok_or_else(|| {
            NodeError::new("Nodes of a package run only out of a lock").help("`konverte packages add DIR` takes the package into one.")
        })?;
        Ok(lock(&self.modules).entry(package.name.clone()).or_insert_with(|| Arc::new(found)).clone())
    }

    /// The worker of a package; it is started where there is none.
    pub(crate) async fn of(&self, package: &str, modules: &Arc<Modules>) -> walls::Result<Arc<Live>> {
        let mut live = self.live.lock().await;
        if let Some(known) = live.get(package).filter(|known| known.runs()) {
            return Ok(known.clone());
        }
        let spawn = Spawn { program: self.program.clone(), arguments: self.arguments.clone(), weak: self.weak, memory: MEMORY };
        let started = Arc::new(Live::new(spawn.start().await?, modules.clone()));
        live.insert(package.to_owned(), started.clone());
        Ok(started)
    }
}

impl Live {
    fn new(worker: Worker, modules: Arc<Modules>) -> Self {
        let routes = Arc::<Routes>::default();
        let sender = worker.sender();
        tokio::spawn(listen(worker, routes.clone(), modules));
        Self { sender, routes, sessions: Mutex::default(), last: AtomicU32::new(0) }
    }

    /// Whether somebody still listens to it.
    fn runs(&self) -> bool {
        Arc::strong_count(&self.routes) > 1
    }

    /// Begins a job in the session of a workflow.
    pub(crate) async fn begin(self: &Arc<Self>, workflow: &str, now: Option<i64>, job: Job, payload: Payload) -> walls::Result<Working> {
        let (session, fresh) = self.session(workflow);
        if fresh {
            let surroundings = Surroundings { now, memory: HEAP, slice: SLICE };
            self.say(&ToWorker::Open { session, surroundings }, Payload::default()).await?;
        }
        let run = self.next();
        let (said, heard) = mpsc::unbounded_channel();
        lock(&self.routes.0).insert((session, run), said);
        let working = Working { live: self.clone(), session, run, workflow: workflow.to_owned(), heard, done: false };
        self.say(&ToWorker::Run { session, run, job }, payload).await?;
        Ok(working)
    }

    fn session(&self, workflow: &str) -> (SessionId, bool) {
        let mut sessions = lock(&self.sessions);
        if let Some(known) = sessions.get(workflow) {
            return (*known, false);
        }
        let session = self.next();
        sessions.insert(workflow.to_owned(), session);
        (session, true)
    }

    fn next(&self) -> u32 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    async fn say(&self, message: &ToWorker, payload: Payload) -> walls::Result<()> {
        self.sender.send(to_frame(message, payload)).await
    }
}

/// A job at work. When it is dropped before its end, it is cancelled.
pub(crate) struct Working {
    live: Arc<Live>,
    session: SessionId,
    run: RunId,
    workflow: String,
    heard: mpsc::UnboundedReceiver<Said>,
    done: bool,
}

impl Working {
    /// What the worker says next; `None`: it has ended.
    pub(crate) async fn hear(&mut self) -> Option<Said> {
        let said = self.heard.recv().await;
        if let Some(Said::Done(ok, payload)) = &said {
            self.done = true;
            // Its isolate cannot be trusted to go on.
            if !ok && payload.json.starts_with(br#"{"broken""#) {
                lock(&self.live.sessions).remove(&self.workflow);
            }
        }
        said
    }

    /// Answers a call.
    pub(crate) async fn answer(&self, call: CallId, ok: bool, payload: Payload) -> walls::Result<()> {
        self.live.say(&ToWorker::Answer { session: self.session, call, ok }, payload).await
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        lock(&self.live.routes.0).remove(&(self.session, self.run));
        if !self.done {
            let (live, session, run) = (self.live.clone(), self.session, self.run);
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move { live.say(&ToWorker::Cancel { session, run }, Payload::default()).await });
            }
        }
    }
}

/// Hands on what a worker says, until it ends. What it asks about its files is answered here.
async fn listen(mut worker: Worker, routes: Arc<Routes>, modules: Arc<Modules>) {
    let sender = worker.sender();
    while let Ok(frame) = worker.receive().await {
        let Some((message, payload)) = from_frame::<FromWorker>(&frame) else { break };
        match message {
            FromWorker::Call { session, run: 0, call, name } => {
                let (ok, answer) = match library::answer(&modules, &name, &payload) {
                    Ok(answer) => (true, answer),
                    Err(error) => (false, Payload::json(json!({"message": error}).to_string())),
                };
                if sender.send(to_frame(&ToWorker::Answer { session, call, ok }, answer)).await.is_err() {
                    break;
                }
            }
            FromWorker::Call { session, run, call, name } => routes.hand(session, run, Said::Call(call, name, payload)),
            FromWorker::Done { session, run, ok } => routes.hand(session, run, Said::Done(ok, payload)),
        }
    }
    // Whoever waits sees that nothing comes any more.
    lock(&routes.0).clear();
}

impl Routes {
    fn hand(&self, session: SessionId, run: RunId, said: Said) {
        if let Some(waiting) = lock(&self.0).get(&(session, run)) {
            // Nobody may be waiting any more.
            _ = waiting.send(said);
        }
    }
}
