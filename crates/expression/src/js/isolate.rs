//! One engine: its limits, the functions it has compiled, and an evaluation.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rquickjs::function::Args;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Function, Object, Persistent, Runtime, Value as Js};

use super::compile;
use super::convert::{self, Converted, Converter};
use super::fault::{self, Fault};
use super::host::{self, Frame, Host};
use super::host_functions;
use super::meter::{Meter, Over, timed_out};
use super::prelude;
use super::user_code::Current;
use crate::error::{ErrorKind, ExpressionError};
use crate::evaluator::UNDEFINED_PART;
use crate::extensions::Needs;
use crate::native::Outcome;
use crate::program::{Block, Body, Kept, Piece, Program, Script};
use crate::session::{Limits, Stop};

/// What is asked of an engine.
pub(crate) struct Request {
    /// The text.
    pub(crate) program: Arc<Program>,
    /// The node run and the item.
    pub(crate) frame: Frame,
    /// With the markers of `konverte eval`.
    pub(crate) marked: bool,
}

/// What an evaluation came to.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The value.
    pub(crate) converted: Converted,
    /// The message of an error that n8n swallows.
    pub(crate) swallowed: Option<String>,
}

impl Answer {
    /// A value that JSON says.
    pub(crate) fn json(value: serde_json::Value) -> Self {
        Self { converted: Converted::json(value), swallowed: None }
    }

    /// `undefined`.
    pub(crate) fn undefined(swallowed: Option<String>, marked: bool) -> Self {
        Self { converted: Converted::undefined(marked), swallowed }
    }
}

struct Compiled {
    function: Persistent<Function<'static>>,
}

/// What survives between evaluations.
struct Inner {
    host: Rc<Host>,
    current: Current,
    h: RefCell<Option<Persistent<Object<'static>>>>,
    functions: RefCell<HashMap<(u64, usize), Rc<Compiled>>>,
    programs: RefCell<Kept>,
    loaded: Cell<Needs>,
    deadline: Rc<Cell<Option<Instant>>>,
    timed_out: Rc<Cell<bool>>,
    /// Whether the time is over, for what works outside of the engine.
    over: Over,
    /// Bytes that one evaluation may hand over.
    most: usize,
    /// Bytes of the texts of `functions`.
    compiled: Cell<usize>,
}

/// How many texts an engine keeps ready, and how many bytes of them: expressions may evaluate texts that they make, each another one.
const MOST_TEXTS: usize = 1000;
const MOST_BYTES: usize = 8 << 20;

/// One engine with its context.
///
/// What holds values of the engine stands before the context, so that it is dropped first.
pub(crate) struct Isolate {
    inner: Rc<Inner>,
    context: Context,
    limits: Limits,
}

impl Isolate {
    /// Starts an engine. `stop` interrupts it, as does the end of waiting for user code.
    pub(crate) fn new(limits: Limits, stop: Stop) -> Result<Self, ExpressionError> {
        let runtime = Runtime::new().map_err(cannot_start)?;
        runtime.set_memory_limit(limits.memory);
        runtime.set_max_stack_size(limits.stack);
        let deadline: Rc<Cell<Option<Instant>>> = Rc::default();
        let timed_out: Rc<Cell<bool>> = Rc::default();
        let current = Current::default();
        let (until, flag, code) = (deadline.clone(), timed_out.clone(), current.clone());
        let over: Over = Rc::new(move || {
            let left = || code.borrow().as_ref().is_some_and(|(outside, _)| outside.abandoned());
            let over = until.get().is_some_and(|until| Instant::now() >= until || stop() || left());
            flag.set(flag.get() || over);
            over
        });
        let asked = over.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || asked())));
        let context = Context::full(&runtime).map_err(cannot_start)?;
        let inner = Rc::new(Inner {
            host: Rc::default(),
            current,
            h: RefCell::default(),
            functions: RefCell::default(),
            programs: RefCell::new(Kept::new(MOST_TEXTS, MOST_BYTES)),
            loaded: Cell::default(),
            deadline,
            timed_out,
            over,
            most: limits.handed_over(),
            compiled: Cell::default(),
        });
        let nested_inner = Rc::downgrade(&inner);
        let nested: host::Nested = Rc::new(move |ctx, source, index| match nested_inner.upgrade() {
            Some(inner) => inner.nested(ctx, source, index),
            None => Err(ExpressionError::new(ErrorKind::Evaluation, "the engine has ended")),
        });
        context.with(|ctx| {
            host_functions::make(&ctx, &inner.host, &inner.current, limits.memory, nested)
                .and_then(|h| {
                    inner.h.replace(Some(Persistent::save(&ctx, h.clone())));
                    prelude::core(&ctx, h)
                })
                .catch(&ctx)
                .map_err(|e| ExpressionError::new(ErrorKind::Evaluation, format!("the prelude failed: {e}")))
        })?;
        Ok(Self { context, inner, limits })
    }

    /// Evaluates within `time`.
    pub(crate) fn evaluate(&self, request: &Request, time: Duration) -> Result<Answer, ExpressionError> {
        self.timed(time, |ctx| self.inner.evaluate(ctx, request))
    }

    /// The limits of the session.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The state behind the host functions.
    pub(crate) fn host(&self) -> &Host {
        &self.inner.host
    }

    /// Where user code that is under way finds its outside.
    pub(crate) fn current(&self) -> &Current {
        &self.inner.current
    }

    /// Loads parts of the prelude.
    pub(crate) fn load(&self, ctx: &Ctx<'_>, needs: Needs) -> rquickjs::Result<()> {
        self.inner.load(ctx, needs)
    }

    /// Whether the last piece of work ran out of time.
    pub(crate) fn timed_out(&self) -> bool {
        self.inner.timed_out.get()
    }

    /// Works in the engine for a limited time.
    pub(crate) fn timed<T>(&self, time: Duration, work: impl FnOnce(&Ctx<'_>) -> T) -> T {
        self.inner.deadline.set(Some(Instant::now() + time));
        self.inner.timed_out.set(false);
        let done = self.context.with(|ctx| work(&ctx));
        self.inner.deadline.set(None);
        done
    }
}

fn cannot_start(error: rquickjs::Error) -> ExpressionError {
    ExpressionError::new(ErrorKind::Memory, format!("the JavaScript engine does not start: {error}"))
}

type Made<T> = Result<T, ExpressionError>;

/// A block's value, or the message that was swallowed.
type Valued<'js> = Result<Js<'js>, Option<String>>;

impl Inner {
    fn evaluate(&self, ctx: &Ctx<'_>, request: &Request) -> Made<Answer> {
        let before = self.host.enter(Some(request.frame.clone()));
        let done = self.body(ctx, request);
        self.host.enter(before);
        done
    }

    fn body(&self, ctx: &Ctx<'_>, request: &Request) -> Made<Answer> {
        let frame = &request.frame;
        match &request.program.body {
            Body::Plain(text) => Ok(Answer { converted: Converted::json(text.as_str().into()), swallowed: None }),
            Body::Broken(error) => Err(error.clone()),
            Body::Value(block) => {
                let mut variables = Variables::default();
                match self.block(ctx, &request.program, 0, block, frame, &mut variables)? {
                    Ok(value) => Ok(Answer { converted: self.convert(ctx, &value, request.marked)?, swallowed: None }),
                    Err(swallowed) => Ok(Answer { converted: Converted::undefined(request.marked), swallowed }),
                }
            }
            Body::Text(pieces) => {
                let (text, swallowed) = self.text(ctx, &request.program, pieces, frame)?;
                Ok(Answer { converted: Converted::json(text.into()), swallowed })
            }
        }
    }

    fn convert<'js>(&self, ctx: &Ctx<'js>, value: &Js<'js>, marked: bool) -> Made<Converted> {
        let meter = Meter::new(self.most, self.over.clone());
        let made = Converter::new(ctx, marked, meter).map_err(|_| self.fault_error(ctx)).and_then(|c| c.top(value));
        if self.timed_out.get() { Err(timed_out()) } else { made }
    }

    fn text(&self, ctx: &Ctx<'_>, program: &Program, pieces: &[Piece], frame: &Frame) -> Made<(String, Option<String>)> {
        let mut out = String::new();
        let mut swallowed = None;
        let mut variables = Variables::default();
        for (i, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Block(block) => match self.block(ctx, program, i, block, frame, &mut variables)? {
                    Ok(value) if value.is_undefined() => swallowed = swallowed.or_else(|| Some(UNDEFINED_PART.to_owned())),
                    Ok(value) => out.push_str(&self.print(ctx, &value)?),
                    Err(message) => swallowed = swallowed.or(message),
                },
            }
            if out.len() > self.most {
                return Err(fault::out_of_memory());
            }
        }
        Ok((out, swallowed))
    }

    /// A value inside text.
    fn print<'js>(&self, ctx: &Ctx<'js>, value: &Js<'js>) -> Made<String> {
        if let Some(text) = value.as_string() {
            return convert::string(text);
        }
        let print = || tools(ctx)?.get::<_, Function<'js>>("print")?.call::<_, rquickjs::String<'js>>((value.clone(),));
        match print().catch(ctx) {
            Ok(text) => convert::string(&text),
            Err(caught) => match fault::sort(ctx, caught, "", false, self.timed_out.get()) {
                Fault::Error(error) => Err(error),
                Fault::Swallowed(_) => Ok(String::new()),
            },
        }
    }

    fn block<'js>(
        &self,
        ctx: &Ctx<'js>,
        program: &Program,
        part: usize,
        block: &Block,
        frame: &Frame,
        variables: &mut Variables<'js>,
    ) -> Made<Valued<'js>> {
        if let Some(path) = &block.path {
            match path.evaluate(&frame.scope, frame.item)? {
                Outcome::Value(value) => return host::to_js(ctx, value).map(Ok).map_err(|_| self.fault_error(ctx)),
                Outcome::Undefined => return Ok(Ok(Js::new_undefined(ctx.clone()))),
                Outcome::Swallowed(message) => return Ok(Err(Some(message))),
                Outcome::Ask => {}
            }
        }
        let script = block.script().map_err(Clone::clone)?;
        let function = self.function(ctx, (program.id, part), script).map_err(|error| block.located(error))?;
        match self.call(ctx, &function, script, frame, variables).catch(ctx) {
            Ok(value) => Ok(Ok(value)),
            Err(caught) => match fault::sort(ctx, caught, &script.code, script.guarded, self.timed_out.get()) {
                Fault::Error(error) => Err(error),
                Fault::Swallowed(message) => Ok(Err(Some(message))),
            },
        }
    }

    fn call<'js>(
        &self,
        ctx: &Ctx<'js>,
        function: &Function<'js>,
        script: &Script,
        frame: &Frame,
        variables: &mut Variables<'js>,
    ) -> rquickjs::Result<Js<'js>> {
        self.load(ctx, script.needs)?;
        if script.names.is_empty() {
            return function.call(());
        }
        let mut args = Args::new(ctx.clone(), script.names.len());
        for name in &script.names {
            args.push_arg(variables.get(ctx, name, frame)?)?;
        }
        args.apply(function)
    }

    fn load(&self, ctx: &Ctx<'_>, needs: Needs) -> rquickjs::Result<()> {
        let missing = needs.missing(self.loaded.get());
        if missing != Needs::default() {
            if let Some(h) = self.h.borrow().clone() {
                prelude::parts(ctx, &h.restore(ctx)?, missing)?;
            }
            self.loaded.set(self.loaded.get().and(missing));
        }
        Ok(())
    }

    fn function<'js>(&self, ctx: &Ctx<'js>, key: (u64, usize), script: &Script) -> Made<Function<'js>> {
        if let Some(known) = self.functions.borrow().get(&key) {
            return known.function.clone().restore(ctx).map_err(|_| self.fault_error(ctx));
        }
        let text = compile::text(script);
        if self.functions.borrow().len() >= MOST_TEXTS || self.compiled.get() + text.len() > MOST_BYTES {
            self.functions.borrow_mut().clear();
            self.compiled.set(0);
            self.host.forget();
        }
        self.compiled.set(self.compiled.get() + text.len());
        let file = format!("expression:{}.{}", key.0, key.1);
        self.host.remember(&file, &text, &script.names);
        let function = compile::compile(ctx, text, file)?;
        let compiled = Compiled { function: Persistent::save(ctx, function.clone()) };
        self.functions.borrow_mut().insert(key, Rc::new(compiled));
        Ok(function)
    }

    /// An expression inside another: its value for the same node run.
    fn nested<'js>(&self, ctx: &Ctx<'js>, source: &str, index: usize) -> Made<Js<'js>> {
        let program = self.programs.borrow_mut().program(source);
        let frame = Frame { item: index, shares: false, ..self.host.frame()? };
        let undefined = || Js::new_undefined(ctx.clone());
        match &program.body {
            Body::Plain(text) => host::to_js(ctx, text.as_str().into()).map_err(|_| self.fault_error(ctx)),
            Body::Broken(error) => Err(error.clone()),
            Body::Value(block) => Ok(self.block(ctx, &program, 0, block, &frame, &mut Variables::default())?.unwrap_or_else(|_| undefined())),
            Body::Text(pieces) => {
                let (text, _) = self.text(ctx, &program, pieces, &frame)?;
                host::to_js(ctx, text.into()).map_err(|_| self.fault_error(ctx))
            }
        }
    }

    /// The error behind an exception that is not the expression's.
    fn fault_error(&self, ctx: &Ctx<'_>) -> ExpressionError {
        match fault::sort(ctx, CaughtError::from_error(ctx, rquickjs::Error::Exception), "", false, self.timed_out.get()) {
            Fault::Error(error) => error,
            Fault::Swallowed(message) => ExpressionError::new(ErrorKind::Evaluation, message),
        }
    }
}

fn tools<'js>(ctx: &Ctx<'js>) -> rquickjs::Result<Object<'js>> {
    ctx.globals().get("__kv_x")
}

/// The variables of one evaluation: made when they are first mentioned, then shared by its blocks.
#[derive(Default)]
struct Variables<'js>(Vec<(String, Js<'js>)>);

impl<'js> Variables<'js> {
    fn get(&mut self, ctx: &Ctx<'js>, name: &str, frame: &Frame) -> rquickjs::Result<Js<'js>> {
        if let Some((_, known)) = self.0.iter().find(|(known, _)| known == name) {
            return Ok(known.clone());
        }
        let value = make_variable(ctx, name, frame)?;
        self.0.push((name.to_owned(), value.clone()));
        Ok(value)
    }
}

fn make_variable<'js>(ctx: &Ctx<'js>, name: &str, frame: &Frame) -> rquickjs::Result<Js<'js>> {
    if let Some(value) = frame.extra.as_ref().and_then(|extra| extra.get(name)) {
        return host::to_js(ctx, value.clone());
    }
    if name == "$json" || name == "$data" {
        return host::json_of(ctx, &frame.scope, frame.item);
    }
    let makers: Object<'js> = tools(ctx)?.get("vars")?;
    match makers.get::<_, Option<Function<'js>>>(name)? {
        Some(make) => make.call((frame.item,)),
        None => Ok(Js::new_undefined(ctx.clone())),
    }
}
