//! A workflow file as a picture.

use std::collections::HashMap;

use node_sdk::context::OnError;
use node_sdk::descriptor::OutputCount;
use node_sdk::{Registry, VersionGroup};
use workflow::Workflow;

use super::{Edge, Look, Node, Note, Picture};

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
        let found = registry.find_version(&node.type_name, node.type_version);
        let descriptor = found.as_ref().map(|found| found.descriptor());
        let trigger = descriptor.is_some_and(|descriptor| descriptor.trigger);
        let look = if node.disabled {
            Look::Disabled
        } else if trigger {
            Look::Trigger
        } else {
            Look::Plain
        };
        let version = descriptor.and_then(|descriptor| descriptor.version(node.type_version));
        index.insert(node.name.as_str(), picture.nodes.len());
        picture.nodes.push(Node {
            name: node.name.clone(),
            subtitle: subtitle(node),
            position: Some((node.position[0], node.position[1])),
            look,
            output_names: version.map(|group| output_names(group, node)).unwrap_or_default(),
        });
    }
    for (source, kind, output, _, connection) in workflow.connections.iter() {
        let ends = index.get(source).zip(index.get(connection.node.as_str())).filter(|_| kind == "main");
        if let Some((from, to)) = ends {
            picture.edges.push(Edge { from: *from, output, to: *to, input: connection.index, label: None });
        }
    }
    picture
}

/// The names of its outputs, where they have any.
fn output_names(group: &VersionGroup, node: &workflow::Node) -> Vec<String> {
    let mut names: Vec<String> = group.output_names.iter().map(ToString::to_string).collect();
    let count = match group.outputs {
        OutputCount::One => 1,
        OutputCount::Fixed(count) => count,
        // The error output stands somewhere behind the others.
        OutputCount::ByParameters => return names,
    };
    if node.settings.on_error == OnError::ContinueErrorOutput {
        names.resize(count, if count == 1 { "success".to_owned() } else { String::new() });
        names.push("error".to_owned());
    }
    names
}

/// What a node is or does: `Contacts: Contact Create`, else its type without the package.
fn subtitle(node: &workflow::Node) -> String {
    let text = |key: &str| node.parameters.get(key).and_then(serde_json::Value::as_str);
    match (text("resource"), text("operation")) {
        (Some(resource), Some(operation)) => format!("{resource}: {operation}"),
        _ => node.type_name.rsplit('.').next().unwrap_or_default().to_owned(),
    }
}

fn note(node: &workflow::Node) -> Note {
    let number = |key: &str, default: f64| node.parameters.get(key).and_then(serde_json::Value::as_f64).unwrap_or(default);
    let text = node.parameters.get("content").and_then(serde_json::Value::as_str).unwrap_or_default();
    Note { text: text.to_owned(), position: (node.position[0], node.position[1]), size: (number("width", 240.0), number("height", 160.0)) }
}
