//! The port of databases: statements, and what became of them.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Credential, Sender, ServiceError};

/// Port: a PostgreSQL server.
#[async_trait]
pub trait Sql: Send + Sync {
    /// Sends statements over one connection, one after the other, and does not repeat them. What came of each, in order; where they belong together
    /// ([`SqlWork::together`]) the first that fails is the last, and none has changed anything.
    async fn run(&self, work: SqlWork) -> Result<Vec<SqlOutcome>, ServiceError>;
}

/// Statements for a server.
#[derive(Debug, Clone)]
pub struct SqlWork {
    /// The server: n8n's credential `postgres`.
    pub server: Credential,
    /// How long connecting and signing in may take.
    pub connect_timeout: Duration,
    /// The statements, with the input item that each is for. A text may hold several, with semicolons between.
    pub statements: Vec<(usize, String)>,
    /// In one transaction. Without, each text is one of its own.
    pub together: bool,
    /// Who sends them, for the plan of a dry run.
    pub sender: Option<Sender>,
}

/// What came of one text: of each statement in it what it gave, or why it failed.
pub type SqlOutcome = Result<Vec<SqlResult>, SqlFault>;

/// What a statement gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlResult {
    /// What was done, as the server tells it, for example `INSERT 0 2`.
    pub done: String,
    /// The columns; none for a statement that gives no rows.
    pub columns: Vec<SqlColumn>,
    /// The rows: for each column its text, `None` for NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlColumn {
    /// Its name.
    pub name: String,
    /// The number of its type in `pg_type`.
    pub type_id: u32,
}

/// Why the server refused a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct SqlFault {
    /// The server's sentence.
    pub message: String,
    /// What else it says, by the names that n8n's library has for it: `code`, `detail`, `hint`, `position`, …
    pub fields: Map<String, Value>,
}

impl SqlFault {
    /// A field as text; "" where it is absent.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}
