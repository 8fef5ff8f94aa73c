//! What went wrong, in n8n's words: as an item's `error`, and as the error that ends the run.

use node_sdk::error::codes;
use node_sdk::json::{stringify, to_js_string, truthy};
use node_sdk::ports::{HttpError, HttpErrorKind, HttpResponse, TlsFault};
use node_sdk::{ErrorCode, Item, NodeError};
use request::answer;
use serde_json::{Map, Value, json};

use crate::common_errors;

/// Why an item has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nothing was sent: a parameter, a file or a credential is not right. Data as a text.
    Before(NodeError),
    /// The answer cannot be read. Data as a text.
    Answer(NodeError),
    /// The request failed. Data as an object.
    Sent(Box<Told>),
}

/// A failure as JavaScript's error object has it.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// Its class.
    name: &'static str,
    message: String,
    /// Node.js's or axios's code.
    code: Option<&'static str>,
    /// The answer's status.
    status: Option<u16>,
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

impl From<Told> for Failure {
    fn from(told: Told) -> Self {
        Self::sent(told)
    }
}

impl Told {
    pub(super) fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self {
            name,
            message: message.into(),
            code: None,
            status: None,
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
        Self { code, status: Some(answer.status), body, ..Self::new("AxiosError", message) }
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
        let mut told = match error.kind {
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
        if told.form == Form::Plain && told.status.is_none() {
            told.code = error.code();
        }
        told.kind = Some(error.kind);
        told
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
    pub(super) fn sent(told: Told) -> Self {
        Self::Sent(Box::new(told))
    }

    /// A policy or a dry run forbade to send.
    pub(super) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Sent(told) if told.kind == Some(HttpErrorKind::Forbidden))
    }

    /// The run was stopped before there was an answer.
    pub(super) fn is_stop(&self) -> bool {
        matches!(self, Self::Sent(told) if told.kind == Some(HttpErrorKind::Stopped))
    }

    /// The error that ends the run.
    pub(super) fn into_error(self, index: usize, dry_run: bool) -> NodeError {
        if dry_run && self.is_forbidden() {
            return NodeError::coded(codes::DRY_RUN_ENDED, "The request does not leave in a dry run").item(index);
        }
        let told = match self {
            Self::Before(error) | Self::Answer(error) => return error.item(index),
            Self::Sent(told) => *told,
        };
        let mut error = NodeError::coded(code(&told), told.explained().map_or_else(|| told.message.clone(), str::to_owned)).named("NodeApiError");
        error.description = told.description();
        error.help = told.help.clone().or_else(|| help(&told).map(str::to_owned));
        if let Some(code) = told.http_code() {
            error.data.insert("httpCode".into(), Value::String(code));
        }
        if let Some(status) = told.status {
            error = error.http(status, told.body);
        }
        error.item(index)
    }

    /// The item that stands for a failed one.
    pub(super) fn item(&self, version: f64, index: usize, now: i64) -> Item {
        let told = match self {
            Self::Before(error) | Self::Answer(error) => return Item::new(json!({"error": error.message})),
            Self::Sent(told) => told,
        };
        let mut map = Map::new();
        map.insert("error".into(), error_value(told, now));
        if version >= 4.5 {
            map.insert("details".into(), details(told, index));
        }
        Item::new(Value::Object(map))
    }
}

fn error_value(told: &Told, now: i64) -> Value {
    let mut map = Map::new();
    if told.form == Form::Plain {
        map.insert("message".into(), told.message.clone().into());
        map.insert("name".into(), told.name.into());
        map.insert("stack".into(), format!("{}: {}", told.name, told.message).into());
        if let Some(code) = told.code {
            map.insert("code".into(), code.into());
        }
        if let Some(status) = told.status.filter(|_| told.shows_status) {
            map.insert("status".into(), status.into());
        }
        return Value::Object(map);
    }
    let ssl = told.form == Form::Ssl;
    map.insert("message".into(), told.explained().filter(|_| !ssl).unwrap_or(&told.message).into());
    map.insert("timestamp".into(), now.into());
    map.insert("name".into(), if ssl { "NodeSslError" } else { "NodeApiError" }.into());
    if let Some(description) = told.description().filter(|_| !ssl) {
        map.insert("description".into(), description.into());
    }
    map.insert("context".into(), json!({}));
    map.insert("cause".into(), json!({"message": told.detail.as_ref().unwrap_or(&told.message)}));
    Value::Object(map)
}

/// What 4.5 adds beside the error.
fn details(told: &Told, index: usize) -> Value {
    let mut map = Map::new();
    map.insert("message".into(), told.explained().map_or_else(|| told.message.clone(), str::to_owned).into());
    if let Some(description) = told.description() {
        map.insert("description".into(), description.into());
    }
    if let Some(code) = told.http_code() {
        map.insert("httpCode".into(), code.into());
    }
    map.insert("body".into(), told.body.clone());
    map.insert("context".into(), json!({"itemIndex": index}));
    Value::Object(map)
}

fn status_words(status: u16) -> Option<&'static str> {
    let known = STATUS_WORDS.iter().find(|(code, _)| *code == status).map(|(_, words)| *words);
    known.or(match status / 100 {
        4 => Some("Your request is invalid or could not be processed by the service"),
        5 => Some("The service failed to process your request"),
        _ => None,
    })
}

const STATUS_WORDS: [(u16, &str); 11] = [
    (400, "Bad request - please check your parameters"),
    (401, "Authorization failed - please check your credentials"),
    (402, "Payment required - perhaps check your payment details?"),
    (403, "Forbidden - perhaps check your credentials?"),
    (404, "The resource you are requesting could not be found"),
    (405, "Method not allowed - please check you are using the right HTTP method"),
    (429, "The service is receiving too many requests from you"),
    (500, "The service was not able to process your request"),
    (502, "Bad gateway - the service failed to handle your request"),
    (503, "Service unavailable - try again later or consider setting this node to retry automatically (in the node settings)"),
    (504, "Gateway timed out - perhaps try again later?"),
];

/// Keys under which servers say what is wrong, the most telling first.
const TELLING: [&str; 25] = [
    "cause",
    "error",
    "message",
    "Message",
    "msg",
    "messages",
    "description",
    "reason",
    "detail",
    "details",
    "errors",
    "errorMessage",
    "errorMessages",
    "ErrorMessage",
    "error_message",
    "_error_message",
    "errorDescription",
    "error_description",
    "error_summary",
    "error_info",
    "title",
    "text",
    "field",
    "err",
    "type",
];

/// What a server's error body says, in one text. The search ends at the first list, whether it says anything or not.
fn said(body: &Value) -> Option<String> {
    match body {
        Value::Object(map) => {
            let told = TELLING.iter().filter_map(|key| map.get(*key)).filter(|value| truthy(value) && !value.is_boolean());
            told.map(|value| (value.is_array(), said(value))).find(|(list, text)| *list || text.is_some())?.1
        }
        Value::Array(list) => {
            let parts: Vec<String> = list
                .iter()
                .filter_map(|entry| match entry {
                    Value::String(_) | Value::Number(_) => Some(to_js_string(entry)),
                    entry => entry.as_object().and_then(|_| said(entry)),
                })
                .collect();
            (!parts.is_empty()).then(|| parts.join(" | "))
        }
        Value::String(_) | Value::Number(_) if truthy(body) => Some(to_js_string(body)),
        _ => None,
    }
}

fn code(told: &Told) -> ErrorCode {
    use HttpErrorKind as Kind;
    match (told.kind, told.status) {
        (Some(Kind::Refused | Kind::Unreachable | Kind::NoNetwork), _) => codes::HTTP_REFUSED,
        (Some(Kind::Dns | Kind::DnsAgain), _) => codes::HTTP_DNS,
        (Some(Kind::Reset | Kind::BrokenPipe | Kind::Aborted), _) => codes::HTTP_RESET,
        (Some(Kind::Tls(_)), _) => codes::HTTP_TLS,
        (Some(Kind::Timeout | Kind::ConnectTimeout | Kind::BodyTimeout), _) => codes::HTTP_TIMEOUT,
        (Some(Kind::TooLarge), _) => codes::HTTP_TOO_LARGE,
        (Some(Kind::Decode), _) => codes::HTTP_BAD_ANSWER,
        (Some(Kind::InvalidUrl), _) => codes::HTTP_URL,
        (Some(Kind::Malformed), _) => codes::HTTP_MALFORMED,
        (Some(Kind::TooManyRedirects | Kind::Redirects), _) => codes::HTTP_REDIRECTS,
        (None, Some(401 | 403)) => codes::HTTP_UNAUTHORIZED,
        (None, Some(404)) => codes::HTTP_NOT_FOUND,
        (None, Some(400 | 422)) => codes::HTTP_INVALID,
        (None, Some(429)) => codes::HTTP_THROTTLED,
        (None, Some(_)) => codes::HTTP_STATUS,
        _ => codes::NODE_FAILED,
    }
}

/// What to do about errors of these codes.
const HELP: &[(ErrorCode, &str)] = &[
    (
        codes::HTTP_TLS,
        "Give the authority in a credential of type httpSslAuth, or set the option \"Ignore SSL Issues\" where you trust the way to the server.",
    ),
    (codes::HTTP_TIMEOUT, "Raise the option \"Timeout\", or ask for less at once."),
    (codes::HTTP_THROTTLED, "Set the option \"Batching\", or let the node retry."),
    (codes::HTTP_MALFORMED, "See that the URL names an HTTP server, with the right scheme and port: what answers breaks the rules of HTTP."),
    (
        codes::HTTP_REDIRECTS,
        "Ask the last address directly, or raise \"Max Redirects\" in the option \"Redirects\"; servers that need a login often redirect in a circle.",
    ),
    (codes::HTTP_TOO_LARGE, "Raise --max-response, or ask for less at once."),
];

fn help(told: &Told) -> Option<&'static str> {
    let code = code(told);
    HELP.iter().find(|(about, _)| *about == code).map(|(_, help)| *help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_say() {
        for (body, expected) in [
            (json!({"code": 7, "message": "m", "error": {"x": 1}}), Some("m")),
            (json!({"error": true, "errors": [{"field": "a", "message": "bad"}, "b", 0]}), Some("bad | b | 0")),
            (json!({"error": [], "message": "m"}), None),
            (json!({"error": 0, "title": 5}), Some("5")),
            (json!({"code": "E7"}), None),
            (json!(""), None),
        ] {
            assert_eq!(said(&body).as_deref(), expected, "{body}");
        }
    }
}
