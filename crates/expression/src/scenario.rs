//! An execution made up from JSON: what `konverte eval` evaluates against, and the tests too.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use node_sdk::error::codes;
use node_sdk::sync::lock;
use node_sdk::{Item, ItemList};
use serde_json::{Map, Value, json};

use crate::evaluator::Evaluator;
use crate::limits::Limits;
use crate::session::Session;
use crate::view::{ExecutionInfo, ExecutionView, NodeView, Scope, SharedMap, SourceRef, WorkflowInfo};

/// What holds where a request does not say.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// The time zone.
    pub timezone: String,
    /// The clock, in milliseconds since 1970.
    pub now: i64,
    /// Limits of one evaluation.
    pub limits: Limits,
}

/// Answers one request of `konverte eval --batch`: `{"expression", "input", "itemIndex", "timezone", "now", "context", "before",
/// "vars", "env", "workflow", "execution"}`, all but `expression` optional.
///
/// ```
/// use expression::scenario::{Defaults, evaluate};
/// use serde_json::json;
///
/// let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: expression::Limits::default() };
/// let line = evaluate(&json!({"expression": "={{ $json.a + 1 }}", "input": {"a": 1}}), &defaults);
/// assert_eq!(line, json!({"value": 2, "type": "number"}));
/// ```
pub fn evaluate(request: &Value, defaults: &Defaults) -> Value {
    let scope = scope(request, defaults);
    let evaluator = Evaluator::new(Arc::new(Session::new(defaults.limits)), scope);
    let item = request["itemIndex"].as_u64().unwrap_or(0) as usize;
    for before in request["before"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        _ = evaluator.evaluate(&before.into(), item, None);
    }
    match request["expression"].as_str() {
        Some(expression) => evaluator.evaluate_marked(&expression.into(), item, None),
        None => json!({"error": {"code": codes::PARAMETER.as_str(), "message": "`expression` is missing"}}),
    }
}

/// The node run that such a request describes.
pub fn scope(request: &Value, defaults: &Defaults) -> Scope {
    Scenario::scope(request, defaults)
}

#[derive(Default)]
struct Run {
    outputs: Vec<ItemList>,
    sources: Vec<Option<SourceRef>>,
}

/// Where a connection begins: node and output.
type Origin = (String, usize);

/// An execution made up from JSON.
struct Scenario {
    nodes: HashMap<String, NodeView>,
    runs: HashMap<String, Vec<Run>>,
    /// For each node the connections that lead to it.
    incoming: HashMap<String, Vec<Origin>>,
    workflow: WorkflowInfo,
    execution: ExecutionInfo,
    vars: Arc<Value>,
    env: Option<Arc<Map<String, Value>>>,
    now: i64,
    timezone: String,
    contexts: Mutex<HashMap<String, SharedMap>>,
}

/// The node that the expression stands in.
const CURRENT: &str = "Current";

impl Scenario {
    fn scope(request: &Value, defaults: &Defaults) -> Scope {
        let simple;
        let context = match &request["context"] {
            Value::Object(map) if map.contains_key("nodes") || map.contains_key("runs") => &request["context"],
            _ => {
                simple = simple_context(&request["input"]);
                &simple
            }
        };
        let scenario = Self::read(context, request, defaults);
        let input = &context["input"];
        let source =
            SourceRef { node: input["from"].as_str().unwrap_or_default().into(), output: number(&input["output"]), run: number(&input["run"]) };
        let items = scenario.output(&source.node, source.run, source.output).unwrap_or_default();
        let parameters = scenario.nodes.get(CURRENT).map(|node| node.parameters.clone()).unwrap_or_default();
        Scope {
            view: Arc::new(scenario),
            node: CURRENT.into(),
            run_index: number(&context["runIndex"]),
            inputs: vec![items],
            sources: vec![Some(source)],
            parameters,
            exact_integers: false,
        }
    }

    fn read(context: &Value, request: &Value, defaults: &Defaults) -> Self {
        let mut nodes: HashMap<String, NodeView> =
            context["nodes"].as_array().into_iter().flatten().map(node).map(|node| (node.name.to_string(), node)).collect();
        nodes.entry(CURRENT.into()).or_insert_with(|| node(&json!({"name": CURRENT})));
        let runs = context["runs"].as_object().into_iter().flatten();
        let workflow = &request["workflow"];
        let execution = &request["execution"];
        let id = execution["id"].as_str().unwrap_or("1").to_owned();
        Self {
            nodes,
            runs: runs.map(|(name, list)| (name.clone(), list.as_array().into_iter().flatten().map(run).collect())).collect(),
            incoming: incoming(&context["connections"]),
            workflow: WorkflowInfo {
                id: text(&workflow["id"]),
                name: text(&workflow["name"]),
                active: workflow["active"].as_bool().unwrap_or(false),
            },
            execution: ExecutionInfo {
                mode: execution["mode"].as_str().unwrap_or("test").to_owned(),
                resume_url: format!("http://localhost:5678/webhook-waiting/{id}"),
                resume_form_url: format!("http://localhost:5678/form-waiting/{id}"),
                id,
            },
            vars: Arc::new(request.get("vars").cloned().unwrap_or_else(|| json!({}))),
            env: request["env"].as_object().cloned().map(Arc::new),
            now: moment(&request["now"]).unwrap_or(defaults.now),
            timezone: request["timezone"].as_str().unwrap_or(&defaults.timezone).to_owned(),
            contexts: Mutex::default(),
        }
    }

    /// All nodes before `name`, nearest first, with the connection that was followed.
    fn before(&self, name: &str) -> Vec<Origin> {
        let mut seen = HashSet::new();
        let mut queue = VecDeque::from([name.to_owned()]);
        let mut found = Vec::new();
        while let Some(at) = queue.pop_front() {
            for origin in self.incoming.get(&at).into_iter().flatten() {
                if seen.insert(origin.0.clone()) {
                    queue.push_back(origin.0.clone());
                    found.push(origin.clone());
                }
            }
        }
        found
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> usize {
    value.as_u64().unwrap_or(0) as usize
}

fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => n.as_i64(),
        Value::String(s) => s.parse::<Timestamp>().ok().map(Timestamp::as_millisecond),
        _ => None,
    }
}

/// Two nodes: what entered, and the node that the expression stands in.
fn simple_context(input: &Value) -> Value {
    let items: Vec<Value> = match input {
        Value::Array(list) => list.clone(),
        Value::Null => vec![json!({})],
        one => vec![one.clone()],
    };
    let items: Vec<Value> = items.into_iter().enumerate().map(|(i, json)| json!([json, {"item": i}])).collect();
    json!({
        "nodes": [{"name": "Source", "typeVersion": 2}, {"name": CURRENT, "typeVersion": 2}],
        "connections": {"Source": {"main": [[{"node": CURRENT, "type": "main", "index": 0}]]}},
        "runs": {"Source": [{"out": [items], "source": []}]},
        "input": {"from": "Source"},
    })
}

/// The node type of n8n's recorded scenarios, which stands in their contexts and nowhere else.
const SCENARIO_TYPE: &str = "test.set";

/// The properties of [`SCENARIO_TYPE`], each with the default `""`: `$parameter` shows those that a node does not set.
const SCENARIO_PROPERTIES: &[&str] = &["own", "resource", "limit", "greeting", "options", "list", "nested", "dyn", "only"];

fn node(value: &Value) -> NodeView {
    let given = value["parameters"].as_object().cloned().unwrap_or_default();
    let mut parameters = Map::new();
    if value["type"] == SCENARIO_TYPE {
        parameters.extend(SCENARIO_PROPERTIES.iter().map(|name| ((*name).to_owned(), json!(""))));
    }
    parameters.extend(given);
    NodeView {
        name: text(&value["name"]).into(),
        id: text(&value["id"]).into(),
        kind: text(&value["type"]).into(),
        type_version: value["typeVersion"].as_f64().unwrap_or(1.0),
        disabled: value["disabled"].as_bool().unwrap_or(false),
        parameters: Arc::new(parameters),
        webhook_id: value["webhookId"].as_str().map(Into::into),
    }
}

fn run(value: &Value) -> Run {
    let outputs = value["out"].as_array().into_iter().flatten();
    let sources = value["source"].as_array().into_iter().flatten();
    Run { outputs: outputs.map(|items| items.as_array().into_iter().flatten().map(item).collect()).collect(), sources: sources.map(source).collect() }
}

/// `[json, pairedItem, binary]`.
fn item(value: &Value) -> Item {
    let mut whole = Map::new();
    for (key, index) in [("json", 0), ("pairedItem", 1), ("binary", 2)] {
        match value.get(index) {
            None | Some(Value::Null) => {}
            Some(part) => _ = whole.insert(key.into(), part.clone()),
        }
    }
    Item::from_value(Value::Object(whole))
}

fn source(value: &Value) -> Option<SourceRef> {
    let node = value["previousNode"].as_str()?;
    Some(SourceRef { node: node.into(), output: number(&value["previousNodeOutput"]), run: number(&value["previousNodeRun"]) })
}

fn incoming(connections: &Value) -> HashMap<String, Vec<Origin>> {
    let mut incoming: HashMap<String, Vec<Origin>> = HashMap::new();
    for (from, outputs) in connections.as_object().into_iter().flatten() {
        for (index, targets) in outputs["main"].as_array().into_iter().flatten().enumerate() {
            for target in targets.as_array().into_iter().flatten() {
                incoming.entry(text(&target["node"])).or_default().push((from.clone(), index));
            }
        }
    }
    incoming
}

impl ExecutionView for Scenario {
    fn node(&self, name: &str) -> Option<NodeView> {
        self.nodes.get(name).cloned()
    }

    fn run_count(&self, name: &str) -> usize {
        self.runs.get(name).map_or(0, Vec::len)
    }

    fn output(&self, name: &str, run: usize, branch: usize) -> Option<ItemList> {
        self.runs.get(name)?.get(run)?.outputs.get(branch).cloned()
    }

    fn outputs_len(&self, name: &str, run: usize) -> usize {
        self.runs.get(name).and_then(|runs| runs.get(run)).map_or(0, |run| run.outputs.len())
    }

    fn source(&self, name: &str, run: usize) -> Vec<Option<SourceRef>> {
        self.runs.get(name).and_then(|runs| runs.get(run)).map(|run| run.sources.clone()).unwrap_or_default()
    }

    fn pinned(&self, _: &str) -> bool {
        false
    }

    fn parents(&self, name: &str) -> Vec<String> {
        self.before(name).into_iter().map(|(node, _)| node).collect()
    }

    fn connected_output(&self, from: &str, to: &str) -> Option<usize> {
        self.before(to).into_iter().find(|(node, _)| node == from).map(|(_, output)| output)
    }

    fn context(&self, name: &str) -> SharedMap {
        lock(&self.contexts).entry(name.to_owned()).or_default().clone()
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
        self.context(&format!("static:{}", node.unwrap_or_default()))
    }

    fn custom_data(&self) -> SharedMap {
        self.context("execution:")
    }

    fn now(&self) -> i64 {
        self.now
    }

    fn timezone(&self) -> &str {
        &self.timezone
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn content(&self, _: &str) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(request: &Value) -> Value {
        evaluate(request, &Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() })
    }

    #[test]
    fn only_the_recordings_node_type_has_properties() {
        let parameters = |kind: &str| json!({"expression": "={{ $parameter }}", "context": {"nodes": [{"name": CURRENT, "type": kind}]}});
        assert_eq!(of(&json!({"expression": "={{ $parameter }}"}))["value"], json!({}));
        assert_eq!(of(&parameters("n8n-nodes-base.set"))["value"], json!({}));
        assert_eq!(of(&parameters(SCENARIO_TYPE))["value"]["own"], json!(""));
    }

    #[test]
    fn functions_of_ours_show_their_name_only() {
        for name in ["$getPairedItem", "$items", "$jmespath", "$('Source').first", "$if", "DateTime.now", "DateTime", "$evaluateExpression"] {
            let shown = of(&json!({"expression": format!("={{{{ String({name}) }}}}")}));
            let text = shown["value"].as_str().unwrap_or_default();
            assert!(text.starts_with("function ") && text.ends_with("() { [native code] }") && text.len() < 60, "{name}: {shown}");
        }
        assert_eq!(of(&json!({"expression": "={{ String((a) => a + 1) }}"}))["value"], json!("(a) => a + 1"));
        assert_eq!(of(&json!({"expression": "={{ $if.fileName }}"}))["value"], json!({"undefined": true}));
    }

    #[test]
    fn values_come_out_whole_or_with_a_reason() {
        let nested = |depth: usize| json!({"expression": format!("={{{{ Array.from({{length: {depth}}}).reduce((inner) => [inner], 0) }}}}")});
        assert!(of(&nested(900)).get("error").is_none());
        assert!(of(&nested(3000))["error"]["message"].as_str().is_some_and(|message| message.contains("Maximum call stack size exceeded")));
        assert_eq!(of(&json!({"expression": "={{ ({'\\ud83d': 'a\\ud83d'}) }}"}))["value"], json!({"\u{fffd}": "a\u{fffd}"}));
    }
}
