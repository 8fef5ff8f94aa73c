//! One try of a node's run: what the node is given, and the step that its work is.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{FutureExt, TryFutureExt};
use node_sdk::context::Above;
use node_sdk::error::codes as node_codes;
use node_sdk::{Effect, Inputs, ItemList, NodeError, Outputs, Params, Ports, Prepared, RunContext};

use super::evaluate::{Bridge, Site};
use super::execution::Execution;
use super::outputs;
use super::paced::run_paced;
use super::ports::StepPorts;
use super::state::State;
use super::turn::{Lists, Turn};
use super::view::{View, source_ref};
use crate::codes;
use crate::durable::{NodeOutcome, StepKey, StepKind, run_step};

impl Turn<'_> {
    pub(super) fn key(&self, attempt: usize, kind: StepKind) -> StepKey {
        StepKey { execution: self.execution.subworkflows.execution.clone(), node: self.node.name.clone(), run: self.run, attempt, kind }
    }

    pub(super) fn context(&self, inputs: &Inputs, attempt: usize) -> Arc<RunContext> {
        let Execution { state, session, control, .. } = self.execution;
        let scope = expression::Scope {
            view: Arc::new(View { state: state.clone(), work: self.work.clone() }),
            node: self.node.name.clone(),
            run_index: self.run,
            inputs: inputs.lists().to_vec(),
            sources: self.sources.iter().map(source_ref).collect(),
            parameters: self.node.view.parameters.clone(),
            exact_integers: self.node.exact_integers,
        };
        let evaluator = Bridge::new(Site {
            inner: expression::Evaluator::new(session.clone(), scope),
            state: state.clone(),
            work: self.work.clone(),
            node: self.index,
            control: control.clone(),
            strict: self.execution.strict,
        });
        let key = self.key(attempt, StepKind::Chunk(0));
        let subworkflows = Arc::new(self.execution.subworkflows.of_step(key.clone(), state.clone(), self.work.clone()));
        let ports = Arc::new(StepPorts::new(state.clone(), self.work.clone(), control.clone(), key));
        let static_state = self.work.static_data.clone();
        let adapters = StepPorts::adapters(&ports);
        let ports =
            Ports { http: ports.clone(), clock: ports.clone(), random: ports, static_state, subworkflows, adapters, ..(*state.ports).clone() };
        Arc::new(RunContext {
            node: self.node.info.clone(),
            workflow: state.plan.info.clone(),
            execution: state.execution.clone(),
            run_index: self.run,
            count: inputs.main().len(),
            sources: self.sources.clone(),
            params: Params::new(self.node.parameters.clone(), Arc::new(evaluator)),
            ports: Arc::new(ports),
            registry: state.plan.registry.clone(),
            state: state.context(self.index),
            kept: state.kept(self.index),
            events: state.events.clone(),
            retries: self.node.settings.retry,
            above: self.above(),
            dry_run: self.execution.dry_run,
        })
    }

    fn above(&self) -> Above {
        let (state, node) = (self.execution.state.clone(), self.index);
        Arc::new(move || state.types_above(node))
    }

    /// The node once. A panic is a defect of the node and fails it alone.
    pub(super) async fn attempt(&self, cx: &Arc<RunContext>, inputs: &Inputs, attempt: usize) -> Result<Option<Lists>, NodeError> {
        let work = async {
            match &self.node.prepared {
                Err(error) => Err((**error).clone()),
                Ok(Prepared::Trigger(trigger)) => self.step(attempt, 0, trigger.run_by_hand(cx)).await,
                Ok(Prepared::All(node)) => self.step(attempt, 0, node.run_all(cx, inputs.clone())).await,
                Ok(Prepared::Paced(node)) => self.step(attempt, 0, run_paced(&**node, cx, inputs.main())).await,
                Ok(Prepared::Item(node)) => self.item_by_item(node, cx, inputs.main(), attempt).await.map(Some),
            }
        };
        let checked = work.inspect_ok(|lists| debug_assert!(lists.as_deref().is_none_or(outputs::are_shallow), "items nested too deep"));
        let done = AssertUnwindSafe(checked).catch_unwind().await;
        match done.unwrap_or_else(|_| Err(NodeError::coded(codes::NODE_BROKE, "The node broke; this is a defect of the program"))) {
            Err(error) if error.code == node_codes::DRY_RUN_ENDED => Ok(Some(vec![ItemList::default()])),
            Err(error) => Err(self.work.explained(error)),
            result => result,
        }
    }

    /// Work whose result a journal keeps, where it has an effect on the world, or time or chance are in it. Sub-workflows that
    /// it does not wait for begin after it.
    pub(super) async fn step(
        &self,
        attempt: usize,
        chunk: usize,
        work: impl Future<Output = Result<Outputs, NodeError>> + Send,
    ) -> Result<Option<Lists>, NodeError> {
        let State { durable, execution, .. } = &*self.execution.state;
        let (at_work, static_data) = (&*self.work, &*self.work.static_data);
        let key = self.key(attempt, StepKind::Chunk(chunk));
        at_work.take_asked();
        at_work.take_begun();
        static_data.forget();
        let control = &self.execution.control;
        let cut = |result: &Result<Outputs, NodeError>| {
            result.as_ref().is_err_and(|error| error.fatal) || at_work.divergence().is_some() || control.check().is_err() && at_work.was_cut()
        };
        let ran = AtomicBool::new(false);
        let made = |result, static_data| {
            ran.store(true, Ordering::Relaxed);
            NodeOutcome { result, begun: at_work.take_begun(), static_data }
        };
        let made = match self.node.effect {
            Effect::Repeatable | Effect::Once => run_step(&**durable, key, async { made(work.await, static_data.left()) }, cut).await,
            Effect::None => match work.await {
                result if at_work.take_asked() => run_step(&**durable, key, async { made(result, static_data.left()) }, cut).await,
                result => made(result, Vec::new()),
            },
        };
        if let Some(error) = at_work.divergence() {
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
}
