//! One request as it goes out, and whoever answers it: the network, or what stands in its place.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use node_sdk::ports::{HttpBody, HttpError, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse};
use percent_encoding::percent_decode_str;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::decode::decode;
use crate::error::{failure, too_large};
use crate::multipart;
use crate::redirect;

/// Answers one request, and follows no redirect: that is [`Client`](crate::Client)'s, which asks for each of its requests anew.
/// So whoever stands between, to answer or to write down, sees every request that is sent.
///
/// ```
/// use std::sync::Arc;
/// use bytes::Bytes;
/// use konverte_http::{Client, Exchange, Outgoing};
/// use node_sdk::ports::{HttpBody, HttpClient, HttpError, HttpOptions, HttpRequest, HttpResponse};
///
/// /// Answers without a network, and leads from `/old` to `/new`.
/// struct Moved;
///
/// #[node_sdk::async_trait]
/// impl Exchange for Moved {
///     async fn exchange(&self, request: &Outgoing<'_>) -> Result<HttpResponse, HttpError> {
///         match request.url.path() {
///             "/old" => request.answer(302, vec![("location".into(), "/new".into())], Bytes::new()),
///             _ => request.answer(200, Vec::new(), "here".into()),
///         }
///     }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let (url, options) = ("https://example.com/old".into(), HttpOptions::default());
/// let request = HttpRequest { method: "GET".into(), url, headers: Vec::new(), body: HttpBody::Empty, options };
/// let answer = Client::over(Arc::new(Moved)).send(request).await.unwrap();
/// assert_eq!((answer.url.as_str(), &answer.body[..]), ("https://example.com/new", &b"here"[..]));
/// # });
/// ```
#[async_trait]
pub trait Exchange: Send + Sync {
    /// Sends the request and reads the whole answer. Any status is an answer.
    async fn exchange(&self, request: &Outgoing<'_>) -> Result<HttpResponse, HttpError>;
}

/// One request as it goes out: one of those that an [`HttpRequest`] becomes when it is redirected.
pub struct Outgoing<'a> {
    /// The method: a token of HTTP.
    pub method: Method,
    /// The address, without user, password and fragment, which are not sent in it.
    pub url: Url,
    /// The body, with a multipart one put together; it may be there and empty.
    pub body: Option<Bytes>,
    /// The proxy that it goes through.
    pub proxy: Option<Url>,
    /// How it is sent.
    pub options: &'a HttpOptions,
    /// What the request brings; HTTP adds some of its own ([`Outgoing::headers`]).
    pub(crate) brought: HeaderMap,
    pub(crate) deadline: Deadline,
}

impl<'a> Outgoing<'a> {
    /// The request as it goes to its own address, not yet redirected.
    pub fn of(request: &'a HttpRequest) -> Result<Self, HttpError> {
        let url = parse(&request.url)?;
        Self::new(request, &url, &url, Deadline::of(&request.options))
    }

    /// The request as it goes to `url`, when the first one went to `first`.
    pub(crate) fn new(request: &'a HttpRequest, first: &Url, url: &Url, deadline: Deadline) -> Result<Self, HttpError> {
        let invalid = |message: String| failure(HttpErrorKind::InvalidRequest, message, false);
        let unnamed = |name: &str| failure(HttpErrorKind::InvalidHeaderName, format!("Header name must be a valid HTTP token [\"{name}\"]"), false);
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| invalid(format!("Method must be a valid HTTP token [\"{}\"]", request.method)))?;
        let leaves = redirect::leaves(first, url);
        let mut brought = HeaderMap::with_capacity(request.headers.len() + 2);
        for (name, value) in &request.headers {
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unnamed(name))?;
            // How long the body is, only we know.
            let ours = matches!(key.as_str(), "content-length" | "transfer-encoding");
            if !ours && (!leaves || redirect::goes_along(name, &request.options)) {
                brought.append(key, header_value(value).ok_or_else(|| invalid(format!("Invalid character in header content [\"{name}\"]")))?);
            }
        }
        let mut bare = url.clone();
        bare.set_fragment(None);
        if let Some(basic) = take_user(&mut bare) {
            brought.entry("authorization").or_insert(basic);
        }
        let body = match &request.body {
            HttpBody::Empty => {
                // A server cannot tell otherwise that there is nothing to wait for, and some answer 411.
                if matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
                    brought.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
                }
                None
            }
            HttpBody::Bytes(bytes) => Some(bytes.clone()),
            HttpBody::Multipart(parts) => {
                let (content_type, bytes) = multipart::encode(parts);
                brought.insert("content-type", header_value(&content_type).ok_or_else(|| invalid("Invalid boundary".into()))?);
                Some(bytes.into())
            }
        };
        let proxy = request.options.proxy_url()?;
        Ok(Self { method, url: bare, body, proxy, options: &request.options, brought, deadline })
    }

    /// All headers as they are sent, those of HTTP itself too: names in lower case, repeated ones separate.
    pub fn headers(&self) -> Vec<(String, String)> {
        let mut all = Vec::with_capacity(self.brought.len() + 3);
        let mut add = |name: &HeaderName, value: String| all.push((name.as_str().to_owned(), value));
        if !self.brought.contains_key(HOST) {
            let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
            add(&HOST, format!("{}{port}", self.url.host_str().unwrap_or_default()));
        }
        self.brought.iter().for_each(|(name, value)| add(name, latin1(value.as_bytes())));
        if !self.brought.contains_key(ACCEPT) {
            add(&ACCEPT, "*/*".to_owned());
        }
        if let Some(body) = self.body.as_ref().filter(|body| !body.is_empty()) {
            add(&CONTENT_LENGTH, body.len().to_string());
        }
        all
    }

    /// An answer to it made of its parts, as it would be had it come from a server: without the body that this method or status has not,
    /// its content encoding undone, and not over the limit.
    pub fn answer(&self, status: u16, headers: Vec<(String, String)>, body: Bytes) -> Result<HttpResponse, HttpError> {
        let has_none = self.method == Method::HEAD || matches!(status, 100..200 | 204 | 304);
        let body = if has_none { Bytes::new() } else { body };
        if let Some(limit) = self.options.max_response.filter(|limit| body.len() as u64 > *limit) {
            return Err(too_large(limit));
        }
        let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
        self.finished(status, reason.to_owned(), headers, body)
    }

    /// The answer, its content encoding undone.
    pub(crate) fn finished(&self, status: u16, status_text: String, headers: Vec<(String, String)>, raw: Bytes) -> Result<HttpResponse, HttpError> {
        let encodings: Vec<&str> = headers.iter().filter(|(name, _)| name == "content-encoding").map(|(_, value)| value.as_str()).collect();
        let body = if encodings.is_empty() { raw } else { decode(&encodings.join(","), raw, self.options.max_response)? };
        Ok(HttpResponse { status, status_text, url: self.url.to_string(), redirected: false, headers, body })
    }
}

/// The end of the whole exchange, redirects included.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    at: Option<Instant>,
    pub(crate) limit: Duration,
}

impl Deadline {
    pub(crate) fn of(options: &HttpOptions) -> Self {
        let limit = options.timeout;
        Self { at: limit.and_then(|limit| Instant::now().checked_add(limit)), limit: limit.unwrap_or_default() }
    }

    /// What the future gives, which is nothing that the server does: the time of it does not count.
    pub(crate) async fn pause<T>(&mut self, future: impl Future<Output = T>) -> T {
        let since = Instant::now();
        let done = future.await;
        self.at = self.at.and_then(|at| at.checked_add(since.elapsed()));
        done
    }

    /// What the future gives; `None` when the time is up before.
    pub(crate) async fn bound<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        match self.at {
            Some(at) => timeout_at(at, future).await.ok(),
            None => Some(future.await),
        }
    }
}

/// Parses a URL as the WHATWG standard of today does: its parser leaves `^` in a path, which is escaped by now.
pub(crate) fn parse(text: &str) -> Result<Url, HttpError> {
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

/// A header's value on the wire: Latin-1, without outer spaces, line breaks and what Latin-1 has no byte for.
fn header_value(text: &str) -> Option<HeaderValue> {
    if text.bytes().all(|b| b.is_ascii() && !matches!(b, b'\r' | b'\n')) {
        return HeaderValue::from_bytes(text.trim_ascii().as_bytes()).ok();
    }
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

pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
