//! No Operation: hands its items on.

use node_sdk::{Item, ItemParams, Items, Needs, NodeError, PrepareContext, Prepared, RunContext, RunItem, async_trait};

use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "No Operation",
    summary: "Hands its items on as they are.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.noOp", Needs::Item, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::Item(Box::new(NoOp)))
}

struct NoOp;

#[async_trait]
impl RunItem for NoOp {
    async fn run_item(&self, _: &RunContext, _: &ItemParams<'_>, item: Item, index: usize) -> Result<Items, NodeError> {
        Ok(Items::one(item.paired(index)))
    }
}
