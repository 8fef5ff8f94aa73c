//! JavaScript of the user's that another node hands on, as n8n's nodes hand it to its task runner; and conditions of another node.

use expression::code::{CodeValue, Surroundings};
use node_sdk::{Item, NodeError, References, Resolvable, RunContext};
use serde_json::{Map, Value};

use crate::code::{all_items, runner};
use crate::conditions::Conditions;

/// What it refers to.
pub fn references(source: &str) -> References {
    expression::code_references(source)
}

/// Runs it once for all items of the node, as a Code node does: the items that it makes.
///
/// # Errors
/// What it threw, where the node does not go on after errors; what it returned is no items; a limit.
pub async fn items(cx: &RunContext, source: String) -> Result<Vec<Item>, NodeError> {
    all_items(cx, source).await
}

/// Runs it once, with more names: what it returned, as JSON says it.
///
/// # Errors
/// What it threw, without its line, which counts in another text than the user's; a limit.
pub async fn value(cx: &RunContext, source: String, given: Map<String, Value>) -> Result<Value, NodeError> {
    let ran = runner::run_in(cx, Surroundings::Code, source, None, given).await.map_err(runner::Thrown::into_plain_error)?;
    Ok(if let CodeValue::Json(value) = ran.value { value } else { Value::Null })
}

/// Whether conditions, which stand at a path among the node's parameters, hold for an item.
///
/// # Errors
/// An expression in them cannot be resolved; a value does not have the type that is compared.
pub async fn hold(cx: &RunContext, item: usize, path: &str, conditions: &Resolvable) -> Result<bool, NodeError> {
    let (conditions, own) = (Conditions::of(path, |field| conditions.at(field)), cx.clone());
    cx.params.read(item, move |params| conditions.compare(&own, params)).await
}
