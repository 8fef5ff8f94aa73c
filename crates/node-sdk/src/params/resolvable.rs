//! Values in which expressions stand.

use std::sync::Arc;

use serde_json::Value;

use super::Expression;
use crate::schema::step_into;

/// A value as the file has it, its expressions ready: an item resolves it ([`ItemParams::resolve`](super::ItemParams::resolve)).
/// A clone shares the expressions, and so their programs.
///
/// ```
/// use node_sdk::Resolvable;
/// use serde_json::json;
///
/// let value = Resolvable::from(&json!({"limit": 5, "name": ["={{ $json.name }}"]}));
/// assert_eq!(value.at("limit").unwrap().literal(), Some(&json!(5)));
/// let name = value.at("name.0").unwrap();
/// assert!(name.literal().is_none());
/// assert_eq!(name.expressions()[0].text(), "={{ $json.name }}");
/// ```
#[derive(Debug, Clone)]
pub enum Resolvable {
    /// No expression stands in it.
    Literal(Value),
    /// An expression.
    Expression(Arc<Expression>),
    /// A list in which expressions stand.
    List(Arc<[Resolvable]>),
    /// An object in which expressions stand.
    Object(Arc<[(String, Resolvable)]>),
}

impl Resolvable {
    /// The value, if no expression stands in it.
    pub fn literal(&self) -> Option<&Value> {
        if let Self::Literal(value) = self { Some(value) } else { None }
    }

    /// What stands at a dotted path below it; numbers index lists.
    pub fn at(&self, path: &str) -> Option<Self> {
        let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
        let below = match self {
            Self::Literal(value) => {
                let found = step_into(value, step)?;
                let found = rest.map_or(Some(found), |rest| rest.split('.').try_fold(found, step_into))?;
                return Some(Self::Literal(found.clone()));
            }
            Self::Expression(_) => return None,
            Self::List(list) => list.get(step.parse::<usize>().ok()?)?,
            Self::Object(fields) => fields.iter().find_map(|(key, value)| (key == step).then_some(value))?,
        };
        rest.map_or_else(|| Some(below.clone()), |rest| below.at(rest))
    }

    /// The entries of a list; none of anything else.
    pub fn entries(&self) -> Vec<Self> {
        match self {
            Self::Literal(Value::Array(list)) => list.iter().cloned().map(Self::Literal).collect(),
            Self::List(list) => list.to_vec(),
            _ => Vec::new(),
        }
    }

    /// The value as the file has it; expressions are text.
    pub fn to_raw(&self) -> Value {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Expression(expression) => expression.text().into(),
            Self::List(list) => list.iter().map(Self::to_raw).collect(),
            Self::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value.to_raw())).collect(),
        }
    }

    /// All expressions in it.
    pub fn expressions(&self) -> Vec<&Arc<Expression>> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Expression(expression) => vec![expression],
            Self::List(list) => list.iter().flat_map(Self::expressions).collect(),
            Self::Object(fields) => fields.iter().flat_map(|(_, value)| value.expressions()).collect(),
        }
    }
}

impl Resolvable {
    /// A value of a package's description, with expressions that are the package's ([`Expression::of_package`]).
    pub fn of_package(value: &Value) -> Self {
        Self::with(value, &|text| Expression::of_package(text))
    }

    fn with(value: &Value, expression: &impl Fn(&str) -> Expression) -> Self {
        match value {
            value if !has_expressions(value) => Self::Literal(value.clone()),
            Value::String(text) => Self::Expression(Arc::new(expression(text))),
            Value::Array(list) => Self::List(list.iter().map(|value| Self::with(value, expression)).collect()),
            Value::Object(map) => Self::Object(map.iter().map(|(key, value)| (key.clone(), Self::with(value, expression))).collect()),
            other => Self::Literal(other.clone()),
        }
    }
}

impl From<&Value> for Resolvable {
    fn from(value: &Value) -> Self {
        Self::with(value, &|text| Expression::new(text))
    }
}

/// Whether an expression stands anywhere in the value.
fn has_expressions(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with('='),
        Value::Array(list) => list.iter().any(has_expressions),
        Value::Object(map) => map.values().any(has_expressions),
        _ => false,
    }
}
