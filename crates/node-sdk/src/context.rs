//! What a running node knows of where it stands.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use crate::credential::fields_in_words;
use crate::error::{NodeError, codes};
use crate::event::{Event, EventSink};
use crate::item::Item;
use crate::params::Params;
use crate::ports::{Credential, Ports, Sender};
use crate::registry::Registry;
use crate::texts::Text;

pub use crate::info::{ExecutionInfo, NodeInfo, OnError, Retries, WorkflowInfo};

/// Where the items of an input came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The node before.
    pub node: Arc<str>,
    /// Its output.
    pub output: usize,
    /// Its run.
    pub run: usize,
}

/// Under this name a node keeps items that it has still to hand on: where a run ends with some, it says so.
pub const TO_HAND_ON: &str = "left";

/// Items that a node keeps between its runs in one execution, by a name of its own (Loop Over Items: what is left, what is
/// done). Expressions do not see them.
pub type KeptItems = Arc<Mutex<BTreeMap<Text, VecDeque<Item>>>>;

/// Gives the types of the nodes from which connections lead to a node, over any number of others. Looked up when it is asked for:
/// few nodes want to know, and a graph may be large.
pub type Above = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// One run of one node.
#[derive(Clone)]
pub struct RunContext {
    /// The node.
    pub node: Arc<NodeInfo>,
    /// The workflow.
    pub workflow: Arc<WorkflowInfo>,
    /// The execution.
    pub execution: Arc<ExecutionInfo>,
    /// How often this node has run before in this execution.
    pub run_index: usize,
    /// How many items came in on input 0, where that is known.
    pub count: Option<usize>,
    /// For each input: where its items came from; `None` for an input that got nothing.
    pub sources: Vec<Option<Source>>,
    /// The parameters, resolved item by item.
    pub params: Params,
    /// The outside world.
    pub ports: Arc<Ports>,
    /// Which credential types there are.
    pub registry: Registry,
    /// What the node keeps between its runs in this execution (`$('Loop').context`).
    pub state: Arc<Mutex<Map<String, Value>>>,
    /// Items that the node keeps between its runs in this execution; one for each node, like `state`.
    pub kept: KeptItems,
    /// Where progress goes.
    pub events: Arc<dyn EventSink>,
    /// `retryOnFail`.
    pub retries: Option<Retries>,
    /// What stands above the node.
    pub above: Above,
    /// Whether it is a dry run: nothing is written, and nothing waited for.
    pub dry_run: bool,
}

impl RunContext {
    /// Whether an item's error becomes an item instead of ending the run.
    pub fn continue_on_fail(&self) -> bool {
        self.node.on_error != OnError::Stop
    }

    /// The version of the node type.
    pub fn version(&self) -> f64 {
        self.node.type_version
    }

    /// Tells of something that happened.
    pub fn emit(&self, event: Event) {
        self.events.emit(&self.execution.path, event);
    }

    /// The sender of a request for input item `item`.
    pub fn sender(&self, item: usize) -> Sender {
        Sender { execution: self.execution.path.clone(), node: self.node.name.clone(), item: Some(item) }
    }

    /// The sender of a request of which nobody says which item it is for: where one item came in it is for that.
    pub fn sender_for_all(&self) -> Sender {
        Sender { item: (self.count == Some(1)).then_some(0), ..self.sender(0) }
    }

    /// The credential of this type that the node's entry names.
    ///
    /// # Errors
    /// There is none; the help says which fields one has.
    pub async fn credential(&self, type_name: &str) -> Result<Credential, NodeError> {
        let got = self.ports.credentials.get(&self.node, type_name).await;
        got.map_err(|error| {
            let missing = error.code == codes::CREDENTIAL_MISSING;
            let kind = self.registry.credential_for(&self.node.type_name, type_name).filter(|_| missing);
            match (&error.help, kind) {
                (Some(help), Some(kind)) => NodeError { help: Some(format!("{help} {}", fields_in_words(&*kind))), ..error },
                _ => error,
            }
        })
    }
}
