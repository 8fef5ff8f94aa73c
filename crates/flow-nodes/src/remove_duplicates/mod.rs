//! Remove Duplicates: within the input, and (version 2) against what earlier runs have seen.

mod history;
mod within;

use std::sync::Arc;

use node_sdk::{Gathered, Inputs, Item, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};

use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Remove Duplicates",
    summary: "Drops items that were there before.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.removeDuplicates", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(RemoveDuplicates)))
}

struct RemoveDuplicates;

#[async_trait]
impl RunAll for RemoveDuplicates {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = Arc::new(inputs.gather().await?);
        match operate(cx, &inputs).await {
            // Version 1 leaves its errors to the engine.
            Err(error) if cx.version() >= 2.0 && cx.continue_on_fail() && !error.fatal => Ok(Outputs::one(vec![Item::failed(&error)])),
            made => made,
        }
    }
}

async fn operate(cx: &RunContext, inputs: &Arc<Gathered>) -> Result<Outputs, NodeError> {
    match cx.params.read(0, |params| params.string("operation")).await?.as_str() {
        "removeItemsSeenInPreviousExecutions" => history::unseen(cx, inputs).await,
        "clearDeduplicationHistory" => {
            history::clear(cx).await?;
            Ok(Outputs::one(inputs.main().to_vec()))
        }
        _ => within::unique(cx, inputs.clone()).await,
    }
}

#[cfg(test)]
mod tests;
