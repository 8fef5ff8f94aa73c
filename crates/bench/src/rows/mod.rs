//! The rows of the table; a file for what belongs together.

mod build;
mod checks;
mod code;
mod cold;
mod creates;
mod inside;
mod items;
mod n8n;
mod packages;

use crate::failure::Failure;
use crate::figure::Figure;
use crate::setup::Bench;

/// One or more figures that are measured together.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// Measured only when it is asked for by name: it takes long.
    pub(crate) on_demand: bool,
    pub(crate) measure: fn(&Bench) -> Result<Vec<Figure>, Failure>,
}

/// What ratios are compared with.
const BEFORE: &str = "of the other";

/// All rows, in the order of the table.
pub(crate) const ROWS: &[Row] = &[
    Row { name: "many", what: "1,000 executions side by side in one process", on_demand: false, measure: inside::many },
    Row { name: "late", what: "timers beside expressions that take long, on one thread", on_demand: false, measure: inside::late },
    Row { name: "stuck", what: "20 expressions that cannot be interrupted", on_demand: false, measure: inside::stuck },
    Row { name: "code-start", what: "what a Code node costs before its code runs", on_demand: false, measure: code::start },
    Row { name: "cold", what: "a workflow of two nodes, from nothing", on_demand: false, measure: cold::measure },
    Row { name: "items", what: "Set with three expressions, If and Merge, 100,000 items", on_demand: false, measure: items::three_nodes },
    Row { name: "million", what: "1,000,000 items in and out, one a line", on_demand: false, measure: items::million },
    Row {
        name: "creates",
        what: "10,000 creates against the emulator, against a plain loop of requests",
        on_demand: false,
        measure: creates::measure,
    },
    Row { name: "check", what: "check of workflows/campaign-users.json", on_demand: false, measure: checks::example },
    Row { name: "graphs", what: "a chain of 10,000 nodes; 200 nodes linked all to all", on_demand: false, measure: checks::large_graphs },
    Row { name: "size", what: "the stripped binary", on_demand: false, measure: build::size },
    Row {
        name: "packages",
        what: "nodes of n8n-nodes-base, from nothing; needs KONVERTE_TEST_PACKAGES=1",
        on_demand: true,
        measure: packages::measure,
    },
    Row { name: "build", what: "a release build from nothing, against that of commit 7414422", on_demand: true, measure: build::from_nothing },
];
