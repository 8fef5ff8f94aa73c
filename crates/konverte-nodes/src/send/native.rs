//! Native mode: what was set is sent, bounded in number, in the order of each record, again where that does no harm.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use node_sdk::action::{ActionSpec, Method, RateLimit};
use node_sdk::event::Event;
use node_sdk::paced::{self, Batching, Failed, Order, Pace, PacedRun, Stops};
use node_sdk::ports::HttpResponse;
use node_sdk::{Item, ItemParams, NodeError, RunContext, RunPaced, async_trait};
use request::retry;
use request::throttle::{Limit, Throttle};
use serde_json::Value;

use super::options::{self, Own};
use super::request::{Common, Draft};
use super::{answer, existing, failure, pages};
use crate::advice::Asked;
use crate::place::Mode;
use crate::service::Service;

/// One place in a workflow: an action in native mode.
pub struct Native {
    /// What it talks to.
    pub service: Arc<Service>,
    /// The action.
    pub action: Arc<ActionSpec>,
}

#[async_trait]
impl RunPaced for Native {
    fn repeats_items(&self) -> bool {
        true
    }

    async fn begin(&self, cx: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError> {
        let action = self.action.clone();
        let access = self.service.access(cx, action.takes_token()).await?;
        access.check()?;
        let options = cx.params.read(0, |first| {
            options::check(first)?;
            let fixed = options::are_fixed(first).then(|| options::http(first)).transpose()?;
            Ok((options::own(first)?, options::batching(first)?, fixed))
        });
        let (own, batching, fixed) = options.await?;
        let limit = self.service.limit_of(&action).cloned();
        let common = Common::new(&self.service, action, &access, cx.params.raw(), fixed);
        Ok(Arc::new(Run { common, own, batching, limit, throttle: Throttle::default() }))
    }
}

/// One run of the node.
struct Run {
    common: Common,
    own: Own,
    batching: Option<Batching>,
    /// The server's, where it is known.
    limit: Option<RateLimit>,
    /// What the requests of the run know of it.
    throttle: Throttle,
}

impl PacedRun for Run {
    fn pace(&self) -> Pace {
        Pace { in_flight: self.own.concurrency, batching: self.batching, order: Order::ByRecord, stops: Stops::Any }
    }

    fn draft(self: Arc<Self>, cx: &RunContext, params: &ItemParams<'_>, item: &Item) -> Result<Box<dyn paced::SendItem>, Failed> {
        let index = params.index();
        let request = Draft::new(cx, &self.common, params).map_err(|error| standing_in(cx, Failed::unsent(error), index))?;
        Ok(Box::new(Sending { run: self, request, whole: false, item: item.clone(), index, maybe_done: AtomicBool::new(false) }))
    }
}

/// With the item that stands for it: paired, so that the error output keeps the input's fields and a person sees which row it was.
fn standing_in(cx: &RunContext, failed: Failed, index: usize) -> Failed {
    if !cx.continue_on_fail() {
        return failed;
    }
    let item = request::failure::item(cx, &failed.error).paired(index);
    failed.item(item)
}

/// One item.
struct Sending {
    run: Arc<Run>,
    request: Draft,
    /// Whether the request has its body.
    whole: bool,
    item: Item,
    index: usize,
    /// A try before may have done it.
    maybe_done: AtomicBool,
}

#[async_trait]
impl paced::SendItem for Sending {
    fn record(&self) -> Option<&str> {
        self.request.record.as_deref()
    }

    async fn send(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failed> {
        if !self.whole {
            let complete = self.request.complete(cx, &self.item, self.index).await;
            complete.map_err(|error| standing_in(cx, Failed::unsent(error), self.index))?;
            self.whole = true;
        }
        self.exchange(cx).await.map_err(|failed| standing_in(cx, failed, self.index))
    }
}

impl Sending {
    /// One request, or with `returnAll` as many as its list has pages.
    async fn exchange(&self, cx: &RunContext) -> Result<Vec<Item>, Failed> {
        let (Run { common, own, .. }, index) = (&*self.run, self.index);
        let action = &*common.action;
        match action.paging.as_ref().filter(|_| own.return_all) {
            None => {
                let body = self.ask(cx, &self.request).await?;
                let asked = self.request.asked.as_ref();
                let existed = asked.is_some_and(|asked| existing::existed(cx, action, (self.request.url(), asked), &body, index));
                let mut items = answer::items(action, body, own.unwrap, index);
                if existed && own.mark_existing {
                    items.iter_mut().for_each(|item| existing::mark(item.json_mut()));
                }
                Ok(items)
            }
            Some(paging) => {
                let again = AtomicBool::new(false);
                let all = pages::all(action, paging, own.limit, index, |at| {
                    let again = &again;
                    async move {
                        let mut draft = self.request.clone();
                        if let Some(at) = at {
                            draft.query.insert(paging.param.to_string(), at.into());
                        }
                        self.ask(cx, &draft).await.map_err(|failed| {
                            again.store(failed.again, Ordering::Relaxed);
                            *failed.error
                        })
                    }
                });
                all.await.map_err(|error| Failed::new(error.item(index)).again(again.load(Ordering::Relaxed)))
            }
        }
    }

    /// One request, again where that helps, and the body of its success.
    async fn ask(&self, cx: &RunContext, draft: &Draft) -> Result<Value, Failed> {
        let Self { run, maybe_done, .. } = self;
        let (action, index, repeatable) = (&*run.common.action, self.index, draft.repeatable);
        let tell = |pause, asked| {
            cx.emit(Event::Log { node: cx.node.name.as_str().into(), line: waiting(run.limit.as_ref(), &draft.counted, pause, asked) })
        };
        let limit = Limit {
            throttle: &run.throttle,
            key: &draft.counted,
            window: run.limit.as_ref().map(|limit| Duration::from_secs(limit.seconds.into())),
            words: run.limit.as_ref().map_or("", |limit| &limit.words),
            tell: &tell,
        };
        let sent = retry::send(&cx.ports, || draft.request(), &run.own.retry, repeatable, &limit).await;
        let before = maybe_done.fetch_or(sent.maybe_done, Ordering::Relaxed) || sent.maybe_done;
        let open = retry::is_open(&sent.outcome);
        maybe_done.fetch_or(open, Ordering::Relaxed);
        let again = retry::worth_another_try(&sent.outcome, repeatable);
        let lost = !action.reads() && (open || (before && sent.outcome.is_err()));
        let failed = |error: NodeError| Failed::new(if lost { failure::lost(error, repeatable) } else { error }).again(again);
        let answer = sent.outcome.map_err(|error| failed(failure::unanswered(cx, &error, draft.is_proxied(), sent.attempts, index)))?;
        if before && self.is_gone(&answer) {
            return Ok(answer::nothing());
        }
        if !(200..300).contains(&answer.status) {
            let asked = Asked {
                mode: Mode::Native,
                action: Some(action),
                limit: run.limit.as_ref(),
                url: &draft.url,
                body: draft.body(),
                attempts: sent.attempts,
                most_attempts: run.own.retry.max_attempts,
            };
            return Err(failed(answer::refused(action, &answer, &asked, index)));
        }
        answer::body(action, &answer).map_err(|error| Failed::new(error.item(index)))
    }

    /// A delete that finds nothing: where an earlier attempt's answer got lost, that one did it.
    fn is_gone(&self, answer: &HttpResponse) -> bool {
        answer.status == 404 && self.run.common.action.method == Method::Delete
    }
}

/// Why nothing is sent for a while. `counted`: what the server counts by, with its values; `asked`: the server said how long.
fn waiting(limit: Option<&RateLimit>, counted: &str, pause: Duration, asked: bool) -> String {
    let seconds = pause.as_secs_f64().ceil();
    let of = if counted.is_empty() { String::new() } else { format!(" ({counted})") };
    let why = match limit {
        Some(limit) if !asked => format!("it takes {limit}"),
        None if !asked => "what its Retry-After asked for was not enough".to_owned(),
        _ => "it asks for that with Retry-After".to_owned(),
    };
    format!("too many requests for the server{of}: waiting {seconds} s, for {why}")
}
