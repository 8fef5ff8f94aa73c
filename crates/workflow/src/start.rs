//! Where a run begins.

use crate::model::{Node, Workflow};

/// Why there is no start node, with the nodes one could choose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// Nothing to begin with.
    #[error("the workflow has no trigger to start from")]
    None,
    /// Several triggers, and no rule that prefers one.
    #[error("the workflow has several triggers: {}", .candidates.join(", "))]
    Several {
        /// Their names.
        candidates: Vec<String>,
    },
    /// The name that was asked for is no node's.
    #[error("there is no node named {name:?}")]
    Unknown {
        /// The name.
        name: String,
        /// The node that was probably meant.
        suggestion: Option<String>,
    },
}

/// Runs by hand from a file of old: n8n 2 refuses it, here it is a manual trigger. A deliberate difference.
const MANUAL: [&str; 2] = ["n8n-nodes-base.manualTrigger", "n8n-nodes-base.start"];
const SUBWORKFLOW: &str = "n8n-nodes-base.executeWorkflowTrigger";

impl Workflow {
    /// The node where a run begins: `name` if one is asked for; else an Execute Workflow Trigger; else the first manual trigger, even a
    /// disabled one; else the only other enabled trigger; of several the only pinned one.
    pub fn start_node(&self, name: Option<&str>, use_pins: bool, is_trigger: impl Fn(&Node) -> bool) -> Result<&Node, StartError> {
        if let Some(name) = name {
            return self.node(name).ok_or_else(|| StartError::Unknown {
                name: name.to_owned(),
                suggestion: crate::names::did_you_mean(name, self.nodes.iter().map(|node| node.name.as_str())).map(str::to_owned),
            });
        }
        let first = |wanted: &[&str]| self.nodes.iter().find(|node| wanted.contains(&node.type_name.as_str()));
        if let Some(node) = first(&[SUBWORKFLOW]).or_else(|| first(&MANUAL)) {
            return Ok(node);
        }
        let triggers: Vec<&Node> = self.nodes.iter().filter(|node| !node.disabled && is_trigger(node)).collect();
        let pinned: Vec<&Node> = triggers.iter().copied().filter(|node| use_pins && self.is_pinned(&node.name)).collect();
        match (triggers.as_slice(), pinned.as_slice()) {
            ([], _) => Err(StartError::None),
            ([only], _) | (_, [only]) => Ok(only),
            _ => Err(StartError::Several { candidates: triggers.iter().map(|node| node.name.clone()).collect() }),
        }
    }
}
