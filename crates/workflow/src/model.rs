//! The workflow, its nodes, connections and settings.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use node_sdk::Item;
use node_sdk::context::OnError;
use serde_json::{Map, Value};

use crate::document::Document;
use crate::place::Place;

/// A workflow as the file has it.
///
/// A view: to change a workflow, change its JSON ([`Self::to_value`]) and read it again. So nothing is lost that this model does not know.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// Top-level `id`; "" where there is none.
    pub id: String,
    /// Its name; "" where there is none.
    pub name: String,
    /// Whether it is active.
    pub active: bool,
    /// The nodes, in the order of the file.
    pub nodes: Vec<Node>,
    /// Who hands items to whom.
    pub connections: Connections,
    /// `settings`.
    pub settings: Settings,
    /// Other top-level keys.
    pub extra: Map<String, Value>,
    pub(crate) index: HashMap<String, usize>,
    /// The workflow's object as it stood, inside whatever wrapped it.
    pub(crate) source: Arc<Value>,
    pub(crate) document: Option<Arc<Document>>,
}

/// One node.
#[derive(Debug, Clone)]
pub struct Node {
    /// `id`; "" where there is none.
    pub id: String,
    /// Unique in the workflow, but for sticky notes, to which nothing leads. A node without a name has one made of its place.
    pub name: String,
    /// Full type name, for example `n8n-nodes-base.set`.
    pub type_name: String,
    /// `typeVersion`; NaN where there is none, 0 for null: `Descriptor::version` says what runs it.
    pub type_version: f64,
    /// Left and top on the canvas; `[0, 0]` where there is none.
    pub position: [f64; 2],
    /// The parameters, expressions still text.
    pub parameters: Arc<Map<String, Value>>,
    /// Credential type to `{id, name}`.
    pub credentials: Map<String, Value>,
    /// Passes its items through.
    pub disabled: bool,
    /// The settings that every node has.
    pub settings: NodeSettings,
    /// Other keys.
    pub extra: Map<String, Value>,
}

/// The settings that every node has, as they take effect.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeSettings {
    /// What the node itself does about an error of an item: `onError`, and only where it says nothing the older `continueOnFail`.
    pub on_error: OnError,
    /// The older `continueOnFail`, as the file has it. The engine heeds it even where `onError` says stop ([`Self::goes_on`]).
    pub continue_on_fail: bool,
    /// Run again after an error.
    pub retry_on_fail: bool,
    /// How often in all, as the file has it: the engine clamps it.
    pub max_tries: Option<f64>,
    /// Milliseconds between tries, as the file has it.
    pub wait_between_tries: Option<f64>,
    /// One empty item where there would be none.
    pub always_output_data: bool,
    /// Only the first item.
    pub execute_once: bool,
    /// A note for people.
    pub notes: String,
    /// The id behind the paths of its webhooks.
    pub webhook_id: Option<String>,
}

impl NodeSettings {
    /// Whether the run goes on after the node threw. With `onError` "stopWorkflow" and `continueOnFail` the node throws as one
    /// that stops, and the engine goes on with what came in.
    pub fn goes_on(&self) -> bool {
        self.continue_on_fail || self.on_error != OnError::Stop
    }
}

/// `settings` of a workflow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// `v1`, else the older order `v0`, which files without the key mean.
    pub execution_order: ExecutionOrder,
    /// An IANA name; `None` where the file says nothing or `DEFAULT`.
    pub timezone: Option<String>,
    /// How long a run may take; none where the file says nothing, 0 or less.
    pub execution_timeout: Option<Duration>,
    /// All keys as the file has them.
    pub all: Map<String, Value>,
}

/// The two orders in which n8n runs nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExecutionOrder {
    /// The older one.
    #[default]
    V0,
    /// Depth first, branches from top to bottom.
    V1,
}

/// All connections: source name, kind (`main`, `ai_tool`, ...), a list for each output. In the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Connections(pub IndexMap<String, IndexMap<String, OutputLists>>);

/// For each output of a node its connections; `None` is n8n's `null`.
pub type OutputLists = Vec<Option<Vec<Connection>>>;

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The node it leads to; it may not be there.
    pub node: String,
    /// Kind of the input it leads to; `main` for items.
    pub kind: String,
    /// The input it leads to.
    pub index: usize,
}

/// The type of notes on the canvas.
pub(crate) const STICKY_NOTE: &str = "n8n-nodes-base.stickyNote";

impl Node {
    /// Whether it is a note on the canvas: nothing leads to one, so that its name need not be its own.
    pub fn is_note(&self) -> bool {
        self.type_name == STICKY_NOTE
    }
}

/// Which node is meant by each name: of several, one that is no note.
pub(crate) fn by_name(nodes: &[Node]) -> HashMap<String, usize> {
    let mut index = HashMap::with_capacity(nodes.len());
    for (at, node) in nodes.iter().enumerate() {
        let known = index.contains_key(&node.name);
        if !(known && node.is_note()) {
            index.insert(node.name.clone(), at);
        }
    }
    index
}

impl Workflow {
    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.index.get(name).map(|index| &self.nodes[*index])
    }

    /// The items that are pinned to a node. `Some` of an empty list pins it to nothing.
    pub fn pinned(&self, node: &str) -> Option<Vec<Item>> {
        let items = self.source.get("pinData")?.get(node)?.as_array()?;
        Some(items.iter().cloned().map(Item::from_value).collect())
    }

    /// Whether items are pinned to the node.
    pub fn is_pinned(&self, node: &str) -> bool {
        self.source.get("pinData").and_then(|pins| pins.get(node)).is_some_and(Value::is_array)
    }

    /// What the workflow keeps between executions, as the file has it.
    pub fn static_data(&self) -> Option<&Map<String, Value>> {
        self.source.get("staticData").and_then(Value::as_object)
    }

    /// The workflow's JSON, with all that the file said and nothing else.
    pub fn to_value(&self) -> &Value {
        &self.source
    }

    /// The text it was read from; `None` for one that came as a value.
    pub fn document(&self) -> Option<&Arc<Document>> {
        self.document.as_ref()
    }

    /// Where a node stands in the file, or its parameter (a dotted path). What is not there gives the place of what holds it.
    pub fn place(&self, node: &str, parameter: Option<&str>) -> Option<Place> {
        self.place_in(node, parameter, None)
    }

    /// [`Self::place`] inside a text: `offset` counts the bytes of the text's value, as after an expression's syntax error.
    pub fn place_in(&self, node: &str, parameter: Option<&str>, offset: Option<usize>) -> Option<Place> {
        let document = self.document.as_ref()?;
        let index = *self.index.get(node)?;
        let Some(parameter) = parameter else { return document.place(&["nodes", &index.to_string(), "name"], None) };
        let index = index.to_string();
        let mut path = vec!["nodes", index.as_str(), "parameters"];
        path.extend(parameter.split('.'));
        document.place(&path, offset)
    }

    /// Where the value of a node's own key stands, such as that of `type`.
    pub fn key_place(&self, node: &str, key: &str) -> Option<Place> {
        let index = self.index.get(node)?.to_string();
        self.document.as_ref()?.place(&["nodes", &index, key], None)
    }

    /// Where a connection's entry stands.
    pub fn connection_place(&self, source: &str, kind: &str, output: usize, entry: usize) -> Option<Place> {
        let (output, entry) = (output.to_string(), entry.to_string());
        self.document.as_ref()?.place(&["connections", source, kind, &output, &entry, "node"], None)
    }
}

impl Connections {
    /// The main connections of a node, a list for each output; `None` is n8n's `null`.
    pub fn main(&self, source: &str) -> &[Option<Vec<Connection>>] {
        self.kind(source, "main")
    }

    /// The connections of a node of one kind, a list for each output.
    pub fn kind(&self, source: &str, kind: &str) -> &[Option<Vec<Connection>>] {
        self.0.get(source).and_then(|kinds| kinds.get(kind)).map_or(&[], Vec::as_slice)
    }

    /// Every connection, as (source, kind of the output, output, place in its list, connection), in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, usize, usize, &Connection)> {
        self.0.iter().flat_map(|(source, kinds)| {
            kinds.iter().flat_map(move |(kind, outputs)| {
                outputs.iter().enumerate().flat_map(move |(output, list)| {
                    list.iter().flatten().enumerate().map(move |(entry, connection)| (source.as_str(), kind.as_str(), output, entry, connection))
                })
            })
        })
    }
}
