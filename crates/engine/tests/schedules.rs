//! What must hold for every graph, whatever its shape.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "a test that cannot be set up must fail; the puppet is shared")]

use std::sync::Arc;

use engine::schedule::schedule;
use node_sdk::{Item, RequiredInputs};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use workflow::model::ExecutionOrder;
use workflow::{Graph, Workflow};

/// Connections (from, to, input) between nodes 0..n; node 0 starts.
type Edges = Vec<(usize, usize, usize)>;

fn graph(count: usize, edges: &Edges) -> Graph {
    let nodes: Vec<Value> = (0..count).map(|node| json!({"name": format!("N{node}"), "type": "t", "position": [0, node * 7 % 5]})).collect();
    let targets = |from: usize| {
        let targets = edges.iter().filter(|edge| edge.0 == from);
        targets.map(|(_, to, input)| json!({"node": format!("N{to}"), "type": "main", "index": input})).collect::<Vec<_>>()
    };
    let connections: Map<String, Value> = (0..count).map(|from| (format!("N{from}"), json!({"main": [targets(from)]}))).collect();
    Workflow::from_value(json!({"nodes": nodes, "connections": connections})).unwrap().graph()
}

/// How often each node runs when the nodes of `silent` put out an empty list and all others one item; `None`: no end in sight.
fn runs(graph: &Arc<Graph>, order: ExecutionOrder, silent: &[bool], limit: usize) -> Option<Vec<usize>> {
    let required = vec![RequiredInputs::Any; graph.len()];
    let mut schedule = schedule(graph.clone(), required.into(), order);
    schedule.start(0, vec![Item::empty()].into());
    let mut counts = vec![0; graph.len()];
    for _ in 0..limit {
        let Ok(Some(pending)) = schedule.next() else { return Some(counts) };
        if pending.starved {
            continue;
        }
        let items = if silent[pending.node] { Vec::new() } else { vec![Item::empty()] };
        schedule.record(pending.node, counts[pending.node], &[items.into()]);
        counts[pending.node] += 1;
    }
    None
}

/// In how many ways each node is reached from node 0. Edges lead from lower to higher nodes.
fn paths(count: usize, edges: &Edges) -> Vec<usize> {
    let mut paths = vec![0; count];
    paths[0] = 1;
    for node in 0..count {
        for (_, to, _) in edges.iter().filter(|edge| edge.0 == node) {
            paths[*to] += paths[node];
        }
    }
    paths
}

/// Forward edges of up to 7 nodes: no circles.
fn forward(inputs: usize) -> impl Strategy<Value = (usize, Edges)> {
    (2..8usize).prop_flat_map(move |count| {
        let edge = (0..count - 1, 1..count, 0..inputs).prop_map(|(from, to, input)| if from < to { (from, to, input) } else { (0, to, input) });
        (Just(count), prop::collection::vec(edge, 0..10))
    })
}

proptest! {
    /// With one input each, a node runs once for each way to it, in both orders.
    #[test]
    fn one_run_for_each_way((count, edges) in forward(1)) {
        let graph = Arc::new(graph(count, &edges));
        let expected = paths(count, &edges);
        for order in [ExecutionOrder::V1, ExecutionOrder::V0] {
            let counts = runs(&graph, order, &vec![false; count], 10_000);
            prop_assert_eq!(counts.as_ref(), Some(&expected));
        }
    }

    /// A graph without circles always comes to its end, and no node runs more often than ways lead to it.
    #[test]
    fn without_circles_every_run_ends((count, edges) in forward(3), silent in prop::collection::vec(any::<bool>(), 8)) {
        let graph = Arc::new(graph(count, &edges));
        let counts = runs(&graph, ExecutionOrder::V1, &silent, 10_000);
        prop_assert!(counts.is_some());
        for (node, (count, ways)) in counts.unwrap().into_iter().zip(paths(count, &edges)).enumerate() {
            prop_assert!(count <= ways, "node {} ran {} times, {} ways lead to it", node, count, ways);
        }
        prop_assert!(runs(&graph, ExecutionOrder::V0, &silent, 10_000).is_some());
    }

    /// Any graph at all: no panic, and the start node runs.
    #[test]
    fn nothing_breaks_a_schedule(edges in prop::collection::vec((0..6usize, 0..6usize, 0..4usize), 0..14), silent in prop::collection::vec(any::<bool>(), 6)) {
        let graph = Arc::new(graph(6, &edges));
        for order in [ExecutionOrder::V1, ExecutionOrder::V0] {
            let _ = runs(&graph, order, &silent, 200);
        }
    }
}
