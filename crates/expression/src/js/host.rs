//! The state behind the host functions, and the program's values for JavaScript.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use javascript::Shared;
use javascript::rquickjs::{self, Array, Ctx, Exception, Function, Object, Value as Js};
use node_sdk::{Item, PairedItem};
use serde_json::{Map, Value};

use crate::callee::Site;
use crate::error::{ErrorKind, ExpressionError};
use crate::frames::{self, Place};
use crate::view::Scope;
use crate::{pairing, v8_words};

/// How many errors are remembered with their words.
const MOST_WORDS: usize = 1000;
/// The engine's own messages are shorter: what is longer are words of the code's.
const LONGEST_MESSAGE: usize = 512;

/// An error by its place: file, line, column, and who said what.
type Thrown = (String, usize, usize, String);

/// What is being evaluated: host functions read it.
#[derive(Clone)]
pub(crate) struct Frame {
    /// The node run.
    pub(crate) scope: Arc<Scope>,
    /// The item's index.
    pub(crate) item: usize,
    /// Extra variables of the caller.
    pub(crate) extra: Option<Arc<Map<String, Value>>>,
    /// Whether it is proven to change nothing, so that it may be given what others of the node run are given.
    pub(crate) shares: bool,
}

/// The other side: where calls and log lines go.
pub(crate) trait Outside: Send + Sync {
    /// Whether the arguments of calls that are not answered leave room for so many bytes.
    fn has_room(&self, bytes: usize) -> bool;
    /// A helper is called with arguments of so many bytes; its answer comes with a later step.
    fn call(&self, id: u64, name: &str, args: Value, bytes: usize);
    /// A line of the console.
    fn log(&self, level: &str, text: &str);
}

/// The run that is under way, for the host functions: its outside, the time when the step began, and since when that is.
pub(crate) type Current = Rc<RefCell<Option<(Arc<dyn Outside>, Duration, Instant)>>>;

/// The state behind the host functions.
#[derive(Default)]
pub(crate) struct Host {
    frame: RefCell<Option<Frame>>,
    depth: Cell<usize>,
    /// The node run whose lists of items are kept, and its number.
    kept_for: RefCell<(u32, Weak<Scope>)>,
    sources: RefCell<HashMap<String, Source>>,
    /// The words of errors by their places: a loop throws the same one again and again.
    words: RefCell<HashMap<Thrown, Option<String>>>,
}

/// The text of a compiled function, for error messages.
struct Source {
    text: String,
    /// Names that n8n reaches through an object of its own, which its messages show.
    names: Vec<String>,
}

/// An evaluation inside an evaluation: `$parameter`, `$evaluateExpression`.
pub(crate) type Nested = Rc<dyn for<'js> Fn(&Ctx<'js>, &str, usize) -> Result<Js<'js>, ExpressionError>>;

impl Host {
    /// Sets what is being evaluated; gives back what was before.
    pub(crate) fn enter(&self, frame: Option<Frame>) -> Option<Frame> {
        self.frame.replace(frame)
    }

    /// What is being evaluated.
    pub(crate) fn frame(&self) -> Result<Frame, ExpressionError> {
        self.frame.borrow().clone().ok_or_else(|| ExpressionError::new(ErrorKind::Evaluation, "no evaluation is under way"))
    }

    /// Remembers the text of a compiled function.
    pub(crate) fn remember(&self, file: &str, text: &str, names: &[String]) {
        let source = Source { text: text.to_owned(), names: names.to_vec() };
        self.sources.borrow_mut().insert(file.to_owned(), source);
        self.words.borrow_mut().clear();
    }

    /// Forgets all texts.
    pub(crate) fn forget(&self) {
        self.sources.borrow_mut().clear();
    }

    /// V8's words for what `within` threw; an empty `file` stands for a function of a built-in.
    pub(crate) fn reword(&self, message: &str, within: &str, file: &str, line: usize, column: usize) -> Option<String> {
        if message.len() + within.len() > LONGEST_MESSAGE {
            return None;
        }
        let sources = self.sources.borrow();
        let Some(source) = sources.get(file) else { return v8_words::reword(message, within, None) };
        let place = (file.to_owned(), line, column, format!("{within}: {message}"));
        let words = || v8_words::reword(message, within, Some(&Site { text: &source.text, names: &source.names, line, column }));
        let mut known = self.words.borrow_mut();
        if known.len() > MOST_WORDS {
            known.clear();
        }
        known.entry(place).or_insert_with(words).clone()
    }

    /// Whether V8 has a name for the function around a place of user code.
    pub(crate) fn is_named(&self, line: usize, column: usize) -> bool {
        self.sources.borrow().get("code").is_some_and(|source| frames::is_named(&source.text, Place { line, column }))
    }

    /// The line where user code waits for the function around a place.
    pub(crate) fn awaited(&self, line: usize, column: usize) -> Option<usize> {
        frames::awaited(&self.sources.borrow().get("code")?.text, Place { line, column })
    }

    /// The node run that is being evaluated.
    pub(crate) fn scope(&self) -> Result<Arc<Scope>, ExpressionError> {
        self.frame().map(|frame| frame.scope)
    }

    /// A number for the node run, where the evaluation may be given lists that are kept for it; 0 where it may not.
    pub(crate) fn sharing(&self) -> u32 {
        let frame = self.frame.borrow();
        let Some(frame) = frame.as_ref().filter(|frame| frame.shares) else { return 0 };
        let (mut kept_for, scope) = (self.kept_for.borrow_mut(), Arc::downgrade(&frame.scope));
        if !kept_for.1.ptr_eq(&scope) {
            *kept_for = (kept_for.0 + 1, scope);
        }
        kept_for.0
    }

    /// Guards nested evaluations against going in circles.
    pub(crate) fn deeper<T>(&self, work: impl FnOnce() -> Result<T, ExpressionError>) -> Result<T, ExpressionError> {
        if self.depth.get() > 10 {
            return Err(ExpressionError::expression("Maximum call stack size exceeded"));
        }
        self.depth.set(self.depth.get() + 1);
        let done = work();
        self.depth.set(self.depth.get() - 1);
        done
    }
}

/// Throws one of our errors into JavaScript.
pub(crate) fn throw<'js>(ctx: &Ctx<'js>, error: &ExpressionError) -> rquickjs::Error {
    let kind = match error.kind {
        ErrorKind::Extension => "extension",
        ErrorKind::Evaluation | ErrorKind::Timeout => "evaluation",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::Memory => "memory",
        _ => "expression",
    };
    let made = ctx
        .globals()
        .get::<_, Object<'js>>("__kv_x")
        .and_then(|tools| tools.get::<_, Function<'js>>("makeError"))
        .and_then(|make| make.call::<_, Js<'js>>((error.message.as_str(), kind, error.description.as_deref(), error.context_type)));
    match made {
        Ok(error) => ctx.throw(error),
        Err(_) => Exception::throw_message(ctx, &error.message),
    }
}

/// JSON for JavaScript.
pub(crate) fn to_js<'js>(ctx: &Ctx<'js>, value: Value) -> rquickjs::Result<Js<'js>> {
    Shared::new(Arc::new(value)).to_js(ctx)
}

fn shared<'js>(ctx: &Ctx<'js>, value: Option<Arc<Value>>) -> rquickjs::Result<Js<'js>> {
    value.map_or_else(|| Ok(Js::new_undefined(ctx.clone())), |json| Shared::new(json).to_js(ctx))
}

/// An item for JavaScript.
pub(crate) fn item_to_js<'js>(ctx: &Ctx<'js>, item: &Item) -> rquickjs::Result<Js<'js>> {
    let object = Object::new(ctx.clone())?;
    if item.json.is_some() {
        object.set("json", shared(ctx, item.json.clone())?)?;
    }
    if item.binary.is_some() {
        object.set("binary", files_to_js(ctx, item)?)?;
    }
    if let Some(paired) = &item.paired_item {
        object.set("pairedItem", to_js(ctx, paired.to_value())?)?;
    }
    if item.error.is_some() {
        object.set("error", shared(ctx, item.error.clone())?)?;
    }
    for (key, value) in item.extra.as_deref().into_iter().flatten() {
        object.set(key.as_str(), to_js(ctx, value.clone())?)?;
    }
    Ok(object.into_value())
}

/// The files of an item as it holds them: with their content in base64, which is read when it is asked for, and its key.
fn files_to_js<'js>(ctx: &Ctx<'js>, item: &Item) -> rquickjs::Result<Js<'js>> {
    let files = Object::new(ctx.clone())?;
    let with_content: Function<'js> = ctx.globals().get::<_, Object<'js>>("__kv_x")?.get("withContent")?;
    for (name, binary) in item.binary.as_deref().into_iter().flatten() {
        let text = serde_json::to_string(binary).unwrap_or_else(|_| "{}".to_owned());
        let file = ctx.json_parse(text)?;
        match &binary.blob {
            Some(blob) => files.set(name.as_str(), with_content.call::<_, Js<'js>>((file, &*blob.id))?)?,
            None => files.set(name.as_str(), file)?,
        }
    }
    Ok(files.into_value())
}

/// `$binary`: the files of an item without their content.
pub(crate) fn binary_to_js<'js>(ctx: &Ctx<'js>, item: &Item) -> rquickjs::Result<Js<'js>> {
    let mut files = Map::new();
    for (name, binary) in item.binary.as_deref().into_iter().flatten() {
        let mut data = serde_json::to_value(binary).unwrap_or(Value::Null);
        if let Some(map) = data.as_object_mut() {
            map.shift_remove("data");
        }
        files.insert(name.clone(), data);
    }
    to_js(ctx, Value::Object(files))
}

/// An item as user code sees it: paired with itself.
pub(crate) fn code_item<'js>(ctx: &Ctx<'js>, item: Option<Item>, index: usize) -> rquickjs::Result<Js<'js>> {
    let Some(item) = item else { return Ok(Js::new_undefined(ctx.clone())) };
    item_to_js(ctx, &item.paired(PairedItem::item(index)))
}

/// A list of items for JavaScript.
pub(crate) fn items_to_js<'js, 'a>(ctx: &Ctx<'js>, items: impl Iterator<Item = &'a Item>) -> rquickjs::Result<Js<'js>> {
    let array = Array::new(ctx.clone())?;
    for (i, item) in items.enumerate() {
        array.set(i, item_to_js(ctx, item)?)?;
    }
    Ok(array.into_value())
}

/// `$json` of an item.
pub(crate) fn json_of<'js>(ctx: &Ctx<'js>, scope: &Scope, index: usize) -> rquickjs::Result<Js<'js>> {
    match scope.current(index) {
        Ok(item) => shared(ctx, item.json.clone()),
        Err(error) => Err(throw(ctx, &error)),
    }
}

/// n8n's `TypeError` where a walk along pairings came to no item.
pub(crate) fn lost(ctx: &Ctx<'_>) -> rquickjs::Error {
    Exception::throw_type(ctx, &v8_words::unreadable("undefined", pairing::LOST))
}

/// Runs `work` with the scope; its error is thrown.
pub(crate) fn with<'js, T>(ctx: &Ctx<'js>, host: &Host, work: impl FnOnce(&Scope) -> Result<T, ExpressionError>) -> rquickjs::Result<T> {
    host.scope().and_then(|scope| work(&scope)).map_err(|error| throw(ctx, &error))
}
