//! A workflow that is ready to run: its graph, and each node prepared once.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use expression::Demand;
use node_sdk::context::OnError;
use node_sdk::{
    Effect, ItemList, Node, NodeError, NodeInfo, Parameters, PrepareContext, Prepared, References, Registry, RequiredInputs, Retries, WorkflowInfo,
};
use serde_json::{Map, Value};
use workflow::model::ExecutionOrder;
use workflow::{Graph, Workflow};

use crate::codes;
use crate::defaults;

/// What a plan needs beside the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PlanOptions {
    /// For a file without `settings.timezone`; UTC without it.
    pub timezone: Option<String>,
}

/// A workflow that is ready to run, as often as wanted.
pub struct Plan {
    /// For the workflows that this one calls.
    pub(crate) options: PlanOptions,
    pub(crate) info: Arc<WorkflowInfo>,
    pub(crate) order: ExecutionOrder,
    /// What the file gives a run.
    pub(crate) timeout: Option<Duration>,
    pub(crate) graph: Arc<Graph>,
    pub(crate) nodes: Vec<PlannedNode>,
    /// Which inputs each node needs when it waits.
    pub(crate) required: Arc<[RequiredInputs]>,
    /// Which credential types its nodes may ask for.
    pub(crate) registry: Registry,
    /// Where it begins when another workflow calls it, or why it cannot be called; found out with the first call.
    pub(crate) called: OnceLock<Result<String, NodeError>>,
    demand: OnceLock<Demand>,
    looks_back: OnceLock<bool>,
}

/// One node of a plan.
pub(crate) struct PlannedNode {
    pub(crate) name: Arc<str>,
    pub(crate) info: Arc<NodeInfo>,
    /// The node as expressions see it.
    pub(crate) view: expression::NodeView,
    /// Its parameters with their defaults; they hold the programs of their expressions.
    pub(crate) parameters: Arc<Parameters>,
    pub(crate) settings: Settings,
    pub(crate) pins: Option<ItemList>,
    /// An `Err` fails the node when it runs.
    pub(crate) prepared: Result<Prepared, Box<NodeError>>,
    pub(crate) effect: Effect,
    /// Whether it runs code of the user's.
    pub(crate) runs_code: bool,
    native: OnceLock<bool>,
    /// Number of outputs, without the error output.
    pub(crate) outputs: usize,
    /// Whether plain paths hand over integers beyond 2^53 as they are.
    pub(crate) exact_integers: bool,
}

/// A node's settings, as far as they change a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(crate) disabled: bool,
    /// The run goes on after the node threw.
    pub(crate) goes_on: bool,
    /// Items with errors go to an output of their own.
    pub(crate) error_output: bool,
    pub(crate) always_output: bool,
    pub(crate) execute_once: bool,
    pub(crate) retry: Option<Retries>,
}

impl Plan {
    /// Prepares each node. A node that cannot be prepared, or whose type is not supported, fails when it runs.
    pub fn new(workflow: &Workflow, registry: &Registry, options: &PlanOptions) -> Self {
        let timezone = workflow.settings.timezone.clone().or_else(|| options.timezone.clone()).unwrap_or_else(|| "UTC".into());
        let info = WorkflowInfo { id: workflow.id.clone(), name: workflow.name.clone(), active: workflow.active, timezone };
        let planned = workflow.nodes.iter().map(|node| PlannedNode::new(workflow, node, registry));
        let (nodes, required): (Vec<_>, Vec<_>) = planned.unzip();
        let (order, timeout) = (workflow.settings.execution_order, workflow.settings.execution_timeout);
        Self {
            options: options.clone(),
            info: Arc::new(info),
            order,
            timeout,
            graph: Arc::new(workflow.graph()),
            nodes,
            required: required.into(),
            registry: registry.clone(),
            called: OnceLock::new(),
            demand: OnceLock::new(),
            looks_back: OnceLock::new(),
        }
    }

    /// What its executions need of isolates; found out once.
    pub(crate) fn demand(&self) -> Demand {
        let enabled = || self.nodes.iter().filter(|node| !node.settings.disabled);
        *self.demand.get_or_init(|| {
            let expressions: Vec<_> = enabled().flat_map(|node| node.parameters.expressions()).collect();
            Demand::of(expressions.iter().map(AsRef::as_ref), enabled().any(|node| node.runs_code))
        })
    }

    /// Whether anything looks at items of a run again after they were handed on; found out once.
    pub(crate) fn looks_back(&self) -> bool {
        *self.looks_back.get_or_init(|| self.nodes.iter().filter(|node| !node.settings.disabled).any(|node| node.looks_back(&self.registry)))
    }

    /// The node of this name.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.graph.find(name)
    }
}

impl PlannedNode {
    fn new(workflow: &Workflow, node: &workflow::Node, registry: &Registry) -> (Self, RequiredInputs) {
        let settings = Settings::read(node);
        let found = registry.find_version(&node.type_name, node.type_version);
        let group = found.as_ref().and_then(|found| found.descriptor().version(node.type_version));
        let info = Arc::new(info(node));
        let parameters = Arc::new(match group {
            Some(group) => Parameters::filled(group, &node.parameters, node.type_version).of(group, node.type_version),
            None => Parameters::new(node.parameters.clone()),
        });
        let cx = PrepareContext { node: &info, parameters: &parameters };
        let supported = found.as_deref().filter(|_| group.is_some());
        let prepared = match supported {
            Some(_) if settings.disabled => Err(Box::new(unsupported(node))),
            Some(found) => defaults::beyond(&parameters).map_or_else(|| found.prepare(&cx), Err).map_err(Box::new),
            None => Err(Box::new(unsupported(node))),
        };
        let of_node = |read: &dyn Fn(&dyn Node) -> usize| supported.map_or(1, read);
        let planned = Self {
            name: node.name.as_str().into(),
            view: view(node, parameters.raw().clone()),
            parameters: parameters.clone(),
            settings,
            pins: workflow.pinned(&node.name).map(ItemList::from),
            prepared,
            effect: supported.map_or(Effect::Once, |found| found.effect(&cx)),
            native: OnceLock::new(),
            runs_code: supported.is_some_and(|found| found.runs_code(&cx)),
            outputs: of_node(&|found| found.outputs(&cx)),
            exact_integers: group.is_some_and(|group| group.exact_integers),
            info: info.clone(),
        };
        (planned, supported.map_or(RequiredInputs::Any, |found| found.required_inputs(&cx)))
    }

    /// Whether it can make anyone look at items that were handed on: an expression or code of its own; or an error of a request that became an
    /// item, for what secrets such items hold, and what is not known of their requests, is found out at the end of the run.
    fn looks_back(&self, registry: &Registry) -> bool {
        let Some(found) = registry.find_version(&self.info.type_name, self.info.type_version) else { return false };
        let back = |found: &References| found.any_node || !found.nodes.is_empty();
        let cx = PrepareContext { node: &self.info, parameters: &self.parameters };
        sends_and_goes_on(&*found, self.settings.goes_on)
            || found.code_references(&cx).is_some_and(|(_, found)| back(&found))
            || self.parameters.expressions().into_iter().any(|own| expression::check(own.text()).as_ref().map_or(true, back))
    }

    /// Whether no expression of its parameters needs JavaScript, as far as their texts tell; found out once.
    pub(crate) fn is_native(&self) -> bool {
        *self.native.get_or_init(|| self.parameters.expressions().into_iter().all(|expression| expression::is_native(&expression)))
    }
}

/// Whether a node of this type sends requests, and its settings let the run go on after an error: then an error of a request, which may repeat
/// secrets, can become an item.
pub fn sends_and_goes_on(node_type: &dyn Node, goes_on: bool) -> bool {
    goes_on && node_type.descriptor().effect != Effect::None
}

impl Settings {
    fn read(node: &workflow::Node) -> Self {
        let settings = &node.settings;
        let retry = retries(settings.max_tries, settings.wait_between_tries);
        Self {
            disabled: node.disabled,
            goes_on: settings.goes_on(),
            error_output: settings.on_error == OnError::ContinueErrorOutput,
            always_output: settings.always_output_data,
            execute_once: settings.execute_once,
            retry: settings.retry_on_fail.then_some(retry),
        }
    }
}

/// n8n's bounds: 2 to 5 tries (3 where nothing is said), up to 5 s between them (1 s where nothing or 0 is said).
fn retries(max_tries: Option<f64>, wait: Option<f64>) -> Retries {
    let tries = max_tries.filter(|tries| *tries != 0.0).unwrap_or(3.0).clamp(2.0, 5.0);
    let wait = wait.filter(|wait| *wait != 0.0).unwrap_or(1000.0).clamp(0.0, 5000.0);
    Retries { tries: tries as usize, wait: Duration::from_millis(wait as u64) }
}

/// The node as its implementation sees it.
pub(crate) fn info(node: &workflow::Node) -> NodeInfo {
    NodeInfo {
        id: node.id.clone(),
        name: node.name.clone(),
        type_name: node.type_name.clone(),
        type_version: node.type_version,
        credentials: node.credentials.clone(),
        on_error: node.settings.on_error,
        retry_on_fail: node.settings.retry_on_fail,
        webhook_id: node.settings.webhook_id.clone(),
    }
}

fn view(node: &workflow::Node, parameters: Arc<Map<String, Value>>) -> expression::NodeView {
    expression::NodeView {
        name: node.name.as_str().into(),
        id: node.id.as_str().into(),
        kind: node.type_name.as_str().into(),
        type_version: node.type_version,
        disabled: node.disabled,
        parameters,
        webhook_id: node.settings.webhook_id.as_deref().map(Into::into),
    }
}

fn unsupported(node: &workflow::Node) -> NodeError {
    let message = format!("Nodes of type {} version {} are not supported", node.type_name, node.type_version);
    NodeError::coded(codes::NODE_UNSUPPORTED, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_freed_with_the_plan() {
        let node = r#"{"name": "A", "type": "unknown", "typeVersion": 1, "position": [0, 0], "parameters": {"list": ["={{ 1 + 1 }}"]}}"#;
        let workflow = Workflow::parse(&format!(r#"{{"nodes": [{node}], "connections": {{}}}}"#), "a.json").expect("a workflow");
        let plan = Plan::new(&workflow, &Registry::new(), &PlanOptions::default());
        assert!(!plan.nodes[0].is_native());
        let expression = Arc::downgrade(&plan.nodes[0].parameters.expressions()[0]);
        assert!(expression.upgrade().is_some());
        drop(plan);
        assert!(expression.upgrade().is_none());
    }

    #[test]
    fn retries_stay_within_the_bounds_of_n8n() {
        for (tries, wait, expected) in
            [(None, None, (3, 1000)), (Some(1.0), Some(0.0), (2, 1000)), (Some(9.0), Some(9000.0), (5, 5000)), (Some(4.0), Some(10.0), (4, 10))]
        {
            let retry = retries(tries, wait);
            assert_eq!((retry.tries, retry.wait.as_millis()), expected);
        }
    }
}
