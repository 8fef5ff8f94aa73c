//! The execution that `konverte eval` pretends: upstream nodes with their runs, and the node `Current` that the
//! expression stands in.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use expression::{ExecutionInfo, ExecutionView, NodeView, Scope, SharedMap, SourceRef, WorkflowInfo};
use node_sdk::Item;
use node_sdk::ports::{Clock, Random};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::adapters::clock::SystemClock;
use crate::adapters::random::SystemRandom;
use crate::error::{CliError, codes};
use crate::json;

/// The node that the expression stands in.
const CURRENT: &str = "Current";

/// A node type that contexts may use where no real type is meant: it has these text parameters, each "" by default.
const PLAIN_TYPE: &str = "test.set";
const PLAIN_PARAMETERS: [&str; 9] = ["own", "resource", "limit", "greeting", "options", "list", "nested", "dyn", "only"];

/// What surrounds an expression besides items.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Facts {
    pub(crate) timezone: Option<String>,
    pub(crate) now: Option<String>,
    pub(crate) vars: Map<String, Value>,
    pub(crate) env: Option<Map<String, Value>>,
    pub(crate) workflow: Map<String, Value>,
    pub(crate) execution: Map<String, Value>,
}

/// Upstream nodes as a context file gives them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Context {
    nodes: Vec<ContextNode>,
    connections: HashMap<String, ContextConnections>,
    runs: HashMap<String, Vec<ContextRun>>,
    input: ContextInput,
    run_index: usize,
}

impl Context {
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let object = json::read_object(path, codes::INPUT_INVALID)?;
        serde_json::from_value(Value::Object(object))
            .map_err(|error| CliError::usage(codes::INPUT_INVALID, format!("{} is not a context: {error}.", path.display())))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContextNode {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    type_version: f64,
    disabled: bool,
    webhook_id: Option<String>,
    parameters: Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContextConnections {
    main: Vec<Option<Vec<Target>>>,
}

#[derive(Debug, Deserialize)]
struct Target {
    node: String,
}

/// A run: for each output its items as `[json, pairedItem, binary]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContextRun {
    out: Vec<Option<Vec<Vec<Value>>>>,
    source: Vec<Option<Source>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Source {
    previous_node: String,
    previous_node_output: usize,
    previous_node_run: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContextInput {
    from: String,
    output: usize,
    run: usize,
}

struct Run {
    outputs: Vec<Option<Arc<Vec<Item>>>>,
    sources: Vec<Option<SourceRef>>,
}

/// The pretended execution.
pub(crate) struct Scenario {
    nodes: Vec<NodeView>,
    /// (from, output, to) in file order.
    edges: Vec<(String, usize, String)>,
    runs: HashMap<String, Vec<Run>>,
    contexts: Mutex<HashMap<String, SharedMap>>,
    static_data: Mutex<HashMap<Option<String>, SharedMap>>,
    vars: Arc<Value>,
    env: Option<Arc<Map<String, Value>>>,
    workflow: WorkflowInfo,
    execution: ExecutionInfo,
    timezone: String,
    frozen: Option<i64>,
    clock: SystemClock,
    input: SourceRef,
    run_index: usize,
}

impl Scenario {
    /// Items that come from a node `Source`, each paired with its own place.
    pub(crate) fn from_input(entries: Vec<Value>, facts: Facts) -> Result<Self, String> {
        let rows = entries.into_iter().enumerate().map(|(i, value)| vec![value, json!({"item": i})]).collect();
        let node = |name: &str| ContextNode {
            id: format!("id-{}", name.to_lowercase()),
            name: name.to_owned(),
            kind: PLAIN_TYPE.to_owned(),
            type_version: 2.0,
            ..ContextNode::default()
        };
        let target = Target { node: CURRENT.to_owned() };
        let context = Context {
            nodes: vec![node("Source"), node(CURRENT)],
            connections: HashMap::from([("Source".to_owned(), ContextConnections { main: vec![Some(vec![target])] })]),
            runs: HashMap::from([("Source".to_owned(), vec![ContextRun { out: vec![Some(rows)], source: Vec::new() }])]),
            input: ContextInput { from: "Source".to_owned(), ..ContextInput::default() },
            run_index: 0,
        };
        Self::from_context(context, facts)
    }

    pub(crate) fn from_context(context: Context, facts: Facts) -> Result<Self, String> {
        let frozen = facts.now.as_deref().map(parse_time).transpose()?;
        let text = |map: &Map<String, Value>, key: &str, default: &str| map.get(key).and_then(Value::as_str).unwrap_or(default).to_owned();
        let execution_id = text(&facts.execution, "id", "1");
        let edges = context.connections.into_iter().flat_map(|(from, connections)| edges_of(&from, connections)).collect();
        Ok(Self {
            nodes: context.nodes.into_iter().map(node_view).collect(),
            edges,
            runs: context.runs.into_iter().map(|(name, runs)| (name, runs.into_iter().map(run).collect())).collect(),
            contexts: Mutex::default(),
            static_data: Mutex::default(),
            vars: Arc::new(Value::Object(facts.vars)),
            env: facts.env.map(Arc::new),
            workflow: WorkflowInfo {
                id: text(&facts.workflow, "id", ""),
                name: text(&facts.workflow, "name", ""),
                active: facts.workflow.get("active").and_then(Value::as_bool).unwrap_or(false),
            },
            execution: ExecutionInfo {
                mode: text(&facts.execution, "mode", "test"),
                resume_url: format!("http://localhost:5678/webhook-waiting/{execution_id}"),
                resume_form_url: format!("http://localhost:5678/form-waiting/{execution_id}"),
                id: execution_id,
            },
            timezone: facts.timezone.unwrap_or_else(|| "UTC".to_owned()),
            frozen,
            clock: SystemClock::new(),
            input: SourceRef { node: context.input.from.into(), output: context.input.output, run: context.input.run },
            run_index: context.run_index,
        })
    }

    /// The scope of the node `Current`.
    pub(crate) fn scope(self) -> Scope {
        let source = self.input.clone();
        let items = self.output(&source.node, source.run, source.output).unwrap_or_default();
        let parameters = self.node(CURRENT).map(|node| node.parameters).unwrap_or_default();
        let run_index = self.run_index;
        Scope { view: Arc::new(self), node: CURRENT.into(), run_index, inputs: vec![items], sources: vec![Some(source)], parameters }
    }
}

/// ISO 8601 as milliseconds since 1970.
fn parse_time(text: &str) -> Result<i64, String> {
    let time: jiff::Timestamp = text.parse().map_err(|error| format!("\"{text}\" is not a time: {error}"))?;
    Ok(time.as_millisecond())
}

fn edges_of(from: &str, connections: ContextConnections) -> Vec<(String, usize, String)> {
    let outputs = connections.main.into_iter().enumerate();
    outputs.flat_map(|(output, targets)| targets.into_iter().flatten().map(move |target| (from.to_owned(), output, target.node))).collect()
}

fn node_view(node: ContextNode) -> NodeView {
    let parameters = if node.kind == PLAIN_TYPE { plain_parameters(node.parameters) } else { node.parameters };
    NodeView {
        name: node.name.into(),
        id: node.id.into(),
        kind: node.kind.into(),
        type_version: node.type_version,
        disabled: node.disabled,
        parameters: Arc::new(parameters),
        webhook_id: node.webhook_id.map(Into::into),
    }
}

fn plain_parameters(mut given: Map<String, Value>) -> Map<String, Value> {
    let known = PLAIN_PARAMETERS.iter().map(|name| ((*name).to_owned(), given.shift_remove(*name).unwrap_or_else(|| "".into())));
    let mut parameters: Map<String, Value> = known.collect();
    parameters.extend(given);
    parameters
}

fn run(run: ContextRun) -> Run {
    let source = |source: Source| SourceRef { node: source.previous_node.into(), output: source.previous_node_output, run: source.previous_node_run };
    Run {
        outputs: run.out.into_iter().map(|items| items.map(|items| Arc::new(items.into_iter().map(item).collect()))).collect(),
        sources: run.source.into_iter().map(|entry| entry.map(source)).collect(),
    }
}

/// An item from `[json, pairedItem, binary]`.
fn item(parts: Vec<Value>) -> Item {
    let keys = ["json", "pairedItem", "binary"];
    let shape = keys.iter().zip(parts).filter(|(_, value)| !value.is_null()).map(|(key, value)| ((*key).to_owned(), value));
    Item::from_value(Value::Object(shape.collect()))
}

impl ExecutionView for Scenario {
    fn node(&self, name: &str) -> Option<NodeView> {
        self.nodes.iter().find(|node| &*node.name == name).cloned()
    }

    fn run_count(&self, name: &str) -> usize {
        self.runs.get(name).map_or(0, Vec::len)
    }

    fn output(&self, name: &str, run: usize, branch: usize) -> Option<Arc<Vec<Item>>> {
        self.runs.get(name)?.get(run)?.outputs.get(branch)?.clone()
    }

    fn outputs_len(&self, name: &str, run: usize) -> usize {
        self.runs.get(name).and_then(|runs| runs.get(run)).map_or(0, |run| run.outputs.len())
    }

    fn source(&self, name: &str, run: usize) -> Vec<Option<SourceRef>> {
        self.runs.get(name).and_then(|runs| runs.get(run)).map(|run| run.sources.clone()).unwrap_or_default()
    }

    fn pinned(&self, _name: &str) -> bool {
        false
    }

    fn parents(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut queue = VecDeque::from([name.to_owned()]);
        while let Some(child) = queue.pop_front() {
            for (from, _, to) in &self.edges {
                if *to == child && seen.insert(from.clone()) {
                    found.push(from.clone());
                    queue.push_back(from.clone());
                }
            }
        }
        found
    }

    fn connected_output(&self, from: &str, to: &str) -> Option<usize> {
        let mut seen = HashSet::from([to.to_owned()]);
        let mut queue = VecDeque::from([to.to_owned()]);
        while let Some(child) = queue.pop_front() {
            for (parent, output, target) in &self.edges {
                if *target != child {
                    continue;
                }
                if parent == from {
                    return Some(*output);
                }
                if seen.insert(parent.clone()) {
                    queue.push_back(parent.clone());
                }
            }
        }
        None
    }

    fn context(&self, name: &str) -> SharedMap {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default().clone()
    }

    fn workflow(&self) -> WorkflowInfo {
        self.workflow.clone()
    }

    fn execution(&self) -> ExecutionInfo {
        self.execution.clone()
    }

    fn vars(&self) -> Arc<Value> {
        self.vars.clone()
    }

    fn env(&self) -> Option<Arc<Map<String, Value>>> {
        self.env.clone()
    }

    fn static_data(&self, node: Option<&str>) -> SharedMap {
        self.static_data.lock().unwrap_or_else(PoisonError::into_inner).entry(node.map(str::to_owned)).or_default().clone()
    }

    fn now(&self) -> i64 {
        self.frozen.unwrap_or_else(|| self.clock.now_millis())
    }

    fn timezone(&self) -> &str {
        &self.timezone
    }

    fn random(&self) -> f64 {
        let mut bytes = [0; 8];
        SystemRandom.fill(&mut bytes);
        // 53 bits fill a double's mantissa.
        (u64::from_le_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64
    }
}
