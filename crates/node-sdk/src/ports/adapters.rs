//! The ports that only some ways of running offer: files, databases, mail and commands.
//!
//! Databases and mail are in files of their own.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Created, Mail, Sender, Sql};
use crate::error::{NodeError, codes};

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
    /// The records that the execution has made so far.
    pub created: Arc<Created>,
}

impl Adapters {
    /// Files, or the error of a node that cannot do without.
    pub fn files(&self) -> Result<&Arc<dyn Files>, NodeError> {
        self.files.as_ref().ok_or_else(|| absent("no folder is allowed", "Say with --allow-files DIR which folder the run may read and write."))
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
        self.process.as_ref().ok_or_else(|| {
            absent("commands are not allowed", "Allow them with --allow-exec, where you trust the workflow: a command may do all that you may.")
        })
    }
}

fn absent(what: &str, help: &str) -> NodeError {
    NodeError::coded(codes::UNAVAILABLE, format!("This node cannot run here: {what}")).help(help)
}

/// Port: files of the machine, as far as a run may reach them. Paths are as people write them; relative ones start where the program was
/// started.
#[async_trait]
pub trait Files: Send + Sync {
    /// The regular files that a pattern means (`*`, `?`, `**`, `[a-z]`, `{a,b}`), folder by folder, by name; one without such signs
    /// means itself. Files and folders whose names begin with a dot are found where the pattern has that dot. With `brackets`, square
    /// brackets mean themselves.
    async fn find(&self, pattern: &str, brackets: bool) -> Result<Vec<String>, FileError>;
    /// Reads a whole file.
    async fn read(&self, path: &str) -> Result<Bytes, FileError>;
    /// Writes a whole file, or appends to it. `sender` is told of where nothing is to be done.
    async fn write(&self, path: &str, content: Bytes, append: bool, sender: &Sender) -> Result<(), FileError>;
}

/// Why a file cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is outside of what may be reached, or a link leads there. The sentence says what may be reached; whether there is such a file
    /// is not told.
    #[error("{0}")]
    Outside(String),
    /// It is a folder, a pipe or a device.
    #[error("it is no regular file")]
    NotRegular,
    /// It is too large.
    #[error("it is larger than {} MiB", .0 >> 20)]
    TooLarge(u64),
    /// The pattern would have to be looked for in too much, or cannot be understood.
    #[error("{0}")]
    Pattern(String),
    /// The system says no.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

/// Port: commands of the system.
#[async_trait]
pub trait Process: Send + Sync {
    /// Runs a command line through the system's shell to its end. An exit code that is not 0 is an answer, not an error. Who drops the
    /// future ends the command and what it started. `sender` is told of where nothing is to be done.
    ///
    /// # Errors
    /// The shell cannot be started, or the command writes too much.
    async fn run(&self, command: &str, sender: &Sender) -> Result<ProcessOutput, NodeError>;
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
