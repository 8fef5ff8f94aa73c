//! What runs the code of a package.

use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::credential::{CredentialCall, CredentialType};
use node_sdk::error::codes;
use node_sdk::{Descriptor, Inputs, Item, NodeError, Outputs, RunContext};
use packages::described::{CredentialEntry, NodeEntry};
use serde_json::{Map, Value};

use crate::declared::{Answer, Options, Place};
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

    /// Runs a node on what came in.
    ///
    /// # Errors
    /// What the node threw, or why it cannot run.
    async fn run(&self, job: &Job, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError>;

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

/// The functions that stand in the description of a declarative node, at its disposal for one run. Options are n8n's of `httpRequest`, with the
/// bytes that `{"$buffer": N}` in them stands for.
#[async_trait]
pub trait Functions: Send + Sync {
    /// Has functions change the options of an item's request, one after the other (`preSend`).
    ///
    /// # Errors
    /// What one of them threw, or why it cannot run.
    async fn before(&self, item: &Input, places: &[Place], options: Options) -> Result<Options, NodeError>;

    /// Has a function make items of the items of an answer (`postReceive`).
    ///
    /// # Errors
    /// What it threw, or why it cannot run.
    async fn after(&self, item: &Input, place: &Place, items: Vec<Item>, answer: &Answer) -> Result<Vec<Item>, NodeError>;

    /// Has a function ask for page after page (`pagination`): each time it asks, `request` sends and makes items.
    ///
    /// # Errors
    /// What it threw, or why it cannot run.
    async fn pages(&self, item: &Input, place: &Place, options: Options, request: &dyn Request) -> Result<Vec<Item>, NodeError>;
}

/// Of a runner that runs none.
struct NoFunctions;

impl NoFunctions {
    fn error() -> NodeError {
        NodeError::coded(codes::UNAVAILABLE, "Functions of a node's description cannot run here")
    }
}

#[async_trait]
impl Functions for NoFunctions {
    async fn before(&self, _: &Input, _: &[Place], _: Options) -> Result<Options, NodeError> {
        Err(Self::error())
    }

    async fn after(&self, _: &Input, _: &Place, _: Vec<Item>, _: &Answer) -> Result<Vec<Item>, NodeError> {
        Err(Self::error())
    }

    async fn pages(&self, _: &Input, _: &Place, _: Options, _: &dyn Request) -> Result<Vec<Item>, NodeError> {
        Err(Self::error())
    }
}

/// An item that came in.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its place among them.
    pub index: usize,
    /// The item.
    pub item: Item,
}

/// Sends a request for a function that asks for pages.
#[async_trait]
pub trait Request: Send + Sync {
    /// Sends it, and makes items of the answer.
    ///
    /// # Errors
    /// There is no answer, or it is no success.
    async fn send(&self, options: Options) -> Result<Vec<Item>, NodeError>;
}

/// The error of a runner that runs nodes alone.
fn runs_not(job: &CredentialJob) -> NodeError {
    let (name, package) = (&job.entry.name, &job.package.name);
    NodeError::coded(codes::CREDENTIAL_INVALID, format!("The credential type \"{name}\" needs code of the package {package}, which cannot run here"))
}
