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
    /// The name that was asked for is no node's, or that of a sticky note.
    #[error("there is no node named {name:?} to start from")]
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

/// Triggers that put out nothing but what a caller sends: n8n's command line, which nobody calls, does not begin with them.
const CALLED: [&str; 3] = ["n8n-nodes-base.webhook", "n8n-nodes-base.formTrigger", "@n8n/n8n-nodes-langchain.chatTrigger"];

impl Workflow {
    /// The node that was probably meant by a name: one that can run, so no sticky note.
    pub fn runnable_like(&self, name: &str) -> Option<&str> {
        let runnable = self.nodes.iter().filter(|node| !node.is_note());
        node_sdk::names::did_you_mean(name, runnable.map(|node| node.name.as_str()))
    }

    /// The node where a run begins: `name` if one is asked for; else an Execute Workflow Trigger; else the first manual trigger, even a
    /// disabled one; else the only other enabled trigger; of several the only pinned one; of several pinned ones the only one that
    /// does not wait for a call.
    pub fn start_node(&self, name: Option<&str>, use_pins: bool, is_trigger: impl Fn(&Node) -> bool) -> Result<&Node, StartError> {
        if let Some(name) = name {
            return self
                .node(name)
                .filter(|node| !node.is_note())
                .ok_or_else(|| StartError::Unknown { name: name.to_owned(), suggestion: self.runnable_like(name).map(str::to_owned) });
        }
        let first = |wanted: &[&str]| self.nodes.iter().find(|node| wanted.contains(&node.type_name.as_str()));
        if let Some(node) = first(&[SUBWORKFLOW]).or_else(|| first(&MANUAL)) {
            return Ok(node);
        }
        let triggers: Vec<&Node> = self.nodes.iter().filter(|node| !node.disabled && is_trigger(node)).collect();
        let pinned: Vec<&Node> = triggers.iter().copied().filter(|node| use_pins && self.is_pinned(&node.name)).collect();
        let uncalled: Vec<&Node> = pinned.iter().copied().filter(|node| !CALLED.contains(&node.type_name.as_str())).collect();
        match (triggers.as_slice(), pinned.as_slice(), uncalled.as_slice()) {
            ([], ..) => Err(StartError::None),
            ([only], ..) | (_, [only], _) | (_, _, [only]) => Ok(only),
            _ => Err(StartError::Several { candidates: triggers.iter().map(|node| node.name.clone()).collect() }),
        }
    }
}
