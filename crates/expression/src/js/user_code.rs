//! User code of a Code node in its isolate, step by step: a step ends when JavaScript has nothing to do until an answer of a helper comes,
//! or a timer is due. No thread is needed in between.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use javascript::rquickjs::convert::List;
use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Array, CatchResultExt, Ctx, Exception, Function, Object};
use javascript::{Lease, Stop};
use node_sdk::json;
use serde_json::Value;

use super::fault;
use super::host::{self, Frame};
use super::isolate::{Isolate, State};
use super::source;
use crate::code_result::{CodeError, CodeValue, Ran};
use crate::error::{ErrorKind, ExpressionError};
use crate::extensions::Needs;
use crate::pairing::Asked;
use crate::view::Scope;

/// An answer of a helper: the call's number, and its result or the error object.
pub(crate) type Settled = (u64, Result<Value, Value>);

/// The other side: where calls and log lines go.
pub(crate) trait Outside: Send + Sync {
    /// Whether the arguments of calls that are not answered leave room for so many bytes.
    fn has_room(&self, bytes: usize) -> bool;
    /// A helper is called with arguments of so many bytes; its answer comes with a later step.
    fn call(&self, id: u64, name: &str, args: Value, bytes: usize);
    /// A line of the console.
    fn log(&self, level: &str, text: &str);
}

/// A run of user code.
pub(crate) struct UserCode {
    pub(crate) source: String,
    pub(crate) item: Option<usize>,
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

/// The run that is under way, for the host functions: its outside, the time when the step began, and since when that is.
pub(crate) type Current = Rc<RefCell<Option<(Arc<dyn Outside>, Duration, Instant)>>>;

/// Adds the host functions of user code; `most`: how many bytes may leave the engine at once.
pub(crate) fn host_functions<'js>(functions: &Object<'js>, host: &Rc<host::Host>, current: &Current, most: usize) -> rquickjs::Result<()> {
    let run = current.clone();
    functions.set(
        "callHelper",
        Func::from(move |ctx: Ctx<'js>, id: u64, name: String, args: String| {
            let Some(outside) = run.borrow().as_ref().map(|(outside, ..)| outside.clone()) else { return Ok(()) };
            if !outside.has_room(args.len()) {
                return Err(host::throw(&ctx, &fault::out_of_memory()));
            }
            let value = crossed(&args, "The arguments of a helper").map_err(|error| Exception::throw_message(&ctx, &error.message))?;
            outside.call(id, &name, value, args.len());
            Ok::<_, rquickjs::Error>(())
        }),
    )?;
    let run = current.clone();
    functions.set(
        "log",
        Func::from(move |level: String, text: String| {
            if let Some((outside, ..)) = &*run.borrow() {
                outside.log(&level, &text);
            }
        }),
    )?;
    functions.set("most", most)?;
    let run = current.clone();
    functions.set(
        "elapsed",
        Func::from(move || run.borrow().as_ref().map_or(0.0, |(_, elapsed, since)| (*elapsed + since.elapsed()).as_secs_f64() * 1000.0)),
    )?;
    items(functions, host)
}

fn items<'js>(functions: &Object<'js>, host: &Rc<host::Host>) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set(
        "codeItem",
        Func::from(move |ctx: Ctx<'js>, index: usize| {
            host::with(&ctx, &state, |scope| Ok(scope.items().get(index).cloned())).and_then(|item| host::code_item(&ctx, item, index))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "codeItems",
        Func::from(move |ctx: Ctx<'js>| {
            let array = Array::new(ctx.clone())?;
            for (index, item) in host::with(&ctx, &state, |scope| Ok(scope.items().clone()))?.iter().enumerate() {
                array.set(index, host::code_item(&ctx, Some(item.clone()), index)?)?;
            }
            Ok::<_, rquickjs::Error>(array)
        }),
    )?;
    outputs(functions, host)?;
    let state = host.clone();
    functions.set(
        "staticText",
        Func::from(move |ctx: Ctx<'js>, kind: String| {
            let map = host::with(&ctx, &state, |scope| Ok(static_data(scope, &kind)))?;
            let text = map.lock().ok().and_then(|map| serde_json::to_string(&*map).ok());
            Ok::<_, rquickjs::Error>(text.unwrap_or_else(|| "{}".into()))
        }),
    )
}

/// Where items of other nodes stand, as `[node, run, output, index]`, and what stands there: user code gets the same object for the same place.
fn outputs<'js>(functions: &Object<'js>, host: &Rc<host::Host>) -> rquickjs::Result<()> {
    let state = host.clone();
    functions.set("isHere", Func::from(move |ctx: Ctx<'js>, name: String| host::with(&ctx, &state, |scope| Ok(*scope.node == *name))))?;
    let state = host.clone();
    functions.set(
        "placeOfIndex",
        Func::from(move |ctx: Ctx<'js>, name: String, index: usize| {
            let (run, branch) = host::with(&ctx, &state, |scope| scope.node_item_place(&name, index))?;
            Ok::<_, rquickjs::Error>(List((name, run, branch, index)))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "placeOfMatch",
        Func::from(move |ctx: Ctx<'js>, name: String, index: usize, asked: u8| {
            let found = host::with(&ctx, &state, |scope| scope.matching_place(&name, index, Asked::of_number(asked)))?;
            let Some(place) = found else { return Err(host::lost(&ctx)) };
            Ok(List((place.node.to_string(), place.run, place.output, place.item)))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "placeOfOutput",
        Func::from(move |ctx: Ctx<'js>, name: String, branch: Option<i64>, run: Option<i64>, wired: bool| {
            let found = host::with(&ctx, &state, |scope| scope.output_place(&name, branch, run, wired))?;
            Ok::<_, rquickjs::Error>(found.map(|(run, branch)| List((name, run, branch))))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "outputLength",
        Func::from(move |ctx: Ctx<'js>, name: String, run: usize, branch: usize| {
            host::with(&ctx, &state, |scope| Ok(scope.view.output(&name, run, branch).and_then(|items| items.len()).unwrap_or(0)))
        }),
    )?;
    let state = host.clone();
    functions.set(
        "outputItem",
        Func::from(move |ctx: Ctx<'js>, name: String, run: usize, branch: usize, index: usize| {
            let items = host::with(&ctx, &state, |scope| Ok(scope.view.output(&name, run, branch)))?.unwrap_or_default();
            items.get(index).map(|item| host::item_to_js(&ctx, item)).transpose()
        }),
    )
}

/// What JavaScript wrote as JSON: a lone surrogate becomes U+FFFD; what nests deeper than we take is an error that says so.
fn crossed(text: &str, what: &str) -> Result<Value, CodeError> {
    json::parse_text(text).map_err(|error| CodeError {
        message: format!("{what} cannot be passed on: {}", error.message),
        name: "Error".into(),
        ..CodeError::default()
    })
}

fn static_data(scope: &Scope, kind: &str) -> crate::view::SharedMap {
    match kind {
        "execution" => scope.view.custom_data(),
        kind => scope.view.static_data((kind == "node").then_some(&scope.node)),
    }
}

impl Isolate {
    /// A step of user code; what is left of its time afterwards.
    pub(crate) fn step(&self, lease: &Lease, code: &UserCode, begin: Begin, clocks: Clocks) -> (Next, Duration) {
        let mut turn = Turn { isolate: self, lease, code, elapsed: clocks.elapsed, left: clocks.left };
        let done = match turn.step(begin) {
            Ok(Step::Done(made)) => made.read(),
            Ok(Step::Wait(next)) => return (next, turn.left),
            Err(error) => Err(error),
        };
        let kept = turn.keep_static_data();
        (Next::Done(done.and_then(|value| kept.map(|()| value))), turn.left)
    }
}

fn tool<'js>(ctx: &Ctx<'js>, name: &str) -> rquickjs::Result<Function<'js>> {
    ctx.globals().get::<_, Object<'js>>("__kv_x")?.get::<_, Object<'js>>("code")?.get(name)
}

struct Turn<'a> {
    isolate: &'a Isolate,
    lease: &'a Lease,
    code: &'a UserCode,
    elapsed: Duration,
    left: Duration,
}

/// Where the engine stands when it has nothing to do.
enum Step {
    Done(Made),
    Wait(Next),
}

/// Time for the static data of code that has used up its own: getters and `toJSON` run once more.
const LAST: Duration = Duration::from_millis(500);

impl Turn<'_> {
    fn step(&mut self, begin: Begin) -> Result<Step, CodeError> {
        let (source, index) = (&self.code.source, self.code.item.map_or(-1, |i| i as i64));
        let settled = match begin {
            Begin::Start => {
                self.slice(|state, ctx| start(state, ctx, source, index))?;
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
                if let Step::Done(made) = next(ctx, source)? {
                    return Ok(Step::Done(made));
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
        if self.isolate.ran_out() { Err(timeout(self.code.time)) } else { done }
    }
}

fn start(state: &State, ctx: &Ctx<'_>, text: &str, index: i64) -> Result<(), CodeError> {
    thrown(ctx, state.load(ctx, Needs::of_code(text)))?;
    let names: Vec<String> = thrown(ctx, tool(ctx, "names").and_then(|f| f.call((index,))))?;
    let wrapped = source::wrapped(text, &names);
    state.host.remember("code", &wrapped, &[]);
    let function = source::compile(ctx, wrapped, text)?;
    thrown(ctx, tool(ctx, "start").and_then(|f| f.call::<_, ()>((function, index))))
}

/// Runs jobs and due timers until nothing is left to do at once.
fn next(ctx: &Ctx<'_>, source: &str) -> Result<Step, CodeError> {
    loop {
        while ctx.execute_pending_job() {}
        if thrown(ctx, tool(ctx, "done").and_then(|f| f.call::<_, bool>(())))? {
            return result(ctx, source).map(Step::Done);
        }
        let due: f64 = thrown(ctx, tool(ctx, "due").and_then(|f| f.call(())))?;
        if due == 0.0 {
            continue;
        }
        // Node.js's longest timer; the run's time-out comes long before.
        let timer = (due > 0.0).then(|| Duration::from_secs_f64((due / 1000.0).min(2_147_483.0)));
        let calls: u64 = thrown(ctx, tool(ctx, "waiting").and_then(|f| f.call(())))?;
        return match timer {
            _ if calls > 0 => Ok(Step::Wait(Next::Call(timer))),
            Some(timer) => Ok(Step::Wait(Next::Timer(timer))),
            None => Err(never_ends()),
        };
    }
}

/// What came of code, while its text is read: what it was made of is gone from the engine.
enum Made {
    Ended(Result<Ran, CodeError>),
    /// The JSON, and the number of the object that it was.
    Text(String, Option<u64>),
}

impl Made {
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

fn result(ctx: &Ctx<'_>, source: &str) -> Result<Made, CodeError> {
    let (kind, text, object): (String, String, Option<u64>) = {
        let made: Array<'_> = thrown(ctx, tool(ctx, "result").and_then(|f| f.call(())))?;
        (thrown(ctx, made.get(0))?, thrown(ctx, made.get(1))?, thrown(ctx, made.get(2))?)
    };
    let no_data = |text: &str| CodeError { on_return: true, ..error_of(text) };
    let nothing = |value| Ok(Ran { value, object: None });
    Ok(Made::Ended(match kind.as_str() {
        "json" => return Ok(Made::Text(text, object)),
        "undefined" => nothing(CodeValue::Undefined),
        "function" => nothing(CodeValue::Function),
        "memory" => Err(fault::out_of_memory().into()),
        "null" if !javascript::throws_null(source) => Err(fault::out_of_memory().into()),
        "circular" => Err(CodeError { circular: true, ..no_data(&text) }),
        "no data" => Err(no_data(&text)),
        _ => Err(error_of(&text)),
    }))
}

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

impl From<ExpressionError> for CodeError {
    fn from(error: ExpressionError) -> Self {
        let name = error.class().to_owned();
        let message = error.message.strip_prefix("Expression evaluation failed: ").unwrap_or(&error.message).to_owned();
        if error.kind == ErrorKind::Memory {
            return Self { message: "The code exceeded its memory limit".into(), limit: true, ..Self::default() };
        }
        let refused = error.kind == ErrorKind::Refused;
        let limit = refused || error.kind == ErrorKind::Timeout;
        Self { message, name, description: error.description, limit, refused, ..Self::default() }
    }
}

/// The time limit of user code, as n8n words it.
pub(crate) fn timeout(limit: Duration) -> CodeError {
    let seconds = limit.as_secs();
    CodeError { message: format!("Task execution timed out after {seconds} seconds"), limit: true, ..CodeError::default() }
}

fn never_ends() -> CodeError {
    CodeError { message: "The code waits for a promise that nothing will settle".into(), limit: true, ..CodeError::default() }
}
