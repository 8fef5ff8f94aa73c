//! Attending a job of a worker: what it asks is answered until it has ended.

use futures_util::stream::{FuturesUnordered, StreamExt};
use node_sdk::{ErrorCode, NodeError};
use package_worker::protocol::Payload;
use serde_json::{Map, Value};

use super::crossing::{Answer, parsed};
use super::listening::Said;
use super::workers::Working;

/// How many calls of a job are answered side by side. Whoever asks more waits.
const SIDE_BY_SIDE: usize = 512;

/// Answers what a job asks, until it has ended: whether it gave a value, and which. `None`: its worker has ended. Calls are answered side by side.
pub(super) async fn attend<F: Future<Output = Answer>>(working: &mut Working, answer: impl Fn(String, Payload) -> F) -> Option<Answer> {
    let mut at_work = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            Some((call, (ok, payload))) = at_work.next() => working.answer(call, ok, payload).await.ok()?,
            said = working.hear(), if at_work.len() < SIDE_BY_SIDE => match said? {
                Said::Done(ok, payload) => return Some((ok, payload)),
                Said::Call(call, name, payload) => {
                    let answer = answer(name, payload);
                    at_work.push(async move { (call, answer.await) });
                }
            },
        }
    }
}

/// A worker that did not start.
pub(super) fn not_started(error: walls::Error) -> NodeError {
    NodeError::coded(ErrorCode::new(error.code()), error.to_string())
}

/// The error of a job, out of what its code threw.
pub(super) fn thrown(payload: &Payload) -> NodeError {
    let Ok(Value::Object(mut told)) = parsed(payload) else { return NodeError::new("The node failed") };
    if let Some(broken) = told.get("broken").and_then(Value::as_str) {
        return broke(broken);
    }
    if let Some(kept) = told.shift_remove("kv").and_then(|kept| serde_json::from_value::<NodeError>(kept).ok()) {
        // What stops the whole run the host knows by itself.
        return NodeError { fatal: false, ..kept };
    }
    let text = |name: &str| told.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let name = text("name").unwrap_or_else(|| "Error".into());
    let mut error = NodeError::new(text("message").unwrap_or_default()).named(name);
    error.description = text("description");
    for key in ["httpCode", "messages", "context"] {
        let shown = |value: &Value| !value.is_null() && !value.as_array().is_some_and(Vec::is_empty) && !value.as_object().is_some_and(Map::is_empty);
        if let Some(value) = told.get(key).filter(|value| shown(value)) {
            error.data.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(status) = text("httpCode").and_then(|code| code.parse().ok()) {
        error.code = request::failure::status_code(status);
        error = error.http(status, told.get("context").and_then(|context| context.get("data")).cloned().unwrap_or_default());
    }
    error.item = told.get("context").and_then(|context| context.get("itemIndex")).and_then(Value::as_u64).map(|item| item as usize);
    error
}

fn broke(how: &str) -> NodeError {
    let (code, message) = match how {
        "time" => (super::codes::TIME, "The node's code works for too long without asking for anything"),
        "memory" => (super::codes::MEMORY, "The node's code has used up its memory"),
        "size" => (super::codes::MEMORY, "What the node says is larger than 256 MiB"),
        _ => (super::codes::ENDED, "The node's JavaScript cannot go on"),
    };
    NodeError::coded(code, message)
}
