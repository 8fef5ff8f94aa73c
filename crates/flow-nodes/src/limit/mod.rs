//! Limit: keeps the first or the last items.

use node_sdk::{Inputs, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};

use crate::js;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Limit",
    summary: "Keeps so many items, the first or the last.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.limit", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(Limit)))
}

struct Limit;

#[async_trait]
impl RunAll for Limit {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = inputs.gather().await?;
        let (limit, keep) = cx.params.read(0, |params| Ok((params.evaluated("maxItems")?, params.string("keep")?))).await?;
        let count = inputs.main().len();
        let wanted = js::number(limit.as_ref());
        let kept = match keep.as_str() {
            _ if wanted > count as f64 => 0..count,
            "firstItems" if js::is_undefined(limit.as_ref()) => js::slice(count, 0.0, f64::INFINITY),
            "firstItems" => js::slice(count, 0.0, wanted),
            _ => js::slice(count, count as f64 - wanted, count as f64),
        };
        Ok(Outputs::one(kept.map(|index| inputs.main()[index].clone()).collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests;
