//! What n8n sends for its node of this family, to the byte.
//!
//! n8n's node is declarative: every field that is shown is sent, with its default where it is not set. Values are not
//! coerced, JSON texts are parsed by an expression whose failure is `undefined`, the path is put together as text.
//! Deliberate differences: at most 64 requests are in flight, a 401 is not sent a second time, connections are kept alive.

use node_sdk::action::{ActionSpec, Param, ParamType, Place};
use node_sdk::event::Event;
use node_sdk::json::{JsonErrorKind, as_javascript, parse_answer, stringify, to_js_string};
use node_sdk::params::{Evaluated, ItemParams, Kind};
use node_sdk::ports::{HttpBody, HttpRequest};
use node_sdk::{Inputs, Item, NodeError, Outputs, RunAll, RunContext, async_trait};
use request::batching::{self, Pace};
use request::query::{Lists, add_to_url, append};
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::value::says_nothing;
use super::{failure, gather, options, progress, value};
use crate::advice;
use crate::service::{Access, Service};

/// n8n starts all requests at once; we keep to so many.
const IN_FLIGHT: usize = 64;

/// One place in a workflow: an action of n8n's node.
pub struct N8n {
    /// What it talks to.
    pub service: &'static Service,
    /// The action; `None` where n8n finds none and sends `GET /`.
    pub action: Option<&'static ActionSpec>,
}

#[async_trait]
impl RunAll for N8n {
    /// The items are n8n's, which know nothing of it.
    fn leaves_outcomes_untold(&self) -> bool {
        self.action.is_some_and(|action| !action.reads())
    }

    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let access = self.access(cx).await?;
        let total = inputs.main().gather().await?.len();
        let first = cx.params.at(0);
        if first.raw("requestOptions.batching").is_some_and(Value::is_object) && first.raw("requestOptions.batching.batch").is_none() {
            return Err(failure::no_batch());
        }
        let pace = Pace { batching: options::batching(&first)?, in_flight: IN_FLIGHT };
        let (done, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        let results = batching::run(total, pace, &*cx.ports.clock, |index| {
            let (access, done, stopped) = (&access, &done, &stopped);
            (!stopped.load(Ordering::Relaxed)).then_some(async move {
                let result = self.exchange(cx, access, index).await;
                stopped.fetch_or(result.as_ref().is_err_and(|error| error.fatal), Ordering::Relaxed);
                progress(cx, done.fetch_add(1, Ordering::Relaxed) + 1, total);
                result
            })
        })
        .await;
        gather(cx, results.into_iter().enumerate(), |error, _| failure::item(cx, error))
    }
}

impl N8n {
    /// n8n's words for a node without a credential; how to give it stands in the help.
    async fn access(&self, cx: &RunContext) -> Result<Access, NodeError> {
        self.service.access(cx, true).await.map_err(|error| {
            if !cx.node.credentials.is_empty() {
                return error;
            }
            failure::no_credentials(&error)
        })
    }

    /// Sends one item's request and reads its answer.
    async fn exchange(&self, cx: &RunContext, access: &Access, index: usize) -> Result<Vec<Item>, NodeError> {
        let request = self.request(cx, &cx.params.at(index), access)?;
        let proxied = request.options.proxy.is_some();
        let answer = cx.ports.http.send(request).await.map_err(|error| failure::unreachable(cx, &error, proxied, index))?;
        let body = read(&answer.body).map_err(|error| error.item(index))?;
        if !(200..300).contains(&answer.status) {
            let error = failure::refused(cx, &answer, body, index);
            return Err(advice::attach(error, self.action));
        }
        Ok(match body {
            Value::Array(list) => list.into_iter().map(Item::new).collect(),
            other => vec![Item::new(other)],
        })
    }

    fn request(&self, cx: &RunContext, params: &ItemParams<'_>, access: &Access) -> Result<HttpRequest, NodeError> {
        let mut query = String::new();
        let mut body = Map::new();
        for param in self.action.iter().flat_map(|action| action.params) {
            match param.place {
                Place::Path => {}
                Place::Query => match read_value(params, param)? {
                    Some(Evaluated { kind: Kind::NonFinite(number), .. }) => {
                        append(&mut query, param.name, &number.text().into(), Lists::Indices);
                    }
                    Some(value) => append(&mut query, param.name, &as_javascript(value.value), Lists::Indices),
                    None => {}
                },
                Place::Body => {
                    let value = body_value(params, param)?;
                    if param.whole && !value.as_ref().is_some_and(|value| value.is_array() && !says_nothing(value)) {
                        say_emptied(cx, param, params.index());
                    }
                    if let Some(value) = value {
                        body.insert(param.name.to_owned(), value);
                    }
                }
            }
        }
        let url = format!("{}{}", access.base, self.path(params)?);
        let body = if body.is_empty() { HttpBody::Empty } else { HttpBody::Bytes(stringify(&in_javascript_order(body.into())).into()) };
        Ok(HttpRequest {
            method: self.action.map_or("GET", |action| action.method.as_str()).to_owned(),
            url: add_to_url(&url, &query),
            headers: headers(access),
            body,
            options: node_sdk::ports::HttpOptions { keep_headers_across_origins: true, ..options::http(cx, params)? },
        })
    }

    /// The path with its parameters put in as text, nothing escaped: `undefined` and null are empty.
    fn path(&self, params: &ItemParams<'_>) -> Result<String, NodeError> {
        let Some(action) = self.action else { return Ok("/".to_owned()) };
        let mut path = String::new();
        let mut rest = action.path;
        // From left to right, so that braces in a value are text.
        while let Some((before, (name, after))) = rest.split_once('{').and_then(|(before, slot)| Some((before, slot.split_once('}')?))) {
            path.push_str(before);
            rest = after;
            let Some(param) = action.params_in(Place::Path).find(|param| param.name == name) else { continue };
            match read_value(params, param)? {
                Some(Evaluated { kind: Kind::NonFinite(number), .. }) => path.push_str(number.text()),
                Some(Evaluated { value: Value::Null, .. }) | None => {}
                Some(value) => path.push_str(&to_js_string(&as_javascript(value.value))),
            }
        }
        path.push_str(rest);
        Ok(path)
    }
}

/// n8n's node sends it all the same, so it is said.
fn say_emptied(cx: &RunContext, param: &Param, index: usize) {
    let NodeError { code, message, .. } = value::emptied(param);
    let message = format!("{message}; it is sent all the same, as n8n sends it");
    cx.emit(Event::Notice { code: Some(code), node: cx.node.name.as_str().into(), parameter: None, item: Some(index), message });
}

fn headers(access: &Access) -> Vec<(String, String)> {
    let fixed = [
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("User-Agent", "n8n"),
        ("Accept-Encoding", "gzip, compress, deflate, br"),
    ];
    let mut headers: Vec<_> = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    headers.extend(access.header.clone());
    headers
}

/// A parameter's value; `None` for `undefined`. Defaults are there already: they are part of the node's parameters.
fn read_value(params: &ItemParams<'_>, param: &Param) -> Result<Option<Evaluated>, NodeError> {
    Ok(params.evaluated(param.key())?.filter(|value| value.kind != Kind::Undefined))
}

/// What goes into the body; JSON texts through JavaScript's `JSON.parse`, which takes any value's text.
fn body_value(params: &ItemParams<'_>, param: &Param) -> Result<Option<Value>, NodeError> {
    let Some(value) = read_value(params, param)? else { return Ok(None) };
    let not_finite = matches!(value.kind, Kind::NonFinite(_));
    let value = as_javascript(value.value);
    if param.kind != ParamType::Json || !param.parsed {
        return Ok(Some(value));
    }
    if not_finite {
        // The text `NaN` is no JSON.
        return Ok(None);
    }
    let text = to_js_string(&value);
    // JavaScript's JSON knows no byte order mark.
    let parsed = if text.starts_with('\u{feff}') { None } else { parse_answer(&text).ok() };
    Ok(parsed.map(as_javascript))
}

/// JavaScript's objects have their whole-number keys first, in rising order.
fn in_javascript_order(value: Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.into_iter().map(in_javascript_order).collect()),
        Value::Object(map) => {
            let index = |key: &str| key.parse::<u32>().ok().filter(|n| *n < u32::MAX && n.to_string() == key);
            let mut entries: Vec<_> = map.into_iter().map(|(key, value)| (key, in_javascript_order(value))).collect();
            entries.sort_by_key(|(key, _)| index(key).map_or((1, 0), |n| (0, n)));
            Value::Object(entries.into_iter().collect())
        }
        other => other,
    }
}

/// An answer as n8n reads it: JSON whatever its type says, else text; bytes that are no UTF-8 become U+FFFD.
fn read(body: &[u8]) -> Result<Value, NodeError> {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    match parse_answer(text) {
        Ok(value) => Ok(as_javascript(value)),
        Err(error) if error.kind == JsonErrorKind::TooDeep => Err(failure::too_deep()),
        Err(_) => Ok(Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_number_keys_come_first() {
        let value = json!({"b": {"10": 1, "x": 2, "9": 3}, "01": 4, "1": 5});
        assert_eq!(stringify(&in_javascript_order(value)), r#"{"1":5,"b":{"9":3,"10":1,"x":2},"01":4}"#);
    }

    #[test]
    fn answers_are_read_as_n8n_reads_them() {
        assert_eq!(read(b"").unwrap(), json!(""));
        assert_eq!(read(b"\xef\xbb\xbf{\"f\":1.0,\"e\":1e400,\"d\":1,\"d\":2}").unwrap(), json!({"f": 1, "e": null, "d": 2}));
        assert_eq!(read(b"{broken").unwrap(), json!("{broken"));
        assert_eq!(read(b"\x89PNG").unwrap(), json!("\u{fffd}PNG"));
    }
}
