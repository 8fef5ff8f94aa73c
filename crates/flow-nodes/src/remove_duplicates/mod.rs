//! Remove Duplicates: within the input, and (version 2) against what earlier runs have seen.

mod history;
mod within;

use std::sync::LazyLock;

use node_sdk::{Descriptor, Inputs, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::Value;

use crate::describe::{self, About};
use crate::items;

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| {
    let about = "Drops items that were there before.";
    About::pure("n8n-nodes-base.removeDuplicates", "Remove Duplicates", about, Needs::All, include_str!("description.json")).read()
});

/// The node type.
pub(crate) struct RemoveDuplicates;

impl Node for RemoveDuplicates {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn example(&self) -> Option<Value> {
        describe::example(include_str!("example.json"))
    }

    fn prepare(&self, _: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::All(Box::new(Self)))
    }
}

#[async_trait]
impl RunAll for RemoveDuplicates {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        match operate(cx, &inputs) {
            // Version 1 leaves its errors to the engine.
            Err(error) if cx.version() >= 2.0 && cx.continue_on_fail() && !error.fatal => Ok(Outputs::one(vec![items::failed(&error)])),
            made => made,
        }
    }
}

fn operate(cx: &RunContext, inputs: &Inputs) -> Result<Outputs, NodeError> {
    match cx.params.at(0).string("operation")?.as_str() {
        "removeItemsSeenInPreviousExecutions" => history::unseen(cx, inputs),
        "clearDeduplicationHistory" => {
            history::clear(cx)?;
            Ok(Outputs::one((0..inputs.main().len()).map(|index| items::passed(inputs, 0, index)).collect()))
        }
        _ => within::unique(cx, inputs),
    }
}
