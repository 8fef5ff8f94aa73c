//! If: items for which the conditions hold go to output 0, the others to output 1.

use std::sync::Arc;

use node_sdk::{Needs, NodeError, PrepareContext, Prepared};

use crate::conditions::Sieve;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "If",
    summary: "Sends each item to the output true or false.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.if", Needs::Item, prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::Item(Arc::new(Sieve::new(cx))))
}

#[cfg(test)]
mod tests;
