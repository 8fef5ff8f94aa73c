//! No Operation: hands its items on.

use std::sync::Arc;

use node_sdk::{Item, ItemParams, Needs, NodeError, Output, PrepareContext, Prepared, RunContext, RunItem};

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
    Ok(Prepared::Item(Arc::new(NoOp)))
}

struct NoOp;

impl RunItem for NoOp {
    fn run_item(&self, _: &RunContext, _: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError> {
        out.push(item.paired(index));
        Ok(())
    }
}
