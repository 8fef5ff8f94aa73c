//! Parameters as a running node sees them: resolved for each item, when asked.
//!
//! ```
//! use std::sync::Arc;
//! use node_sdk::{Evaluated, Evaluator, Kind, NodeError, Params};
//! use serde_json::{Map, Value, json};
//!
//! /// Stands for the expression language: every expression is the item's index.
//! struct Index;
//! impl Evaluator for Index {
//!     fn evaluate(&self, _source: &str, item: usize, _extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
//!         Ok(Evaluated { value: json!(item), kind: Kind::Json })
//!     }
//! }
//!
//! let raw = json!({"name": "={{ $itemIndex }}", "options": {"limit": "5"}, "workflow": {"__rl": true, "mode": "id", "value": "w1"}});
//! let params = Params::new(Arc::new(raw.as_object().unwrap().clone()), Arc::new(Index));
//! let second = params.at(1);
//! assert_eq!(second.string("name").unwrap(), "1");
//! assert_eq!(second.number("options.limit", 50.0).unwrap(), 5.0);
//! assert_eq!(second.bool("options.trim", true).unwrap(), true);
//! assert_eq!(second.locator("workflow").unwrap(), "w1");
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{NodeError, codes};
use crate::property::{Property, PropertyKind};
use crate::schema::{Check, validate_type};
use crate::sync::lock;

pub use crate::schema::raw_at;

/// The value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// Its JSON form: ISO text for dates, `null` for undefined, NaN and the infinities; undefined keys are dropped.
    pub value: Value,
    /// What it was before it became JSON.
    pub kind: Kind,
}

/// What a value is in JavaScript, where JSON cannot say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Plain JSON.
    #[default]
    Json,
    /// `undefined`.
    Undefined,
    /// A date-time object with its zone (Luxon's `DateTime`).
    DateTime,
    /// A JavaScript `Date`.
    Date,
    /// A number that JSON cannot say.
    NonFinite(NonFinite),
    /// Anything else JSON cannot say (Map, Set, RegExp, BigInt, ...).
    Other,
}

/// A number that JSON cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonFinite {
    /// `NaN`.
    NaN,
    /// `Infinity`.
    Infinity,
    /// `-Infinity`.
    NegativeInfinity,
}

impl NonFinite {
    /// What the number is; `None` for one that JSON can say.
    pub fn of(number: f64) -> Option<Self> {
        Some(match number {
            _ if number.is_finite() => return None,
            f64::INFINITY => Self::Infinity,
            f64::NEG_INFINITY => Self::NegativeInfinity,
            _ => Self::NaN,
        })
    }

    /// The number.
    pub fn number(self) -> f64 {
        match self {
            Self::NaN => f64::NAN,
            Self::Infinity => f64::INFINITY,
            Self::NegativeInfinity => f64::NEG_INFINITY,
        }
    }

    /// JavaScript's text.
    pub fn text(self) -> &'static str {
        match self {
            Self::NaN => "NaN",
            Self::Infinity => "Infinity",
            Self::NegativeInfinity => "-Infinity",
        }
    }
}

/// Evaluates expressions of one run of one node by plain calls.
pub trait Evaluator: Send + Sync {
    /// The value of `source` (with its leading `=`) for input item `item`, with `extra` variables in scope.
    fn evaluate(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError>;

    /// The same where an error that n8n passes over is to be expected: nothing is said of it, and it is none in a strict run.
    fn evaluate_quietly(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.evaluate(source, item, extra)
    }
}

/// Work that reads parameters by plain calls.
pub type Reading = Box<dyn FnOnce(&dyn Evaluator) + Send>;

/// Port: the expressions of one run of one node. Most need no JavaScript and are evaluated where they are asked for; the others run on
/// threads for JavaScript, which a node waits for without holding up others.
/// An [`Evaluator`] that never has to wait is all there is to them.
#[async_trait]
pub trait Expressions: Send + Sync {
    /// The value, if it is there without JavaScript; `quietly` as in [`Evaluator::evaluate_quietly`].
    fn at_once(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>, quietly: bool) -> Option<Result<Evaluated, NodeError>>;

    /// Does work on a thread for JavaScript. `one_item`: it reads for one item, and comes again for the next. An `Err` where the work did
    /// not begin, or did not come back: what it does after that is of no use to anybody.
    async fn lend(&self, one_item: bool, work: Reading) -> Result<(), NodeError>;

    /// What runs user code in the same scope (the Code node): an `expression::Evaluator` behind `Any`, because this crate
    /// sees no other. `None`: user code cannot run here.
    fn user_code(&self) -> Option<&(dyn std::any::Any + Send + Sync)> {
        None
    }
}

/// What evaluates without JavaScript needs no other thread.
#[async_trait]
impl<E: Evaluator> Expressions for E {
    fn at_once(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>, quietly: bool) -> Option<Result<Evaluated, NodeError>> {
        Some(if quietly { self.evaluate_quietly(source, item, extra) } else { self.evaluate(source, item, extra) })
    }

    async fn lend(&self, _one_item: bool, work: Reading) -> Result<(), NodeError> {
        work(self);
        Ok(())
    }
}

/// Evaluates what needs no JavaScript, and remembers whether something did.
pub struct AtOnce<'a> {
    expressions: &'a dyn Expressions,
    /// What is said of an expression that needs JavaScript.
    refusal: Option<NodeError>,
    asked: AtomicBool,
}

impl<'a> AtOnce<'a> {
    /// `refusal`: the error of an expression that needs JavaScript, where there is none to be had.
    pub fn new(expressions: &'a dyn Expressions, refusal: Option<NodeError>) -> Self {
        Self { expressions, refusal, asked: AtomicBool::new(false) }
    }

    /// Whether JavaScript was asked for: what was read is of no use then.
    pub fn needs_javascript(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    fn answer(&self, known: Option<Result<Evaluated, NodeError>>) -> Result<Evaluated, NodeError> {
        known.unwrap_or_else(|| {
            self.asked.store(true, Ordering::Relaxed);
            Err(self.refusal.clone().unwrap_or_else(|| NodeError::new("The expression needs JavaScript")))
        })
    }
}

impl Evaluator for AtOnce<'_> {
    fn evaluate(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.answer(self.expressions.at_once(source, item, extra, false))
    }

    fn evaluate_quietly(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.answer(self.expressions.at_once(source, item, extra, true))
    }
}

/// Items that are read for at once.
const CHUNK: usize = 500;

/// The parameters of one run.
#[derive(Clone)]
pub struct Params {
    raw: Arc<Map<String, Value>>,
    expressions: Arc<dyn Expressions>,
    native: Native,
    typed: Arc<[Property]>,
}

/// Evaluates what needs no JavaScript; the rest is an error.
#[derive(Clone)]
struct Native(Arc<dyn Expressions>);

impl Evaluator for Native {
    fn evaluate(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        AtOnce::new(&*self.0, None).evaluate(source, item, extra)
    }

    fn evaluate_quietly(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        AtOnce::new(&*self.0, None).evaluate_quietly(source, item, extra)
    }
}

impl Params {
    /// Parameters with defaults filled in, and what resolves their expressions.
    pub fn new(raw: Arc<Map<String, Value>>, expressions: Arc<dyn Expressions>) -> Self {
        Self { raw, native: Native(expressions.clone()), expressions, typed: Arc::default() }
    }

    /// The same with the parameters of [`crate::schema::typed`]: their values are converted, and taken out of addresses.
    #[must_use]
    pub fn typed(mut self, typed: Arc<[Property]>) -> Self {
        self.typed = typed;
        self
    }

    /// As the file has them, defaults filled in; expressions are text.
    pub fn raw(&self) -> &Map<String, Value> {
        &self.raw
    }

    /// Reads parameters as item `index` sees them. `read` may be called twice: first without JavaScript, and where that is needed, once more
    /// on a thread for it. So it reads, and does nothing else.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use node_sdk::{Evaluated, Evaluator, NodeError, Params};
    /// # use serde_json::{Map, Value, json};
    /// # struct None;
    /// # impl Evaluator for None {
    /// #     fn evaluate(&self, source: &str, _: usize, _: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> { Err(NodeError::new(source)) }
    /// # }
    /// # async fn doc() -> Result<(), NodeError> {
    /// let raw = json!({"url": "https://example.com", "timeout": 10});
    /// let params = Params::new(Arc::new(raw.as_object().unwrap().clone()), Arc::new(None));
    /// let (url, timeout) = params.read(0, |params| Ok((params.string("url")?, params.number("timeout", 5.0)?))).await?;
    /// assert_eq!((url.as_str(), timeout), ("https://example.com", 10.0));
    /// # Ok(())
    /// # }
    /// # use std::{future::Future, pin::pin, task::{Context, Waker}};
    /// # assert!(pin!(doc()).poll(&mut Context::from_waker(Waker::noop())).is_ready());
    /// ```
    pub async fn read<T: Send + 'static>(
        &self,
        index: usize,
        read: impl Fn(&ItemParams<'_>) -> Result<T, NodeError> + Send + 'static,
    ) -> Result<T, NodeError> {
        {
            let at_once = AtOnce::new(&*self.expressions, None);
            let made = read(&self.with(&at_once, index));
            if !at_once.needs_javascript() {
                return made;
            }
        }
        let made = Arc::new(Mutex::new(None));
        let (params, put) = (self.clone(), made.clone());
        let work: Reading = Box::new(move |evaluator| *lock(&put) = Some(read(&params.with(evaluator, index))));
        self.expressions.lend(true, work).await?;
        let made = lock(&made).take();
        made.unwrap_or_else(|| Err(NodeError::new("The parameters were not read")))
    }

    /// [`Self::read`] for each of `count` items, a chunk of them at once. The first error ends it.
    pub async fn read_each<T: Send + 'static>(
        &self,
        count: usize,
        read: impl Fn(&ItemParams<'_>) -> Result<T, NodeError> + Clone + Send + 'static,
    ) -> Result<Vec<T>, NodeError> {
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let (read, from) = (read.clone(), all.len());
            let to = count.min(from + CHUNK);
            all.extend(self.read(from, move |params| (from..to).map(|index| read(&params.of_item(index))).collect::<Result<Vec<T>, _>>()).await?);
        }
        Ok(all)
    }

    /// As item `index` sees them, without JavaScript: for tests. An expression that needs it is an error.
    pub fn at(&self, index: usize) -> ItemParams<'_> {
        self.with(&self.native, index)
    }

    /// As item `index` sees them, by an evaluator.
    pub fn with<'a>(&'a self, evaluator: &'a dyn Evaluator, index: usize) -> ItemParams<'a> {
        ItemParams { params: self, evaluator, index }
    }

    /// What evaluates, for nodes that evaluate text of their own (paging conditions, for example).
    pub fn expressions(&self) -> &Arc<dyn Expressions> {
        &self.expressions
    }
}

/// The parameters as one item sees them. Nothing is evaluated until it is asked for.
#[derive(Clone, Copy)]
pub struct ItemParams<'a> {
    params: &'a Params,
    evaluator: &'a dyn Evaluator,
    index: usize,
}

impl ItemParams<'_> {
    /// The item's index in the input.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The same parameters as another item sees them.
    pub fn of_item(&self, index: usize) -> ItemParams<'_> {
        ItemParams { index, ..*self }
    }

    /// The raw value at a dotted path (`options.batching.batch`), unresolved.
    pub fn raw(&self, path: &str) -> Option<&Value> {
        raw_at(&self.params.raw, path)
    }

    /// The value at a dotted path, every expression in it resolved. `None`: absent, or an expression that gave undefined.
    pub fn value(&self, path: &str) -> Result<Option<Value>, NodeError> {
        let Some(evaluated) = self.evaluated(path)? else { return Ok(None) };
        Ok((evaluated.kind != Kind::Undefined).then_some(evaluated.value))
    }

    /// Like [`Self::value`], with what the value was in JavaScript.
    ///
    /// A value that does not fit the parameter's `validateType` is n8n's error; one that fits is converted, and null is undefined.
    pub fn evaluated(&self, path: &str) -> Result<Option<Evaluated>, NodeError> {
        let Some(raw) = self.raw(path) else { return Ok(None) };
        let evaluated = self.resolve(raw, path)?;
        let Some(property) = self.typed(path) else { return Ok(Some(evaluated)) };
        let Some(kind) = &property.validate_type else { return Ok(Some(evaluated)) };
        self.converted(property, kind, evaluated).map(Some)
    }

    /// The value as one of its parameter's type. Dates and what else JSON cannot say stay what they are.
    fn converted(&self, property: &Property, kind: &str, evaluated: Evaluated) -> Result<Evaluated, NodeError> {
        let value = match evaluated.kind {
            Kind::Json if evaluated.value.is_null() => return Ok(Evaluated { kind: Kind::Undefined, ..evaluated }),
            Kind::Json => &evaluated.value,
            Kind::NonFinite(number) => &Value::from(number.text()),
            _ => return Ok(evaluated),
        };
        let choices = property.choices();
        let converted = validate_type(&property.name, value, kind, &Check { choices: &choices, ..Check::default() }).map_err(|message| {
            let text = format!("Invalid input for '{}' [item {}]", property.title(), self.index);
            let error = NodeError::coded(codes::PARAMETER, text).named("ExpressionError").description(message);
            error.parameter(property.name.to_string()).item(self.index)
        })?;
        Ok(if evaluated.kind == Kind::Json { Evaluated { value: converted, ..evaluated } } else { evaluated })
    }

    /// The id or name in a resource locator (`{__rl: true, mode, value}`), taken out of a URL where its mode has a pattern for that.
    /// Older files have the plain text instead. "" where it is absent.
    pub fn locator(&self, path: &str) -> Result<String, NodeError> {
        let text = match self.value(path)? {
            Some(Value::Object(locator)) => {
                let text = locator.get("value").filter(|value| !value.is_null()).map(crate::json::to_js_string).unwrap_or_default();
                return self.extract(path, locator.get("mode").and_then(Value::as_str).unwrap_or_default(), text);
            }
            None | Some(Value::Null) => String::new(),
            Some(other) => crate::json::to_js_string(&other),
        };
        Ok(text)
    }

    fn extract(&self, path: &str, mode: &str, text: String) -> Result<String, NodeError> {
        let modes = match self.typed(path).map(|property| &property.kind) {
            Some(PropertyKind::ResourceLocator(modes)) => modes,
            _ => return Ok(text),
        };
        let pattern = modes.iter().find(|known| known.name == mode).and_then(|known| known.extract_value.as_ref()?.get("regex")?.as_str());
        let Some(pattern) = pattern.and_then(|pattern| regex::Regex::new(pattern).ok()) else { return Ok(text) };
        match pattern.captures(&text).and_then(|found| found.get(1)) {
            Some(id) => Ok(id.as_str().to_owned()),
            None => Err(NodeError::coded(codes::PARAMETER, format!("The parameter \"{path}\" holds no address of the kind \"{mode}\": {text}"))
                .parameter(path)
                .item(self.index)),
        }
    }

    fn typed(&self, path: &str) -> Option<&Property> {
        self.params.typed.iter().find(|property| property.name == path)
    }

    /// Text; numbers and booleans as JavaScript writes them; absent and null are "".
    pub fn string(&self, path: &str) -> Result<String, NodeError> {
        Ok(match self.value(path)? {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            Some(other) => crate::json::to_js_string(&other),
        })
    }

    /// A boolean; `default` where it is absent.
    pub fn bool(&self, path: &str, default: bool) -> Result<bool, NodeError> {
        Ok(self.value(path)?.map_or(default, |value| crate::json::truthy(&value)))
    }

    /// A number; `default` where it is absent or no number.
    pub fn number(&self, path: &str, default: f64) -> Result<f64, NodeError> {
        Ok(self.value(path)?.and_then(|value| crate::json::to_number(&value)).unwrap_or(default))
    }

    /// A typed value; an error names the parameter.
    pub fn parse<T: DeserializeOwned>(&self, path: &str) -> Result<T, NodeError> {
        let value = self.value(path)?.unwrap_or(Value::Null);
        serde_json::from_value(value).map_err(|error| {
            NodeError::coded(codes::PARAMETER, format!("The parameter \"{path}\" cannot be used: {error}")).parameter(path).item(self.index)
        })
    }

    /// Evaluates a text that is an expression (begins with `=`); any other value is itself; objects and lists are resolved inside.
    pub fn resolve(&self, raw: &Value, path: &str) -> Result<Evaluated, NodeError> {
        self.resolve_with(raw, path, None)
    }

    /// An expression with extra variables in scope, by [`Evaluator::evaluate_quietly`]. Other values are as they are.
    pub fn resolve_quietly(&self, raw: &Value, extra: &Map<String, Value>) -> Result<Evaluated, NodeError> {
        match raw {
            Value::String(text) if text.starts_with('=') => self.evaluator.evaluate_quietly(text, self.index, Some(extra)),
            other => Ok(Evaluated { value: other.clone(), kind: Kind::Json }),
        }
    }

    /// [`Self::resolve`] with extra variables in scope.
    pub fn resolve_with(&self, raw: &Value, path: &str, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        let plain = |value| Evaluated { value, kind: Kind::Json };
        match raw {
            Value::String(text) if text.starts_with('=') => self.evaluator.evaluate(text, self.index, extra).map_err(|error| {
                let parameter = error.parameter.clone().unwrap_or_else(|| path.to_owned());
                let item = error.item.unwrap_or(self.index);
                error.parameter(parameter).item(item)
            }),
            Value::Array(list) => {
                let items = list.iter().enumerate().map(|(i, v)| Ok(self.resolve_with(v, &format!("{path}.{i}"), extra)?.value));
                Ok(plain(Value::Array(items.collect::<Result<_, NodeError>>()?)))
            }
            Value::Object(map) => {
                let mut resolved = Map::with_capacity(map.len());
                for (key, value) in map {
                    let inner = self.resolve_with(value, &format!("{path}.{key}"), extra)?;
                    if inner.kind != Kind::Undefined {
                        resolved.insert(key.clone(), inner.value);
                    }
                }
                Ok(plain(Value::Object(resolved)))
            }
            other => Ok(plain(other.clone())),
        }
    }
}
