//! What an execution has done so far.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use indexmap::IndexMap;
use node_sdk::context::TO_HAND_ON;
use node_sdk::ports::StaticData;
use node_sdk::sync::lock;
use node_sdk::{Event, EventSink, ItemList, KeptItems, Ports, Response};

use super::view::SharedMap;
use crate::durable::Durable;
use crate::plan::Plan;
use crate::result::NodeRun;

/// What an execution has done so far, and what it works with. Expressions look at it while nodes run.
pub(crate) struct State {
    pub(crate) plan: Arc<Plan>,
    pub(crate) ports: Arc<Ports>,
    pub(crate) durable: Arc<dyn Durable>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) execution: Arc<node_sdk::ExecutionInfo>,
    pub(crate) resume_base: String,
    use_pins: bool,
    /// Expressions of nodes for which a notice was given.
    noticed: Mutex<HashMap<usize, HashSet<String>>>,
    /// `$execution.customData`.
    pub(crate) custom: StaticData,
    lets_go: bool,
    destination: Option<usize>,
    history: RwLock<History>,
    response: Mutex<Option<Box<Response>>>,
    memory: Mutex<HashMap<usize, Memory>>,
}

#[derive(Default)]
struct History {
    order: Vec<usize>,
    runs: Vec<Vec<Arc<NodeRun>>>,
}

impl History {
    /// Lets go of the items of the run that came last, unless it is the destination's, and of those of the last run of the node that comes next.
    fn let_go(&mut self, next: usize, destination: Option<usize>) {
        let last = self.order.last().copied().filter(|last| Some(*last) != destination);
        for node in last.into_iter().chain([next]) {
            if let Some(run) = self.runs[node].last_mut() {
                Arc::make_mut(run).outputs.clear();
            }
        }
    }
}

/// Node names, one for each run.
type Order = Vec<Arc<str>>;
/// The runs of each node.
type Runs = IndexMap<Arc<str>, Vec<NodeRun>>;

/// What a node keeps between its runs.
#[derive(Default, Clone)]
struct Memory {
    context: SharedMap,
    kept: KeptItems,
}

impl State {
    pub(crate) fn new(plan: Arc<Plan>, ports: Arc<Ports>, durable: Arc<dyn Durable>, events: Arc<dyn EventSink>, setup: Setup) -> Self {
        let history = History { order: Vec::new(), runs: vec![Vec::new(); plan.nodes.len()] };
        Self {
            plan,
            ports,
            durable,
            events,
            execution: setup.execution,
            resume_base: setup.resume_base,
            use_pins: setup.use_pins,
            noticed: Mutex::default(),
            custom: StaticData::default(),
            lets_go: setup.lets_go,
            destination: setup.destination,
            history: RwLock::new(history),
            response: Mutex::default(),
            memory: Mutex::default(),
        }
    }

    /// Tells of something that happened.
    pub(crate) fn emit(&self, event: Event) {
        self.events.emit(&self.execution.path, event);
    }

    /// Whether no notice was given yet for this expression of the node. It has been then, so that each comes once.
    pub(crate) fn first_notice(&self, node: usize, expression: &str) -> bool {
        let mut noticed = lock(&self.noticed);
        let of_node = noticed.entry(node).or_default();
        !of_node.contains(expression) && of_node.insert(expression.to_owned())
    }

    /// How often the node has run.
    pub(crate) fn run_count(&self, node: usize) -> usize {
        self.read(|history| history.runs[node].len())
    }

    /// A run of the node.
    pub(crate) fn run(&self, node: usize, run: usize) -> Option<Arc<NodeRun>> {
        self.read(|history| history.runs[node].get(run).cloned())
    }

    /// Keeps a run, and lets go of the items of the one before it where that is allowed: whoever gets them has them.
    pub(crate) fn record(&self, node: usize, run: NodeRun) {
        let mut history = self.history.write().unwrap_or_else(PoisonError::into_inner);
        if self.lets_go {
            history.let_go(node, self.destination);
        }
        history.order.push(node);
        history.runs[node].push(Arc::new(run));
    }

    /// Answers to whoever called the workflow, unless that was done before.
    pub(crate) fn answer(&self, response: Box<Response>) {
        lock(&self.response).get_or_insert(response);
    }

    /// What was answered.
    pub(crate) fn response(&self) -> Option<Box<Response>> {
        lock(&self.response).clone()
    }

    /// The types of the nodes from which connections lead to this one.
    pub(crate) fn types_above(&self, node: usize) -> Vec<String> {
        self.plan.graph.ancestors(node).iter().map(|above| self.plan.nodes[*above].info.type_name.clone()).collect()
    }

    /// The node that ran last.
    pub(crate) fn last(&self) -> Option<usize> {
        self.read(|history| history.order.last().copied())
    }

    /// The pinned items that the node puts out instead of running.
    pub(crate) fn pins(&self, node: usize) -> Option<&ItemList> {
        let node = &self.plan.nodes[node];
        node.pins.as_ref().filter(|_| self.use_pins && !node.settings.disabled)
    }

    /// `$('Node').context`.
    pub(crate) fn context(&self, node: usize) -> SharedMap {
        self.memory(node).context
    }

    /// Items that the node keeps.
    pub(crate) fn kept(&self, node: usize) -> KeptItems {
        self.memory(node).kept
    }

    /// The nodes that keep items which they have still to hand on, and how many.
    pub(crate) fn left_over(&self) -> Vec<(usize, usize)> {
        let memory = lock(&self.memory);
        let left = |kept: &KeptItems| lock(kept).get(TO_HAND_ON).map_or(0, VecDeque::len);
        let mut nodes: Vec<(usize, usize)> = memory.iter().map(|(node, memory)| (*node, left(&memory.kept))).filter(|(_, left)| *left > 0).collect();
        nodes.sort_unstable();
        nodes
    }

    /// Order and runs, for the result.
    pub(crate) fn report(&self) -> (Order, Runs) {
        self.read(|history| {
            let name = |node: &usize| self.plan.nodes[*node].name.clone();
            let mut nodes = IndexMap::new();
            for node in &history.order {
                nodes.entry(name(node)).or_insert_with(|| history.runs[*node].iter().map(|run| (**run).clone()).collect());
            }
            (history.order.iter().map(name).collect(), nodes)
        })
    }

    fn read<T>(&self, read: impl FnOnce(&History) -> T) -> T {
        read(&self.history.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn memory(&self, node: usize) -> Memory {
        lock(&self.memory).entry(node).or_default().clone()
    }
}

/// The parts of a [`State`] that options decide.
pub(crate) struct Setup {
    pub(crate) execution: Arc<node_sdk::ExecutionInfo>,
    pub(crate) resume_base: String,
    pub(crate) use_pins: bool,
    /// Whether the items of a run are let go when the next one is recorded, but for the last run of the destination.
    pub(crate) lets_go: bool,
    pub(crate) destination: Option<usize>,
}
