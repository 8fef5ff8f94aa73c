//! User code of a Code node in its isolate, step by step: a step ends when JavaScript has nothing to do until an answer of a helper comes,
//! or a timer is due. No thread is needed in between.

use std::sync::Arc;
use std::time::{Duration, Instant};

use javascript::rquickjs::{self, Array, CatchResultExt, Ctx, Function, Object};
use javascript::{Lease, Stop};
use serde_json::Value;

use super::code_functions::{crossed, static_data};
use super::fault;
use super::host::{Frame, Outside};
use super::isolate::{Isolate, State};
use super::source;
use crate::code_result::{CodeError, CodeValue, Ran};
use crate::extensions::Needs;
use crate::view::Scope;

/// An answer of a helper: the call's number, and its result or the error object.
pub(crate) type Settled = (u64, Result<Value, Value>);

/// A run of user code.
pub(crate) struct UserCode {
    pub(crate) source: String,
    /// Whether it is that of Function or Function Item.
    pub(crate) older: bool,
    pub(crate) item: Option<usize>,
    /// What it sees besides, by name: JSON.
    pub(crate) given: String,
    pub(crate) scope: Arc<Scope>,
    pub(crate) outside: Arc<dyn Outside>,
    /// CPU time of the run.
    pub(crate) time: Duration,
    /// Says that nobody waits any more.
    pub(crate) stop: Stop,
}

/// What a step begins with.
pub(crate) enum Begin {
    /// The code.
    Start,
    /// Answers of helpers, and timers that are due.
    Settle(Vec<Settled>),
    /// The end: nobody waits for it any longer.
    End(CodeError),
}

/// Time of a run: what the code's timers see, and what is left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks {
    /// Time since the run began.
    pub(crate) elapsed: Duration,
    /// CPU time that is left.
    pub(crate) left: Duration,
}

/// How a step ended.
pub(crate) enum Next {
    /// The code has ended.
    Done(Result<Ran, CodeError>),
    /// It waits for an answer, or for the next timer.
    Call(Option<Duration>),
    /// It waits for a timer; no call is open.
    Timer(Duration),
}

impl Isolate {
    /// A step of user code; what is left of its time afterwards.
    pub(crate) fn step(&self, lease: &Lease, code: &UserCode, begin: Begin, clocks: Clocks) -> (Next, Duration) {
        let mut running = CodeStep { isolate: self, lease, code, elapsed: clocks.elapsed, left: clocks.left };
        let done = match running.step(begin) {
            Ok(Idle::Done(made)) => made.read(),
            Ok(Idle::Wait(next)) => return (next, running.left),
            Err(error) => Err(error),
        };
        let kept = running.keep_static_data();
        (Next::Done(done.and_then(|value| kept.map(|()| value))), running.left)
    }
}

fn tool<'js>(ctx: &Ctx<'js>, name: &str) -> rquickjs::Result<Function<'js>> {
    ctx.globals().get::<_, Object<'js>>("__kv_x")?.get::<_, Object<'js>>("code")?.get(name)
}

struct CodeStep<'a> {
    isolate: &'a Isolate,
    lease: &'a Lease,
    code: &'a UserCode,
    elapsed: Duration,
    left: Duration,
}

/// Where the engine stands when it has nothing to do.
enum Idle {
    Done(Returned),
    Wait(Next),
}

/// Time for the static data of code that has used up its own: getters and `toJSON` run once more.
const LAST: Duration = Duration::from_millis(500);

impl CodeStep<'_> {
    fn step(&mut self, begin: Begin) -> Result<Idle, CodeError> {
        let source = &self.code.source;
        let settled = match begin {
            Begin::Start => {
                let code = self.code;
                self.slice(|state, ctx| start(state, ctx, code))?;
                Vec::new()
            }
            Begin::Settle(settled) => settled,
            Begin::End(error) => return Err(error),
        };
        self.slice(|_, ctx| {
            // As answers come one after the other, so does what the code makes of them.
            for (id, answer) in settled {
                let (ok, value) = answer.map_or_else(|error| (false, error), |value| (true, value));
                thrown(ctx, tool(ctx, "settle").and_then(|f| f.call::<_, ()>((id, ok, value.to_string()))))?;
                if let Idle::Done(made) = next(ctx, source)? {
                    return Ok(Idle::Done(made));
                }
            }
            next(ctx, source)
        })
    }

    /// Keeps what the code made of the static data, also where it failed.
    fn keep_static_data(&mut self) -> Result<(), CodeError> {
        self.left = self.left.max(LAST);
        let changed: String = self.slice(|_, ctx| thrown(ctx, tool(ctx, "statics").and_then(|f| f.call(()))))?;
        let Value::Object(changed) = crossed(&changed, "The static data")? else { return Ok(()) };
        for (kind, value) in changed {
            if let (Value::Object(value), Ok(mut map)) = (value, static_data(&self.code.scope, &kind).lock()) {
                *map = value;
            }
        }
        Ok(())
    }

    /// Lets JavaScript run; what it takes counts.
    fn slice<T: Send>(&mut self, work: impl FnOnce(&State, &Ctx<'_>) -> Result<T, CodeError> + Send) -> Result<T, CodeError> {
        let (since, code, elapsed) = (Instant::now(), self.code, self.elapsed);
        let frame = Frame { scope: code.scope.clone(), item: code.item.unwrap_or(0), extra: None, shares: false };
        let outside = code.outside.clone();
        let done = self.isolate.enter(self.lease, self.left, &code.stop, |ctx, state| {
            let before = state.host.enter(Some(frame));
            state.current.replace(Some((outside, elapsed, since)));
            let done = work(state, ctx);
            state.current.replace(None);
            state.host.enter(before);
            done
        });
        self.left = self.left.saturating_sub(since.elapsed());
        self.elapsed += since.elapsed();
        if self.isolate.ran_out() { Err(CodeError::out_of_time(self.code.time)) } else { done }
    }
}

fn start(state: &State, ctx: &Ctx<'_>, code: &UserCode) -> Result<(), CodeError> {
    let (text, index) = (code.source.as_str(), code.item.map_or(-1, |i| i as i64));
    thrown(ctx, state.load(ctx, Needs::of_code(text)))?;
    let names: Vec<String> = thrown(ctx, tool(ctx, "names").and_then(|f| f.call((index, code.older, code.given.as_str()))))?;
    let wrapped = source::wrapped(text, &names);
    state.host.remember("code", &wrapped, &[]);
    let function = source::compile(ctx, wrapped, text)?;
    thrown(ctx, tool(ctx, "start").and_then(|f| f.call::<_, ()>((function, index, code.older, code.given.as_str()))))
}

/// Runs jobs and due timers until nothing is left to do at once.
fn next(ctx: &Ctx<'_>, source: &str) -> Result<Idle, CodeError> {
    loop {
        while ctx.execute_pending_job() {}
        if thrown(ctx, tool(ctx, "done").and_then(|f| f.call::<_, bool>(())))? {
            return result(ctx, source).map(Idle::Done);
        }
        let due: f64 = thrown(ctx, tool(ctx, "due").and_then(|f| f.call(())))?;
        if due == 0.0 {
            continue;
        }
        // Node.js's longest timer; the run's time-out comes long before.
        let timer = (due > 0.0).then(|| Duration::from_secs_f64((due / 1000.0).min(2_147_483.0)));
        let calls: u64 = thrown(ctx, tool(ctx, "waiting").and_then(|f| f.call(())))?;
        return match timer {
            _ if calls > 0 => Ok(Idle::Wait(Next::Call(timer))),
            Some(timer) => Ok(Idle::Wait(Next::Timer(timer))),
            None => Err(CodeError::never_ends()),
        };
    }
}

/// What came of code, while its text is read: what it was made of is gone from the engine.
enum Returned {
    Ended(Result<Ran, CodeError>),
    /// The JSON, and the number of the object that it was.
    Text(String, Option<u64>),
}

impl Returned {
    fn read(self) -> Result<Ran, CodeError> {
        match self {
            Self::Ended(end) => end,
            Self::Text(text, object) => match crossed(&text, "What the code returns") {
                Ok(value) => Ok(Ran { value: CodeValue::Json(value), object }),
                Err(error) => Err(CodeError { on_return: true, ..error }),
            },
        }
    }
}

fn result(ctx: &Ctx<'_>, source: &str) -> Result<Returned, CodeError> {
    let (kind, text, object): (String, String, Option<u64>) = {
        let made: Array<'_> = thrown(ctx, tool(ctx, "result").and_then(|f| f.call(())))?;
        (thrown(ctx, made.get(0))?, thrown(ctx, made.get(1))?, thrown(ctx, made.get(2))?)
    };
    let no_data = |text: &str| CodeError { on_return: true, ..error_of(text) };
    let nothing = |value| Ok(Ran { value, object: None });
    Ok(Returned::Ended(match kind.as_str() {
        "json" => return Ok(Returned::Text(text, object)),
        "undefined" => nothing(CodeValue::Undefined),
        "function" => nothing(CodeValue::Function),
        "memory" => Err(fault::out_of_memory().into()),
        "null" if !javascript::throws_null(source) => Err(fault::out_of_memory().into()),
        "circular" => Err(CodeError { advice: Some(CIRCULAR), ..no_data(&text) }),
        "no data" => Err(no_data(&text)),
        _ => Err(error_of(&text)),
    }))
}

const CIRCULAR: &str = "What the code returns refers to itself: a list or an object is inside of itself. Leave that field out.";

/// What `thrown` of the prelude wrote.
fn error_of(text: &str) -> CodeError {
    let value = match crossed(text, "What the code threw") {
        Ok(value) => value,
        Err(error) => return error,
    };
    let string = |key: &str| value[key].as_str().map(str::to_owned);
    CodeError {
        message: string("message").unwrap_or_default(),
        name: string("name").unwrap_or_default(),
        line: value["line"].as_u64().map(|line| line as u32),
        description: string("description"),
        bare: value["bare"] == true,
        ..CodeError::default()
    }
}

/// An error of the machinery around user code.
fn thrown<T>(ctx: &Ctx<'_>, made: rquickjs::Result<T>) -> Result<T, CodeError> {
    made.catch(ctx).map_err(|caught| match fault::sort(ctx, caught, "", false, false) {
        fault::Fault::Error(error) => error.into(),
        fault::Fault::Swallowed(message) => CodeError { message, name: "Error".into(), ..CodeError::default() },
    })
}
