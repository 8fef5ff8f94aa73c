//! The items of a chunk, one after the other. It borrows nothing and waits for nothing, so that it can be moved to another thread.

use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::{Item, NodeError, Output, RunContext, RunItem};

use super::control::Control;

/// Some items for a node that needs one at a time.
pub(super) struct Chunk {
    pub(super) node: Arc<dyn RunItem>,
    pub(super) cx: Arc<RunContext>,
    pub(super) control: Control,
    pub(super) items: Vec<Item>,
    /// Place of the first one in the input.
    pub(super) first: usize,
}

impl Chunk {
    /// Hands each item to the node. An item that fails becomes an error item where the node's settings say so, else it ends the run
    /// of the node; so does a stop of the execution.
    pub(super) fn run(self, out: &mut Output) -> Result<(), NodeError> {
        let Self { node, cx, control, items, first } = self;
        for (offset, item) in items.into_iter().enumerate() {
            let index = first + offset;
            control.check()?;
            out.begin(index);
            let Err(error) = node.run_item(&cx, &cx.params.at(index), item.clone(), index, out) else { continue };
            out.take_back();
            match error {
                error if error.code == codes::DRY_RUN_ENDED => {}
                error if node.catches_errors() && cx.continue_on_fail() && !error.fatal => out.push(node.error_item(&cx, &error, &item)),
                error => return Err(NodeError { item: error.item.or(Some(index)), ..error }),
            }
        }
        Ok(())
    }
}
