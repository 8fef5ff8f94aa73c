//! Where a run begins.

use node_sdk::{Begins, Registry};
use workflow::start::StartError;
use workflow::{Node, Workflow};

/// The name of the node to begin with: the `wanted` one, else n8n's choice.
///
/// # Errors
/// No node, or more than one, is there to begin with.
pub fn start_node(workflow: &Workflow, registry: &Registry, wanted: Option<&str>, use_pins: bool) -> Result<String, StartError> {
    workflow.start_node(wanted, use_pins, |node| is_trigger(registry, node)).map(|node| node.name.clone())
}

/// Whether a run can begin with a node by itself.
pub fn is_trigger(registry: &Registry, node: &Node) -> bool {
    registry.is_trigger(&node.type_name, node.type_version)
}

/// How a trigger begins a run that is given no items.
pub fn begins(registry: &Registry, node: &Node) -> Begins {
    registry.find_version(&node.type_name, node.type_version).map(|found| found.begins(node.type_version)).unwrap_or_default()
}
