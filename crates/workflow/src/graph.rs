//! The main connections as a graph: what stands above and below what.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, EdgeRef, Reversed};

use crate::model::Workflow;

/// From which output a connection comes, into which input it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Output of the source.
    pub output: usize,
    /// Input of the target.
    pub input: usize,
}

/// The main connections of a workflow. Names that connections use and no node has are in it too: they hold slots open.
#[derive(Debug, Clone)]
pub struct Graph {
    graph: DiGraph<Vertex, Link>,
    index: HashMap<Arc<str>, NodeIndex>,
}

#[derive(Debug, Clone)]
struct Vertex {
    name: Arc<str>,
    exists: bool,
}

impl Graph {
    /// The graph of a workflow.
    pub fn new(workflow: &Workflow) -> Self {
        let mut new = Self { graph: DiGraph::with_capacity(workflow.nodes.len(), workflow.nodes.len()), index: HashMap::new() };
        for node in &workflow.nodes {
            new.vertex(&node.name, true);
        }
        for (source, kind, output, _, connection) in workflow.connections.iter() {
            if kind == "main" {
                let (from, to) = (new.vertex(source, false), new.vertex(&connection.node, false));
                new.graph.add_edge(from, to, Link { output, input: connection.index });
            }
        }
        new
    }

    fn vertex(&mut self, name: &str, exists: bool) -> NodeIndex {
        if let Some(index) = self.index.get(name) {
            return *index;
        }
        let name: Arc<str> = name.into();
        let index = self.graph.add_node(Vertex { name: name.clone(), exists });
        self.index.insert(name, index);
        index
    }

    /// How many inputs a node waits for: the highest connected input + 1, whatever its type says; at least 1.
    pub fn slots(&self, node: &str) -> usize {
        self.edges(node, Direction::Incoming).map(|(_, link)| link.input + 1).max().unwrap_or(1)
    }

    /// The direct sources of a node with the connection from each: by input, then in the order of the file.
    pub fn parents(&self, node: &str) -> Vec<(&str, Link)> {
        // petgraph lists the latest edge first.
        let mut parents: Vec<_> = self.edges(node, Direction::Incoming).collect();
        parents.reverse();
        parents.sort_by_key(|(_, link)| link.input);
        parents
    }

    /// The direct targets of a node with the connection to each: by output, then in the order of the file.
    pub fn children(&self, node: &str) -> Vec<(&str, Link)> {
        let mut children: Vec<_> = self.edges(node, Direction::Outgoing).collect();
        children.reverse();
        children.sort_by_key(|(_, link)| link.output);
        children
    }

    fn edges(&self, node: &str, direction: Direction) -> impl Iterator<Item = (&str, Link)> {
        self.index.get(node).into_iter().flat_map(move |index| {
            self.graph.edges_directed(*index, direction).map(move |edge| {
                let other = if direction == Direction::Incoming { edge.source() } else { edge.target() };
                (self.graph[other].name.as_ref(), *edge.weight())
            })
        })
    }

    /// The node itself and everything that can get items from it.
    pub fn reachable(&self, start: &str) -> HashSet<&str> {
        let Some(index) = self.index.get(start) else { return HashSet::new() };
        let mut walk = Dfs::new(&self.graph, *index);
        std::iter::from_fn(|| walk.next(&self.graph)).map(|index| self.graph[index].name.as_ref()).collect()
    }

    /// Everything that can hand items to the node; in a loop the node itself too.
    pub fn ancestors(&self, node: &str) -> HashSet<&str> {
        let Some(index) = self.index.get(node) else { return HashSet::new() };
        let reversed = Reversed(&self.graph);
        let mut found = HashSet::new();
        let mut walk = Dfs::empty(reversed);
        for parent in self.graph.neighbors_directed(*index, Direction::Incoming) {
            walk.move_to(parent);
            found.extend(std::iter::from_fn(|| walk.next(reversed)).map(|index| self.graph[index].name.as_ref()));
        }
        found
    }

    /// Connections whose source or target is no node of the file, as (source, target).
    pub fn broken(&self) -> Vec<(&str, &str)> {
        let vertex = |index: NodeIndex| &self.graph[index];
        let ends = self.graph.edge_indices().filter_map(|edge| self.graph.edge_endpoints(edge));
        let broken = ends.filter(|(from, to)| !(vertex(*from).exists && vertex(*to).exists));
        broken.map(|(from, to)| (vertex(from).name.as_ref(), vertex(to).name.as_ref())).collect()
    }

    /// Whether items can come back to where they were.
    pub fn has_cycle(&self) -> bool {
        petgraph::algo::is_cyclic_directed(&self.graph)
    }
}
