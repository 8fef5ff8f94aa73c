//! Limit: keeps the first or the last items.

use std::sync::LazyLock;

use node_sdk::{Descriptor, Inputs, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::Value;

use crate::describe::{self, About};
use crate::items;

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| {
    About::pure("n8n-nodes-base.limit", "Limit", "Keeps so many items, the first or the last.", Needs::All, include_str!("description.json")).read()
});

/// The node type.
pub(crate) struct Limit;

impl Node for Limit {
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
impl RunAll for Limit {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let params = cx.params.at(0);
        let count = (params.number("maxItems", 1.0)?.max(0.0) as usize).min(inputs.main().len());
        let first = if params.string("keep")? == "lastItems" { inputs.main().len() - count } else { 0 };
        Ok(Outputs::one((first..first + count).map(|index| items::passed(&inputs, 0, index)).collect()))
    }
}
