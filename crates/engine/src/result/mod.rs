//! What a run came to.

mod json;

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use node_sdk::{Item, NodeError, Source};

pub use json::{LeftOut, ShownItems, WriteOptions, item_json, write};

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
    /// A list for each output. Empty where an error ended the run.
    pub outputs: Vec<Arc<Vec<Item>>>,
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
}

impl NodeRun {
    /// Items put out, over all outputs.
    pub fn items_out(&self) -> usize {
        self.outputs.iter().map(|items| items.len()).sum()
    }
}
