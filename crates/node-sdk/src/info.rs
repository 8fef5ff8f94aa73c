//! Which node, workflow and execution it is, and what the node's settings say of errors.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

/// A node's place in the workflow file.
#[derive(Debug, Clone, Default)]
pub struct NodeInfo {
    /// `id` in the file; may be empty.
    pub id: String,
    /// Unique name.
    pub name: String,
    /// Full type name as the file has it.
    pub type_name: String,
    /// `typeVersion`; NaN where the file states none, which like JavaScript's undefined is neither below nor above any number. Which implementation that is, [`crate::Descriptor::version`] says.
    pub type_version: f64,
    /// The node's `credentials`: type to (id, name), as the file has it.
    pub credentials: Map<String, Value>,
    /// What the node's settings say of errors.
    pub on_error: OnError,
    /// The node runs again after an error (`retryOnFail`).
    pub retry_on_fail: bool,
    /// The node's top-level `webhookId`.
    pub webhook_id: Option<String>,
}

/// What `retryOnFail` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often in all.
    pub tries: usize,
    /// The pause between two tries.
    pub wait: Duration,
}

/// `onError`, and the older `continueOnFail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// The run ends.
    #[default]
    Stop,
    /// The item goes on with its error, on the regular output.
    ContinueRegularOutput,
    /// The item goes to the error output.
    ContinueErrorOutput,
}

/// The workflow of this run.
#[derive(Debug, Clone, Default)]
pub struct WorkflowInfo {
    /// Top-level `id`; may be empty.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is active.
    pub active: bool,
    /// The zone of its dates, an IANA name.
    pub timezone: String,
}

/// This execution.
#[derive(Debug, Clone, Default)]
pub struct ExecutionInfo {
    /// Unique.
    pub id: String,
    /// n8n's word: `test` by hand, `production` otherwise.
    pub mode: String,
    /// Which execution inside a run: empty for the run itself, for a sub-workflow's the calls that led to it.
    pub path: Arc<str>,
}
