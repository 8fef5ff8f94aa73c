//! What is given to one execution.

use std::fs::File;
use std::sync::Arc;

use engine::{NoWorkflows, WorkflowSource};
use node_sdk::EventSink;
use node_sdk::event::NoEvents;
use node_sdk::ports::{MemoryState, StaticState};

use crate::adapters::commands::Commands;
use crate::adapters::credentials::{FileCredentials, Stored};
use crate::adapters::files::AllowedFolders;
use crate::adapters::variables::FixedVariables;
use crate::reach::Reach;
use crate::secrets::Secrets;

/// What one execution is given; no other sees anything of it. By default it is given nothing, and reaches the network.
pub struct Execution {
    /// Credentials by id, name or type.
    pub credentials: FileCredentials,
    /// What its events and written requests do not show: those of the credentials, and what the execution learns, are added to it.
    pub secrets: Arc<Secrets>,
    /// Takes the credentials that it changes.
    pub stored: Arc<Stored>,
    /// `$vars` and `$env`.
    pub variables: FixedVariables,
    /// Who answers its requests.
    pub reach: Reach,
    /// Each request is written here as it is sent, a JSON object a line.
    pub requests: Option<File>,
    /// Bytes that an answer may have.
    pub max_response: u64,
    /// What its workflow keeps between executions.
    pub static_data: Arc<dyn StaticState>,
    /// The folders that it may read and write; `None`: none.
    pub files: Option<AllowedFolders>,
    /// Runs commands of the system; `None`: it may run none.
    pub commands: Option<Commands>,
    /// Where its sub-workflows are found.
    pub workflows: Arc<dyn WorkflowSource>,
    /// Where its events go, without secrets.
    pub events: Arc<dyn EventSink>,
}

impl Default for Execution {
    fn default() -> Self {
        Self {
            credentials: FileCredentials::default(),
            secrets: Arc::default(),
            stored: Arc::default(),
            variables: FixedVariables::default(),
            reach: Reach::default(),
            requests: None,
            max_response: MAX_RESPONSE,
            static_data: Arc::new(MemoryState::default()),
            files: None,
            commands: None,
            workflows: Arc::new(NoWorkflows),
            events: Arc::new(NoEvents),
        }
    }
}

/// Bytes that an answer may have where nothing else is said.
const MAX_RESPONSE: u64 = 64 << 20;
