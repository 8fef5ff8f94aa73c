//! Names and values, as the node's lists of parameters have them.

use node_sdk::{ItemParams, Kind, NodeError, Resolvable};
use serde_json::{Map, Value};

/// One entry of a list `{parameters: [{name, value, …}]}`.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) name: String,
    /// `None`: undefined.
    pub(super) value: Option<Value>,
    /// `parameterType` of a multipart body.
    pub(super) kind: String,
    /// `inputDataFieldName` of a multipart body.
    pub(super) input: String,
}

/// The list at `path`; empty where there is none, and where an expression stands in its place (the defaults of a list).
pub(super) fn read(params: &ItemParams<'_>, path: &str) -> Result<Vec<Pair>, NodeError> {
    let Some(list) = params.unresolved(path) else { return Ok(Vec::new()) };
    list.entries().iter().enumerate().map(|(i, entry)| one(params, entry, &format!("{path}.{i}"))).collect()
}

fn one(params: &ItemParams<'_>, entry: &Resolvable, path: &str) -> Result<Pair, NodeError> {
    let field = |name: &str| -> Result<Option<Value>, NodeError> {
        // A field that the file leaves out is "", its default; one whose expression gives undefined is undefined.
        let Some(value) = entry.at(name) else { return Ok(Some(Value::String(String::new()))) };
        let evaluated = params.resolve(&value, &format!("{path}.{name}"))?;
        Ok((evaluated.kind != Kind::Undefined).then_some(evaluated.value))
    };
    let text = |name: &str| -> Result<String, NodeError> { Ok(field(name)?.as_ref().map(node_sdk::json::to_js_string).unwrap_or_default()) };
    Ok(Pair { name: text("name")?, value: field("value")?, kind: text("parameterType")?, input: text("inputDataFieldName")? })
}

/// The pairs as one object. Of equal names the last one wins, or, from version 4.3 on, they become a list.
pub(super) fn object(pairs: Vec<Pair>, version: f64) -> Map<String, Value> {
    let mut object: Map<String, Value> = Map::new();
    let mut counts: Map<String, Value> = Map::new();
    for Pair { name, value, .. } in pairs {
        let Some(value) = value else { continue };
        if is_unsafe(&name) {
            continue;
        }
        let seen = counts.insert(name.clone(), Value::Bool(true)).is_some();
        match object.get_mut(&name) {
            Some(Value::Array(list)) if version >= 4.3 && seen => list.push(value),
            Some(other) if version >= 4.3 && seen => *other = Value::Array(vec![other.take(), value]),
            _ => {
                object.insert(name, value);
            }
        }
    }
    object
}

/// Names that n8n leaves out of queries and forms, so that they cannot reach JavaScript's prototypes.
pub(super) fn is_unsafe(name: &str) -> bool {
    matches!(name, "__proto__" | "constructor" | "prototype")
}
