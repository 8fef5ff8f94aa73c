//! HTTP Request (3 and 4 to 4.5): one request an item, or a walk through pages.
//!
//! The requests of all items begin at once, unless batching puts pauses between them; the node waits for all of them, and only
//! then does the first failing item end the run. One difference is deliberate: at most [`IN_FLIGHT`] are in flight, where n8n
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
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use node_sdk::context::OnError;
use node_sdk::params::raw_at;
use node_sdk::ports::HttpResponse;
use node_sdk::{Effect, Inputs, Item, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use request::auth::Sessions;
use request::batching::{self, Batching};
use serde_json::Value;

use crate::js;
use crate::row::Row;
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
    ..Row::new("n8n-nodes-base.httpRequest", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(Ready)))
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

struct Ready;

#[async_trait]
impl RunAll for Ready {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let items = inputs.main().gather().await?;
        let run = Run { cx, items: &items, sessions: Sessions::default(), stopped: AtomicBool::new(false) };
        let pause = |index| run.pause_before(index);
        let start = |index| (!run.stopped.load(Ordering::Relaxed)).then(|| run.item(index));
        let outcomes = batching::run_paced(run.items.len(), IN_FLIGHT, &*cx.ports.clock, pause, start).await;
        run.collect(outcomes)
    }
}

/// One run of the node.
struct Run<'a> {
    cx: &'a RunContext,
    items: &'a [Item],
    sessions: Sessions,
    /// An item failed before it was sent, and the run ends with it, or the run was stopped: no further item begins.
    stopped: AtomicBool,
}

impl Run<'_> {
    /// Batching, which each item may set by itself. An expression that fails is told when the item begins.
    fn pause_before(&self, index: usize) -> Option<Duration> {
        let params = self.cx.params.at(index);
        params.raw("options.batching.batch")?;
        let number = |name: &str| js::number(params.evaluated(&format!("options.batching.batch.{name}")).ok().flatten().as_ref());
        Batching::new(number("batchSize"), number("batchInterval")).pause_before(index)
    }

    async fn item(&self, index: usize) -> Result<Vec<Item>, Failure> {
        let outcome = self.answered(index).await;
        let ends = |failure: &Failure| failure.is_stop() || (matches!(failure, Failure::Before(_)) && !self.cx.continue_on_fail());
        if outcome.as_ref().is_err_and(ends) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        outcome
    }

    async fn answered(&self, index: usize) -> Result<Vec<Item>, Failure> {
        let (cx, item) = (self.cx, &self.items[index]);
        let settings = Settings::read(cx, index)?;
        let mut draft = body::draft(cx, &settings, item, index).await?;
        draft.options.sender = Some(cx.sender(index));
        let access = auth::load(cx, index, &settings, &self.sessions).await?;
        access.apply(&mut draft);
        let sender = send::Sender { cx, access: &access, settings: &settings, sessions: &self.sessions };
        let answers: Vec<HttpResponse> = match &settings.pagination {
            Some(pages) => pagination::walk(&sender, draft, pages, index).await?,
            None => vec![sender.checked(draft).await?],
        };
        let mut items = Vec::new();
        for answer in answers {
            items.extend(answer::items(cx, &settings, answer, item, index).await?);
        }
        Ok(items)
    }

    fn collect(&self, outcomes: Vec<Result<Vec<Item>, Failure>>) -> Result<Outputs, NodeError> {
        let go_on = self.cx.continue_on_fail();
        let dry = |failure: &Failure| self.cx.dry_run && failure.is_forbidden();
        // What could not be sent ends the run at once; what had begun was awaited.
        for (index, outcome) in outcomes.iter().enumerate() {
            if let (false, Err(Failure::Before(error))) = (go_on, outcome) {
                return Err(error.clone().item(index));
            }
        }
        let mut items = Vec::new();
        for (index, outcome) in outcomes.into_iter().enumerate() {
            match outcome {
                Ok(made) => items.extend(made.into_iter().map(|item| item.paired(index))),
                // What was done by then is put out.
                Err(failure) if failure.is_stop() => {}
                Err(failure) if go_on && !dry(&failure) => {
                    let mut item = failure.into_item(self.cx.version(), index, self.cx.ports.clock.now_millis()).paired(index);
                    // Marks it for the error output, whatever else stands beside `error` in it (4.5: `details`).
                    item.error = (self.cx.node.on_error == OnError::ContinueErrorOutput).then(|| Arc::new(Value::Bool(true)));
                    items.push(item);
                }
                Err(failure) => return Err(failure.into_error(index, self.cx.dry_run)),
            }
        }
        Ok(Outputs::one(items))
    }
}
