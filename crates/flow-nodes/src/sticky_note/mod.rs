//! Sticky Note: text for people. It has no inputs; what a file leads to it all the same, it hands on.

use node_sdk::{Inputs, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};

use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Sticky Note",
    summary: "A note on the canvas.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.stickyNote", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(StickyNote)))
}

struct StickyNote;

#[async_trait]
impl RunAll for StickyNote {
    async fn run_all(&self, _: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        Ok(Outputs::one(inputs.main().gather().await?))
    }
}
