//! What comes of user code: what it returned, or its error.

use std::time::Duration;

use node_sdk::ErrorCode;
use node_sdk::error::codes;
use serde_json::Value;

use crate::error::{ErrorKind, ExpressionError};

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
    /// Whether something was thrown that has no message: a number, a text, an object without one.
    pub bare: bool,
    /// n8n's longer text, where it has one.
    pub description: Option<String>,
    /// Whether the code did not parse.
    pub syntax: bool,
    /// Where in the code a syntax error stands, in bytes.
    pub offset: Option<usize>,
    /// The limit that it ran into.
    pub limit: Option<CodeLimit>,
    /// Whether the code had ended well, and what it returned cannot be handed on.
    pub on_return: bool,
    /// What to do about it, where the one who made the error knows.
    pub advice: Option<&'static str>,
}

/// What ended user code from outside, or kept it from beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeLimit {
    /// Its CPU time is used up, or it did not come back from a call.
    Time,
    /// It waited for its own timers for too long.
    Timers,
    /// It waits for a promise, and there is no request and no timer that could settle one.
    Unsettled,
    /// Its memory is used up, or what it hands on takes as much.
    Memory,
    /// Too many evaluations do not come back: it did not begin.
    Refused,
    /// The system gives no thread or no engine: it did not begin.
    NoEngine,
}

impl CodeLimit {
    /// The stable code.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Time | Self::Timers | Self::Unsettled | Self::Memory => codes::EXPRESSION_LIMIT,
            Self::Refused => ErrorKind::Refused.code(),
            Self::NoEngine => ErrorKind::NoEngine.code(),
        }
    }

    fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Time => {
                "Find the loop that does not end, or the regular expression that goes through a text again and again; where there is simply much to do, \
                 give the node fewer items at once (Loop Over Items)."
            }
            Self::Timers => {
                "Find the timer that the code waits for: clear each setInterval, and set no setTimeout for longer than the code may wait."
            }
            Self::Unsettled => {
                "Find the promise that the code awaits: each way through `new Promise((resolve, reject) => …)` has to call one of the two, also after an error."
            }
            Self::Memory => {
                "Keep and return less at once: what is returned, the static data and the arguments of requests count as often as they are handed on. Give \
                 the node fewer items at once (Loop Over Items)."
            }
            Self::Refused => return ErrorKind::Refused.advice(),
            Self::NoEngine => return ErrorKind::NoEngine.advice(),
        })
    }
}

/// Names of browsers and Node.js that user code of n8n's does not see either.
const NOT_IN_N8N: &[&str] = &["URL", "URLSearchParams", "crypto", "process"];
/// Others that code of elsewhere uses.
const NOT_HERE: &[&str] =
    &["AbortController", "Blob", "FormData", "Headers", "Request", "Response", "TextDecoderStream", "TextEncoderStream", "performance"];

impl CodeError {
    /// The CPU time is used up.
    pub(crate) fn out_of_time(time: Duration) -> Self {
        Self::timed_out(CodeLimit::Time, time)
    }

    /// It has waited for its timers for too long.
    pub(crate) fn waits_for_timers(time: Duration) -> Self {
        Self::timed_out(CodeLimit::Timers, time)
    }

    pub(crate) fn never_ends() -> Self {
        Self::limited(CodeLimit::Unsettled, "The code waits for a promise that nothing will settle")
    }

    /// A limit of time, as n8n words it.
    fn timed_out(limit: CodeLimit, time: Duration) -> Self {
        Self::limited(limit, format!("Task execution timed out after {} seconds", time.as_secs()))
    }

    fn limited(limit: CodeLimit, message: impl Into<String>) -> Self {
        Self { message: message.into(), limit: Some(limit), ..Self::default() }
    }

    /// What to do about it, in our words.
    pub fn help(&self) -> Option<String> {
        if let Some(advice) = self.advice.or_else(|| self.limit.and_then(CodeLimit::advice)) {
            return Some(advice.into());
        }
        if self.message.starts_with("Cannot find module '") {
            return Some("Modules cannot be required, as in n8n unless its administrator has allowed them. Much of what they do is in the language, in DateTime and in other nodes.".into());
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

impl From<ExpressionError> for CodeError {
    fn from(error: ExpressionError) -> Self {
        let limit = match error.kind {
            ErrorKind::Memory => return Self::limited(CodeLimit::Memory, "The code exceeded its memory limit"),
            ErrorKind::Timeout => Some(CodeLimit::Time),
            ErrorKind::Refused => Some(CodeLimit::Refused),
            ErrorKind::NoEngine => Some(CodeLimit::NoEngine),
            _ => None,
        };
        let name = error.class().to_owned();
        let message = error.message.strip_prefix("Expression evaluation failed: ").unwrap_or(&error.message).to_owned();
        Self { message, name, description: error.description, limit, ..Self::default() }
    }
}
