//! Native mode: what was set is sent, bounded in number, in the order of each record, again where that does no harm.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use node_sdk::action::{ActionSpec, Method, Str};
use node_sdk::ports::HttpResponse;
use node_sdk::{Inputs, Item, NodeError, Outputs, RunAll, RunContext, async_trait};
use request::batching::Pace;
use request::in_order::{self, Turn};
use request::retry;
use serde_json::Value;

use super::options::{self, Own};
use super::request::Draft;
use super::{answer, failure, gather, pages, progress};
use crate::service::Service;

/// One place in a workflow: an action in native mode.
pub struct Native {
    /// What it talks to.
    pub service: &'static Service,
    /// The action.
    pub action: &'static ActionSpec,
}

#[async_trait]
impl RunAll for Native {
    fn repeats_items(&self) -> bool {
        true
    }

    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let access = self.service.access(cx, self.action.takes_token()).await?;
        access.check()?;
        options::check(&cx.params.at(0))?;
        let own = options::own(&cx.params.at(0))?;
        let items = inputs.main().gather().await?;
        let pace = Pace { batching: options::batching(&cx.params.at(0))?, in_flight: own.concurrency };
        let record: Vec<Str> = self.action.record_params().map(|param| param.name).collect();
        let (done, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        let goes_on = || !stopped.load(Ordering::Relaxed);
        let prepare = |index| {
            let draft = Draft::new(cx, self.action, &record, &access, index);
            let turn = match &draft {
                Ok(draft) => draft.record.clone().map_or(Turn::Free, Turn::Record),
                Err(_) => Turn::Last,
            };
            (turn, draft)
        };
        let results = in_order::run(items.len(), pace, &*cx.ports.clock, goes_on, prepare, |index, draft| {
            let (own, items, done, stopped) = (&own, &items, &done, &stopped);
            async move {
                let result = self.item(cx, own, draft, &items[index], index).await;
                if result.as_ref().is_err_and(|error| error.fatal || !cx.continue_on_fail()) {
                    stopped.store(true, Ordering::Relaxed);
                }
                progress(cx, done.fetch_add(1, Ordering::Relaxed) + 1, items.len());
                result
            }
        })
        .await;
        // Paired, so that the error output keeps the input's fields and a person sees which row it was.
        let begun = results.into_iter().enumerate().filter_map(|(index, result)| Some((index, result?)));
        gather(cx, begun, |error, index| failure::item(cx, error).paired(index))
    }
}

/// Why an item failed.
struct Failed {
    error: NodeError,
    /// Another try may help, and does no harm.
    again: bool,
}

impl From<NodeError> for Failed {
    fn from(error: NodeError) -> Self {
        Self { error, again: false }
    }
}

impl Native {
    /// One item, as often as the node's settings say (`retryOnFail`): in its turn, so that what comes behind it in its record
    /// does not overtake it.
    async fn item(&self, cx: &RunContext, own: &Own, draft: Result<Draft, NodeError>, item: &Item, index: usize) -> Result<Vec<Item>, NodeError> {
        let draft = draft?.complete(cx, self.action, item, index).await?;
        let tries = cx.retries.map_or(1, |retries| retries.tries);
        let maybe_done = AtomicBool::new(false);
        let mut attempt = 1;
        loop {
            let failed = match self.exchange(cx, own, &draft, &maybe_done, index).await {
                Ok(items) => return Ok(items),
                Err(failed) => failed,
            };
            if attempt >= tries || !failed.again {
                return Err(failed.error);
            }
            attempt += 1;
            if let Some(retries) = cx.retries {
                cx.ports.clock.sleep(retries.wait).await;
            }
        }
    }

    /// One request, or with `returnAll` as many as its list has pages.
    async fn exchange(&self, cx: &RunContext, own: &Own, draft: &Draft, maybe_done: &AtomicBool, index: usize) -> Result<Vec<Item>, Failed> {
        match self.action.paging.filter(|_| own.return_all) {
            None => {
                let body = self.ask(cx, draft, own, maybe_done, index).await?;
                Ok(answer::items(self.action, body, own.unwrap, index))
            }
            Some(paging) => {
                let again = AtomicBool::new(false);
                let all = pages::all(self.action, &paging, own.limit, index, |at| {
                    let again = &again;
                    async move {
                        let mut draft = draft.clone();
                        if let Some(at) = at {
                            draft.query.insert(paging.param.to_owned(), at.into());
                        }
                        self.ask(cx, &draft, own, maybe_done, index).await.map_err(|failed| {
                            again.store(failed.again, Ordering::Relaxed);
                            failed.error
                        })
                    }
                });
                all.await.map_err(|error| Failed { error: error.item(index), again: again.load(Ordering::Relaxed) })
            }
        }
    }

    /// One request, again where that helps, and the body of its success. `maybe_done`: a try before may have done it.
    async fn ask(&self, cx: &RunContext, draft: &Draft, own: &Own, maybe_done: &AtomicBool, index: usize) -> Result<Value, Failed> {
        let repeatable = self.repeatable(draft);
        let sent = retry::send(&cx.ports, draft.request(), &own.retry, repeatable).await;
        let before = maybe_done.fetch_or(sent.maybe_done, Ordering::Relaxed) || sent.maybe_done;
        let open = retry::is_open(&sent.outcome);
        maybe_done.fetch_or(open, Ordering::Relaxed);
        let again = retry::worth_another_try(&sent.outcome, repeatable);
        let lost = !self.action.reads() && (open || (before && sent.outcome.is_err()));
        let failed = |error: NodeError| Failed { error: if lost { failure::lost(error, self.action) } else { error }, again };
        let answer = sent.outcome.map_err(|error| failed(failure::unanswered(cx, &error, draft.is_proxied(), index)))?;
        if before && self.is_gone(&answer) {
            return Ok(answer::nothing());
        }
        if !(200..300).contains(&answer.status) {
            return Err(failed(answer::refused(self.action, &answer, index)));
        }
        Ok(answer::body(self.action, &answer).map_err(|error| error.item(index))?)
    }

    /// A delete that finds nothing: where an earlier attempt's answer got lost, that one did it.
    fn is_gone(&self, answer: &HttpResponse) -> bool {
        answer.status == 404 && self.action.method == Method::Delete
    }

    fn repeatable(&self, draft: &Draft) -> bool {
        let given = self.action.repeat_given;
        self.action.repeatable && (given.is_empty() || given.iter().any(|name| draft.gives(name)))
    }
}
