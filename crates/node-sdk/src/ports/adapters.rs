//! The ports that only some ways of running offer: files, databases, mail and commands.
//!
//! Databases and mail are in files of their own.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Mail, Sql};
use crate::error::NodeError;

/// Ports that a program links only where it needs them. A node that asks for an absent one gets a clear error.
#[derive(Clone, Default)]
pub struct Adapters {
    /// The file system, or a part of it.
    pub files: Option<Arc<dyn Files>>,
    /// Databases.
    pub sql: Option<Arc<dyn Sql>>,
    /// Outgoing mail.
    pub mail: Option<Arc<dyn Mail>>,
    /// Commands of the system.
    pub process: Option<Arc<dyn Process>>,
}

impl Adapters {
    /// Files, or the error of a node that cannot do without.
    pub fn files(&self) -> Result<&Arc<dyn Files>, NodeError> {
        self.files.as_ref().ok_or_else(|| absent("files cannot be reached from here", "Run it with a build of konverte that has the files adapter."))
    }

    /// Databases, or the error of a node that cannot do without.
    pub fn sql(&self) -> Result<&Arc<dyn Sql>, NodeError> {
        self.sql.as_ref().ok_or_else(|| absent("no database is linked in", "Run it with a build of konverte that has the SQL adapter."))
    }

    /// Outgoing mail, or the error of a node that cannot do without.
    pub fn mail(&self) -> Result<&Arc<dyn Mail>, NodeError> {
        self.mail.as_ref().ok_or_else(|| absent("mail cannot be sent from here", "Run it with a build of konverte that has the mail adapter."))
    }

    /// Commands, or the error of a node that cannot do without.
    pub fn process(&self) -> Result<&Arc<dyn Process>, NodeError> {
        self.process
            .as_ref()
            .ok_or_else(|| absent("commands of the system cannot be run from here", "Run it with a build of konverte that has the process adapter."))
    }
}

fn absent(what: &str, help: &str) -> NodeError {
    NodeError::coded(crate::error::codes::UNAVAILABLE, format!("This node cannot run here: {what}")).help(help)
}

/// Port: files of the machine, as far as a run may reach them.
#[async_trait]
pub trait Files: Send + Sync {
    /// Reads a whole file.
    async fn read(&self, path: &str) -> Result<Bytes, NodeError>;
    /// Writes a whole file, or appends to it.
    async fn write(&self, path: &str, content: Bytes, append: bool) -> Result<(), NodeError>;
}

/// Port: commands of the system.
#[async_trait]
pub trait Process: Send + Sync {
    /// Runs a command line through the system's shell to its end. An exit code that is not 0 is an answer, not an error.
    async fn run(&self, command: &str) -> Result<ProcessOutput, NodeError>;
}

/// What a command left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProcessOutput {
    /// Exit code; that of a signal is 128 + its number.
    pub exit_code: i32,
    /// Standard output, lossy UTF-8.
    pub stdout: String,
    /// Standard error, lossy UTF-8.
    pub stderr: String,
}
