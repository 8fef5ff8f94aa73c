//! The connections of a file as the orders see them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use node_sdk::RequiredInputs;

/// A node as a schedule sees it.
#[derive(Debug, Clone)]
pub struct NodeSpec {
    /// Its name.
    pub name: Arc<str>,
    /// Left and top; `[0, 0]` where the file gives none.
    pub position: [f64; 2],
    /// Which inputs it needs when it waits.
    pub required: RequiredInputs,
}

/// One connection out of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The node it leads to; `None`: a node that is not in the file.
    pub target: Option<usize>,
    /// The input it leads to.
    pub input: usize,
}

/// Nodes and their main connections.
#[derive(Debug)]
pub struct Graph {
    nodes: Vec<Vertex>,
}

#[derive(Debug, Clone)]
struct Vertex {
    spec: NodeSpec,
    outputs: Vec<Vec<Connection>>,
    /// For each slot: (node, output) of each connection into it, in the order of the file.
    incoming: Vec<Vec<(usize, usize)>>,
    ancestors: OnceLock<HashSet<usize>>,
}

impl Graph {
    /// A graph of these nodes. `connections` gives, in the order of the file, each source name with a list of
    /// (target name, input index) for each of its outputs.
    ///
    /// A source that is no node makes no connection, but its target waits for it all the same.
    pub fn new<'a>(nodes: Vec<NodeSpec>, connections: impl IntoIterator<Item = (&'a str, Vec<Vec<(&'a str, usize)>>)>) -> Self {
        let mut vertices: Vec<Vertex> =
            nodes.into_iter().map(|spec| Vertex { spec, outputs: Vec::new(), incoming: vec![Vec::new()], ancestors: OnceLock::new() }).collect();
        let index: HashMap<Arc<str>, usize> = vertices.iter().enumerate().map(|(i, v)| (v.spec.name.clone(), i)).collect();
        let mut connections: Vec<_> = connections.into_iter().collect();
        connections.sort_by_key(|(source, _)| whole_number(source).unwrap_or(u32::MAX));
        for (source, outputs) in connections {
            let source = index.get(source).copied();
            for (output, list) in outputs.into_iter().enumerate() {
                let list: Vec<Connection> = list.into_iter().map(|(name, input)| Connection { target: index.get(name).copied(), input }).collect();
                for connection in &list {
                    let Some(target) = connection.target else { continue };
                    let incoming = &mut vertices[target].incoming;
                    if incoming.len() <= connection.input {
                        incoming.resize_with(connection.input + 1, Vec::new);
                    }
                    incoming[connection.input].extend(source.map(|source| (source, output)));
                }
                if let Some(source) = source {
                    vertices[source].outputs.push(list);
                }
            }
        }
        Self { nodes: vertices }
    }

    /// The part of the graph that `destination` needs: nothing leads out of it, and nothing to a node that does not lead to it.
    #[must_use]
    pub fn up_to(&self, destination: usize) -> Self {
        let needed = self.ancestors(destination);
        let leads_there = |target: Option<usize>| target.is_none_or(|target| target == destination || needed.contains(&target));
        let keep = |(node, vertex): (usize, &Vertex)| {
            let list = |connections: &Vec<Connection>| connections.iter().copied().filter(|c| leads_there(c.target)).collect();
            let outputs = if node == destination { Vec::new() } else { vertex.outputs.iter().map(list).collect() };
            Vertex { outputs, ..vertex.clone() }
        };
        Self { nodes: self.nodes.iter().enumerate().map(keep).collect() }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node's name and place.
    pub fn node(&self, node: usize) -> &NodeSpec {
        &self.nodes[node].spec
    }

    /// The node's connections, a list for each output.
    pub fn outputs(&self, node: usize) -> &[Vec<Connection>] {
        &self.nodes[node].outputs
    }

    /// For each slot of the node: (node, output) of each connection into it.
    pub fn incoming(&self, node: usize) -> &[Vec<(usize, usize)>] {
        &self.nodes[node].incoming
    }

    /// Number of slots: highest connected input index + 1, at least 1.
    pub fn slots(&self, node: usize) -> usize {
        self.nodes[node].incoming.len()
    }

    /// Whether a connection of the node leads to a node that is not in the file.
    pub fn has_missing_target(&self, node: usize) -> bool {
        self.outputs(node).iter().flatten().any(|connection| connection.target.is_none())
    }

    /// Whether the node is a direct target of `source`, over any output.
    pub(crate) fn is_direct_target(&self, source: usize, node: usize) -> bool {
        self.outputs(source).iter().flatten().any(|connection| connection.target == Some(node))
    }

    /// All nodes above the node, over any input; in a loop the node itself and nodes below it too.
    pub fn ancestors(&self, node: usize) -> &HashSet<usize> {
        self.nodes[node].ancestors.get_or_init(|| {
            let mut found = HashSet::new();
            let mut open = vec![node];
            while let Some(next) = open.pop() {
                open.extend(self.parents(next).filter(|parent| found.insert(*parent)));
            }
            found
        })
    }

    /// The node, then its first parent with all above that one, then its next parent...; a node met twice counts at its
    /// last place.
    ///
    /// That is the reverse of a depth-first post-order which takes parents from the last to the first: what such a walk
    /// has been through already comes later in this order anyway.
    pub(crate) fn walk_upward(&self, node: usize) -> Vec<usize> {
        let mut seen = HashSet::from([node]);
        let mut order = Vec::new();
        let mut stack = vec![(node, self.parents(node).collect::<Vec<_>>())];
        while let Some((current, open)) = stack.last_mut() {
            match open.pop() {
                Some(parent) if seen.insert(parent) => stack.push((parent, self.parents(parent).collect())),
                Some(_) => {}
                None => {
                    order.push(*current);
                    stack.pop();
                }
            }
        }
        order.reverse();
        order
    }

    fn parents(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.nodes[node].incoming.iter().flatten().map(|(source, _)| *source)
    }
}

/// The number that a name is: JavaScript's objects, in which n8n keeps names, list such keys before all others, by size.
pub(crate) fn whole_number(name: &str) -> Option<u32> {
    let number: u32 = name.parse().ok().filter(|n| *n < u32::MAX)?;
    (number.to_string() == name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(names: &[&str], edges: &[(&str, &str, usize)]) -> Graph {
        let nodes = names.iter().map(|name| NodeSpec { name: (*name).into(), position: [0.0; 2], required: RequiredInputs::Any });
        let connections = names.iter().map(|name| {
            let targets = edges.iter().filter(|(source, ..)| source == name).map(|(_, target, input)| (*target, *input)).collect();
            (*name, vec![targets])
        });
        Graph::new(nodes.collect(), connections)
    }

    #[test]
    fn a_node_met_twice_on_the_way_up_counts_at_its_last_place() {
        // Root -> A -> End, Root -> B -> End
        let graph = graph(&["Root", "A", "B", "End"], &[("Root", "A", 0), ("Root", "B", 0), ("A", "End", 0), ("B", "End", 0)]);
        assert_eq!(graph.walk_upward(3), [3, 1, 2, 0]);
    }

    #[test]
    fn a_loop_makes_a_node_its_own_ancestor() {
        let graph = graph(&["A", "B", "C"], &[("A", "B", 0), ("B", "A", 0), ("B", "C", 0)]);
        assert!(graph.ancestors(0).contains(&0));
        assert!(!graph.ancestors(2).contains(&2));
        assert_eq!(graph.walk_upward(2), [2, 1, 0]);
    }

    #[test]
    fn whole_numbers_are_those_that_javascript_writes_the_same() {
        assert_eq!(whole_number("10"), Some(10));
        for name in ["", "01", "-1", "1.5", "4294967295", "x"] {
            assert_eq!(whole_number(name), None, "{name}");
        }
    }
}
