//! The requests of node code: both families, with the node's credential or without one.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use node_sdk::credential::{CredentialType, Session};
use node_sdk::error::codes;
use node_sdk::ports::{HttpBody, HttpClient, HttpError, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse, KnownBy, Sender};
use node_sdk::{ErrorCode, NodeError, RunContext};
use package_worker::protocol::Payload;
use request::auth::{self, SendError};
use request::failure::kind_code;
use request::helper::{Answered, Asked, Family};
use serde_json::{Value, json};

use super::crossing::sealed;
use super::heard::Heard;
use super::hosts;

/// Why there is no answer.
pub(super) struct Thrown {
    /// What node code sees thrown.
    pub(super) object: Value,
    /// The same in the object's words, with the code and the help that the host has for it.
    pub(super) known: Option<Box<NodeError>>,
    /// The whole run stops.
    pub(super) stop: Option<Box<NodeError>>,
}

impl From<NodeError> for Thrown {
    fn from(error: NodeError) -> Self {
        let object = json!({"message": error.message, "name": error.name, "description": error.description, "kv": sealed(&error)});
        Self { object, stop: error.fatal.then(|| Box::new(error.clone())), known: Some(Box::new(error)) }
    }
}

impl Thrown {
    /// An object of which the host knows more.
    fn known(object: Value, code: ErrorCode, help: Option<String>) -> Self {
        let known = NodeError { help, ..NodeError::coded(code, object["message"].as_str().unwrap_or_default()) };
        Self { object, known: Some(Box::new(known)), stop: None }
    }

    /// The same, with the item that the request was for.
    pub(super) fn of_item(mut self, item: Option<usize>) -> Self {
        if let Some(known) = &mut self.known {
            known.item = known.item.or(item);
        }
        self
    }

    /// An address that is none.
    pub(super) fn no_address(object: Value) -> Self {
        Self::known(object, codes::HTTP_URL, None)
    }
}

/// Sends what `{family, credential, options, item}` asks for. `sent` is set when it may have left, and `heard` is told what was answered.
pub(super) async fn send(cx: &RunContext, (sent, heard): (&AtomicBool, &Heard), asked: &Value, buffers: &[Bytes]) -> Result<Payload, Thrown> {
    let options = asked.get("options").cloned().unwrap_or_default();
    let item = asked["item"].as_u64().map(|item| item as usize);
    let sender = item.map_or_else(|| cx.sender_for_all(), |item| cx.sender(item));
    let about = sender.item;
    let hear = |answer: HttpResponse| {
        heard.hear(about, &answer);
        answer
    };
    let item = item.unwrap_or(0);
    let family = if asked["family"] == "request" { Family::Request } else { Family::HttpRequest };
    let wanted = Asked::new(family, &options, buffers);
    let credential = asked["credential"].as_str();
    if credential.is_none() {
        // A credential may make an address of a part of one.
        wanted.check().map_err(Thrown::no_address)?;
    }
    sent.store(true, Ordering::Relaxed);
    let answer = match credential {
        None => {
            let answer = cx.ports.http.send(wanted.clone().sent_by(&sender).request).await;
            hear(answer.map_err(|error| unanswered(&wanted, &error))?)
        }
        Some(name) => {
            let kind = auth::credential_type(cx, name)?;
            let told = asked.get("oauth2").or_else(|| asked.pointer("/extra/oauth2")).cloned().unwrap_or_default();
            let token = serde_json::from_value(told).unwrap_or_default();
            let Value::Object(options) = options else { return Err(NodeError::new("The options of a request are an object").into()) };
            let request = auth::Options { family, options, buffers: buffers.to_vec(), sender };
            let answer = auth::send_as((cx, item), (name, &kind), &token, &request).await;
            let answer = hear(answer.map_err(|error| refused(cx, (name, &wanted), error))?);
            if let Err(thrown) = give(&wanted, &answer)
                && let Some(help) = over(cx, item, (name, &*kind), answer.status).await
            {
                return Err(Thrown::known(thrown.object, codes::HTTP_UNAUTHORIZED, Some(help)));
            }
            answer
        }
    };
    give(&wanted, &answer)
}

/// What to do about an answer that says that a token is over which nobody can renew.
async fn over(cx: &RunContext, item: usize, (name, kind): (&str, &dyn CredentialType), status: u16) -> Option<String> {
    let help = kind.expired_help()?;
    let fields = auth::fields(cx, item, (name, kind)).await.ok()?;
    (kind.session(&fields) == Session::None && kind.expired_status(&fields) == status).then_some(help)
}

/// The request that a library sends by `http` or `fetch`: `{method, url, headers: [[name, value]], body, follow}`.
pub(super) fn plain(asked: &Value, buffers: &[Bytes]) -> Result<HttpRequest, NodeError> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers = asked["headers"].as_array().into_iter().flatten().map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
    let body = match asked["body"]["$buffer"].as_u64() {
        Some(at) => HttpBody::Bytes(buffers.get(at as usize).cloned().ok_or_else(|| NodeError::new("The body is not there"))?),
        None => HttpBody::Empty,
    };
    let max_redirects = if asked["follow"] == true { 20 } else { 0 };
    let options = HttpOptions { max_redirects, ..HttpOptions::default() };
    Ok(HttpRequest { method: text(&asked["method"]), url: text(&asked["url"]), headers, body, options })
}

/// Sends such a request; what comes back is `{status, statusText, headers, body, url}`.
pub(super) async fn send_plain(
    http: &dyn HttpClient,
    mut request: HttpRequest,
    (sender, known_by): (Option<Sender>, KnownBy),
) -> Result<Payload, Thrown> {
    (request.options.sender, request.options.known_by) = (sender, known_by);
    let answer = http.send(request).await.map_err(|error| match hosts::refused(&error) {
        Some(refused) => refused.into(),
        None => failed(json!({"message": error.message, "code": error.code()}), &error),
    })?;
    let HttpResponse { status, status_text, url, headers, body, .. } = answer;
    let told = json!({"status": status, "statusText": status_text, "headers": headers, "url": url, "body": {"$buffer": 0}});
    Ok(Payload { json: told.to_string().into(), buffers: vec![body] })
}

/// What node code sees of an answer: `{value, streams}`. A value with bytes is of no service's making.
pub(super) fn give(asked: &Asked, answer: &HttpResponse) -> Result<Payload, Thrown> {
    let buffer = json!({"$buffer": 0});
    let given = |value: Value, buffers: Vec<Bytes>| Payload { json: json!({"value": value, "streams": asked.streams()}).to_string().into(), buffers };
    match asked.answered(answer) {
        Ok(Answered::Value(value)) => Ok(given(value, Vec::new())),
        Ok(Answered::Bytes(body)) => Ok(given(buffer, vec![body])),
        Ok(Answered::Full(mut full, body)) => {
            full["body"] = buffer;
            Ok(given(full, vec![body]))
        }
        Err(mut object) => {
            asked.add_answer(&mut object, answer);
            Err(Thrown { object, known: None, stop: None })
        }
    }
}

pub(super) fn unanswered(asked: &Asked, error: &HttpError) -> Thrown {
    if let Some(refused) = hosts::refused(error) {
        return refused.into();
    }
    failed(asked.unanswered(error), error)
}

/// A request that failed below HTTP.
fn failed(object: Value, error: &HttpError) -> Thrown {
    Thrown { stop: stop(error), ..Thrown::known(object, kind_code(error.kind), None) }
}

/// What ends the run: it was stopped, or a dry run holds the request back.
fn stop(error: &HttpError) -> Option<Box<NodeError>> {
    let dry = (error.kind == HttpErrorKind::HeldBack).then(|| NodeError::coded(codes::DRY_RUN_ENDED, "The request does not leave in a dry run"));
    dry.or_else(|| error.stop()).map(Box::new)
}

fn refused(cx: &RunContext, (credential, asked): (&str, &Asked), error: SendError) -> Thrown {
    match error {
        SendError::Network(error) => unanswered(asked, &error),
        SendError::Credential(error) => match &error.http {
            // n8n says of it what it says of any request that is refused.
            Some(http) if let Some(status) = http.status => {
                let named = cx.node.credentials.get(credential).and_then(|entry| entry.get("name")).and_then(Value::as_str);
                let named = named.map(|name| format!(" \"{name}\"")).unwrap_or_default();
                let help = format!("The credential{named} ({credential}): {}. {}", error.message, error.help.as_deref().unwrap_or_default());
                Thrown::known(asked.refused(status, &http.body), codes::CREDENTIAL_INVALID, Some(help.trim_end().to_owned()))
            }
            _ => error.into(),
        },
        SendError::NotAllowed(_) | SendError::Unsendable(_) => NodeError::new(error.to_string()).into(),
    }
}
