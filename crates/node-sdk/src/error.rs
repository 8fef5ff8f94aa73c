//! What a node says when it fails.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A stable code with a page in `docs/errors/`, for example `KV0301`. Those of this program are constants; a node that is made at
/// run time, and a journal that is read back, bring their own.
///
/// ```
/// use node_sdk::ErrorCode;
/// const OFFLINE: ErrorCode = ErrorCode::new("ACME01");
/// assert_eq!(ErrorCode::from(format!("ACME0{}", 1)), OFFLINE);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorCode(Cow<'static, str>);

impl ErrorCode {
    /// A code that is a constant.
    pub const fn new(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for ErrorCode {
    fn from(code: String) -> Self {
        Self(Cow::Owned(code))
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The codes that nodes and ports use; each has its page. Other crates define theirs beside their errors.
pub mod codes {
    use super::ErrorCode;
    /// An item that a node put out is nested too deep ([`crate::json::check_depth`]).
    pub const TOO_DEEP: ErrorCode = ErrorCode::new("KV0210");
    /// A node failed, with no more specific code.
    pub const NODE_FAILED: ErrorCode = ErrorCode::new("KV0300");
    /// A parameter has a value that the node cannot use.
    pub const PARAMETER: ErrorCode = ErrorCode::new("KV0301");
    /// An expression failed.
    pub const EXPRESSION: ErrorCode = ErrorCode::new("KV0302");
    /// An expression has a syntax error.
    pub const EXPRESSION_SYNTAX: ErrorCode = ErrorCode::new("KV0303");
    /// An expression or user code ran into its limit of time, memory or stack.
    pub const EXPRESSION_LIMIT: ErrorCode = ErrorCode::new("KV0304");
    /// User code threw.
    pub const CODE_THREW: ErrorCode = ErrorCode::new("KV0305");
    /// An expression error that n8n swallows, under `--strict`.
    pub const EXPRESSION_SWALLOWED: ErrorCode = ErrorCode::new("KV0306");
    /// An expression uses something of n8n's language that is not there yet.
    pub const EXPRESSION_UNSUPPORTED: ErrorCode = ErrorCode::new("KV0307");
    /// No JavaScript can run: too many evaluations do not come back.
    pub const NO_JAVASCRIPT: ErrorCode = ErrorCode::new("KV0309");
    /// The node has no credential.
    /// The node has no credential.
    pub const CREDENTIAL_MISSING: ErrorCode = ErrorCode::new("KV0310");
    /// The credential cannot be used.
    pub const CREDENTIAL_INVALID: ErrorCode = ErrorCode::new("KV0311");
    /// A credential that a run changed, as with a new token, is kept for the run alone: its file could not be changed.
    pub const CREDENTIAL_NOT_KEPT: ErrorCode = ErrorCode::new("KV0312");
    /// A dry run ended this branch: the request would have left, and nobody answers in its place. The engine treats it as "no items", not as an error.
    pub const DRY_RUN_ENDED: ErrorCode = ErrorCode::new("KV0322");
    /// The server refused the connection.
    pub const HTTP_REFUSED: ErrorCode = ErrorCode::new("KV0400");
    /// The host name does not resolve.
    pub const HTTP_DNS: ErrorCode = ErrorCode::new("KV0401");
    /// The connection broke.
    pub const HTTP_RESET: ErrorCode = ErrorCode::new("KV0402");
    /// TLS failed.
    pub const HTTP_TLS: ErrorCode = ErrorCode::new("KV0403");
    /// No answer in time.
    pub const HTTP_TIMEOUT: ErrorCode = ErrorCode::new("KV0404");
    /// The answer is larger than allowed.
    pub const HTTP_TOO_LARGE: ErrorCode = ErrorCode::new("KV0405");
    /// The answer is not what was asked for (HTML instead of JSON, nested too deep).
    pub const HTTP_BAD_ANSWER: ErrorCode = ErrorCode::new("KV0406");
    /// The URL is not valid.
    pub const HTTP_URL: ErrorCode = ErrorCode::new("KV0407");
    /// The answer is no HTTP, or breaks its rules.
    pub const HTTP_MALFORMED: ErrorCode = ErrorCode::new("KV0408");
    /// More redirects than are followed, or one to what cannot be requested.
    pub const HTTP_REDIRECTS: ErrorCode = ErrorCode::new("KV0409");
    /// The server answered 401 or 403.
    pub const HTTP_UNAUTHORIZED: ErrorCode = ErrorCode::new("KV0410");
    /// The server answered 404.
    pub const HTTP_NOT_FOUND: ErrorCode = ErrorCode::new("KV0411");
    /// The server refused the data (400, 422).
    pub const HTTP_INVALID: ErrorCode = ErrorCode::new("KV0412");
    /// The server asked to slow down (429).
    pub const HTTP_THROTTLED: ErrorCode = ErrorCode::new("KV0413");
    /// The server failed (5xx) or answered another error status.
    pub const HTTP_STATUS: ErrorCode = ErrorCode::new("KV0414");
    /// Requests are answered by a file, and no entry of it fits.
    pub const HTTP_UNANSWERED: ErrorCode = ErrorCode::new("KV0416");
    /// A sub-workflow was not found, is ambiguous or does not check.
    pub const SUBWORKFLOW: ErrorCode = ErrorCode::new("KV0320");
    /// A value becomes a part of the text of a statement of SQL.
    pub const SQL_TEXT: ErrorCode = ErrorCode::new("KV0123");
    /// Nothing shuts the packages in here that the node is of.
    pub const NO_WALL: ErrorCode = ErrorCode::new("KV0820");
    /// The node needs a port that this way of running does not offer.
    pub const UNAVAILABLE: ErrorCode = ErrorCode::new("KV0321");
    /// The node waits for a call from outside, and nothing here can wake it.
    pub const WAITS_OUTSIDE: ErrorCode = ErrorCode::new("KV0323");
    /// A file of the machine cannot be reached, read or written.
    pub const FILE: ErrorCode = ErrorCode::new("KV0324");
    /// A command of the system cannot be run, or did not end well.
    pub const COMMAND: ErrorCode = ErrorCode::new("KV0325");
}

/// A node's failure.
///
/// `message` and `description` become data (an item's `error`), so where n8n has a text they carry n8n's.
/// `help` is ours, for people. Secrets are in neither.
///
/// ```
/// use node_sdk::NodeError;
/// let error = NodeError::new("The field \"email\" is empty").item(4).parameter("email").help("Set it, or drop the item first.");
/// assert_eq!(error.item, Some(4));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct NodeError {
    /// Stable code.
    pub code: ErrorCode,
    /// What happened, in one sentence.
    pub message: String,
    /// More of what the other side said; n8n's `description`.
    pub description: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// The node; the engine fills it in.
    pub node: Option<String>,
    /// The parameter, as a dotted path.
    pub parameter: Option<String>,
    /// Where in the parameter's text, in bytes: a syntax error.
    pub offset: Option<usize>,
    /// Index of the input item.
    pub item: Option<usize>,
    /// What the server answered.
    pub http: Option<Box<HttpFailure>>,
    /// n8n's class name for the error where it becomes data: `NodeApiError`, `NodeOperationError`, `ExpressionError`, `Error`.
    pub name: Cow<'static, str>,
    /// Further fields of the error where it becomes data.
    pub data: Map<String, Value>,
    /// The error came out of a sub-workflow: `node`, where it is set, is a node of that one.
    pub below: bool,
    /// The whole run stops whatever the node's settings say (time-out, cancellation).
    pub fatal: bool,
}

/// What became of a request that failed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HttpFailure {
    /// The answer's status code; `None` without an answer.
    pub status: Option<u16>,
    /// The answer's body, parsed where it is JSON, else as text; cut where it is long.
    pub body: Value,
    /// The answer's header `Retry-After`: seconds, or a date.
    #[serde(default)]
    pub retry_after: Option<String>,
    /// It may have been done: no answer says so or otherwise.
    pub outcome_unknown: bool,
}

impl HttpFailure {
    /// As `http` of an error that is written down.
    pub fn to_value(&self) -> Value {
        let mut http = Map::new();
        if let Some(status) = self.status {
            http.insert("status".into(), status.into());
            http.insert("body".into(), self.body.clone());
        }
        if self.outcome_unknown {
            http.insert("outcome".into(), UNKNOWN.into());
        }
        Value::Object(http)
    }

    /// Whether an error that is written down says that its request may have been done.
    pub fn is_unknown(error: &Value) -> bool {
        error.pointer("/http/outcome").is_some_and(|outcome| outcome == UNKNOWN)
    }
}

/// What is said of a request that may have been done.
const UNKNOWN: &str = "unknown";

impl NodeError {
    /// A failure with the general code; n8n's `NodeOperationError`.
    pub fn new(message: impl Into<String>) -> Self {
        Self::coded(codes::NODE_FAILED, message)
    }

    /// A failure with its own code.
    pub fn coded(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            description: None,
            help: None,
            node: None,
            parameter: None,
            offset: None,
            item: None,
            http: None,
            name: Cow::Borrowed("NodeOperationError"),
            data: Map::new(),
            below: false,
            fatal: false,
        }
    }

    /// n8n's class name for it.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds the longer text.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Names the parameter, as a dotted path.
    #[must_use]
    pub fn parameter(mut self, path: impl Into<String>) -> Self {
        self.parameter = Some(path.into());
        self
    }

    /// Names the input item.
    #[must_use]
    pub fn item(mut self, index: usize) -> Self {
        self.item = Some(index);
        self
    }

    /// Adds what the server answered.
    #[must_use]
    pub fn http(mut self, status: u16, body: Value) -> Self {
        self.http = Some(Box::new(HttpFailure { status: Some(status), body, retry_after: None, outcome_unknown: false }));
        self
    }

    /// How long the answer asked to wait; nothing where there was no answer.
    #[must_use]
    pub fn retry_after(mut self, asked: Option<String>) -> Self {
        if let Some(http) = &mut self.http {
            http.retry_after = asked;
        }
        self
    }

    /// Nobody knows whether the request was done.
    #[must_use]
    pub fn outcome_unknown(mut self) -> Self {
        self.http.get_or_insert_default().outcome_unknown = true;
        self
    }
}
