//! What was answered last to node code. An error that the code makes of it is about the item that the request was sent for, and has the status of the
//! answer, also where the code says neither.

use std::sync::Mutex;

use bytes::Bytes;
use node_sdk::NodeError;
use node_sdk::error::codes;
use node_sdk::ports::HttpResponse;
use node_sdk::service::{said, status_code};
use node_sdk::sync::lock;
use request::answer;
use serde_json::Value;

/// The last answer.
#[derive(Default)]
pub(super) struct Heard(Mutex<Option<Last>>);

#[derive(Clone)]
struct Last {
    item: Option<usize>,
    status: u16,
    body: Bytes,
}

/// Characters of what a service says that are enough to know it again in an error.
const TELLING: usize = 5;

impl Heard {
    /// An answer to a request for this item came.
    pub(super) fn hear(&self, item: Option<usize>, answer: &HttpResponse) {
        *lock(&self.0) = Some(Last { item, status: answer.status, body: answer.body.clone() });
    }

    /// The error with what is known of the answer that it comes of.
    pub(super) fn explained(&self, error: NodeError) -> NodeError {
        match lock(&self.0).clone() {
            Some(last) => of_answer(error, (last.item, last.status), last.body()),
            None => error,
        }
    }
}

/// The error with the item, the status and the body of this answer where it comes of it: it has its status, or what the service said there.
pub(crate) fn of_answer(error: NodeError, (item, status): (Option<usize>, u16), body: Value) -> NodeError {
    let comes_of_it = match error.http.as_ref().and_then(|http| http.status) {
        Some(told) => told == status,
        None => says(&error, &body),
    };
    if !comes_of_it {
        return error;
    }
    let item = error.item.or(item);
    if status < 400 {
        return NodeError { item, ..error };
    }
    let code = if error.code == codes::NODE_FAILED { status_code(status) } else { error.code.clone() };
    let body = error.http.as_ref().map(|http| http.body.clone()).filter(|body| !body.is_null()).unwrap_or(body);
    NodeError { item, code, ..error }.http(status, body)
}

impl Last {
    fn body(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        answer::parse_json(&text).unwrap_or_else(|_| Value::String(text.into_owned()))
    }
}

/// Texts of an error in which the words of others stand.
pub(super) fn texts(error: &NodeError) -> Vec<&str> {
    let messages = error.data.get("messages").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    [Some(error.message.as_str()), error.description.as_deref()].into_iter().flatten().chain(messages).collect()
}

fn says(error: &NodeError, body: &Value) -> bool {
    let telling = said(body).filter(|said| said.chars().count() >= TELLING);
    telling.is_some_and(|said| texts(error).iter().any(|text| text.contains(&said)))
}
