//! The engine's stable error codes; each has a page in `docs/errors/`.

use node_sdk::ErrorCode;

// Found before a run.

/// One of n8n's own packages is named, but n8n knows no such node.
pub const UNKNOWN_TYPE: ErrorCode = ErrorCode::new("KV0101");
/// A node type that is not supported.
pub const UNSUPPORTED_TYPE: ErrorCode = ErrorCode::new("KV0102");
/// A version of a node type that is not supported.
pub const UNSUPPORTED_VERSION: ErrorCode = ErrorCode::new("KV0103");
/// A required parameter is empty.
pub const REQUIRED: ErrorCode = ErrorCode::new("KV0104");
/// A literal does not fit its parameter.
pub const LITERAL: ErrorCode = ErrorCode::new("KV0105");
/// An expression has a syntax error.
pub const SYNTAX: ErrorCode = ErrorCode::new("KV0106");
/// An expression names a node that is not there.
pub const UNKNOWN_NODE: ErrorCode = ErrorCode::new("KV0107");
/// An expression names a node that never runs before this one.
pub const NOT_ABOVE: ErrorCode = ErrorCode::new("KV0108");
/// A connection leads to, or from, a node that is not there.
pub const CONNECTION: ErrorCode = ErrorCode::new("KV0109");
/// A node has no credential.
pub const CREDENTIAL: ErrorCode = ErrorCode::new("KV0110");
/// A sub-workflow is not there.
pub const NO_SUBWORKFLOW: ErrorCode = ErrorCode::new("KV0111");
/// A literal of another type than the parameter's, or no choice of it.
pub const MISFIT: ErrorCode = ErrorCode::new("KV0112");
/// A parameter that the action does not have.
pub const NOT_SENT: ErrorCode = ErrorCode::new("KV0113");
/// A pinned item without `json`.
pub const PINNED: ErrorCode = ErrorCode::new("KV0114");
/// A connection joins an input or output that the node does not have, or is of no known kind.
pub const PORT: ErrorCode = ErrorCode::new("KV0115");
/// Nothing leads to a node.
pub const UNREACHED: ErrorCode = ErrorCode::new("KV0116");
/// The file's time zone does not exist.
pub const TIME_ZONE: ErrorCode = ErrorCode::new("KV0117");
/// A key of the file that is not read, and is like one that is missing.
pub const MISSPELT_KEY: ErrorCode = ErrorCode::new("KV0118");
/// Text that is meant to be an expression.
pub const NO_EXPRESSION: ErrorCode = ErrorCode::new("KV0119");
/// A parameter that the node does not have.
pub const UNKNOWN_PARAMETER: ErrorCode = ErrorCode::new("KV0120");
/// An operator of a condition that does not exist.
pub const OPERATOR: ErrorCode = ErrorCode::new("KV0121");
/// A node needs what the run has to be allowed.
pub const NOT_ALLOWED: ErrorCode = ErrorCode::new("KV0124");

// Happened in a run.

/// A connection of the node that ran leads to a node that is not in the file.
pub const DESTINATION_MISSING: ErrorCode = ErrorCode::new("KV0201");
/// In order v0 a node waits for inputs that can never come.
pub const ENDLESS_LOOP: ErrorCode = ErrorCode::new("KV0202");
/// The run took longer than it may.
pub const TIMEOUT: ErrorCode = ErrorCode::new("KV0203");
/// The run was stopped from outside.
pub const CANCELED: ErrorCode = ErrorCode::new("KV0204");
/// A node of a type that is not supported was reached.
pub const NODE_UNSUPPORTED: ErrorCode = ErrorCode::new("KV0205");
/// A node put out an item whose JSON is null.
pub const NULL_ITEM: ErrorCode = ErrorCode::new("KV0206");
/// Sub-workflows call each other without end.
pub const RECURSION: ErrorCode = ErrorCode::new("KV0207");
/// No node, or more than one, is there to begin with.
pub const NO_START: ErrorCode = ErrorCode::new("KV0208");
/// A node broke: a defect of this program.
pub const NODE_BROKE: ErrorCode = ErrorCode::new("KV0209");
/// An execution has more runs of nodes than it may.
pub const TOO_MANY_RUNS: ErrorCode = ErrorCode::new("KV0211");
/// A loop ended before all of its items were handed on.
pub const LEFT_OVER: ErrorCode = ErrorCode::new("KV0213");
/// A run that goes on after a crash sends another request than the one whose answer it has.
pub const DIVERGED: ErrorCode = ErrorCode::new("KV0212");
