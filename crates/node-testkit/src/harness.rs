//! Runs one node inside the real engine.

use std::sync::{Arc, Mutex};

use engine::{EnginePorts, InMemory, Isolates, Limits, NoWorkflows, Plan, PlanOptions, Plans, PoolOptions, RunOptions, RunResult, Status, Workflow};
use node_sdk::ports::Adapters;
use node_sdk::sync::lock;
use node_sdk::{
    Descriptor, Effect, Event, EventSink, Inputs, Item, ItemList, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, Provider, Registry,
    RunAll, RunContext, VersionGroup,
};
use serde_json::{Map, Value, json};

use crate::ports::FakePorts;

/// The type of the nodes that feed the one under test.
const SOURCE: &str = "testkit.source";
/// The name of the node under test.
const NODE: &str = "Node";

/// One node with its parameters and what it is given.
#[must_use = "call run()"]
pub struct Harness {
    node: Arc<dyn Node>,
    type_name: String,
    version: f64,
    fields: Map<String, Value>,
    inputs: Vec<Vec<Item>>,
    above: String,
    registry: Registry,
    ports: FakePorts,
    options: RunOptions,
}

/// What came of it.
#[derive(Debug)]
pub struct Ran {
    /// A list for each output of the node's last run; empty where it failed or did not run.
    pub outputs: Vec<ItemList>,
    /// What failed, also where the run went on.
    pub error: Option<NodeError>,
    /// The whole run.
    pub result: RunResult,
    /// All events, in order.
    pub events: Vec<Event>,
}

impl Ran {
    /// The JSON of the items of an output; panics for an item without JSON.
    pub fn json(&self, output: usize) -> Vec<Value> {
        self.outputs.get(output).into_iter().flat_map(ItemList::iter).map(|item| item.json().expect("the item has JSON").clone()).collect()
    }

    /// The failure's message; panics where nothing failed.
    pub fn message(&self) -> &str {
        &self.error.as_ref().expect("the node failed").message
    }
}

impl Harness {
    /// The node in its latest version, without parameters.
    pub fn new(node: Arc<dyn Node>) -> Self {
        let version = node.descriptor().all_versions().last().expect("the node has a version");
        Self {
            type_name: node.descriptor().name.to_string(),
            registry: Registry::new().with(vec![node.clone(), Arc::new(Source::new()) as Arc<dyn Node>]),
            node,
            version,
            fields: Map::new(),
            inputs: Vec::new(),
            above: SOURCE.to_owned(),
            ports: FakePorts::default(),
            options: RunOptions::new(NODE),
        }
    }

    /// Another version.
    pub fn version(mut self, version: f64) -> Self {
        self.version = version;
        self
    }

    /// Its parameters.
    pub fn parameters(self, parameters: Value) -> Self {
        self.field("parameters", parameters)
    }

    /// Any other field of the node in the file: `onError`, `retryOnFail`, `credentials`, ...
    pub fn field(mut self, name: &str, value: Value) -> Self {
        self.fields.insert(name.into(), value);
        self
    }

    /// Adds a provider, for credential types.
    pub fn with(mut self, provider: impl Provider + 'static) -> Self {
        self.registry = self.registry.with(provider);
        self
    }

    /// The next input's items, as JSON.
    pub fn input(self, items: impl IntoIterator<Item = Value>) -> Self {
        self.items(items.into_iter().map(Item::new).collect())
    }

    /// The next input's items.
    pub fn items(mut self, items: Vec<Item>) -> Self {
        self.inputs.push(items);
        self
    }

    /// The type of the nodes that its inputs come from, for a node that asks. They need not be known: their items are pinned.
    pub fn below(mut self, type_name: &str) -> Self {
        self.above = type_name.to_owned();
        self
    }

    /// The fakes, to set them up and to look at them afterwards.
    pub fn ports(&self) -> FakePorts {
        self.ports.clone()
    }

    /// With these ports that only some ways of running offer.
    pub fn adapters(mut self, adapters: Adapters) -> Self {
        self.ports.adapters = adapters;
        self
    }

    /// Changes how the run goes: `strict`, `dry_run`, a time-out.
    pub fn options(mut self, change: impl FnOnce(&mut RunOptions)) -> Self {
        change(&mut self.options);
        self
    }

    /// Runs it; without any input it is the start node. For use outside of an async runtime.
    pub fn run(self) -> Ran {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be built").block_on(self.run_async())
    }

    /// Runs it inside a runtime.
    pub async fn run_async(self) -> Ran {
        self.planned().run().await
    }

    /// Prepares it once, to be run as often as wanted: all runs are executions of one workflow.
    pub fn planned(self) -> Planned {
        let workflow = Workflow::from_value(self.workflow()).expect("the harness writes a workflow");
        let start = if self.inputs.is_empty() { NODE } else { "Start" };
        Planned {
            plan: Arc::new(Plan::new(&workflow, &self.registry, &PlanOptions::default())),
            registry: self.registry,
            ports: self.ports,
            options: RunOptions { start: start.into(), ..self.options },
        }
    }

    /// Start -> one pinned node for each input -> the node.
    fn workflow(&self) -> Value {
        let node = |name: &str, type_name: &str, version: f64| json!({"name": name, "type": type_name, "typeVersion": version});
        let mut tested = node(NODE, &self.type_name, self.version);
        if let Value::Object(fields) = &mut tested {
            fields.extend(self.fields.clone());
        }
        let names: Vec<String> = (0..self.inputs.len()).map(|index| format!("Input {index}")).collect();
        let mut nodes = vec![tested, node("Start", SOURCE, 1.0)];
        nodes.extend(names.iter().map(|name| node(name, &self.above, 1.0)));
        let to = |name: &str, index: usize| json!({"node": name, "type": "main", "index": index});
        let mut connections = json!({"Start": {"main": [names.iter().map(|name| to(name, 0)).collect::<Vec<_>>()]}});
        let mut pins = Map::new();
        for (index, (name, items)) in names.iter().zip(&self.inputs).enumerate() {
            connections[name] = json!({"main": [[to(NODE, index)]]});
            pins.insert(name.clone(), items.iter().map(Item::to_value).collect());
        }
        json!({"name": "testkit", "nodes": nodes, "connections": connections, "pinData": pins, "settings": {"executionOrder": "v1"}})
    }

    /// The node under test.
    pub fn node(&self) -> &Arc<dyn Node> {
        &self.node
    }
}

/// A node in a workflow that is ready to run.
pub struct Planned {
    plan: Arc<Plan>,
    registry: Registry,
    ports: FakePorts,
    options: RunOptions,
}

impl Planned {
    /// Runs it.
    pub async fn run(&self) -> Ran {
        self.execution(self.options.clone()).await
    }

    /// Runs a node without inputs of its own on these items.
    pub async fn run_on(&self, items: impl IntoIterator<Item = Value>) -> Ran {
        let items: Vec<Item> = items.into_iter().map(Item::new).collect();
        self.execution(RunOptions { input: Some(items.into()), ..self.options.clone() }).await
    }

    async fn execution(&self, options: RunOptions) -> Ran {
        let events = Arc::new(Recorder::default());
        let ports = self.ports.ports();
        let durable = Arc::new(InMemory::new(ports.clock.clone(), ports.random.clone()));
        let isolates = Arc::new(Isolates::new(Limits::default(), PoolOptions::default()));
        let ports = EnginePorts {
            isolates,
            plans: Arc::new(Plans::new(self.registry.clone())),
            ports,
            workflows: Arc::new(NoWorkflows),
            events: events.clone(),
            durable,
        };
        let result = engine::run(self.plan.clone(), options, ports).await;
        let last = result.nodes.get(NODE).and_then(|runs| runs.last());
        let broke = || result.error.as_deref().filter(|_| result.status != Status::Success).cloned();
        Ran {
            outputs: last.map(|run| run.outputs.clone()).unwrap_or_default(),
            error: last.and_then(|run| run.error.as_deref().cloned()).or_else(broke),
            events: std::mem::take(&mut *lock(&events.0)),
            result,
        }
    }
}

#[derive(Default)]
struct Recorder(Mutex<Vec<Event>>);

impl EventSink for Recorder {
    fn emit(&self, _: &Arc<str>, event: Event) {
        lock(&self.0).push(event);
    }
}

/// Hands on what it gets.
struct Source(Descriptor);

impl Source {
    fn new() -> Self {
        Self(Descriptor {
            name: SOURCE.into(),
            display_name: "Source".into(),
            description: "Hands on what it gets.".into(),
            trigger: false,
            needs: Needs::All,
            effect: Effect::None,
            versions: vec![VersionGroup::new(&[1.0], &[])].into(),
        })
    }
}

impl Node for Source {
    fn descriptor(&self) -> &Descriptor {
        &self.0
    }

    fn prepare(&self, _cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::All(Box::new(HandOn)))
    }
}

struct HandOn;

#[async_trait::async_trait]
impl RunAll for HandOn {
    async fn run_all(&self, _cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        Ok(Outputs::one(inputs.main().gather().await?))
    }
}
