//! What is known of a node at work: what it has asked for, begun and sent.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use node_sdk::NodeError;
use node_sdk::error::codes as node_codes;
use node_sdk::sync::lock;

use super::state::State;
use super::static_data::WatchedState;
use crate::durable::{Durable, StartedSubworkflow};

/// What is known of a node at work. Each turn has its own, so that two nodes of an execution can be at work at once.
pub(crate) struct AtWork {
    durable: Arc<dyn Durable>,
    /// Behind [`node_sdk::Ports::static_state`] while the node runs.
    pub(crate) static_data: Arc<WatchedState>,
    asked: AtomicBool,
    cut: AtomicBool,
    requests: Mutex<Requests>,
    below: Mutex<Option<String>>,
    begun: Mutex<Vec<StartedSubworkflow>>,
    divergence: Mutex<Option<NodeError>>,
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

/// What became of something that was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Came {
    /// Nobody knows what it did.
    Open {
        /// What was answered is no error.
        good: bool,
    },
    /// The other side said what it did with it.
    Answered {
        /// That is no error.
        good: bool,
    },
    /// It did not leave.
    NotSent,
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
    /// A node of this execution begins a run.
    pub(crate) fn new(state: &State) -> Arc<Self> {
        Arc::new(Self {
            durable: state.durable.clone(),
            static_data: Arc::new(WatchedState::new(state.ports.static_state.clone(), state.custom.clone())),
            asked: AtomicBool::default(),
            cut: AtomicBool::default(),
            requests: Mutex::default(),
            below: Mutex::default(),
            begun: Mutex::default(),
            divergence: Mutex::default(),
        })
    }

    /// The time, and that it was asked for.
    pub(crate) fn now(&self) -> i64 {
        self.asked.store(true, Ordering::Relaxed);
        self.durable.now()
    }

    /// Chance, and that it was asked for.
    pub(crate) fn random(&self, buffer: &mut [u8]) {
        self.asked.store(true, Ordering::Relaxed);
        self.durable.random(buffer);
    }

    /// What was sent for this item came to this. What an item's later request is told settles its earlier ones.
    pub(crate) fn sent(&self, item: Option<usize>, came: Came) {
        let mut requests = lock(&self.requests);
        match came {
            Came::Open { .. } => *requests.open.entry(item).or_default() += 1,
            Came::Answered { .. } if item.is_some() => _ = requests.open.remove(&item),
            Came::Answered { .. } | Came::NotSent => {}
        }
        requests.succeeded += usize::from(matches!(came, Came::Open { good: true } | Came::Answered { good: true }));
    }

    /// Nobody waits any more for the end of a request for this item.
    pub(crate) fn given_up(&self, item: Option<usize>) {
        *lock(&self.requests).open.entry(item).or_default() += 1;
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
    pub(crate) fn begin(&self, begun: StartedSubworkflow) {
        lock(&self.begun).push(begun);
    }

    /// The sub-workflows that it called and does not wait for, since this was last asked.
    pub(crate) fn take_begun(&self) -> Vec<StartedSubworkflow> {
        std::mem::take(&mut lock(&self.begun))
    }

    /// It asked for something else than in the process before: it sends nothing more, and ends with this error.
    pub(crate) fn diverge(&self, error: NodeError) -> NodeError {
        lock(&self.divergence).get_or_insert(error).clone()
    }

    /// The error, where it did.
    pub(crate) fn divergence(&self) -> Option<NodeError> {
        lock(&self.divergence).clone()
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
