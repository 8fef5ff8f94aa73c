//! What runs the code of a package.

use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::credential::{CredentialCall, CredentialType};
use node_sdk::error::codes;
use node_sdk::{Descriptor, Inputs, NodeError, Outputs, RunContext};
use packages::described::{CredentialEntry, NodeEntry};
use serde_json::{Map, Value};

use crate::code::UserCode;
use crate::functions::{Functions, NoFunctions};
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

/// A credential type of a package, to run a function of it.
pub struct CredentialJob {
    /// Its package.
    pub package: Arc<Package>,
    /// The file and the class of its type.
    pub entry: CredentialEntry,
    /// The type without its functions.
    pub data: Arc<dyn CredentialType>,
}

/// A node type of a package that tests credentials.
pub struct Tester {
    /// The file and the class of the node type.
    pub entry: NodeEntry,
    /// A version of it that does.
    pub version: f64,
    /// The function, below the node's `methods.credentialTest`.
    pub function: String,
}

/// Runs nodes of packages, and the functions of their credential types.
#[async_trait]
pub trait Runner: Send + Sync {
    /// Why it runs no node of a package; known before a run.
    fn refusal(&self, package: &Package) -> Option<NodeError> {
        let _ = package;
        None
    }

    /// Runs code of the user's that nodes hand on; `None`: nobody does.
    fn user_code(&self) -> Option<Arc<dyn UserCode>> {
        None
    }

    /// Runs a node on what came in.
    ///
    /// # Errors
    /// What the node threw, or why it cannot run.
    async fn run(&self, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError>;

    /// Begins a run by hand with a trigger that polls or listens.
    ///
    /// # Errors
    /// What the node threw, or why it cannot run.
    async fn begin(&self, job: &Job, cx: &RunContext) -> Result<Outputs, NodeError> {
        let _ = cx;
        Err(NodeError::coded(codes::UNAVAILABLE, format!("Triggers of the package {} cannot run here", job.package.name)))
    }

    /// The functions of a declarative node, for one run of it.
    fn functions(self: Arc<Self>, job: &Arc<Job>, cx: &RunContext) -> Arc<dyn Functions> {
        let _ = (job, cx);
        Arc::new(NoFunctions)
    }

    /// Runs `authenticate` of a credential type on n8n's options of a request; gives what it made of them. Its requests go through the call.
    ///
    /// # Errors
    /// What it threw, or why it cannot run.
    async fn authenticate(&self, job: &CredentialJob, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError> {
        let _ = (call, options);
        Err(runs_not(job))
    }

    /// Runs `preAuthentication` of a credential type; gives the fields that it made. Its requests go through the call.
    ///
    /// # Errors
    /// What it threw, or why it cannot run.
    async fn pre_authenticate(&self, job: &CredentialJob, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
        let _ = call;
        Err(runs_not(job))
    }

    /// Runs the function by which a node type tests credentials; gives what it said of one that holds. Its requests go through the call.
    ///
    /// # Errors
    /// The credential does not hold; or what the function threw, or why it cannot run.
    async fn test(&self, job: &CredentialJob, tester: &Tester, call: &CredentialCall<'_>) -> Result<String, NodeError> {
        let _ = (tester, call);
        Err(runs_not(job))
    }
}

/// The error of a runner that runs nodes alone.
fn runs_not(job: &CredentialJob) -> NodeError {
    let (name, package) = (&job.entry.name, &job.package.name);
    NodeError::coded(codes::CREDENTIAL_INVALID, format!("The credential type \"{name}\" needs code of the package {package}, which cannot run here"))
}
