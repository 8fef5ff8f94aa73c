//! A run from the shell, from nothing.

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::files::{chain, set};
use crate::rows::BEFORE;
use crate::setup::Bench;
use crate::turns::Turns;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let nodes = [("Edit", "n8n-nodes-base.set", 3.4, set(&[("hello", "string", "={{ 'wor' + 'ld' }}")]))];
    let file = bench.file("two-nodes.json", &chain(&nodes).to_string())?;
    let turns = Turns::of_programs(bench, bench.amount(101, 11), |program| program.used(&["run", &file, "--output", "json"]))?;
    Ok(vec![
        Figure::ratio("two nodes, cold: CPU", Goal::AtMost(1.05), BEFORE, &turns, Unit::Milliseconds, |used| used.cpu_ms),
        Figure::ratio("two nodes, cold: peak memory", Goal::AtMost(1.05), BEFORE, &turns, Unit::Mebibytes, |used| used.peak_mib),
    ])
}
