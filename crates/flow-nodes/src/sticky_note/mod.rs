//! Sticky Note: text for people. It has no inputs; what a file leads to it all the same, it hands on.

use std::sync::LazyLock;

use node_sdk::{Descriptor, Inputs, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::Value;

use crate::describe::{self, About};
use crate::items;

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| {
    About::pure("n8n-nodes-base.stickyNote", "Sticky Note", "A note on the canvas.", Needs::All, include_str!("description.json")).read()
});

/// The node type.
pub(crate) struct StickyNote;

impl Node for StickyNote {
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
impl RunAll for StickyNote {
    async fn run_all(&self, _: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        Ok(Outputs::one((0..inputs.main().len()).map(|index| items::passed(&inputs, 0, index)).collect()))
    }
}
