//! Codes of this crate's findings and errors; each has its page in `docs/errors`.

use node_sdk::ErrorCode;

/// No resource of this name.
pub const UNKNOWN_RESOURCE: ErrorCode = ErrorCode::new("KV0500");
/// The resource has no operation of this name.
pub const UNKNOWN_OPERATION: ErrorCode = ErrorCode::new("KV0501");
/// A required parameter is not set.
pub const MISSING: ErrorCode = ErrorCode::new("KV0502");
/// A parameter's value has the wrong type.
pub const TYPE: ErrorCode = ErrorCode::new("KV0503");
/// A JSON parameter's text is not JSON.
pub const JSON: ErrorCode = ErrorCode::new("KV0504");
/// A value that is none of the choices that are known.
pub const CHOICE: ErrorCode = ErrorCode::new("KV0505");
/// A file cannot be sent.
pub const FILE: ErrorCode = ErrorCode::new("KV0506");
/// An action pack cannot be used.
pub const PACK: ErrorCode = ErrorCode::new("KV0507");
/// The action has no such request option.
pub const OPTION: ErrorCode = ErrorCode::new("KV0508");
/// There is no request option of this name.
pub const UNKNOWN_OPTION: ErrorCode = ErrorCode::new("KV0509");
/// A sample from the service's document is sent as a value.
pub const SAMPLE: ErrorCode = ErrorCode::new("KV0510");
/// The documented address does not exist on the server.
pub const NO_ROUTE: ErrorCode = ErrorCode::new("KV0511");
/// A portal is named by its number where the server wants its slug.
pub const PORTAL_SLUG: ErrorCode = ErrorCode::new("KV0512");
/// A filter of a conversation list that hides everything.
pub const LIST_FILTER: ErrorCode = ErrorCode::new("KV0513");
/// An assignee hides the team.
pub const ASSIGNEE_WINS: ErrorCode = ErrorCode::new("KV0514");
/// A message that the server refuses, or that nobody outside sees.
pub const MESSAGE_DEFAULTS: ErrorCode = ErrorCode::new("KV0515");
/// A value that the server does not store.
pub const STORED_VALUES: ErrorCode = ErrorCode::new("KV0516");
/// The server reads the filter's type elsewhere.
pub const FILTER_TYPE: ErrorCode = ErrorCode::new("KV0517");
/// A list with an empty entry.
pub const NULL_ENTRY: ErrorCode = ErrorCode::new("KV0518");
/// A filter operator that servers refuse.
pub const FILTER_OPERATOR: ErrorCode = ErrorCode::new("KV0519");
/// The survey page is asked for as JSON.
pub const SURVEY_PAGE: ErrorCode = ErrorCode::new("KV0520");
/// A file is named in a request that cannot carry files.
pub const NO_UPLOAD: ErrorCode = ErrorCode::new("KV0521");
/// A change that also reaches fields that were not set.
pub const OVERWRITTEN: ErrorCode = ErrorCode::new("KV0522");
/// What takes the place of a whole list is not there: all of the list would be gone.
pub const WHOLE: ErrorCode = ErrorCode::new("KV0523");
/// A node that writes runs again as a whole after an error.
pub const WRITES_AGAIN: ErrorCode = ErrorCode::new("KV0524");
