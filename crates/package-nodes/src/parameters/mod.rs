//! Parameters as node code of packages asks for them: `getNodeParameter(name, item, fallback, options)`.
//!
//! Defaults and display rules are those of all nodes ([`node_sdk::schema::with_defaults`]): a parameter that is not shown is not there, and n8n
//! throws for one where the code gives no fallback. What is asked for is resolved for the item, whole values with all expressions in them.

mod convert;
mod locator;
mod path;

use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::property::PropertyKind;
use node_sdk::schema::Column;
use node_sdk::{Descriptor, Evaluated, Expression, ItemParams, Kind, NodeError, Params, Resolvable, VersionGroup};
use request::helper::marks::{escaped, is_alike, plain};
use serde_json::{Map, Value, json};

use locator::Patterns;
use path::{Found, Place};

pub use convert::Type;

/// How a value is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Expressions as texts.
    pub raw_expressions: bool,
    /// Of a resource locator the id alone.
    pub extract_value: bool,
    /// As a value of this type.
    pub ensure_type: Option<Type>,
}

impl Options {
    /// As node code gives them; what is not known is passed over.
    pub fn read(options: &Value) -> Self {
        let flag = |name: &str| options.get(name).is_some_and(node_sdk::json::truthy);
        Self {
            raw_expressions: flag("rawExpressions"),
            extract_value: flag("extractValue"),
            ensure_type: options.get("ensureType").and_then(Value::as_str).and_then(Type::of),
        }
    }
}

/// What node code is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Got {
    /// The parameter is not there: the fallback counts, else this error.
    Missing(Box<NodeError>),
    /// An expression gave `undefined`.
    Undefined,
    /// A value with marks for what JSON cannot say ([`request::helper::marks`]). A `DateTime` that is the whole value or a field of it is text, as n8n
    /// hands it over.
    Value(Value),
}

/// A value that is made of a parameter.
enum Made {
    /// JSON.
    Plain(Value),
    /// There are marks in it for what JSON cannot say.
    Marked(Value),
}

impl Made {
    fn value(self) -> Value {
        let (Self::Plain(value) | Self::Marked(value)) = self;
        value
    }

    /// With marks, whatever it is.
    fn marked(self) -> Value {
        match self {
            Self::Plain(value) => escaped(value),
            Self::Marked(value) => value,
        }
    }

    /// A list of these.
    fn list(parts: Vec<Self>) -> Self {
        if parts.iter().all(|part| matches!(part, Self::Plain(_))) {
            return Self::Plain(parts.into_iter().map(Self::value).collect());
        }
        Self::Marked(parts.into_iter().map(Self::marked).collect())
    }

    /// An object of these.
    fn object(parts: Vec<(String, Self)>) -> Self {
        if parts.iter().all(|(_, part)| matches!(part, Self::Plain(_))) {
            return Self::Plain(Value::Object(parts.into_iter().map(|(key, part)| (key, part.value())).collect()));
        }
        let map: Map<String, Value> = parts.into_iter().map(|(key, part)| (key, part.marked())).collect();
        Self::Marked(if is_alike(&map) { plain(map.into()) } else { map.into() })
    }
}

/// Reads the parameters of one place of a workflow.
#[derive(Debug)]
pub struct Reader {
    descriptor: Arc<Descriptor>,
    version: f64,
    patterns: Patterns,
}

impl Reader {
    /// For a node of this type and version.
    pub fn new(descriptor: Arc<Descriptor>, version: f64) -> Self {
        Self { descriptor, version, patterns: Patterns::default() }
    }

    /// What node code is given for a name or path and an item.
    ///
    /// # Errors
    /// An expression cannot be resolved, or a value does not fit.
    pub async fn get(self: &Arc<Self>, params: &Params, item: usize, name: &str, options: Options) -> Result<Got, NodeError> {
        let (reader, name) = (self.clone(), name.to_owned());
        params.read(item, move |params| reader.read(params, &name, options)).await
    }

    /// The conditions at a name or path, where the description has conditions there.
    pub fn conditions(&self, params: &Params, name: &str) -> Option<Resolvable> {
        self.group().filter(|group| locator::is_filter(group, name, params.raw(), self.version))?;
        Some(match Place::Open(params.whole()).at(name)?.place {
            Place::Open(value) => value.clone(),
            Place::Plain(value) => Resolvable::Literal(value.clone()),
        })
    }

    /// The value of a text as an expression, for an item.
    pub async fn evaluate(&self, params: &Params, item: usize, text: &str) -> Result<Got, NodeError> {
        let expression = Resolvable::Expression(Arc::new(Expression::new(format!("={}", text.trim_start_matches('=')))));
        let given = |made: Option<Made>| made.map_or(Got::Undefined, |made| Got::Value(made.marked()));
        params.read(item, move |params| Ok(given(marked(params.resolve(&expression, "expression")?, true)))).await
    }

    /// Top-level parameters that are the same for all items, as node code is given them where it asks without options. A path into one of
    /// them is answered by it too.
    pub fn literals(&self, params: &Params) -> Map<String, Value> {
        let Resolvable::Object(fields) = params.whole() else { return Map::new() };
        let is_plain = |name: &str| self.property_kinds(name).all(|(kind, checked)| !checked && !matches!(kind, PropertyKind::ResourceMapper));
        let literal = |(name, value): &(String, Resolvable)| Some((name.clone(), value.literal()?.clone())).filter(|(name, _)| is_plain(name));
        fields.iter().filter_map(literal).collect()
    }

    /// Whether an expression, or a text with one in it, stands in the parameters: as the file has them, or as a whole default, which the engine
    /// has looked at.
    pub fn holds(&self, params: &Params, text: &str) -> bool {
        let bare = text.trim_start_matches('=');
        let is_part = bare.starts_with("{{") && bare.ends_with("}}");
        fn any(value: &Value, is: &impl Fn(&str) -> bool) -> bool {
            match value {
                Value::String(text) => is(text),
                Value::Array(list) => list.iter().any(|value| any(value, is)),
                Value::Object(map) => map.values().any(|value| any(value, is)),
                _ => false,
            }
        }
        let is_of_file = |known: &str| !params.added().iter().any(|added| added == known);
        let is = |known: &str| match known.trim_start_matches('=') == bare {
            true => known.starts_with('=') || is_of_file(known),
            false => is_part && known.contains(bare) && is_of_file(known),
        };
        params.raw().values().any(|value| any(value, &is))
    }

    /// The top-level parameters that hold expressions: all others are the same for all items.
    pub fn open(params: &Params) -> Vec<&str> {
        let Resolvable::Object(fields) = params.whole() else { return Vec::new() };
        fields.iter().filter(|(_, value)| value.literal().is_none()).map(|(name, _)| name.as_str()).collect()
    }

    /// Kinds of the properties of this name, and whether a run checks their values.
    fn property_kinds<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a PropertyKind, bool)> {
        let properties = self.group().into_iter().flat_map(|group| group.properties.iter());
        properties.filter(move |property| property.name == name).map(|property| (&property.kind, property.validate_type.is_some()))
    }

    fn group(&self) -> Option<&VersionGroup> {
        self.descriptor.version(self.version)
    }

    fn read(&self, params: &ItemParams<'_>, name: &str, options: Options) -> Result<Got, NodeError> {
        let Some(found) = Place::Open(params.whole()).at(name) else { return Ok(Got::Missing(Box::new(missing(name, params.index())))) };
        if options.raw_expressions {
            return Ok(Got::Value(escaped(raw(found.place))));
        }
        let resolved = match found.place {
            // A parameter itself has its type checked and converted.
            Place::Open(Resolvable::Literal(_) | Resolvable::Expression(_)) if self.property_kinds(name).any(|(_, checked)| checked) => {
                params.evaluated(name)?.and_then(|evaluated| marked(evaluated, true))
            }
            _ => whole(params, found, name)?,
        };
        let Some(made) = resolved else { return Ok(Got::Undefined) };
        let is_plain = matches!(made, Made::Plain(_));
        let mut value = made.value();
        let unfit = |how: String| {
            let error = NodeError::coded(codes::PARAMETER, format!("The parameter \"{name}\" {how}"));
            error.parameter(name).item(params.index())
        };
        if options.extract_value
            && let Some(group) = self.group()
        {
            let modes = locator::modes(group, name, params.all_raw(), self.version);
            match self.patterns.extract(value, modes).map_err(unfit)? {
                Some(extracted) => value = extracted,
                None => return Ok(Got::Undefined),
            }
        }
        if let Some(mapper) = name.strip_suffix(".value").filter(|mapper| self.is_mapper(mapper)) {
            columns(params, mapper, &mut value)?;
        }
        if let Some(kind) = options.ensure_type {
            value = kind.ensure(value).map_err(unfit)?;
        }
        Ok(Got::Value(if is_plain { escaped(value) } else { value }))
    }

    fn is_mapper(&self, name: &str) -> bool {
        self.property_kinds(name).any(|(kind, _)| matches!(kind, PropertyKind::ResourceMapper))
    }
}

/// n8n's error for a parameter that is not there.
fn missing(name: &str, item: usize) -> NodeError {
    NodeError::coded(codes::PARAMETER, format!("Could not get parameter \"{name}\"")).parameter(name).item(item)
}

fn raw(place: Place<'_>) -> Value {
    match place {
        Place::Open(value) => value.to_raw(),
        Place::Plain(value) => value.clone(),
    }
}

/// The values of a resource mapper, each in the type of its column. Null in a column with a type leaves it out.
fn columns(params: &ItemParams<'_>, mapper: &str, values: &mut Value) -> Result<(), NodeError> {
    let (Value::Object(values), Some(mapper)) = (values, params.raw(mapper).and_then(Value::as_object)) else { return Ok(()) };
    for (key, value) in std::mem::take(values) {
        let fitted = match Column::of(mapper, &key) {
            Some(column) => column.fit(&key, value).map_err(|why| {
                let message = format!("Invalid input for '{key}' [item {}]", params.index());
                NodeError::coded(codes::PARAMETER, message).named("ExpressionError").description(why).parameter(key.clone()).item(params.index())
            })?,
            None => Some(value),
        };
        if let Some(fitted) = fitted {
            values.insert(key, fitted);
        }
    }
    Ok(())
}

/// A value with all expressions in it resolved; `None` is undefined.
fn whole(params: &ItemParams<'_>, found: Found<'_>, name: &str) -> Result<Option<Made>, NodeError> {
    let Place::Open(value) = found.place else { return Ok(Some(Made::Plain(raw(found.place)))) };
    resolve(params, value, found.above, name, true)
}

fn resolve(params: &ItemParams<'_>, value: &Resolvable, above: Place<'_>, at: &str, dates_as_text: bool) -> Result<Option<Made>, NodeError> {
    Ok(match value {
        Resolvable::Literal(value) => Some(Made::Plain(value.clone())),
        Resolvable::Expression(expression) if names_siblings(expression.text()) => {
            let extra = siblings(params, above)?;
            marked(params.resolve_with(value, at, Some(&extra))?, dates_as_text)
        }
        Resolvable::Expression(_) => marked(params.resolve(value, at)?, dates_as_text),
        Resolvable::List(list) => {
            let each = list.iter().enumerate().map(|(index, value)| {
                let resolved = resolve(params, value, Place::Open(value), &format!("{at}[{index}]"), false)?;
                Ok(resolved.unwrap_or(Made::Plain(Value::Null)))
            });
            Some(Made::list(each.collect::<Result<_, NodeError>>()?))
        }
        Resolvable::Object(fields) => {
            let mut resolved = Vec::with_capacity(fields.len());
            for (key, field) in &**fields {
                if let Some(field) = resolve(params, field, Place::Open(value), &format!("{at}.{key}"), true)? {
                    resolved.push((key.clone(), field));
                }
            }
            Some(Made::object(resolved))
        }
    })
}

/// Whether an expression looks at the fields beside it: `$parameter["&key"]`.
fn names_siblings(text: &str) -> bool {
    text.contains("$parameter[\"&") || text.contains("$parameter['&")
}

/// `$parameter` for an expression that looks at the fields beside it: the node's parameters, and those fields with `&` before their names.
fn siblings(params: &ItemParams<'_>, above: Place<'_>) -> Result<Map<String, Value>, NodeError> {
    let mut seen = params.all_raw().clone();
    let mut put = |key: &str, value: Value| drop(seen.insert(format!("&{key}"), value));
    match above {
        Place::Open(Resolvable::Object(fields)) => {
            for (key, field) in &**fields {
                let own = matches!(field, Resolvable::Expression(expression) if names_siblings(expression.text()));
                if !own && let Some(value) = resolve(params, field, above, key, true)? {
                    put(key, value.value());
                }
            }
        }
        Place::Open(Resolvable::Literal(Value::Object(fields))) | Place::Plain(Value::Object(fields)) => {
            fields.iter().for_each(|(key, value)| put(key, value.clone()));
        }
        _ => {}
    }
    Ok(Map::from_iter([("$parameter".to_owned(), Value::Object(seen))]))
}

/// A value as it goes to node code: what JSON cannot say has a mark, but for a `DateTime` where those are text. `None` is undefined.
fn marked(evaluated: Evaluated, dates_as_text: bool) -> Option<Made> {
    Some(match evaluated.kind {
        Kind::Undefined => return None,
        Kind::Json | Kind::Other => Made::Plain(evaluated.value),
        Kind::Date => Made::Marked(json!({"$date": evaluated.value})),
        Kind::DateTime if dates_as_text => Made::Plain(evaluated.value),
        Kind::DateTime => Made::Marked(json!({"$dateTime": evaluated.value})),
        Kind::NonFinite(number) => Made::Marked(json!({"$number": number.text()})),
    })
}
