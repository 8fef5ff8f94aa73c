//! Failures in n8n's words. They become data, so they are n8n's to the letter.
//!
//! Source: recordings of n8n 2.41.1 (`tests/data/n8n/behaviours.json`).

use node_sdk::error::codes;
use node_sdk::json::MAX_DEPTH;
use node_sdk::ports::{HttpError, HttpErrorKind, HttpResponse};
use node_sdk::{NodeError, RunContext};
pub(super) use request::failure::status_code;
use serde_json::{Map, Value, json};

use super::broken;

/// n8n's sentence for a status of its own, else for its hundred; `None` for 3xx, which has none.
fn sentence(status: u16) -> Option<&'static str> {
    Some(match status {
        400 => "Bad request - please check your parameters",
        401 => "Authorization failed - please check your credentials",
        402 => "Payment required - perhaps check your payment details?",
        403 => "Forbidden - perhaps check your credentials?",
        404 => "The resource you are requesting could not be found",
        405 => "Method not allowed - please check you are using the right HTTP method",
        429 => "The service is receiving too many requests from you",
        502 => "Bad gateway - the service failed to handle your request",
        503 => "Service unavailable - try again later or consider setting this node to retry automatically (in the node settings)",
        504 => "Gateway timed out - perhaps try again later?",
        _ => match status / 100 {
            4 => "Your request is invalid or could not be processed by the service",
            5 => "The service was not able to process your request",
            _ => return None,
        },
    })
}

/// n8n's error for an answer that is no success. `body` is the parsed answer.
pub(super) fn refused(cx: &RunContext, answer: &HttpResponse, body: Value, index: usize) -> NodeError {
    let cause = format!("Request failed with status code {}", answer.status);
    let mut error = NodeError::coded(status_code(answer.status), sentence(answer.status).unwrap_or(&cause));
    if sentence(answer.status).is_some() {
        error = error.description(body.get("message").and_then(Value::as_str).unwrap_or(&cause));
    }
    api_error(cx, error, &answer.status.to_string(), Some(body.clone()), &cause, index).http(answer.status, body)
}

/// n8n's error where there is no answer. `proxied`: it was to come through a proxy.
pub(super) fn unreachable(cx: &RunContext, error: &HttpError, proxied: bool, index: usize) -> NodeError {
    use HttpErrorKind as Kind;
    if let Some(stop) = error.stop() {
        return stop;
    }
    let (code, message) = match error.kind {
        Kind::InvalidUrl => (codes::HTTP_URL, "Invalid URL"),
        Kind::Refused => (codes::HTTP_REFUSED, "The service refused the connection - perhaps it is offline"),
        Kind::Unreachable => (codes::HTTP_REFUSED, "The host is unreachable, perhaps the server is offline"),
        Kind::NoNetwork => (codes::HTTP_REFUSED, error.message.as_str()),
        Kind::DnsAgain => (codes::HTTP_DNS, "The DNS server returned an error, perhaps the server is offline"),
        Kind::Dns => (codes::HTTP_DNS, "The connection cannot be established, this usually occurs due to an incorrect host (domain) value"),
        Kind::Reset | Kind::BrokenPipe => (
            codes::HTTP_RESET,
            "The connection to the server was closed unexpectedly, perhaps it is offline. You can retry the request immediately or wait and retry later.",
        ),
        Kind::Timeout | Kind::ConnectTimeout => (codes::HTTP_TIMEOUT, "The connection was aborted, perhaps the server is offline"),
        Kind::BodyTimeout => (codes::HTTP_TIMEOUT, "stream has been aborted"),
        Kind::Aborted => (codes::HTTP_RESET, "stream has been aborted"),
        Kind::Redirects | Kind::TooManyRedirects => (codes::HTTP_REDIRECTS, "Maximum number of redirects exceeded"),
        Kind::Proxy => return invalid_proxy(error, index),
        Kind::ProxyRefused => (codes::HTTP_REFUSED, "The proxy refused to connect to the server"),
        Kind::HeldBack => return NodeError::coded(codes::DRY_RUN_ENDED, error.message.clone()).item(index),
        Kind::Tls(_) => (codes::HTTP_TLS, error.message.as_str()),
        Kind::TooLarge => (codes::HTTP_TOO_LARGE, error.message.as_str()),
        Kind::Decode => (codes::HTTP_BAD_ANSWER, error.message.as_str()),
        Kind::Malformed => (codes::HTTP_MALFORMED, error.message.as_str()),
        Kind::Unanswered => (codes::HTTP_UNANSWERED, error.message.as_str()),
        Kind::InvalidRequest | Kind::InvalidHeaderName | Kind::Forbidden | Kind::NotGranted | Kind::Stopped | Kind::Other => {
            (codes::NODE_FAILED, error.message.as_str())
        }
    };
    let error_code = error.code().unwrap_or("ERR_BAD_RESPONSE");
    let failed = api_error(cx, NodeError::coded(code, message), error_code, None, &error.message, index);
    if proxied && is_connecting(error) {
        return failed.help(format!("It is the proxy (requestOptions.proxy) that cannot be reached: {}.", error.message));
    }
    // What n8n's sentence does not say.
    let reason = (message != error.message && error.kind != Kind::InvalidUrl).then(|| format!("The reason: {}.", error.message));
    let help: Vec<String> = reason.into_iter().chain(broken::help(error).map(str::to_owned)).collect();
    if help.is_empty() { failed } else { failed.help(help.join(" ")) }
}

/// Whether there was no connection at all: with a proxy it is the proxy that is not there.
fn is_connecting(error: &HttpError) -> bool {
    use HttpErrorKind as Kind;
    matches!(error.kind, Kind::Refused | Kind::Unreachable | Kind::NoNetwork | Kind::Dns | Kind::DnsAgain | Kind::ConnectTimeout)
}

/// Native mode's error where there is no answer, in words of our own. `attempts`: how often it was sent.
pub(super) fn unanswered(cx: &RunContext, error: &HttpError, proxied: bool, attempts: u32, index: usize) -> NodeError {
    let failed = unreachable(cx, error, proxied, index);
    if !proxied || !is_connecting(error) {
        let what = broken::what(error);
        if what.is_empty() || failed.fatal {
            return failed;
        }
        let message = match broken::reason(error) {
            Some(reason) => format!("{what}: {reason}"),
            None => what.to_owned(),
        };
        let tried = if error.maybe_sent { "sent" } else { "tried" };
        let again = (attempts > 1).then(|| format!("It was {tried} {attempts} times."));
        let help: Vec<String> = again.into_iter().chain(broken::help(error).map(str::to_owned)).collect();
        return NodeError { message, help: Some(help.join(" ")).filter(|help| !help.is_empty()), ..failed };
    }
    let message = format!("The proxy cannot be reached: {}", broken::reason(error).unwrap_or(&error.message));
    let help = "Check requestOptions.proxy, for example http://user:password@host:3128, and that the proxy is up.";
    NodeError { message, ..failed }.parameter("requestOptions.proxy").help(help)
}

/// The error of a write of which nobody knows whether it was done: it says so. `repeatable`: whether doing it twice does no harm.
pub(super) fn lost(error: NodeError, repeatable: bool) -> NodeError {
    if error.fatal || error.code == codes::DRY_RUN_ENDED {
        return error;
    }
    let message = format!("{}; it is not known whether the request was done", error.message);
    let again = match repeatable {
        true => "It can be sent again: done twice it does no harm.",
        false => "Look whether the server has done it before it is sent again: else it may be done twice.",
    };
    let help = [Some(again), error.help.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    NodeError { message, ..error }.help(help).outcome_unknown()
}

/// An answer that is JSON, but nested so deeply that nobody reads it.
pub(super) fn too_deep() -> NodeError {
    NodeError::coded(codes::HTTP_BAD_ANSWER, format!("The answer is nested deeper than {MAX_DEPTH} levels"))
        .help("No option reads it: ask the server for something flatter, or correct what built it.")
}

/// `batching` without its `batch`, which n8n does not look for.
pub(super) fn no_batch() -> NodeError {
    let error = NodeError::coded(codes::PARAMETER, "Cannot read properties of undefined (reading 'batchInterval')");
    error.named("TypeError").parameter("requestOptions.batching")
}

/// A node without a credential; how to give it stands in the help.
pub(super) fn no_credentials(ours: &NodeError) -> NodeError {
    let help = ours.help.clone().unwrap_or_else(|| ours.message.clone());
    NodeError::coded(codes::CREDENTIAL_MISSING, "Node does not have any credentials set").help(help)
}

fn invalid_proxy(error: &HttpError, index: usize) -> NodeError {
    NodeError::coded(codes::PARAMETER, "The proxy is not valid")
        .description("The proxy URL does not contain a valid value for \"host\"")
        .help(format!("The option takes an address such as http://user:password@host:3128. The reason: {}.", error.message))
        .parameter("requestOptions.proxy")
        .item(index)
}

fn api_error(cx: &RunContext, error: NodeError, http_code: &str, body: Option<Value>, cause: &str, index: usize) -> NodeError {
    let mut context = Map::new();
    if let Some(body) = body.filter(|body| body.is_object() || body.is_array()) {
        context.insert("data".into(), body);
    }
    context.insert("itemIndex".into(), index.into());
    context.insert("runIndex".into(), cx.run_index.into());
    let mut error = error.named("NodeApiError").item(index);
    error.data.insert("httpCode".into(), http_code.into());
    error.data.insert("context".into(), context.into());
    error.data.insert("cause".into(), json!({"name": "AxiosError", "message": cause}));
    error
}
