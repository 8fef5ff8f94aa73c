//! The engine's stable error codes; each has a page in `docs/errors/`.

use node_sdk::ErrorCode;

/// A connection of the node that ran leads to a node that is not in the file.
pub const DESTINATION_MISSING: ErrorCode = ErrorCode("KV0201");
/// In order v0 a node waits for inputs that can never come.
pub const ENDLESS_LOOP: ErrorCode = ErrorCode("KV0202");
/// The run took longer than it may.
pub const TIMEOUT: ErrorCode = ErrorCode("KV0203");
/// The run was stopped from outside.
pub const CANCELED: ErrorCode = ErrorCode("KV0204");
/// A node of a type that is not supported was reached.
pub const NODE_UNSUPPORTED: ErrorCode = ErrorCode("KV0205");
/// A node put out an item whose JSON is null.
pub const NULL_ITEM: ErrorCode = ErrorCode("KV0206");
/// Sub-workflows call each other without end.
pub const RECURSION: ErrorCode = ErrorCode("KV0207");
/// No node, or more than one, is there to begin with.
pub const NO_START: ErrorCode = ErrorCode("KV0208");
/// A node broke: a defect of this program.
pub const NODE_BROKE: ErrorCode = ErrorCode("KV0209");
/// An item that a node put out is nested too deep.
pub const TOO_DEEP: ErrorCode = ErrorCode("KV0210");
