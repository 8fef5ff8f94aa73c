//! What runs a node of a package.

use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::{Descriptor, Inputs, NodeError, Outputs, RunContext};
use packages::described::NodeEntry;

use crate::installed::Package;
use crate::parameters::Reader;

/// A node of a package at its place in a workflow.
#[derive(Debug)]
pub struct Job {
    /// Its package.
    pub package: Arc<Package>,
    /// The file and the class of its type.
    pub entry: NodeEntry,
    /// What its type says of itself; the group of the node's version is whole.
    pub descriptor: Arc<Descriptor>,
    /// Reads its parameters.
    pub parameters: Arc<Reader>,
}

/// Runs nodes of packages.
#[async_trait]
pub trait Runner: Send + Sync {
    /// Runs a node on what came in.
    ///
    /// # Errors
    /// What the node threw, or why it cannot run.
    async fn run(&self, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError>;
}
