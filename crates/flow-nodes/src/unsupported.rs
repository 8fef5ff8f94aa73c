//! What a node of n8n's can do and ours cannot: said by `konverte check`, and again when it is reached.

use node_sdk::NodeError;
use node_sdk::error::codes;
use node_sdk::node::{Finding, Level};

/// A way to use a node that is not supported.
pub(crate) struct Unsupported {
    /// What, in one sentence.
    pub(crate) message: &'static str,
    /// What to do instead.
    pub(crate) help: &'static str,
    /// The parameter that asks for it.
    pub(crate) parameter: &'static str,
}

impl Unsupported {
    /// For a run.
    pub(crate) fn error(&self) -> NodeError {
        NodeError::coded(codes::UNAVAILABLE, self.message).help(self.help).parameter(self.parameter)
    }

    /// For a check.
    pub(crate) fn finding(&self) -> Finding {
        Finding {
            code: codes::UNAVAILABLE,
            level: Level::Error,
            message: self.message.to_owned(),
            help: Some(self.help.to_owned()),
            parameter: Some(self.parameter.to_owned()),
            offset: None,
        }
    }
}
