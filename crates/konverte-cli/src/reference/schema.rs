//! `schemas/`: JSON Schema of the workflow file, of every node type, and of action packs. `konverte check` reads files by the same ones.

use std::sync::Arc;

use konverte_nodes::RESOURCES;
use node_sdk::{Descriptor, Node, Registry};
use serde_json::{Map, Value};
use workflow::schema::{NodeType, node_schema, workflow_schema};

use super::Page;
use super::nodes::file_name;

/// Every file of `schemas/`.
pub fn pages(registry: &Registry) -> Vec<Page> {
    let nodes = registry.list();
    let types = node_types(&nodes);
    let mut pages = vec![page("workflow.schema.json", &workflow_schema(&types)), page("action-pack.schema.json", &konverte_nodes::pack::schema())];
    pages.extend(types.iter().map(|node| page(&node.file, &node_schema(node))));
    pages
}

/// The schemas of the workflow file and of every node type in one document.
pub fn bundle(registry: &Registry) -> Value {
    let nodes = registry.list();
    let mut types: Vec<NodeType<'_>> = Vec::with_capacity(nodes.len());
    for descriptor in nodes.iter().map(|node| node.descriptor()) {
        if !types.iter().any(|known| known.descriptor.name == descriptor.name) {
            let place = descriptor.name.replace('~', "~0").replace('/', "~1");
            types.push(NodeType { file: format!("#/$defs/types/{place}"), ..node_type(descriptor) });
        }
    }
    let mut schema = workflow_schema(&types);
    let all: Map<String, Value> = types.iter().map(|node| (node.descriptor.name.to_string(), node_schema(node))).collect();
    schema["$defs"]["types"] = Value::Object(all);
    schema
}

fn page(name: &str, schema: &Value) -> Page {
    let text = serde_json::to_string_pretty(schema).unwrap_or_default();
    Page { path: format!("schemas/{name}"), text: format!("{text}\n") }
}

/// What is said of a node type.
pub fn node_type(descriptor: &Descriptor) -> NodeType<'_> {
    let resources = if descriptor.name == "konverte" { RESOURCES } else { &[] };
    NodeType::new(descriptor, resources, format!("nodes/{}.schema.json", file_name(&descriptor.name)))
}

/// What is said of each node type; of two whose files would have one name, the first.
fn node_types(nodes: &[Arc<dyn Node>]) -> Vec<NodeType<'_>> {
    let mut types: Vec<NodeType<'_>> = Vec::new();
    for descriptor in nodes.iter().map(|node| node.descriptor()) {
        let known = node_type(descriptor);
        if !types.iter().any(|other| other.file == known.file) {
            types.push(known);
        }
    }
    types
}
