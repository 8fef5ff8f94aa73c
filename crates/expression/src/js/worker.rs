//! The thread that an engine lives on. It can be given up: the engine asks its interrupt handler between bytecodes only,
//! so a long native call does not come back in time.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use javascript::Stop;

use super::isolate::Isolate;
use crate::error::{ErrorKind, ExpressionError};
use crate::session::Limits;

/// Work for the engine, or for what kept it from starting.
type Job = Box<dyn FnOnce(Started<'_>) + Send>;

/// The engine of the thread.
pub(crate) type Started<'a> = Result<&'a Isolate, &'a ExpressionError>;

/// A thread with an engine.
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
    stop: Stop,
}

/// How often the waiting side looks whether it shall stop.
const LOOK: Duration = Duration::from_millis(20);

/// Stack of the thread: the engine's own limit and room for what runs around it.
const EXTRA_STACK: usize = 8 << 20;

impl Worker {
    /// Starts a thread and its engine; `stop` ends the wait for it. It does not wait for them: waking two threads in turn costs more than the engine.
    pub(crate) fn start(limits: Limits, stop: Stop) -> Result<Self, ExpressionError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let run = move || {
            let isolate = Isolate::new(limits);
            while let Ok(job) = queue.recv() {
                job(isolate.as_ref());
            }
        };
        let spawned = thread::Builder::new().name("javascript".into()).stack_size(limits.stack + EXTRA_STACK).spawn(run);
        spawned.map_err(|e| ExpressionError::new(ErrorKind::Memory, format!("no thread for JavaScript: {e}")))?;
        Ok(Self { jobs, stop })
    }

    /// Runs `work` on the thread and waits for what it sends. `None`: it did not come back until then, or was told to stop. `until`
    /// is asked again and again.
    pub(crate) fn run<T: Send + 'static>(&self, until: impl Fn() -> Instant, work: impl FnOnce(Started<'_>) -> T + Send + 'static) -> Option<T> {
        let (reply, answer) = mpsc::channel();
        let job: Job = Box::new(move |isolate| drop(reply.send(work(isolate))));
        self.jobs.send(job).ok()?;
        loop {
            let left = until().saturating_duration_since(Instant::now());
            match answer.recv_timeout(left.min(LOOK)) {
                Err(mpsc::RecvTimeoutError::Timeout) if left > LOOK && !(self.stop)() => {}
                received => return received.ok(),
            }
        }
    }

    /// Hands `work` to the thread without waiting.
    pub(crate) fn send(&self, work: impl FnOnce(Started<'_>) + Send + 'static) -> bool {
        self.jobs.send(Box::new(work)).is_ok()
    }
}
