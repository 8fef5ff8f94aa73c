//! The parts of an answer.

use node_sdk::error::codes::PARAMETER;
use node_sdk::{Item, ItemParams, Kind, NodeError, Response, ResponseBody, RunContext, json};
use request::file::{self, input_file};
use serde_json::{Map, Value};

use crate::{json_text, path};

type Headers = Vec<(String, String)>;

const JSON: &str = "application/json; charset=utf-8";
const TYPE: &str = "content-type";

/// The headers that the options set: names in lower case, of equal ones the last.
pub(super) fn headers(entries: Option<&Value>) -> Headers {
    let mut headers = Headers::new();
    for entry in entries.and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| entry.get(key).filter(|value| !value.is_null()).map(json::to_js_string);
        if let (Some(name), Some(value)) = (text("name").filter(|name| !name.is_empty()), text("value")) {
            put(&mut headers, &name.to_lowercase(), value);
        }
    }
    headers
}

/// Sets a header; `name` is in lower case.
pub(super) fn put(headers: &mut Headers, name: &str, value: String) {
    match headers.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = value,
        None => headers.push((name.to_owned(), value)),
    }
}

/// The status code that the options set; 0 and nothing set none.
pub(super) fn status(code: Option<&Value>) -> Result<Option<u16>, NodeError> {
    let Some(code) = code.filter(|code| json::truthy(code)) else { return Ok(None) };
    let number = json::to_number(code).filter(|number| number.fract() == 0.0 && (100.0..=999.0).contains(number));
    let refused = || NodeError::coded(PARAMETER, format!("{code} is no status code of HTTP")).parameter("options.responseCode");
    number.map(|number| Some(number as u16)).ok_or_else(refused)
}

/// The value under the key that the options name: dots are paths, "" is no key.
pub(super) fn under(key: &str, value: Value) -> Result<Value, NodeError> {
    if key.is_empty() {
        return Ok(value);
    }
    let mut root = Map::new();
    path::set(&mut root, key, value)?;
    Ok(Value::Object(root))
}

/// Where a redirect leads to. An empty address would lead back to the webhook.
pub(super) fn address(params: &ItemParams<'_>) -> Result<String, NodeError> {
    let address = params.string("redirectURL")?;
    if address.trim().is_empty() {
        let help = "The expression of 'Redirect URL' gave nothing: look at the item that came in.";
        return Err(NodeError::coded(PARAMETER, "The 'Redirect URL' is empty").parameter("redirectURL").help(help));
    }
    Ok(address)
}

/// JSON as text, or as an expression gives it.
pub(super) fn json(params: &ItemParams<'_>) -> Result<ResponseBody, NodeError> {
    let Some(given) = params.value("responseBody")?.filter(json::truthy) else { return Ok(ResponseBody::Empty) };
    let parsed = match given {
        Value::String(text) => json::parse_answer(&text).map(json::as_javascript).map_err(|error| {
            let help = format!("{error}. Give an object by an expression, or text that is JSON as a whole.");
            let invalid = || NodeError::coded(PARAMETER, "Invalid JSON in 'Response Body' field").help(help);
            json_text::too_deep(&error).unwrap_or_else(invalid).parameter("responseBody")
        })?,
        value => value,
    };
    Ok(of_value(parsed))
}

/// Text, or what else an expression gives.
pub(super) fn text(params: &ItemParams<'_>) -> Result<ResponseBody, NodeError> {
    let given = params.evaluated("responseBody")?.filter(|given| given.kind != Kind::Undefined);
    Ok(given.map_or(ResponseBody::Empty, |given| of_value(given.value)))
}

/// A text goes out as it is, everything else as JSON.
fn of_value(value: Value) -> ResponseBody {
    match value {
        Value::String(text) => ResponseBody::Text(text),
        value => ResponseBody::Json(value),
    }
}

/// A file of the first item: the one that is named, else its first.
pub(super) async fn file(cx: &RunContext, items: &[Item], headers: &mut Headers) -> Result<ResponseBody, NodeError> {
    let none = || NodeError::new("No binary data exists on the first item!");
    let item = items.first().ok_or_else(none)?;
    let files = item.binary.as_deref().ok_or_else(none)?;
    let name = match cx.params.read(0, |params| params.string("responseDataSource")).await?.as_str() {
        "set" => cx.params.read(0, |params| params.string("inputFieldName")).await?,
        _ => files.keys().next().cloned().ok_or_else(none)?,
    };
    let file = input_file(item, &name, 0)?;
    let content = file::content(cx, &file).await?;
    if !headers.iter().any(|(name, _)| name == TYPE) && !file.mime_type.is_empty() {
        put(headers, TYPE, file.mime_type);
    }
    Ok(ResponseBody::Bytes(content))
}

/// The answer with what n8n's server adds: the type of the content, and its encoding where it is text.
pub(super) fn as_sent(mut response: Response) -> Response {
    let own = response.headers.iter().find(|(name, _)| name == TYPE).map(|(_, value)| value.clone());
    let kind = match &response.body {
        ResponseBody::Json(_) => own.map_or_else(|| JSON.to_owned(), |kind| in_utf8(&kind)),
        ResponseBody::Text(_) => in_utf8(own.as_deref().unwrap_or("text/html")),
        ResponseBody::Bytes(_) => own.unwrap_or_else(|| "application/octet-stream".to_owned()),
        ResponseBody::Empty => own.unwrap_or_else(|| JSON.to_owned()),
    };
    // These have no content by the rules of HTTP.
    if matches!(response.status, 204 | 304) {
        response.headers.retain(|(name, _)| name != TYPE);
        response.body = ResponseBody::Empty;
    } else {
        put(&mut response.headers, TYPE, kind);
    }
    response
}

fn in_utf8(kind: &str) -> String {
    let parts = kind.split(';').map(str::trim).filter(|part| !part.is_empty() && !part.to_lowercase().starts_with("charset="));
    parts.chain(["charset=utf-8"]).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_adds() {
        let sent = |status, kind: Option<&str>, body| {
            let headers = kind.iter().map(|kind| (TYPE.to_owned(), (*kind).to_owned())).collect();
            let sent = as_sent(Response { status, headers, body });
            (sent.headers.into_iter().next().map(|(_, kind)| kind), sent.body)
        };
        let (text, json) = (|| ResponseBody::Text("x".into()), || ResponseBody::Json(1.into()));
        for (given, kind) in [
            (sent(200, None, text()), "text/html; charset=utf-8"),
            (sent(200, Some("text/plain;charset=latin1; x=y"), text()), "text/plain; x=y; charset=utf-8"),
            (sent(200, Some("application/problem+json"), json()), "application/problem+json; charset=utf-8"),
            (sent(200, Some("image/png"), ResponseBody::Bytes(vec![0].into())), "image/png"),
            (sent(200, None, ResponseBody::Empty), JSON),
        ] {
            assert_eq!(given.0.as_deref(), Some(kind));
        }
        assert_eq!(sent(204, Some("text/plain"), text()), (None, ResponseBody::Empty));
    }

    #[test]
    fn of_headers_with_one_name_the_last_counts() {
        let entries = serde_json::json!([{"name": "X-A", "value": 1}, {"name": "x-a", "value": "2"}, {"name": "Y", "value": null}, {"value": "z"}]);
        assert_eq!(headers(Some(&entries)), [("x-a".to_owned(), "2".to_owned())]);
    }
}
