//! A whole run: from the first node to the end of the queue.

use std::sync::Arc;

use node_sdk::{Event, ItemList, NodeError};
use workflow::Graph;

use super::control::{Control, is_stop};
use super::state::State;
use super::turn::{Ended, run_node};
use crate::codes;
use crate::result::{RunResult, Status};
use crate::schedule::{Schedule, schedule};
use crate::subworkflow::Subworkflows;

/// How many runs of nodes one execution may have, those that are due counted: each is kept for the result, and a loop without end
/// would take all memory there is.
const MOST_RUNS: usize = 1_000_000;

/// What a run holds while it goes on.
pub(crate) struct Execution {
    pub(super) state: Arc<State>,
    pub(super) session: Arc<expression::Session>,
    pub(super) control: Control,
    pub(super) subworkflows: Arc<Subworkflows>,
    /// Whether the start node was given items.
    pub(super) given: bool,
    pub(super) strict: bool,
    pub(super) dry_run: bool,
}

/// Where a run begins and ends.
pub(super) struct Bounds {
    pub(super) start: usize,
    /// The items that the start node gets.
    pub(super) items: ItemList,
    pub(super) graph: Arc<Graph>,
}

impl Execution {
    /// Runs to the end and says how it went.
    pub(super) async fn run(&self, bounds: Bounds) -> RunResult {
        let state = &self.state;
        let started_at = state.durable.now();
        let mut schedule = schedule(bounds.graph.clone(), state.plan.required.clone(), state.plan.order);
        schedule.start(bounds.start, bounds.items);
        let ended = self.drain(&mut *schedule, &bounds.graph).await;
        let (status, error) = match ended {
            Err(error) if is_stop(&error) => (Status::Canceled, Some(Box::new(error))),
            Err(error) => (Status::Error, Some(Box::new(error))),
            Ok(Some(error)) => (Status::Error, Some(error)),
            Ok(None) => (Status::Success, None),
        };
        if !matches!(status, Status::Canceled) {
            self.say_left_over();
        }
        let finished_at = state.durable.now();
        self.subworkflows.end(&*state.events).await;
        let (order, nodes) = state.report();
        let execution_id = state.execution.id.clone();
        let response = state.response();
        RunResult { status, execution_id, started_at, finished_at, error, response, order, nodes }
    }

    /// All runs that are due. A run whose last node failed and went on has failed all the same: this gives its error.
    async fn drain(&self, schedule: &mut dyn Schedule, graph: &Graph) -> Result<Option<Box<NodeError>>, NodeError> {
        let mut last = None;
        for done in 0.. {
            self.control.check()?;
            if done + schedule.due() > MOST_RUNS {
                return Err(self.too_many());
            }
            let next = schedule.next().map_err(|_| self.endless())?;
            let Some(pending) = next else { return Ok(last) };
            let node = pending.node;
            let Ended::Recorded { run, stop } = run_node(self, pending).await? else {
                last = None;
                continue;
            };
            let outputs = run.outputs.clone();
            last = run.error.clone();
            self.state.record(node, *run);
            match last.take_if(|_| stop) {
                Some(error) => return Err(*error),
                None if graph.has_missing_target(node) => return Err(self.missing_target(node)),
                None => schedule.record(node, self.state.run_count(node) - 1, &outputs),
            }
        }
        Ok(last)
    }

    /// A loop that nothing led back to has handed on a part of its items, and the run is a success all the same.
    fn say_left_over(&self) {
        for (node, left) in self.state.left_over() {
            let node = self.state.plan.nodes[node].name.clone();
            let items = if left == 1 { "1 item" } else { &format!("{left} items") };
            let message = format!("the loop ended with {items} left over: nothing came back to it for the next batch");
            self.state.emit(Event::Notice { code: Some(codes::LEFT_OVER), node, parameter: None, item: None, message });
        }
    }

    fn missing_target(&self, node: usize) -> NodeError {
        let name = &self.state.plan.nodes[node].name;
        let error = NodeError::coded(codes::DESTINATION_MISSING, "Destination node not found").named("Error");
        let error = error.help(format!("A connection of \"{name}\" leads to a node that is not in the file: remove it, or add the node."));
        NodeError { node: Some(name.to_string()), ..error }
    }

    fn too_many(&self) -> NodeError {
        let error = NodeError::coded(codes::TOO_MANY_RUNS, format!("The execution has more than {MOST_RUNS} runs of nodes")).named("Error");
        let error = error.help("A loop of connections may never end: look for a node that leads back to one above it.");
        NodeError { node: self.state.last().map(|node| self.state.plan.nodes[node].name.to_string()), ..error }
    }

    fn endless(&self) -> NodeError {
        let error = NodeError::coded(codes::ENDLESS_LOOP, "Stopped execution because it seems to be in an endless loop").named("Error");
        let error = error.help("In the older execution order a node with three or more inputs cannot be started with made-up data. Set settings.executionOrder to \"v1\".");
        NodeError { node: self.state.last().map(|node| self.state.plan.nodes[node].name.to_string()), ..error }
    }
}
