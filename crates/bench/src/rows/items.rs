//! Many items.

use serde_json::json;

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::files::{chain, set, workflow};
use crate::program::Used;
use crate::rows::BEFORE;
use crate::setup::Bench;
use crate::turns::Turns;

/// Set with three expressions, If, Merge.
pub(super) fn three_nodes(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let count = bench.amount(100_000, 1000);
    let input = bench.persons(count)?;
    let fields = [
        ("name", "string", "={{ $json.name }}"),
        ("mail", "string", "={{ $json.email.toUpperCase() }}"),
        ("next", "number", "={{ $json.age * 2 + 1 }}"),
    ];
    let condition = json!({"id": "1", "leftValue": "={{ $json.next }}", "rightValue": 90, "operator": {"type": "number", "operation": "gt"}});
    let options = json!({"caseSensitive": true, "leftValue": "", "typeValidation": "strict", "version": 2});
    let conditions = json!({"conditions": {"options": options, "conditions": [condition], "combinator": "and"}, "options": {}});
    let nodes = [
        ("Set", "n8n-nodes-base.set", 3.4, set(&fields)),
        ("If", "n8n-nodes-base.if", 2.2, conditions),
        ("Merge", "n8n-nodes-base.merge", 3.0, json!({"mode": "append"})),
    ];
    let links = [("Start", 0, "Set", 0), ("Set", 0, "If", 0), ("If", 0, "Merge", 0), ("If", 1, "Merge", 1)];
    let file = bench.file("three-nodes.json", &workflow(&nodes, &links).to_string())?;
    let args = ["run", &file, "--input", &input, "--output", "json", "--items", "none"];
    let turns = Turns::of_programs(bench, bench.amount(11, 3), |program| program.used(&args))?;
    Ok(figures(&format!("Set with three expressions, If, Merge, {count} items"), &turns))
}

/// Items in and out, one a line.
pub(super) fn million(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let count = bench.amount(1_000_000, 1000);
    let input = bench.persons(count)?;
    let file = bench.file("no-op.json", &chain(&[("Pass", "n8n-nodes-base.noOp", 1.0, json!({}))]).to_string())?;
    let args = ["run", &file, "--input", &input, "--output", "ndjson"];
    let turns = Turns::of_programs(bench, bench.amount(5, 3), |program| program.used(&args))?;
    Ok(figures(&format!("{count} items in and out, one a line"), &turns))
}

fn figures(what: &str, turns: &Turns<Used>) -> Vec<Figure> {
    vec![
        Figure::ratio(format!("{what}: CPU"), Goal::AtMost(0.8), BEFORE, turns, Unit::Milliseconds, |used| used.cpu_ms),
        Figure::ratio(format!("{what}: peak memory"), Goal::AtMost(0.8), BEFORE, turns, Unit::Mebibytes, |used| used.peak_mib),
    ]
}
