//! Why there is no worker, or none any more.

use std::io;

use crate::{End, Fault};

/// Why there is no worker, or none any more.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The first wall is missing on this system, so nothing was started.
    #[error("packages cannot be shut in here: {0}")]
    NoWall(String),
    /// The worker does not start.
    #[error("the worker for packages does not start: {0}")]
    Start(io::Error),
    /// The worker has ended.
    #[error("the worker of the package has ended: {0}")]
    Ended(End),
    /// The worker has sent what is not a frame, and was ended.
    #[error("the worker of the package was ended, for it sent {0}")]
    Garbage(Fault),
    /// What was to be sent is over a limit; nothing of it was sent.
    #[error("what goes to or from the package is too large: {0}")]
    TooLarge(Fault),
}

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;
