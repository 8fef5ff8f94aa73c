//! No Operation: hands its items on.

use std::sync::LazyLock;

use node_sdk::{Descriptor, Item, ItemParams, Items, Needs, Node, NodeError, PrepareContext, Prepared, RunContext, RunItem, async_trait};
use serde_json::Value;

use crate::describe::{self, About};

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| {
    About::pure("n8n-nodes-base.noOp", "No Operation", "Hands its items on as they are.", Needs::Item, include_str!("description.json")).read()
});

/// The node type.
pub(crate) struct NoOp;

impl Node for NoOp {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn example(&self) -> Option<Value> {
        describe::example(include_str!("example.json"))
    }

    fn prepare(&self, _: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::Item(Box::new(Self)))
    }
}

#[async_trait]
impl RunItem for NoOp {
    async fn run_item(&self, _: &RunContext, _: &ItemParams<'_>, item: Item, index: usize) -> Result<Items, NodeError> {
        Ok(Items::one(item.paired(index)))
    }
}
