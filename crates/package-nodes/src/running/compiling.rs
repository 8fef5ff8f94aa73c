//! Compiling modules: in a worker that has run nothing of any package, so that none can write what is read as bytecode later.

use bytes::Bytes;
use package_worker::frames::Unfinished;
use package_worker::protocol::{FromWorker, Job, Payload, Surroundings, ToWorker};
use serde_json::json;
use walls::Worker;

use super::line::Line;

/// What is compiled.
pub(super) struct Source {
    /// The id of the module.
    pub(super) id: String,
    /// Whether it is an ES module.
    pub(super) is_module: bool,
    pub(super) text: Bytes,
}

/// A worker that does nothing but compile. It ends when this is dropped.
pub(super) struct Compiler {
    worker: Worker,
    line: Line,
    unfinished: Unfinished,
    last: u32,
}

/// The only session of such a worker.
const SESSION: u32 = 1;

impl Compiler {
    /// In a worker that has just been started.
    pub(super) async fn begin(worker: Worker, surroundings: Surroundings) -> walls::Result<Self> {
        let open = ToWorker::Open { session: SESSION, surroundings };
        let line = Line::new(worker.sender());
        line.say(&open, Payload::default()).await?;
        Ok(Self { worker, line, unfinished: Unfinished::default(), last: 0 })
    }

    /// The bytecode of each; `None`: it cannot be compiled, and whoever runs it is told why. An error: there is no worker any more.
    pub(super) async fn compile(&mut self, sources: Vec<Source>) -> walls::Result<Vec<Option<Bytes>>> {
        let count = sources.len();
        self.last += 1;
        let names: Vec<_> = sources.iter().map(|source| json!({"id": source.id, "module": source.is_module})).collect();
        let payload = Payload { json: json!(names).to_string().into(), buffers: sources.into_iter().map(|source| source.text).collect() };
        self.line.say(&ToWorker::Run { session: SESSION, run: self.last, job: Job::Compile }, payload).await?;
        loop {
            let frame = self.worker.receive().await?;
            match self.unfinished.take(frame, |session| session == SESSION) {
                Ok(Some((FromWorker::Done { run, ok, .. }, payload))) if run == self.last => {
                    let made = payload.buffers.into_iter().filter(|_| ok).map(|bytes| Some(bytes).filter(|bytes| !bytes.is_empty()));
                    return Ok(made.chain(std::iter::repeat_n(None, count)).take(count).collect());
                }
                Ok(None) => {}
                // It has nothing else to say, but that it is stuck.
                _ => self.worker.kill(),
            }
        }
    }
}
