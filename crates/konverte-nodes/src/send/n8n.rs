//! What n8n sends for its node of this family, to the byte.
//!
//! n8n's node is declarative: every field that is shown is sent, with its default where it is not set. Values are not
//! coerced, JSON texts are parsed by an expression whose failure is `undefined`, the path is put together as text.
//! Deliberate differences: at most 64 requests are in flight, a 401 is not sent a second time, connections are kept alive.

use std::sync::Arc;

use node_sdk::action::{ActionSpec, Param, ParamType, Place, RateLimit};
use node_sdk::event::Event;
use node_sdk::json::{JsonErrorKind, as_javascript, lossy_text, parse_answer, stringify, to_js_string};
use node_sdk::paced::{self, Batching, Failed, Order, Pace, PacedRun, Stops};
use node_sdk::params::{Evaluated, ItemParams, Kind};
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest};
use node_sdk::{ErrorCode, Item, NodeError, PairedItem, RunContext, RunPaced, async_trait};
use request::query::{Lists, add_to_url, append};
use serde_json::{Map, Value};

use super::request::only_reads;
use super::value::says_nothing;
use super::{existing, failure, options, value};
use crate::advice::{self, Asked};
use crate::place::{Mode, parsed};
use crate::service::{Access, Service};

/// n8n starts all requests at once; we keep to so many.
const IN_FLIGHT: usize = 64;

/// One place in a workflow: an action of n8n's node.
pub struct N8n {
    /// What it talks to.
    pub service: Arc<Service>,
    /// The action; `None` where n8n finds none and sends `GET /`.
    pub action: Option<Arc<ActionSpec>>,
}

#[async_trait]
impl RunPaced for N8n {
    /// The items are n8n's, which know nothing of it.
    fn leaves_outcomes_untold(&self) -> bool {
        self.action.as_ref().is_some_and(|action| !action.reads())
    }

    async fn begin(&self, cx: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError> {
        let access = self.access(cx).await?;
        let batching = cx.params.read(0, |first| {
            if first.raw("requestOptions.batching").is_some_and(Value::is_object) && first.raw("requestOptions.batching.batch").is_none() {
                return Err(failure::no_batch());
            }
            options::batching(first)
        });
        let limit = self.action.as_deref().and_then(|action| self.service.limit_of(action)).cloned();
        Ok(Arc::new(Run { action: self.action.clone(), access, batching: batching.await?, limit }))
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
}

/// One run of the node.
struct Run {
    action: Option<Arc<ActionSpec>>,
    access: Access,
    batching: Option<Batching>,
    /// The server's, where it is known.
    limit: Option<RateLimit>,
}

impl PacedRun for Run {
    fn pace(&self) -> Pace {
        Pace { in_flight: IN_FLIGHT, batching: self.batching, order: Order::Free, stops: Stops::Never }
    }

    fn draft(self: Arc<Self>, cx: &RunContext, params: &ItemParams<'_>, _item: &Item) -> Result<Box<dyn paced::SendItem>, Failed> {
        let (request, emptied) = self.request(cx, params).map_err(|error| failed(cx, error))?;
        Ok(Box::new(Draft { run: self, request, emptied, index: params.index() }))
    }
}

/// One item's request.
struct Draft {
    run: Arc<Run>,
    request: HttpRequest,
    /// What is said of the parameters that empty a list of the record.
    emptied: Vec<NodeError>,
    index: usize,
}

#[async_trait]
impl paced::SendItem for Draft {
    async fn send(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failed> {
        self.emptied.iter().for_each(|error| say_emptied(cx, error, self.index));
        let items = self.exchange(cx).await.map_err(|error| failed(cx, error))?;
        Ok(items.into_iter().map(unpaired).collect())
    }
}

impl Draft {
    /// Sends the request and reads its answer.
    async fn exchange(&self, cx: &RunContext) -> Result<Vec<Item>, NodeError> {
        let index = self.index;
        let proxied = self.request.options.proxy.is_some();
        let sent = cx.ports.http.send(self.request.clone()).await;
        let answer = sent.map_err(|error| failure::unreachable(cx, &error, proxied, index))?;
        let body = read(&answer.body).map_err(|error| error.item(index))?;
        let action = self.run.action.as_deref();
        if !(200..300).contains(&answer.status) {
            let error = failure::refused(cx, &answer, body, index);
            let limit = self.run.limit.as_ref();
            let (url, body) = (self.request.url.as_str(), &self.request.body);
            let asked = Asked { mode: Mode::N8n, action, limit, url, body, attempts: 1, most_attempts: 1 };
            return Err(advice::attach(error, &answer, &asked));
        }
        if let Some((code, message)) = advice::odd_success(&answer, action) {
            say(cx, code, message, index);
        }
        if let Some((action, asked)) = action.and_then(|action| Some((action, existing::asked_by(action, &self.request.body)?))) {
            // It is counted; the item is n8n's.
            existing::existed(cx, action, (&self.request.url, &asked), &body, index);
        }
        Ok(match body {
            Value::Array(list) => list.into_iter().map(Item::new).collect(),
            other => vec![Item::new(other)],
        })
    }
}

/// An item that failed: n8n waits for all, whatever it was that failed.
fn failed(cx: &RunContext, error: NodeError) -> Failed {
    let item = cx.continue_on_fail().then(|| unpaired(request::failure::item(cx, &error)));
    item.map_or_else(|| Failed::new(error.clone()), |item| Failed::new(error.clone()).item(item))
}

/// n8n's node does not pair its items.
fn unpaired(item: Item) -> Item {
    item.paired(PairedItem::List(Vec::new()))
}

impl Run {
    /// The request, and what is to be said of the parameters that empty a list of the record.
    fn request(&self, cx: &RunContext, params: &ItemParams<'_>) -> Result<(HttpRequest, Vec<NodeError>), NodeError> {
        let (access, mut emptied) = (&self.access, Vec::new());
        let mut query = String::new();
        let mut body = Map::new();
        for param in self.action.iter().flat_map(|action| action.params.iter()) {
            match param.place {
                Place::Path => {}
                Place::Query => match read_value(params, param)? {
                    Some(Evaluated { kind: Kind::NonFinite(number), .. }) => {
                        append(&mut query, &param.name, &number.text().into(), Lists::Indices);
                    }
                    Some(value) => append(&mut query, &param.name, &as_javascript(value.value), Lists::Indices),
                    None => {}
                },
                Place::Body => {
                    let value = body_value(params, param)?;
                    if param.whole && !value.as_ref().is_some_and(|value| value.is_array() && !says_nothing(value)) {
                        emptied.push(value::emptied(param));
                    }
                    if let Some(value) = value {
                        body.insert(param.name.to_string(), value);
                    }
                }
            }
        }
        let url = format!("{}{}", access.base, self.path(params)?);
        let body = if body.is_empty() { HttpBody::Empty } else { HttpBody::Bytes(stringify(&in_javascript_order(body.into())).into()) };
        let only_reads = self.action.as_ref().is_some_and(|action| only_reads(action, (&access.base, &action.path), &url));
        let sender = Some(cx.sender(params.index()));
        let options = HttpOptions { keep_headers_across_origins: true, sender, only_reads, ..options::http(params)? };
        let request = HttpRequest {
            method: self.action.as_ref().map_or("GET", |action| action.method.as_str()).to_owned(),
            url: add_to_url(&url, &query),
            headers: headers(access),
            body,
            options,
        };
        Ok((request, emptied))
    }

    /// The path with its parameters put in as text, nothing escaped: `undefined` and null are empty.
    fn path(&self, params: &ItemParams<'_>) -> Result<String, NodeError> {
        let Some(action) = &self.action else { return Ok("/".to_owned()) };
        let mut path = String::new();
        let mut rest = action.path.as_ref();
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
fn say_emptied(cx: &RunContext, error: &NodeError, index: usize) {
    say(cx, Some(error.code.clone()), format!("{}; it is sent all the same, as n8n sends it", error.message), index);
}

fn say(cx: &RunContext, code: Option<ErrorCode>, message: String, index: usize) {
    cx.emit(Event::Notice { code, node: cx.node.name.as_str().into(), parameter: None, item: Some(index), message });
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
    // The text `NaN` is no JSON.
    Ok(if not_finite { None } else { parsed(&value).ok() })
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
    let text = lossy_text(body);
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
