//! One engine: its limits, the functions it has compiled, and an evaluation.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use javascript::rquickjs::function::Args;
use javascript::rquickjs::{self, CatchResultExt, CaughtError, Ctx, Function, Object, Persistent, Value as Js};
use javascript::{Deadline, Lease, Limit, Meter, Stop, never};

use super::compile;
use super::convert::{Converted, Converter, primitive};
use super::fault::{self, Fault};
use super::host::{self, Current, Frame, Host};
use super::host_functions;
use super::prelude;
use super::text::string;
use crate::error::{ErrorKind, ExpressionError};
use crate::evaluated::UNDEFINED_PART;
use crate::extensions::Needs;
use crate::limits::Limits;
use crate::native::Outcome;
use crate::program::{Block, Body, Kept, Piece, Program, Script};

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

/// A function that was compiled.
struct Compiled {
    function: Persistent<Function<'static>>,
}

/// What survives between evaluations.
pub(crate) struct State {
    /// The state behind the host functions.
    pub(crate) host: Rc<Host>,
    /// Where user code that is under way finds its outside.
    pub(crate) current: Current,
    h: Persistent<Object<'static>>,
    /// The host functions: user code may let go of all that leads to them, and an isolate that is put back needs them again.
    _held: Vec<Persistent<Js<'static>>>,
    /// Our function that lets go of what user code was handed; taken before user code can replace it.
    leave: RefCell<Option<Persistent<Function<'static>>>>,
    functions: RefCell<HashMap<(u64, usize), Rc<Compiled>>>,
    programs: RefCell<Kept>,
    loaded: Cell<Needs>,
    frozen: Cell<bool>,
    deadline: Rc<Deadline>,
    /// Bytes that one evaluation may hand over.
    most: usize,
    /// Bytes of the texts of `functions`.
    compiled: Cell<usize>,
}

/// How many texts an engine keeps ready, and how many bytes of them: expressions may evaluate texts that they make, each another one.
const MOST_TEXTS: usize = 1000;
const MOST_BYTES: usize = 8 << 20;

/// More than loading our own JavaScript and freezing all takes.
const FREEZING: Duration = Duration::from_secs(30);

/// More than user code takes to leave its surroundings.
const LEAVING: Duration = Duration::from_secs(1);

/// An isolate for expressions and user code.
pub(crate) struct Isolate {
    engine: javascript::Isolate<Rc<State>>,
    limits: Limits,
    /// The execution that has it, or had it last.
    execution: Cell<u64>,
    /// Whether it ran out of memory: what is left of it is of no use.
    spoiled: Cell<bool>,
    frozen: Cell<bool>,
    surroundings: Needs,
}

impl Isolate {
    /// Starts an engine for an execution.
    pub(crate) fn new(limits: Limits, execution: u64) -> Result<Self, ExpressionError> {
        let engine = javascript::Limits { memory: limits.memory, stack: limits.stack, ..javascript::Limits::default() };
        let engine = javascript::Isolate::new(engine, |ctx, deadline| State::new(ctx, deadline, &limits))?;
        let surroundings = Needs::default();
        Ok(Self { engine, limits, execution: Cell::new(execution), spoiled: Cell::default(), frozen: Cell::default(), surroundings })
    }

    /// Starts an engine for user code, with these of its surroundings, that can be put back as it is then.
    pub(crate) fn rewindable(limits: Limits, surroundings: Needs) -> Result<Self, ExpressionError> {
        let engine = javascript::Limits { memory: limits.memory, stack: limits.stack, ..javascript::Limits::default() };
        let engine = javascript::Isolate::rewindable(engine, |ctx, deadline| {
            let state = State::new(ctx, deadline, &limits)?;
            state.load(ctx, surroundings).and_then(|()| state.take_leave(ctx)).catch(ctx).map_err(prelude_failed)?;
            Ok::<_, ExpressionError>(state)
        })?;
        Ok(Self { engine, limits, execution: Cell::default(), spoiled: Cell::default(), frozen: Cell::default(), surroundings })
    }

    /// Puts it back as it was when it was made, after user code. False where that cannot be.
    #[allow(unsafe_code)]
    pub(crate) fn rewind(&self, lease: &Lease) -> bool {
        let surroundings = self.surroundings;
        let left = self.engine.is_rewindable() && self.enter(lease, LEAVING, &never(), |ctx, state| state.leave(ctx, surroundings).is_ok());
        // SAFETY: the state holds all host functions, and it has let go of what it has compiled, last of all.
        left && lease.within(LEAVING, self.limits.grace, &never(), || unsafe { self.engine.rewind() })
    }

    /// The surroundings of user code that it has whenever it is put back.
    pub(crate) fn surroundings(&self) -> Needs {
        self.surroundings
    }

    /// Evaluates within `time`.
    pub(crate) fn evaluate(&self, lease: &Lease, request: &Request, time: Duration, stop: &Stop) -> Result<Answer, ExpressionError> {
        let done = self.enter(lease, time, stop, |ctx, state| state.evaluate(ctx, request));
        self.spoiled.set(self.spoiled.get() || done.as_ref().is_err_and(|error| error.kind == ErrorKind::Memory));
        done
    }

    /// Whether it ran out of memory.
    pub(crate) fn is_spoiled(&self) -> bool {
        self.spoiled.get()
    }

    /// The execution that has it, or had it last.
    pub(crate) fn execution(&self) -> u64 {
        self.execution.get()
    }

    /// Hands it to another execution, frozen. An error where it cannot be: then nobody else may have it.
    pub(crate) fn hand_to(&self, lease: &Lease, execution: u64) -> Result<(), ExpressionError> {
        if !self.frozen.get() {
            let frozen = self.enter(lease, FREEZING, &never(), |ctx, state| state.freeze(ctx).is_ok());
            if !frozen {
                return Err(Limit::Memory.into());
            }
            self.frozen.set(true);
        }
        self.execution.set(execution);
        Ok(())
    }

    /// Whether nothing can be left behind in it. Only then may a second execution have it: see [`Isolates::take`](crate::Isolates).
    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen.get()
    }

    /// Works in the engine for a limited time.
    pub(crate) fn enter<T: Send>(&self, lease: &Lease, time: Duration, stop: &Stop, work: impl FnOnce(&Ctx<'_>, &State) -> T + Send) -> T {
        lease.within(time, self.limits.grace, stop, || self.engine.enter(time, stop, |ctx, state| work(ctx, state)))
    }

    /// Bytes that it holds; finding out goes through all its objects.
    pub(crate) fn memory(&self) -> usize {
        self.engine.memory()
    }

    /// Whether the last piece of work ran out of time.
    pub(crate) fn ran_out(&self) -> bool {
        self.engine.ran_out()
    }
}

type Made<T> = Result<T, ExpressionError>;

/// A block's value, or the message that was swallowed.
type Valued<'js> = Result<Js<'js>, Option<String>>;

impl State {
    pub(super) fn new(ctx: &Ctx<'_>, deadline: &Rc<Deadline>, limits: &Limits) -> Made<Rc<Self>> {
        let (host, current) = (Rc::<Host>::default(), Current::default());
        let itself: Rc<RefCell<Weak<Self>>> = Rc::default();
        let nested = nested(itself.clone());
        let h = host_functions::make(ctx, &host, &current, limits.memory, nested).catch(ctx).map_err(prelude_failed)?;
        let held = h.props::<String, Js<'_>>().map(|property| property.map(|(_, value)| Persistent::save(ctx, value)));
        let held = held.collect::<rquickjs::Result<_>>().catch(ctx).map_err(prelude_failed)?;
        let state = Rc::new(Self {
            host,
            current,
            h: Persistent::save(ctx, h.clone()),
            _held: held,
            leave: RefCell::default(),
            functions: RefCell::default(),
            programs: RefCell::new(Kept::new(MOST_TEXTS, MOST_BYTES)),
            loaded: Cell::default(),
            frozen: Cell::default(),
            deadline: deadline.clone(),
            most: limits.handed_over(),
            compiled: Cell::default(),
        });
        itself.replace(Rc::downgrade(&state));
        prelude::core(ctx, h).catch(ctx).map_err(prelude_failed)?;
        Ok(state)
    }

    /// Freezes what evaluations share, so that the isolate can go to another execution. It takes all of our own JavaScript that an
    /// expression may need, for none can be loaded later. Only blocks that are proven quiet may have run before, and may run after:
    /// their values stay the same.
    pub(crate) fn freeze(&self, ctx: &Ctx<'_>) -> rquickjs::Result<()> {
        if !self.frozen.replace(true) {
            self.load(ctx, Needs::EXPRESSIONS)?;
            prelude::freeze(ctx, &self.h.clone().restore(ctx)?)?;
            for compiled in self.functions.borrow().values() {
                fix(ctx, &compiled.function.clone().restore(ctx)?)?;
            }
        }
        Ok(())
    }

    /// Takes the function that lets go of what user code was handed.
    pub(super) fn take_leave(&self, ctx: &Ctx<'_>) -> rquickjs::Result<()> {
        let leave: Function<'_> = tools(ctx)?.get::<_, Object<'_>>("code")?.get("leave")?;
        self.leave.replace(Some(Persistent::save(ctx, leave)));
        Ok(())
    }

    /// Lets go of all that user code was handed and of what was made for it, so that it can be put back as it was with these surroundings.
    pub(super) fn leave(&self, ctx: &Ctx<'_>, surroundings: Needs) -> rquickjs::Result<()> {
        if let Some(leave) = self.leave.borrow().clone() {
            leave.restore(ctx)?.call::<_, ()>(())?;
        }
        self.loaded.set(surroundings);
        self.compiled.set(0);
        self.host.forget();
        self.functions.borrow_mut().clear();
        Ok(())
    }

    pub(super) fn evaluate(&self, ctx: &Ctx<'_>, request: &Request) -> Made<Answer> {
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
        let meter = Meter::new(self.most, self.deadline.clone());
        let made = primitive(value, marked, &meter).transpose().unwrap_or_else(|| {
            let converter = Converter::new(ctx, marked, meter).map_err(|_| self.fault_error(ctx))?;
            converter.top(value)
        });
        if self.deadline.was_over() { Err(Limit::Time.into()) } else { made }
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
            return string(text);
        }
        let print = || tools(ctx)?.get::<_, Function<'js>>("print")?.call::<_, rquickjs::String<'js>>((value.clone(),));
        match print().catch(ctx) {
            Ok(text) => string(&text),
            Err(caught) => match fault::sort(ctx, caught, "", false, self.deadline.was_over()) {
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
            Err(caught) => match fault::sort(ctx, caught, &script.code, script.guarded, self.deadline.was_over()) {
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

    /// Loads parts of the prelude.
    pub(crate) fn load(&self, ctx: &Ctx<'_>, needs: Needs) -> rquickjs::Result<()> {
        let missing = needs.missing(self.loaded.get());
        if missing != Needs::default() {
            prelude::load(ctx, &self.h.clone().restore(ctx)?, missing)?;
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
        if self.frozen.get() {
            fix(ctx, &function).map_err(|_| self.fault_error(ctx))?;
        }
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
        match fault::sort(ctx, CaughtError::from_error(ctx, rquickjs::Error::Exception), "", false, self.deadline.was_over()) {
            Fault::Error(error) => error,
            Fault::Swallowed(message) => ExpressionError::new(ErrorKind::Evaluation, message),
        }
    }
}

fn prelude_failed(caught: CaughtError<'_>) -> ExpressionError {
    ExpressionError::new(ErrorKind::Evaluation, format!("the prelude failed: {caught}"))
}

/// Evaluates for host functions, which are there before the state is.
fn nested(state: Rc<RefCell<Weak<State>>>) -> host::Nested {
    Rc::new(move |ctx, source, index| match state.borrow().upgrade() {
        Some(state) => state.nested(ctx, source, index),
        None => Err(ExpressionError::new(ErrorKind::Evaluation, "the engine has ended")),
    })
}

/// Freezes a compiled function, which all evaluations of its text call.
fn fix<'js>(ctx: &Ctx<'js>, function: &Function<'js>) -> rquickjs::Result<()> {
    tools(ctx)?.get::<_, Function<'js>>("fixed")?.call((function.clone(),))
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

pub(super) fn make_variable<'js>(ctx: &Ctx<'js>, name: &str, frame: &Frame) -> rquickjs::Result<Js<'js>> {
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
