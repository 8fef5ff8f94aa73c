//! A workflow file as a picture.

use std::collections::HashMap;
use std::sync::Arc;

use node_sdk::context::OnError;
use node_sdk::{Node as NodeType, NodeInfo, Parameters, PrepareContext, Registry, VersionGroup};
use serde_json::Value;
use workflow::Workflow;

use super::{Edge, Node, Note, Picture};

/// The picture of a workflow, with boxes for nodes that are not supported too.
pub fn of_workflow(workflow: &Workflow, registry: &Registry) -> Picture {
    let mut picture = Picture::default();
    let mut index = HashMap::new();
    for node in &workflow.nodes {
        // Drawn behind the nodes.
        if node.is_note() {
            picture.notes.push(note(node));
            continue;
        }
        index.insert(node.name.as_str(), picture.nodes.len());
        picture.nodes.push(read(node, registry));
    }
    for (source, kind, output, _, connection) in workflow.connections.iter() {
        let Some((&from, &to)) = index.get(source).zip(index.get(connection.node.as_str())) else { continue };
        if kind == "main" {
            picture.edges.push(Edge { from, output, to, input: connection.index, taken: false });
        } else {
            picture.parts.push((from, to));
        }
    }
    picture
}

fn read(node: &workflow::Node, registry: &Registry) -> Node {
    let found = registry.find_version(&node.type_name, node.type_version);
    let group = found.as_deref().and_then(|found| Some((found, found.descriptor().version(node.type_version)?)));
    let (outputs, output_names) = group.map(|(found, group)| outputs(node, found, group)).unwrap_or_default();
    Node {
        name: node.name.clone(),
        subtitle: subtitle(node, found.as_deref()),
        position: Some((node.position[0], node.position[1])),
        trigger: registry.is_trigger(&node.type_name, node.type_version),
        disabled: node.disabled,
        outputs,
        output_names,
        ..Node::default()
    }
}

/// How many outputs it has, and their names; the one for errors stands behind the others.
fn outputs(node: &workflow::Node, node_type: &dyn NodeType, group: &VersionGroup) -> (usize, Vec<String>) {
    let info = Arc::new(NodeInfo {
        name: node.name.clone(),
        type_name: node.type_name.clone(),
        type_version: node.type_version,
        on_error: node.settings.on_error,
        ..NodeInfo::default()
    });
    let parameters = Parameters::filled(group, &node.parameters, node.type_version);
    let context = PrepareContext { node: &info, parameters: &parameters };
    let (count, mut names) = (node_type.outputs(&context), node_type.output_names(&context));
    if node.settings.on_error != OnError::ContinueErrorOutput {
        return (count, names);
    }
    let unnamed = if count == 1 { "success".to_owned() } else { String::new() };
    names.truncate(if count == 1 { 0 } else { count });
    names.resize(count, unnamed);
    names.push("error".to_owned());
    (count + 1, names)
}

/// What a node is or does: `Contacts: Contact Create`, else the name of its type for people, else its type without the package.
fn subtitle(node: &workflow::Node, node_type: Option<&dyn NodeType>) -> String {
    let text = |key: &str| node.parameters.get(key).and_then(Value::as_str);
    match (text("resource"), text("operation"), node_type) {
        (Some(resource), Some(operation), _) => format!("{resource}: {operation}"),
        (_, _, Some(found)) => found.descriptor().display_name.to_string(),
        _ => node.type_name.rsplit('.').next().unwrap_or_default().to_owned(),
    }
}

fn note(node: &workflow::Node) -> Note {
    let number = |key: &str, default: f64| node.parameters.get(key).and_then(Value::as_f64).filter(|number| *number > 0.0).unwrap_or(default);
    Note {
        text: node.parameters.get("content").and_then(Value::as_str).unwrap_or_default().to_owned(),
        position: (node.position[0], node.position[1]),
        size: (number("width", 240.0), number("height", 160.0)),
        colour: node.parameters.get("color").and_then(Value::as_u64).unwrap_or(1),
    }
}
