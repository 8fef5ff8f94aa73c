//! A finding, as `konverte check` prints it.

use node_sdk::ErrorCode;
use node_sdk::node::{Finding, Level};
use serde::{Serialize, Serializer};

use crate::error::WorkflowError;
use crate::model::Workflow;
use crate::place::Place;

/// One thing that is worth saying about a workflow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnostic {
    /// Stable code, with a page in `docs/errors/`.
    pub code: String,
    /// How bad it is.
    #[serde(serialize_with = "level_word")]
    pub level: Level,
    /// What it is, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The node's name.
    pub node: Option<String>,
    /// The parameter, as a dotted path.
    pub parameter: Option<String>,
    /// Where; written as `file:line:column`.
    #[serde(serialize_with = "place_text")]
    pub at: Option<Place>,
}

impl Diagnostic {
    /// A finding about the whole workflow.
    pub fn new(code: node_sdk::ErrorCode, level: Level, message: impl Into<String>) -> Self {
        Self { code: code.to_string(), level, message: message.into(), help: None, node: None, parameter: None, at: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which node and parameter it is about, and where they stand.
    #[must_use]
    pub fn at(mut self, workflow: &Workflow, node: &str, parameter: Option<&str>) -> Self {
        self.at = workflow.place(node, parameter);
        self.node = Some(node.to_owned());
        self.parameter = parameter.map(str::to_owned);
        self
    }

    /// A node's own finding.
    pub fn from_finding(workflow: &Workflow, node: &str, finding: Finding) -> Self {
        let Finding { code, level, message, help, parameter, offset } = finding;
        let at = workflow.place_in(node, parameter.as_deref(), offset);
        Self { help, at, ..Self::new(code, level, message).at(workflow, node, parameter.as_deref()) }
    }
}

impl From<&WorkflowError> for Diagnostic {
    fn from(error: &WorkflowError) -> Self {
        let new = Self::new(error.code(), Level::Error, error.to_string()).help(error.help());
        Self { at: error.place().cloned(), ..new }
    }
}

/// A key stands twice in an object.
pub const REPEATED: ErrorCode = ErrorCode::new("KV0014");

/// Keys that stand twice in an object of the workflow's file.
pub fn repeated_keys(workflow: &Workflow) -> Vec<Diagnostic> {
    let Some(document) = workflow.document() else { return Vec::new() };
    let say = |at: Place| {
        let message = format!("The key {} stands here again; only its last value counts", &document.text[at.range.clone()]);
        Diagnostic { at: Some(at), ..Diagnostic::new(REPEATED, Level::Warning, message) }
    };
    document.repeated_keys().map(say).collect()
}

/// `error`, `warning` or `note`.
pub fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn level_word<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word(*level))
}

fn place_text<S: Serializer>(place: &Option<Place>, serializer: S) -> Result<S::Ok, S::Error> {
    match place {
        Some(place) => serializer.collect_str(place),
        None => serializer.serialize_none(),
    }
}
