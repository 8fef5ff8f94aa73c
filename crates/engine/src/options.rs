//! What a run is told, and what it is given.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use expression::Isolates;
use node_sdk::error::codes;
use node_sdk::{EventSink, ItemList, NodeError, Ports};
use workflow::Workflow;

use crate::cancel::Cancel;
use crate::durable::Durable;
use crate::plans::Plans;

/// How to run a workflow.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The node to begin with; [`workflow::Workflow::start_node`] gives n8n's choice.
    pub start: String,
    /// Run only what this node needs, and stop after it.
    pub destination: Option<String>,
    /// What the start node puts out; a start node that is no trigger gets it as its input instead.
    pub input: Option<ItemList>,
    /// Whether the file's pinned data counts, as in a run by hand.
    pub use_pins: bool,
    /// What n8n swallows inside expressions is an error.
    pub strict: bool,
    /// `$execution.mode`: `test` by hand, else `production`.
    pub mode: String,
    /// Unique; `None`: made up from the random port.
    pub execution_id: Option<String>,
    /// For the whole run, which then ends with status `canceled`; the file's own `settings.executionTimeout` holds too.
    pub timeout: Option<Duration>,
    /// Nothing is written and nothing waited for; which requests leave is for the ports to say.
    pub dry_run: bool,
    /// What `$execution.resumeUrl` begins with.
    pub resume_base: String,
    /// Stops the run from outside.
    pub cancel: Cancel,
    /// The result needs the items of the run that came last alone, and those of the destination's last one. Then those of all others are let
    /// go as soon as no node and no expression can reach them, which takes much less memory.
    pub last_items_only: bool,
}

impl RunOptions {
    /// A run by hand that begins at `start`.
    pub fn new(start: impl Into<String>) -> Self {
        Self {
            start: start.into(),
            destination: None,
            input: None,
            use_pins: true,
            strict: false,
            mode: "test".into(),
            execution_id: None,
            timeout: None,
            dry_run: false,
            resume_base: "http://localhost:5678".into(),
            cancel: Cancel::default(),
            last_items_only: false,
        }
    }
}

/// The ports of an execution: those of its nodes, and those of the engine alone.
#[derive(Clone)]
pub struct EnginePorts {
    /// The node types, and the plans of the sub-workflows.
    pub plans: Arc<Plans>,
    /// Where JavaScript runs.
    pub isolates: Arc<Isolates>,
    /// The outside world. [`Ports::subworkflows`] is replaced by the engine's own, which asks [`EnginePorts::workflows`].
    pub ports: Arc<Ports>,
    /// Where sub-workflows are found.
    pub workflows: Arc<dyn WorkflowSource>,
    /// Where events go.
    pub events: Arc<dyn EventSink>,
    /// What makes a run survive a crash; [`crate::InMemory`] where nothing needs to.
    pub durable: Arc<dyn Durable>,
}

/// Port: where sub-workflows are found.
#[async_trait]
pub trait WorkflowSource: Send + Sync {
    /// The workflow of this top-level `id`, else of this `name`, else at this path; `None`: there is none. Two matches are an error.
    async fn find(&self, reference: &str) -> Result<Option<Arc<Workflow>>, NodeError>;
    /// The workflow in this file.
    async fn file(&self, path: &str) -> Result<Arc<Workflow>, NodeError>;
}

/// Finds none: for runs that have no folder of workflows.
pub struct NoWorkflows;

#[async_trait]
impl WorkflowSource for NoWorkflows {
    async fn find(&self, _reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        Ok(None)
    }

    async fn file(&self, path: &str) -> Result<Arc<Workflow>, NodeError> {
        Err(NodeError::coded(codes::UNAVAILABLE, format!("The file \"{path}\" cannot be read here")))
    }
}
