//! One run of one node.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use node_sdk::context::Above;
use node_sdk::error::codes as node_codes;
use node_sdk::{Effect, Event, Inputs, Item, NodeError, Outputs, Params, Ports, Prepared, RunContext, RunItem, Source};

use super::evaluate::Bridge;
use super::execution::Execution;
use super::state::State;
use super::{outputs, pairing};
use crate::durable::{Made, Part, StepKey, StepPorts, run_step};
use crate::plan::PlannedNode;
use crate::result::NodeRun;
use crate::schedule::{Input, Pending};
use crate::view::source_ref;
use crate::{blobs, codes};

/// Items that are handled between two looks at the journal and the terminal, where they do nothing to the world.
const CHUNK: usize = 500;

/// How a run of a node ended.
pub(super) enum Ended {
    /// It is to be recorded. With `stop`, its error ends the whole run.
    Recorded { run: Box<NodeRun>, stop: bool },
    /// It put out nothing at all and leaves no record.
    Nothing,
}

/// A node that is about to run.
struct Turn<'a> {
    execution: &'a Execution,
    node: &'a PlannedNode,
    index: usize,
    run: usize,
    inputs: Vec<Arc<Vec<Item>>>,
    sources: Vec<Option<Source>>,
}

/// Runs the node of this entry. An `Err` breaks the whole run without a record.
pub(super) async fn run_node(execution: &Execution, pending: Pending) -> Result<Ended, NodeError> {
    let state = &execution.state;
    let node = &state.plan.nodes[pending.node];
    let run = state.run_count(pending.node);
    let inputs = pairing::entering(&pending.inputs, false);
    let sources = pending.inputs.iter().map(|input| execution.source(input.as_ref())).collect();
    let turn = Turn { execution, node, index: pending.node, run, inputs, sources };

    let items_in = count(&turn.inputs);
    state.events.emit(Event::NodeStarted { node: node.name.clone(), run, items: items_in });
    let started_at = state.durable.now();
    let began = state.ports.clock.monotonic();
    state.at_work.forget_requests();
    // Items that are given win over pinned ones.
    let given = execution.given.is_some() && turn.is_start(&pending);
    let pins = state.pins(pending.node).filter(|_| !given);
    let (mut outputs, error, stop) = match pins {
        Some(pins) => turn.settle(Ok(Some(vec![pins.to_vec()])))?,
        None => turn.until_stopped(&pending).await?,
    };
    for list in outputs.iter_mut().flatten() {
        blobs::store_inline(list, &*state.ports.blobs).await?;
    }
    let duration = state.ports.clock.monotonic().saturating_sub(began);
    let Some(outputs) = outputs else { return Ok(Ended::Nothing) };
    let outputs: Vec<_> = outputs.into_iter().map(Arc::new).collect();
    let items = outputs.iter().map(|items| items.len()).sum();
    state.events.emit(Event::NodeFinished { node: node.name.clone(), run, items, took: duration, error: error.clone() });
    let source = if pending.inputs.iter().flatten().all(|input| input.origin.is_none()) { Vec::new() } else { turn.sources };
    let untold = matches!(&node.prepared, Ok(Prepared::All(node)) if node.leaves_outcomes_untold());
    let open_requests = if error.is_some() || untold { state.at_work.requests().open() } else { 0 };
    let run = NodeRun { source, outputs, error, started_at, duration, items_in, pinned: pins.is_some(), open_requests };
    Ok(Ended::Recorded { run: Box::new(run), stop })
}

type Lists = Vec<Vec<Item>>;
/// Outputs, the error, and whether it ends the run.
type Settled = (Option<Lists>, Option<Box<NodeError>>, bool);

impl Turn<'_> {
    /// The node's whole run. Where the run was stopped meanwhile: what it had done until then, and why it ended.
    async fn until_stopped(&self, pending: &Pending) -> Result<Settled, NodeError> {
        let Execution { state, control, .. } = self.execution;
        let ended = control.let_finish(self.put_out(pending)).await;
        let cut = state.at_work.was_cut();
        let (lists, reason) = match (ended, control.check()) {
            (Err(reason), _) => (None, reason),
            (Ok(Ok(lists)), Err(reason)) if cut => (lists, reason),
            (Ok(Err(error)), Err(reason)) if cut || error.fatal => (None, reason),
            (Ok(result), _) => return self.settle(result),
        };
        let lists = outputs::finish_part(lists.unwrap_or_default()).map_err(|error| self.named(error))?;
        let (came, made) = (count(&self.inputs), lists.iter().map(Vec::len).sum::<usize>());
        let mut description = format!("Items that had come in: {came}; put out: {made}.");
        let open = state.at_work.requests().open();
        if open > 0 {
            description.push_str(&format!(" {}", open_requests(open)));
        }
        if let Some(below) = state.at_work.below() {
            description.push_str(&format!(" In the sub-workflow: {below}"));
        }
        let error = NodeError { description: Some(description), ..self.named(reason) };
        Ok((Some(lists), Some(Box::new(error)), true))
    }

    /// What the node puts out, error items on their own output, before pairing is seen to.
    async fn put_out(&self, pending: &Pending) -> Result<Option<Lists>, NodeError> {
        let mut lists = self.made(pending).await?;
        if self.node.settings.error_output {
            lists.iter_mut().for_each(|lists| outputs::move_errors(lists, self.node.outputs, &self.inputs));
        }
        Ok(lists)
    }

    async fn made(&self, pending: &Pending) -> Result<Option<Lists>, NodeError> {
        if self.node.settings.disabled {
            return Ok(Some(outputs::passed_on(&self.inputs)));
        }
        let trigger = matches!(self.node.prepared, Ok(Prepared::Trigger(_)));
        if let (true, Some(given)) = (trigger && self.is_start(pending), &self.execution.given) {
            return Ok(Some(vec![given.to_vec()]));
        }
        let nothing_to_do = pending.starved || self.inputs.iter().all(|items| items.is_empty());
        if nothing_to_do && !trigger {
            return Ok(None);
        }
        self.with_retries(pending).await
    }

    fn is_start(&self, pending: &Pending) -> bool {
        pending.inputs.iter().flatten().all(|input| input.origin.is_none())
    }

    /// The node again and again, as its settings say.
    async fn with_retries(&self, pending: &Pending) -> Result<Option<Lists>, NodeError> {
        let once = self.node.settings.execute_once.then(|| pairing::entering(&pending.inputs, true));
        let inputs = Inputs(once.unwrap_or_else(|| self.inputs.clone()));
        let by_itself = matches!(&self.node.prepared, Ok(Prepared::All(node)) if node.repeats_items());
        let retry = self.node.settings.retry.filter(|_| !by_itself);
        let tries = retry.map_or(1, |retry| retry.tries);
        let mut attempt = 0;
        loop {
            let cx = self.context(inputs.clone(), attempt);
            let result = self.attempt(&cx, attempt).await;
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
            self.execution.state.durable.sleep(self.key(attempt, Part::Wait), wait).await;
        }
    }

    fn key(&self, attempt: usize, part: Part) -> StepKey {
        StepKey { execution: self.execution.subworkflows.execution.clone(), node: self.node.name.clone(), run: self.run, attempt, part }
    }

    fn context(&self, inputs: Inputs, attempt: usize) -> RunContext {
        let Execution { state, session, control, .. } = self.execution;
        let scope = expression::Scope {
            view: state.clone(),
            node: self.node.name.clone(),
            run_index: self.run,
            inputs: inputs.0.clone(),
            sources: self.sources.iter().map(source_ref).collect(),
            parameters: self.node.view.parameters.clone(),
            exact_integers: self.node.exact_integers,
        };
        let evaluator = Bridge {
            inner: expression::Evaluator::new(session.clone(), scope),
            state: state.clone(),
            node: self.index,
            control: control.clone(),
            strict: self.execution.strict,
        };
        let key = self.key(attempt, Part::Chunk(0));
        let subworkflows = Arc::new(self.execution.subworkflows.of_step(key.clone(), state.clone()));
        let ports = Arc::new(StepPorts::new(state.clone(), control.clone(), key));
        let ports = Ports { http: ports.clone(), clock: ports.clone(), random: ports, subworkflows, ..(*state.ports).clone() };
        RunContext {
            node: self.node.info.clone(),
            workflow: state.plan.info.clone(),
            execution: state.execution.clone(),
            run_index: self.run,
            inputs,
            sources: self.sources.clone(),
            params: Params::new(self.node.view.parameters.clone(), Arc::new(evaluator)).typed(self.node.typed.clone()),
            ports: Arc::new(ports),
            registry: state.plan.registry.clone(),
            state: state.context(self.index),
            kept: state.kept(self.index),
            events: state.events.clone(),
            retries: self.node.settings.retry,
            above: self.above(),
            dry_run: self.execution.dry_run,
        }
    }

    fn above(&self) -> Above {
        let (state, node) = (self.execution.state.clone(), self.index);
        Arc::new(move || state.types_above(node))
    }

    /// The node once. A panic is a defect of the node and fails it alone.
    async fn attempt(&self, cx: &RunContext, attempt: usize) -> Result<Option<Lists>, NodeError> {
        let work = async {
            match &self.node.prepared {
                Err(error) => Err((**error).clone()),
                Ok(Prepared::Trigger(trigger)) => self.step(attempt, 0, async { trigger.run_by_hand(cx).await.map(Outputs::one) }).await,
                Ok(Prepared::All(node)) => self.step(attempt, 0, node.run_all(cx, cx.inputs.clone())).await,
                Ok(Prepared::Item(node)) => self.item_by_item(&**node, cx, attempt).await.map(Some),
            }
        };
        let done = AssertUnwindSafe(work).catch_unwind().await;
        match done.unwrap_or_else(|_| Err(NodeError::coded(codes::NODE_BROKE, "The node broke; this is a defect of the program"))) {
            Err(error) if error.code == node_codes::DRY_RUN_ENDED => Ok(Some(vec![Vec::new()])),
            Err(error) => Err(self.execution.state.at_work.explained(error)),
            Ok(Some(lists)) => outputs::shallow(&lists).map(|()| Some(lists)),
            result => result,
        }
    }

    /// Work whose result a journal keeps, where it has an effect on the world, or time or chance are in it. Sub-workflows that
    /// it does not wait for begin after it.
    async fn step(
        &self,
        attempt: usize,
        chunk: usize,
        work: impl Future<Output = Result<Outputs, NodeError>> + Send,
    ) -> Result<Option<Lists>, NodeError> {
        let State { durable, at_work, execution, static_data, .. } = &*self.execution.state;
        let key = self.key(attempt, Part::Chunk(chunk));
        at_work.take_asked();
        at_work.take_begun();
        static_data.forget();
        let control = &self.execution.control;
        let cut = |result: &Result<Outputs, NodeError>| {
            result.as_ref().is_err_and(|error| error.fatal) || at_work.strayed().is_some() || control.check().is_err() && at_work.was_cut()
        };
        let ran = AtomicBool::new(false);
        let made = |result, static_data| {
            ran.store(true, Ordering::Relaxed);
            Made { result, begun: at_work.take_begun(), static_data }
        };
        let made = match self.node.effect {
            Effect::Repeatable | Effect::Once => run_step(&**durable, key, async { made(work.await, static_data.left()) }, cut).await,
            Effect::None => match work.await {
                result if at_work.take_asked() => run_step(&**durable, key, async { made(result, static_data.left()) }, cut).await,
                result => made(result, Vec::new()),
            },
        };
        if let Some(error) = at_work.strayed() {
            return Err(error);
        }
        if !ran.into_inner() {
            static_data.put_back(made.static_data);
        }
        for begun in made.begun {
            self.execution.subworkflows.begin(execution.id.clone(), self.node.name.clone(), begun);
        }
        let Outputs { lists, response } = made.result?;
        if let Some(response) = response {
            self.execution.state.answer(response);
        }
        Ok(lists)
    }

    /// All items of input 0, chunk by chunk; one by one where they do something to the world. Of a run that is stopped the
    /// chunks that are done.
    async fn item_by_item(&self, node: &dyn RunItem, cx: &RunContext, attempt: usize) -> Result<Lists, NodeError> {
        let Execution { state, control, .. } = self.execution;
        let items = cx.inputs.main();
        let mut all: Lists = vec![Vec::new(); self.node.outputs.max(1)];
        let size = if self.node.effect == Effect::None { CHUNK } else { 1 };
        for (number, chunk) in items.chunks(size).enumerate() {
            let first = number * size;
            let lists = match self.step(attempt, number, self.chunk(node, cx, chunk, first)).await {
                Err(_) if control.check().is_err() => {
                    state.at_work.cut();
                    break;
                }
                lists => lists?,
            };
            for (output, list) in lists.into_iter().flatten().enumerate() {
                if all.len() <= output {
                    all.resize_with(output + 1, Vec::new);
                }
                all[output].extend(list);
            }
            if items.len() > size {
                let (node, done, total) = (self.node.name.clone(), first + chunk.len(), items.len());
                cx.events.emit(Event::Progress { node, done, total });
                tokio::task::yield_now().await;
            }
        }
        Ok(all)
    }

    async fn chunk(&self, node: &dyn RunItem, cx: &RunContext, items: &[Item], first: usize) -> Result<Outputs, NodeError> {
        let mut lists: Lists = vec![Vec::new(); self.node.outputs.max(1)];
        for (offset, item) in items.iter().enumerate() {
            let index = first + offset;
            self.execution.control.check()?;
            let made = match node.run_item(cx, &cx.params.at(index), item.clone(), index).await {
                Ok(made) => made.0,
                Err(error) if error.code == node_codes::DRY_RUN_ENDED => continue,
                Err(error) if node.catches_errors() && cx.continue_on_fail() && !error.fatal => vec![(0, node.error_item(cx, &error, item))],
                Err(error) => return Err(NodeError { item: error.item.or(Some(index)), ..error }),
            };
            for (output, mut item) in made {
                outputs::pair_with(&mut item, index);
                if lists.len() <= output {
                    lists.resize_with(output + 1, Vec::new);
                }
                lists[output].push(item);
            }
        }
        Ok(Outputs::lists(lists))
    }

    fn named(&self, error: NodeError) -> NodeError {
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
        let requests = self.execution.state.at_work.requests();
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

fn count(inputs: &[Arc<Vec<Item>>]) -> usize {
    inputs.iter().map(|items| items.len()).sum()
}

impl Execution {
    fn source(&self, input: Option<&Input>) -> Option<Source> {
        let origin = input?.origin?;
        Some(Source { node: self.state.plan.nodes[origin.node].name.clone(), output: origin.output, run: origin.run })
    }
}
