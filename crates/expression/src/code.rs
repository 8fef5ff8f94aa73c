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
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use javascript::{LeaseError, Stop};
use node_sdk::ports::Clock;
use node_sdk::sync::lock;
use serde_json::{Map, Value};

use crate::js::{Begin, Clocks, Next, Outside, Settled, UserCode, check_code};
use crate::limits::Limits;
use crate::session::{CodeSlot, Session, ended};
use crate::view::Scope;

pub use crate::code_result::{CodeError, CodeLimit, CodeValue, Ran};

/// A future that the host gives back for `this.helpers.NAME(...)`.
pub type HelperFuture = Pin<Box<dyn Future<Output = Result<Value, Value>> + Send>>;
/// The host's helpers: called with the helper's name (`httpRequest`) and the list of its arguments.
/// An `Err` is what the code sees thrown: an object with a `message` becomes an `Error` with the object's keys.
pub type Helper = Arc<dyn Fn(&str, Value) -> HelperFuture + Send + Sync>;
/// Where `console.log` goes: level and text.
pub type Console = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// Whose code it is: the names that it sees, and what `item` and `items` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surroundings {
    /// A Code node's.
    Code,
    /// That of Function, and for one item of Function Item: `item` is the item's JSON, and what the code returns comes as the `json` of an
    /// object with the item's files as `binary`.
    Function,
}

/// A run of user code.
pub struct CodeRun {
    /// Whose code it is.
    pub surroundings: Surroundings,
    /// The JavaScript, as the parameter has it.
    pub source: String,
    /// The item, in mode *each item*; `None` in mode *all items*.
    pub item: Option<usize>,
    /// What it sees besides, by name.
    pub given: Map<String, Value>,
    /// The node run it stands in.
    pub scope: Scope,
    /// The host's helpers.
    pub helpers: Helper,
    /// Where `console.log` goes.
    pub console: Console,
    /// CPU time of the JavaScript; waiting for helpers does not count.
    pub time: Duration,
    /// What its timers run by.
    pub clock: Arc<dyn Clock>,
}

/// Says whether user code parses, without running any of it.
pub fn check(source: &str) -> Result<(), CodeError> {
    check_code(source)
}

/// How many calls of helpers are at work at once; the others wait for their turn.
const IN_FLIGHT: usize = 64;

/// Runs user code. Dropping the future stops it. While it waits, for a helper or for a timer, it has no thread.
pub async fn run(session: &Arc<Session>, run: CodeRun) -> Result<Ran, CodeError> {
    let channel = Arc::new(Channel::new(run.console, session.limits()));
    let leave = Leave::default();
    let scope = Arc::new(run.scope);
    let (key, slot, each) = ((scope.node.clone(), scope.run_index), session.code_slot(&scope), run.item.is_some());
    let code = UserCode {
        source: run.source,
        older: run.surroundings == Surroundings::Function,
        item: run.item,
        given: serde_json::to_string(&run.given).unwrap_or_default(),
        scope,
        outside: channel.clone(),
        time: run.time,
        stop: leave.stop(),
    };
    let (began, code_idle) = (run.clock.monotonic(), session.limits().code_idle);
    let calls = Calls { channel, helpers: run.helpers, queue: VecDeque::new(), at_work: FuturesUnordered::new(), answers: Vec::new() };
    let mut attended = Attended { calls, clock: run.clock, began, skipped: Duration::ZERO, code_idle, idle: code_idle, left: run.time };
    let done = attended.run(session, &slot, Arc::new(code)).await;
    match done {
        // Nothing goes on after a limit, and the isolate may be none any more.
        Err(error) if error.limit.is_some() => Err(error),
        done => {
            attended.calls.finish().await;
            if each {
                session.keep_code(key, slot);
            }
            done
        }
    }
}

/// A run, and what it waits for.
struct Attended {
    calls: Calls,
    clock: Arc<dyn Clock>,
    began: Duration,
    /// Time that timers were told of and that did not pass, where the clock stands still.
    skipped: Duration,
    /// Time for waiting for timers alone, and what is left of it.
    code_idle: Duration,
    idle: Duration,
    /// CPU time that is left.
    left: Duration,
}

impl Attended {
    async fn run(&mut self, session: &Session, slot: &CodeSlot, code: Arc<UserCode>) -> Result<Ran, CodeError> {
        let mut begin = Begin::Start;
        loop {
            let clocks = Clocks { elapsed: self.clock.monotonic().saturating_sub(self.began) + self.skipped, left: self.left };
            let leased = session.lease_code(slot, code.clone(), begin, clocks);
            let stepped = self.calls.during(leased).await;
            if matches!(stepped, Err(LeaseError::Lost)) {
                return Err(CodeError::out_of_time(code.time));
            }
            let (next, left) = ended(stepped)?;
            self.left = left;
            begin = match next {
                Next::Done(done) => return done,
                Next::Call(timer) => {
                    self.answered(timer).await;
                    Begin::Settle(std::mem::take(&mut self.calls.answers))
                }
                Next::Timer(timer) => match self.timer(timer).await {
                    Ok(()) => Begin::Settle(Vec::new()),
                    Err(error) => Begin::End(error),
                },
            };
        }
    }

    /// Waits for an answer or for the next timer, which is a time-out then: it takes its time where the clock stands still.
    async fn answered(&mut self, timer: Option<Duration>) {
        let Self { calls, clock, .. } = self;
        match timer {
            Some(timer) => calls.answer(clock.elapse(timer)).await,
            None => calls.answer(std::future::pending()).await,
        }
    }

    /// Waits for a timer alone: what could go on for ever.
    async fn timer(&mut self, timer: Duration) -> Result<(), CodeError> {
        let patience = timer.min(self.idle);
        let before = self.clock.monotonic();
        self.calls.during(self.clock.sleep(patience)).await;
        self.skipped += patience.saturating_sub(self.clock.monotonic().saturating_sub(before));
        self.idle -= patience;
        if self.idle.is_zero() { Err(CodeError::waits_for_timers(self.code_idle)) } else { Ok(()) }
    }
}

/// Calls of helpers. They are begun while the code is at work, and go on while it waits.
struct Calls {
    channel: Arc<Channel>,
    helpers: Helper,
    queue: VecDeque<Call>,
    at_work: FuturesUnordered<Pin<Box<dyn Future<Output = Settled> + Send>>>,
    /// What came and was not handed to the code.
    answers: Vec<Settled>,
}

impl Calls {
    /// Serves calls until the work is done.
    async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|cx| {
            self.serve(cx);
            let done = work.as_mut().poll(cx);
            // What the work called last is begun at once.
            if done.is_ready() {
                self.serve(cx);
            }
            done
        })
        .await
    }

    /// Serves calls until there is an answer, or `until` is over.
    async fn answer(&mut self, until: impl Future<Output = ()>) {
        let mut until = pin!(until);
        poll_fn(|cx| {
            self.serve(cx);
            if self.answers.is_empty() { until.as_mut().poll(cx) } else { Poll::Ready(()) }
        })
        .await;
    }

    /// Serves all calls to their end. What the code has called and not waited for is done all the same, as n8n's is: its main process
    /// has the requests before the code ends.
    async fn finish(&mut self) {
        poll_fn(|cx| {
            self.serve(cx);
            if self.at_work.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Begins what was called, as many at once as may be, and takes answers.
    fn serve(&mut self, cx: &mut Context<'_>) {
        self.queue.extend(self.channel.look(cx.waker()));
        loop {
            let free = IN_FLIGHT - self.at_work.len();
            for Call { id, name, args, bytes } in self.queue.drain(..free.min(self.queue.len())) {
                let (answer, channel) = ((self.helpers)(&name, args), self.channel.clone());
                self.at_work.push(Box::pin(async move {
                    let answer = answer.await;
                    channel.change(|state| state.held -= bytes);
                    (id, answer)
                }));
            }
            match self.at_work.poll_next_unpin(cx) {
                Poll::Ready(Some(settled)) => self.answers.push(settled),
                Poll::Ready(None) | Poll::Pending => return,
            }
        }
    }
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
struct OpenCalls {
    calls: Vec<Call>,
    /// Bytes of the arguments of all calls that are not answered.
    held: usize,
    waker: Option<Waker>,
}

/// Where the code and the waiting side meet.
struct Channel {
    state: Mutex<OpenCalls>,
    console: Console,
    /// Bytes that the arguments of calls may take.
    most: usize,
}

impl Channel {
    fn new(console: Console, limits: &Limits) -> Self {
        Self { state: Mutex::default(), console, most: limits.code_memory / 4 }
    }

    fn lock(&self) -> MutexGuard<'_, OpenCalls> {
        lock(&self.state)
    }

    fn change(&self, change: impl FnOnce(&mut OpenCalls)) {
        let waker = {
            let mut state = self.lock();
            change(&mut state);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// What was called since the last look.
    fn look(&self, waker: &Waker) -> Vec<Call> {
        let mut state = self.lock();
        state.waker = Some(waker.clone());
        std::mem::take(&mut state.calls)
    }
}

impl Outside for Channel {
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
}

/// Tells the code that nobody waits any more.
#[derive(Default)]
struct Leave(Arc<AtomicBool>);

impl Leave {
    fn stop(&self) -> Stop {
        let left = self.0.clone();
        Arc::new(move || left.load(Ordering::Relaxed))
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
