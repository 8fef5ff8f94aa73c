//! Runs the JavaScript of a Code node.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::session::Session;
use crate::view::Scope;

/// A future that the host gives back for `this.helpers.NAME(...)`.
pub type HelperFuture = Pin<Box<dyn Future<Output = Result<Value, Value>> + Send>>;
/// The host's helpers: called with the helper's name (`httpRequest`) and the list of its arguments.
/// An `Err` is the error object (`{"message": ..., "name": ..., ...}`) that the code sees thrown.
pub type Helper = Arc<dyn Fn(&str, Value) -> HelperFuture + Send + Sync>;
/// Where `console.log` goes: level and text.
pub type Console = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// A run of user code.
pub struct CodeRun {
    /// The JavaScript, as the parameter has it.
    pub source: String,
    /// The item, in mode *each item*; `None` in mode *all items*.
    pub item: Option<usize>,
    /// The node run it stands in.
    pub scope: Scope,
    /// The host's helpers.
    pub helpers: Helper,
    /// Where `console.log` goes.
    pub console: Console,
    /// CPU time of the JavaScript; waiting for helpers does not count.
    pub time: Duration,
}

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

/// An error of user code.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct CodeError {
    /// The message in V8's wording, without the line.
    pub message: String,
    /// The class: `TypeError`; empty where something that is no error was thrown.
    pub name: String,
    /// The line of the user's code, from 1.
    pub line: Option<u32>,
    /// n8n's longer text, where it has one.
    pub description: Option<String>,
    /// Whether the code did not parse.
    pub syntax: bool,
    /// Whether it ran out of time.
    pub timeout: bool,
}

/// Runs user code.
pub async fn run(session: &Arc<Session>, run: CodeRun) -> Result<CodeValue, CodeError> {
    let _ = (session, run);
    Ok(CodeValue::Undefined)
}
