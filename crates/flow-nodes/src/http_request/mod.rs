//! HTTP Request (3 and 4 to 4.5): one request an item, or a walk through pages.
//!
//! The requests of all items begin at once, unless batching puts pauses between them; all of them are awaited, and only then does the
//! first failing item end the run. One difference is deliberate: at most [`IN_FLIGHT`] are in flight, where n8n
//! has no bound.
//!
//! The way of an item: [`settings`] reads the parameters, [`auth`] adds the credential, [`body`] makes a draft of a request,
//! [`pagination`] walks where it is asked to, [`answer`] makes items of what came back, [`failure`] says what went wrong.

mod accept;
mod answer;
mod auth;
mod body;
mod failure;
mod literal;
mod pagination;
mod pairs;
mod send;
mod settings;

use std::sync::Arc;

use node_sdk::context::OnError;
use node_sdk::paced::{Batching, Failed, Order, Pace, PacedRun, SendItem, Stops};
use node_sdk::params::raw_at;
use node_sdk::ports::HttpResponse;
use node_sdk::{Effect, Item, ItemParams, Needs, NodeError, PrepareContext, Prepared, Resolvable, RunContext, RunPaced, async_trait};
use serde_json::Value;

use crate::js;
use crate::row::Row;
use body::Attached;
use failure::Failure;
use settings::Settings;

/// Requests in flight at the same time.
const IN_FLIGHT: usize = 64;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "HTTP Request",
    summary: "Sends HTTP requests and gives their answers as items.",
    effect: Effect::Once,
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    effect_at: Some(effect),
    credentials,
    ..Row::new("n8n-nodes-base.httpRequest", Needs::Item, prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::Paced(Box::new(HttpRequest { goes_on: pagination::goes_on_expression(cx.parameters) })))
}

fn effect(cx: &PrepareContext<'_>) -> Effect {
    match raw_at(cx.parameters, "method").and_then(Value::as_str) {
        None | Some("GET" | "HEAD" | "OPTIONS") => Effect::Repeatable,
        _ => Effect::Once,
    }
}

fn credentials(cx: &PrepareContext<'_>) -> Vec<String> {
    auth::types(cx)
}

struct HttpRequest {
    /// Whether another page follows, where an expression says so.
    goes_on: Option<Resolvable>,
}

#[async_trait]
impl RunPaced for HttpRequest {
    async fn begin(&self, _: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError> {
        Ok(Arc::new(Run { goes_on: self.goes_on.clone(), credentials: Arc::default() }))
    }
}

/// One run of the node.
struct Run {
    goes_on: Option<Resolvable>,
    credentials: Arc<auth::Begun>,
}

impl PacedRun for Run {
    fn pace(&self) -> Pace {
        Pace { in_flight: IN_FLIGHT, batching: None, order: Order::Free, stops: Stops::Unsent }
    }

    /// Each item may set it by itself.
    fn batching(&self, params: &ItemParams<'_>) -> Option<Batching> {
        params.raw("options.batching.batch")?;
        let number = |name: &str| js::number(params.evaluated(&format!("options.batching.batch.{name}")).ok().flatten().as_ref());
        Some(Batching::new(number("batchSize"), number("batchInterval")))
    }

    fn draft(self: Arc<Self>, cx: &RunContext, params: &ItemParams<'_>, item: &Item) -> Result<Box<dyn SendItem>, Failed> {
        let index = params.index();
        let read = || {
            let settings = Settings::read(cx, params, self.goes_on.as_ref())?;
            let (mut request, files) = body::draft(params, &settings, item)?;
            request.options.sender = Some(cx.sender(index));
            Ok(Sending { settings, request, files, item: item.clone(), index, credentials: self.credentials.clone() })
        };
        match read() {
            Ok(sending) => Ok(Box::new(sending)),
            Err(failure) => Err(failed(cx, failure, index)),
        }
    }
}

/// One item. It is sent once: where the node runs again, it does so with all items.
struct Sending {
    settings: Settings,
    request: request::draft::Draft,
    files: Vec<Attached>,
    item: Item,
    index: usize,
    credentials: Arc<auth::Begun>,
}

#[async_trait]
impl SendItem for Sending {
    async fn send(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failed> {
        let index = self.index;
        self.answered(cx).await.map_err(|failure| failed(cx, failure, index))
    }
}

impl Sending {
    async fn answered(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failure> {
        let mut request = std::mem::take(&mut self.request);
        let Self { settings, item, index, credentials, .. } = self;
        body::attach(cx, &self.files, &mut request.body).await?;
        let access = auth::load(cx, *index, settings, credentials).await?;
        access.apply(&mut request);
        access.guard(&mut request);
        let sender = send::Sender { cx, access: &access, settings };
        let answers: Vec<HttpResponse> = match &settings.pagination {
            Some(pages) => pagination::walk(&sender, request, pages, *index).await?,
            None => vec![sender.checked(request).await?],
        };
        let mut items = Vec::new();
        for answer in answers {
            items.extend(answer::items(cx, settings, answer, item, *index).await?);
        }
        Ok(items)
    }
}

/// An item that failed: what was not sent ends the run at once.
fn failed(cx: &RunContext, failure: Failure, index: usize) -> Failed {
    let (unsent, stopped) = (matches!(failure, Failure::Before(_)), failure.is_stop());
    let ends = failure.is_held_back();
    let item = (cx.continue_on_fail() && !ends).then(|| {
        let mut item = failure.item(cx.version(), index, cx.ports.clock.now_millis());
        // Marks it for the error output, whatever else stands beside `error` in it (4.5: `details`).
        item.error = (cx.node.on_error == OnError::ContinueErrorOutput).then(|| Arc::new(Value::Bool(true)));
        item
    });
    let error = failure.into_error(index);
    let failed = Failed { unsent, ends, ..Failed::new(NodeError { fatal: error.fatal || stopped, ..error }) };
    match item {
        Some(item) => failed.item(item),
        None => failed,
    }
}

#[cfg(test)]
mod tests;
