//! Checks, and graphs that are large.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::files::{Node, chain, set};
use crate::rows::BEFORE;
use crate::setup::Bench;
use crate::turns::{Turns, median};

/// The check of an example.
pub(super) fn example(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows/campaign-users.json");
    let turns = Turns::of_programs(bench, bench.amount(101, 11), |program| program.used(&["check", file]))?;
    Ok(vec![Figure::ratio("check of campaign-users.json: CPU", Goal::AtMost(0.6), BEFORE, &turns, Unit::Milliseconds, |used| used.cpu_ms)])
}

/// Time grows with nodes and connections, not with their square.
pub(super) fn large_graphs(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let (long, all_to_all) = (bench.amount(10_000, 100), bench.amount(200, 10));
    let names: Vec<String> = (1..long).map(|number| format!("Node {number}")).collect();
    let count_up = set(&[("n", "number", "={{ ($json.n ?? 0) + 1 }}")]);
    let nodes: Vec<Node<'_>> = names.iter().map(|name| (name.as_str(), "n8n-nodes-base.set", 3.4, count_up.clone())).collect();
    let chained = bench.file("long.json", &chain(&nodes).to_string())?;
    let linked = bench.file("linked.json", &linked_all_to_all(all_to_all).to_string())?;
    let ways = [
        (format!("a chain of {long} nodes, check"), vec!["check", &chained]),
        (format!("a chain of {long} nodes, run"), vec!["run", &chained, "--output", "json"]),
        (format!("{all_to_all} nodes linked all to all, check"), vec!["check", &linked]),
    ];
    let measure = |(what, args): (String, Vec<&str>)| {
        let times = (0..3).map(|_| Ok(bench.ours.used(&args)?.cpu_ms)).collect::<Result<Vec<f64>, Failure>>()?;
        let time = median(times);
        Ok(Figure::absolute(format!("{what}: CPU"), Goal::AtMost(1000.0), "ms", time, format!("{time:.0} ms")))
    };
    ways.into_iter().map(measure).collect()
}

fn linked_all_to_all(count: usize) -> Value {
    let names: Vec<String> = (1..=count).map(|number| format!("Node {number}")).collect();
    let nodes: Vec<Node<'_>> = names.iter().map(|name| (name.as_str(), "n8n-nodes-base.noOp", 1.0, json!({}))).collect();
    let mut linked = chain(&nodes);
    let all: Vec<Value> = names.iter().map(|name| json!({"node": name, "type": "main", "index": 0})).collect();
    for name in &names {
        linked["connections"][name] = json!({"main": [all]});
    }
    linked
}
