//! Running nodes of packages: their workers, and what these ask.

mod calls;
mod files;
mod library;
mod node;
mod requests;
mod workers;

/// The codes of this room; each has its page.
pub mod codes {
    use node_sdk::ErrorCode;
    /// The worker of a package ended.
    pub const ENDED: ErrorCode = ErrorCode::new("KV0830");
    /// The code of a node works for too long.
    pub const TIME: ErrorCode = ErrorCode::new("KV0831");
    /// The code of a node takes too much memory.
    pub const MEMORY: ErrorCode = ErrorCode::new("KV0832");
}

use async_trait::async_trait;
use node_sdk::{Inputs, NodeError, Outputs, RunContext};

use crate::{Job, Runner};

pub use workers::Workers;

#[async_trait]
impl Runner for Workers {
    async fn run(&self, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        node::run(self, job, cx, inputs).await
    }
}
