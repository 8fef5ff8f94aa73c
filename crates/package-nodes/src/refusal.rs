//! Why nodes do not run.

use std::borrow::Cow;

use node_sdk::error::codes;
use node_sdk::{NodeError, RunContext};
use serde_json::Value;

/// Why a node cannot run.
pub(crate) struct Refusal {
    pub(crate) code: node_sdk::ErrorCode,
    pub(crate) message: Cow<'static, str>,
    pub(crate) help: Cow<'static, str>,
    pub(crate) parameter: Option<&'static str>,
}

/// What to do where a node cannot run at all.
pub(crate) const PIN: &str = "Pin its output in the file, or switch the node off, to run the rest.";

/// Of operations that wait.
pub(crate) const WAITS: Refusal = Refusal {
    code: codes::WAITS_OUTSIDE,
    message: Cow::Borrowed("the operation waits for an answer from outside, and nothing here can wake it; nothing is sent"),
    help: Cow::Borrowed("Choose an operation that sends without waiting."),
    parameter: Some("operation"),
};

impl Refusal {
    /// As the error of the node.
    pub(crate) fn error(self) -> NodeError {
        let mut message = self.message.into_owned();
        message[..1].make_ascii_uppercase();
        let error = NodeError::coded(self.code, message).help(self.help);
        if let Some(parameter) = self.parameter { error.parameter(parameter) } else { error }
    }
}

/// Whether an operation sends, and waits for an answer from outside: `sendAndWait` of many nodes, `dispatchAndWait` of GitHub.
pub(crate) fn waits(operation: &str) -> bool {
    operation.ends_with("AndWait")
}

/// Whether an operation waits that an expression gives: that is known only when the node runs; still nothing was sent.
pub(crate) async fn refuse_to_wait(cx: &RunContext) -> Result<(), NodeError> {
    let computed = cx.params.raw().get("operation").and_then(Value::as_str).is_some_and(|text| text.starts_with('='));
    if computed && waits(&cx.params.read(0, |params| params.string("operation")).await?) { Err(WAITS.error()) } else { Ok(()) }
}
