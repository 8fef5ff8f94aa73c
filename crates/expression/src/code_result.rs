//! What comes of user code: what it returned, or its error.

use serde_json::Value;

/// What user code returned.
#[derive(Debug, Clone, PartialEq)]
pub enum CodeValue {
    /// `undefined` (also: nothing returned).
    Undefined,
    /// A function.
    Function,
    /// Data. Dates are ISO text, bigints text, NaN null, functions dropped, as n8n passes them on.
    Json(Value),
}

/// What came of a run of user code.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// What it returned.
    pub value: CodeValue,
    /// A number for the object that it returned, or that stands in its `json`: runs for the items of one node run that return the same
    /// object say the same number.
    pub object: Option<u64>,
}

/// An error of user code.
#[derive(Debug, Clone, Default, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct CodeError {
    /// The message in V8's wording, without the line. Of something thrown that is no error: its JSON.
    pub message: String,
    /// The class: `TypeError`; empty where something that is no error was thrown.
    pub name: String,
    /// The line of the user's code, from 1; none where the error did not begin there (a helper's, a syntax error).
    pub line: Option<u32>,
    /// n8n's longer text, where it has one.
    pub description: Option<String>,
    /// Whether the code did not parse.
    pub syntax: bool,
    /// Where in the code a syntax error stands, in bytes.
    pub offset: Option<usize>,
    /// Whether it ran into a limit of time or memory.
    pub limit: bool,
    /// Whether it did not begin, because too many evaluations do not come back.
    pub refused: bool,
    /// Whether the code had ended well, and what it returned cannot be handed on.
    pub on_return: bool,
    /// Whether what the code returned refers to itself, which n8n has no words for.
    pub circular: bool,
}

/// Names of browsers and Node.js that user code of n8n's does not see either.
const NOT_IN_N8N: &[&str] = &["URL", "URLSearchParams", "crypto", "process"];
/// Others that code of elsewhere uses.
const NOT_HERE: &[&str] =
    &["AbortController", "Blob", "FormData", "Headers", "Request", "Response", "TextDecoderStream", "TextEncoderStream", "performance"];

impl CodeError {
    /// What to do about it, in our words.
    pub fn help(&self) -> Option<String> {
        if self.circular {
            return Some("What the code returns refers to itself: a list or an object is inside of itself. Leave that field out.".into());
        }
        let name = self.message.strip_suffix(" is not defined")?;
        match name {
            "fetch" => Some("The Code node has no fetch, nor has n8n's. Use this.helpers.httpRequest.".into()),
            "structuredClone" => Some("The Code node has no structuredClone, nor has n8n's. JSON.parse(JSON.stringify(data)) copies data.".into()),
            _ if NOT_IN_N8N.contains(&name) => Some(format!("The Code node has no {name}, nor has n8n's.")),
            _ if NOT_HERE.contains(&name) => Some(format!("konverte's Code node has no {name}.")),
            _ => None,
        }
    }
}
