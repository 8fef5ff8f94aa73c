//! Why a service that is no HTTP server did not do what was asked.

use serde::{Deserialize, Serialize};

use super::{HttpError, HttpErrorKind};
use crate::error::NodeError;

/// Why a mail server or a database server did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct ServiceError {
    /// What kind of failure; [`HttpErrorKind::Other`] where the server said no.
    pub kind: HttpErrorKind,
    /// What happened, without secrets, in the words that n8n's library has for it, because they become data.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether it may have been done all the same.
    pub maybe_done: bool,
}

impl ServiceError {
    /// Nothing was done.
    pub fn undone(kind: HttpErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: None, maybe_done: false }
    }

    /// With what to do about it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Nobody knows whether it was done.
    #[must_use]
    pub fn perhaps_done(self) -> Self {
        Self { maybe_done: true, ..self }
    }

    /// The error of a node whose work was given up because the run was stopped ([`HttpError::stop`]).
    pub fn stop(&self) -> Option<NodeError> {
        self.as_http().stop()
    }

    /// Node.js's code for it, where it has one.
    pub fn code(&self) -> Option<&'static str> {
        self.as_http().code()
    }

    fn as_http(&self) -> HttpError {
        HttpError { kind: self.kind, message: self.message.clone(), maybe_sent: self.maybe_done }
    }
}
