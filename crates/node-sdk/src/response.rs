//! What a workflow answers to whoever called it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An answer over HTTP, made by a node. A run that nobody called shows it in its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, each once, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: ResponseBody,
}

/// The body of a [`Response`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum ResponseBody {
    /// None.
    #[default]
    Empty,
    /// JSON.
    Json(Value),
    /// Text.
    Text(String),
    /// The content of a file.
    Bytes(#[serde(with = "crate::ports::base64_bytes")] Bytes),
}
