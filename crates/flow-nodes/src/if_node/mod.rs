//! If: items for which the conditions hold go to output 0, the others to output 1.

use std::sync::LazyLock;

use node_sdk::{Descriptor, Item, ItemParams, Items, Needs, Node, NodeError, PrepareContext, Prepared, RunContext, RunItem, async_trait};
use serde_json::Value;

use crate::conditions::{self, Conditions};
use crate::describe::{self, About};

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| {
    let about = "Sends each item to the output true or false.";
    About::pure("n8n-nodes-base.if", "If", about, Needs::Item, include_str!("description.json")).read()
});

/// The node type.
pub(crate) struct If;

impl Node for If {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn example(&self) -> Option<Value> {
        describe::example(include_str!("example.json"))
    }

    fn prepare(&self, cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        let loose = conditions::loose_switch(cx, 2.1);
        Ok(Prepared::Item(Box::new(ReadyIf(Conditions::new(cx.parameters.get("conditions"), "conditions", loose)))))
    }
}

struct ReadyIf(Conditions);

#[async_trait]
impl RunItem for ReadyIf {
    /// An item that fails goes on unchanged as false where the node's settings let the run go on.
    async fn run_item(&self, cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize) -> Result<Items, NodeError> {
        let holds = match self.0.hold(cx, params) {
            Err(_) if cx.continue_on_fail() => false,
            other => other?,
        };
        Ok(Items::to(usize::from(!holds), item.paired(index)))
    }
}
