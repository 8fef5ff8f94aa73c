//! Failures in n8n's words. They become data, so they are n8n's to the letter.
//!
//! Source: recorded operations of declarative nodes of n8n 2.41.1.

use node_sdk::error::codes;
use node_sdk::{NodeError, RunContext};
use request::auth::SendError;
use request::failure::{kind_code, status_code, status_words};
use request::helper::Asked;
use serde_json::{Map, Value, json};

use crate::functions::Answer;
use crate::running::{heard, hosts};

/// An error of a request: what the helper for requests throws.
pub(super) fn of_thrown(cx: &RunContext, thrown: &Value, status: Option<u16>, index: usize) -> NodeError {
    let cause = thrown["message"].as_str().unwrap_or_default();
    let body = &thrown["response"]["data"];
    let words = status.and_then(words);
    let code = status.map_or(codes::NODE_FAILED, status_code);
    let mut error = NodeError::coded(code, words.unwrap_or(cause));
    if words.is_some() {
        error = error.description(said(body).unwrap_or(cause));
    }
    let http_code = status.map(|status| status.to_string()).or_else(|| thrown["code"].as_str().map(str::to_owned));
    let error = api_error(cx, error, &http_code.unwrap_or_else(|| "none".into()), body, thrown, index);
    match status {
        Some(status) => error.http(status, body.clone()),
        None => error,
    }
}

/// n8n's sentence for a status.
fn words(status: u16) -> Option<&'static str> {
    if status >= 500 && !matches!(status, 502..=504) { status_words(500) } else { status_words(status) }
}

/// What the service said, in the two places where n8n looks.
fn said(body: &Value) -> Option<&str> {
    let text = |value: &'_ Value| value.as_str().is_some_and(|text| !text.is_empty());
    [&body["message"], &body["error"]["message"]].into_iter().find(|value| text(value)).and_then(Value::as_str)
}

/// An error of a request that had no answer.
pub(super) fn unsent(cx: &RunContext, error: SendError, asked: &Asked, index: usize) -> NodeError {
    match error {
        SendError::Network(error) => {
            if let Some(stop) = error.stop() {
                return stop;
            }
            if error.kind == node_sdk::ports::HttpErrorKind::HeldBack {
                return NodeError::coded(codes::DRY_RUN_ENDED, error.message).item(index);
            }
            if let Some(refused) = hosts::refused(&error) {
                return refused.item(index);
            }
            let code = kind_code(error.kind);
            let thrown = asked.unanswered(&error);
            NodeError { code, ..of_thrown(cx, &thrown, None, index) }
        }
        SendError::Credential(error) => match &error.http {
            // n8n says of it what it says of any request that is refused.
            Some(http) if let Some(status) = http.status => {
                let help = error.help.clone();
                let failed = of_thrown(cx, &asked.refused(status, &http.body), Some(status), index);
                NodeError { code: error.code, help, ..failed }
            }
            _ => error.item(index),
        },
        SendError::NotAllowed(_) | SendError::Unsendable(_) => NodeError::new(error.to_string()).item(index),
    }
}

/// An error that a function of the package threw.
pub(super) fn of_function(cx: &RunContext, error: NodeError, index: usize) -> NodeError {
    if error.fatal || error.name.starts_with("Node") || error.code != codes::NODE_FAILED {
        return error.item(index);
    }
    let thrown = json!({"name": error.name, "message": error.message});
    api_error(cx, NodeError::coded(codes::NODE_FAILED, error.message), "none", &Value::Null, &thrown, index)
}

/// An error that a function made of an answer, with what it left out.
pub(super) fn of_answer(error: NodeError, answer: &Answer) -> NodeError {
    match answer.full["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()) {
        Some(status) => heard::of_answer(error, (None, status), answer.full["body"].clone()),
        None => error,
    }
}

fn api_error(cx: &RunContext, error: NodeError, http_code: &str, body: &Value, thrown: &Value, index: usize) -> NodeError {
    let mut context = Map::new();
    if body.is_object() || body.is_array() {
        context.insert("data".into(), body.clone());
    }
    context.insert("itemIndex".into(), index.into());
    context.insert("runIndex".into(), cx.run_index.into());
    let mut error = error.named("NodeApiError").item(index);
    error.data.insert("httpCode".into(), http_code.into());
    error.data.insert("messages".into(), json!([thrown["message"]]));
    error.data.insert("context".into(), context.into());
    error.data.insert("cause".into(), json!({"name": thrown["name"], "message": thrown["message"]}));
    error
}
