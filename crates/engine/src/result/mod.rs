//! What a run came to.

mod json;

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use node_sdk::{HttpFailure, Item, ItemList, NodeError, Response, Source};

pub use json::{LeftOut, ShownItems, WriteOptions, iso, item_json, write};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// To its end.
    Success,
    /// A node failed.
    Error,
    /// Stopped from outside, or out of time.
    Canceled,
    /// Waits for a call from outside.
    Waiting,
}

impl Status {
    /// The word of the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Canceled => "canceled",
            Self::Waiting => "waiting",
        }
    }
}

/// A whole run.
#[derive(Debug, Clone)]
pub struct RunResult {
    /// How it ended.
    pub status: Status,
    /// Its id.
    pub execution_id: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub started_at: i64,
    /// Milliseconds since 1970-01-01 UTC.
    pub finished_at: i64,
    /// What ended it, or why it was stopped; [`crate::codes::TIMEOUT`] tells a time-out from a cancellation.
    pub error: Option<Box<NodeError>>,
    /// What the run answers to whoever called it: the first answer that a node gave.
    pub response: Option<Box<Response>>,
    /// Node names, one entry for each run of a node, in order.
    pub order: Vec<Arc<str>>,
    /// The nodes that ran, in the order of their first run.
    pub nodes: IndexMap<Arc<str>, Vec<NodeRun>>,
}

/// One run of one node.
#[derive(Debug, Clone)]
pub struct NodeRun {
    /// One entry for each input; `None`: the input got nothing. Empty for the start node.
    pub source: Vec<Option<Source>>,
    /// A list for each output. Empty where an error ended the run, and where the items were let go ([`crate::RunOptions::last_items_only`]).
    pub outputs: Vec<ItemList>,
    /// How many items it put out on each output.
    pub counts: Vec<usize>,
    /// What failed, also where the run went on after it.
    pub error: Option<Box<NodeError>>,
    /// Milliseconds since 1970-01-01 UTC.
    pub started_at: i64,
    /// Wall time.
    pub duration: Duration,
    /// Items that came in, over all inputs.
    pub items_in: usize,
    /// Whether the outputs are the file's pinned data.
    pub pinned: bool,
    /// Requests that had left, and of which nobody knows what they did, where the run of the node failed as a whole or its items
    /// do not tell.
    pub open_requests: usize,
}

impl RunResult {
    /// Requests that may have been done, although no answer says so: those of a node that failed or does not tell, and those of error items,
    /// which are counted where they were made and not where they were handed on.
    pub fn unknown_outcomes(&self) -> usize {
        let own = |name: &str, item: &Item| item.error.as_ref().is_some_and(|error| HttpFailure::is_unknown(error) && error["node"] == name);
        let runs = self.nodes.iter().flat_map(|(name, runs)| runs.iter().map(move |run| (name, run)));
        runs.map(|(name, run)| run.open_requests + run.outputs.iter().flat_map(|items| items.iter()).filter(|item| own(name, item)).count()).sum()
    }
}

impl NodeRun {
    /// Items put out, over all outputs.
    pub fn items_out(&self) -> usize {
        self.counts.iter().sum()
    }
}
