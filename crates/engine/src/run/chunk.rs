//! The items of a chunk, one after the other: on a thread for JavaScript, if one of the node's expressions needs it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};

use node_sdk::error::codes;
use node_sdk::sync::lock;
use node_sdk::{AtOnce, Evaluator, Item, NodeError, Output, RunContext, RunItem};

use super::control::Control;
use crate::codes::NODE_BROKE;

/// Some items for a node that needs one at a time.
pub(super) struct Chunk {
    pub(super) node: Arc<dyn RunItem>,
    pub(super) cx: Arc<RunContext>,
    pub(super) control: Control,
    pub(super) items: Vec<Item>,
    /// Place of the first one in the input.
    pub(super) first: usize,
    /// How many outputs the node has.
    pub(super) outputs: usize,
}

/// How far a chunk has come. What was done is not lost with a thread that does not come back.
struct Progress {
    out: Output,
    /// How many items are done.
    done: usize,
    /// The lease that is at work; what an earlier one, which was given up, may still do counts for nothing.
    lease: usize,
    /// Whether the lease began with an item.
    began: bool,
}

impl Chunk {
    /// Hands each item to the node. An item that fails becomes an error item where the node's settings say so, else it ends the run
    /// of the node; so does a stop of the execution. `native`: no expression of the node is known to need JavaScript.
    pub(super) async fn run(self, native: bool) -> Result<Output, NodeError> {
        let chunk = Arc::new(self);
        let progress = Arc::new(Mutex::new(Progress { out: Output::new(chunk.outputs), done: 0, lease: 0, began: false }));
        if native {
            chunk.at_once(&mut lock(&progress), None)?;
        }
        while lock(&progress).done < chunk.items.len() {
            chunk.on_thread(&progress).await?;
        }
        let out = std::mem::take(&mut lock(&progress).out);
        Ok(out)
    }

    /// Goes on here until an item asks for JavaScript. With a `refusal`, what JavaScript is answered with, it does one item.
    fn at_once(&self, progress: &mut Progress, refusal: Option<NodeError>) -> Result<(), NodeError> {
        let expressions = &**self.cx.params.expressions();
        while progress.done < self.items.len() {
            let evaluator = AtOnce::new(expressions, refusal.clone());
            let result = self.item(&evaluator, progress.done, &mut progress.out);
            if evaluator.needs_javascript() && refusal.is_none() {
                progress.out.take_back();
                return Ok(());
            }
            self.settle(result, progress.done, &mut progress.out)?;
            progress.done += 1;
            if refusal.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Goes on on a thread for JavaScript, to the end or to an item that does not come back: that one fails.
    async fn on_thread(self: &Arc<Self>, progress: &Arc<Mutex<Progress>>) -> Result<(), NodeError> {
        let lease = {
            let mut progress = lock(progress);
            (progress.lease, progress.began) = (progress.lease + 1, false);
            progress.lease
        };
        let ended = Arc::new(Mutex::new(None));
        let (chunk, shared, put) = (self.clone(), progress.clone(), ended.clone());
        let work = move |evaluator: &dyn Evaluator| {
            let end = catch_unwind(AssertUnwindSafe(|| chunk.items(evaluator, &shared, lease)));
            *lock(&put) = Some(end);
        };
        let lent = self.cx.params.expressions().lend(false, Box::new(work)).await;
        let end = lock(&ended).take();
        match (lent, end) {
            (Ok(()), Some(Ok(result))) => result,
            (_, Some(Err(panic))) => resume_unwind(panic),
            (Ok(()), None) => Err(NodeError::coded(NODE_BROKE, "The node broke; this is a defect of the program")),
            (Err(error), _) => {
                self.control.check()?;
                self.give_up(&mut lock(progress), error)
            }
        }
    }

    /// After a lease that came to nothing: its item fails, unless it needs no JavaScript.
    fn give_up(&self, progress: &mut Progress, error: NodeError) -> Result<(), NodeError> {
        progress.lease += 1;
        if !progress.began {
            return self.at_once(progress, Some(error));
        }
        progress.out.begin(self.first + progress.done);
        self.settle(Err(error), progress.done, &mut progress.out)?;
        progress.done += 1;
        Ok(())
    }

    /// The items that are left, as long as the lease counts.
    fn items(&self, evaluator: &dyn Evaluator, progress: &Mutex<Progress>, lease: usize) -> Result<(), NodeError> {
        let mut out = Output::new(self.outputs);
        loop {
            let at = {
                let mut progress = lock(progress);
                if progress.lease != lease || progress.done == self.items.len() {
                    return Ok(());
                }
                progress.began = true;
                progress.done
            };
            let result = self.item(evaluator, at, &mut out);
            self.settle(result, at, &mut out)?;
            let mut progress = lock(progress);
            if progress.lease == lease {
                progress.out.append(&mut out);
                progress.done += 1;
            }
        }
    }

    fn item(&self, evaluator: &dyn Evaluator, at: usize, out: &mut Output) -> Result<(), NodeError> {
        let index = self.first + at;
        out.begin(index);
        self.control.check()?;
        self.node.run_item(&self.cx, &self.cx.params.with(evaluator, index), self.items[at].clone(), index, out)
    }

    /// What becomes of an item's error.
    fn settle(&self, result: Result<(), NodeError>, at: usize, out: &mut Output) -> Result<(), NodeError> {
        let Err(error) = result else { return Ok(()) };
        let (node, cx) = (&*self.node, &*self.cx);
        out.take_back();
        match error {
            error if error.code == codes::DRY_RUN_ENDED => {}
            error if node.catches_errors() && cx.continue_on_fail() && !error.fatal => out.push(node.error_item(cx, &error, &self.items[at])),
            error => return Err(NodeError { item: error.item.or(Some(self.first + at)), ..error }),
        }
        Ok(())
    }
}
