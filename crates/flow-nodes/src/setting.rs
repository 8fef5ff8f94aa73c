//! Parameters that are read once: a literal when the node is prepared, an expression again for each item.

use std::borrow::Cow;

use node_sdk::{Evaluated, ItemParams, Kind, NodeError, PrepareContext, Resolvable, json};
use serde_json::{Map, Value};

/// One parameter, or one field inside of one.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    path: String,
    value: Option<Resolvable>,
}

/// A parameter that the node cannot do without, unresolved; n8n's error where the node's version does not show it.
pub(crate) fn shown<'a>(parameters: &'a Map<String, Value>, name: &str) -> Result<&'a Value, NodeError> {
    let error = || {
        let help = "The node has a version in which this parameter is not shown: give it one that `konverte nodes show` lists.";
        NodeError::new(format!("Could not get parameter \"{name}\"")).named("Error").help(help)
    };
    parameters.get(name).ok_or_else(error)
}

impl Setting {
    /// The parameter at a dotted path.
    pub(crate) fn at(cx: &PrepareContext<'_>, path: &str) -> Self {
        Self::new(path, cx.parameters.at(path))
    }

    /// A value that stands at `path`.
    pub(crate) fn new(path: impl Into<String>, value: Option<Resolvable>) -> Self {
        Self { path: path.into(), value }
    }

    /// This value where the file has none.
    pub(crate) fn or(self, default: impl Into<Value>) -> Self {
        Self { value: self.value.or_else(|| Some(Resolvable::Literal(default.into()))), ..self }
    }

    /// The value, if no expression stands in it.
    pub(crate) fn literal(&self) -> Option<&Value> {
        self.value.as_ref()?.literal()
    }

    /// Where it stands among the parameters.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The value for an item; `None` is undefined or absent.
    pub(crate) fn value(&self, params: &ItemParams<'_>) -> Result<Option<Cow<'_, Value>>, NodeError> {
        if let Some(value) = self.literal() {
            return Ok(Some(Cow::Borrowed(value)));
        }
        let evaluated = self.evaluated(params)?;
        Ok((evaluated.kind != Kind::Undefined).then_some(Cow::Owned(evaluated.value)))
    }

    /// The value for an item, with what it was in JavaScript.
    pub(crate) fn evaluated(&self, params: &ItemParams<'_>) -> Result<Evaluated, NodeError> {
        match &self.value {
            None => Ok(Evaluated { value: Value::Null, kind: Kind::Undefined }),
            Some(value) => params.resolve(value, &self.path),
        }
    }

    /// A word out of a list; absent and null are "". For free text see [`crate::text`].
    pub(crate) fn text(&self, params: &ItemParams<'_>) -> Result<Cow<'_, str>, NodeError> {
        Ok(match self.value(params)? {
            None | Some(Cow::Borrowed(Value::Null) | Cow::Owned(Value::Null)) => "".into(),
            Some(Cow::Borrowed(Value::String(text))) => text.into(),
            Some(value) => json::to_js_string(&value).into(),
        })
    }

    /// The value as a key, as JavaScript's `String(value)` makes one of any.
    pub(crate) fn key(&self, params: &ItemParams<'_>) -> Result<Cow<'_, str>, NodeError> {
        match self.literal() {
            Some(Value::String(text)) => Ok(text.into()),
            _ => Ok(crate::text::of(&self.evaluated(params)?).into()),
        }
    }

    /// A boolean; `default` where it is absent.
    pub(crate) fn bool(&self, params: &ItemParams<'_>, default: bool) -> Result<bool, NodeError> {
        Ok(self.value(params)?.map_or(default, |value| json::truthy(&value)))
    }

    /// Names of fields; `label` is what n8n calls the parameter.
    pub(crate) fn names(&self, params: &ItemParams<'_>, label: &str) -> Result<Vec<String>, NodeError> {
        crate::path::names(self.value(params)?.as_deref(), label)
    }
}
