//! Why there is no worker, or none any more.

use std::io;

use crate::{End, Fault};

/// The codes of this crate; each has its page.
pub mod codes {
    /// The first wall is missing on this system.
    pub const NO_WALL: &str = "KV0820";
    /// The worker does not start.
    pub const START: &str = "KV0821";
    /// The worker has ended.
    pub const ENDED: &str = "KV0822";
}

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

impl Error {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoWall(_) => codes::NO_WALL,
            Self::Start(_) => codes::START,
            Self::Ended(_) | Self::Garbage(_) | Self::TooLarge(_) => codes::ENDED,
        }
    }
}

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;
