//! Filter: items for which the conditions hold go on. Those that are discarded stand on an output of their own, which no
//! connection can reach but the run's record shows.

use std::sync::LazyLock;

use node_sdk::{Descriptor, Inputs, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::Value;

use crate::conditions::Sieve;
use crate::conditions::legacy::LegacyConditions;
use crate::describe::{self, About};
use crate::items;

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| {
    let about = "Lets items pass for which conditions hold.";
    About::pure("n8n-nodes-base.filter", "Filter", about, Needs::All, include_str!("description.json")).read()
});

/// The node type.
pub(crate) struct Filter;

impl Node for Filter {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn example(&self) -> Option<Value> {
        describe::example(include_str!("example.json"))
    }

    fn prepare(&self, cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        if DESCRIPTOR.version(cx.node.type_version).is_some_and(|group| group.versions.contains(&1.0)) {
            return Ok(Prepared::All(Box::new(ReadyLegacy(LegacyConditions::new(cx)))));
        }
        Ok(Prepared::Item(Box::new(Sieve::new(cx))))
    }
}

/// Version 1: an item that fails fails the node.
struct ReadyLegacy(LegacyConditions);

#[async_trait]
impl RunAll for ReadyLegacy {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let mut lists = vec![Vec::new(), Vec::new()];
        for index in 0..inputs.main().len() {
            let holds = self.0.hold(&cx.params.at(index)).map_err(|error| error.item(index))?;
            lists[usize::from(!holds)].push(items::passed(&inputs, 0, index));
        }
        Ok(Outputs::lists(lists))
    }
}
