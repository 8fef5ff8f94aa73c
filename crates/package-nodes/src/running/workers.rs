//! The workers of a process: one for each package, started when a node of it runs first.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use node_sdk::NodeError;
use node_sdk::sync::lock;
use package_worker::frames::MOST;
use package_worker::protocol::{CallId, Job, Payload, RunId, SessionId, ToWorker};
use packages::modules::Modules;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::AbortHandle;
use walls::Worker;

use super::crossing::failed;
use super::library::Library;
use super::line::Line;
use super::listening::{Begun, Routes, Said, listen};
use super::sessions::Owner;
use super::starting::{Limits, Starts};
use crate::code::UserCode;
use crate::installed::{Package, Source};

/// How workers are started, and which there are.
pub struct Workers {
    pub(super) starts: Starts,
    /// Whether modules are given as they lie in their packages, and not compiled.
    as_text: bool,
    /// Runs code of the user's that nodes hand on.
    pub(super) user_code: Option<Arc<dyn UserCode>>,
    live: tokio::sync::Mutex<HashMap<String, Arc<Live>>>,
    modules: Mutex<HashMap<String, Arc<Modules>>>,
}

/// How many calls of a job may wait to be heard: whoever asks more waits.
const UNHEARD: usize = 64;

/// How many nodes are at work in a worker at once, each in a session of its own of some megabytes: others wait for their turn. A
/// workflow may begin a sub-workflow for each of a thousand items.
const MOST_AT_ONCE: usize = 32;

/// A worker that runs, with its sessions.
pub(crate) struct Live {
    line: Line,
    routes: Arc<Routes>,
    limits: Limits,
    last: AtomicU32,
    /// Held from when a session is known until it is open, so that nobody's job comes before it.
    opening: tokio::sync::Mutex<()>,
    turns: Arc<Semaphore>,
    listening: AbortHandle,
}

/// The worker ends with who uses it.
impl Drop for Live {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Workers {
    /// Started as this program with these words.
    pub fn new(program: PathBuf, arguments: Vec<OsString>, weak: bool) -> Self {
        Self::with(Starts { program, arguments, weak, limits: Limits::default() }, false)
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self::with(Starts { limits, ..self.starts }, self.as_text)
    }

    /// The same, with who runs code of the user's that nodes hand on.
    #[must_use]
    pub fn with_user_code(self, user_code: Arc<dyn UserCode>) -> Self {
        Self { user_code: Some(user_code), ..self }
    }

    /// Others that are started alike, in which functions have their texts: modules are given to them as they lie in their packages.
    pub(super) fn with_texts(&self) -> Self {
        Self::with(self.starts.clone(), true)
    }

    fn with(starts: Starts, as_text: bool) -> Self {
        Self { starts, as_text, user_code: None, live: tokio::sync::Mutex::default(), modules: Mutex::default() }
    }

    /// The files of a package as a worker is given them.
    pub(super) fn library(&self, modules: &Arc<Modules>) -> Library {
        Library::new(modules.clone(), (!self.as_text).then(|| self.starts.clone()))
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
        let found = found.ok_or_else(unlocked)?;
        Ok(lock(&self.modules).entry(package.name.clone()).or_insert_with(|| Arc::new(found)).clone())
    }

    /// The worker of a package; it is started where there is none.
    pub(crate) async fn of(&self, package: &str, modules: &Arc<Modules>) -> walls::Result<Arc<Live>> {
        let mut live = self.live.lock().await;
        if let Some(known) = live.get(package).filter(|known| known.runs()) {
            return Ok(known.clone());
        }
        let started = Arc::new(Live::new(self.starts.start().await?, self.library(modules), self.starts.limits));
        live.insert(package.to_owned(), started.clone());
        Ok(started)
    }
}

/// A package that lies in a folder.
pub(super) fn unlocked() -> NodeError {
    let message = "Nodes of a package in a folder do not run: a lock has to name the package, and what it uses";
    let help = "`konverte packages add DIR` takes it into a lock; `--packages` then names the folder of that lock.";
    NodeError::coded(node_sdk::error::codes::UNAVAILABLE, message).help(help)
}

impl Live {
    pub(super) fn new(worker: Worker, library: Library, limits: Limits) -> Self {
        let routes = Arc::<Routes>::default();
        let line = Line::new(worker.sender());
        let turns = Arc::new(Semaphore::new(MOST_AT_ONCE));
        let listening = tokio::spawn(listen(worker, line.clone(), routes.clone(), library)).abort_handle();
        Self { line, routes, limits, last: AtomicU32::new(0), opening: tokio::sync::Mutex::default(), turns, listening }
    }

    /// Whether somebody still listens to it.
    fn runs(&self) -> bool {
        Arc::strong_count(&self.routes) > 1
    }

    /// How it ended, where it has.
    pub(crate) fn how_it_ended(&self) -> Option<String> {
        self.routes.how_it_ended()
    }

    /// Begins a job in a session of its owner.
    pub(crate) async fn begin(self: &Arc<Self>, owner: &Owner, now: Option<i64>, job: Job, payload: Payload) -> walls::Result<Working> {
        let turn = if owner.shares() { None } else { self.turns.clone().acquire_owned().await.ok() };
        let run = self.next();
        let (said, heard) = mpsc::channel(UNHEARD);
        let opening = self.opening.lock().await;
        let Begun { session, fresh } = self.routes.begin(owner, run, said, || self.next());
        let working = Working { live: self.clone(), session, run, heard, rests: false, _turn: turn };
        if fresh {
            let surroundings = self.limits.surroundings(now);
            self.say(&ToWorker::Open { session, surroundings }, Payload::default()).await?;
        }
        drop(opening);
        self.say(&ToWorker::Run { session, run, job }, payload).await?;
        Ok(working)
    }

    fn next(&self) -> u32 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    async fn say(&self, message: &ToWorker, payload: Payload) -> walls::Result<()> {
        self.line.say(message, payload).await
    }
}

/// What is more than may cross with one message.
fn too_large() -> NodeError {
    NodeError::coded(super::codes::MEMORY, "What the node's code asked for is larger than 256 MiB")
}

/// A job at work. When it is dropped before its end, it is cancelled.
pub(crate) struct Working {
    live: Arc<Live>,
    session: SessionId,
    run: RunId,
    heard: mpsc::Receiver<Said>,
    /// Whether nothing of it goes on.
    rests: bool,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Working {
    /// What the worker says next; `None`: it has ended, or the session had before the job began.
    pub(crate) async fn hear(&mut self) -> Option<Said> {
        let said = self.heard.recv().await;
        self.rests = matches!(&said, Some(Said::Done { goes_on: false, .. }) | None);
        said.filter(|said| !said.was_too_late())
    }

    /// Answers a call.
    pub(crate) async fn answer(&self, call: CallId, ok: bool, payload: Payload) -> walls::Result<()> {
        let (ok, payload) = if payload.size() > MOST { failed(&too_large()) } else { (ok, payload) };
        self.live.say(&ToWorker::Answer { session: self.session, call, ok }, payload).await
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let told = self.live.routes.end(self.session, self.run, self.rests);
        let live = self.live.clone();
        if let (false, Ok(runtime)) = (told.is_empty(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                for message in told {
                    // A worker that has ended has no sessions.
                    _ = live.say(&message, Payload::default()).await;
                }
            });
        }
    }
}
