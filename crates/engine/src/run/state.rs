//! What an execution has done so far.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use indexmap::IndexMap;
use node_sdk::context::TO_HAND_ON;
use node_sdk::error::codes as node_codes;
use node_sdk::ports::{HttpError, HttpResponse};
use node_sdk::{EventSink, Item, KeptItems, NodeError, Ports, Response};

use crate::durable::{Begun, Durable, WatchedState};
use crate::plan::Plan;
use crate::result::NodeRun;
use crate::view::SharedMap;

/// What an execution has done so far, and what it works with. Expressions look at it while nodes run.
pub(crate) struct State {
    pub(crate) plan: Arc<Plan>,
    pub(crate) ports: Arc<Ports>,
    pub(crate) durable: Arc<dyn Durable>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) execution: Arc<node_sdk::ExecutionInfo>,
    pub(crate) resume_base: String,
    use_pins: bool,
    /// Node and expression of the notices given, so that each comes once.
    pub(crate) noticed: Mutex<HashSet<(usize, String)>>,
    /// Of the node at work; an execution has one at a time.
    pub(crate) at_work: AtWork,
    /// Behind [`Ports::static_state`].
    pub(crate) static_data: Arc<WatchedState>,
    history: RwLock<History>,
    response: Mutex<Option<Box<Response>>>,
    memory: Mutex<HashMap<usize, Memory>>,
}

#[derive(Default)]
struct History {
    order: Vec<usize>,
    runs: Vec<Vec<Arc<NodeRun>>>,
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
        let static_data = Arc::new(WatchedState::new(ports.static_state.clone()));
        let ports = Arc::new(Ports { static_state: static_data.clone(), ..(*ports).clone() });
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
            at_work: AtWork::default(),
            static_data,
            history: RwLock::new(history),
            response: Mutex::default(),
            memory: Mutex::default(),
        }
    }

    /// How often the node has run.
    pub(crate) fn run_count(&self, node: usize) -> usize {
        self.read(|history| history.runs[node].len())
    }

    /// A run of the node.
    pub(crate) fn run(&self, node: usize, run: usize) -> Option<Arc<NodeRun>> {
        self.read(|history| history.runs[node].get(run).cloned())
    }

    /// Keeps a run.
    pub(crate) fn record(&self, node: usize, run: NodeRun) {
        let mut history = self.history.write().unwrap_or_else(PoisonError::into_inner);
        history.order.push(node);
        history.runs[node].push(Arc::new(run));
    }

    /// The time, and that it was asked for.
    pub(crate) fn now(&self) -> i64 {
        self.at_work.asked.store(true, Ordering::Relaxed);
        self.durable.now()
    }

    /// Chance, and that it was asked for.
    pub(crate) fn random(&self, buffer: &mut [u8]) {
        self.at_work.asked.store(true, Ordering::Relaxed);
        self.durable.random(buffer);
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
    pub(crate) fn pins(&self, node: usize) -> Option<&Arc<Vec<Item>>> {
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

/// What is known of the node at work.
#[derive(Default)]
pub(crate) struct AtWork {
    asked: AtomicBool,
    cut: AtomicBool,
    requests: Mutex<Requests>,
    below: Mutex<Option<String>>,
    begun: Mutex<Vec<Begun>>,
    strayed: Mutex<Option<NodeError>>,
}

/// What became of the requests of one run of a node.
#[derive(Default)]
pub(crate) struct Requests {
    succeeded: usize,
    /// Those of which nobody knows what they did, by the item that they were sent for.
    open: HashMap<Option<usize>, usize>,
    /// What was said of those that no entry of an answers file fits, and the entry that would answer.
    unanswered: Vec<(String, String)>,
}

impl Requests {
    /// How many were answered, and not with an error.
    pub(crate) fn succeeded(&self) -> usize {
        self.succeeded
    }

    /// How many had left, with no answer that says what they did.
    pub(crate) fn open(&self) -> usize {
        self.open.values().sum()
    }
}

impl AtWork {
    /// A run of a node begins: nothing is known of its requests.
    pub(crate) fn forget_requests(&self) {
        *lock(&self.requests) = Requests::default();
    }

    /// A request for this item came to this. What an item's later request is told settles its earlier ones.
    pub(crate) fn sent(&self, item: Option<usize>, result: &Result<HttpResponse, HttpError>) {
        let mut requests = lock(&self.requests);
        let open = result.as_ref().map_or_else(|error| error.maybe_sent, HttpResponse::leaves_open);
        if open {
            *requests.open.entry(item).or_default() += 1;
        } else if let (Some(_), Ok(_)) = (item, result) {
            requests.open.remove(&item);
        }
        requests.succeeded += usize::from(result.as_ref().is_ok_and(|answer| answer.status < 400));
    }

    /// No entry of an answers file fits one of its requests.
    pub(crate) fn unanswered(&self, message: String, entry: String) {
        lock(&self.requests).unanswered.push((message, entry));
    }

    /// The error of a node, in the words that the node found for it. Where it failed for want of an answer from a file it says so by
    /// its code, whichever node it is, and shows the entry that would answer.
    pub(crate) fn explained(&self, error: NodeError) -> NodeError {
        let said = |text: &str| [Some(&error.message), error.description.as_ref()].into_iter().flatten().any(|told| told.contains(text));
        let requests = lock(&self.requests);
        let Some((_, entry)) = requests.unanswered.iter().find(|(message, _)| said(message)) else { return error };
        let help = format!("This entry in the answers file would answer: {entry}");
        NodeError { code: node_codes::HTTP_UNANSWERED, help: Some(help), ..error }
    }

    /// What became of its requests until now.
    pub(crate) fn requests(&self) -> MutexGuard<'_, Requests> {
        lock(&self.requests)
    }

    /// Whether it asked for time or chance since this was last asked; then what it came to cannot be computed again.
    pub(crate) fn take_asked(&self) -> bool {
        self.asked.swap(false, Ordering::Relaxed)
    }

    /// It called this sub-workflow, and does not wait for it.
    pub(crate) fn begin(&self, begun: Begun) {
        lock(&self.begun).push(begun);
    }

    /// The sub-workflows that it called and does not wait for, since this was last asked.
    pub(crate) fn take_begun(&self) -> Vec<Begun> {
        std::mem::take(&mut lock(&self.begun))
    }

    /// It asked for something else than in the process before: it sends nothing more, and ends with this error.
    pub(crate) fn stray(&self, error: NodeError) -> NodeError {
        lock(&self.strayed).get_or_insert(error).clone()
    }

    /// The error, where it did.
    pub(crate) fn strayed(&self) -> Option<NodeError> {
        lock(&self.strayed).clone()
    }

    /// Something that it did was cut short because the run was stopped: a request or a wait.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::Relaxed);
    }

    /// A sub-workflow that it called was stopped, and says this of it.
    pub(crate) fn cut_below(&self, told: Option<String>) {
        self.cut();
        *lock(&self.below) = told;
    }

    /// What the sub-workflow said that was stopped.
    pub(crate) fn below(&self) -> Option<String> {
        lock(&self.below).take()
    }

    /// Whether it was cut short.
    pub(crate) fn was_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }
}

/// The parts of a [`State`] that options decide.
pub(crate) struct Setup {
    pub(crate) execution: Arc<node_sdk::ExecutionInfo>,
    pub(crate) resume_base: String,
    pub(crate) use_pins: bool,
}

/// Locks; a thread that broke while it held the lock left the data as good as it was.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
