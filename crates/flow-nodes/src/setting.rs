//! Parameters that are read once: a literal when the node is prepared, an expression again for each item.

use std::borrow::Cow;

use node_sdk::params::raw_at;
use node_sdk::{Evaluated, ItemParams, Kind, NodeError, PrepareContext, json};
use serde_json::{Map, Value};

/// One parameter, or one field inside of one.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    path: String,
    raw: Option<Value>,
    dynamic: bool,
}

/// A parameter that the node cannot do without, unresolved; n8n's error where the node's version does not show it.
pub(crate) fn shown<'a>(parameters: &'a Map<String, Value>, name: &str) -> Result<&'a Value, NodeError> {
    let error = || {
        let help = "The node has a version in which this parameter is not shown: give it one that `konverte nodes show` lists.";
        NodeError::new(format!("Could not get parameter \"{name}\"")).named("Error").help(help)
    };
    parameters.get(name).ok_or_else(error)
}

/// Whether an expression stands anywhere in the value.
pub(crate) fn is_dynamic(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with('='),
        Value::Array(list) => list.iter().any(is_dynamic),
        Value::Object(map) => map.values().any(is_dynamic),
        _ => false,
    }
}

impl Setting {
    /// The parameter at a dotted path.
    pub(crate) fn at(cx: &PrepareContext<'_>, path: &str) -> Self {
        Self::new(path, raw_at(cx.parameters, path).cloned())
    }

    /// A value that stands at `path`.
    pub(crate) fn new(path: impl Into<String>, raw: Option<Value>) -> Self {
        let dynamic = raw.as_ref().is_some_and(is_dynamic);
        Self { path: path.into(), raw, dynamic }
    }

    /// The value in the file, expressions unresolved.
    pub(crate) fn raw(&self) -> Option<&Value> {
        self.raw.as_ref()
    }

    /// Where it stands among the parameters.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The value for an item; `None` is undefined or absent.
    pub(crate) fn value(&self, params: &ItemParams<'_>) -> Result<Option<Cow<'_, Value>>, NodeError> {
        if !self.dynamic {
            return Ok(self.raw.as_ref().map(Cow::Borrowed));
        }
        let evaluated = self.evaluated(params)?;
        Ok((evaluated.kind != Kind::Undefined).then_some(Cow::Owned(evaluated.value)))
    }

    /// The value for an item, with what it was in JavaScript.
    pub(crate) fn evaluated(&self, params: &ItemParams<'_>) -> Result<Evaluated, NodeError> {
        match &self.raw {
            None => Ok(Evaluated { value: Value::Null, kind: Kind::Undefined }),
            Some(raw) if self.dynamic => params.resolve(raw, &self.path),
            Some(raw) => Ok(Evaluated { value: raw.clone(), kind: Kind::Json }),
        }
    }

    /// A word out of a list; absent and null are "". For free text see [`crate::text`].
    pub(crate) fn text(&self, params: &ItemParams<'_>) -> Result<String, NodeError> {
        Ok(match self.value(params)?.as_deref() {
            None | Some(Value::Null) => String::new(),
            Some(value) => json::to_js_string(value),
        })
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
