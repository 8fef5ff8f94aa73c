//! The sandbox as an HTTP client: requests to [`ORIGIN`](crate::ORIGIN) are answered in the process, others go out.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use node_sdk::async_trait;
use node_sdk::ports::{HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse};

use crate::http::{Outcome, Request, Response};
use crate::sandbox::{ORIGIN, Sandbox};
use crate::tokens::Tokens;

/// Answers what is sent to the sandbox, and hands everything else to the client it wraps.
pub struct SandboxClient {
    sandbox: Arc<Sandbox>,
    outside: Arc<dyn HttpClient>,
}

impl SandboxClient {
    /// Wraps a client.
    pub fn new(sandbox: Arc<Sandbox>, outside: Arc<dyn HttpClient>) -> Self {
        Self { sandbox, outside }
    }

    /// The tokens that open the sandbox.
    pub fn tokens(&self) -> &Tokens {
        self.sandbox.tokens()
    }

    /// The path and query of a URL of the sandbox; `None` for any other URL.
    pub fn target(url: &str) -> Option<&str> {
        let rest = url.strip_prefix(ORIGIN)?;
        let target = rest.split_once('#').map_or(rest, |(target, _)| target);
        match target.chars().next() {
            None => Some("/"),
            Some('/') => Some(target),
            Some(_) => None,
        }
    }
}

#[async_trait]
impl HttpClient for SandboxClient {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let Some(target) = Self::target(&request.url) else { return self.outside.send(request).await };
        let question = Request { method: request.method, target: target.to_owned(), headers: request.headers, body: request.body };
        let response = match self.sandbox.handle(&question) {
            Outcome::Answer(response) => response,
            Outcome::Late(response, delay) => late(response, delay, request.options.timeout).await?,
            Outcome::Reset => return Err(error(HttpErrorKind::Reset, "the connection was closed before an answer came")),
        };
        if request.options.max_response.is_some_and(|most| response.body.len() as u64 > most) {
            return Err(error(HttpErrorKind::TooLarge, "the answer is larger than allowed"));
        }
        Ok(answer(request.url, response))
    }
}

async fn late(response: Response, delay: Duration, timeout: Option<Duration>) -> Result<Response, HttpError> {
    match timeout.filter(|timeout| *timeout < delay) {
        Some(timeout) => {
            tokio::time::sleep(timeout).await;
            Err(error(HttpErrorKind::Timeout, "no answer came in time"))
        }
        None => {
            tokio::time::sleep(delay).await;
            Ok(response)
        }
    }
}

fn error(kind: HttpErrorKind, message: &str) -> HttpError {
    HttpError { kind, message: message.to_owned(), maybe_sent: true }
}

fn answer(url: String, response: Response) -> HttpResponse {
    let reason = StatusCode::from_u16(response.status).ok().and_then(|status| status.canonical_reason());
    HttpResponse {
        status: response.status,
        status_text: reason.unwrap_or_default().to_owned(),
        url,
        redirected: false,
        headers: response.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: response.body,
    }
}
