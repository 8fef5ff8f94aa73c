//! The front door: one evaluator per node run.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::ExpressionError;
use crate::view::Scope;

/// What an evaluation may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time for one evaluation.
    pub time: Duration,
    /// How much longer the caller waits for a thread that does not come back.
    pub grace: Duration,
    /// Heap of the JavaScript engine in bytes.
    pub memory: usize,
    /// Stack of the JavaScript engine in bytes.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(5), grace: Duration::from_millis(250), memory: 128 << 20, stack: 1 << 20 }
    }
}

/// What sort of value came out, where JSON cannot say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JSON says it all.
    Json,
    /// `undefined`; the value is null.
    Undefined,
    /// A luxon `DateTime`; the value is its ISO text.
    DateTime,
    /// A JavaScript `Date`; the value is its ISO text.
    Date,
    /// `NaN` or an infinity; the value is null.
    NonFinite,
    /// A bigint; the value is its decimal text.
    BigInt,
    /// Another object that JSON cannot say (Map, Set, RegExp, Duration, ...).
    Other,
}

/// What an evaluation came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// The value in JSON's form; nested `undefined` keys are dropped.
    pub value: Value,
    /// What sort of value it is.
    pub kind: Kind,
    /// The message of an error that n8n swallows (the value is then `undefined`).
    pub swallowed: Option<String>,
}

/// The JavaScript state of one execution.
#[derive(Debug)]
pub struct Session {
    limits: Limits,
}

impl Session {
    /// A session; its thread starts with the first expression that needs JavaScript.
    pub fn new(limits: Limits) -> Self {
        Self { limits }
    }

    /// The limits of the session.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// Evaluates the expressions of one node run.
pub struct Evaluator {
    session: Arc<Session>,
    scope: Scope,
}

impl Evaluator {
    /// An evaluator for the node run `scope`.
    pub fn new(session: Arc<Session>, scope: Scope) -> Self {
        Self { session, scope }
    }

    /// The value of `source` (a parameter's text; a leading `=` makes it an expression) for the item of that index.
    pub fn evaluate(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Result<Evaluated, ExpressionError> {
        let _ = (&self.session, &self.scope, item, extra);
        Ok(Evaluated { value: source.into(), kind: Kind::Json, swallowed: None })
    }

    /// The line that `konverte eval` prints: `{"value": ..., "type": ...}` with markers for what JSON cannot say, or `{"error": ...}`.
    pub fn evaluate_marked(&self, source: &str, item: usize, extra: Option<&Map<String, Value>>) -> Value {
        let _ = (source, item, extra);
        Value::Null
    }
}

/// What an expression refers to, known without running it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Nodes named by `$('X')`, `$node[...]`, `$items('X')`, with the byte offset of the name.
    pub nodes: Vec<(String, usize)>,
    /// Names read from `$env`.
    pub env: Vec<String>,
    /// Names read from `$vars`.
    pub vars: Vec<String>,
}

/// Checks the syntax of a parameter's text without running it.
pub fn check(source: &str) -> Result<References, ExpressionError> {
    let _ = source;
    Ok(References::default())
}
