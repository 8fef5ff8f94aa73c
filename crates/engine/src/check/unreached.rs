//! Nodes that nothing leads to.

use node_sdk::Registry;
use node_sdk::node::Level;
use workflow::model::ExecutionOrder;
use workflow::{Diagnostic, Workflow};

use super::{Found, Whole};
use crate::codes;

/// The first node of each part of the workflow that no run gets to. `start`: where the run begins, beside the triggers.
pub(super) fn check(workflow: &Workflow, whole: &Whole<'_>, registry: &Registry, start: Option<usize>) -> Vec<Found> {
    let Whole { graph, served, .. } = whole;
    let mut seen = vec![false; graph.len()];
    // Of a type that is not known, nobody knows whether a run can begin with it.
    let is_root = |node: &workflow::Node| registry.find_version(&node.type_name, node.type_version).is_none_or(|found| found.descriptor().trigger);
    let roots = (0..graph.len()).filter(|node| is_root(&workflow.nodes[*node]) || served.serves(*node)).chain(start);
    roots.for_each(|root| graph.mark_below(root, &mut seen));
    if workflow.settings.execution_order == ExecutionOrder::V0 {
        // There a node that waits for several makes those run that lead to it.
        graph.mark_above((0..graph.len()).filter(|node| seen[*node] && graph.slots(*node) > 1).collect(), &mut seen);
    }
    if start.is_none() && !workflow.nodes.iter().any(is_root) {
        return Vec::new();
    }
    let mut found = Vec::new();
    // Those without any source first: what they lead to is said with them. What is left then is in loops.
    for only_heads in [true, false] {
        for (index, node) in workflow.nodes.iter().enumerate() {
            let is_head = graph.incoming(index).all(|source| source.node == index);
            if seen[index] || node.disabled || node.is_note() || (only_heads && !is_head) {
                continue;
            }
            graph.mark_below(index, &mut seen);
            let message = format!("Nothing leads to \"{}\", so it does not run", node.name);
            let diagnostic = Diagnostic::new(codes::UNREACHED, Level::Warning, message).at(workflow, &node.name, None);
            found.push(Found::reported(diagnostic.help("Connect it, switch it off, or begin there: --start NODE.")));
        }
    }
    found
}
