//! Parameters as a running node sees them: resolved for each item, when asked.
//!
//! ```
//! use std::sync::Arc;
//! use node_sdk::{Evaluated, Evaluator, Expression, Kind, NodeError, Parameters, Params};
//! use serde_json::{Map, Value, json};
//!
//! /// Stands for the expression language: every expression is the item's index.
//! struct Index;
//! impl Evaluator for Index {
//!     fn evaluate(&self, _source: &Expression, item: usize, _extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
//!         Ok(Evaluated { value: json!(item), kind: Kind::Json })
//!     }
//! }
//!
//! let raw = json!({"name": "={{ $itemIndex }}", "options": {"limit": "5"}, "workflow": {"__rl": true, "mode": "id", "value": "w1"}});
//! let place = Arc::new(Parameters::new(raw.as_object().unwrap().clone()));
//! let params = Params::new(place, Arc::new(Index));
//! let second = params.at(1);
//! assert_eq!(second.string("name").unwrap(), "1");
//! assert_eq!(second.number("options.limit", 50.0).unwrap(), 5.0);
//! assert_eq!(second.bool("options.trim", true).unwrap(), true);
//! assert_eq!(second.locator("workflow").unwrap(), "w1");
//! ```

mod evaluator;
mod expression;
mod parameters;
mod resolvable;

use std::fmt;
use std::sync::{Arc, Mutex};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{NodeError, codes};
use crate::schema::{Check, validate_type};
use crate::sync::lock;
use parameters::Typed;

pub use crate::schema::raw_at;
pub use evaluator::{AtOnce, Evaluated, Evaluator, Expressions, Kind, NonFinite, Reading};
pub use expression::Expression;
pub use parameters::Parameters;
pub use resolvable::Resolvable;

/// Items that are read for at once.
const CHUNK: usize = 500;

/// The parameters of one run.
#[derive(Clone)]
pub struct Params {
    parameters: Arc<Parameters>,
    expressions: Arc<dyn Expressions>,
    native: Native,
}

/// Evaluates what needs no JavaScript; the rest is an error.
#[derive(Clone)]
struct Native(Arc<dyn Expressions>);

impl Evaluator for Native {
    fn evaluate(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        AtOnce::new(&*self.0, None).evaluate(source, item, extra)
    }

    fn evaluate_quietly(&self, source: &Expression, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        AtOnce::new(&*self.0, None).evaluate_quietly(source, item, extra)
    }
}

impl Params {
    /// The parameters of a place, and what resolves their expressions.
    pub fn new(parameters: Arc<Parameters>, expressions: Arc<dyn Expressions>) -> Self {
        Self { parameters, native: Native(expressions.clone()), expressions }
    }

    /// As the file has them, defaults filled in; expressions are text.
    pub fn raw(&self) -> &Map<String, Value> {
        self.parameters.raw()
    }

    /// Which of their texts only a default has ([`Parameters::added`]).
    pub fn added(&self) -> &[String] {
        self.parameters.added()
    }

    /// All of them, to be resolved.
    pub fn whole(&self) -> &Resolvable {
        self.parameters.whole()
    }

    /// Reads parameters as item `index` sees them. `read` may be called twice: first without JavaScript, and where that is needed, once more
    /// on a thread for it. So it reads, and does nothing else.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use node_sdk::{Evaluated, Evaluator, Expression, NodeError, Parameters, Params};
    /// # use serde_json::{Map, Value, json};
    /// # struct None;
    /// # impl Evaluator for None {
    /// #     fn evaluate(&self, source: &Expression, _: usize, _: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
    /// #         Err(NodeError::new(source.text()))
    /// #     }
    /// # }
    /// # async fn doc() -> Result<(), NodeError> {
    /// let raw = json!({"url": "https://example.com", "timeout": 10});
    /// let place = Arc::new(Parameters::new(raw.as_object().unwrap().clone()));
    /// let params = Params::new(place, Arc::new(None));
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
        raw_at(&self.params.parameters, path)
    }

    /// All parameters, to be resolved.
    pub fn whole(&self) -> &Resolvable {
        self.params.whole()
    }

    /// All parameters as the file has them, defaults filled in; expressions are text.
    pub fn all_raw(&self) -> &Map<String, Value> {
        self.params.raw()
    }

    /// What stands at a dotted path, to be resolved later, or more than once.
    pub fn unresolved(&self, path: &str) -> Option<Resolvable> {
        self.params.parameters.at(path)
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
        let evaluated = match self.params.parameters.at(path) {
            None => return Ok(None),
            Some(Resolvable::Literal(value)) => plain(value),
            Some(value) => self.resolve(&value, path)?,
        };
        let Some(typed) = self.params.parameters.typed(path) else { return Ok(Some(evaluated)) };
        let Some(kind) = &typed.property.validate_type else { return Ok(Some(evaluated)) };
        self.converted(typed, kind, evaluated).map(Some)
    }

    /// The value as one of its parameter's type. Dates and what else JSON cannot say stay what they are.
    fn converted(&self, Typed { property, choices, .. }: &Typed, kind: &str, evaluated: Evaluated) -> Result<Evaluated, NodeError> {
        let value = match evaluated.kind {
            Kind::Json if evaluated.value.is_null() => return Ok(Evaluated { kind: Kind::Undefined, ..evaluated }),
            Kind::Json => &evaluated.value,
            Kind::NonFinite(number) => &Value::from(number.text()),
            _ => return Ok(evaluated),
        };
        let converted = validate_type(&property.name, value, kind, &Check { choices, ..Check::default() }).map_err(|message| {
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
        let pattern = self.params.parameters.typed(path).and_then(|typed| typed.pattern(mode));
        let Some(pattern) = pattern else { return Ok(text) };
        match pattern.captures(&text).and_then(|found| found.get(1)) {
            Some(id) => Ok(id.as_str().to_owned()),
            None => Err(NodeError::coded(codes::PARAMETER, format!("The parameter \"{path}\" holds no address of the kind \"{mode}\": {text}"))
                .parameter(path)
                .item(self.index)),
        }
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

    /// The value with every expression in it resolved; `path` is where it stands, for errors.
    pub fn resolve(&self, value: &Resolvable, path: &str) -> Result<Evaluated, NodeError> {
        self.resolve_with(value, path, None)
    }

    /// [`Self::resolve`] with extra variables in scope.
    pub fn resolve_with(&self, value: &Resolvable, path: &str, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        self.resolve_at(value, Path::Top(path), extra)
    }

    /// An expression with extra variables in scope, by [`Evaluator::evaluate_quietly`]. Other values are as they are.
    pub fn resolve_quietly(&self, value: &Resolvable, extra: &Map<String, Value>) -> Result<Evaluated, NodeError> {
        match value {
            Resolvable::Expression(expression) => self.evaluator.evaluate_quietly(expression, self.index, Some(extra)),
            other => Ok(plain(other.to_raw())),
        }
    }

    fn resolve_at(&self, value: &Resolvable, at: Path<'_>, extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        match value {
            Resolvable::Literal(value) => Ok(plain(value.clone())),
            Resolvable::Expression(expression) => self.evaluator.evaluate(expression, self.index, extra).map_err(|error| {
                let parameter = error.parameter.clone().unwrap_or_else(|| at.to_string());
                let item = error.item.unwrap_or(self.index);
                error.parameter(parameter).item(item)
            }),
            Resolvable::List(list) => {
                let items = list.iter().enumerate().map(|(i, value)| Ok(self.resolve_at(value, Path::Index(&at, i), extra)?.value));
                Ok(plain(Value::Array(items.collect::<Result<_, NodeError>>()?)))
            }
            Resolvable::Object(fields) => {
                let mut resolved = Map::with_capacity(fields.len());
                for (key, value) in &**fields {
                    let inner = self.resolve_at(value, Path::Field(&at, key), extra)?;
                    if inner.kind != Kind::Undefined {
                        resolved.insert(key.clone(), inner.value);
                    }
                }
                Ok(plain(Value::Object(resolved)))
            }
        }
    }
}

fn plain(value: Value) -> Evaluated {
    Evaluated { value, kind: Kind::Json }
}

/// Where a value stands: written only for an error.
#[derive(Clone, Copy)]
enum Path<'a> {
    Top(&'a str),
    Field(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top(path) => f.write_str(path),
            Self::Field(above, key) => write!(f, "{above}.{key}"),
            Self::Index(above, index) => write!(f, "{above}.{index}"),
        }
    }
}
