//! The functions of credential types that lie in a package's JavaScript.

use node_sdk::credential::CredentialCall;
use node_sdk::{NodeError, async_trait};
use serde_json::{Map, Value};

/// Runs them. Whoever runs packages is one; what they send goes through the port of the call.
#[async_trait]
pub trait Functions: Send + Sync {
    /// A type's `authenticate`: what it makes of n8n's options of a request.
    ///
    /// # Errors
    /// It throws, or cannot run.
    async fn authenticate(&self, type_name: &str, call: &CredentialCall<'_>, options: Value) -> Result<Value, NodeError>;

    /// A type's `preAuthentication`: the fields that hold what expires.
    ///
    /// # Errors
    /// It throws, or cannot run.
    async fn pre_authenticate(&self, type_name: &str, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError>;

    /// The function by which a node tests credentials of a type (`testedBy`): what it says of one that holds, or why it does not. `None`: no
    /// node has one.
    async fn test(&self, type_name: &str, call: &CredentialCall<'_>) -> Option<Result<String, NodeError>>;
}
