//! The items of a node that sends requests for each: when they begin, and what they come to.

mod all_at_once;
mod in_order;
#[cfg(test)]
mod test_clock;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use node_sdk::paced::{Failed, Order, Pace, PacedRun, RunPaced, SendItem, Stops};
use node_sdk::{Event, Input, Item, NodeError, Output, Outputs, RunContext};

use in_order::Start;

/// Runs the items of a paced node. An error that ends the run waits for the items that are in flight; of several that of the first
/// item in order ends it. Of a run that is stopped, what was done by then.
///
/// The engine's part of [`RunPaced`], public so that a node can be tested without a workflow.
///
/// # Errors
/// That of [`RunPaced::begin`], and an item's where the node does not go on after errors.
pub async fn run_paced(node: &dyn RunPaced, cx: &Arc<RunContext>, input: Input) -> Result<Outputs, NodeError> {
    let run = node.begin(cx).await?;
    let items = input.gather().await?;
    let tries = cx.retries.filter(|_| node.repeats_items());
    let tries = tries.map_or((1, Duration::ZERO), |retries| (retries.tries, retries.wait));
    let paced = Paced {
        pace: run.pace(),
        run,
        cx,
        name: cx.node.name.as_str().into(),
        items: &items,
        tries,
        done: AtomicUsize::new(0),
        stopped: AtomicBool::new(false),
    };
    let outcomes = match paced.pace.order {
        Order::Free => paced.all_at_once().await,
        Order::ByRecord => paced.in_order().await,
    };
    paced.collect(outcomes)
}

/// What became of an item; `None`: it did not begin.
type Outcome = Option<Result<Vec<Item>, Failed>>;

/// One run.
struct Paced<'a> {
    run: Arc<dyn PacedRun>,
    pace: Pace,
    cx: &'a Arc<RunContext>,
    /// The node's, for events.
    name: Arc<str>,
    items: &'a [Item],
    /// How often a failed item is sent in all, and the pause before it is sent again.
    tries: (usize, Duration),
    /// How many items are done.
    done: AtomicUsize,
    /// No further item begins.
    stopped: AtomicBool,
}

impl Paced<'_> {
    async fn all_at_once(&self) -> Vec<Outcome> {
        let goes_on = || !self.stopped.load(Ordering::Relaxed);
        let pause = |index| self.pause_before(index);
        let start = |_, draft| self.item(draft);
        all_at_once::run(self.items.len(), self.pace.in_flight, &*self.cx.ports.clock, goes_on, pause, |index| self.draft(index), start).await
    }

    async fn in_order(&self) -> Vec<Outcome> {
        let goes_on = || !self.stopped.load(Ordering::Relaxed);
        let prepare = |index| async move {
            let draft = self.draft(index).await;
            let start = match &draft {
                Ok(draft) => draft.record().map_or(Start::Free, |record| Start::Record(record.to_owned())),
                Err(_) => Start::Last,
            };
            (start, draft)
        };
        in_order::run(self.items.len(), self.pace, &*self.cx.ports.clock, goes_on, prepare, |_, draft| self.item(draft)).await
    }

    async fn pause_before(&self, index: usize) -> Option<Duration> {
        let run = self.run.clone();
        // An expression that fails is told when the item begins.
        let batching = self.cx.params.read(index, move |params| Ok(run.batching(params))).await.ok().flatten();
        batching.and_then(|batching| batching.pause_before(index))
    }

    async fn draft(&self, index: usize) -> Result<Box<dyn SendItem>, Failed> {
        let (run, cx, item) = (self.run.clone(), self.cx.clone(), self.items[index].clone());
        let draft = self.cx.params.read(index, move |params| Ok(run.clone().draft(&cx, params, &item))).await;
        draft.unwrap_or_else(|error| Err(Failed::unsent(error)))
    }

    async fn item(&self, draft: Result<Box<dyn SendItem>, Failed>) -> Result<Vec<Item>, Failed> {
        let result = match draft {
            Ok(draft) => self.send(draft).await,
            Err(failed) => Err(failed),
        };
        if result.as_ref().is_err_and(|failed| self.stops(failed)) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        let (done, total) = (self.done.fetch_add(1, Ordering::Relaxed) + 1, self.items.len());
        self.cx.emit(Event::Progress { node: self.name.clone(), done, total });
        result
    }

    /// An item, as often as the node's settings say: in its turn, so that what comes behind it in its record does not overtake it.
    async fn send(&self, mut draft: Box<dyn SendItem>) -> Result<Vec<Item>, Failed> {
        let (tries, wait) = self.tries;
        let mut attempt = 1;
        loop {
            match draft.send(self.cx).await {
                Err(failed) if failed.again && attempt < tries => self.cx.ports.clock.sleep(wait).await,
                result => return result,
            }
            attempt += 1;
        }
    }

    fn stops(&self, failed: &Failed) -> bool {
        let counts = match self.pace.stops {
            Stops::Never => false,
            Stops::Unsent => failed.unsent,
            Stops::Any => true,
        };
        failed.error.fatal || (counts && !self.cx.continue_on_fail())
    }

    /// Puts the outcomes together, in the order of the items.
    fn collect(&self, outcomes: Vec<Outcome>) -> Result<Outputs, NodeError> {
        let go_on = self.cx.continue_on_fail();
        if !go_on && self.pace.stops == Stops::Unsent {
            let unsent = outcomes.iter().position(|outcome| matches!(outcome, Some(Err(failed)) if failed.unsent && !failed.error.fatal));
            if let Some((index, Some(Err(failed)))) = unsent.map(|index| (index, &outcomes[index])) {
                return Err(of_item((*failed.error).clone(), index));
            }
        }
        let mut out = Output::new(1);
        for (index, outcome) in outcomes.into_iter().enumerate() {
            out.begin(index);
            match outcome {
                None => {}
                Some(Ok(items)) => items.into_iter().for_each(|item| out.push(item)),
                Some(Err(failed)) if failed.error.fatal => {}
                Some(Err(failed)) if go_on && !failed.ends => out.push(failed.item.map_or_else(|| Item::failed(&failed.error), |item| *item)),
                Some(Err(failed)) => return Err(of_item(*failed.error, index)),
            }
        }
        Ok(Outputs::lists(out.into_lists()))
    }
}

fn of_item(error: NodeError, index: usize) -> NodeError {
    NodeError { item: error.item.or(Some(index)), ..error }
}

/// Waits for something, while what is running goes on.
async fn meanwhile<W: Future, F: Future>(what: W, running: &mut FuturesUnordered<F>, mut done: impl FnMut(F::Output)) -> W::Output {
    let mut what = pin!(what);
    while !running.is_empty() {
        match select(what.as_mut(), running.next()).await {
            Either::Left((made, _)) => return made,
            Either::Right((result, _)) => result.into_iter().for_each(&mut done),
        }
    }
    what.await
}
