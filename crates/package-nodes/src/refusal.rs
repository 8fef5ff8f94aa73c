//! Why nodes do not run.

use std::borrow::Cow;

use node_sdk::error::codes;
use node_sdk::{NodeError, RunContext};
use packages::built_in::TESTED;
use packages::described::NodeEntry;
use serde_json::Value;

use crate::installed::Package;
use crate::run::Job;

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

/// What a node calls that asks n8n to put the execution to sleep until it is woken.
const PUT_TO_WAIT: &str = "putExecutionToWait";

/// Whether an operation sends, and waits for an answer from outside: `sendAndWait` of many nodes of n8n, `dispatchAndWait` of GitHub. Nodes of
/// others may have an operation of such a name that only waits for a service: it is one where their files ask n8n to wait.
pub(crate) fn waits(package: &Package, file: &str, operation: &str) -> bool {
    operation.ends_with("AndWait") && (package.name == TESTED.0 || package.mentions(file, PUT_TO_WAIT))
}

/// Whether an operation waits that an expression gives: that is known only when the node runs; still nothing was sent.
pub(crate) async fn refuse_to_wait(job: &Job, cx: &RunContext) -> Result<(), NodeError> {
    let computed = cx.params.raw().get("operation").and_then(Value::as_str).is_some_and(|text| text.starts_with('='));
    let waits = computed && {
        let operation = cx.params.read(0, |params| params.string("operation")).await?;
        waits(&job.package, &job.entry.file, &operation)
    };
    if waits { Err(WAITS.error()) } else { Ok(()) }
}

/// What parameters say, by their names.
type Said = &'static [(&'static str, &'static str)];

/// Operations of n8n-nodes-base that do nothing in a box: the type, what the parameters say of it, and what it needs.
const OUT_OF_REACH: &[(&str, Said, &str)] = &[
    ("compression", &[("operation", "compress"), ("outputFormat", "tar")], TAR),
    ("compression", &[("operation", "compress"), ("outputFormat", "targz")], TAR),
    ("extractFromFile", &[("operation", "pdf")], "pdfjs-dist, which needs a canvas, which is an addon"),
];
const TAR: &str = "tar, which reads and writes files";

/// Why the operation that the parameters say cannot run, with the parameter that decides it. One that an expression gives fails when it runs.
pub(crate) fn out_of_reach(package: &Package, entry: &NodeEntry, parameter: impl Fn(&str) -> Option<String>) -> Option<Refusal> {
    let said = |(name, value): &(&str, &str)| parameter(name).is_some_and(|text| text == *value);
    let found = OUT_OF_REACH.iter().find(|(node, values, _)| package.name == TESTED.0 && *node == entry.name && values.iter().all(said));
    found.map(|(_, values, need)| Refusal {
        code: codes::UNAVAILABLE,
        message: format!("the operation needs {need}, and packages run in a box").into(),
        help: PIN.into(),
        parameter: values.last().map(|(name, _)| *name),
    })
}
