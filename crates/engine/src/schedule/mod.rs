//! Which node runs next.
//!
//! A schedule knows connections, positions and whether an output holds items; it knows nothing of what nodes do.
//! The interpreter takes an entry ([`Schedule::next`]), runs the node, records it, and tells the schedule what came
//! out ([`Schedule::record`]). A node that put out nothing at all is not told of: it leaves no trace.
//!
//! The rules of both orders were measured on n8n; each is tested by replaying recorded runs (`tests/replay.rs`).

mod v0;
mod v1;
mod waiting;

use std::sync::Arc;

use node_sdk::{ItemList, RequiredInputs};
use workflow::Graph;
use workflow::model::ExecutionOrder;

pub use v0::V0;
pub use v1::V1;

/// The items of one input on their way to a run.
#[derive(Debug, Clone)]
pub struct Input {
    /// The items; an empty list counts as delivered in order v0.
    pub items: ItemList,
    /// Where they came from; `None` for the start node.
    pub origin: Option<Origin>,
}

/// Output and run that items came from; nodes are indexes of the [`Graph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The node before.
    pub node: usize,
    /// Its output.
    pub output: usize,
    /// Its run.
    pub run: usize,
}

/// A run that is due.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The node.
    pub node: usize,
    /// One entry for each slot; `None`: nothing was delivered there.
    pub inputs: Vec<Option<Input>>,
    /// Order v0 alone: input 0 holds no items, so the node does not run (a disabled one hands its empty list on, and
    /// `alwaysOutputData` still makes an item).
    pub starved: bool,
}

/// Order v0 alone: a node waits for inputs that can never come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndlessLoop {
    /// The node.
    pub node: usize,
}

/// An order of execution.
pub trait Schedule: Send {
    /// Begins with this node.
    fn start(&mut self, node: usize, items: ItemList);

    /// Takes the run that is due; `None`: the execution is at its end.
    fn next(&mut self) -> Result<Option<Pending>, EndlessLoop>;

    /// How many runs are due.
    fn due(&self) -> usize;

    /// Takes in what a recorded run put out, and starts a waiting node where nothing else is due.
    fn record(&mut self, node: usize, run: usize, outputs: &[ItemList]);
}

/// The schedule of this order. `required` says for each node which inputs it needs when it waits.
pub fn schedule(graph: Arc<Graph>, required: Arc<[RequiredInputs]>, order: ExecutionOrder) -> Box<dyn Schedule> {
    match order {
        ExecutionOrder::V1 => Box::new(V1::new(graph, required)),
        ExecutionOrder::V0 => Box::new(V0::new(graph)),
    }
}
