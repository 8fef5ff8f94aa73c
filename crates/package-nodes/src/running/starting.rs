//! How workers are started, and what they may take.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use node_sdk::NodeError;
use package_worker::protocol::Surroundings;
use walls::{Spawn, Worker};

use super::codes;
use super::compiling::Compiler;

/// How workers are started.
#[derive(Debug, Clone)]
pub(super) struct Starts {
    /// The program and the words that make it a worker.
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    /// Whether they start without their first wall.
    pub(super) weak: bool,
    pub(super) limits: Limits,
}

impl Starts {
    pub(super) async fn start(&self) -> walls::Result<Worker> {
        let Self { program, arguments, weak, limits } = self.clone();
        Spawn { program, arguments, weak, memory: limits.memory }.start().await
    }

    /// Why none would start on this system.
    pub(super) fn refusal(&self) -> Option<NodeError> {
        static MISSING: OnceLock<Option<String>> = OnceLock::new();
        let missing = MISSING.get_or_init(|| walls::here().missing()).as_ref().filter(|_| !self.weak)?;
        Some(not_started(&walls::Error::NoWall(missing.clone())))
    }

    /// One that does nothing but compile.
    pub(super) async fn compiler(&self) -> walls::Result<Compiler> {
        Compiler::begin(self.start().await?, self.limits.surroundings(None)).await
    }
}

/// A worker that did not start.
pub(super) fn not_started(error: &walls::Error) -> NodeError {
    let code = match error {
        walls::Error::NoWall(_) => node_sdk::error::codes::NO_WALL,
        walls::Error::Start(_) => codes::START,
        walls::Error::Ended(_) | walls::Error::Garbage(_) | walls::Error::TooLarge(_) => codes::ENDED_AT_ONCE,
    };
    let failed = NodeError::coded(code, error.to_string());
    match error {
        walls::Error::NoWall(_) => failed.help("`konverte packages list` says which walls hold here; `--weak-walls` runs packages behind those."),
        _ => failed,
    }
}

/// What the code of a package may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Memory of a worker, in bytes: a fence behind the limits of its isolates.
    pub memory: u64,
    /// Memory of an isolate, in bytes.
    pub heap: usize,
    /// How long JavaScript may work without asking anything.
    pub slice: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 4 << 30, heap: 512 << 20, slice: Duration::from_secs(30) }
    }
}

impl Limits {
    pub(super) fn surroundings(self, now: Option<i64>) -> Surroundings {
        Surroundings { now, memory: self.heap, slice: u64::try_from(self.slice.as_millis()).unwrap_or(u64::MAX) }
    }
}
