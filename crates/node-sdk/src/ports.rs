//! The outside world, as traits. The binary hands in what it links.

mod base64_bytes;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::blob::Blobs;
use crate::context::NodeInfo;
use crate::error::NodeError;
use crate::item::Item;

/// All ports of a run.
#[derive(Clone)]
pub struct Ports {
    /// Sends requests.
    pub http: Arc<dyn HttpClient>,
    /// Looks credentials up.
    pub credentials: Arc<dyn Credentials>,
    /// `$vars` and `$env`.
    pub variables: Arc<dyn Variables>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// File content.
    pub blobs: Arc<dyn Blobs>,
    /// Data a workflow keeps between executions.
    pub static_state: Arc<dyn StaticState>,
    /// Runs other workflows.
    pub subworkflows: Arc<dyn Subworkflow>,
    /// What only some ways of running offer.
    pub adapters: Adapters,
}

/// Ports that a program links only where it needs them. A node that asks for an absent one gets a clear error.
#[derive(Clone, Default)]
pub struct Adapters {
    /// The file system, or a part of it.
    pub files: Option<Arc<dyn Files>>,
    /// Databases.
    pub sql: Option<Arc<dyn Sql>>,
    /// Outgoing mail.
    pub mail: Option<Arc<dyn Mail>>,
    /// Commands of the system.
    pub process: Option<Arc<dyn Process>>,
}

impl Adapters {
    /// Files, or the error of a node that cannot do without.
    pub fn files(&self) -> Result<&Arc<dyn Files>, NodeError> {
        self.files.as_ref().ok_or_else(|| absent("files cannot be reached from here", "Run it with a build of konverte that has the files adapter."))
    }

    /// Databases, or the error of a node that cannot do without.
    pub fn sql(&self) -> Result<&Arc<dyn Sql>, NodeError> {
        self.sql.as_ref().ok_or_else(|| absent("no database is linked in", "Run it with a build of konverte that has the SQL adapter."))
    }

    /// Outgoing mail, or the error of a node that cannot do without.
    pub fn mail(&self) -> Result<&Arc<dyn Mail>, NodeError> {
        self.mail.as_ref().ok_or_else(|| absent("mail cannot be sent from here", "Run it with a build of konverte that has the mail adapter."))
    }

    /// Commands, or the error of a node that cannot do without.
    pub fn process(&self) -> Result<&Arc<dyn Process>, NodeError> {
        self.process
            .as_ref()
            .ok_or_else(|| absent("commands of the system cannot be run from here", "Run it with a build of konverte that has the process adapter."))
    }
}

fn absent(what: &str, help: &str) -> NodeError {
    NodeError::coded(crate::error::codes::UNAVAILABLE, format!("This node cannot run here: {what}")).help(help)
}

/// Port: HTTP. Sends one request and never repeats it by itself.
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
    /// Take any certificate.
    pub accept_invalid_certificates: bool,
    /// `http://`, `https://` or `socks5://`, with user and password where needed.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The node's name.
    pub node: String,
    /// Index of the input item.
    pub item: usize,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            timeout: Some(Duration::from_secs(300)),
            max_redirects: 21,
            keep_headers_across_origins: false,
            secret_headers: Vec::new(),
            accept_invalid_certificates: false,
            proxy: None,
            max_response: None,
            tls: None,
            fresh_connection: false,
            sender: None,
            known_by: KnownBy::default(),
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
    /// again with `Retry-After`), or one that refuses (429 too) is not the one that was asked first.
    pub fn leaves_open(&self) -> bool {
        match self.status {
            502 | 504 => true,
            503 => self.redirected || self.header("retry-after").is_none(),
            429 => self.redirected,
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

    /// Node.js's code for it, as n8n shows it beside the message; `None` where it has none.
    pub fn code(&self) -> Option<&'static str> {
        use HttpErrorKind as Kind;
        Some(match self.kind {
            Kind::InvalidUrl => "ERR_INVALID_URL",
            Kind::InvalidHeaderName => "ERR_INVALID_HTTP_TOKEN",
            Kind::InvalidRequest => "ERR_INVALID_CHAR",
            Kind::Unreachable => "EHOSTUNREACH",
            Kind::Refused => "ECONNREFUSED",
            Kind::Dns => "ENOTFOUND",
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
    /// The name does not resolve.
    Dns,
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
    /// The proxy cannot be used.
    Proxy,
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
    /// The policy forbids the address, or a dry run forbids sending.
    Forbidden,
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

/// Port: credentials.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// The credential of `type_name` that the node's `credentials` entry names: by id, then name, then type.
    async fn get(&self, node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError>;
}

/// A credential's fields. `Debug` shows none of their values.
#[derive(Clone)]
pub struct Credential {
    /// Its type, for example `konverteApi`.
    pub type_name: String,
    /// The fields, with defaults filled in.
    pub fields: Map<String, Value>,
}

impl Credential {
    /// A field as text; "" where it is absent.
    pub fn text(&self, field: &str) -> String {
        match self.fields.get(field) {
            None | Some(Value::Null) => String::new(),
            Some(value) => crate::json::to_js_string(value),
        }
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("type_name", &self.type_name).finish_non_exhaustive()
    }
}

/// Port: `$vars` and `$env`.
pub trait Variables: Send + Sync {
    /// The object behind `$vars`.
    fn vars(&self) -> Arc<Value>;
    /// What `$env` may show; `None`: access is denied.
    fn env(&self) -> Option<Arc<Map<String, Value>>>;
}

/// Port: time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now_millis(&self) -> i64;
    /// Waits.
    async fn sleep(&self, duration: Duration);
    /// A monotonic reading, for measuring.
    fn monotonic(&self) -> Duration;
}

/// Port: randomness.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Port: data that a workflow keeps between executions.
pub trait StaticState: Send + Sync {
    /// The workflow's own (`None`) or a node's.
    fn get(&self, node: Option<&str>) -> Arc<Mutex<Map<String, Value>>>;
}

/// Port: runs another workflow.
#[async_trait]
pub trait Subworkflow: Send + Sync {
    /// Runs it to its end with these items; gives the last node's outputs. `wait` false: it begins when the
    /// node's work is done, and there are no outputs.
    async fn run(&self, call: SubworkflowCall) -> Result<Vec<Vec<Item>>, NodeError>;
}

/// Which workflow to run, with what.
#[derive(Debug, Clone)]
pub struct SubworkflowCall {
    /// Which.
    pub source: SubworkflowSource,
    /// Items for its trigger.
    pub items: Vec<Item>,
    /// Wait for its end.
    pub wait: bool,
}

/// Where a sub-workflow comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SubworkflowSource {
    /// By its top-level `id`, then its `name`, then as a path.
    Reference(String),
    /// The workflow itself, n8n's JSON.
    Inline(Value),
    /// A local file.
    File(String),
}

/// Port: files of the machine, as far as a run may reach them.
#[async_trait]
pub trait Files: Send + Sync {
    /// Reads a whole file.
    async fn read(&self, path: &str) -> Result<Bytes, NodeError>;
    /// Writes a whole file, or appends to it.
    async fn write(&self, path: &str, content: Bytes, append: bool) -> Result<(), NodeError>;
}

/// Port: SQL databases.
#[async_trait]
pub trait Sql: Send + Sync {
    /// Runs one statement and gives its rows, each an object of columns in order; a statement without rows gives none.
    async fn query(&self, target: &SqlTarget, statement: &str, values: &[Value]) -> Result<Vec<Map<String, Value>>, NodeError>;
}

/// Which database a statement is for.
#[derive(Debug, Clone)]
pub enum SqlTarget {
    /// One of its own, in memory, with these tables: name and rows. What Merge's SQL mode queries.
    Tables(Vec<(String, Vec<Value>)>),
    /// A server, by its credential.
    Server(Credential),
}

/// Port: outgoing mail.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Sends one message over the server of the credential; gives what the server answered, n8n's fields (`messageId`, `accepted`, ...).
    async fn send(&self, server: &Credential, message: MailMessage) -> Result<Map<String, Value>, NodeError>;
}

/// One message. Addresses are as people write them, several with commas between.
#[derive(Debug, Clone, Default)]
pub struct MailMessage {
    /// Sender.
    pub from: String,
    /// Receivers.
    pub to: String,
    /// Copies.
    pub cc: String,
    /// Hidden copies.
    pub bcc: String,
    /// Where answers go; "" for the sender.
    pub reply_to: String,
    /// Subject.
    pub subject: String,
    /// Plain text, if there is any.
    pub text: Option<String>,
    /// HTML, if there is any.
    pub html: Option<String>,
    /// Files; [`Part::name`] is the content id.
    pub attachments: Vec<Part>,
}

/// Port: commands of the system.
#[async_trait]
pub trait Process: Send + Sync {
    /// Runs a command line through the system's shell to its end. An exit code that is not 0 is an answer, not an error.
    async fn run(&self, command: &str) -> Result<ProcessOutput, NodeError>;
}

/// What a command left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProcessOutput {
    /// Exit code; that of a signal is 128 + its number.
    pub exit_code: i32,
    /// Standard output, lossy UTF-8.
    pub stdout: String,
    /// Standard error, lossy UTF-8.
    pub stderr: String,
}
