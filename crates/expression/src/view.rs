//! What an evaluation may ask about the execution so far.

use std::sync::{Arc, Mutex};

use node_sdk::ItemList;
use serde_json::{Map, Value};

/// A node of the workflow as expressions see it.
#[derive(Debug, Clone)]
pub struct NodeView {
    /// The node's name.
    pub name: Arc<str>,
    /// The node's id.
    pub id: Arc<str>,
    /// The node's type, for example `n8n-nodes-base.set`.
    pub kind: Arc<str>,
    /// The version of the type.
    pub type_version: f64,
    /// Whether the node is switched off.
    pub disabled: bool,
    /// The parameters as the file has them (expressions unevaluated), defaults filled in.
    pub parameters: Arc<Map<String, Value>>,
    /// The webhook's id, where the node has one.
    pub webhook_id: Option<Arc<str>>,
}

/// Where the items of an input came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRef {
    /// The node before.
    pub node: Arc<str>,
    /// The output of that node.
    pub output: usize,
    /// The run of that node.
    pub run: usize,
}

/// The workflow as `$workflow` shows it.
#[derive(Debug, Clone, Default)]
pub struct WorkflowInfo {
    /// Top-level `id` of the file.
    pub id: String,
    /// Top-level `name` of the file.
    pub name: String,
    /// Whether the workflow is active.
    pub active: bool,
}

/// The execution as `$execution` shows it.
#[derive(Debug, Clone, Default)]
pub struct ExecutionInfo {
    /// The execution's id.
    pub id: String,
    /// `test` or `production`.
    pub mode: String,
    /// Where a waiting execution is resumed.
    pub resume_url: String,
    /// Where a waiting form is sent.
    pub resume_form_url: String,
}

/// A shared, editable object: a node's context or the static data of a workflow.
pub type SharedMap = Arc<Mutex<Map<String, Value>>>;

/// The execution so far; implemented by the engine and by `konverte eval`.
pub trait ExecutionView: Send + Sync {
    /// The node of that name, or `None` where the workflow has none.
    fn node(&self, name: &str) -> Option<NodeView>;
    /// How often the node has run; 0: not executed.
    fn run_count(&self, name: &str) -> usize;
    /// The items of one output of one run. `None`: no such run or output, or the output got nothing.
    fn output(&self, name: &str, run: usize, branch: usize) -> Option<ItemList>;
    /// How many outputs that run has.
    fn outputs_len(&self, name: &str, run: usize) -> usize;
    /// Per input of that run: where its items came from.
    fn source(&self, name: &str, run: usize) -> Vec<Option<SourceRef>>;
    /// Whether the node put out pinned data.
    fn pinned(&self, name: &str) -> bool;
    /// All ancestors of the node over main connections, nearest first.
    fn parents(&self, name: &str) -> Vec<String>;
    /// The output of `from` that leads, also indirectly, to `to`.
    fn connected_output(&self, from: &str, to: &str) -> Option<usize>;
    /// The node's context (`$('Loop').context`).
    fn context(&self, name: &str) -> SharedMap;
    /// `$workflow`.
    fn workflow(&self) -> WorkflowInfo;
    /// `$execution`.
    fn execution(&self) -> ExecutionInfo;
    /// `$vars`.
    fn vars(&self) -> Arc<Value>;
    /// What `$env` shows; `None`: access is denied.
    fn env(&self) -> Option<Arc<Map<String, Value>>>;
    /// Static data of the workflow (`None`) or of a node.
    fn static_data(&self, node: Option<&str>) -> SharedMap;
    /// `$execution.customData`, of texts.
    fn custom_data(&self) -> SharedMap;
    /// The clock, in milliseconds since 1970.
    fn now(&self) -> i64;
    /// The workflow's time zone.
    fn timezone(&self) -> &str;
    /// A random number in [0, 1).
    fn random(&self) -> f64;
    /// The content of a file in base64, as n8n's items hold it; `None` where the execution has none of that key.
    fn content(&self, key: &str) -> Option<String>;
}

/// The node run an expression stands in.
#[derive(Clone)]
pub struct Scope {
    /// The execution so far.
    pub view: Arc<dyn ExecutionView>,
    /// The node that the expression belongs to.
    pub node: Arc<str>,
    /// The run of that node.
    pub run_index: usize,
    /// The items that entered, per input.
    pub inputs: Vec<ItemList>,
    /// Where they came from, per input.
    pub sources: Vec<Option<SourceRef>>,
    /// The node's raw parameters, defaults filled in (`$parameter`).
    pub parameters: Arc<Map<String, Value>>,
    /// Whether a value that is a plain path keeps its integers beyond 2^53; else they are JavaScript's.
    pub exact_integers: bool,
}
