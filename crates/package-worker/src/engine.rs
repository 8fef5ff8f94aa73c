//! One isolate, with what a package's code finds in it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use javascript::rquickjs::function::{Func, Rest};
use javascript::rquickjs::loader::{ImportAttributes, Loader, Resolver};
use javascript::rquickjs::module::Declared;
use javascript::rquickjs::{self, Array, CatchResultExt, Ctx, Function, Module, Object, TypedArray, Value as Js};
use javascript::{Deadline, Fault, Isolate, Limits, Part, Stop, part, parts};
use serde::Deserialize;
use serde_json::json;

use crate::codes::{self, Codes};
use crate::protocol::{CallId, Job, Payload, RunId, Surroundings};
use crate::pulse::Pulse;

/// What an engine asks of its surroundings.
pub(crate) trait Outside: Send {
    /// Asks the host and waits. Whether it is a value or an error, and which. `None`: the host has gone.
    fn ask(&mut self, run: RunId, name: &str, payload: Payload) -> Option<(bool, Payload)>;
    /// Asks the host; the answer comes by [`Engine::settle`].
    fn send(&mut self, run: RunId, name: &str, payload: Payload) -> CallId;
    /// A job has ended; whether something of it `goes_on`.
    fn done(&mut self, run: RunId, ok: bool, goes_on: bool, payload: Payload);
}

/// What JavaScript works in.
pub(crate) struct Engine {
    isolate: Isolate<State>,
    limits: Limits,
    slice: Duration,
    still: bool,
    pulse: Arc<Pulse>,
    /// Ends the work where the session is over.
    stop: Stop,
}

struct State {
    outside: Rc<RefCell<Box<dyn Outside>>>,
    /// Time that timers were told of and that did not pass.
    skipped: Rc<Cell<Duration>>,
}

/// When there is something to do again without the host.
#[derive(Debug, PartialEq)]
pub(crate) enum Idle {
    /// When an answer comes.
    Answer,
    /// After so much time.
    Timer(Duration),
    /// Nothing will wake it: what has not ended yet never does.
    Never,
}

/// Nothing in the isolate can be trusted to go on.
#[derive(Debug)]
pub(crate) enum Broken {
    /// JavaScript worked for too long.
    Time,
    /// It used up its memory.
    Memory,
    /// It threw where nobody waits for it, as in a timer: what it said.
    Thrown(String),
}

/// Of what was thrown and is no error nothing is known.
const NO_ERROR: &str = "The node's code threw what is no error";

impl Broken {
    /// As the host is told.
    pub(crate) fn to_json(&self) -> String {
        let told = match self {
            Self::Time => json!({"broken": "time"}),
            Self::Memory => json!({"broken": "memory"}),
            Self::Thrown(said) => json!({"broken": "thrown", "message": said}),
        };
        told.to_string()
    }
}

/// Bytes from which on a session looks for circles of garbage: libraries take some megabytes and leave few.
const FIRST_COLLECTION: usize = 16 << 20;
/// Stack of a session's JavaScript.
const STACK: usize = 4 << 20;
/// Stack of a session's thread: JavaScript's and what runs around it.
pub(crate) const THREAD_STACK: usize = 2 * STACK;

const OWN: &[Part] = &[
    part!("crossing"),
    part!("libraries"),
    part!("modules"),
    part!("matches"),
    part!("errors"),
    part!("names"),
    part!("functions"),
    part!("stand_in"),
    part!("begin"),
    part!("requests"),
    part!("context"),
];

impl Engine {
    pub(crate) fn new(surroundings: &Surroundings, outside: Box<dyn Outside>, pulse: Arc<Pulse>) -> Result<Self, Fault> {
        let limits = Limits { memory: surroundings.memory, stack: STACK, first_collection: FIRST_COLLECTION };
        let now = surroundings.now;
        let codes = Codes::default();
        let imports = Imports(codes.clone());
        let isolate = Isolate::importing(limits, (imports.clone(), imports), move |ctx, deadline| {
            let state = State { outside: Rc::new(RefCell::new(outside)), skipped: Rc::default() };
            load(ctx, (&state, &codes), now, deadline).catch(ctx).map_err(|caught| Fault::of(&caught))?;
            Ok::<_, Fault>(state)
        })?;
        let asked = pulse.clone();
        let stop: Stop = Arc::new(move || asked.is_closed());
        Ok(Self { isolate, limits, slice: Duration::from_millis(surroundings.slice), still: now.is_some(), pulse, stop })
    }

    /// Begins a job.
    pub(crate) fn start(&self, run: RunId, job: Job, payload: Payload) -> Result<(), Broken> {
        let job = serde_json::to_value(job).unwrap_or_default();
        let job = job.as_str().unwrap_or_default().to_owned();
        self.work(|ctx| {
            let (text, buffers) = to_js(ctx, payload)?;
            tool(ctx, "start")?.call::<_, ()>((run, job, text, buffers))
        })
    }

    /// Gives an answer to whoever waits for it.
    pub(crate) fn settle(&self, call: CallId, ok: bool, payload: Payload) -> Result<(), Broken> {
        self.work(|ctx| {
            let (text, buffers) = to_js(ctx, payload)?;
            tool(ctx, "settle")?.call::<_, ()>((call, ok, text, buffers))
        })
    }

    /// Tells a job that nobody waits for it any more.
    pub(crate) fn cancel(&self, run: RunId) -> Result<(), Broken> {
        self.work(|ctx| tool(ctx, "cancel")?.call::<_, ()>((run,)))
    }

    /// Works until there is nothing to do without an answer or more time.
    pub(crate) fn work_on(&self) -> Result<Idle, Broken> {
        loop {
            let mut due = -1.0;
            let mut open = 0_u32;
            self.work(|ctx| {
                while ctx.execute_pending_job() {}
                open = tool(ctx, "rest")?.call(())?;
                due = javascript::tools(ctx)?.get::<_, Object<'_>>("timers")?.get::<_, Function<'_>>("due")?.call(())?;
                Ok(())
            })?;
            if due == 0.0 {
                continue;
            }
            if due < 0.0 {
                return Ok(if open > 0 { Idle::Answer } else { Idle::Never });
            }
            let due = Duration::from_secs_f64(due / 1000.0);
            if !self.still || open > 0 || self.pulse.is_closed() {
                return Ok(Idle::Timer(due));
            }
            // Where the clock stands still, waits take no time.
            self.isolate.enter(self.slice, &javascript::never(), |_, state| state.skipped.set(state.skipped.get() + due));
        }
    }

    /// Compiles modules: a list of `{id, module}`, and their sources. Gives the bytecode of each, nothing for one that cannot be compiled.
    pub(crate) fn compile(&self, payload: &Payload) -> Result<Payload, Broken> {
        #[derive(Deserialize)]
        struct Asked {
            id: String,
            module: bool,
        }
        let asked: Vec<Asked> = serde_json::from_slice(&payload.json).unwrap_or_default();
        let compiler = javascript::compiled::compiler(self.limits).map_err(|fault| Broken::Thrown(fault.to_string()))?;
        self.pulse.begin();
        let made = compiler.enter(self.slice, &self.stop, |ctx, ()| {
            let compiled = |(asked, source): (&Asked, &Bytes)| codes::compile(ctx, &asked.id, asked.module, source).unwrap_or_default().into();
            asked.iter().zip(&payload.buffers).map(compiled).collect()
        });
        self.pulse.rest();
        Ok(Payload { json: "null".into(), buffers: made })
    }

    fn work(&self, work: impl FnOnce(&Ctx<'_>) -> rquickjs::Result<()> + Send) -> Result<(), Broken> {
        self.pulse.begin();
        let done = self.isolate.enter(self.slice, &self.stop, |ctx, _| work(ctx).catch(ctx).map_err(|caught| Fault::of(&caught)));
        self.pulse.rest();
        match done {
            _ if self.isolate.ran_out() => Err(Broken::Time),
            Err(fault) if fault.out_of_memory => Err(Broken::Memory),
            Err(fault) => Err(Broken::Thrown(if fault.name.is_empty() { NO_ERROR.to_owned() } else { fault.message })),
            Ok(()) => Ok(()),
        }
    }
}

fn tool<'js>(ctx: &Ctx<'js>, name: &str) -> rquickjs::Result<Function<'js>> {
    javascript::tools(ctx)?.get(name)
}

fn load(ctx: &Ctx<'_>, (state, codes): (&State, &Codes), now: Option<i64>, deadline: &Rc<Deadline>) -> rquickjs::Result<()> {
    let h = Object::new(ctx.clone())?;
    clock(&h, state.skipped.clone(), now)?;
    chance(&h)?;
    crossing(&h, &state.outside)?;
    modules(&h, &state.outside, codes)?;
    parts::host_functions(&h)?;
    node_builtins::host_functions(&h, deadline)?;
    part!("base").run(ctx, h.clone())?;
    // Languages and the console come when they are first used.
    let all = [parts::BYTES, node_builtins::PARTS, OWN];
    for part in all.into_iter().flatten() {
        part.run(ctx, h.clone())?;
    }
    // What a package's code could ask by them the host would refuse; it does not even find them.
    javascript::withdraw_tools(ctx)
}

fn clock(h: &Object<'_>, skipped: Rc<Cell<Duration>>, now: Option<i64>) -> rquickjs::Result<()> {
    let since = Instant::now();
    h.set("elapsed", Func::from(move || (since.elapsed() + skipped.get()).as_secs_f64() * 1000.0))?;
    h.set("now", Func::from(move || now.map_or_else(system_millis, |now| now as f64)))
}

#[expect(clippy::disallowed_methods, reason = "a worker has no host's clock at hand, and what the clock says is no step of a journal here")]
fn system_millis() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_millis() as f64)
}

fn chance<'js>(h: &Object<'js>) -> rquickjs::Result<()> {
    h.set(
        "random",
        Func::from(|ctx: Ctx<'js>, count: usize| {
            let mut bytes = vec![0; count];
            getrandom::fill(&mut bytes).map_err(|_| rquickjs::Exception::throw_message(&ctx, "no randomness"))?;
            TypedArray::<u8>::new(ctx.clone(), bytes).map(TypedArray::into_value)
        }),
    )?;
    h.set(
        "chance",
        Func::from(|| {
            let bits = getrandom::u64().unwrap_or_default() >> 11;
            bits as f64 / (1_u64 << 53) as f64
        }),
    )
}

fn crossing<'js>(h: &Object<'js>, outside: &Rc<RefCell<Box<dyn Outside>>>) -> rquickjs::Result<()> {
    let asked = outside.clone();
    h.set(
        "ask",
        Func::from(move |ctx: Ctx<'js>, run: RunId, name: String, text: rquickjs::String<'js>, buffers: Array<'js>| {
            let payload = from_js(&text, &buffers)?;
            let answer = asked.borrow_mut().ask(run, &name, payload);
            let (ok, payload) = answer.ok_or_else(|| rquickjs::Exception::throw_message(&ctx, "the host has gone"))?;
            let (text, buffers) = to_js(&ctx, payload)?;
            let list = Array::new(ctx.clone())?;
            list.set(0, ok)?;
            list.set(1, text)?;
            list.set(2, buffers)?;
            Ok::<_, rquickjs::Error>(list)
        }),
    )?;
    let sent = outside.clone();
    h.set(
        "send",
        Func::from(move |run: RunId, name: String, text: rquickjs::String<'_>, buffers: Array<'_>| {
            let payload = from_js(&text, &buffers)?;
            Ok::<_, rquickjs::Error>(sent.borrow_mut().send(run, &name, payload))
        }),
    )?;
    let ended = outside.clone();
    h.set(
        "done",
        Func::from(move |run: RunId, ok: bool, goes_on: bool, text: rquickjs::String<'_>, buffers: Array<'_>| {
            let payload = from_js(&text, &buffers)?;
            ended.borrow_mut().done(run, ok, goes_on, payload);
            Ok::<_, rquickjs::Error>(())
        }),
    )?;
    h.set("log", Func::from(|_: Rest<String>| ()))
}

/// The modules of packages and their code.
fn modules<'js>(h: &Object<'js>, outside: &Rc<RefCell<Box<dyn Outside>>>, codes: &Codes) -> rquickjs::Result<()> {
    let (asked, kept) = (outside.clone(), codes.clone());
    h.set(
        "load",
        Func::from(move |ctx: Ctx<'js>, id: String| {
            let answer = asked.borrow_mut().ask(0, "load", Payload::json(serde_json::json!([id]).to_string()));
            let (ok, payload) = answer.ok_or_else(|| rquickjs::Exception::throw_message(&ctx, "the host has gone"))?;
            let list = Array::new(ctx.clone())?;
            list.set(0, ok)?;
            list.set(1, text_of(&ctx, &payload)?)?;
            list.set(2, kept.keep(&payload.buffers))?;
            Ok::<_, rquickjs::Error>(list)
        }),
    )?;
    let [of_texts, of_functions, of_none] = std::array::from_fn(|_| codes.clone());
    h.set("codeText", Func::from(move |ctx: Ctx<'js>, code: usize| of_texts.text(&ctx, code)))?;
    h.set("compile", Func::from(move |ctx: Ctx<'js>, id: String, code: usize| of_functions.function(&ctx, id, code)))?;
    h.set("dropCode", Func::from(move |code: usize| drop(of_none.drop(code))))?;
    h.set("import", Func::from(import))
}

/// What an ES module exports. It is run to its end.
fn import<'js>(ctx: Ctx<'js>, id: String) -> rquickjs::Result<Object<'js>> {
    Module::import(&ctx, id)?.finish()
}

/// ES modules: which one a name means, and what it is, says our JavaScript.
#[derive(Clone)]
struct Imports(Codes);

impl Resolver for Imports {
    fn resolve<'js>(&mut self, ctx: &Ctx<'js>, base: &str, name: &str, _: Option<ImportAttributes<'js>>) -> rquickjs::Result<String> {
        tool(ctx, "resolveImport")?.call((base, name))
    }
}

impl Loader for Imports {
    fn load<'js>(&mut self, ctx: &Ctx<'js>, name: &str, _: Option<ImportAttributes<'js>>) -> rquickjs::Result<Module<'js, Declared>> {
        let made: Array<'_> = tool(ctx, "importSource")?.call((name,))?;
        if let Some(code) = made.get::<Js<'_>>(0)?.as_number() {
            return self.0.module(ctx, name, code as usize);
        }
        let module = Module::declare(ctx.clone(), name, made.get::<String>(0)?)?;
        module.meta()?.set("exports", made.get::<Js<'_>>(1)?)?;
        Ok(module)
    }
}

fn text_of<'js>(ctx: &Ctx<'js>, payload: &Payload) -> rquickjs::Result<rquickjs::String<'js>> {
    rquickjs::String::from_str(ctx.clone(), &String::from_utf8_lossy(&payload.json))
}

fn to_js<'js>(ctx: &Ctx<'js>, payload: Payload) -> rquickjs::Result<(rquickjs::String<'js>, Array<'js>)> {
    let text = text_of(ctx, &payload)?;
    let buffers = Array::new(ctx.clone())?;
    for (at, bytes) in payload.buffers.into_iter().enumerate() {
        // What crossed in pieces becomes the array's without a copy.
        buffers.set(at, TypedArray::<u8>::new(ctx.clone(), Vec::from(bytes))?)?;
    }
    Ok((text, buffers))
}

fn from_js(text: &rquickjs::String<'_>, buffers: &Array<'_>) -> rquickjs::Result<Payload> {
    let bytes = |buffer: rquickjs::Result<TypedArray<'_, u8>>| Ok(Bytes::from(javascript::bytes_of(&buffer?)));
    Ok(Payload { json: text.to_string()?.into(), buffers: buffers.iter().map(bytes).collect::<rquickjs::Result<_>>()? })
}
