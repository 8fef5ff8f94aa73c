//! Code nodes.

use serde_json::json;

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::files::{Node, chain};
use crate::program::Program;
use crate::rows::BEFORE;
use crate::setup::Bench;
use crate::turns::Turns;

/// So many in a row, so that what the process costs by itself does not hide them.
const NODES: usize = 30;

/// What one Code node costs that does nothing: the difference to a node that does nothing without code.
pub(super) fn start(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let names: Vec<String> = (0..NODES).map(|number| format!("Node {number}")).collect();
    let file = |name: &str, node: Node<'_>| {
        let nodes: Vec<Node<'_>> = names.iter().map(|name| (name.as_str(), node.1, node.2, node.3.clone())).collect();
        bench.file(name, &chain(&nodes).to_string())
    };
    let with = file("code.json", ("", "n8n-nodes-base.code", 2.0, json!({"jsCode": "return $input.all();"})))?;
    let without = file("no-code.json", ("", "n8n-nodes-base.noOp", 1.0, json!({})))?;
    let each = |program: &Program| {
        let cpu = |file: &str| Ok::<_, Failure>(program.used(&["run", file, "--output", "json", "--items", "none"])?.cpu_ms);
        Ok((cpu(&with)? - cpu(&without)?) / NODES as f64)
    };
    let turns = Turns::of_programs(bench, bench.amount(41, 5), each)?;
    Ok(vec![Figure::ratio("start of a Code node: CPU", Goal::AtMost(0.333), BEFORE, &turns, Unit::Milliseconds, |cpu| *cpu)])
}
