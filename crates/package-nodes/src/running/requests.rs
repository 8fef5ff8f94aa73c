//! The requests of node code: both families, with the node's credential or without one.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use node_sdk::credential::Session;
use node_sdk::error::codes;
use node_sdk::ports::{HttpError, HttpErrorKind, HttpResponse};
use node_sdk::{NodeError, RunContext};
use package_worker::protocol::Payload;
use request::auth::{self, SendError};
use request::helper::{Answered, Asked, Family};
use serde_json::{Map, Value, json};

/// Why there is no answer.
pub(super) struct Thrown {
    /// What node code sees thrown.
    pub(super) object: Value,
    /// The whole run stops.
    pub(super) stop: Option<Box<NodeError>>,
}

impl From<NodeError> for Thrown {
    fn from(error: NodeError) -> Self {
        let object = json!({"message": error.message, "name": error.name, "description": error.description, "kv": error});
        Self { object, stop: error.fatal.then(|| Box::new(error)) }
    }
}

/// Sends what `{family, credential, options, item}` asks for; `sent` is set when it may have left.
pub(super) async fn send(cx: &RunContext, sent: &AtomicBool, asked: &Value, buffers: &[Bytes]) -> Result<Payload, Thrown> {
    let options = asked.get("options").cloned().unwrap_or_default();
    let item = asked["item"].as_u64().unwrap_or(0) as usize;
    let family = if asked["family"] == "request" { Family::Request } else { Family::HttpRequest };
    let wanted = Asked::new(family, &options, buffers);
    let credential = asked["credential"].as_str();
    if credential.is_none() {
        wanted.check().map_err(|object| Thrown { object, stop: None })?;
    }
    sent.store(true, Ordering::Relaxed);
    let answer = match credential {
        None => cx.ports.http.send(wanted.clone().sent_by(&cx.sender(item)).request).await.map_err(|error| unanswered(cx, &wanted, &error)),
        Some(name) => {
            let kind = auth::credential_type(cx, name)?;
            let token = serde_json::from_value(asked["oauth2"].clone()).unwrap_or_default();
            let Value::Object(options) = options else { return Err(NodeError::new("The options of a request are an object").into()) };
            let request = auth::Options { family, options, buffers: buffers.to_vec(), sender: cx.sender(item) };
            let send = || auth::send_as((cx, item), (name, kind.clone()), &token, request.clone());
            let answer = match send().await {
                // Where nobody signs in, the newer family asks once more.
                Ok(answer) if answer.status == 401 && family == Family::HttpRequest && kind.session(&Map::new()) == Session::None => send().await,
                answer => answer,
            };
            answer.map_err(|error| refused(cx, &wanted, error))
        }
    };
    give(&wanted, &answer?)
}

/// What node code sees of an answer.
pub(super) fn give(asked: &Asked, answer: &HttpResponse) -> Result<Payload, Thrown> {
    let buffer = json!({"$buffer": 0});
    let bytes = |json: Value, bytes: Bytes| Payload { json: json.to_string().into(), buffers: vec![bytes] };
    match asked.answered(answer) {
        Ok(Answered::Value(value)) => Ok(Payload::json(value.to_string())),
        Ok(Answered::Bytes(body)) if asked.streams() => Ok(bytes(json!({"$stream": {"of": buffer}}), body)),
        Ok(Answered::Bytes(body)) => Ok(bytes(buffer, body)),
        Ok(Answered::Full(mut full, body)) => {
            full["body"] = buffer;
            let full = if asked.streams() { json!({"$stream": {"of": full, "key": "body"}}) } else { full };
            Ok(bytes(full, body))
        }
        Err(mut object) => {
            asked.add_answer(&mut object, answer);
            Err(Thrown { object, stop: None })
        }
    }
}

fn unanswered(cx: &RunContext, asked: &Asked, error: &HttpError) -> Thrown {
    let dry = (cx.dry_run && error.kind == HttpErrorKind::Forbidden)
        .then(|| NodeError::coded(codes::DRY_RUN_ENDED, "The request does not leave in a dry run"));
    Thrown { object: asked.unanswered(error), stop: dry.or_else(|| error.stop()).map(Box::new) }
}

fn refused(cx: &RunContext, asked: &Asked, error: SendError) -> Thrown {
    match error {
        SendError::Network(error) => unanswered(cx, asked, &error),
        SendError::Credential(error) => error.into(),
        SendError::NotAllowed(_) | SendError::Unsendable(_) => NodeError::new(error.to_string()).into(),
    }
}
