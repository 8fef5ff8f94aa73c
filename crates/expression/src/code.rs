//! Runs the JavaScript of a Code node.
//!
//! User code sees n8n's surroundings: `$input`, `items` (all items) or `item` (each item), `$json`, `$('Node')`,
//! `this.helpers`, `$getWorkflowStaticData`, `DateTime`, `Buffer`, timers, `console`. What it returns comes back as JSON; its
//! shape is the node's to judge.
//!
//! What crosses between user code and the host's helpers is JSON; bytes cross as `{"$buffer": "<base64>"}` in both
//! directions. Files of items have their content as base64, `data`, which is read when the code asks for it, and its key, `id`, so that
//! a file that is handed on need not be read.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::Value;

use crate::error::ExpressionError;
use crate::js::{Outside, Settled, UserCode, Worker, check_code, code_timeout};
use crate::session::{Limits, Session};
use crate::view::Scope;

/// A future that the host gives back for `this.helpers.NAME(...)`.
pub type HelperFuture = Pin<Box<dyn Future<Output = Result<Value, Value>> + Send>>;
/// The host's helpers: called with the helper's name (`httpRequest`) and the list of its arguments.
/// An `Err` is what the code sees thrown: an object with a `message` becomes an `Error` with the object's keys.
pub type Helper = Arc<dyn Fn(&str, Value) -> HelperFuture + Send + Sync>;
/// Where `console.log` goes: level and text.
pub type Console = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// A run of user code.
pub struct CodeRun {
    /// The JavaScript, as the parameter has it.
    pub source: String,
    /// The item, in mode *each item*; `None` in mode *all items*.
    pub item: Option<usize>,
    /// The node run it stands in.
    pub scope: Scope,
    /// The host's helpers.
    pub helpers: Helper,
    /// Where `console.log` goes.
    pub console: Console,
    /// CPU time of the JavaScript; waiting for helpers does not count.
    pub time: Duration,
}

/// What user code returned.
#[derive(Debug, Clone, PartialEq)]
pub enum CodeValue {
    /// `undefined` (also: nothing returned).
    Undefined,
    /// A function.
    Function,
    /// Data. Dates are ISO text, bigints text, NaN null, functions dropped, as n8n passes them on.
    Json(Value),
}

/// What came of a run of user code.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// What it returned.
    pub value: CodeValue,
    /// A number for the object that it returned, or that stands in its `json`: runs for the items of one node run that return the same
    /// object say the same number.
    pub object: Option<u64>,
}

/// An error of user code.
#[derive(Debug, Clone, Default, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct CodeError {
    /// The message in V8's wording, without the line. Of something thrown that is no error: its JSON.
    pub message: String,
    /// The class: `TypeError`; empty where something that is no error was thrown.
    pub name: String,
    /// The line of the user's code, from 1; none where the error did not begin there (a helper's, a syntax error).
    pub line: Option<u32>,
    /// n8n's longer text, where it has one.
    pub description: Option<String>,
    /// Whether the code did not parse.
    pub syntax: bool,
    /// Where in the code a syntax error stands, in bytes.
    pub offset: Option<usize>,
    /// Whether it ran into a limit of time or memory.
    pub limit: bool,
    /// Whether the code had ended well, and what it returned cannot be handed on.
    pub on_return: bool,
    /// Whether what the code returned refers to itself, which n8n has no words for.
    pub circular: bool,
}

/// Names of browsers and Node.js that user code of n8n's does not see either.
const NOT_IN_N8N: &[&str] = &["URL", "URLSearchParams", "crypto", "process"];
/// Others that code of elsewhere uses.
const NOT_HERE: &[&str] =
    &["AbortController", "Blob", "FormData", "Headers", "Request", "Response", "TextDecoderStream", "TextEncoderStream", "performance"];

impl CodeError {
    /// What to do about it, in our words.
    pub fn help(&self) -> Option<String> {
        if self.circular {
            return Some("What the code returns refers to itself: a list or an object is inside of itself. Leave that field out.".into());
        }
        let name = self.message.strip_suffix(" is not defined")?;
        match name {
            "fetch" => Some("The Code node has no fetch, nor has n8n's. Use this.helpers.httpRequest.".into()),
            "structuredClone" => Some("The Code node has no structuredClone, nor has n8n's. JSON.parse(JSON.stringify(data)) copies data.".into()),
            _ if NOT_IN_N8N.contains(&name) => Some(format!("The Code node has no {name}, nor has n8n's.")),
            _ if NOT_HERE.contains(&name) => Some(format!("konverte's Code node has no {name}.")),
            _ => None,
        }
    }
}

/// Says whether user code parses, without running any of it.
pub fn check(source: &str) -> Result<(), CodeError> {
    check_code(source)
}

/// How many calls of helpers are at work at once; the others wait for their turn.
const IN_FLIGHT: usize = 64;

/// Runs user code. Dropping the future stops it.
pub async fn run(session: &Arc<Session>, run: CodeRun) -> Result<Ran, CodeError> {
    let desk = Arc::new(Desk::new(run.console, run.time, session.limits()));
    let _leave = Leave(desk.clone());
    let (settle, answers) = mpsc::channel();
    let engine = session.code_engine(&run.scope)?;
    let scope = Arc::new(run.scope);
    let key = (scope.node.clone(), scope.run_index);
    let idle = session.limits().code_idle;
    let code = UserCode { source: run.source, item: run.item, scope, outside: desk.clone(), answers, time: run.time, idle };
    engine.begin(desk.clone(), code);
    let done = attend(&desk, &run.helpers, &settle).await;
    if !desk.is_stuck() {
        session.give_back(key, engine);
    }
    done
}

/// Serves calls of helpers until the code has ended. What it has called and not waited for is done all the same, as n8n's is: its
/// main process has the requests before the code ends. Nothing goes on after a limit.
async fn attend(desk: &Arc<Desk>, helpers: &Helper, settle: &mpsc::Sender<Settled>) -> Result<Ran, CodeError> {
    let mut calls = FuturesUnordered::new();
    let mut queue = VecDeque::new();
    let mut ended = None;
    poll_fn(|cx| {
        let (new, done) = desk.look(cx.waker());
        ended = ended.take().or(done);
        if let Some(Err(CodeError { limit: true, .. })) = ended {
            return ended.take().map_or(Poll::Pending, Poll::Ready);
        }
        queue.extend(new);
        loop {
            let free = IN_FLIGHT - calls.len();
            calls.extend(queue.drain(..free.min(queue.len())).map(|Call { id, name, args, bytes }| {
                let (answer, desk) = (helpers(&name, args), desk.clone());
                async move {
                    let answer = answer.await;
                    desk.change(|state| state.held -= bytes);
                    (id, answer)
                }
            }));
            match calls.poll_next_unpin(cx) {
                // Nobody may be there any more to hear it.
                Poll::Ready(Some(settled)) => _ = settle.send(settled),
                Poll::Ready(None) => return ended.take().map_or(Poll::Pending, Poll::Ready),
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await
}

/// A call of a helper.
struct Call {
    /// Its number.
    id: u64,
    /// The helper's name.
    name: String,
    args: Value,
    /// How long the arguments are as JSON.
    bytes: usize,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    /// Bytes of the arguments of all calls that are not answered.
    held: usize,
    done: Option<Result<Ran, CodeError>>,
    stuck: bool,
    running: Option<Instant>,
    waker: Option<Waker>,
}

/// Where the code's thread and the waiting side meet.
struct Desk {
    state: Mutex<State>,
    console: Console,
    limit: Duration,
    grace: Duration,
    /// Bytes that the arguments of calls may take.
    most: usize,
    left: AtomicBool,
}

impl Desk {
    fn new(console: Console, limit: Duration, limits: &Limits) -> Self {
        Self { state: Mutex::default(), console, limit, grace: limits.grace, most: limits.code_memory / 4, left: AtomicBool::new(false) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.lock();
            change(&mut state);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn finish(&self, result: Result<Ran, CodeError>) {
        self.change(|state| _ = state.done.get_or_insert(result));
    }

    /// Ends the wait when JavaScript does not come back: the engine cannot interrupt a long native call.
    fn look_at_the_clock(&self) {
        let over = self.lock().running.is_some_and(|since| since.elapsed() > self.limit + self.grace);
        if over {
            self.change(|state| {
                state.stuck = true;
                state.done.get_or_insert(Err(code_timeout(self.limit)));
            });
        }
    }

    fn look(&self, waker: &Waker) -> (Vec<Call>, Option<Result<Ran, CodeError>>) {
        let mut state = self.lock();
        state.waker = Some(waker.clone());
        (std::mem::take(&mut state.calls), state.done.take())
    }

    fn is_stuck(&self) -> bool {
        self.lock().stuck
    }
}

impl Outside for Desk {
    /// One call alone is bounded by the engine.
    fn has_room(&self, bytes: usize) -> bool {
        let held = self.lock().held;
        held == 0 || held + bytes <= self.most
    }

    fn call(&self, id: u64, name: &str, args: Value, bytes: usize) {
        self.change(|state| {
            state.held += bytes;
            state.calls.push(Call { id, name: name.to_owned(), args, bytes });
        });
    }

    fn log(&self, level: &str, text: &str) {
        (self.console)(level, text);
    }

    fn running(&self, now: bool) {
        self.lock().running = now.then(Instant::now);
    }

    fn abandoned(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }
}

/// Tells the desk that nobody waits any more.
struct Leave(Arc<Desk>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.left.store(true, Ordering::Relaxed);
    }
}

/// An engine for user code, with a thread beside it that watches the clock of the run that is under way.
pub(crate) struct CodeEngine {
    worker: Worker,
    watched: Arc<Mutex<Weak<Desk>>>,
}

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_millis(100);

impl CodeEngine {
    /// Starts both threads.
    pub(crate) fn start(limits: Limits) -> Result<Self, ExpressionError> {
        let worker = Worker::start(Limits { memory: limits.code_memory, ..limits }, Arc::new(|| false))?;
        let watched: Arc<Mutex<Weak<Desk>>> = Arc::default();
        let of_engine = Arc::downgrade(&watched);
        let watch = move || {
            while let Some(watched) = of_engine.upgrade() {
                let desk = watched.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
                if let Some(desk) = desk {
                    desk.look_at_the_clock();
                }
                drop(watched);
                thread::sleep(LOOK);
            }
        };
        _ = thread::Builder::new().name("javascript-watch".into()).spawn(watch);
        Ok(Self { worker, watched })
    }

    /// Begins a run; its end is told to the desk.
    fn begin(&self, desk: Arc<Desk>, code: UserCode) {
        *self.watched.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&desk);
        self.worker.send(move |engine| desk.finish(engine.map_err(|error| error.clone().into()).and_then(|isolate| isolate.run_code(&code))));
    }
}
