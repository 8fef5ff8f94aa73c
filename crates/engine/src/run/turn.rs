//! A turn: one run of one node, and what its settings say of errors, retries and outputs.

use std::sync::Arc;
use std::time::Duration;

use node_sdk::{Event, Inputs, ItemList, NodeError, Prepared, Source, service};

use super::at_work::AtWork;
use super::execution::Execution;
use super::outputs;
use crate::blobs;
use crate::durable::StepKind;
use crate::plan::PlannedNode;
use crate::result::NodeRun;
use crate::schedule::{Input, Pending};

/// How a run of a node ended.
pub(super) enum Ended {
    /// It is to be recorded. With `stop`, its error ends the whole run.
    Recorded { run: Box<NodeRun>, stop: bool },
    /// It put out nothing at all and leaves no record.
    Nothing,
}

/// A node that is about to run.
pub(super) struct Turn<'a> {
    pub(super) execution: &'a Execution,
    pub(super) node: &'a PlannedNode,
    pub(super) index: usize,
    pub(super) run: usize,
    pub(super) inputs: Vec<ItemList>,
    pub(super) sources: Vec<Option<Source>>,
    /// What is known of the node while it is at work.
    pub(super) work: Arc<AtWork>,
}

/// Runs the node of this entry. An `Err` breaks the whole run without a record.
pub(super) async fn run_node(execution: &Execution, pending: Pending) -> Result<Ended, NodeError> {
    let state = &execution.state;
    let node = &state.plan.nodes[pending.node];
    let run = state.run_count(pending.node);
    let inputs = pending.inputs.iter().map(|input| input.as_ref().map(|input| input.items.clone()).unwrap_or_default()).collect();
    let sources = pending.inputs.iter().map(|input| execution.source(input.as_ref())).collect();
    let turn = Turn { execution, node, index: pending.node, run, inputs, sources, work: AtWork::new(state) };

    let items_in = count(&turn.inputs);
    state.emit(Event::NodeStarted { node: node.name.clone(), run, items: items_in });
    let started_at = state.durable.now();
    let began = state.ports.clock.monotonic();
    // Items that are given win over pinned ones.
    let given = execution.given && turn.is_start(&pending);
    let pins = state.pins(pending.node).filter(|_| !given);
    let (mut outputs, error, stop) = match pins {
        Some(pins) => turn.settle(Ok(Some(vec![pins.clone()])))?,
        None => turn.until_stopped(&pending).await?,
    };
    for list in outputs.iter_mut().flatten() {
        blobs::store_inline(list, &*state.ports.blobs).await?;
    }
    let duration = state.ports.clock.monotonic().saturating_sub(began);
    let Some(outputs) = outputs else { return Ok(Ended::Nothing) };
    let counts: Vec<usize> = outputs.iter().map(|list| list.len().unwrap_or(0)).collect();
    let items = counts.iter().sum();
    state.emit(Event::NodeFinished { node: node.name.clone(), run, items, took: duration, error: error.clone() });
    let source = if pending.inputs.iter().flatten().all(|input| input.origin.is_none()) { Vec::new() } else { turn.sources };
    let untold = matches!(&node.prepared, Ok(Prepared::Paced(node)) if node.leaves_outcomes_untold());
    let open_requests = if error.is_some() || untold { turn.work.requests().open() } else { 0 };
    let run = NodeRun { source, outputs, counts, error, started_at, duration, items_in, pinned: pins.is_some(), open_requests };
    Ok(Ended::Recorded { run: Box::new(run), stop })
}

pub(super) type Lists = Vec<ItemList>;
/// Outputs, the error, and whether it ends the run.
type Settled = (Option<Lists>, Option<Box<NodeError>>, bool);

impl Turn<'_> {
    /// The node's whole run. Where the run was stopped meanwhile: what it had done until then, and why it ended.
    async fn until_stopped(&self, pending: &Pending) -> Result<Settled, NodeError> {
        let control = &self.execution.control;
        let ended = control.let_finish(self.put_out(pending)).await;
        let cut = self.work.was_cut();
        let (lists, reason) = match (ended, control.check()) {
            (Err(reason), _) => (None, reason),
            (Ok(Ok(lists)), Err(reason)) if cut => (lists, reason),
            (Ok(Err(error)), Err(reason)) if cut || error.fatal => (None, reason),
            (Ok(result), _) => return self.settle(result),
        };
        let lists = outputs::finish_part(lists.unwrap_or_default()).map_err(|error| self.named(error))?;
        let (came, made) = (count(&self.inputs), count(&lists));
        let mut description = format!("Items that had come in: {came}; put out: {made}.");
        let open = self.work.requests().open();
        if open > 0 {
            description.push_str(&format!(" {}", open_requests(open)));
        }
        if let Some(below) = self.work.below() {
            description.push_str(&format!(" In the sub-workflow: {below}"));
        }
        let error = NodeError { description: Some(description), ..self.named(reason) };
        Ok((Some(lists), Some(Box::new(error)), true))
    }

    /// What the node puts out, error items on their own output, before pairing is seen to.
    async fn put_out(&self, pending: &Pending) -> Result<Option<Lists>, NodeError> {
        let mut lists = self.made(pending).await?;
        if self.node.settings.error_output {
            lists.iter_mut().try_for_each(|lists| outputs::move_errors(lists, self.node.outputs, &self.inputs))?;
        }
        Ok(lists)
    }

    async fn made(&self, pending: &Pending) -> Result<Option<Lists>, NodeError> {
        if self.node.settings.disabled {
            return Ok(Some(outputs::passed_on(&self.inputs)));
        }
        let trigger = match &self.node.prepared {
            Ok(prepared) => matches!(prepared, Prepared::Trigger(_)),
            // What it would put out can be given to it all the same.
            Err(_) => self.execution.state.plan.registry.is_trigger(&self.node.info.type_name, self.node.info.type_version),
        };
        if trigger && self.execution.given && self.is_start(pending) {
            return Ok(Some(self.inputs.clone()));
        }
        let nothing_to_do = pending.starved || self.inputs.iter().all(|items| items.is_empty());
        if nothing_to_do && !trigger {
            return Ok(None);
        }
        self.with_retries().await
    }

    fn is_start(&self, pending: &Pending) -> bool {
        pending.inputs.iter().flatten().all(|input| input.origin.is_none())
    }

    /// The node again and again, as its settings say.
    async fn with_retries(&self) -> Result<Option<Lists>, NodeError> {
        let once = self.node.settings.execute_once.then(|| self.inputs.iter().map(|items| items.up_to(1)).collect());
        let inputs = Inputs::new(once.unwrap_or_else(|| self.inputs.clone()));
        let by_itself = matches!(&self.node.prepared, Ok(Prepared::Paced(node)) if node.repeats_items());
        let retry = self.node.settings.retry.filter(|_| !by_itself);
        let tries = retry.map_or(1, |retry| retry.tries);
        let mut attempt = 0;
        loop {
            let result = self.attempt(&self.context(&inputs, attempt), &inputs, attempt).await;
            let failed = match &result {
                Ok(lists) => lists.as_deref().is_some_and(outputs::looks_failed),
                Err(error) => !error.fatal,
            };
            attempt += 1;
            let stopped = self.execution.control.check().is_err();
            if !failed || stopped || attempt >= tries {
                return result;
            }
            let wait = retry.map_or(Duration::ZERO, |retry| retry.wait);
            self.execution.state.durable.sleep(self.key(attempt, StepKind::Wait), wait).await;
        }
    }

    fn named(&self, error: NodeError) -> NodeError {
        // What came out of a sub-workflow was explained there.
        let error = if error.below { error } else { service::explained(error, &self.node.info, &self.execution.state.plan.registry) };
        NodeError { node: error.node.or_else(|| Some(self.node.name.to_string())), ..error }
    }

    /// Applies the node's settings to what came out.
    fn settle(&self, result: Result<Option<Lists>, NodeError>) -> Result<Settled, NodeError> {
        let named = |error| self.named(error);
        match result {
            Ok(lists) => Ok((outputs::finish(self.node, &self.inputs, lists).map_err(named)?, None, false)),
            Err(error) if error.fatal => Err(named(error)),
            Err(error) => {
                let error = named(error);
                if self.node.settings.goes_on {
                    Ok((Some(outputs::passed_on(&self.inputs)), Some(Box::new(error)), false))
                } else {
                    Ok((Some(Vec::new()), Some(Box::new(self.with_what_was_done(error))), true))
                }
            }
        }
    }

    /// An error that ends the run says what the node's other requests had done: its items are not put out. In a sub-workflow it is
    /// said in the help, because the description becomes data of the caller.
    fn with_what_was_done(&self, error: NodeError) -> NodeError {
        let requests = self.work.requests();
        let (done, open) = (requests.succeeded(), requests.open());
        if done == 0 && open == 0 {
            return error;
        }
        let mut told = format!("Items that had come in: {}; requests that were done before the node ended: {done}.", count(&self.inputs));
        if open > 0 {
            told.push_str(&format!(" {}", open_requests(open)));
        }
        let behind = |text: Option<String>, gap: &str| {
            Some(text.filter(|text| !text.is_empty()).map_or_else(|| told.clone(), |text| format!("{text}{gap}{told}")))
        };
        match self.execution.subworkflows.execution.is_empty() {
            true => NodeError { description: behind(error.description, "\n"), ..error },
            false => NodeError { help: behind(error.help, " "), ..error },
        }
    }
}

fn open_requests(open: usize) -> String {
    format!("Requests that had left and of which it is not known what they did: {open}.")
}

fn count(lists: &[ItemList]) -> usize {
    lists.iter().filter_map(ItemList::len).sum()
}

impl Execution {
    fn source(&self, input: Option<&Input>) -> Option<Source> {
        let origin = input?.origin?;
        Some(Source { node: self.state.plan.nodes[origin.node].name.clone(), output: origin.output, run: origin.run })
    }
}
