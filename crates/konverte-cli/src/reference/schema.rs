//! JSON Schemas: of the workflow file, so that editors complete node types and parameters, and of every node.

use konverte_nodes::RESOURCES;
use node_sdk::action::schema as action_schema;
use node_sdk::property::{Property, PropertyKind};
use node_sdk::{Node, Registry};
use serde_json::{Map, Value, json};

use super::Page;
use super::nodes::file_name;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// `schemas/`: the workflow file, each node's parameters, action packs.
pub fn pages(registry: &Registry) -> Vec<Page> {
    let mut pages = vec![page("workflow.schema.json", &workflow(registry)), page("action-pack.schema.json", &konverte_nodes::pack::schema())];
    for node in registry.list() {
        pages.push(page(&format!("nodes/{}.schema.json", file_name(&node.descriptor().name)), &node_parameters(&*node)));
    }
    pages
}

fn page(name: &str, schema: &Value) -> Page {
    let text = serde_json::to_string_pretty(schema).unwrap_or_default();
    Page { path: format!("schemas/{name}"), text: format!("{text}\n") }
}

/// The workflow file. Node types of other packages are allowed: they may be pinned or disabled.
pub fn workflow(registry: &Registry) -> Value {
    let nodes = registry.list();
    let names: Vec<&str> = nodes.iter().map(|node| node.descriptor().name.as_ref()).collect();
    let by_type: Vec<Value> = nodes.iter().map(|node| node_rule(&**node)).collect();
    let target = json!({
        "type": "object", "required": ["node"],
        "properties": {"node": {"type": "string"}, "type": {"type": "string"}, "index": {"type": "integer", "minimum": 0}},
    });
    json!({
        "$schema": DRAFT,
        "title": "Workflow",
        "description": "A workflow file of n8n, as konverte runs it.",
        "type": "object",
        "required": ["nodes"],
        "properties": {
            "id": {"type": ["string", "number", "null"], "description": "By which other workflows name this one."},
            "name": {"type": "string"},
            "active": {"type": ["boolean", "null"]},
            "nodes": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            "connections": {
                "type": "object",
                "description": "For each node's name, for each type (main), for each output the list of targets.",
                "additionalProperties": {"type": "object", "additionalProperties": {"type": ["array", "null"], "items": {"type": ["array", "null"], "items": target}}},
            },
            "settings": {
                "type": ["object", "null"],
                "properties": {
                    "executionOrder": {"enum": ["v0", "v1"], "description": "v1: depth first, branches from top to bottom. Absent: v0, n8n's older order."},
                    "timezone": {"type": "string", "description": "IANA name; konverte's --timezone counts where it is absent."},
                },
            },
            "pinData": {"type": ["object", "null"], "description": "For a node's name the items that it puts out instead of running.", "additionalProperties": {"type": "array"}},
            "staticData": {"type": ["object", "string", "null"]},
        },
        "$defs": {
            "node": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {
                    "id": {"type": "string"},
                    "name": {"type": "string", "description": "Unique within the file."},
                    "type": {"anyOf": [{"enum": names}, {"type": "string"}]},
                    "typeVersion": {"type": "number"},
                    "position": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    "parameters": {"type": "object"},
                    "credentials": {"type": "object"},
                    "disabled": {"type": "boolean"},
                    "notes": {"type": "string"},
                    "onError": {"enum": ["stopWorkflow", "continueRegularOutput", "continueErrorOutput"]},
                    "continueOnFail": {"type": "boolean"},
                    "retryOnFail": {"type": "boolean"},
                    "maxTries": {"type": "number", "description": "2 to 5; n8n keeps within."},
                    "waitBetweenTries": {"type": "number", "description": "Milliseconds, up to 5000."},
                    "alwaysOutputData": {"type": "boolean"},
                    "executeOnce": {"type": "boolean"},
                    "webhookId": {"type": "string"},
                },
                "allOf": by_type,
            },
        },
    })
}

/// Where a node is of this type, its versions and parameters.
fn node_rule(node: &dyn Node) -> Value {
    let descriptor = node.descriptor();
    let versions: Vec<Value> = descriptor.all_versions().map(node_sdk::json::number).collect();
    json!({
        "if": {"required": ["type"], "properties": {"type": {"const": descriptor.name}}},
        "then": {"properties": {"typeVersion": {"enum": versions}, "parameters": {"$ref": format!("nodes/{}.schema.json", file_name(&descriptor.name))}}},
    })
}

/// A node's `parameters`, over all versions.
pub fn node_parameters(node: &dyn Node) -> Value {
    let descriptor = node.descriptor();
    let mut schema = json!({"$schema": DRAFT, "title": descriptor.display_name, "description": descriptor.description, "type": "object"});
    if descriptor.name == "konverte" {
        // Each action has a schema of its own; what they share stands beside it.
        let shared = node.descriptor().versions.iter().flat_map(|group| group.properties.iter()).filter(|property| property.name == "requestOptions");
        let mut properties = properties(shared);
        let resources: Vec<&str> = RESOURCES.iter().map(|resource| resource.name).collect();
        properties.insert("resource".into(), json!({"enum": resources}));
        schema["properties"] = Value::Object(properties);
        schema["required"] = json!(["resource", "operation"]);
        schema["allOf"] = actions();
        return schema;
    }
    schema["properties"] = Value::Object(properties(descriptor.versions.iter().flat_map(|group| group.properties.iter())));
    schema
}

fn actions() -> Value {
    let resource_rule = |resource: &node_sdk::action::Resource| {
        let operations: Vec<&str> = resource.actions.iter().map(|action| action.operation).collect();
        json!({"if": {"properties": {"resource": {"const": resource.name}}}, "then": {"properties": {"operation": {"enum": operations}}}})
    };
    let action_rule = |action: &node_sdk::action::ActionSpec| {
        json!({
            "if": {"required": ["resource", "operation"], "properties": {"resource": {"const": action.resource}, "operation": {"const": action.operation}}},
            "then": action_schema::parameters(action),
        })
    };
    let resources = RESOURCES.iter().map(resource_rule);
    resources.chain(RESOURCES.iter().flat_map(|resource| resource.actions.iter()).map(action_rule)).collect()
}

/// A schema for each name; a name that stands in several versions takes what any of them takes.
fn properties<'a>(list: impl Iterator<Item = &'a Property>) -> Map<String, Value> {
    let mut by_name: Map<String, Value> = Map::new();
    for property in list.filter(|property| !matches!(property.kind, PropertyKind::Notice)) {
        let schema = property_schema(property);
        match by_name.get_mut(property.name.as_ref()) {
            None => {
                by_name.insert(property.name.to_string(), schema);
            }
            Some(known) => merge(known, schema),
        }
    }
    by_name
}

/// Adds another way to a schema, where it is another one.
fn merge(known: &mut Value, schema: Value) {
    if *known == schema {
        return;
    }
    if let Some(ways) = known.get_mut("anyOf").and_then(Value::as_array_mut).filter(|ways| ways.iter().all(|way| way.get("title").is_some())) {
        if !ways.contains(&schema) {
            ways.push(schema);
        }
        return;
    }
    *known = json!({"anyOf": [known.take(), schema]});
}

/// One parameter; every value may be an expression instead.
fn property_schema(property: &Property) -> Value {
    let many = property.type_options.multiple();
    let plain = match &property.kind {
        PropertyKind::Number => json!({"type": "number"}),
        PropertyKind::Boolean => json!({"type": "boolean"}),
        PropertyKind::Options(choices) if !choices.is_empty() => json!({"enum": values(choices)}),
        PropertyKind::MultiOptions(choices) => {
            json!({"type": "array", "items": if choices.is_empty() { json!({}) } else { json!({"enum": values(choices)}) }})
        }
        PropertyKind::Collection(fields) => json!({"type": "object", "properties": properties(fields.iter())}),
        PropertyKind::FixedCollection(groups) => {
            let group = |fields: &[Property]| {
                let one = json!({"type": "object", "properties": properties(fields.iter())});
                if many { json!({"type": "array", "items": one}) } else { one }
            };
            let groups: Map<String, Value> = groups.iter().map(|g| (g.name.to_string(), group(&g.values))).collect();
            json!({"type": "object", "properties": groups})
        }
        PropertyKind::ResourceLocator(_) | PropertyKind::WorkflowSelector => {
            json!({"anyOf": [{"type": "object", "properties": {"__rl": {"const": true}, "mode": {"type": "string"}, "value": {}}}, {"type": ["string", "number"]}]})
        }
        PropertyKind::Filter | PropertyKind::ResourceMapper => json!({"type": "object"}),
        PropertyKind::AssignmentCollection => {
            let assignment = json!({"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "value": {}, "type": {"enum": ["string", "number", "boolean", "array", "object", "binary"]}}});
            json!({"type": "object", "properties": {"assignments": {"type": "array", "items": assignment}}})
        }
        // Text takes whatever n8n turns into text.
        _ => json!({}),
    };
    let mut schema = if plain == json!({}) { plain } else { json!({"anyOf": [plain, {"type": "string", "pattern": "^="}]}) };
    schema["title"] = property.title().as_ref().into();
    if !property.description.is_empty() {
        schema["description"] = property.description.as_ref().into();
    }
    if let Some(default) = property.default.to_value() {
        schema["default"] = default;
    }
    schema
}

fn values(choices: &[node_sdk::property::Choice]) -> Vec<Value> {
    let mut values: Vec<Value> = choices.iter().filter_map(|choice| choice.value.to_value()).collect();
    values.dedup();
    values
}
