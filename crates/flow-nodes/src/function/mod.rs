//! Function: JavaScript of the user's, once for all items. Newer workflows have a Code node.
//!
//! What it does was measured on n8n's own node (`tests/data/workflows/nodes/function-1-*`).

mod returned;

use expression::code::Surroundings;
use node_sdk::node::Finding;
use node_sdk::{Effect, Inputs, Item, Needs, NodeError, Outputs, PrepareContext, Prepared, References, RunAll, RunContext, async_trait};
use serde_json::{Map, Value};

use crate::code::{self, runner};
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Function",
    summary: "Runs JavaScript of your own, once for all items: the Code node of older workflows.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..row("n8n-nodes-base.function", prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(Function { source: source(cx).unwrap_or(SAMPLE).to_owned() })))
}

/// What a node does whose code nobody has written.
const SAMPLE: &str = "for (const item of items) item.json.myNewField = 1; return items";

/// A node whose code stands in `functionCode`.
pub(crate) const fn row(name: &'static str, prepare: fn(&PrepareContext<'_>) -> Result<Prepared, NodeError>) -> Row {
    Row {
        // The code may send requests.
        effect: Effect::Once,
        check,
        runs_code: true,
        code_references,
        effect_at: Some(effect),
        ..Row::new(name, Needs::All, prepare)
    }
}

/// The code of a place; `None` where the file has none.
pub(crate) fn source<'a>(cx: &'a PrepareContext<'_>) -> Option<&'a str> {
    cx.parameters.get("functionCode").and_then(Value::as_str)
}

fn check(cx: &PrepareContext<'_>) -> Vec<Finding> {
    code::check_code("functionCode", source(cx).unwrap_or_default())
}

fn code_references(cx: &PrepareContext<'_>) -> Option<(String, References)> {
    source(cx).map(|source| ("functionCode".to_owned(), expression::code_references(source)))
}

fn effect(cx: &PrepareContext<'_>) -> Effect {
    code::effect_of(source(cx).unwrap_or_default())
}

/// The item that stands for what code threw. What has no message says nothing.
pub(crate) fn failed(thrown: &runner::Thrown) -> Item {
    thrown.message().map_or_else(Item::empty, |message| Item::failed(&NodeError::new(message)))
}

struct Function {
    source: String,
}

#[async_trait]
impl RunAll for Function {
    async fn run_all(&self, cx: &RunContext, _: Inputs) -> Result<Outputs, NodeError> {
        let ran = match runner::run_in(cx, Surroundings::Function, self.source.clone(), None, Map::new()).await {
            Ok(ran) => ran,
            Err(thrown) if thrown.is_item(cx) => return Ok(Outputs::one(vec![failed(&thrown)])),
            Err(thrown) => return Err(thrown.into_error()),
        };
        let mut items = match returned::items(ran.value) {
            Err(error) if cx.continue_on_fail() => return Ok(Outputs::one(vec![Item::failed(&error)])),
            made => made?,
        };
        runner::find_files(cx, &mut items).await?;
        Ok(Outputs::one(items))
    }
}

#[cfg(test)]
mod tests;
