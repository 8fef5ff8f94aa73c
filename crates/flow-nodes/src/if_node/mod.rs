//! If: items for which the conditions hold go to output 0, the others to output 1.

use std::sync::LazyLock;

use node_sdk::{Descriptor, Needs, Node, NodeError, PrepareContext, Prepared};
use serde_json::Value;

use crate::conditions::Sieve;
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
        Ok(Prepared::Item(Box::new(Sieve::new(cx))))
    }
}
