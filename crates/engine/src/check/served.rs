//! Sub-nodes: memory, tools, models. Items reach them through the node that they serve.

use workflow::{Graph, Workflow};

/// For each node the nodes that it serves, over connections that are not `main`.
pub(super) struct Served(Vec<Vec<usize>>);

impl Served {
    pub(super) fn new(workflow: &Workflow, graph: &Graph) -> Self {
        let mut served = vec![Vec::new(); graph.len()];
        for (source, kind, _, _, connection) in workflow.connections.iter().filter(|(_, kind, ..)| *kind != "main") {
            let is_sub = kind.starts_with("ai_");
            if let (true, Some(source), Some(target)) = (is_sub, graph.find(source), graph.find(&connection.node)) {
                served[source].push(target);
            }
        }
        Self(served)
    }

    /// Whether the node serves another.
    pub(super) fn serves(&self, node: usize) -> bool {
        !self.0[node].is_empty()
    }

    /// Whether items of `above` get to the node: over main connections, or to a node that it serves, be it by way of other sub-nodes.
    pub(super) fn leads_to(&self, graph: &Graph, above: usize, node: usize) -> bool {
        let (mut open, mut seen) = (vec![node], std::collections::HashSet::from([node]));
        while let Some(next) = open.pop() {
            if graph.leads_to(above, next) {
                return true;
            }
            open.extend(self.0[next].iter().copied().filter(|served| seen.insert(*served)));
        }
        false
    }
}
