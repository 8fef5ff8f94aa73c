//! Walking through pages: the same request again, with another URL or other parameters, until an end is seen.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use node_sdk::error::codes;
use node_sdk::json::truthy;
use node_sdk::params::raw_at;
use node_sdk::ports::HttpResponse;
use node_sdk::{ItemParams, NodeError, Parameters, Resolvable};
use request::answer;
use request::draft::{Body, Draft, MAX_TIMEOUT};
use serde_json::{Map, Value, json};
use url::Url;

use super::accept::Format;
use super::failure::{ErrorObject, Failure};
use super::literal::{literal, raw_text};
use super::send::Sender;

const AT: &str = "options.pagination.pagination";

/// `options.pagination.pagination`, expressions unresolved: each page resolves them again.
#[derive(Debug, Clone)]
pub(super) struct Pages {
    change: Change,
    end: End,
    /// At most so many; 0 is no limit.
    limit: f64,
    interval: Duration,
}

#[derive(Debug, Clone)]
enum Change {
    /// The URL of the next page.
    Url(Resolvable),
    /// `(type, name, value)` of each parameter.
    Parameters(Vec<[Resolvable; 3]>),
}

#[derive(Debug, Clone)]
enum End {
    Empty,
    Status(Vec<u16>),
    /// An expression that is true as long as no page is the last one.
    Expression(Resolvable),
}

/// What a page's expressions can ask for.
struct Seen {
    pages: usize,
    response: Value,
    request: Arc<Value>,
}

impl Pages {
    /// `None` where there are no pages to walk through. `goes_on`: of [`goes_on_expression`].
    pub(super) fn read(params: &ItemParams<'_>, goes_on: Option<&Resolvable>) -> Result<Option<Self>, NodeError> {
        let Some(Value::Object(raw)) = params.raw(AT) else { return Ok(None) };
        let mode = raw.get("paginationMode").and_then(Value::as_str).unwrap_or("updateAParameterInEachRequest");
        if mode == "off" {
            return Ok(None);
        }
        let change = match mode {
            "responseContainsNextURL" => Change::Url(params.unresolved(&format!("{AT}.nextURL")).unwrap_or(Resolvable::Literal(Value::Null))),
            _ => Change::Parameters(parameters(params)?),
        };
        let end = match raw_text(params, &format!("{AT}.paginationCompleteWhen")) {
            Some("receiveSpecificStatusCodes") => {
                let codes = raw_text(params, &format!("{AT}.statusCodesWhenComplete")).unwrap_or_default();
                End::Status(codes.split(',').filter_map(status_code).collect())
            }
            Some("other") => End::Expression(goes_on.cloned().ok_or_else(|| {
                NodeError::coded(codes::PARAMETER, "Invalid or empty Complete Expression").parameter(format!("{AT}.completeExpression"))
            })?),
            _ => End::Empty,
        };
        let limited = literal(params, &format!("{AT}.limitPagesFetched"), false);
        let limit = if limited { params.number(&format!("{AT}.maxRequests"), 100.0)? } else { 0.0 };
        let interval = params.number(&format!("{AT}.requestInterval"), 0.0)?.max(0.0);
        Ok(Some(Self { change, end, limit, interval: Duration::from_millis(interval.min(MAX_TIMEOUT) as u64) }))
    }
}

/// The number at the beginning, as JavaScript's `parseInt` reads it.
fn status_code(text: &str) -> Option<u16> {
    let text = text.trim();
    text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())].parse().ok()
}

fn parameters(params: &ItemParams<'_>) -> Result<Vec<[Resolvable; 3]>, NodeError> {
    let list = params.unresolved(&format!("{AT}.parameters.parameters")).map(|list| list.entries()).unwrap_or_default();
    let field = |entry: &Resolvable, name: &str, default: &str| entry.at(name).unwrap_or_else(|| Resolvable::Literal(default.into()));
    let all: Vec<_> = list.iter().map(|entry| [field(entry, "type", "qs"), field(entry, "name", ""), field(entry, "value", "")]).collect();
    let wrong = |message: String| Err(NodeError::coded(codes::PARAMETER, message).parameter(format!("{AT}.parameters")));
    let empty = |value: &Resolvable| value.literal().is_some_and(|value| value == "");
    for (index, [kind, name, value]) in all.iter().enumerate() {
        let number = index + 1;
        match (kind.literal().and_then(Value::as_str).unwrap_or_default(), empty(name), empty(value)) {
            (_, true, true) if all.len() == 1 => {
                return wrong("At least one entry with 'Name' and 'Value' filled must be included in 'Parameters' to use 'Update a Parameter in Each Request' mode ".into());
            }
            (_, true, _) => return wrong(format!("Parameter name must be set for parameter [{number}] in pagination settings")),
            ("body" | "headers" | "qs", _, true) => {
                return wrong(format!(
                    "Some value must be provided for parameter [{number}] in pagination settings, omitting it will result in an infinite loop"
                ));
            }
            ("body" | "headers" | "qs", ..) => {}
            _ => return wrong(format!("Parameter type must be one of: body, headers, qs for parameter [{number}] in pagination settings")),
        }
    }
    Ok(all)
}

/// The end condition must be one expression; we ask whether it is not yet true.
pub(super) fn goes_on_expression(parameters: &Parameters) -> Option<Resolvable> {
    let text = raw_at(parameters, &format!("{AT}.completeExpression"))?.as_str()?.trim();
    let inner = text.strip_prefix("={{")?.strip_suffix("}}").filter(|inner| !inner.trim().is_empty())?;
    Some(parameters.make(format!("={{{{ !({inner}) }}}}")))
}

/// Fetches all pages of item `index`.
pub(super) async fn walk(sender: &Sender<'_>, draft: Draft, pages: &Arc<Pages>, index: usize) -> Result<Vec<HttpResponse>, Failure> {
    let cx = sender.cx;
    let mut seen = Arc::new(Seen { pages: 0, response: json!({}), request: Arc::new(draft.to_value()) });
    let draft = Arc::new(draft);
    let mut guard = Guard::default();
    let mut answers = Vec::new();
    loop {
        let (next, change, known) = (draft.clone(), pages.clone(), seen.clone());
        let request = cx.params.read(index, move |params| changed(params, &next, &change.change, &known)).await?;
        let answer = sender.any_status(request).await?;
        let body = page_body(sender.settings.format, &answer);
        guard.look(sender.settings.format, &answer, &body)?;
        let response = json!({"body": body, "headers": answer::header_object(&answer), "statusCode": answer.status});
        seen = Arc::new(Seen { pages: seen.pages + 1, response, request: seen.request.clone() });
        let (status, failed) = (answer.status, ErrorObject::page_status(&answer, &seen.response["body"]));
        answers.push(answer);
        let enough = pages.limit != 0.0 && seen.pages as f64 >= pages.limit;
        let (end, known) = (pages.clone(), seen.clone());
        let any_status = sender.settings.never_error;
        let goes_on = move |params: &ItemParams<'_>| goes_on(params, &end.end, &known, (status, any_status));
        if enough || !cx.params.read(index, goes_on).await? {
            return Ok(answers);
        }
        if !pages.interval.is_zero() {
            cx.ports.clock.sleep(pages.interval).await;
        }
        // Only an error's page that another one would follow is an error.
        if !(200..300).contains(&status) {
            return Err(failed.into());
        }
    }
}

/// Evaluates with what the pages know. An expression that fails gives undefined: the parameter is then left out. Before the first page
/// there is nothing that an expression could ask, so nothing is said of that; later a strict run ends with it.
fn evaluate(params: &ItemParams<'_>, given: &Resolvable, seen: &Seen) -> Result<Option<Value>, NodeError> {
    let mut extra = Map::new();
    extra.insert("$pageCount".into(), seen.pages.into());
    extra.insert("$response".into(), seen.response.clone());
    extra.insert("$request".into(), (*seen.request).clone());
    let evaluated = if seen.pages == 0 { params.resolve_quietly(given, &extra) } else { params.resolve_with(given, AT, Some(&extra)) };
    match evaluated {
        Ok(evaluated) => Ok(Some(evaluated.value).filter(|_| evaluated.kind != node_sdk::Kind::Undefined)),
        Err(error) if error.code == codes::EXPRESSION_SWALLOWED => Err(error),
        Err(_) => Ok(None),
    }
}

/// Whether another page follows. To an expression an error's page is never the last one, unless the node takes any status.
fn goes_on(params: &ItemParams<'_>, end: &End, seen: &Seen, (status, any_status): (u16, bool)) -> Result<bool, NodeError> {
    let failed = !any_status && !(200..300).contains(&status);
    Ok(match end {
        End::Empty => match &seen.response["body"] {
            Value::Array(list) => !list.is_empty(),
            other => truthy(other),
        },
        End::Status(codes) => !codes.contains(&status),
        End::Expression(complete) => evaluate(params, complete, seen)?.is_some_and(|value| truthy(&value) || failed),
    })
}

/// The request of the next page.
fn changed(params: &ItemParams<'_>, draft: &Draft, change: &Change, seen: &Seen) -> Result<Draft, NodeError> {
    let mut draft = draft.clone();
    match change {
        Change::Url(given) => {
            if let Some(next) = evaluate(params, given, seen)? {
                follow(&mut draft, &next)?;
            }
        }
        Change::Parameters(list) => {
            for [kind, name, value] in list {
                let name = evaluate(params, name, seen)?.map(|name| node_sdk::json::to_js_string(&name)).unwrap_or_default();
                let kind = evaluate(params, kind, seen)?;
                let Some(value) = evaluate(params, value, seen)? else { continue };
                match kind.as_ref().and_then(Value::as_str) {
                    Some("headers") => draft.headers.set(&name, node_sdk::json::to_js_string(&value)),
                    Some("body") => add_to_body(&mut draft.body, name, value),
                    _ => {
                        draft.query.insert(name, value);
                    }
                }
            }
        }
    }
    Ok(draft)
}

/// Goes to the next URL. The node's own query goes along, but for names that stand in the URL already.
fn follow(draft: &mut Draft, next: &Value) -> Result<(), NodeError> {
    let text = node_sdk::json::to_js_string(next);
    let url = Url::parse(&text).ok().filter(|url| url.has_host()).ok_or_else(|| {
        NodeError::coded(codes::HTTP_URL, format!("'{text}' is not a valid URL."))
            .description("Make sure the \"Next URL\" parameter evaluates to a valid URL.")
            .parameter(format!("{AT}.nextURL"))
    })?;
    for (name, _) in url.query_pairs() {
        draft.query.shift_remove(name.as_ref());
    }
    draft.url = text;
    Ok(())
}

fn add_to_body(body: &mut Body, name: String, value: Value) {
    match body {
        Body::Json(Value::Object(map)) | Body::Form(map) => {
            map.insert(name, value);
        }
        Body::None => *body = Body::Json(json!({name: value})),
        _ => {}
    }
}

/// The page as `$response.body` shows it: JSON parsed (what is no JSON there, an empty answer too, is `{}`), else text.
fn page_body(format: Format, answer: &HttpResponse) -> Value {
    let text = || String::from_utf8_lossy(&answer.body).trim_start_matches('\u{feff}').to_owned();
    let content_type = answer.header("content-type").unwrap_or_default();
    match format {
        Format::File => json!({}),
        Format::Json | Format::Text => answer::parse_json(&text()).unwrap_or_else(|_| Value::String(text())),
        Format::Autodetect if content_type.contains("application/json") => answer::parse_json(&text()).unwrap_or_else(|_| json!({})),
        Format::Autodetect => Value::String(text()),
    }
}

/// Stops a walk that gets the same page again and again.
#[derive(Default)]
struct Guard {
    length: u64,
    content: Option<u64>,
    repeated: u32,
}

impl Guard {
    /// Pages are compared when their lengths are equal; a page without `content-length` counts as 0 long. Three repetitions in a
    /// row are too many (n8n's text says five: it counts requests).
    fn look(&mut self, format: Format, answer: &HttpResponse, body: &Value) -> Result<(), NodeError> {
        let tag = answer.header("etag");
        if format == Format::File && tag.is_none() {
            return Ok(());
        }
        let length = answer.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        if length != self.length {
            self.length = length;
            self.repeated = 0;
            return Ok(());
        }
        let mut hasher = DefaultHasher::new();
        match tag {
            Some(tag) => tag.hash(&mut hasher),
            None => node_sdk::json::stringify(body).hash(&mut hasher),
        }
        let content = hasher.finish();
        self.repeated = if self.content == Some(content) { self.repeated + 1 } else { 0 };
        self.content = Some(content);
        if self.repeated > 2 {
            let message = "The returned response was identical 5x, so requests got stopped";
            return Err(NodeError::new(message).description("Check if \"Pagination Completed When\" has been configured correctly.").parameter(AT));
        }
        Ok(())
    }
}
