//! Sending requests to a sandbox in the process.

#![allow(dead_code, reason = "each test file uses its part")]

use konverte_sandbox::{Options, Outcome, Request, Response, Sandbox};
use serde_json::Value;

pub(crate) const ADMIN: Option<&str> = Some("sandbox-admin");
pub(crate) const AGENT: Option<&str> = Some("sandbox-agent");
pub(crate) const BOT: Option<&str> = Some("sandbox-bot");
pub(crate) const PLATFORM: Option<&str> = Some("sandbox-platform");

/// A sandbox with a short way to ask it.
pub(crate) struct Asked(pub(crate) Sandbox);

impl Asked {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    /// One that answers as the real server.
    pub(crate) fn as_server() -> Self {
        Self::with(Options { as_server: true, ..Options::default() })
    }

    pub(crate) fn with(options: Options) -> Self {
        Self(Sandbox::new(options).unwrap())
    }

    pub(crate) fn answer(&self, request: &Request) -> Response {
        match self.0.handle(request) {
            Outcome::Answer(response) | Outcome::Late(response, _) => response,
            Outcome::Reset => panic!("the connection was closed"),
        }
    }

    /// Status and JSON of the answer; text where it is no JSON.
    pub(crate) fn ask(&self, method: &str, target: &str, token: Option<&str>, body: Value) -> (u16, Value) {
        let response = self.answer(&Request::json(method, target, token, Some(&body).filter(|body| !body.is_null())));
        let text = || Value::String(String::from_utf8_lossy(&response.body).into_owned());
        (response.status, serde_json::from_slice(&response.body).unwrap_or_else(|_| text()))
    }

    pub(crate) fn get(&self, target: &str, token: Option<&str>) -> (u16, Value) {
        self.ask("GET", target, token, Value::Null)
    }
}
