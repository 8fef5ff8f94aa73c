//! What goes in and what comes out, without a socket.

use std::time::Duration;

use bytes::Bytes;
use node_sdk::ports::HttpBody;
use serde_json::Value;
use url::{Host, Url};

/// One request.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Upper case.
    pub method: String,
    /// Path with its query, as it stands in the request line: `/api/v1/accounts/1/contacts?page=2`.
    pub target: String,
    /// Names in any case.
    pub headers: Vec<(String, String)>,
    /// The body; a multipart one in its parts.
    pub body: HttpBody,
}

impl Request {
    /// A request with a token and, where there is one, a JSON body.
    pub fn json(method: &str, target: &str, token: Option<&str>, body: Option<&Value>) -> Self {
        let token = token.map(|token| ("api-access-token".to_owned(), token.to_owned()));
        let kind = body.map(|_| ("content-type".to_owned(), "application/json".to_owned()));
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: token.into_iter().chain(kind).collect(),
            body: body.map_or(HttpBody::Empty, |body| HttpBody::Bytes(Bytes::from(body.to_string()))),
        }
    }

    /// The first header of this (lower case) name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether it comes from a program on this machine. A page in a browser says its `Origin`, or, where a foreign name was made
    /// to lead here, that name.
    pub(crate) fn is_local(&self) -> bool {
        let loopback = |authority: &str| match Url::parse(&format!("http://{authority}")).ok().as_ref().and_then(Url::host) {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        self.header("origin").is_none() && self.header("host").is_none_or(loopback)
    }

    /// The token, under either spelling of its header; an empty one counts as none.
    pub(crate) fn token(&self) -> Option<&str> {
        let token = self.header("api-access-token").or_else(|| self.header("api_access_token"));
        token.map(str::trim).filter(|token| !token.is_empty())
    }
}

/// How a request ends.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is answered.
    Answer(Response),
    /// It is answered after this time.
    Late(Response, Duration),
    /// The connection is closed without an answer, whether the request was done or not.
    Reset,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Lower case names.
    pub headers: Vec<(&'static str, String)>,
    /// Content.
    pub body: Bytes,
}

impl Response {
    /// The body as JSON; null where it is empty or none.
    pub fn json(&self) -> Value {
        let text = std::str::from_utf8(&self.body).unwrap_or_default();
        node_sdk::json::parse_text(text).unwrap_or(Value::Null)
    }

    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    pub(crate) fn json_of(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new() }
    }
}
