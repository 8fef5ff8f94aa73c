//! One file for each command: its options and what it does.

pub mod check;
pub mod completions;
pub mod credentials;
pub mod eval;
pub mod explain;
pub mod graph;
pub mod nodes;
pub mod packages;
pub mod run;
pub mod sandbox;

use node_sdk::Registry;

use crate::console::Console;

/// What every command gets.
pub(crate) struct Session {
    /// The node types: ours, and those the binary adds.
    pub(crate) registry: Registry,
    /// Standard error.
    pub(crate) console: Console,
}
