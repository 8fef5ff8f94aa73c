//! Why a package cannot be installed or used.

use node_sdk::{ErrorCode, NodeError};

/// The codes of this crate; each has its page.
pub mod codes {
    use node_sdk::ErrorCode;
    /// The words that name a package cannot be meant.
    pub const NAME: ErrorCode = ErrorCode::new("KV0801");
    /// The registry does not answer, or with something else than was asked for.
    pub const REGISTRY: ErrorCode = ErrorCode::new("KV0802");
    /// No version fits.
    pub const VERSION: ErrorCode = ErrorCode::new("KV0803");
    /// What was fetched or kept is not what was promised.
    pub const INTEGRITY: ErrorCode = ErrorCode::new("KV0804");
    /// An archive holds what it must not, or is broken.
    pub const ARCHIVE: ErrorCode = ErrorCode::new("KV0805");
    /// The package has no nodes.
    pub const NO_NODES: ErrorCode = ErrorCode::new("KV0806");
    /// The lock cannot be used.
    pub const LOCK: ErrorCode = ErrorCode::new("KV0807");
    /// The cache cannot be read or written.
    pub const CACHE: ErrorCode = ErrorCode::new("KV0808");
    /// The lock names what the cache does not have.
    pub const NOT_INSTALLED: ErrorCode = ErrorCode::new("KV0809");
    /// What is to be granted is not a host.
    pub const HOST: ErrorCode = ErrorCode::new("KV0810");
    /// The lock has no package of this name.
    pub const NOT_ADDED: ErrorCode = ErrorCode::new("KV0811");
    /// Nobody has accepted the terms.
    pub const CONSENT: ErrorCode = ErrorCode::new("KV0812");
    /// Packages cannot be kept apart on this system.
    pub const SYSTEM: ErrorCode = ErrorCode::new("KV0813");
    /// More would be fetched than was agreed to.
    pub const LARGE: ErrorCode = ErrorCode::new("KV0814");
    /// A folder is not an installed package, or holds what it must not.
    pub const FOLDER: ErrorCode = ErrorCode::new("KV0815");
}

/// Why a package cannot be installed or used. Nothing was kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Stable code.
    pub code: ErrorCode,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Error {
    /// An error without help.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// What a node fails with whose package cannot be read.
impl From<Error> for NodeError {
    fn from(Error { code, message, help }: Error) -> Self {
        Self { help, ..Self::coded(code, message) }
    }
}

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;
