//! The port of HTTP: one request, its answer, and why there is none.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use url::{Position, Url};

use super::base64_bytes;
use super::room::Room;
use crate::error::NodeError;

/// Port: HTTP. Sends one request and does not repeat it by itself, unless a kept connection lost one that only reads.
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends the request and reads the whole answer. Any status is an answer, not an error.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;
}

/// One request.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// Upper case.
    pub method: String,
    /// Absolute; parsed by the WHATWG rules, so text that is already escaped stays as it is.
    pub url: String,
    /// In order, names as they are to be sent. Nothing is added but what HTTP itself needs.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: HttpBody,
    /// The rest.
    pub options: HttpOptions,
}

/// A body.
#[derive(Debug, Clone, Default)]
pub enum HttpBody {
    /// None.
    #[default]
    Empty,
    /// These bytes; the caller sets the content type.
    Bytes(Bytes),
    /// `multipart/form-data`; the client sets the content type with its boundary.
    Multipart(Vec<Part>),
}

/// One part of a multipart body.
#[derive(Debug, Clone)]
pub struct Part {
    /// Field name.
    pub name: String,
    /// File name, for a file.
    pub file_name: Option<String>,
    /// Content type, for a file.
    pub content_type: Option<String>,
    /// Content.
    pub content: Bytes,
}

/// How a request is sent.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// For the whole exchange.
    pub timeout: Option<Duration>,
    /// How many redirects to follow; 0: the redirect itself is the answer.
    pub max_redirects: usize,
    /// Whether `authorization` goes along when a redirect leaves the origin. `cookie` never does, every other header does
    /// unless it is one of `secret_headers`.
    pub keep_headers_across_origins: bool,
    /// Names of headers that prove who sends the request: they never go along when a redirect leaves the origin.
    pub secret_headers: Vec<String>,
    /// A redirect that would make a GET of another method is an error: nothing of what was asked for would be done.
    pub keeps_method: bool,
    /// Whether the body proves who sends the request: a redirect that leaves the origin is an error then.
    pub secret_body: bool,
    /// Take any certificate.
    pub accept_invalid_certificates: bool,
    /// `http://`, `https://` or `socks5://`, with user and password where needed; what it means says [`HttpOptions::proxy_url`] alone.
    pub proxy: Option<String>,
    /// An answer over it is an error; bytes.
    pub max_response: Option<u64>,
    /// Client certificate and own authority, PEM.
    pub tls: Option<TlsChoice>,
    /// Open a connection of its own instead of one from the pool.
    pub fresh_connection: bool,
    /// Who sends it, for the plan of a dry run and for recordings; nothing of it leaves.
    pub sender: Option<Sender>,
    /// What tells it from its node's other requests.
    pub known_by: KnownBy,
    /// Which hosts it may go to, its redirects and its proxy too; `None`: all.
    pub reach: Option<Arc<dyn Reach>>,
    /// It only reads, whatever its method says. Only an action's row says so, and only of the address that the row names.
    pub only_reads: bool,
    /// It is sent for a credential's session: it asks for a token, or logs in. A dry run that lets reads leave sends it.
    pub for_session: bool,
    /// What the bodies of answers may take together of those who share it; `None`: it is not bounded.
    pub room: Option<Arc<Room>>,
}

impl HttpOptions {
    /// The proxy that is meant, without a path: one that names no scheme is `http`. Whoever judges where a request goes and whoever sends it
    /// have to read the text alike.
    ///
    /// # Errors
    /// [`HttpErrorKind::Proxy`]: it is no address of a proxy.
    pub fn proxy_url(&self) -> Result<Option<Url>, HttpError> {
        let Some(text) = self.proxy.as_deref() else { return Ok(None) };
        let named = |text: &str| Url::parse(text).ok().filter(|url| url.has_host() && SCHEMES.contains(&url.scheme()));
        let url = named(text).or_else(|| named(&format!("http://{text}")));
        let url = url.and_then(|url| Url::parse(&url[..Position::BeforePath]).ok());
        let error = || HttpError { kind: HttpErrorKind::Proxy, message: "The proxy is not valid".into(), maybe_sent: false };
        url.map(Some).ok_or_else(error)
    }
}

/// How a proxy is spoken to.
const SCHEMES: [&str; 5] = ["http", "https", "socks4", "socks5", "socks5h"];

/// Which hosts a request may go to.
pub trait Reach: std::fmt::Debug + Send + Sync {
    /// Why it may not go to this host, which is as it stands in a URL; `None`: it may.
    fn refusal(&self, host: &str) -> Option<String>;
}

/// What tells a request from the others of its node. A run that goes on after a crash finds by it the answer that the request had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KnownBy {
    /// Its place among those of its item. The node sends an item's next request when the one before is answered, so time and chance
    /// may be in them.
    #[default]
    Place,
    /// Method and address, among those of its item: several are on their way at once and overtake each other, as code sends them.
    /// With time or chance in its address it is not known again, and is sent again; with another body it ends the run.
    Request,
    /// Method and address, whichever item asks first: it is sent for all of them, as for a token.
    SharedRequest,
}

/// Who sends a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// The execution ([`crate::ExecutionInfo::path`]).
    pub execution: Arc<str>,
    /// The node's name.
    pub node: String,
    /// Index of the input item, where the request is known to be one's.
    pub item: Option<usize>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            timeout: Some(Duration::from_secs(300)),
            max_redirects: 21,
            keep_headers_across_origins: false,
            secret_headers: Vec::new(),
            keeps_method: false,
            secret_body: false,
            accept_invalid_certificates: false,
            proxy: None,
            max_response: None,
            tls: None,
            fresh_connection: false,
            sender: None,
            known_by: KnownBy::default(),
            reach: None,
            only_reads: false,
            for_session: false,
            room: None,
        }
    }
}

/// Client certificate and own authority.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TlsChoice {
    /// Authority that signs the server's certificate, PEM.
    pub ca: Option<String>,
    /// Client certificate, PEM.
    pub certificate: Option<String>,
    /// Its key, PEM.
    pub key: Option<String>,
    /// The key's passphrase.
    pub passphrase: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// For example 200.
    pub status: u16,
    /// For example `OK`.
    pub status_text: String,
    /// After redirects.
    pub url: String,
    /// It answers a redirect that was followed: the first address has had the request, whatever this one says.
    pub redirected: bool,
    /// Lower case names, in order, repeated ones separate.
    pub headers: Vec<(String, String)>,
    /// Decoded content; written down, it is base64.
    #[serde(with = "base64_bytes")]
    pub body: Bytes,
}

impl HttpResponse {
    /// The first header of this (lower case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether it does not tell if the request was carried out: a gateway speaks for the server (502, 504; 503 unless it asks to come
    /// again with `Retry-After`), or one that refuses (408, 425, 429 too) is not the one that was asked first.
    pub fn leaves_open(&self) -> bool {
        match self.status {
            502 | 504 => true,
            503 => self.redirected || self.header("retry-after").is_none(),
            408 | 425 | 429 => self.redirected,
            _ => false,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct HttpError {
    /// What kind of failure.
    pub kind: HttpErrorKind,
    /// What happened, without secrets; Node.js's words where n8n shows them, because they become data.
    pub message: String,
    /// Whether the request may have reached the server.
    pub maybe_sent: bool,
}

impl HttpError {
    /// The error of a node whose request was given up because the run was stopped: fatal, so that the node's settings do not take it
    /// for a failure of the node. The engine puts the reason in its place.
    pub fn stop(&self) -> Option<NodeError> {
        let stopped = self.kind == HttpErrorKind::Stopped;
        stopped.then(|| NodeError { fatal: true, ..NodeError::new(self.message.clone()) })
    }

    /// Where no entry of an answers file fits: takes the entry that would answer out of the message, which keeps what happened.
    pub fn take_entry(&mut self) -> Option<String> {
        let at = self.message.find('\n').filter(|_| self.kind == HttpErrorKind::Unanswered)?;
        let entry = self.message.split_off(at);
        Some(entry.trim_start().to_owned())
    }

    /// Node.js's code for it, as n8n shows it beside the message; `None` where it has none.
    pub fn code(&self) -> Option<&'static str> {
        use HttpErrorKind as Kind;
        Some(match self.kind {
            Kind::InvalidUrl => "ERR_INVALID_URL",
            Kind::InvalidHeaderName => "ERR_INVALID_HTTP_TOKEN",
            Kind::InvalidRequest => "ERR_INVALID_CHAR",
            Kind::Unreachable => "EHOSTUNREACH",
            Kind::NoNetwork => "ENETUNREACH",
            Kind::Refused => "ECONNREFUSED",
            Kind::Dns => "ENOTFOUND",
            Kind::DnsAgain => "EAI_AGAIN",
            Kind::BrokenPipe => "EPIPE",
            Kind::Reset => "ECONNRESET",
            Kind::ConnectTimeout => "ETIMEDOUT",
            Kind::Timeout => "ECONNABORTED",
            Kind::Tls(TlsFault::Protocol) => "EPROTO",
            Kind::Tls(TlsFault::SelfSigned) => "DEPTH_ZERO_SELF_SIGNED_CERT",
            Kind::Tls(TlsFault::UnknownAuthority) => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            Kind::Tls(TlsFault::Expired) => "CERT_HAS_EXPIRED",
            Kind::Tls(TlsFault::OtherName) => "ERR_TLS_CERT_ALTNAME_INVALID",
            Kind::TooManyRedirects => "ERR_FR_TOO_MANY_REDIRECTS",
            Kind::Redirects => "ERR_FR_REDIRECTION_FAILURE",
            _ => return None,
        })
    }
}

/// Kinds of failure below HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HttpErrorKind {
    /// Not a URL that can be requested.
    InvalidUrl,
    /// A header's value or a method cannot be sent.
    InvalidRequest,
    /// A header's name cannot be sent.
    InvalidHeaderName,
    /// Nobody listens.
    Refused,
    /// No way leads to the host.
    Unreachable,
    /// No way leads to the host's network.
    NoNetwork,
    /// The name does not resolve.
    Dns,
    /// The name cannot be looked up now: who could tell does not answer.
    DnsAgain,
    /// The connection broke before the answer's head.
    Reset,
    /// The connection broke while the request was written.
    BrokenPipe,
    /// The answer's body broke off.
    Aborted,
    /// No answer in time.
    Timeout,
    /// The system gave up connecting.
    ConnectTimeout,
    /// The time-out came while the body was read.
    BodyTimeout,
    /// Certificates or handshake.
    Tls(TlsFault),
    /// The proxy is no address that can be used.
    Proxy,
    /// The proxy is there and opens no way to the host.
    ProxyRefused,
    /// More redirects than are followed.
    TooManyRedirects,
    /// A redirect to what cannot be requested.
    Redirects,
    /// Over [`HttpOptions::max_response`].
    TooLarge,
    /// The answer's head is no HTTP, or breaks its rules.
    Malformed,
    /// Content encoding cannot be undone.
    Decode,
    /// The policy forbids the address.
    Forbidden,
    /// A dry run holds it back, and nobody answers in its place: its branch ends there, which is no failure.
    HeldBack,
    /// The host is none of those that the request may go to ([`HttpOptions::reach`]).
    NotGranted,
    /// No entry of an answers file fits. The second line of the message is the entry that would answer; [`HttpError::take_entry`]
    /// takes it away.
    Unanswered,
    /// The run was stopped. A node that is told so hands over what it has done; the engine says why the rest is missing.
    Stopped,
    /// Anything else.
    Other,
}

/// What is wrong with a TLS connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TlsFault {
    /// The other side does not speak TLS, or not ours.
    Protocol,
    /// A certificate that vouches for itself.
    SelfSigned,
    /// A certificate of an authority that is not known.
    UnknownAuthority,
    /// A certificate whose time is over.
    Expired,
    /// A certificate for another host.
    OtherName,
    /// Anything else about the certificate.
    Certificate,
}
