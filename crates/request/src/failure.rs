//! What is said of a request that failed: n8n's words, what the server said, and our codes.

use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::ports::HttpErrorKind;
use node_sdk::{ErrorCode, Item, NodeError, RunContext};
use serde_json::{Map, Value, json};

pub use node_sdk::service::{said, status_code};

/// n8n's sentence for a status of its own, else for its hundred; `None` for what is neither 4xx nor 5xx.
pub fn status_words(status: u16) -> Option<&'static str> {
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

/// Our code for a failure below HTTP.
pub fn kind_code(kind: HttpErrorKind) -> ErrorCode {
    use HttpErrorKind as Kind;
    match kind {
        Kind::Refused | Kind::Unreachable | Kind::NoNetwork => codes::HTTP_REFUSED,
        Kind::Dns | Kind::DnsAgain => codes::HTTP_DNS,
        Kind::Reset | Kind::BrokenPipe | Kind::Aborted => codes::HTTP_RESET,
        Kind::Tls(_) => codes::HTTP_TLS,
        Kind::Timeout | Kind::ConnectTimeout | Kind::BodyTimeout => codes::HTTP_TIMEOUT,
        Kind::TooLarge => codes::HTTP_TOO_LARGE,
        Kind::Decode => codes::HTTP_BAD_ANSWER,
        Kind::InvalidUrl => codes::HTTP_URL,
        Kind::Malformed => codes::HTTP_MALFORMED,
        Kind::TooManyRedirects | Kind::Redirects => codes::HTTP_REDIRECTS,
        _ => codes::NODE_FAILED,
    }
}

/// The item that stands for one that failed, as n8n's declarative nodes hand it to the engine: the error beside the JSON and,
/// because the error output takes that one away, in it. The engine makes `{"error": message}` of it when all retries are decided;
/// were that here already, `retryOnFail` would take the run for a failed one.
pub fn item(cx: &RunContext, error: &NodeError) -> Item {
    let mut whole = Map::new();
    whole.insert("message".into(), error.message.clone().into());
    whole.insert("timestamp".into(), cx.ports.clock.now_millis().into());
    whole.insert("name".into(), error.name.as_ref().into());
    if let Some(description) = &error.description {
        whole.insert("description".into(), description.clone().into());
    }
    let mut context = error.data.get("context").and_then(Value::as_object).cloned().unwrap_or_default();
    context.retain(|key, _| key == "data");
    whole.insert("context".into(), context.into());
    if let Some(cause) = error.data.get("cause") {
        whole.insert("cause".into(), cause.clone());
    }
    if let Some(http) = error.http.as_ref().filter(|http| http.outcome_unknown) {
        whole.insert("node".into(), cx.node.name.clone().into());
        whole.insert("http".into(), http.to_value());
    }
    let whole = Value::Object(whole);
    Item { error: Some(Arc::new(whole.clone())), ..Item::new(json!({"$error": whole, "$json": {}})) }
}
