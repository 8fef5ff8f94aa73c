//! What can be wrong with a file before its workflow is looked at.

use node_sdk::ErrorCode;
use node_sdk::json::{JsonError, JsonErrorKind};

use crate::place::Place;

/// Why a file gives no workflow.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WorkflowError {
    /// There is no such file.
    #[error("there is no file {file}")]
    NotFound {
        /// Its path.
        file: String,
    },
    /// A folder, not a file.
    #[error("{file} is a folder, not a workflow file")]
    Directory {
        /// Its path.
        file: String,
    },
    /// The system does not let us read it.
    #[error("{file} cannot be read: {reason}")]
    Unreadable {
        /// Its path.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// Nothing but white space.
    #[error("{file} is empty")]
    Empty {
        /// Its name.
        file: String,
    },
    /// Bytes that are no text.
    #[error("{} is not UTF-8 text: the first bad byte is at byte {}, line {}, column {}", .place.file, .place.range.start, .place.line, .place.column)]
    NotUtf8 {
        /// The first byte that is wrong.
        place: Place,
        /// It begins as UTF-16 does.
        utf16: bool,
    },
    /// Not JSON, or JSON beyond our limits.
    #[error("{} cannot be read as JSON: {error}", .place.file)]
    NotJson {
        /// What is wrong.
        error: JsonError,
        /// Where.
        place: Place,
    },
    /// JSON, but no workflow.
    #[error("{file} is JSON, but no workflow: {reason}")]
    NoWorkflow {
        /// Its name.
        file: String,
        /// What is missing.
        reason: String,
    },
    /// An export of several workflows.
    #[error("{file} holds {} workflows: {}", .names.len(), .names.join(", "))]
    Several {
        /// Its name.
        file: String,
        /// Their names.
        names: Vec<String>,
    },
    /// A part of the workflow is not what it must be.
    #[error("{path} must be {expected}")]
    Shape {
        /// JSON path, dotted.
        path: String,
        /// What it must be.
        expected: &'static str,
        /// Where.
        place: Option<Place>,
    },
    /// Two nodes of one name.
    #[error("two nodes are named {name:?}; connections and expressions could not tell them apart")]
    DuplicateName {
        /// The name.
        name: String,
        /// Where the second stands.
        place: Option<Place>,
    },
    /// Several faults of the last two kinds, in the order of the file.
    #[error("{first} (and {} more)", .more.len())]
    Faults {
        /// The first.
        first: Box<WorkflowError>,
        /// The others, as far as they are worth naming.
        more: Vec<WorkflowError>,
    },
}

impl WorkflowError {
    /// Each fault by itself.
    pub fn each(&self) -> impl Iterator<Item = &Self> {
        let (first, more) = match self {
            Self::Faults { first, more } => (&**first, more.as_slice()),
            single => (single, [].as_slice()),
        };
        std::iter::once(first).chain(more)
    }

    /// Its stable code, with a page in `docs/errors/`.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::new(match self {
            Self::NotFound { .. } => "KV0001",
            Self::Directory { .. } => "KV0002",
            Self::Unreadable { .. } => "KV0003",
            Self::Empty { .. } => "KV0004",
            Self::NotUtf8 { .. } => "KV0005",
            Self::NotJson { error, .. } => match error.kind {
                JsonErrorKind::TooDeep => "KV0007",
                JsonErrorKind::NumberTooLarge => "KV0008",
                JsonErrorKind::Empty | JsonErrorKind::Syntax => "KV0006",
            },
            Self::NoWorkflow { .. } => "KV0009",
            Self::Several { .. } => "KV0010",
            Self::Shape { .. } => "KV0011",
            Self::DuplicateName { .. } => "KV0012",
            Self::Faults { first, .. } => return first.code(),
        })
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "Check the path; it is taken from the folder you are in.",
            Self::Directory { .. } => "Give the path of one workflow file in it.",
            Self::Unreadable { .. } => "Check that you may read the file.",
            Self::Empty { .. } => "Export the workflow again: in n8n, the menu of the editor, Download.",
            Self::NotUtf8 { utf16: true, .. } => "It looks like UTF-16, which some editors of Windows write: save the file as UTF-8.",
            Self::NotUtf8 { .. } => "Save the file as UTF-8; a workflow file is JSON text.",
            Self::NotJson { error, .. } => match error.kind {
                JsonErrorKind::TooDeep => "Such a file comes from a mistake or an attack; n8n writes no more than a few dozen levels.",
                JsonErrorKind::NumberTooLarge => "Write a number below 1.8e308, or text.",
                JsonErrorKind::Empty | JsonErrorKind::Syntax => "Correct the text at this place, or export the workflow again.",
            },
            Self::NoWorkflow { .. } => "A workflow is an object with a list \"nodes\" and an object \"connections\", as n8n exports it.",
            Self::Several { .. } => "Put each workflow into a file of its own (n8n export:workflow --separate does).",
            Self::Shape { .. } => "Correct it in the file, or export the workflow again.",
            Self::DuplicateName { .. } => "Give each node a name of its own.",
            Self::Faults { first, .. } => first.help(),
        }
    }

    /// Where in the file, where one place is meant.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::NotUtf8 { place, .. } | Self::NotJson { place, .. } => Some(place),
            Self::Shape { place, .. } | Self::DuplicateName { place, .. } => place.as_ref(),
            Self::Faults { first, .. } => first.place(),
            _ => None,
        }
    }
}
