//! Text or JSON to model.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use node_sdk::context::OnError;
use node_sdk::json::{JsonErrorKind, parse_text, to_number, truthy};
use serde_json::{Map, Value};

use crate::document::Document;
use crate::error::WorkflowError;
use crate::model::{Connection, Connections, ExecutionOrder, Node, NodeSettings, STICKY_NOTE, Settings, Workflow, by_name};
use crate::place::Place;

const TOP_KEYS: [&str; 8] = ["id", "name", "active", "nodes", "connections", "settings", "pinData", "staticData"];
const NODE_KEYS: [&str; 17] = [
    "id",
    "name",
    "type",
    "typeVersion",
    "position",
    "parameters",
    "credentials",
    "disabled",
    "onError",
    "continueOnFail",
    "retryOnFail",
    "maxTries",
    "waitBetweenTries",
    "alwaysOutputData",
    "executeOnce",
    "notes",
    "webhookId",
];

impl Workflow {
    /// Reads a workflow file.
    pub fn load(path: &Path) -> Result<Self, WorkflowError> {
        Self::from_document(Document::read(path)?)
    }

    /// Reads a workflow out of text; `file_name` is for messages.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, WorkflowError> {
        Self::from_document(Document::new(file_name, text))
    }

    /// Reads a workflow out of a document.
    pub fn from_document(document: Document) -> Result<Self, WorkflowError> {
        let (value, root) = one(value_of(&document)?, &document.name)?;
        build(value, Some(Arc::new(document.at(root))))
    }

    /// Reads all workflows of a document that no person named: what is JSON of another kind is [`WorkflowError::NoWorkflow`], also where
    /// something in it is called "nodes".
    pub fn all_found(document: &Document) -> Result<Vec<Result<Self, WorkflowError>>, WorkflowError> {
        let found = unwrap(value_of(document)?, &document.name)?;
        if !found.iter().any(|(value, _)| has_nodes(value)) {
            return Err(WorkflowError::NoWorkflow { file: document.name.clone(), reason: "what its \"nodes\" are is not n8n's".to_owned() });
        }
        Ok(found.into_iter().map(|(value, root)| build(value, Some(Arc::new(document.at(root))))).collect())
    }

    /// A workflow that is already JSON: an inline sub-workflow. It has no places.
    pub fn from_value(value: Value) -> Result<Self, WorkflowError> {
        let (value, _) = one(value, "the inline workflow")?;
        build(value, None)
    }
}

fn value_of(document: &Document) -> Result<Value, WorkflowError> {
    parse_text(&document.text).map_err(|error| match error.kind {
        JsonErrorKind::Empty => WorkflowError::Empty { file: document.name.clone() },
        _ => WorkflowError::NotJson { place: document.place_of(error.offset..error.offset), error },
    })
}

/// A workflow's object, with the path that leads to it.
type Found = (Map<String, Value>, Vec<String>);

/// Whether an object has nodes as n8n writes them, or none yet.
fn has_nodes(workflow: &Map<String, Value>) -> bool {
    let nodes = workflow.get("nodes").and_then(Value::as_array);
    nodes.is_some_and(|nodes| nodes.is_empty() || nodes.iter().any(|node| node.get("type").is_some_and(Value::is_string)))
}

/// The only workflow of a text.
fn one(value: Value, file: &str) -> Result<Found, WorkflowError> {
    let mut found = unwrap(value, file)?;
    if found.len() == 1 {
        return Ok(found.swap_remove(0));
    }
    let name = |(workflow, _): &Found| workflow.get("name").map_or_else(|| "(no name)".to_owned(), node_sdk::json::to_js_string);
    Err(WorkflowError::Several { file: file.to_owned(), names: found.iter().map(name).collect() })
}

/// The objects of workflows, out of what exports put around them: a list (`export:workflow`), `{"workflow": …}` (the template
/// gallery), `{"data": …}` (the API). The wrapper's name and id serve where the workflow has none.
fn unwrap(value: Value, file: &str) -> Result<Vec<Found>, WorkflowError> {
    let none = |reason: &str| WorkflowError::NoWorkflow { file: file.to_owned(), reason: reason.to_owned() };
    let below = |key: &str, (workflow, path): Found| (workflow, std::iter::once(key.to_owned()).chain(path).collect());
    match value {
        Value::Object(map) if map.contains_key("nodes") => Ok(vec![(map, Vec::new())]),
        Value::Object(mut map) => {
            let wraps = |key: &&str| map.get(*key).is_some_and(|inner| inner.is_object() || are_workflows(inner));
            let Some(key) = ["workflow", "data"].into_iter().find(wraps) else {
                return Err(none("there is no list \"nodes\""));
            };
            let mut inner = unwrap(map.shift_remove(key).unwrap_or_default(), file)?;
            if let [(only, _)] = inner.as_mut_slice() {
                for name in ["id", "name"] {
                    if let (false, Some(value)) = (only.contains_key(name), map.get(name)) {
                        only.insert(name.to_owned(), value.clone());
                    }
                }
            }
            Ok(inner.into_iter().map(|found| below(key, found)).collect())
        }
        Value::Array(mut list) if list.len() == 1 => Ok(unwrap(list.swap_remove(0), file)?.into_iter().map(|found| below("0", found)).collect()),
        list if are_workflows(&list) => {
            let Value::Array(list) = list else { return Ok(Vec::new()) };
            let objects = list.into_iter().enumerate().filter_map(|(index, entry)| match entry {
                Value::Object(workflow) => Some((workflow, vec![index.to_string()])),
                _ => None,
            });
            Ok(objects.collect())
        }
        Value::Array(_) => Err(none("it is a list, and not one of workflows")),
        _ => Err(none("it is not an object")),
    }
}

/// Whether it is a list of workflows.
fn are_workflows(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(|entry| entry.get("nodes").is_some()))
}

fn build(source: Map<String, Value>, document: Option<Arc<Document>>) -> Result<Workflow, WorkflowError> {
    let reader = Reader { document: document.as_deref(), faults: RefCell::default() };
    let nodes = reader.nodes(source.get("nodes").unwrap_or(&Value::Null));
    let connections = source.get("connections").filter(|value| !value.is_null()).map(|value| reader.connections(value)).unwrap_or_default();
    if let Some(error) = reader.error() {
        return Err(error);
    }
    Ok(Workflow {
        id: text(&source, "id"),
        name: text(&source, "name"),
        active: source.get("active").is_some_and(truthy),
        index: by_name(&nodes),
        nodes,
        connections,
        settings: source.get("settings").and_then(Value::as_object).map(settings).unwrap_or_default(),
        extra: others(&source, &TOP_KEYS),
        source: Arc::new(Value::Object(source)),
        document,
    })
}

/// How many faults of one file are worth naming.
const MOST_FAULTS: usize = 50;

/// Reads all parts of a workflow and gathers what is wrong. What a part gives that is wrong does not matter: there will be no workflow.
struct Reader<'a> {
    document: Option<&'a Document>,
    faults: RefCell<Vec<WorkflowError>>,
}

impl Reader<'_> {
    /// All faults, in the order of the file.
    fn error(&self) -> Option<WorkflowError> {
        let mut faults = self.faults.take();
        faults.sort_by_key(|fault| fault.place().map(|place| place.range.start));
        let mut faults = faults.into_iter();
        let first = faults.next()?;
        let more: Vec<WorkflowError> = faults.collect();
        Some(if more.is_empty() { first } else { WorkflowError::Faults { first: Box::new(first), more } })
    }

    /// Finding a place reads the text from its start, so it is done for no more faults than are named.
    fn fault(&self, path: &[&str], make: impl FnOnce(Option<Place>) -> WorkflowError) {
        if self.faults.borrow().len() < MOST_FAULTS {
            let place = self.document.and_then(|document| document.place(path, None));
            self.faults.borrow_mut().push(make(place));
        }
    }

    fn misshapen<T>(&self, path: &[&str], expected: &'static str) -> Option<T> {
        self.fault(path, |place| WorkflowError::Shape { path: path.join("."), expected, place });
        None
    }

    fn object<'v>(&self, value: &'v Value, path: &[&str]) -> Option<&'v Map<String, Value>> {
        value.as_object().or_else(|| self.misshapen(path, "an object"))
    }

    fn list<'v>(&self, value: &'v Value, path: &[&str]) -> Option<&'v [Value]> {
        value.as_array().map(Vec::as_slice).or_else(|| self.misshapen(path, "a list"))
    }

    fn nodes(&self, value: &Value) -> Vec<Node> {
        let mut names = HashSet::new();
        let mut nodes = Vec::new();
        for (index, value) in self.list(value, &["nodes"]).unwrap_or_default().iter().enumerate() {
            let index = index.to_string();
            let named = value.get("type").is_none_or(|kind| kind != STICKY_NOTE);
            let name = value.get("name").and_then(Value::as_str).filter(|name| named && !name.is_empty());
            if let Some(name) = name.filter(|name| !names.insert(*name)) {
                self.fault(&["nodes", &index, "name"], |place| WorkflowError::DuplicateName { name: name.to_owned(), place });
            }
            nodes.extend(self.node(value, &index));
        }
        nodes
    }

    fn node(&self, value: &Value, index: &str) -> Option<Node> {
        let map = self.object(value, &["nodes", index])?;
        let word = |key: &str| match map.get(key) {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            _ => self.misshapen(&["nodes", index, key], "a text that is not empty"),
        };
        let part = |key: &str| match map.get(key) {
            None | Some(Value::Null) => Some(Map::new()),
            Some(value) => self.object(value, &["nodes", index, key]).cloned(),
        };
        let type_version = match map.get("typeVersion") {
            None => Some(f64::NAN),
            Some(value @ (Value::Null | Value::Number(_) | Value::String(_))) => to_number(value),
            Some(_) => None,
        };
        let type_version = type_version.or_else(|| self.misshapen(&["nodes", index, "typeVersion"], "a number"));
        // Nothing can lead to a node without a name, or speak of it; n8n reads such files all the same.
        let nameless = || format!("(nodes[{index}], without a name)");
        let name = match map.get("name") {
            None | Some(Value::Null) => Some(nameless()),
            Some(Value::String(text)) => Some(if text.is_empty() { nameless() } else { text.clone() }),
            Some(_) => self.misshapen(&["nodes", index, "name"], "a text"),
        };
        let credentials = match map.get("credentials") {
            // Files that were made anonymous: "[REDACTED]".
            Some(Value::String(_)) => Some(Map::new()),
            _ => part("credentials"),
        };
        // All are looked at before the first that is missing ends it.
        let (type_name, parameters) = (word("type"), part("parameters"));
        Some(Node {
            id: text(map, "id"),
            name: name?,
            type_name: type_name?,
            type_version: type_version?,
            position: position(map.get("position")),
            parameters: Arc::new(parameters?),
            credentials: credentials?,
            disabled: flag(map, "disabled"),
            settings: node_settings(map),
            extra: others(map, &NODE_KEYS),
        })
    }

    fn connections(&self, value: &Value) -> Connections {
        let mut all = IndexMap::new();
        for (source, kinds) in self.object(value, &["connections"]).into_iter().flatten() {
            let mut by_kind = IndexMap::new();
            for (kind, outputs) in self.object(kinds, &["connections", source]).into_iter().flatten() {
                let outputs = self.list(outputs, &["connections", source, kind]).unwrap_or_default().iter().enumerate();
                let outputs = outputs.map(|(output, list)| self.output(list, &["connections", source, kind, &output.to_string()]));
                by_kind.insert(kind.clone(), outputs.collect());
            }
            all.insert(source.clone(), by_kind);
        }
        Connections(all)
    }

    fn output(&self, value: &Value, path: &[&str]) -> Option<Vec<Connection>> {
        if value.is_null() {
            return None;
        }
        let entry = |(index, entry): (usize, &Value)| {
            let index = index.to_string();
            let at: Vec<&str> = path.iter().copied().chain([index.as_str()]).collect();
            let map = self.object(entry, &at)?;
            let Some(Value::String(node)) = map.get("node") else { return self.misshapen(&at, "a connection with \"node\", a node's name") };
            let kind = map.get("type").and_then(Value::as_str).unwrap_or("main").to_owned();
            let index = map.get("index").and_then(Value::as_f64).filter(|index| *index >= 0.0 && index.fract() == 0.0).unwrap_or(0.0);
            if index > MAX_INPUT {
                let at: Vec<&str> = at.iter().copied().chain(["index"]).collect();
                return self.misshapen(&at, "an input's number, which is 1000 at most");
            }
            let index = index as usize;
            Some(Connection { node: node.clone(), kind, index })
        };
        Some(self.list(value, path)?.iter().enumerate().filter_map(entry).collect())
    }
}

/// Highest input that a connection may lead to: each input below it takes memory.
const MAX_INPUT: f64 = 1000.0;

fn node_settings(map: &Map<String, Value>) -> NodeSettings {
    let continue_on_fail = flag(map, "continueOnFail");
    NodeSettings {
        on_error: match map.get("onError").and_then(Value::as_str) {
            Some("continueRegularOutput") => OnError::ContinueRegularOutput,
            Some("continueErrorOutput") => OnError::ContinueErrorOutput,
            None if continue_on_fail => OnError::ContinueRegularOutput,
            _ => OnError::Stop,
        },
        continue_on_fail,
        retry_on_fail: flag(map, "retryOnFail"),
        max_tries: map.get("maxTries").and_then(to_number),
        wait_between_tries: map.get("waitBetweenTries").and_then(to_number),
        always_output_data: flag(map, "alwaysOutputData"),
        execute_once: flag(map, "executeOnce"),
        notes: text(map, "notes"),
        webhook_id: map.get("webhookId").and_then(Value::as_str).map(str::to_owned),
    }
}

fn settings(map: &Map<String, Value>) -> Settings {
    Settings {
        execution_order: if map.get("executionOrder").is_some_and(|order| order == "v1") { ExecutionOrder::V1 } else { ExecutionOrder::V0 },
        timezone: map.get("timezone").and_then(Value::as_str).filter(|zone| !zone.is_empty() && *zone != "DEFAULT").map(str::to_owned),
        execution_timeout: map.get("executionTimeout").and_then(to_number).filter(|s| *s > 0.0).and_then(|s| Duration::try_from_secs_f64(s).ok()),
        all: map.clone(),
    }
}

fn position(value: Option<&Value>) -> [f64; 2] {
    let part = |index: usize| value.and_then(|value| value.get(index)).and_then(Value::as_f64).unwrap_or(0.0);
    [part(0), part(1)]
}

fn text(map: &Map<String, Value>, key: &str) -> String {
    match map.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(value) => node_sdk::json::to_js_string(value),
    }
}

fn flag(map: &Map<String, Value>, key: &str) -> bool {
    map.get(key).is_some_and(truthy)
}

fn others(map: &Map<String, Value>, known: &[&str]) -> Map<String, Value> {
    map.iter().filter(|(key, _)| !known.contains(&key.as_str())).map(|(key, value)| (key.clone(), value.clone())).collect()
}
