//! Runs a workflow inside a run.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use indexmap::IndexMap;
use node_sdk::error::codes as node_codes;
use node_sdk::ports::{StaticState, Subworkflow, SubworkflowCall, SubworkflowSource};
use node_sdk::sync::lock;
use node_sdk::{Event, EventSink, Item, ItemList, NodeError, Ports, Registry};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use workflow::Workflow;

use crate::check::{Blocking, CheckOptions, Found, check};
use crate::codes;
use crate::durable::{StartedSubworkflow, StepKey};
use crate::options::{EnginePorts, RunOptions};
use crate::plan::{Plan, PlanOptions};
use crate::result::{RunResult, Status};
use crate::run::{AtWork, Control, State, is_stop, run_below};

/// The trigger of workflows that others call.
const TRIGGER: &str = "n8n-nodes-base.executeWorkflowTrigger";

/// How deep workflows may call each other.
const DEEPEST: usize = 100;

/// How many sub-workflows a run knows at once: their names, and they themselves, may come from expressions.
const MOST_KNOWN: usize = 1000;

/// The engine's own [`Subworkflow`] port of one execution.
#[derive(Clone)]
pub(crate) struct Subworkflows {
    shared: Arc<Shared>,
    depth: usize,
    /// Of the execution that calls: what bounds it bounds those that it calls.
    control: Control,
    /// The execution that calls, as the keys of its steps name it.
    pub(crate) execution: Arc<str>,
}

/// The calls that one step makes.
pub(crate) struct Calls {
    subworkflows: Arc<Subworkflows>,
    step: StepKey,
    caller: Arc<State>,
    work: Arc<AtWork>,
    made: AtomicUsize,
}

/// Who calls a sub-workflow.
struct Caller<'a> {
    /// The id of its execution.
    id: &'a str,
    /// Its static data.
    static_data: Arc<dyn StaticState>,
}

/// The kind of source, and the name, path or JSON there.
type SourceKey = (Discriminant<SubworkflowSource>, String);

/// What all depths of a run share.
struct Shared {
    ports: EnginePorts,
    options: RunOptions,
    plan_options: PlanOptions,
    /// Those that were called: what a source means is looked up once in a run.
    known: Mutex<HashMap<SourceKey, Arc<Prepared>>>,
    /// `None` when the run is over.
    background: Mutex<Option<JoinSet<()>>>,
}

/// Held by the run: what it leaves in the background ends with it.
pub(crate) struct EndOfRun(Arc<Shared>);

impl Drop for EndOfRun {
    fn drop(&mut self) {
        lock(&self.0.background).take();
    }
}

/// A sub-workflow that is ready to run.
struct Prepared {
    plan: Arc<Plan>,
    start: String,
    /// What people know it by: its name, and its file where it has one.
    label: String,
    /// What its static data is known by. n8n keeps that of workflows that are called by reference; that of JSON or a file that a node
    /// was given ends with the call.
    kept_by: Option<String>,
    /// The static data of its file.
    static_data: Option<Map<String, Value>>,
}

impl Subworkflows {
    pub(crate) fn new(ports: EnginePorts, options: &RunOptions, plan_options: PlanOptions, control: Control) -> Arc<Self> {
        let options = RunOptions {
            start: String::new(),
            destination: None,
            input: None,
            use_pins: false,
            mode: "production".into(),
            execution_id: None,
            timeout: None,
            // Its caller may get all runs of its last node.
            last_items_only: false,
            ..options.clone()
        };
        let shared = Shared { ports, options, plan_options, known: Mutex::default(), background: Mutex::new(Some(JoinSet::new())) };
        Arc::new(Self { shared: Arc::new(shared), depth: 0, control, execution: "".into() })
    }

    /// Ends what goes on in the background when it is dropped.
    pub(crate) fn end_of_run(&self) -> EndOfRun {
        EndOfRun(self.shared.clone())
    }

    /// The port for this step.
    pub(crate) fn of_step(self: &Arc<Self>, step: StepKey, caller: Arc<State>, work: Arc<AtWork>) -> Calls {
        Calls { subworkflows: self.clone(), step, caller, work, made: AtomicUsize::new(0) }
    }

    /// The execution has done its last node: that of the run itself waits for all that nobody waited for, and says that it has ended.
    pub(crate) async fn end(&self, events: &dyn EventSink) {
        if self.depth == 0 {
            self.join().await;
            events.emit(&self.execution, Event::RunEnded);
        }
    }

    /// Those that were started may start others: until there are none.
    async fn join(&self) {
        loop {
            let mut open = lock(&self.shared.background).as_mut().map(std::mem::take).unwrap_or_default();
            if open.is_empty() {
                return;
            }
            while open.join_next().await.is_some() {}
        }
    }

    async fn prepared(&self, source: SubworkflowSource) -> Result<Arc<Prepared>, NodeError> {
        let text = match &source {
            SubworkflowSource::Reference(text) | SubworkflowSource::File(text) => text.clone(),
            SubworkflowSource::Inline(value) => value.to_string(),
        };
        let key = (discriminant(&source), text);
        if let Some(known) = lock(&self.shared.known).get(&key) {
            return Ok(known.clone());
        }
        let reference = matches!(source, SubworkflowSource::Reference(_)).then(|| key.1.clone());
        let found = self.find(source).await?;
        let kept_by = reference.map(|reference| if found.id.is_empty() { reference } else { found.id.clone() });
        let prepared = Arc::new(self.prepare(&found, kept_by)?);
        let mut known = lock(&self.shared.known);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(key, prepared.clone());
        Ok(prepared)
    }

    async fn find(&self, source: SubworkflowSource) -> Result<Arc<Workflow>, NodeError> {
        let workflows = &self.shared.ports.workflows;
        match source {
            SubworkflowSource::Reference(reference) => workflows.find(&reference).await?.ok_or_else(|| {
                let help = format!("No workflow has the id or name \"{reference}\". --workflows DIR says where they are.");
                NodeError::coded(node_codes::SUBWORKFLOW, "Workflow does not exist.").help(help)
            }),
            SubworkflowSource::File(path) => workflows.file(&path).await,
            SubworkflowSource::Inline(value) => {
                let read = Workflow::from_value(value);
                read.map(Arc::new).map_err(|error| NodeError::coded(node_codes::SUBWORKFLOW, error.to_string()))
            }
        }
    }

    fn prepare(&self, workflow: &Workflow, kept_by: Option<String>) -> Result<Prepared, NodeError> {
        let plans = &self.shared.ports.plans;
        let plan = plans.of(workflow, &self.shared.plan_options);
        let start = plan.called.get_or_init(|| start_of_call(workflow, plans.registry())).clone()?;
        let file = workflow.document().map(|document| format!(" ({})", document.name)).unwrap_or_default();
        let label = format!("\"{}\"{file}", workflow.name);
        Ok(Prepared { plan, start, label, kept_by, static_data: workflow.static_data().cloned() })
    }

    /// The execution of one call. It is a task of its own, so that calls nested deep do not nest on the stack.
    fn spawn(
        &self,
        id: String,
        callers: &dyn StaticState,
        execution: Arc<str>,
        prepared: Arc<Prepared>,
        items: Vec<Item>,
    ) -> tokio::task::JoinHandle<RunResult> {
        let Shared { ports, options, .. } = &*self.shared;
        let control = self.control.clone().within(prepared.plan.timeout);
        let below = Arc::new(Self { shared: self.shared.clone(), depth: self.depth + 1, control: control.clone(), execution });
        let options = RunOptions { start: prepared.start.clone(), input: Some(items.into()), execution_id: Some(id), ..options.clone() };
        let static_state = callers.of(prepared.kept_by.as_deref(), prepared.static_data.as_ref());
        let ports = EnginePorts { ports: Arc::new(Ports { static_state, ..(*ports.ports).clone() }), ..ports.clone() };
        // It never waits for memory: its caller may hold what it would wait for.
        let admission = ports.isolates.admitted();
        tokio::spawn(async move { run_below(prepared.plan.clone(), options, ports, control, &below, admission).await })
    }

    /// The sub-workflow, where it can be called.
    async fn called(&self, source: SubworkflowSource) -> Result<Arc<Prepared>, NodeError> {
        if self.depth >= DEEPEST {
            let message = format!("Workflows call each other more than {DEEPEST} deep");
            return Err(NodeError::coded(codes::RECURSION, message).help("A workflow that calls itself needs a way out."));
        }
        self.prepared(source).await
    }

    /// Calls a sub-workflow and waits for it.
    async fn call(&self, by: Caller<'_>, execution: Arc<str>, source: SubworkflowSource, items: Vec<Item>) -> Result<Vec<ItemList>, NodeError> {
        let prepared = self.called(source).await?;
        let durable = self.shared.ports.durable.clone();
        let (caller, id, called) = (self.clone(), child_id(by.id, &execution), execution.clone());
        let work = async move {
            let mut task = AbortOnDrop(caller.spawn(id, &*by.static_data, called, prepared.clone(), items));
            let result = (&mut task.0).await;
            let result = result.map_err(|_| NodeError::coded(codes::NODE_BROKE, "The sub-workflow broke; this is a defect of the program"))?;
            // One that ran out of its own time fails the calling node, not the run.
            let own_end = |error: &NodeError| is_stop(error) && caller.control.check().is_ok();
            given_back(result, &prepared).map_err(|error| NodeError { fatal: error.fatal && !own_end(&error), ..error })
        };
        durable.child(&execution, Box::pin(work)).await
    }

    /// Begins a sub-workflow that the node does not wait for; `id` is that of the execution that calls.
    pub(crate) fn begin(&self, id: String, node: Arc<str>, begun: StartedSubworkflow) {
        let (caller, events) = (self.clone(), self.shared.ports.events.clone());
        let static_data = caller.shared.ports.ports.static_state.clone();
        let work = async move {
            if let Err(error) = caller.call(Caller { id: &id, static_data }, begun.execution, begun.source, begun.items).await {
                let message = format!("A sub-workflow that was not waited for failed: {error}");
                events.emit(&caller.execution, Event::Notice { code: Some(error.code), node, parameter: None, item: None, message });
            }
        };
        if let Some(background) = lock(&self.shared.background).as_mut() {
            background.spawn(work);
        }
    }
}

/// The id of an execution that the one with the id `parent` calls: in the form of the random ones, and the same in each replay.
fn child_id(parent: &str, execution: &str) -> String {
    let digest = Sha256::digest(format!("{parent}{execution}"));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[async_trait]
impl Subworkflow for Calls {
    async fn run(&self, call: SubworkflowCall) -> Result<Vec<ItemList>, NodeError> {
        let StepKey { execution, node, run, attempt, .. } = &self.step;
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        // JSON, so that no name of a node can look like a path of several.
        let path = format!("{execution}/{}", serde_json::json!([&**node, run, attempt, number]));
        let SubworkflowCall { source, items, wait } = call;
        if !wait {
            // What cannot begin is the node's own error.
            self.subworkflows.called(source.clone()).await?;
            self.work.begin(StartedSubworkflow { execution: path.into(), source, items });
            return Ok(Vec::new());
        }
        let by = Caller { id: &self.caller.execution.id, static_data: self.work.static_data.clone() };
        self.subworkflows.call(by, path.into(), source, items).await.inspect_err(|error| {
            if error.code == codes::DIVERGED {
                // Whatever the node makes of it, its run ends so.
                self.work.diverge(error.clone());
            } else if error.fatal {
                self.work.cut_below(error.description.clone());
            }
        })
    }
}

/// Where a workflow begins when another calls it; an error where it cannot be called.
fn start_of_call(workflow: &Workflow, registry: &Registry) -> Result<String, NodeError> {
    let trigger = workflow.nodes.iter().find(|node| node.type_name == TRIGGER && !node.disabled);
    let start = trigger.map(|node| node.name.clone()).ok_or_else(|| {
        NodeError::coded(node_codes::SUBWORKFLOW, "Missing node to start execution")
            .help("A workflow that others call begins with an Execute Workflow Trigger.")
    })?;
    let options = CheckOptions { start: Some(start.clone()), use_pins: false, ..CheckOptions::default() };
    match refusal(&check(workflow, registry, &options)) {
        Some(message) => Err(NodeError::coded(node_codes::SUBWORKFLOW, message)),
        None => Ok(start),
    }
}

/// Why a sub-workflow cannot start, in n8n's words: they become data.
fn refusal(found: &[Found]) -> Option<String> {
    let blocking: Vec<&Found> = found.iter().filter(|found| found.blocking.is_some()).collect();
    if let Some(unsupported) = blocking.iter().find(|found| found.blocking == Some(Blocking::Unsupported)) {
        return Some(unsupported.reason().to_owned());
    }
    let mut nodes: IndexMap<&str, String> = IndexMap::new();
    for found in &blocking {
        let lines = nodes.entry(found.diagnostic.node.as_deref().unwrap_or_default()).or_default();
        lines.push_str(&format!("\n- {}", found.reason()));
    }
    match nodes.len() {
        0 => None,
        1 => nodes.first().map(|(name, lines)| format!("The '{name}' node has issues:{lines}")),
        count => {
            let lines = nodes.iter().map(|(name, lines)| lines.replace("\n- ", &format!("\n- '{name}': ")));
            Some(format!("{count} nodes have issues:{}", lines.collect::<String>()))
        }
    }
}

/// Ends the task with the one who waits for it.
struct AbortOnDrop(tokio::task::JoinHandle<RunResult>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the caller gets: the outputs of the node that ran last.
fn given_back(result: RunResult, prepared: &Prepared) -> Result<Vec<ItemList>, NodeError> {
    if let (Status::Error | Status::Canceled, Some(error)) = (result.status, result.error) {
        // n8n's own error classes remember the node inside; a plain error is the calling node's.
        let remembers = matches!(&*error.name, "NodeOperationError" | "NodeApiError");
        // Parameter and item are those of the node inside; the caller has others.
        let (parameter, item) = (None, None);
        let help = Some(where_inside(&error, &prepared.label));
        return Err(NodeError { node: error.node.clone().filter(|_| remembers), below: remembers, parameter, item, help, ..*error });
    }
    let Some(runs) = result.order.last().and_then(|last| result.nodes.get(last)) else { return Ok(Vec::new()) };
    let first = if all_runs(prepared) { 0 } else { runs.len() - 1 };
    let mut outputs: Vec<ItemList> = Vec::new();
    for run in &runs[first..] {
        outputs.resize_with(outputs.len().max(run.outputs.len()), ItemList::default);
        for (output, items) in run.outputs.iter().enumerate() {
            outputs[output].append(items.clone());
        }
    }
    Ok(outputs)
}

/// The place of an error in a sub-workflow, and what to do about it.
fn where_inside(error: &NodeError, workflow: &str) -> String {
    let node = error.node.as_deref().map(|node| format!("the node \"{node}\" of ")).unwrap_or_default();
    let here = format!("It happened in {node}the workflow {workflow}");
    let help = error.help.as_deref().unwrap_or_default();
    // A workflow that calls itself: the same place, level after level, is said once.
    let Some(again) = help.strip_prefix(&here) else { return format!("{here}. {help}").trim_end().to_owned() };
    let deeper = again.strip_prefix(", ").and_then(|rest| rest.split_once(" levels deep"));
    let counted = deeper.and_then(|(count, rest)| Some((count.parse::<usize>().ok()?, rest)));
    let (levels, rest) = counted.unwrap_or((1, again));
    format!("{here}, {} levels deep{rest}", levels + 1)
}

/// Whether the caller gets all runs of the last node: its trigger says so, from version 1.2 on always.
fn all_runs(prepared: &Prepared) -> bool {
    let trigger = prepared.plan.index(&prepared.start).map(|node| &prepared.plan.nodes[node]);
    trigger.is_some_and(|node| {
        let says_all = node.view.parameters.get("returnOutput").is_some_and(|value| value == "allRuns");
        node.info.type_version >= 1.2 || says_all
    })
}
