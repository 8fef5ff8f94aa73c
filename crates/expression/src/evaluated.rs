//! What an evaluation gives, and what an expression refers to.

use node_sdk::params::NonFinite;
use serde_json::Value;

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
    NonFinite(NonFinite),
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
    /// The message of an error that n8n swallows (the value is then `undefined`, or text that lacks a part).
    pub swallowed: Option<String>,
}

/// What is said of text with a part that n8n leaves out.
pub(crate) const UNDEFINED_PART: &str = "A part of the text is undefined";
