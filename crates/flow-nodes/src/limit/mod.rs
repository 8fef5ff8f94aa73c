//! Limit: keeps the first or the last items.

use std::sync::LazyLock;

use node_sdk::{Descriptor, Inputs, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::Value;

use crate::describe::{self, About};
use crate::{items, js};

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
        let count = inputs.main().len();
        let limit = params.evaluated("maxItems")?;
        let wanted = js::number(limit.as_ref());
        let kept = match params.string("keep")?.as_str() {
            _ if wanted > count as f64 => 0..count,
            "firstItems" if js::is_undefined(limit.as_ref()) => js::slice(count, 0.0, f64::INFINITY),
            "firstItems" => js::slice(count, 0.0, wanted),
            _ => js::slice(count, count as f64 - wanted, count as f64),
        };
        Ok(Outputs::one(kept.map(|index| items::passed(&inputs, 0, index)).collect()))
    }
}
