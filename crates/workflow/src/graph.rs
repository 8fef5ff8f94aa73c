//! The main connections as a graph: what hands items to what, what stands above and below.

mod above;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, DfsPostOrder, EdgeRef, Reversed};

use self::above::Above;
use crate::model::Workflow;

/// The nodes of a workflow, by their place in the file, and the main connections between them.
#[derive(Debug)]
pub struct Graph {
    graph: DiGraph<Vertex, Edge>,
    index: HashMap<Arc<str>, usize>,
    above: OnceLock<Above>,
}

/// A connection as one of its ends sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The node at the other end.
    pub node: usize,
    /// The output of the source.
    pub output: usize,
    /// The input of the target.
    pub input: usize,
}

#[derive(Debug, Clone)]
struct Vertex {
    name: Arc<str>,
    position: [f64; 2],
    slots: usize,
    has_missing_target: bool,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    output: usize,
    /// Place in the list of the output.
    entry: usize,
    input: usize,
}

impl Workflow {
    /// The graph of the main connections.
    pub fn graph(&self) -> Graph {
        Graph::new(self)
    }
}

impl Graph {
    /// The graph of a workflow.
    pub fn new(workflow: &Workflow) -> Self {
        let mut graph = DiGraph::with_capacity(workflow.nodes.len(), workflow.nodes.len());
        let mut index = HashMap::with_capacity(workflow.nodes.len());
        for node in &workflow.nodes {
            let name: Arc<str> = node.name.as_str().into();
            let vertex = graph.add_node(Vertex { name: name.clone(), position: node.position, slots: 1, has_missing_target: false });
            // A note may have the name of a node.
            if workflow.index.get(&node.name) == Some(&vertex.index()) {
                index.insert(name, vertex.index());
            }
        }
        let mut edges = Vec::new();
        for (source, _, output, entry, connection) in workflow.connections.iter().filter(|(_, kind, ..)| *kind == "main") {
            let (source, target) = (index.get(source), index.get(connection.node.as_str()));
            match (source, target) {
                (Some(source), Some(target)) => edges.push((*source, *target, Edge { output, entry, input: connection.index })),
                (Some(source), None) => graph[NodeIndex::new(*source)].has_missing_target = true,
                (None, _) => {}
            }
            if let Some(target) = target {
                // It waits for a source that is no node, too.
                let slots = &mut graph[NodeIndex::new(*target)].slots;
                *slots = (*slots).max(connection.index + 1);
            }
        }
        Self { graph: with_edges(graph, edges), index, above: OnceLock::new() }
    }

    /// The part of the graph that `destination` needs: nothing leads out of it, and nothing to a node that does not lead to it.
    #[must_use]
    pub fn up_to(&self, destination: usize) -> Self {
        let needed = self.ancestors(destination);
        let vertex = |index: NodeIndex, vertex: &Vertex| {
            Some(Vertex { has_missing_target: vertex.has_missing_target && index.index() != destination, ..vertex.clone() })
        };
        let graph = self.graph.filter_map(vertex, |edge, weight| {
            let (source, target) = self.graph.edge_endpoints(edge)?;
            let leads_there = target.index() == destination || needed.contains(&target.index());
            (source.index() != destination && leads_there).then_some(*weight)
        });
        Self { graph, index: self.index.clone(), above: OnceLock::new() }
    }

    /// The node of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The node's name.
    pub fn name(&self, node: usize) -> &Arc<str> {
        &self.graph[NodeIndex::new(node)].name
    }

    /// The node's left and top; `[0, 0]` where the file gives none.
    pub fn position(&self, node: usize) -> [f64; 2] {
        self.graph[NodeIndex::new(node)].position
    }

    /// How many inputs a node waits for: the highest connected input + 1, whatever its type says; at least 1.
    pub fn slots(&self, node: usize) -> usize {
        self.graph[NodeIndex::new(node)].slots
    }

    /// Whether a connection of the node leads to a node that is not in the file.
    pub fn has_missing_target(&self, node: usize) -> bool {
        self.graph[NodeIndex::new(node)].has_missing_target
    }

    /// The connections out of a node: by output, then in the order of the file.
    pub fn outgoing(&self, node: usize) -> Vec<Link> {
        let mut edges: Vec<_> = self.graph.edges(NodeIndex::new(node)).collect();
        edges.sort_by_key(|edge| (edge.weight().output, edge.weight().entry));
        edges.into_iter().map(|edge| edge.weight().link(edge.target())).collect()
    }

    /// The connections into a node: by input, then in the order of the file.
    pub fn incoming(&self, node: usize) -> impl Iterator<Item = Link> + '_ {
        let edges = self.graph.edges_directed(NodeIndex::new(node), Direction::Incoming);
        edges.map(|edge| edge.weight().link(edge.source()))
    }

    /// Whether the node is a direct target of `source`, over any output.
    pub fn is_direct_target(&self, source: usize, node: usize) -> bool {
        self.graph.contains_edge(NodeIndex::new(source), NodeIndex::new(node))
    }

    /// The node itself and everything that can get items from it.
    pub fn reachable(&self, node: usize) -> HashSet<usize> {
        let mut walk = Dfs::new(&self.graph, NodeIndex::new(node));
        std::iter::from_fn(|| walk.next(&self.graph)).map(NodeIndex::index).collect()
    }

    /// Marks the node and everything that can get items from it, but what is marked already and is only behind that.
    pub fn mark_below(&self, node: usize, marked: &mut [bool]) {
        let mut open = vec![node];
        while let Some(next) = open.pop() {
            if !std::mem::replace(&mut marked[next], true) {
                open.extend(self.graph.neighbors(NodeIndex::new(next)).map(NodeIndex::index));
            }
        }
    }

    /// Marks everything that can hand items on to these nodes.
    pub fn mark_above(&self, nodes: Vec<usize>, marked: &mut [bool]) {
        let (mut open, mut seen) = (nodes, vec![false; self.len()]);
        while let Some(next) = open.pop() {
            for parent in self.incoming(next).map(|link| link.node) {
                if !std::mem::replace(&mut seen[parent], true) {
                    marked[parent] = true;
                    open.push(parent);
                }
            }
        }
    }

    /// Whether `above` can hand items on to `node`, over any inputs and nodes between; in a loop a node leads to itself.
    ///
    /// The first question looks at the whole graph, once; each is answered without walking it.
    pub fn leads_to(&self, above: usize, node: usize) -> bool {
        self.above.get_or_init(|| Above::new(&self.graph)).contains(above, node)
    }

    /// All nodes above the node: those that [lead to](Self::leads_to) it. It walks there; of many nodes, ask that instead.
    pub fn ancestors(&self, node: usize) -> HashSet<usize> {
        let above = Reversed(&self.graph);
        let mut found = HashSet::new();
        let mut walk = Dfs::empty(above);
        for parent in self.incoming(node) {
            walk.move_to(NodeIndex::new(parent.node));
            found.extend(std::iter::from_fn(|| walk.next(above)).map(NodeIndex::index));
        }
        found
    }

    /// The node, then its first parent with all above that one, then its next parent...; a node met twice counts at its last place.
    ///
    /// That is the reverse of a depth-first post-order which takes parents from the last to the first: what such a walk has been
    /// through already comes later in this order anyway.
    pub fn walk_upward(&self, node: usize) -> Vec<usize> {
        let above = Reversed(&self.graph);
        let mut walk = DfsPostOrder::new(above, NodeIndex::new(node));
        let mut order: Vec<usize> = std::iter::from_fn(|| walk.next(above)).map(NodeIndex::index).collect();
        order.reverse();
        order
    }
}

impl Edge {
    fn link(self, other_end: NodeIndex) -> Link {
        Link { node: other_end.index(), output: self.output, input: self.input }
    }
}

/// Adds the edges so that petgraph, which gives the newest first, gives those into a node by input, then in the order of the file.
///
/// n8n keeps the connections in a JavaScript object, which lists names that are whole numbers before all others.
fn with_edges(mut graph: DiGraph<Vertex, Edge>, mut edges: Vec<(usize, usize, Edge)>) -> DiGraph<Vertex, Edge> {
    edges.sort_by_key(|(source, _, edge)| (edge.input, whole_number(&graph[NodeIndex::new(*source)].name).unwrap_or(u32::MAX)));
    for (source, target, edge) in edges.into_iter().rev() {
        graph.add_edge(NodeIndex::new(source), NodeIndex::new(target), edge);
    }
    graph
}

/// The number that a name is: JavaScript's objects, in which n8n keeps names, list such keys before all others, by size.
pub fn whole_number(name: &str) -> Option<u32> {
    let number: u32 = name.parse().ok().filter(|n| *n < u32::MAX)?;
    (number.to_string() == name).then_some(number)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    /// Nodes by name, and connections (from, to, input), each from an output of its own.
    fn graph(names: &[&str], edges: &[(&str, &str, usize)]) -> Graph {
        let nodes: Vec<_> = names.iter().map(|name| json!({"name": name, "type": "t"})).collect();
        let mut connections = Map::new();
        for (from, to, input) in edges {
            let outputs = connections.entry(*from).or_insert_with(|| json!({"main": []}));
            outputs["main"].as_array_mut().expect("a list").push(json!([{"node": to, "type": "main", "index": input}]));
        }
        Workflow::from_value(json!({"nodes": nodes, "connections": connections})).expect("a workflow").graph()
    }

    fn sorted(nodes: &HashSet<usize>) -> Vec<usize> {
        let mut list: Vec<usize> = nodes.iter().copied().collect();
        list.sort_unstable();
        list
    }

    #[test]
    fn connections_come_by_output_and_by_input() {
        // The first output leads to the later input.
        let graph = graph(&["2", "10", "A"], &[("A", "A", 1), ("A", "A", 0), ("10", "A", 0), ("2", "A", 0)]);
        let links = |links: &mut dyn Iterator<Item = Link>| links.map(|link| (link.node, link.output, link.input)).collect::<Vec<_>>();
        assert_eq!(links(&mut graph.outgoing(2).into_iter()), [(2, 0, 1), (2, 1, 0)]);
        assert_eq!(links(&mut graph.incoming(2)), [(0, 0, 0), (1, 0, 0), (2, 1, 0), (2, 0, 1)]);
        assert_eq!((graph.slots(2), graph.slots(0)), (2, 1));
    }

    #[test]
    fn nodes_that_are_not_there_hold_slots_open_and_end_runs() {
        let graph = graph(&["A", "B"], &[("Gone", "B", 2), ("A", "B", 0), ("A", "Ghost", 0)]);
        assert_eq!((graph.slots(1), sorted(&graph.ancestors(1)), graph.has_missing_target(0)), (3, vec![0], true));
        assert!(!graph.up_to(0).has_missing_target(0), "nothing leads out of a destination");
    }

    #[test]
    fn a_destination_needs_what_leads_to_it() {
        let graph = graph(&["A", "Side", "B", "Goal"], &[("A", "Side", 0), ("A", "B", 0), ("B", "Goal", 0), ("Goal", "B", 1)]).up_to(3);
        let targets = |node| graph.outgoing(node).iter().map(|link| link.node).collect::<Vec<_>>();
        assert_eq!((targets(0), targets(2), targets(3)), (vec![2], vec![3], vec![]));
        assert_eq!(graph.slots(2), 2, "it waits for what will not come, as before");
    }

    #[test]
    fn a_loop_makes_a_node_its_own_ancestor() {
        let graph = graph(&["A", "B", "C"], &[("A", "B", 0), ("B", "A", 0), ("B", "C", 0)]);
        assert_eq!((sorted(&graph.ancestors(0)), sorted(&graph.ancestors(2))), (vec![0, 1], vec![0, 1]));
        assert_eq!(graph.walk_upward(2), [2, 1, 0]);
        assert_eq!((sorted(&graph.reachable(0)), sorted(&graph.reachable(2))), (vec![0, 1, 2], vec![2]));
    }

    #[test]
    fn who_leads_to_whom_is_what_walking_finds() {
        // Loops, a loop below a loop, side branches, two edges between a pair, a node of its own; connected by a rule that repeats nothing.
        let names: Vec<String> = (0..60).map(|number| format!("n{number}")).collect();
        let edges = (0..59).flat_map(|from| {
            let back = (from % 11 == 7).then(|| (from, from - 3, 0));
            let aside = (from % 5 == 2).then_some((from, (from * from + 13) % 59, 1));
            let itself = (from == 30).then_some((30, 30, 0));
            [(from % 17 != 16).then_some((from, from + 1, 0)), back, aside, itself].into_iter().flatten()
        });
        let edges: Vec<_> = edges.filter(|(_, to, _)| *to < 59).map(|(from, to, input)| (names[from].as_str(), names[to].as_str(), input)).collect();
        let graph = graph(&names.iter().map(String::as_str).collect::<Vec<_>>(), &edges);
        for node in 0..graph.len() {
            let above = (0..graph.len()).filter(|above| graph.leads_to(*above, node)).collect::<Vec<_>>();
            assert_eq!(above, sorted(&graph.ancestors(node)), "{node}");
        }
    }

    #[test]
    fn a_node_met_twice_on_the_way_up_counts_at_its_last_place() {
        // Root -> A -> End, Root -> B -> End
        let graph = graph(&["Root", "A", "B", "End"], &[("Root", "A", 0), ("Root", "B", 0), ("A", "End", 0), ("B", "End", 0)]);
        assert_eq!(graph.walk_upward(3), [3, 1, 2, 0]);
    }

    #[test]
    fn whole_numbers_are_those_that_javascript_writes_the_same() {
        assert_eq!(whole_number("10"), Some(10));
        for name in ["", "01", "-1", "1.5", "4294967295", "x"] {
            assert_eq!(whole_number(name), None, "{name}");
        }
    }
}
