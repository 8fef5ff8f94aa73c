//! What went wrong, in n8n's words: as an item's `error`, and as the error that ends the run.

use node_sdk::error::codes;
use node_sdk::json::stringify;
use node_sdk::ports::{HttpError, HttpErrorKind, HttpResponse, TlsFault};
use node_sdk::{ErrorCode, Item, NodeError};
use request::failure::{self, said, status_words};
use request::{answer, common_errors};
use serde_json::{Map, Value, json};

/// Why an item has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nothing was sent: a parameter, a file or a credential is not right. Data as a text.
    Before(NodeError),
    /// The answer cannot be read. Data as a text.
    Answer(NodeError),
    /// The request failed. Data as an object.
    Sent(Box<ErrorObject>),
}

/// A failure as JavaScript's error object has it.
#[derive(Debug, Clone)]
pub(super) struct ErrorObject {
    /// Its class.
    name: &'static str,
    message: String,
    /// Node.js's or axios's code.
    code: Option<&'static str>,
    /// The answer's status.
    status: Option<u16>,
    /// How long the answer asked to wait.
    retry_after: Option<String>,
    /// Whether the status stands in the error object; the errors of pages do not have it.
    shows_status: bool,
    /// What the server said, parsed where it is JSON.
    body: Value,
    /// What is known of the cause, for people.
    detail: Option<String>,
    /// n8n has an error object of its own for it.
    form: Form,
    kind: Option<HttpErrorKind>,
    /// What to do about it, where more is known than the status says.
    help: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    /// `NodeApiError`: the requests of predefined credentials.
    Api,
    /// `NodeSslError`.
    Ssl,
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        Self::Before(error)
    }
}

impl From<ErrorObject> for Failure {
    fn from(object: ErrorObject) -> Self {
        Self::sent(object)
    }
}

impl ErrorObject {
    pub(super) fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self {
            name,
            message: message.into(),
            code: None,
            status: None,
            retry_after: None,
            shows_status: true,
            body: Value::Null,
            detail: None,
            form: Form::Plain,
            kind: None,
            help: None,
        }
    }

    pub(super) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// A status that is no success. `parses`: n8n has the answer parsed, which shows in the message.
    pub(super) fn status(answer: &HttpResponse, parses: bool) -> Self {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let body = answer::parse_json(&text).unwrap_or_else(|_| Value::String(text.clone()));
        let shown = if parses { stringify(&body) } else { stringify(&Value::String(text)) };
        let message = match answer.status {
            429 => "Try spacing your requests out using the batching settings under 'Options'".to_owned(),
            status => format!("{status} - {shown}"),
        };
        let code = match answer.status {
            400..=499 => Some("ERR_BAD_REQUEST"),
            500..=599 => Some("ERR_BAD_RESPONSE"),
            _ => None,
        };
        Self {
            code,
            status: Some(answer.status),
            retry_after: answer.header("retry-after").map(str::to_owned),
            body,
            ..Self::new("AxiosError", message)
        }
    }

    /// A status that is no success, on a page.
    pub(super) fn page_status(answer: &HttpResponse, body: &Value) -> Self {
        let text = match body {
            Value::String(text) => text.clone(),
            body => stringify(body),
        };
        let message = format!("{} - \"{text}\"", answer.status);
        Self { name: "Error", message, code: None, shows_status: false, ..Self::status(answer, false) }
    }

    /// No answer. `parses`: n8n has the answer parsed, and then has its own words for one that breaks off.
    pub(super) fn network(error: &HttpError, parses: bool) -> Self {
        use HttpErrorKind::{
            Aborted, BodyTimeout, ConnectTimeout, Decode, InvalidHeaderName, InvalidRequest, InvalidUrl, Timeout, Tls, TooManyRedirects,
        };
        let message = error.message.as_str();
        let mut object = match error.kind {
            Aborted | BodyTimeout | Decode if parses => {
                let detail = (error.kind == Decode).then(|| message.to_owned());
                Self { status: Some(200), code: Some("ERR_BAD_RESPONSE"), detail, ..Self::new("AxiosError", "200 - undefined") }
            }
            Aborted | BodyTimeout => Self::new("Error", "aborted"),
            Timeout | ConnectTimeout => Self::new("AxiosError", message),
            Tls(fault) if fault != TlsFault::Protocol => {
                let words = "SSL Issue: consider using the 'Ignore SSL issues' option";
                Self { detail: Some(message.to_owned()), form: Form::Ssl, ..Self::new("NodeSslError", words) }
            }
            TooManyRedirects => Self::new("Error [ERR_FR_TOO_MANY_REDIRECTS]", message),
            InvalidUrl | InvalidRequest | InvalidHeaderName => Self::new("TypeError", message),
            _ => Self::new("Error", message),
        };
        if object.form == Form::Plain && object.status.is_none() {
            object.code = error.code();
        }
        object.kind = Some(error.kind);
        object
    }

    /// The same failure for a predefined credential: n8n makes an error of its own of it.
    pub(super) fn for_service(mut self, predefined: bool) -> Self {
        if predefined && self.form == Form::Plain {
            self.form = Form::Api;
        }
        self
    }

    /// What to do about it.
    pub(super) fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// n8n's words for people; `None`: the message itself.
    fn explained(&self) -> Option<&'static str> {
        match self.status {
            Some(status) => status_words(status),
            None => common_errors::of_code(self.code?),
        }
    }

    /// The longer text: what the server said, else the message that the explanation took the place of.
    fn description(&self) -> Option<String> {
        if self.detail.is_some() {
            return self.detail.clone();
        }
        self.status?;
        said(&self.body).or_else(|| self.explained().map(|_| self.message.clone()))
    }

    fn http_code(&self) -> Option<String> {
        self.status.map(|status| status.to_string()).or_else(|| self.code.map(str::to_owned))
    }
}

impl Failure {
    pub(super) fn sent(object: ErrorObject) -> Self {
        Self::Sent(Box::new(object))
    }

    /// A dry run holds the request back.
    pub(super) fn is_held_back(&self) -> bool {
        matches!(self, Self::Sent(object) if object.kind == Some(HttpErrorKind::HeldBack))
    }

    /// The run was stopped before there was an answer.
    pub(super) fn is_stop(&self) -> bool {
        matches!(self, Self::Sent(object) if object.kind == Some(HttpErrorKind::Stopped))
    }

    /// The error that ends the run.
    pub(super) fn into_error(self, index: usize) -> NodeError {
        if self.is_held_back() {
            return NodeError::coded(codes::DRY_RUN_ENDED, "The request does not leave in a dry run").item(index);
        }
        let object = match self {
            Self::Before(error) | Self::Answer(error) => return error.item(index),
            Self::Sent(object) => *object,
        };
        let mut error =
            NodeError::coded(code(&object), object.explained().map_or_else(|| object.message.clone(), str::to_owned)).named("NodeApiError");
        error.description = object.description();
        error.help = object.help.clone().or_else(|| help(&object).map(str::to_owned));
        if let Some(code) = object.http_code() {
            error.data.insert("httpCode".into(), Value::String(code));
        }
        if let Some(status) = object.status {
            error = error.http(status, object.body).retry_after(object.retry_after);
        }
        error.item(index)
    }

    /// The item that stands for a failed one.
    pub(super) fn item(&self, version: f64, index: usize, now: i64) -> Item {
        let object = match self {
            Self::Before(error) | Self::Answer(error) => return Item::new(json!({"error": error.message})),
            Self::Sent(object) => object,
        };
        let mut map = Map::new();
        map.insert("error".into(), error_value(object, now));
        if version >= 4.5 {
            map.insert("details".into(), details(object, index));
        }
        Item::new(Value::Object(map))
    }
}

fn error_value(object: &ErrorObject, now: i64) -> Value {
    let mut map = Map::new();
    if object.form == Form::Plain {
        map.insert("message".into(), object.message.clone().into());
        map.insert("name".into(), object.name.into());
        map.insert("stack".into(), format!("{}: {}", object.name, object.message).into());
        if let Some(code) = object.code {
            map.insert("code".into(), code.into());
        }
        if let Some(status) = object.status.filter(|_| object.shows_status) {
            map.insert("status".into(), status.into());
        }
        return Value::Object(map);
    }
    let ssl = object.form == Form::Ssl;
    map.insert("message".into(), object.explained().filter(|_| !ssl).unwrap_or(&object.message).into());
    map.insert("timestamp".into(), now.into());
    map.insert("name".into(), if ssl { "NodeSslError" } else { "NodeApiError" }.into());
    if let Some(description) = object.description().filter(|_| !ssl) {
        map.insert("description".into(), description.into());
    }
    map.insert("context".into(), json!({}));
    map.insert("cause".into(), json!({"message": object.detail.as_ref().unwrap_or(&object.message)}));
    Value::Object(map)
}

/// What 4.5 adds beside the error.
fn details(object: &ErrorObject, index: usize) -> Value {
    let mut map = Map::new();
    map.insert("message".into(), object.explained().map_or_else(|| object.message.clone(), str::to_owned).into());
    if let Some(description) = object.description() {
        map.insert("description".into(), description.into());
    }
    if let Some(code) = object.http_code() {
        map.insert("httpCode".into(), code.into());
    }
    map.insert("body".into(), object.body.clone());
    map.insert("context".into(), json!({"itemIndex": index}));
    Value::Object(map)
}

fn code(object: &ErrorObject) -> ErrorCode {
    match (object.kind, object.status) {
        (Some(kind), _) => failure::kind_code(kind),
        (None, Some(status)) => failure::status_code(status),
        (None, None) => codes::NODE_FAILED,
    }
}

/// What to do about errors of these codes.
const HELP: &[(ErrorCode, &str)] = &[
    (
        codes::HTTP_TLS,
        "Give the authority in a credential of type httpSslAuth, or set the option \"Ignore SSL Issues\" where you trust the way to the server.",
    ),
    (codes::HTTP_TIMEOUT, "Raise the option \"Timeout\", or ask for less at once."),
    (
        codes::HTTP_NOT_FOUND,
        "Look at the URL that the item gave: a missing field in an expression leaves an empty piece in it (`/accounts//contacts`).",
    ),
    (codes::HTTP_THROTTLED, "Set the option \"Batching\", or let the node retry."),
    (codes::HTTP_MALFORMED, "See that the URL names an HTTP server, with the right scheme and port: what answers breaks the rules of HTTP."),
    (
        codes::HTTP_REDIRECTS,
        "Ask the last address directly, or raise \"Max Redirects\" in the option \"Redirects\"; servers that need a login often redirect in a circle.",
    ),
    (codes::HTTP_TOO_LARGE, "Raise --max-response, or ask for less at once."),
];

/// What an alert of TLS says where the server wants to know who we are, and where it does not like the answer.
const ASKED: [&str; 4] = ["alert: CertificateRequired", "alert: UnknownCA", "alert: BadCertificate", "alert: DecryptError"];

fn help(object: &ErrorObject) -> Option<&'static str> {
    let code = code(object);
    if object.kind == Some(HttpErrorKind::Tls(TlsFault::Protocol)) {
        return Some(match ASKED.iter().any(|alert| object.message.contains(alert)) {
            true => {
                "The server lets in whom a client certificate names: give one that it knows, with its key, in a credential of type httpSslAuth, and switch \"SSL \
                 Certificates\" on."
            }
            false => "See that the URL names a server that speaks TLS, with the right scheme and port.",
        });
    }
    HELP.iter().find(|(about, _)| *about == code).map(|(_, help)| *help)
}
