//! Native mode: what was set is sent, bounded in number, again where that does no harm.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use node_sdk::action::{ActionSpec, Method};
use node_sdk::{Inputs, Item, NodeError, Outputs, RunAll, RunContext, async_trait};
use request::batching::{self, Pace};
use request::retry;
use serde_json::Value;

use super::options::{self, Own};
use super::request::Draft;
use super::{answer, failure, gather, pages, progress};
use crate::service::{Access, Service};

/// One place in a workflow: an action in native mode.
pub struct Native {
    /// What it talks to.
    pub service: &'static Service,
    /// The action.
    pub action: &'static ActionSpec,
}

#[async_trait]
impl RunAll for Native {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let access = self.service.access(cx, self.action.takes_token()).await?;
        access.check()?;
        options::check(&cx.params.at(0))?;
        let own = options::own(&cx.params.at(0))?;
        let items = inputs.main();
        let pace = Pace { batching: options::batching(&cx.params.at(0))?, in_flight: own.concurrency };
        let (done, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        let results = batching::run(items.len(), pace, &*cx.ports.clock, |index| {
            if stopped.load(Ordering::Relaxed) {
                return None;
            }
            let (access, own, done, stopped) = (&access, &own, &done, &stopped);
            Some(async move {
                let result = self.exchange(cx, access, own, &items[index], index).await;
                if result.as_ref().is_err_and(|error| error.fatal || !cx.continue_on_fail()) {
                    stopped.store(true, Ordering::Relaxed);
                }
                progress(cx, done.fetch_add(1, Ordering::Relaxed) + 1, items.len());
                result
            })
        })
        .await;
        // Paired, so that the error output keeps the input's fields and a person sees which row it was.
        gather(cx, results, |error, index| failure::item(cx, error).paired(index))
    }
}

impl Native {
    /// One item: one request, or with `returnAll` as many as its list has pages.
    async fn exchange(&self, cx: &RunContext, access: &Access, own: &Own, item: &Item, index: usize) -> Result<Vec<Item>, NodeError> {
        let draft = Draft::new(cx, self.action, access, item, index).await?;
        match self.action.paging.filter(|_| own.return_all) {
            None => {
                let body = self.ask(cx, &draft, own, index).await?;
                Ok(answer::items(self.action, body, own.unwrap, index))
            }
            Some(paging) => {
                let draft = &draft;
                pages::all(self.action, &paging, own.limit, index, |at| async move {
                    let mut draft = draft.clone();
                    if let Some(at) = at {
                        draft.query.insert(paging.param.to_owned(), at.into());
                    }
                    self.ask(cx, &draft, own, index).await
                })
                .await
                .map_err(|error| error.item(index))
            }
        }
    }

    /// One request, again where that helps, and the body of its success.
    async fn ask(&self, cx: &RunContext, draft: &Draft, own: &Own, index: usize) -> Result<Value, NodeError> {
        let sent = retry::send(&cx.ports, draft.request(), &own.retry, self.repeatable(draft)).await;
        let answer = sent.outcome.map_err(|error| failure::unanswered(cx, &error, draft.is_proxied(), index))?;
        if answer.status == 404 && sent.maybe_done && self.action.method == Method::Delete {
            // An earlier attempt did it, and its answer got lost.
            return Ok(answer::nothing());
        }
        if !(200..300).contains(&answer.status) {
            return Err(answer::refused(self.action, &answer, index));
        }
        answer::body(self.action, &answer).map_err(|error| error.item(index))
    }

    fn repeatable(&self, draft: &Draft) -> bool {
        let given = self.action.repeat_given;
        self.action.repeatable && (given.is_empty() || given.iter().any(|name| draft.gives(name)))
    }
}
