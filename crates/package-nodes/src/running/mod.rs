//! Running nodes of packages: their workers, and what these ask.

mod attending;
mod bundling;
mod calls;
mod code;
mod compiling;
mod credentials;
mod crossing;
mod files;
mod finding;
mod functions;
pub(crate) mod heard;
pub(crate) mod hosts;
mod library;
mod line;
mod listening;
mod node;
mod preparing;
mod requests;
mod sessions;
mod starting;
mod thrown;
mod workers;

/// The codes of this room; each has its page.
pub mod codes {
    use node_sdk::ErrorCode;
    /// The worker of a package does not start.
    pub const START: ErrorCode = ErrorCode::new("KV0821");
    /// It ended before it began to work.
    pub const ENDED_AT_ONCE: ErrorCode = ErrorCode::new("KV0822");
    /// The worker of a package ended.
    pub const ENDED: ErrorCode = ErrorCode::new("KV0830");
    /// The code of a node works for too long.
    pub const TIME: ErrorCode = ErrorCode::new("KV0831");
    /// The code of a node takes too much memory.
    pub const MEMORY: ErrorCode = ErrorCode::new("KV0832");
    /// The code of a package may not send requests to a host.
    pub const HOST: ErrorCode = ErrorCode::new("KV0833");
    /// What a node's description says, or a function in it does, is not what n8n takes from one.
    pub const DESCRIPTION: ErrorCode = ErrorCode::new("KV0834");
    /// The pages of a list do not end.
    pub const ENDLESS: ErrorCode = ErrorCode::new("KV0835");
    /// What to do about [`DESCRIPTION`].
    pub(crate) const LIES: &str = "The node's description is at fault: tell the authors of the package.";
}

use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::credential::CredentialCall;
use node_sdk::{Inputs, NodeError, Outputs, RunContext};
use serde_json::{Map, Value};

use crate::installed::{Package, Source};
use crate::{CredentialJob, Functions, Job, Runner, Tester, UserCode};

pub(crate) use credentials::Guard;
pub use preparing::{Prepared, Ran, prepare, ran};
pub use starting::Limits;
pub use workers::Workers;

#[async_trait]
impl Runner for Workers {
    fn user_code(&self) -> Option<Arc<dyn UserCode>> {
        self.user_code.clone()
    }

    fn refusal(&self, package: &Package) -> Option<NodeError> {
        match &package.source {
            // What a package uses is known of those in a lock alone.
            Source::Folder(_) => Some(workers::unlocked()),
            Source::Locked { .. } => self.starts.refusal(),
        }
    }

    async fn run(&self, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        node::run(self, job, cx, inputs).await
    }

    async fn begin(&self, job: &Job, cx: &RunContext) -> Result<Outputs, NodeError> {
        node::begin(self, job, cx).await
    }

    fn functions(self: Arc<Self>, job: &Arc<Job>, cx: &RunContext) -> Arc<dyn Functions> {
        Arc::new(functions::Held::new(self, job.clone(), cx.clone()))
    }

    async fn authenticate(&self, job: &CredentialJob, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError> {
        credentials::authenticate(self, job, call, options).await
    }

    async fn pre_authenticate(&self, job: &CredentialJob, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
        credentials::pre_authenticate(self, job, call).await
    }

    async fn test(&self, job: &CredentialJob, tester: &Tester, call: &CredentialCall<'_>) -> Result<String, NodeError> {
        credentials::test(self, job, tester, call).await
    }
}
