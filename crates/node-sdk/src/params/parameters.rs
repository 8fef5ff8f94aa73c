//! The parameters of a node at its place in a workflow.

use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock};

use regex::Regex;
use serde_json::{Map, Value};

use super::{Expression, Resolvable};
use crate::descriptor::VersionGroup;
use crate::property::{Property, PropertyKind};
use crate::schema::{typed, with_defaults};
use crate::sync::lock;

/// The parameters of a node at its place in a workflow: what is found out once, for all items of all its runs. As a map they are what the
/// file has, defaults filled in where shown; expressions are still text.
///
/// ```
/// use node_sdk::Parameters;
/// use serde_json::json;
///
/// let raw = json!({"name": "={{ $json.name }}", "options": {"limit": 5}});
/// let parameters = Parameters::new(raw.as_object().unwrap().clone());
/// assert_eq!(parameters["name"], "={{ $json.name }}");
/// assert_eq!(parameters.at("options.limit").unwrap().literal(), Some(&json!(5)));
/// assert_eq!(parameters.expressions().len(), 1);
/// ```
#[derive(Debug)]
pub struct Parameters {
    raw: Arc<Map<String, Value>>,
    resolvable: Resolvable,
    typed: Vec<Typed>,
    /// Texts that only a default has, and that are expressions, or become one.
    added: Vec<String>,
    /// Expressions that the node made of their texts.
    made: Mutex<Vec<Arc<Expression>>>,
}

impl Parameters {
    /// Parameters of a node of which nothing is known.
    pub fn new(raw: impl Into<Arc<Map<String, Value>>>) -> Self {
        let raw = raw.into();
        let fields = raw.iter().map(|(key, value)| (key.clone(), Resolvable::from(value)));
        Self { resolvable: Resolvable::Object(fields.collect()), raw, typed: Vec::new(), added: Vec::new(), made: Mutex::default() }
    }

    /// Parameters of the file, with the defaults of a version of the node's type.
    ///
    /// ```
    /// use node_sdk::{Parameters, Property, VersionGroup, rows};
    /// use serde_json::json;
    ///
    /// let group = VersionGroup::new(&[1.0], rows![Property::string("id").default_text("={{ $json.id }}")]);
    /// let of = |file: serde_json::Value| Parameters::filled(&group, file.as_object().unwrap(), 1.0);
    /// assert_eq!(of(json!({})).added(), ["={{ $json.id }}"]);
    /// assert!(of(json!({"id": "={{ $json.id }}"})).added().is_empty());
    /// ```
    pub fn filled(group: &VersionGroup, file: &Map<String, Value>, version: f64) -> Self {
        let filled = Self::new(with_defaults(group, file, version));
        let mut added = Vec::new();
        evaluable(filled.raw.values(), &mut |text| added.push(text.to_owned()));
        if !added.is_empty() {
            evaluable(file.values(), &mut |text| added.retain(|added| added != text));
        }
        Self { added, ..filled }
    }

    /// Texts that are expressions, or hold one, and that do not stand in the file: defaults, which whoever made the node type wrote.
    pub fn added(&self) -> &[String] {
        &self.added
    }

    /// The same for a version of a node type: values of the parameters that [`typed`] names are converted, and taken out of addresses.
    #[must_use]
    pub fn of(self, group: &VersionGroup, version: f64) -> Self {
        let typed = typed(group, &self.raw, version).into_iter().map(Typed::new).collect();
        Self { typed, ..self }
    }

    /// The map that they are made from, shared.
    pub fn raw(&self) -> &Arc<Map<String, Value>> {
        &self.raw
    }

    /// All of them, to be resolved.
    pub fn whole(&self) -> &Resolvable {
        &self.resolvable
    }

    /// What stands at a dotted path (`options.batching.batch`), for a node to keep: reading it for an item takes no other look.
    pub fn at(&self, path: &str) -> Option<Resolvable> {
        self.resolvable.at(path)
    }

    /// An expression that a node makes of a parameter's text when it is prepared. A node makes its expressions here alone: a plan keeps for a
    /// run what [`Self::expressions`] can reach, and nothing else.
    ///
    /// ```
    /// let parameters = node_sdk::Parameters::default();
    /// let made = parameters.make("={{ $json.name }}");
    /// assert_eq!(made.expressions()[0].text(), parameters.expressions()[0].text());
    /// ```
    pub fn make(&self, text: impl Into<Box<str>>) -> Resolvable {
        let expression = Arc::new(Expression::new(text));
        lock(&self.made).push(expression.clone());
        Resolvable::Expression(expression)
    }

    /// All expressions in them, and those that the node made.
    pub fn expressions(&self) -> Vec<Arc<Expression>> {
        let made = lock(&self.made);
        self.resolvable.expressions().into_iter().chain(made.iter()).cloned().collect()
    }

    pub(super) fn typed(&self, path: &str) -> Option<&Typed> {
        self.typed.iter().find(|typed| typed.property.name == path)
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self::new(Map::new())
    }
}

impl Deref for Parameters {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.raw
    }
}

/// A parameter whose values are converted.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) property: Property,
    pub(super) choices: Vec<Value>,
    /// What takes an id out of an address, by the modes of a locator; compiled when it is needed.
    patterns: OnceLock<Vec<(String, Regex)>>,
}

impl Typed {
    fn new(property: Property) -> Self {
        Self { choices: property.choices(), patterns: OnceLock::new(), property }
    }

    /// What takes the id out of a locator's address in this mode.
    pub(super) fn pattern(&self, mode: &str) -> Option<&Regex> {
        let patterns = self.patterns.get_or_init(|| patterns(&self.property.kind));
        patterns.iter().find_map(|(known, pattern)| (known == mode).then_some(pattern))
    }
}

fn patterns(kind: &PropertyKind) -> Vec<(String, Regex)> {
    let PropertyKind::ResourceLocator(modes) = kind else { return Vec::new() };
    let compiled = modes.iter().filter_map(|mode| {
        let pattern = mode.extract_value.as_ref()?.get("regex")?.as_str()?;
        Some((mode.name.to_string(), Regex::new(pattern).ok()?))
    });
    compiled.collect()
}

/// Takes every text below the values that is an expression, or holds a block of one.
fn evaluable<'v>(values: impl IntoIterator<Item = &'v Value>, take: &mut impl FnMut(&str)) {
    for value in values {
        match value {
            Value::String(text) if text.starts_with('=') || text.contains("{{") => take(text),
            Value::Array(list) => evaluable(list, take),
            Value::Object(map) => evaluable(map.values(), take),
            _ => {}
        }
    }
}
