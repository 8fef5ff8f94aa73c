//! Who leads to whom, known for all nodes at once.
//!
//! A set of all nodes above each node grows with the square of a chain. Here the nodes that lead to each other are one component, the
//! components are numbered so that what stands above one has numbers that follow each other, and only the ends of such rows are kept: one
//! row for a chain or a tree, a few where branches meet.

use std::ops::Range;

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

#[derive(Debug)]
pub(super) struct Above {
    /// The component of each node.
    component: Vec<usize>,
    /// For each component the rows of components above it, by size; its own is among them where its nodes lead to themselves.
    rows: Vec<Vec<Range<usize>>>,
}

impl Above {
    pub(super) fn new<N, E>(graph: &DiGraph<N, E>) -> Self {
        // What leads to others comes after them.
        let components = kosaraju_scc(graph);
        let mut component = vec![0; graph.node_count()];
        for (number, nodes) in components.iter().enumerate() {
            nodes.iter().for_each(|node| component[node.index()] = number);
        }
        let mut rows = vec![Vec::new(); components.len()];
        for (number, nodes) in components.iter().enumerate().rev() {
            let parents = nodes.iter().flat_map(|node| graph.neighbors_directed(*node, Direction::Incoming));
            let mut parents: Vec<usize> = parents.map(|parent| component[parent.index()]).collect();
            parents.sort_unstable();
            parents.dedup();
            let above = |parent: &usize| rows[*parent].iter().cloned().chain(std::iter::once(*parent..parent + 1)).collect::<Vec<_>>();
            let above = parents.iter().flat_map(above).collect();
            rows[number] = joined(above);
        }
        Self { component, rows }
    }

    pub(super) fn contains(&self, above: usize, node: usize) -> bool {
        let (above, rows) = (self.component[above], &self.rows[self.component[node]]);
        let next = rows.partition_point(|row| row.start <= above);
        next > 0 && rows[next - 1].contains(&above)
    }
}

/// Rows that touch or overlap as one.
fn joined(mut rows: Vec<Range<usize>>) -> Vec<Range<usize>> {
    rows.sort_unstable_by_key(|row| row.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for row in rows {
        match joined.last_mut() {
            Some(last) if row.start <= last.end => last.end = last.end.max(row.end),
            _ => joined.push(row),
        }
    }
    joined
}
