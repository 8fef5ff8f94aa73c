//! What can go wrong with an expression, beyond what n8n swallows.

use javascript::{Fault, Limit};
use node_sdk::ErrorCode;
use node_sdk::error::codes;

/// What kind of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text does not parse.
    Syntax,
    /// n8n's `ExpressionError`: unknown node, pairing, `$env`, security.
    Expression,
    /// n8n's `ExpressionExtensionError`: an extension method on a value of the wrong type.
    Extension,
    /// An error outside what n8n swallows, or a result that is no data.
    Evaluation,
    /// The time limit.
    Timeout,
    /// The memory limit.
    Memory,
    /// No thread is free for JavaScript, nor will be soon: too many evaluations do not come back.
    Refused,
    /// The system gives no thread for JavaScript, or the engine does not start.
    NoEngine,
    /// Something that this program does not know yet.
    Unsupported,
}

impl ErrorKind {
    /// The stable code of this kind.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Syntax => codes::EXPRESSION_SYNTAX,
            Self::Expression | Self::Extension | Self::Evaluation => codes::EXPRESSION,
            Self::Timeout | Self::Memory => codes::EXPRESSION_LIMIT,
            Self::Refused | Self::NoEngine => codes::NO_JAVASCRIPT,
            Self::Unsupported => codes::EXPRESSION_UNSUPPORTED,
        }
    }

    /// What to do about errors of this kind, where one thing fits all of them.
    pub(crate) fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Extension => "The method does not fit this value or these arguments: look at what the value is here.",
            Self::Evaluation => "The JavaScript of the expression failed: look at the values that it works on.",
            Self::Timeout => "Find the loop that does not end, or the regular expression that goes through a text again and again.",
            Self::Memory => {
                "Make less at once: texts that are repeated and lists of all items take the most. A Code node may take more memory than an expression."
            }
            Self::Refused => "Find the expression or the code that takes a text apart for minutes, and shorten the text.",
            Self::NoEngine => "Give the process more threads and memory: the system refuses them.",
            Self::Syntax | Self::Expression | Self::Unsupported => return None,
        })
    }
}

/// An error that n8n does not swallow: it fails the item.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// What kind of error it is.
    pub kind: ErrorKind,
    /// n8n's text; it becomes data where a node goes on after errors.
    pub message: String,
    /// n8n's longer text, where it has one.
    pub description: Option<String>,
    /// n8n's `context.type`, for example `paired_item_no_info`.
    pub context_type: Option<&'static str>,
    /// Where in the parameter's text a syntax error stands, in bytes.
    pub offset: Option<usize>,
    /// What is wrong there, in our words (n8n says `invalid syntax` only).
    pub detail: Option<String>,
}

impl ExpressionError {
    /// An error with a message and nothing else.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), description: None, context_type: None, offset: None, detail: None }
    }

    /// n8n's `ExpressionError`.
    pub fn expression(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Expression, message)
    }

    /// A syntax error at a byte of the parameter's text.
    pub fn syntax(offset: usize, detail: impl Into<String>) -> Self {
        Self { offset: Some(offset), detail: Some(detail.into()), ..Self::new(ErrorKind::Syntax, "invalid syntax") }
    }

    /// The same error with n8n's context type.
    #[must_use]
    pub fn with_context(mut self, context_type: &'static str) -> Self {
        self.context_type = Some(context_type);
        self
    }

    /// The same error with n8n's longer text.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        self.kind.code()
    }

    /// What to do about it, in our words; `None` where the page of the code says it (nodes and pairing).
    pub fn help(&self) -> Option<String> {
        if self.detail.is_some() {
            return self.detail.clone();
        }
        let message = &self.message;
        let help = match self.kind {
            ErrorKind::Expression if message.starts_with("Cannot access \"caller\"") => {
                "This name is forbidden as a variable and in patterns. Where it is a field, read it as one: `item.caller` instead of `{caller}`."
            }
            ErrorKind::Expression if message.starts_with("Cannot access \"$\" without") => {
                "Call it with the name of a node: `$('Name of the node')`."
            }
            ErrorKind::Expression if message.contains("due to security concerns") || message.contains("invalid constructor") => {
                "This name is forbidden in expressions. Use another key, or a Code node."
            }
            ErrorKind::Expression if message.starts_with("access to env vars denied") => {
                "Name what $env may show: --allow-env NAME takes variables of the environment, --env-file FILE lines NAME=value."
            }
            ErrorKind::Evaluation if message.contains("could not be cloned") || message.ends_with("Unsupported type") => {
                "The value is no data. Give text, a number, a list or an object; call a function instead of naming it."
            }
            kind => kind.advice()?,
        };
        Some(help.to_owned())
    }

    /// What n8n calls the error's class.
    pub fn class(&self) -> &'static str {
        match self.kind {
            ErrorKind::Extension => "ExpressionExtensionError",
            ErrorKind::Evaluation | ErrorKind::Unsupported => "Error",
            _ => "ExpressionError",
        }
    }
}

impl From<Limit> for ExpressionError {
    fn from(limit: Limit) -> Self {
        match limit {
            Limit::Time => Self::new(ErrorKind::Timeout, "Expression timed out"),
            Limit::Memory => Self::new(ErrorKind::Memory, "Expression exceeded memory limit"),
        }
    }
}

/// The engine did not start.
impl From<Fault> for ExpressionError {
    fn from(fault: Fault) -> Self {
        Self::new(ErrorKind::NoEngine, format!("No JavaScript can run: {}", fault.message))
    }
}
