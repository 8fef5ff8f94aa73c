//! The JavaScript state of one execution.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use javascript::{Stop, never};

use crate::code::CodeEngine;
use crate::error::{ErrorKind, ExpressionError};
use crate::js::{Answer, Frame, Request, Started, Worker};
use crate::program::{Kept, Program};
use crate::view::Scope;

/// What an evaluation may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time for one evaluation.
    pub time: Duration,
    /// How much longer the caller waits for a thread that does not come back.
    pub grace: Duration,
    /// Heap of the JavaScript engine in bytes.
    pub memory: usize,
    /// Heap of the engine of a Code node in bytes: all items at once, and what the code makes of them.
    pub code_memory: usize,
    /// Time that the code of a Code node may wait for its own timers while none of its requests is open.
    pub code_idle: Duration,
    /// Stack of the JavaScript engine in bytes.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(5),
            grace: Duration::from_millis(250),
            memory: 128 << 20,
            code_memory: 1 << 30,
            code_idle: Duration::from_secs(300),
            stack: 1 << 20,
        }
    }
}

impl Limits {
    /// Bytes that an expression may hand over, as they are held outside of the engine, where its own limit does not hold. Data
    /// takes more room there, and a list of items may leave as it came.
    pub(crate) fn handed_over(&self) -> usize {
        self.memory.saturating_mul(2)
    }
}

/// Time that a batch may take for the items after the first.
const AHEAD: Duration = Duration::from_millis(50);

/// How many texts are kept ready, and how many bytes of them: their number is that of the file's parameters, but a node may evaluate
/// texts of its items.
const MOST_PROGRAMS: usize = 10_000;
const MOST_BYTES: usize = 64 << 20;

/// How long the first item waits for those after it: a native call on one of them may not come back.
const WAIT_AHEAD: Duration = Duration::from_millis(100);

/// What an engine came to for some items.
#[derive(Default)]
pub(crate) struct Batch {
    /// For the first item, and for those after it as far as it went.
    pub(crate) answers: VecDeque<Result<Answer, ExpressionError>>,
    /// Whether an item after the first ran into a limit: it is to be evaluated in its turn, and so are those after it.
    pub(crate) limited: bool,
    /// When the first answer was there.
    since: Option<Instant>,
}

impl Batch {
    fn push(&mut self, answer: Result<Answer, ExpressionError>) {
        self.answers.push_back(answer);
        self.since.get_or_insert_with(Instant::now);
    }
}

/// The JavaScript state of one execution: one engine on one thread, started with the first expression that needs it.
///
/// n8n keeps it too: what an expression does to `Math` is seen by the next one of the same execution, and by no other.
pub struct Session {
    limits: Limits,
    stop: Stop,
    worker: Mutex<Option<Arc<Worker>>>,
    programs: Mutex<Kept>,
    idle: Mutex<Option<(CodeKey, CodeEngine)>>,
    /// Whether an expression has run that may have changed what all share (`Math.max = …`): then even what is proven pure may
    /// give another value later, and nothing is evaluated ahead of its item any more.
    disturbed: Arc<AtomicBool>,
}

/// Runs of user code in the same node run share an engine.
pub(crate) type CodeKey = (Arc<str>, usize);

impl Session {
    /// A session; its thread starts with the first expression that needs JavaScript.
    pub fn new(limits: Limits) -> Self {
        Self::stopped_by(limits, never())
    }

    /// A session whose evaluations end, with [`ErrorKind::Timeout`], as soon as `stop` says so. User code is stopped by dropping
    /// the future that runs it.
    pub fn stopped_by(limits: Limits, stop: Stop) -> Self {
        let programs = Mutex::new(Kept::new(MOST_PROGRAMS, MOST_BYTES));
        Self { limits, stop, worker: Mutex::default(), programs, idle: Mutex::default(), disturbed: Arc::default() }
    }

    /// The limits of the session.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The text, made ready once.
    pub(crate) fn program(&self, source: &str) -> Arc<Program> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner).program(source)
    }

    fn worker(&self) -> Result<Arc<Worker>, ExpressionError> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        match &*worker {
            Some(running) => Ok(running.clone()),
            None => Ok(worker.insert(Arc::new(Worker::start(self.limits, self.stop.clone())?)).clone()),
        }
    }

    /// An engine for user code: the last one, if it served the same node run, else a new one.
    pub(crate) fn code_engine(&self, scope: &Scope) -> Result<CodeEngine, ExpressionError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        match idle {
            Some(((node, run), engine)) if node == scope.node && run == scope.run_index => Ok(engine),
            _ => CodeEngine::start(self.limits),
        }
    }

    /// Keeps an engine that user code has left.
    pub(crate) fn give_back(&self, key: CodeKey, engine: CodeEngine) {
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, engine));
    }

    /// Leaves the thread to itself: it is stuck, or its engine ran out of memory. The next evaluation starts a new one.
    fn abandon(&self, stuck: &Arc<Worker>) {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.as_ref().is_some_and(|current| Arc::ptr_eq(current, stuck)) {
            *worker = None;
        }
    }

    pub(crate) fn is_disturbed(&self) -> bool {
        self.disturbed.load(Ordering::SeqCst)
    }

    /// Evaluates for the request's item and up to `count - 1` items after it: at least one answer.
    pub(crate) fn evaluate(&self, request: Request, count: usize) -> Batch {
        let worker = match self.worker() {
            Ok(worker) => worker,
            Err(error) => return Batch { answers: VecDeque::from([Err(error)]), ..Batch::default() },
        };
        if !request.program.purity.quiet {
            self.disturbed.store(true, Ordering::SeqCst);
        }
        let done: Arc<Mutex<Batch>> = Arc::default();
        let (shared, disturbed, stop) = (done.clone(), self.disturbed.clone(), self.stop.clone());
        let latest = Instant::now() + self.limits.time + self.limits.grace;
        // One that evaluates nothing ahead may hold what expressions before it left behind: it is not given up early.
        let until = || lock(&done).since.filter(|_| count > 1).map_or(latest, |since| since + WAIT_AHEAD);
        let came_back = worker.run(until, move |engine| batch(engine, request, count, &stop, &shared, &disturbed));
        let mut batch = std::mem::take(&mut *lock(&done));
        let out_of_memory = batch.answers.iter().any(|answer| matches!(answer, Err(e) if e.kind == ErrorKind::Memory));
        batch.limited |= came_back.is_none();
        if batch.limited || out_of_memory {
            self.abandon(&worker);
        }
        if batch.answers.is_empty() {
            batch.push(Err(ExpressionError::new(ErrorKind::Timeout, "Expression timed out")));
        }
        batch
    }
}

fn lock(batch: &Mutex<Batch>) -> MutexGuard<'_, Batch> {
    batch.lock().unwrap_or_else(PoisonError::into_inner)
}

fn batch(engine: Started<'_>, mut request: Request, count: usize, stop: &Stop, done: &Mutex<Batch>, disturbed: &AtomicBool) {
    let push = |answer| lock(done).push(answer);
    let isolate = match engine {
        Ok(isolate) => isolate,
        Err(error) => return push(Err(error.clone())),
    };
    push(isolate.evaluate(&request, isolate.limits().time, stop));
    let until = Instant::now() + AHEAD;
    for _ in 1..count {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || disturbed.load(Ordering::SeqCst) {
            return;
        }
        request.frame = Frame { item: request.frame.item + 1, ..request.frame };
        match isolate.evaluate(&request, left, stop) {
            Err(error) if matches!(error.kind, ErrorKind::Timeout | ErrorKind::Memory) => {
                lock(done).limited = true;
                return;
            }
            answer => push(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::js::Frame;
    use crate::scenario::{Defaults, scope};
    use serde_json::json;

    #[test]
    fn an_engine_that_ran_out_of_memory_ahead_is_not_used_again() {
        let limits = Limits { memory: 32 << 20, ..Limits::default() };
        let session = Session::new(limits);
        let input: Vec<_> = (0..9).map(|i| json!({ "i": i })).collect();
        let scope = Arc::new(scope(&json!({ "input": input }), &Defaults { timezone: "UTC".into(), now: 0, limits }));
        let program = session.program("={{ $json.i === 3 ? new Array(1e8).fill(7).map(x => [x]) : $json.i * 2 }}");
        let first = session.worker().unwrap();
        let frame = Frame { scope, item: 0, extra: None, shares: false };
        let done = session.evaluate(Request { program, frame, marked: false }, 9);
        assert_eq!((done.answers.len(), done.limited), (3, true));
        assert!(!Arc::ptr_eq(&first, &session.worker().unwrap()));
    }
}
