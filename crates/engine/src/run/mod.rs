//! The interpreter of the graph.
//!
//! | file | what |
//! |---|---|
//! | `execution` | from the first node to the end of the queue |
//! | `turn` | one run of one node: what its settings say of errors, retries, outputs |
//! | `attempt` | one try of it: what the node is given, and the step that its work is |
//! | `one_item`, `chunk` | the items of a node that needs one at a time |
//! | `paced/` | the items of a node that sends requests for each: pauses, how many are in flight, order, tries |
//! | `at_work`, `static_data` | what a node at work has asked for, begun, sent and changed |
//! | `ports`, `fingerprint` | requests, time and chance as steps |
//! | `evaluate`, `view` | expressions, and what they may ask about the execution |
//! | `pairing`, `outputs` | which item came from which; what is done with outputs before they are recorded |
//! | `state`, `control` | what the execution has done so far; what can end it from outside |

mod at_work;
mod attempt;
mod chunk;
mod control;
mod evaluate;
mod execution;
mod fingerprint;
mod one_item;
mod outputs;
mod paced;
mod pairing;
mod ports;
mod state;
mod static_data;
mod turn;
mod view;

use std::fmt::Write as _;
use std::sync::Arc;

use node_sdk::{ExecutionInfo, Item, ItemList, NodeError};

use crate::durable::Durable;
use crate::options::{EnginePorts, RunOptions};
use crate::plan::Plan;
use crate::result::{RunResult, Status};
use crate::subworkflow::Subworkflows;
use crate::{blobs, codes};
use execution::{Bounds, Execution};
use state::Setup;

pub(crate) use at_work::AtWork;
pub(crate) use control::{Control, is_stop};
pub use paced::run_paced;
pub(crate) use state::State;

/// Runs a plan to its end.
///
/// Dropping the future stops the run. [`crate::Cancel`] and the time-out stop it too, and then what it did so far is in
/// the result.
pub async fn run(plan: Arc<Plan>, options: RunOptions, ports: EnginePorts) -> RunResult {
    let control = Control::new(ports.ports.clock.clone(), options.cancel.clone(), options.timeout).within(plan.timeout);
    let subworkflows = Subworkflows::new(ports.clone(), &options, plan.options.clone(), control.clone());
    let _end = subworkflows.end_of_run();
    // The only wait for memory: later the run takes what it needs, and so do its sub-workflows.
    match control.guard(ports.isolates.admit(plan.demand())).await {
        Ok(admission) => run_below(plan, options, ports, control, &subworkflows, admission).await,
        Err(reason) => refused(&*ports.durable, options.execution_id.as_deref().unwrap_or_default(), reason),
    }
}

/// A run inside the bounds of another: the same control, the same background.
pub(crate) async fn run_below(
    plan: Arc<Plan>,
    options: RunOptions,
    ports: EnginePorts,
    control: Control,
    subworkflows: &Arc<Subworkflows>,
    admission: expression::Admission,
) -> RunResult {
    let id = options.execution_id.clone().unwrap_or_else(|| random_id(&*ports.durable));
    let execution = Arc::new(ExecutionInfo { id, mode: options.mode.clone(), path: subworkflows.execution.clone() });
    let given = options.input.is_some();
    let mut items = options.input.unwrap_or_else(|| vec![Item::empty()].into());
    // Here and not where a node puts them out: the first node may read their files itself.
    if let Err(error) = blobs::store_inline(&mut items, &*ports.ports.blobs).await {
        return refused(&*ports.durable, &execution.id, error);
    }
    let destination = options.destination.as_deref();
    let bounds = match bounds(&plan, &options.start, destination, items) {
        Ok(bounds) => bounds,
        Err(error) => return refused(&*ports.durable, &execution.id, error),
    };
    let setup = Setup {
        execution,
        resume_base: options.resume_base.clone(),
        use_pins: options.use_pins,
        lets_go: options.last_items_only && !plan.looks_back(),
        destination: destination.and_then(|name| plan.index(name)),
    };
    let state = Arc::new(State::new(plan, ports.ports, ports.durable, ports.events, setup));
    let watched = control.clone();
    let stop = move || watched.check().is_err();
    let run = Execution {
        state,
        session: Arc::new(expression::Session::of(ports.isolates, Arc::new(stop), admission)),
        control,
        subworkflows: subworkflows.clone(),
        given,
        strict: options.strict,
        dry_run: options.dry_run,
    };
    run.run(bounds).await
}

fn bounds(plan: &Plan, start: &str, destination: Option<&str>, items: ItemList) -> Result<Bounds, NodeError> {
    let find = |name: &str| {
        let error = || NodeError::coded(codes::NO_START, format!("There is no node \"{name}\" in the workflow"));
        plan.index(name).ok_or_else(error)
    };
    let start = find(start)?;
    let graph = match destination {
        Some(destination) => Arc::new(plan.graph.up_to(find(destination)?)),
        None => plan.graph.clone(),
    };
    Ok(Bounds { start, items, graph })
}

/// The result of a run that could not begin.
fn refused(durable: &dyn Durable, id: &str, error: NodeError) -> RunResult {
    let now = durable.now();
    RunResult {
        status: Status::Error,
        execution_id: id.into(),
        started_at: now,
        finished_at: now,
        error: Some(Box::new(error)),
        response: None,
        order: Vec::new(),
        nodes: Default::default(),
    }
}

fn random_id(durable: &dyn Durable) -> String {
    let mut bytes = [0; 8];
    durable.random(&mut bytes);
    bytes.iter().fold(String::new(), |mut id, byte| {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
        id
    })
}
