//! One exchange: the request, its redirects, and the answer's body.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::{Bytes, BytesMut};
use node_sdk::ports::{HttpBody, HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse};
use percent_encoding::percent_decode_str;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::decode::decode;
use crate::error::{before_answer, failure, in_body, timeout, too_large};
use crate::multipart;
use crate::policy::Policy;
use crate::pool::{Manner, Pool};
use crate::redirect;

/// The HTTP client. Cheap to keep, made once: it holds the connections.
pub struct Client {
    policy: Policy,
    pool: Pool,
}

impl Client {
    /// A client that may reach what `policy` allows.
    pub fn new(policy: Policy) -> Self {
        Self { policy, pool: Pool::new(policy) }
    }
}

impl Default for Client {
    /// A client that may reach everything.
    fn default() -> Self {
        Self::new(Policy { allow_private: true })
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let limit = request.options.timeout;
        let deadline = Deadline { at: limit.and_then(|limit| Instant::now().checked_add(limit)), limit: limit.unwrap_or_default() };
        let first = parse(&request.url)?;
        let mut url = first.clone();
        let mut followed = 0;
        loop {
            let exchanged = self.exchange(&request, &first, &url, &deadline).await;
            // What happens after a redirect: the first address has had the request.
            let mut answer = exchanged.map_err(|error| HttpError { maybe_sent: error.maybe_sent || followed > 0, ..error })?;
            answer.redirected = followed > 0;
            if request.options.max_redirects == 0 {
                return Ok(answer);
            }
            let Some(to) = redirect::target(&answer, &url)? else { return Ok(answer) };
            if followed == request.options.max_redirects {
                return Err(failure(HttpErrorKind::TooManyRedirects, "Maximum number of redirects exceeded", true));
            }
            followed += 1;
            redirect::follow(&mut request, answer.status);
            url = to;
        }
    }
}

impl Client {
    /// One request and its answer, wherever it points.
    async fn exchange(&self, request: &HttpRequest, first: &Url, url: &Url, deadline: &Deadline) -> Result<HttpResponse, HttpError> {
        let proxy = request.options.proxy.as_deref().and_then(|proxy| Url::parse(proxy).ok());
        if ![Some(url), proxy.as_ref()].into_iter().flatten().all(|reached| self.policy.allows_url(reached)) {
            return Err(failure(HttpErrorKind::Forbidden, "The address is not public, and requests to such addresses are not allowed", false));
        }
        let answer = self.head(request, (first, url), proxy.as_ref(), deadline).await?;
        read(answer, url, request.options.max_response, deadline).await
    }

    /// Sends the request; the answer is there as far as its head.
    ///
    /// A server may close a kept connection without saying so, and what was just sent on it is lost: from then on each request to
    /// it has a connection of its own, as n8n's all have. What only reads is sent again at once; whether to repeat another is not
    /// ours to say.
    async fn head(
        &self,
        request: &HttpRequest,
        (first, url): (&Url, &Url),
        proxy: Option<&Url>,
        deadline: &Deadline,
    ) -> Result<reqwest::Response, HttpError> {
        let server = format!("{} {}", url.origin().ascii_serialization(), request.options.proxy.as_deref().unwrap_or_default());
        loop {
            let manner = self.pool.manner(&server);
            let fresh = request.options.fresh_connection || manner == Some(Manner::Closes);
            let client = self.pool.client(&request.options, fresh)?;
            let sending = client.execute(build(request, first, url)?);
            let answer = deadline.bound(sending).await.ok_or_else(|| timeout(deadline.limit, true))?;
            let error = match answer {
                Ok(answer) => {
                    if manner.is_none() {
                        self.pool.remember(server, Manner::Keeps);
                    }
                    return Ok(answer);
                }
                Err(error) => before_answer(&error, proxy.unwrap_or(url)),
            };
            let lost = matches!(error.kind, HttpErrorKind::Reset | HttpErrorKind::BrokenPipe) && !fresh && manner.is_some();
            if lost {
                self.pool.remember(server.clone(), Manner::Closes);
            }
            if !(lost && matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS")) {
                return Err(error);
            }
        }
    }
}

/// The end of the whole exchange.
struct Deadline {
    at: Option<Instant>,
    limit: Duration,
}

impl Deadline {
    /// What the future gives; `None` when the time is up before.
    async fn bound<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        match self.at {
            Some(at) => timeout_at(at, future).await.ok(),
            None => Some(future.await),
        }
    }
}

/// Parses a URL as the WHATWG standard of today does: its parser leaves `^` in a path, which is escaped by now.
fn parse(text: &str) -> Result<Url, HttpError> {
    let invalid = || failure(HttpErrorKind::InvalidUrl, "Invalid URL", false);
    let mut url = Url::parse(text).map_err(|_| invalid())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(failure(HttpErrorKind::InvalidUrl, format!("Unsupported protocol {}:", url.scheme()), false));
    }
    if url.path().contains('^') {
        url.set_path(&url.path().replace('^', "%5E"));
    }
    Ok(url)
}

fn build(request: &HttpRequest, first: &Url, url: &Url) -> Result<reqwest::Request, HttpError> {
    let invalid = |message: String| failure(HttpErrorKind::InvalidRequest, message, false);
    let unnamed = |name: &str| failure(HttpErrorKind::InvalidHeaderName, format!("Header name must be a valid HTTP token [\"{name}\"]"), false);
    let method = reqwest::Method::from_bytes(request.method.as_bytes())
        .map_err(|_| invalid(format!("Method must be a valid HTTP token [\"{}\"]", request.method)))?;
    let mut headers = HeaderMap::with_capacity(request.headers.len() + 2);
    for (name, value) in &request.headers {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unnamed(name))?;
        // How long the body is, only we know.
        let ours = matches!(key.as_str(), "content-length" | "transfer-encoding");
        if !ours && redirect::goes_along(name, first, url, &request.options) {
            headers.append(key, header_value(value).ok_or_else(|| invalid(format!("Invalid character in header content [\"{name}\"]")))?);
        }
    }
    let mut bare = url.clone();
    if let Some(basic) = take_user(&mut bare) {
        headers.entry("authorization").or_insert(basic);
    }
    let body = match &request.body {
        HttpBody::Empty => {
            // A server cannot tell otherwise that there is nothing to wait for, and some answer 411.
            if matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
                headers.insert("content-length", HeaderValue::from_static("0"));
            }
            None
        }
        HttpBody::Bytes(bytes) => Some(bytes.clone()),
        HttpBody::Multipart(parts) => {
            let (content_type, bytes) = multipart::encode(parts);
            headers.insert("content-type", header_value(&content_type).ok_or_else(|| invalid("Invalid boundary".into()))?);
            Some(bytes.into())
        }
    };
    let mut built = reqwest::Request::new(method, bare);
    *built.headers_mut() = headers;
    *built.body_mut() = body.map(reqwest::Body::from);
    Ok(built)
}

/// A header's value on the wire: Latin-1, without outer spaces, line breaks and what Latin-1 has no byte for.
fn header_value(text: &str) -> Option<HeaderValue> {
    let bytes: Vec<u8> = text.chars().filter(|c| !matches!(c, '\r' | '\n')).filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
    HeaderValue::from_bytes(bytes.trim_ascii()).ok()
}

/// Takes user and password out of a URL and gives the header that says them.
fn take_user(url: &mut Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let plain = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let pair = [plain(url.username()), plain(url.password().unwrap_or_default())].join(&b':');
    // Both fail only for URLs without a host, and these have one.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

async fn read(mut answer: reqwest::Response, url: &Url, limit: Option<u64>, deadline: &Deadline) -> Result<HttpResponse, HttpError> {
    let status = answer.status();
    let phrase = answer.extensions().get::<hyper::ext::ReasonPhrase>();
    let status_text = match phrase {
        Some(phrase) => latin1(phrase.as_bytes()),
        None => status.canonical_reason().unwrap_or_default().to_owned(),
    };
    let headers: Vec<(String, String)> = answer.headers().iter().map(|(name, value)| (name.to_string(), latin1(value.as_bytes()))).collect();
    let raw = read_body(&mut answer, limit, deadline).await?;
    let encodings: Vec<&str> = headers.iter().filter(|(name, _)| name == "content-encoding").map(|(_, value)| value.as_str()).collect();
    let body = if encodings.is_empty() { raw } else { decode(&encodings.join(","), raw, limit)? };
    Ok(HttpResponse { status: status.as_u16(), status_text, url: url.to_string(), redirected: false, headers, body })
}

async fn read_body(answer: &mut reqwest::Response, limit: Option<u64>, deadline: &Deadline) -> Result<Bytes, HttpError> {
    let over = |len: u64| limit.filter(|limit| len > *limit).map(too_large);
    if let Some(error) = answer.content_length().and_then(over) {
        return Err(error);
    }
    let mut body = BytesMut::new();
    loop {
        let chunk = deadline.bound(answer.chunk()).await;
        let chunk = chunk.ok_or_else(|| failure(HttpErrorKind::BodyTimeout, timeout(deadline.limit, true).message, true))?;
        let Some(chunk) = chunk.map_err(|_| in_body())? else { return Ok(body.freeze()) };
        body.extend_from_slice(&chunk);
        if let Some(error) = over(body.len() as u64) {
            return Err(error);
        }
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
