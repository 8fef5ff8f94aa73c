//! Filter: items for which the conditions hold go on. Those that are discarded stand on an output of their own, which no
//! connection can reach but the run's record shows.

use std::sync::Arc;

use node_sdk::{Inputs, ItemParams, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};

use crate::conditions::Sieve;
use crate::conditions::legacy::LegacyConditions;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Filter",
    summary: "Lets items pass for which conditions hold.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.filter", Needs::All, prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    if cx.node.type_version == 1.0 {
        return Ok(Prepared::All(Box::new(ReadyLegacy(Arc::new(LegacyConditions::new(cx))))));
    }
    Ok(Prepared::Item(Arc::new(Sieve::new(cx))))
}

/// Version 1: an item that fails fails the node.
struct ReadyLegacy(Arc<LegacyConditions>);

#[async_trait]
impl RunAll for ReadyLegacy {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = inputs.gather().await?;
        let mut lists = vec![Vec::new(), Vec::new()];
        let conditions = self.0.clone();
        let hold = move |params: &ItemParams<'_>| conditions.hold(params).map_err(|error| error.item(params.index()));
        for (index, holds) in cx.params.read_each(inputs.main().len(), hold).await?.into_iter().enumerate() {
            lists[usize::from(!holds)].push(inputs.main()[index].clone());
        }
        Ok(Outputs::lists(lists))
    }
}

#[cfg(test)]
mod tests;
