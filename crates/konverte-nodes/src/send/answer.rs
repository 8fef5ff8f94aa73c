//! Native mode's answers: what the server said, as items or as an error in its own words.

use node_sdk::action::{ActionSpec, Shape};
use node_sdk::error::codes;
use node_sdk::json::{JsonErrorKind, lossy_text, number_text, parse_answer};
use node_sdk::ports::HttpResponse;
use node_sdk::{Item, NodeError, service};
use serde_json::{Map, Value, json};

use super::failure::{self, status_code};
use crate::advice::{self, Asked};
use crate::words::words;

/// The body of a success: `{}` where it is empty, `{"html": text}` for a page.
pub(super) fn body(action: &ActionSpec, answer: &HttpResponse) -> Result<Value, NodeError> {
    let text = lossy_text(&answer.body);
    if text.trim().is_empty() {
        return Ok(nothing());
    }
    if action.success.shape == Shape::Html {
        return Ok(json!({"html": text}));
    }
    if service::is_page(&text) {
        return Err(page(answer, &text));
    }
    let value = parse_answer(&text).map_err(|error| {
        if error.kind == JsonErrorKind::TooDeep {
            return failure::too_deep();
        }
        let kind = answer.header("content-type").unwrap_or("no content type");
        NodeError::coded(codes::HTTP_BAD_ANSWER, format!("The server answered {kind} where JSON was expected: {error}"))
            .help("Check the credential's URL: it must be the address of the service itself, without a page's path.")
            .http(answer.status, Value::String(cut(&text)))
    })?;
    Ok(value)
}

/// A web page in the place of an answer.
fn page(answer: &HttpResponse, text: &str) -> NodeError {
    let title = service::page_title(text).map(|title| format!(", \"{title}\",")).unwrap_or_default();
    let moved = if answer.redirected { format!("The request was redirected to {}. ", advice::shown(&answer.url)) } else { String::new() };
    NodeError::coded(codes::HTTP_BAD_ANSWER, format!("The server answered a web page{title} where JSON was expected"))
        .help(format!("{moved}{}", advice::NO_API))
        .http(answer.status, Value::String(cut(text)))
}

/// An empty success.
pub(super) fn nothing() -> Value {
    Value::Object(Map::new())
}

/// One item for each element of a list, else one item; null, which is no item, is an empty one. `unwrap`: of what stands in the envelope.
///
/// A list that was asked for may be empty. A change that answers an empty list (who was added, and all were there before) is done, and
/// what follows it goes on.
pub(super) fn items(action: &ActionSpec, body: Value, unwrap: bool, index: usize) -> Vec<Item> {
    let inner = action.success.envelope.as_deref().filter(|_| unwrap).and_then(|path| at(&body, path).cloned());
    let list = match inner.unwrap_or(body) {
        Value::Array(list) if list.is_empty() && !action.reads() => vec![nothing()],
        Value::Array(list) => list,
        other => vec![other],
    };
    list.into_iter().map(|value| item(value, index)).collect()
}

/// The item of one value.
pub(super) fn item(value: Value, index: usize) -> Item {
    Item::new(if value.is_null() { nothing() } else { value }).paired(index)
}

/// The value at a dotted path; "" is the value itself.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').filter(|key| !key.is_empty()).try_fold(value, |value, key| value.get(key))
}

/// An answer that is no success, in the server's own words.
pub(super) fn refused(action: &ActionSpec, answer: &HttpResponse, asked: &Asked<'_>, index: usize) -> NodeError {
    let text = lossy_text(&answer.body);
    let body = parse_answer(&text).unwrap_or_else(|_| Value::String(cut(&text)));
    let message = match words(&body) {
        Some(said) => format!("{said} ({})", answer.status),
        None => format!("The server answered {} {}", answer.status, answer.status_text).trim_end().to_owned(),
    };
    let mut error = NodeError::coded(status_code(answer.status), message).named("NodeApiError").item(index);
    let named = body.get("attributes").and_then(Value::as_array).and_then(|list| list.first()).and_then(Value::as_str);
    if let Some(param) = named.and_then(|name| action.param(name)) {
        error = error.parameter(param.key());
    }
    error.data.insert("httpCode".into(), number_text(&answer.status.into()).into());
    error.data.insert("context".into(), json!({"data": body, "itemIndex": index}));
    advice::attach(error.http(answer.status, body), answer, asked)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(2000) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
