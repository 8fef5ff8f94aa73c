//! What of a credential type lies in a package, and is no data.

use node_sdk::credential::CredentialCall;
use node_sdk::ports::HttpClient;
use node_sdk::{NodeError, async_trait};
use serde_json::{Map, Value};

/// The functions of one credential type of a package. Whoever runs packages runs them; what they send goes through the port of the call.
#[async_trait]
pub trait Functions: Send + Sync {
    /// The type's `authenticate`: what it makes of n8n's options of a request.
    ///
    /// # Errors
    /// It throws, or cannot run.
    async fn authenticate(&self, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError>;

    /// What the type's own requests go through, those for tokens and tests, where its package may not send everywhere.
    fn http<'a>(&'a self, call: &'a CredentialCall<'_>) -> Box<dyn HttpClient + 'a>;

    /// The type's `preAuthentication`: the fields that hold what expires.
    ///
    /// # Errors
    /// It throws, or cannot run.
    async fn pre_authenticate(&self, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError>;

    /// How a node tests credentials of the type (`testedBy`): by the name of a function, or by a request as a type's `test` has it. `None`: no
    /// node does.
    fn tested_by(&self) -> Option<Value>;

    /// The function that a node tests credentials by: what it says of one that holds.
    ///
    /// # Errors
    /// The credential does not hold, or the function throws or cannot run.
    async fn test(&self, call: &CredentialCall<'_>) -> Result<String, NodeError>;
}
