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
    /// What a dry run did not do: a request that it did not send, a file that it did not write, a command that it did not run. Or a request
    /// that only reads, and was sent.
    Planned(Box<PlannedRequest>),
    /// An action was answered with a record that was there before, as if it were a new one.
    Existed {
        /// The node.
        node: Arc<str>,
        /// The input item.
        item: usize,
    },
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
    /// What a node of a package says to whoever looks at it in n8n's editor. It may hold whole requests, so it is shown to those alone who ask for all
    /// that is said (`--verbose`).
    Aside {
        /// The node.
        node: Arc<str>,
        /// What it says.
        text: String,
    },
}

/// A request of a dry run, or another deed that would have been done.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedRequest {
    /// The node.
    pub node: String,
    /// The input item, where it is known to be one's.
    pub item: Option<usize>,
    /// HTTP method; `WRITE`, `APPEND`, `EXECUTE` where it is no request.
    pub method: String,
    /// Whole URL; the path of a file, the line of a command.
    pub url: String,
    /// Body: JSON where it is JSON, else text.
    pub body: serde_json::Value,
    /// What came after it.
    pub answered: Answered,
}

/// How a dry run went on after a request or a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// The emulator answered.
    Emulator,
    /// The server that it was meant for: it only reads, and was sent.
    Server,
    /// The branch ended there.
    Ended,
    /// As if it had been done: nothing comes back of it.
    Skipped,
}

impl Answered {
    /// As the plan shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Emulator => "emulator",
            Self::Server => "server",
            Self::Ended => "ended",
            Self::Skipped => "skipped",
        }
    }
}

/// Where events go.
pub trait EventSink: Send + Sync {
    /// Takes one event of an execution ([`crate::ExecutionInfo::path`]). Must not block.
    fn emit(&self, execution: &Arc<str>, event: Event);
}

/// The nodes that called each other to an execution, from its path ([`crate::ExecutionInfo::path`]); none for the run itself.
///
/// ```
/// use node_sdk::event::callers;
///
/// assert_eq!(callers(r#"/["Call",0,0,2]/["Call below",0,0,0]"#), ["Call", "Call below"]);
/// assert!(callers("").is_empty());
/// ```
pub fn callers(path: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(call) = rest.strip_prefix('/') {
        let mut read = serde_json::Deserializer::from_str(call).into_iter::<(String, usize, usize, usize)>();
        let Some(Ok((name, ..))) = read.next() else { break };
        names.push(name);
        rest = &call[read.byte_offset()..];
    }
    names
}

/// Drops everything.
pub struct NoEvents;

impl EventSink for NoEvents {
    fn emit(&self, _execution: &Arc<str>, _event: Event) {}
}
