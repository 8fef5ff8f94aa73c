//! Native mode's request: what was set and nothing else.

use std::sync::Arc;

use node_sdk::action::{ActionSpec, Param, Place, RateLimit};
use node_sdk::json::to_js_string;
use node_sdk::params::ItemParams;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest};
use node_sdk::schema::raw_at;
use node_sdk::{Item, NodeError, RunContext};
use request::query::{Lists, append, escape};
use serde_json::{Map, Value};
use url::Url;

use super::upload::Named;
use super::value::{self, Unfit};
use super::{existing, needs, options, upload};
use crate::codes;
use crate::service::{Access, Service};

/// A request before it is written down: what paging needs to change stands apart.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    method: &'static str,
    /// Without the query.
    pub url: String,
    /// Query parameters in order.
    pub query: Map<String, Value>,
    headers: Vec<(String, String)>,
    /// Values that go into the body.
    fields: Map<String, Value>,
    /// The names of the item's files that go along.
    files: Vec<Named>,
    /// What is sent, when [`Draft::complete`] has made it.
    body: HttpBody,
    /// What shows that the record of its answer was there before; `None`: nothing would.
    pub asked: Option<Map<String, Value>>,
    /// Whether sending it twice does no harm.
    pub repeatable: bool,
    /// The record that it writes to; `None`: none that other requests write to.
    pub record: Option<String>,
    /// Requests that agree in it are counted together by the server.
    pub counted: String,
    options: HttpOptions,
}

/// What the requests of a run have in common: found once, not for each item.
pub(super) struct Common {
    /// The action.
    pub action: Arc<ActionSpec>,
    fields: Vec<Field>,
    /// The address without the action's path.
    base: String,
    headers: Vec<(String, String)>,
    /// Where no expression stands in them.
    options: Option<HttpOptions>,
    /// Names of headers that prove who sends the request.
    secret_headers: Vec<String>,
}

/// A parameter whose value is sent.
struct Field {
    param: Param,
    /// What it takes the place of in the path.
    slot: Option<String>,
    /// Whether it names the record.
    names_record: bool,
    /// Whether a value makes the request repeatable.
    makes_repeatable: bool,
    /// Whether the server counts the requests of each value apart.
    is_counted: bool,
}

impl Common {
    /// Of an action's requests, with the node's parameters as the file has them. `options`: where they are the same for all items.
    pub(super) fn new(
        service: &Service,
        action: Arc<ActionSpec>,
        access: &Access,
        parameters: &Map<String, Value>,
        options: Option<HttpOptions>,
    ) -> Self {
        let counted: Vec<&str> = service.limit_of(&action).into_iter().flat_map(RateLimit::params).collect();
        let record: Vec<_> = action.record_params().map(|param| &param.name).collect();
        let is_file = |param: &Param| action.native.files.iter().any(|file| file.name == param.key());
        let is_read = |param: &Param| param.is_wanted() || param.whole || raw_at(parameters, param.key()).is_some();
        let sent = action.native_params().filter(|param| is_read(param) && !is_file(param) && !action.is_double(param));
        let slot = |param: &Param| Some(format!("{{{}}}", param.name)).filter(|slot| action.native_path().contains(slot));
        let field = |param: &Param| Field {
            param: param.clone(),
            slot: slot(param),
            names_record: record.contains(&&param.name),
            makes_repeatable: action.repeat_given.contains(&param.name),
            is_counted: counted.contains(&param.name.as_ref()),
        };
        let fields = sent.map(field).collect();
        let mut headers = vec![
            ("Accept".to_owned(), action.native.accept.as_deref().unwrap_or("application/json").to_owned()),
            ("User-Agent".to_owned(), concat!("konverte/", env!("CARGO_PKG_VERSION")).to_owned()),
        ];
        headers.extend(access.header.clone());
        let secret_headers = access.header.iter().map(|(name, _)| name.clone()).collect();
        Self { action, fields, base: access.base.clone(), headers, options, secret_headers }
    }

    fn options(&self, params: &ItemParams<'_>) -> Result<HttpOptions, NodeError> {
        if let Some(options) = &self.options {
            return Ok(options.clone());
        }
        options::check(params)?;
        options::http(params)
    }
}

/// Whether a request changes nothing: the action reads, and the request goes to the action's path behind the base, as an address is read when it leaves.
/// With a value such as `1/contacts#` in its path it goes elsewhere.
pub(super) fn only_reads(action: &ActionSpec, (base, path): (&str, &str), url: &str) -> bool {
    let place = || Some((Url::parse(&format!("{base}{path}")).ok()?, Url::parse(url).ok()?));
    action.reads() && place().is_some_and(|(named, sent)| named.origin() == sent.origin() && is_filled(named.path(), sent.path()))
}

/// Whether a path is this one with a segment in each of its slots. `%2F` and `%5C` in it may be a `/` to the server.
fn is_filled(path: &str, with: &str) -> bool {
    let one = |(slot, value): (&str, &str)| slot == value || (slot.starts_with("%7B") && !value.is_empty() && !has_slash(value));
    path.split('/').count() == with.split('/').count() && path.split('/').zip(with.split('/')).all(one)
}

fn has_slash(segment: &str) -> bool {
    let segment = segment.to_ascii_lowercase();
    segment.contains("%2f") || segment.contains("%5c")
}

impl Draft {
    /// The request of one item, without its files.
    pub(super) fn new(cx: &RunContext, common: &Common, params: &ItemParams<'_>) -> Result<Self, NodeError> {
        let options = common.options(params)?;
        let (values, action) = (Values::read(params, common)?, &common.action);
        let files = upload::named(params, action)?;
        values.suffice(action, &files).map_err(|error| error.item(params.index()))?;
        let url = format!("{}{}", common.base, values.path);
        let only_reads = only_reads(action, (&common.base, action.native_path()), &url);
        Ok(Self {
            method: action.method.as_str(),
            url,
            query: values.query,
            headers: common.headers.clone(),
            asked: existing::asked(action, &values.body),
            fields: values.body,
            files,
            body: HttpBody::Empty,
            repeatable: action.repeatable && (action.repeat_given.is_empty() || values.makes_repeatable),
            record: values.record,
            counted: values.counted.join(" "),
            options: HttpOptions {
                keeps_method: true,
                secret_headers: common.secret_headers.clone(),
                sender: Some(cx.sender(params.index())),
                only_reads,
                ..options
            },
        })
    }

    /// With its body: files are read when the request is about to leave, so that those of requests that wait are not in memory.
    pub(super) async fn complete(&mut self, cx: &RunContext, item: &Item, index: usize) -> Result<(), NodeError> {
        let files = upload::files(cx, &self.files, item, index).await?;
        let fields = std::mem::take(&mut self.fields);
        self.body = if !files.is_empty() {
            HttpBody::Multipart(upload::form(&fields, files))
        } else if fields.is_empty() {
            HttpBody::Empty
        } else {
            self.headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
            HttpBody::Bytes(Value::Object(fields).to_string().into())
        };
        Ok(())
    }

    /// Its address, without its query.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What is sent with it.
    pub(super) fn body(&self) -> &HttpBody {
        &self.body
    }

    /// Whether it goes through a proxy.
    pub(super) fn is_proxied(&self) -> bool {
        self.options.proxy.is_some()
    }

    /// Written down.
    pub(super) fn request(&self) -> HttpRequest {
        let mut query = String::new();
        for (name, value) in &self.query {
            append(&mut query, name, value, Lists::Brackets);
        }
        HttpRequest {
            method: self.method.to_owned(),
            url: request::query::add_to_url(&self.url, &query),
            headers: self.headers.clone(),
            body: self.body.clone(),
            options: self.options.clone(),
        }
    }
}

/// The values that were set, each in its place.
struct Values {
    path: String,
    query: Map<String, Value>,
    body: Map<String, Value>,
    makes_repeatable: bool,
    record: Option<String>,
    /// What the server counts requests by.
    counted: Vec<String>,
    /// The keys of the parameters that have a value, where the action needs one or another.
    given: Vec<String>,
}

impl Values {
    fn read(params: &ItemParams<'_>, common: &Common) -> Result<Self, NodeError> {
        let action = &common.action;
        let path = action.native_path().to_owned();
        let (query, body) = (Map::new(), Map::new());
        let mut values = Self { path, query, body, makes_repeatable: false, record: None, counted: Vec::new(), given: Vec::new() };
        let mut key = Vec::new();
        for Field { param, slot, names_record, makes_repeatable, is_counted } in &common.fields {
            let Some(value) = value::read(params, param)? else { continue };
            let given = is_given(&value);
            values.makes_repeatable |= *makes_repeatable && given;
            if *names_record && given {
                // Servers do not tell e-mail addresses by their case.
                key.push(format!("{}={}", param.name, to_js_string(&value).trim().to_lowercase()));
            }
            if *is_counted {
                values.counted.push(format!("{}={}", param.name, to_js_string(&value)));
            }
            if given && !action.native.needs.is_empty() {
                values.given.push(param.key().to_owned());
            }
            if let Some(slot) = slot {
                let segment = segment(&value).map_err(|unfit| unfit.of(param).item(params.index()))?;
                values.path = values.path.replace(slot, &segment);
                continue;
            }
            match param.native_place() {
                Place::Path => {}
                // A query string has no null: `page=` would be an empty text.
                Place::Query if value.is_null() => {}
                Place::Query => _ = values.query.insert(param.native_name().to_owned(), value),
                Place::Body => _ = values.body.insert(param.native_name().to_owned(), value),
            }
        }
        if let Some((_, rest)) = values.path.split_once('{') {
            let name = rest.split('}').next().unwrap_or(rest);
            let what = action.param(name).map_or("It is part of the address.", |param| &param.summary);
            return Err(value::missing(name, what).item(params.index()));
        }
        values.record = (!key.is_empty()).then(|| key.join(" "));
        Ok(values)
    }

    /// Fails where the action needs one or another parameter, and none is given.
    fn suffice(&self, action: &ActionSpec, files: &[Named]) -> Result<(), NodeError> {
        let has_file = |name: &str| files.iter().any(|(file, names)| file.name == name && !names.is_empty());
        let lacking = needs::lacking(action, |name| has_file(name) || self.given.iter().any(|given| given == name));
        lacking.map_or(Ok(()), |error| {
            let what = error.help.clone().unwrap_or_default();
            Err(error.help(format!("{} {what}", needs::NOT_SET)))
        })
    }
}

/// Whether the server takes a value for one: null and blank text are sent, and it takes them for absent.
fn is_given(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    }
}

/// A value as one segment of a path. Empty text and dots would make another path of it.
pub(crate) fn segment(value: &Value) -> Result<String, Unfit> {
    let text = if value.is_null() { String::new() } else { to_js_string(value) };
    match text.as_str() {
        "" => Err(Unfit { code: codes::MISSING, why: "is part of the address and must not be empty".to_owned() }),
        "." | ".." => Err(Unfit { code: codes::TYPE, why: format!("is part of the address, where \"{text}\" would make another address of it") }),
        text => Ok(escape(text)),
    }
}
