//! What happens during a run, as one typed stream.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{ErrorCode, NodeError};

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A node begins a run.
    NodeStarted {
        /// Its name.
        node: Arc<str>,
        /// Run index.
        run: usize,
        /// Items that came in, over all inputs.
        items: usize,
    },
    /// Part of a node's items are done.
    Progress {
        /// Its name.
        node: Arc<str>,
        /// Items done so far.
        done: usize,
        /// Items in all.
        total: usize,
    },
    /// A node ended a run.
    NodeFinished {
        /// Its name.
        node: Arc<str>,
        /// Run index.
        run: usize,
        /// Items put out, over all outputs.
        items: usize,
        /// Wall time.
        took: Duration,
        /// The error that ended it, or that it went on after.
        error: Option<Box<NodeError>>,
    },
    /// All nodes are done, or stopped: what is left is to put the result together.
    RunEnded,
    /// A request that a dry run did not send.
    Planned(Box<PlannedRequest>),
    /// Something worth saying once for each node, for example an expression error that n8n swallows.
    Notice {
        /// Stable code with a page, where there is one.
        code: Option<ErrorCode>,
        /// The node.
        node: Arc<str>,
        /// The parameter, where one is concerned.
        parameter: Option<String>,
        /// The item, where one is concerned.
        item: Option<usize>,
        /// One sentence.
        message: String,
    },
    /// A line that user code logged.
    Log {
        /// The node.
        node: Arc<str>,
        /// The line.
        line: String,
    },
}

/// A request that would have left.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedRequest {
    /// The node.
    pub node: String,
    /// The input item.
    pub item: usize,
    /// HTTP method.
    pub method: String,
    /// Whole URL.
    pub url: String,
    /// Body: JSON where it is JSON, else text.
    pub body: serde_json::Value,
    /// Whether the emulator answered; else the branch ended here.
    pub answered_by_emulator: bool,
}

/// Where events go.
pub trait EventSink: Send + Sync {
    /// Takes one event. Must not block.
    fn emit(&self, event: Event);
}

/// Drops everything.
pub struct NoEvents;

impl EventSink for NoEvents {
    fn emit(&self, _event: Event) {}
}
