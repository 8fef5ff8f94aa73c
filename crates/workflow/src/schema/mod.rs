//! JSON Schema of the workflow file and of each node type, made from the descriptors of the nodes.
//!
//! Editors complete node types and parameters with it; [`Validator`] checks files against it. Every value may be an expression
//! instead, and unknown parameters are allowed, because n8n ignores them. Which parameters are shown when, and which are
//! required, is not said here: `node_sdk::schema` knows it, with versions and comparisons. An action of an API is the exception:
//! its row says both.

mod parameters;
mod validate;

use node_sdk::action::{ActionSpec, Resource, schema as action_schema};
use node_sdk::{Descriptor, VersionGroup};
use serde_json::{Value, json};

pub use validate::{MISFIT, Validator};

/// The dialect that editors and `jsonschema` both speak.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A node type of which a schema is made.
#[derive(Debug, Clone)]
pub struct NodeType<'a> {
    /// What it is.
    pub descriptor: &'a Descriptor,
    /// Its API actions as native mode reads them, where it has any.
    pub resources: &'a [Resource],
    /// Those of them of which it is said what their parameters may be: all, or those that the files to be checked use.
    pub actions: Vec<&'a ActionSpec>,
    /// Where its schema is kept, from the folder of the workflow file's: `nodes/set.schema.json`.
    pub file: String,
}

impl<'a> NodeType<'a> {
    /// A node type with all of its actions.
    pub fn new(descriptor: &'a Descriptor, resources: &'a [Resource], file: String) -> Self {
        Self { descriptor, resources, actions: all_actions(resources).collect(), file }
    }
}

fn all_actions(resources: &[Resource]) -> impl Iterator<Item = &ActionSpec> {
    resources.iter().flat_map(|resource| resource.actions.iter())
}

/// The schema of a workflow file with these node types. Other types are allowed: they may be pinned or disabled.
pub fn workflow_schema(types: &[NodeType<'_>]) -> Value {
    let names: Vec<&str> = types.iter().map(|node| node.descriptor.name.as_ref()).collect();
    let cases = types.iter().map(|node| {
        json!({
            "if": {"properties": {"type": {"const": node.descriptor.name}}, "required": ["type"]},
            "then": {"$ref": node.file},
        })
    });
    let node = if types.is_empty() {
        node_shape(&json!({"type": "string"}))
    } else {
        let mut node = node_shape(&json!({"anyOf": [{"enum": names}, {"type": "string"}]}));
        node["allOf"] = cases.collect();
        node
    };
    json!({
        "$schema": DIALECT,
        "title": "Workflow",
        "description": "A workflow file of n8n, as konverte runs it.",
        "type": "object",
        "required": ["nodes"],
        "properties": {
            "id": {"type": ["string", "number", "null"], "description": "By which other workflows name this one."},
            "name": {"type": ["string", "null"]},
            "active": {"type": ["boolean", "null"]},
            "nodes": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            "connections": {
                "type": ["object", "null"],
                "description": "For each node's name, for each type (main), for each output the list of targets.",
                "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": {
                    "type": ["array", "null"], "items": {"$ref": "#/$defs/connection"},
                }}},
            },
            "settings": {"type": ["object", "null"], "properties": {
                "executionOrder": {"enum": ["v0", "v1"], "description": "v1: depth first, branches from top to bottom. Absent: v0, n8n's older order."},
                "timezone": {"type": "string", "description": "IANA name; konverte's --timezone counts where it is absent."},
                "executionTimeout": {"type": "number", "description": "Seconds that a run may take. 0 or -1: no limit."},
            }},
            "pinData": {
                "type": ["object", "null"],
                "description": "For a node's name the items that it puts out instead of running.",
                "additionalProperties": {"type": "array"},
            },
            "staticData": {"type": ["object", "string", "null"]},
        },
        "$defs": {"node": node, "connection": connection_shape()},
    })
}

/// The schema of a node of this type in a workflow file: what its parameters may be in each version.
pub fn node_schema(node: &NodeType<'_>) -> Value {
    let descriptor = node.descriptor;
    let versions: Vec<Value> = descriptor.all_versions().map(node_sdk::json::number).collect();
    let newest = descriptor.newest();
    let case = |group: &VersionGroup| {
        let parameters = json!({"properties": {"parameters": parameters_schema(node, group)}});
        // One implementation, whatever the version says.
        if group.any_version { parameters } else { json!({"if": of_versions(group, newest), "then": parameters}) }
    };
    json!({
        "$schema": DIALECT,
        "title": descriptor.display_name,
        "description": descriptor.description,
        "type": "object",
        "properties": {
            "type": {"const": descriptor.name},
            // A version that is not here is no misfit of the file: the check knows whether it will be run.
            "typeVersion": {"anyOf": [{"enum": versions}, {"type": ["number", "string", "null"]}]},
        },
        "allOf": descriptor.versions.iter().map(case).collect::<Value>(),
    })
}

/// Whether a node is of these versions, as numbers or as texts; none is the newest.
fn of_versions(group: &VersionGroup, newest: f64) -> Value {
    let numbers = group.versions.iter().copied().map(node_sdk::json::number);
    let mut versions: Vec<Value> = numbers.flat_map(|number| [Value::String(number.to_string()), number]).collect();
    if group.versions.contains(&newest) {
        versions.extend([Value::Null, 0.into()]);
        json!({"properties": {"typeVersion": {"enum": versions}}})
    } else {
        json!({"properties": {"typeVersion": {"enum": versions}}, "required": ["typeVersion"]})
    }
}

fn parameters_schema(node: &NodeType<'_>, group: &VersionGroup) -> Value {
    if node.resources.is_empty() {
        return parameters::fields(group.properties.iter());
    }
    // Each action says what its parameters are; what they share stands beside them.
    let is_shared = |name: &str| !all_actions(node.resources).any(|action| action_schema::has_parameter(action, name));
    let mut schema = parameters::fields(group.properties.iter().filter(|property| is_shared(&property.name)));
    let resource_rule = |resource: &Resource| {
        let operations: Vec<&str> = resource.actions.iter().map(|action| action.operation.as_ref()).collect();
        json!({
            "if": {"required": ["resource"], "properties": {"resource": {"const": resource.name}}},
            "then": {"properties": {"operation": {"enum": operations}}},
        })
    };
    let action_rule = |action: &&ActionSpec| {
        json!({
            "if": {"required": ["resource", "operation"], "properties": {"resource": {"const": action.resource}, "operation": {"const": action.operation}}},
            "then": action_schema::parameters(action),
        })
    };
    schema["required"] = json!(["resource", "operation"]);
    schema["allOf"] = node.resources.iter().map(resource_rule).chain(node.actions.iter().map(action_rule)).collect();
    schema
}

fn node_shape(kind: &Value) -> Value {
    let setting = |words: &str| json!({"type": "boolean", "description": words});
    json!({
        "type": "object",
        "required": ["name", "type"],
        "properties": {
            "id": {"type": ["string", "number", "null"]},
            "name": {"type": "string", "minLength": 1, "description": "Unique in the workflow."},
            "type": kind,
            "typeVersion": {"type": ["number", "string", "null"], "description": "Absent: the newest."},
            "position": {"type": "array", "items": {"type": "number"}, "description": "Left and top on the canvas; higher branches run first."},
            "parameters": {"type": "object"},
            "credentials": {"type": "object"},
            "disabled": setting("Passes its items through."),
            "onError": {"enum": ["stopWorkflow", "continueRegularOutput", "continueErrorOutput"]},
            "continueOnFail": setting("The older form of onError."),
            "retryOnFail": setting("Run again after an error."),
            "maxTries": {"type": "number", "description": "How often in all, 2 to 5."},
            "waitBetweenTries": {"type": "number", "description": "Milliseconds, up to 5000."},
            "alwaysOutputData": setting("One empty item where there would be none."),
            "executeOnce": setting("Only the first item."),
            "notes": {"type": "string"},
            "webhookId": {"type": "string"},
        },
    })
}

fn connection_shape() -> Value {
    json!({
        "type": "object",
        "required": ["node"],
        "properties": {
            "node": {"type": "string", "description": "The node that gets the items."},
            "type": {"type": "string", "description": "Kind of input: main for items."},
            "index": {"type": "integer", "minimum": 0, "description": "The input, from 0."},
        },
    })
}
