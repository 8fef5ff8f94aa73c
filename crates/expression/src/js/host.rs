//! What our JavaScript may ask of the program: the host functions `H`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use node_sdk::{Item, PairedItem};
use rquickjs::function::{Func, Opt};
use rquickjs::{Array, Ctx, Exception, Function, Object, Value as Js};
use serde_json::{Map, Value, json};

use super::lazy::Shared;
use super::user_code::Current;
use crate::callee;
use crate::error::{ErrorKind, ExpressionError};
use crate::extensions::METHODS;
use crate::json_words;
use crate::lookup;
use crate::pairing::{self, Asked};
use crate::script::BANNED_MEMBERS;
use crate::v8_words;
use crate::view::{Scope, SourceRef};

/// What is being evaluated: host functions read it.
#[derive(Clone)]
pub(crate) struct Frame {
    /// The node run.
    pub(crate) scope: Arc<Scope>,
    /// The item's index.
    pub(crate) item: usize,
    /// Extra variables of the caller.
    pub(crate) extra: Option<Arc<Map<String, Value>>>,
}

/// The state behind the host functions.
#[derive(Default)]
pub(crate) struct Host {
    frame: RefCell<Option<Frame>>,
    depth: Cell<usize>,
    sources: RefCell<HashMap<String, Source>>,
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
    }

    /// What was called at that place.
    fn called(&self, file: &str, line: usize, column: usize) -> Option<String> {
        let sources = self.sources.borrow();
        let source = sources.get(file)?;
        let what = callee::callee(source.text.lines().nth(line.checked_sub(1)?)?, column)?;
        let root = what.split(['.', '(', '[']).next().unwrap_or_default();
        let reached = source.names.iter().any(|name| name == root);
        Some(if reached { format!("{}.{what}", "(intermediate value)".repeat(3)) } else { what })
    }

    fn scope(&self) -> Result<Arc<Scope>, ExpressionError> {
        self.frame().map(|frame| frame.scope)
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
        object.set("binary", binary_to_js(ctx, item)?)?;
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

/// The files of an item: their metadata.
fn binary_to_js<'js>(ctx: &Ctx<'js>, item: &Item) -> rquickjs::Result<Js<'js>> {
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

/// An item as user code sees it: paired with itself, its files with the keys of their content.
pub(crate) fn code_item<'js>(ctx: &Ctx<'js>, item: Option<Item>, index: usize) -> rquickjs::Result<Js<'js>> {
    let Some(item) = item else { return Ok(Js::new_undefined(ctx.clone())) };
    let made = item_to_js(ctx, &item.clone().paired(PairedItem::item(index)))?;
    let files = made.as_object().map(|object| object.get::<_, Option<Object<'js>>>("binary")).transpose()?.flatten();
    for (name, binary) in item.binary.as_deref().into_iter().flatten() {
        if let (Some(files), Some(blob)) = (&files, &binary.blob) {
            files.get::<_, Object<'js>>(name.as_str())?.set("id", &*blob.id)?;
        } else if let (Some(files), Some(data)) = (&files, &binary.data) {
            files.get::<_, Object<'js>>(name.as_str())?.set("data", data.as_str())?;
        }
    }
    Ok(made)
}

fn items_to_js<'js>(ctx: &Ctx<'js>, items: &[Item]) -> rquickjs::Result<Js<'js>> {
    let array = Array::new(ctx.clone())?;
    for (i, item) in items.iter().enumerate() {
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

type Host_ = Rc<Host>;
type Answer<'js> = rquickjs::Result<Js<'js>>;

/// Runs `work` with the scope; its error is thrown.
pub(crate) fn with<'js, T>(ctx: &Ctx<'js>, host: &Host, work: impl FnOnce(&Scope) -> Result<T, ExpressionError>) -> rquickjs::Result<T> {
    host.scope().and_then(|scope| work(&scope)).map_err(|error| throw(ctx, &error))
}

/// Makes the object `H`.
pub(crate) fn make<'js>(ctx: &Ctx<'js>, host: &Host_, current: &Current, nested: Nested) -> rquickjs::Result<Object<'js>> {
    let h = Object::new(ctx.clone())?;
    h.set("banned", BANNED_MEMBERS.to_vec())?;
    h.set("methods", METHODS.to_vec())?;
    let at = host.clone();
    h.set(
        "v8",
        Func::from(move |message: String, file: String, line: usize, column: usize| {
            let what = if message == "not a function" { at.called(&file, line, column) } else { None };
            v8_words::reword(&message, what.as_deref())
        }),
    )?;
    h.set("jsonWords", Func::from(|text: String| json_words::message(&text)))?;
    input(&h, host)?;
    nodes(&h, host)?;
    surroundings(&h, host)?;
    clock(&h, host)?;
    let evaluate = host.clone();
    h.set(
        "evaluate",
        Func::from(move |ctx: Ctx<'js>, source: String, index: usize| -> Answer<'js> {
            evaluate.deeper(|| nested(&ctx, &source, index)).map_err(|error| throw(&ctx, &error))
        }),
    )?;
    super::user_code::host_functions(&h, host, current)?;
    crate::datetime::host_functions(&h)?;
    crate::digest::host_functions(&h)?;
    Ok(h)
}

fn input<'js>(h: &Object<'js>, host: &Host_) -> rquickjs::Result<()> {
    let at = host.clone();
    h.set("json", Func::from(move |ctx: Ctx<'js>, i: usize| -> Answer<'js> { json_of(&ctx, &*at.scope().map_err(|e| throw(&ctx, &e))?, i) }))?;
    let at = host.clone();
    h.set("binary", Func::from(move |ctx: Ctx<'js>, i: usize| -> Answer<'js> { binary_to_js(&ctx, &with(&ctx, &at, |s| s.current(i).cloned())?) }))?;
    let at = host.clone();
    h.set(
        "inputItem",
        Func::from(move |ctx: Ctx<'js>, i: i64| -> Answer<'js> {
            let item = with(&ctx, &at, |s| s.input_item(usize::try_from(i).unwrap_or(s.items().len().saturating_sub(1))))?;
            item_to_js(&ctx, &item)
        }),
    )?;
    let at = host.clone();
    h.set("inputAll", Func::from(move |ctx: Ctx<'js>| -> Answer<'js> { items_to_js(&ctx, &with(&ctx, &at, Scope::input_items)?) }))?;
    let at = host.clone();
    h.set(
        "inputParams",
        Func::from(move |ctx: Ctx<'js>| -> Answer<'js> {
            let params = with(&ctx, &at, |s| {
                if s.items().is_empty() {
                    return Err(lookup::no_data());
                }
                s.previous().map(|source| s.params(&source.node)).transpose()
            })?;
            params.map_or_else(|| Ok(Js::new_undefined(ctx.clone())), |p| to_js(&ctx, Value::Object((*p).clone())))
        }),
    )?;
    let at = host.clone();
    h.set("previousName", Func::from(move |ctx: Ctx<'js>| with(&ctx, &at, |s| Ok(s.previous().map(|p| p.node.to_string())))))?;
    let at = host.clone();
    h.set(
        "previous",
        Func::from(move |ctx: Ctx<'js>| -> Answer<'js> {
            let source = with(&ctx, &at, |s| Ok(s.previous().cloned()))?;
            let value = source.map_or(json!({}), |s| json!({"name": &*s.node, "outputIndex": s.output, "runIndex": s.run}));
            to_js(&ctx, value)
        }),
    )
}

fn nodes<'js>(h: &Object<'js>, host: &Host_) -> rquickjs::Result<()> {
    let at = host.clone();
    h.set("exists", Func::from(move |ctx: Ctx<'js>, name: String| with(&ctx, &at, |s| Ok(s.view.node(&name).is_some()))))?;
    let at = host.clone();
    h.set(
        "unknown",
        Func::from(move |ctx: Ctx<'js>, _name: Opt<Js<'js>>| with(&ctx, &at, |_| -> Result<(), ExpressionError> { Err(lookup::unknown_node()) })),
    )?;
    let at = host.clone();
    h.set("ready", Func::from(move |ctx: Ctx<'js>, name: String| with(&ctx, &at, |s| s.find(&name).and_then(|_| s.default_run(&name)).map(|_| ()))))?;
    let at = host.clone();
    h.set("executed", Func::from(move |ctx: Ctx<'js>, name: String| with(&ctx, &at, |s| Ok(s.view.run_count(&name) > 0))))?;
    let at = host.clone();
    h.set("runIndex", Func::from(move |ctx: Ctx<'js>, name: String| with(&ctx, &at, |s| s.default_run(&name))))?;
    let at = host.clone();
    h.set(
        "nodeItem",
        Func::from(move |ctx: Ctx<'js>, name: String, i: usize| -> Answer<'js> { item_to_js(&ctx, &with(&ctx, &at, |s| s.node_item(&name, i))?) }),
    )?;
    let at = host.clone();
    h.set(
        "match",
        Func::from(move |ctx: Ctx<'js>, name: String, i: usize, asked: u8| -> Answer<'js> {
            let asked = [Asked::Item, Asked::Paired, Asked::Matching][usize::from(asked).min(2)];
            walked_to_js(&ctx, with(&ctx, &at, |s| s.matching_item(&name, i, asked))?)
        }),
    )?;
    let at = host.clone();
    h.set(
        "items",
        Func::from(move |ctx: Ctx<'js>, name: String, branch: Option<i64>, run: Option<i64>, wired: bool| -> Answer<'js> {
            match with(&ctx, &at, |s| s.output_items(&name, branch, run, wired))? {
                Some(items) => items_to_js(&ctx, &items),
                None => Ok(Js::new_undefined(ctx)),
            }
        }),
    )?;
    let at = host.clone();
    h.set(
        "edge",
        Func::from(move |ctx: Ctx<'js>, name: String, branch: Option<i64>, run: Option<i64>, which: i64| -> Answer<'js> {
            let items = with(&ctx, &at, |s| s.output_items(&name, branch, run, true))?.unwrap_or_default();
            let item = if which < 0 { items.last() } else { items.first() };
            item.map_or_else(|| Ok(Js::new_undefined(ctx.clone())), |item| item_to_js(&ctx, item))
        }),
    )?;
    let at = host.clone();
    h.set(
        "params",
        Func::from(move |ctx: Ctx<'js>, name: String| -> Answer<'js> {
            to_js(&ctx, Value::Object((*with(&ctx, &at, |s| s.params(&name))?).clone()))
        }),
    )?;
    let at = host.clone();
    h.set(
        "pairedFrom",
        Func::from(move |ctx: Ctx<'js>, name: String, source: Js<'js>, paired: Js<'js>| paired_from(&ctx, &at, &name, &source, &paired)),
    )?;
    let at = host.clone();
    h.set(
        "context",
        Func::from(move |ctx: Ctx<'js>, name: Option<String>| -> Answer<'js> {
            let Some(name) = name else { return Ok(Object::new(ctx)?.into_value()) };
            let map = with(&ctx, &at, |s| Ok(s.view.context(&name)))?;
            let copy = map.lock().map(|map| map.clone()).unwrap_or_default();
            to_js(&ctx, Value::Object(copy))
        }),
    )
}

fn paired_from<'js>(ctx: &Ctx<'js>, host: &Host, name: &str, source: &Js<'js>, paired: &Js<'js>) -> Answer<'js> {
    let (Some(source), item) = (source.as_object(), paired.as_object().map_or_else(|| paired.as_int(), |p| p.get("item").ok())) else {
        return Ok(Js::new_undefined(ctx.clone()));
    };
    let from = SourceRef {
        node: source.get::<_, String>("previousNode")?.into(),
        output: source.get::<_, Option<usize>>("previousNodeOutput")?.unwrap_or(0),
        run: source.get::<_, Option<usize>>("previousNodeRun")?.unwrap_or(0),
    };
    let item = usize::try_from(item.unwrap_or(0)).unwrap_or(0);
    walked_to_js(ctx, with(ctx, host, |s| pairing::paired_from(s, name, &from, item))?)
}

/// The item that a walk came to; n8n's `TypeError` where it came to none.
fn walked_to_js<'js>(ctx: &Ctx<'js>, item: Option<Item>) -> Answer<'js> {
    match item {
        Some(item) => item_to_js(ctx, &item),
        None => Err(Exception::throw_type(ctx, &v8_words::unreadable("undefined", pairing::LOST))),
    }
}

fn surroundings<'js>(h: &Object<'js>, host: &Host_) -> rquickjs::Result<()> {
    let at = host.clone();
    h.set(
        "parameters",
        Func::from(move |ctx: Ctx<'js>| -> Answer<'js> { to_js(&ctx, Value::Object((*with(&ctx, &at, |s| Ok(s.parameters.clone()))?).clone())) }),
    )?;
    let at = host.clone();
    h.set("thisRun", Func::from(move |ctx: Ctx<'js>| with(&ctx, &at, |s| Ok(s.run_index))))?;
    let at = host.clone();
    h.set(
        "workflow",
        Func::from(move |ctx: Ctx<'js>| -> Answer<'js> {
            let w = with(&ctx, &at, |s| Ok(s.view.workflow()))?;
            to_js(&ctx, json!({"active": w.active, "id": w.id, "name": w.name}))
        }),
    )?;
    let at = host.clone();
    h.set(
        "execution",
        Func::from(move |ctx: Ctx<'js>| -> Answer<'js> {
            let e = with(&ctx, &at, |s| Ok(s.view.execution()))?;
            to_js(&ctx, json!({"id": e.id, "mode": e.mode, "resumeUrl": e.resume_url, "resumeFormUrl": e.resume_form_url}))
        }),
    )?;
    let at = host.clone();
    h.set("vars", Func::from(move |ctx: Ctx<'js>| -> Answer<'js> { Shared::new(with(&ctx, &at, |s| Ok(s.view.vars()))?).to_js(&ctx) }))?;
    let at = host.clone();
    h.set("envAllowed", Func::from(move |ctx: Ctx<'js>| with(&ctx, &at, |s| Ok(s.view.env().is_some()))))?;
    let at = host.clone();
    h.set(
        "env",
        Func::from(move |ctx: Ctx<'js>| -> Answer<'js> {
            to_js(&ctx, Value::Object(with(&ctx, &at, |s| s.view.env().ok_or_else(lookup::env_denied))?.as_ref().clone()))
        }),
    )?;
    let at = host.clone();
    h.set("envDenied", Func::from(move |ctx: Ctx<'js>| with(&ctx, &at, |_| -> Result<(), ExpressionError> { Err(lookup::env_denied()) })))?;
    let at = host.clone();
    h.set(
        "self",
        Func::from(move |ctx: Ctx<'js>| -> Answer<'js> {
            let object = Object::new(ctx.clone())?;
            if let Some(node) = with(&ctx, &at, |s| Ok(s.view.node(&s.node)))? {
                object.set("version", node.type_version)?;
                object.set("id", &*node.id)?;
                object.set("webhookId", node.webhook_id.as_deref())?;
            }
            Ok(object.into_value())
        }),
    )?;
    let at = host.clone();
    h.set(
        "staticData",
        Func::from(move |ctx: Ctx<'js>, kind: Opt<Option<String>>| -> Answer<'js> {
            let map = with(&ctx, &at, |s| Ok(s.view.static_data(if kind.0.flatten().as_deref() == Some("node") { Some(&s.node) } else { None })))?;
            let copy = map.lock().map(|map| map.clone()).unwrap_or_default();
            to_js(&ctx, Value::Object(copy))
        }),
    )
}

fn clock<'js>(h: &Object<'js>, host: &Host_) -> rquickjs::Result<()> {
    let at = host.clone();
    h.set("now", Func::from(move |ctx: Ctx<'js>| with(&ctx, &at, |s| Ok(s.view.now() as f64))))?;
    let at = host.clone();
    h.set("zone", Func::from(move |ctx: Ctx<'js>| with(&ctx, &at, |s| Ok(s.view.timezone().to_owned()))))?;
    let at = host.clone();
    h.set("random", Func::from(move |ctx: Ctx<'js>| with(&ctx, &at, |s| Ok(s.view.random()))))
}
