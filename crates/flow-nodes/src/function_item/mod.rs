//! Function Item: JavaScript of the user's, for each item. Newer workflows have a Code node.
//!
//! What it does was measured on n8n's own node (`tests/data/workflows/nodes/functionitem-1-*`).

use expression::code::{CodeValue, Ran, Surroundings};
use node_sdk::{Inputs, Item, NodeError, Outputs, PairedItem, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::{Map, Value};

use crate::code::{runner, shape};
use crate::function::{failed, row, source};
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Function Item",
    summary: "Runs JavaScript of your own for each item: the Code node of older workflows.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..row("n8n-nodes-base.functionItem", prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(FunctionItem { source: source(cx).unwrap_or(SAMPLE).to_owned() })))
}

/// What a node does whose code nobody has written.
const SAMPLE: &str = "item.myNewField = 1; return item";

struct FunctionItem {
    source: String,
}

#[async_trait]
impl RunAll for FunctionItem {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let mut items = Vec::new();
        for index in 0..inputs.main().len().unwrap_or(0) {
            let ran = runner::run_in(cx, Surroundings::Function, self.source.clone(), Some(index), Map::new()).await;
            // The code for the next item finds nothing that this has left.
            runner::end(cx);
            match ran {
                Ok(ran) => items.push(made(ran, index).or_else(|error| {
                    if cx.continue_on_fail() { Ok(Item::failed(&error).paired(PairedItem::item(index))) } else { Err(error.item(index)) }
                })?),
                Err(thrown) if thrown.is_dry_run() => {}
                // n8n says nothing of where it comes from.
                Err(thrown) if thrown.is_item(cx) => items.push(failed(&thrown)),
                Err(thrown) => return Err(thrown.into_error().item(index)),
            }
        }
        runner::find_files(cx, &mut items).await?;
        Ok(Outputs::one(items))
    }
}

/// The item that the code made of its item; its JSON may be any value.
fn made(ran: Ran, index: usize) -> Result<Item, NodeError> {
    let map = match ran.value {
        CodeValue::Undefined => {
            return Err(NodeError::new("No data got returned. Always an object has to be returned!")
                .parameter("functionCode")
                .help("Return the item at the end of the code: `return item;`."));
        }
        CodeValue::Json(Value::Object(map)) if map.get("json") == Some(&Value::Null) => {
            return Err(NodeError::new("Cannot convert undefined or null to object").parameter("functionCode"));
        }
        CodeValue::Json(Value::Object(map)) => map,
        CodeValue::Function | CodeValue::Json(_) => Map::new(),
    };
    Ok(shape::item(map).paired(PairedItem::item(index)))
}

#[cfg(test)]
mod tests;
