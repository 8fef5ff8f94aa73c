//! The outside world, as traits. The binary hands in what it links, and a test what it likes:
//!
//! ```
//! use std::time::Duration;
//! use node_sdk::async_trait;
//! use node_sdk::ports::Clock;
//!
//! /// Stands still, and lets nobody wait.
//! struct Noon;
//!
//! #[async_trait]
//! impl Clock for Noon {
//!     fn now_millis(&self) -> i64 {
//!         1_773_576_000_000
//!     }
//!     async fn sleep(&self, _: Duration) {}
//!     fn monotonic(&self) -> Duration {
//!         Duration::ZERO
//!     }
//! }
//!
//! let clock: &dyn Clock = &Noon;
//! assert_eq!(clock.now_millis(), 1_773_576_000_000);
//! ```

mod adapters;
pub(crate) mod base64_bytes;
mod created;
mod http;
mod mail;
mod room;
mod service;
mod sql;
mod static_state;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::blob::Blobs;
use crate::error::NodeError;
use crate::info::NodeInfo;
use crate::item::Item;
use crate::list::ItemList;

pub use adapters::{Adapters, FileError, Files, Process, ProcessOutput};
pub use created::Created;
pub use http::{
    HttpBody, HttpClient, HttpError, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse, KnownBy, Part, Reach, Sender, TlsChoice, TlsFault,
};
pub use mail::{Mail, MailMessage, MailReceipt};
pub use room::{Body, Room};
pub use service::ServiceError;
pub use sql::{Sql, SqlColumn, SqlFault, SqlOutcome, SqlResult, SqlWork};
pub use static_state::{MemoryState, StaticData, StaticState};

/// All ports of a run.
#[derive(Clone)]
pub struct Ports {
    /// Sends requests.
    pub http: Arc<dyn HttpClient>,
    /// Looks credentials up.
    pub credentials: Arc<dyn Credentials>,
    /// `$vars` and `$env`.
    pub variables: Arc<dyn Variables>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// File content.
    pub blobs: Arc<dyn Blobs>,
    /// Data a workflow keeps between executions.
    pub static_state: Arc<dyn StaticState>,
    /// Runs other workflows.
    pub subworkflows: Arc<dyn Subworkflow>,
    /// What only some ways of running offer.
    pub adapters: Adapters,
}

/// Port: credentials.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// The credential of `type_name` that the node's `credentials` entry names: by id, then name, then type.
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError>;

    /// Is told of a secret that a credential gave in the run, such as a token that was fetched: it may be shown no more than the
    /// credential's own. Those who show nothing need not listen.
    fn learned(&self, _secret: &str) {}

    /// Takes the credential that [`Credentials::get`] gives in hand, to change it: until the change is dropped, whoever else wants to
    /// change the same credential waits. So a token is fetched once, however many items, nodes or processes need a new one.
    async fn change(&self, node: &NodeInfo, type_name: &str) -> Result<Box<dyn CredentialChange>, NodeError>;
}

/// A credential that is about to change.
#[async_trait]
pub trait CredentialChange: Send {
    /// The credential as it is now: somebody else may have changed it since it was got.
    fn credential(&self) -> &Credential;

    /// Keeps fields that are new, for all who get the credential from now on, and beyond the process where it came from a file. `whole`:
    /// all that n8n would store of it.
    ///
    /// # Errors
    /// The fields are kept in the process and no further. The sentence says why; it is worth a warning, no more.
    async fn store(&mut self, fields: &Map<String, Value>, whole: &Map<String, Value>) -> Result<(), String>;
}

/// A credential's fields. `Debug` shows none of their values.
#[derive(Clone)]
pub struct Credential {
    /// Its type, for example `konverteApi`.
    pub type_name: String,
    /// The fields, with defaults filled in.
    pub fields: Map<String, Value>,
}

impl Credential {
    /// A field as text; "" where it is absent.
    pub fn text(&self, field: &str) -> String {
        match self.fields.get(field) {
            None | Some(Value::Null) => String::new(),
            Some(value) => crate::json::to_js_string(value),
        }
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("type_name", &self.type_name).finish_non_exhaustive()
    }
}

/// Port: `$vars` and `$env`.
pub trait Variables: Send + Sync {
    /// The object behind `$vars`.
    fn vars(&self) -> Arc<Value>;
    /// What `$env` may show; `None`: access is denied.
    fn env(&self) -> Option<Arc<Map<String, Value>>>;
}

/// Port: time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now_millis(&self) -> i64;
    /// Whether [`Clock::now_millis`] is the same until the end.
    fn stands_still(&self) -> bool {
        false
    }
    /// Waits: a pause that protects a server, or lets something else go first.
    async fn sleep(&self, duration: Duration);
    /// Waits because the workflow says so: the wait may be long, and is not begun anew after a restart. `Err`: the run was stopped.
    async fn wait(&self, duration: Duration) -> Result<(), NodeError> {
        self.sleep(duration).await;
        Ok(())
    }
    /// A monotonic reading, for measuring.
    fn monotonic(&self) -> Duration;
    /// Comes back when so much of [`Clock::monotonic`] has passed: for time-outs. It takes its time where a clock that stands still
    /// lets waits take none.
    async fn elapse(&self, duration: Duration) {
        self.sleep(duration).await;
    }
}

/// Port: randomness.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Port: runs another workflow.
#[async_trait]
pub trait Subworkflow: Send + Sync {
    /// Runs it to its end with these items; gives the last node's outputs. `wait` false: it begins when the
    /// node's work is done, and there are no outputs.
    async fn run(&self, call: SubworkflowCall) -> Result<Vec<ItemList>, NodeError>;
}

/// Which workflow to run, with what.
#[derive(Debug, Clone)]
pub struct SubworkflowCall {
    /// Which.
    pub source: SubworkflowSource,
    /// Items for its trigger.
    pub items: Vec<Item>,
    /// Wait for its end.
    pub wait: bool,
}

/// Where a sub-workflow comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SubworkflowSource {
    /// By its top-level `id`, then its `name`, then as a path.
    Reference(String),
    /// The workflow itself, n8n's JSON.
    Inline(Value),
    /// A local file.
    File(String),
}
