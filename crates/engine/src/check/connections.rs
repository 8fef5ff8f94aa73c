//! Connections that lead to, or come from, nodes, inputs or outputs that are not there.

use node_sdk::names::did_you_mean;
use node_sdk::node::Level;
use workflow::{Connection, Diagnostic, Graph, Workflow};

use super::Found;
use crate::codes;

/// How many main inputs and outputs a node has, the error output counted.
pub(super) struct Ports {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

/// `ports`: those of each node, in the order of the file; of a type that we do not have nothing is known.
pub(super) fn check(workflow: &Workflow, graph: &Graph, ports: &[Option<Ports>]) -> Vec<Found> {
    let ports = |node: &str| graph.find(node).and_then(|index| ports.get(index)?.as_ref());
    let mut found = Vec::new();
    for (source, kind, output, entry, connection) in workflow.connections.iter() {
        let about = match (workflow.node(source), workflow.node(&connection.node)) {
            (Some(_), Some(_)) => no_such_port(source, (kind, output), connection, ports),
            (None, None) => None,
            (from, _) => Some(no_such_node(workflow, source, connection, from.is_some())),
        };
        let at = workflow.connection_place(source, kind, output, entry);
        let node = workflow.node(source).map(|node| node.name.clone());
        found.extend(about.map(|about| Found::reported(Diagnostic { at, node, ..about })));
    }
    found
}

fn no_such_node(workflow: &Workflow, source: &str, connection: &Connection, has_source: bool) -> Diagnostic {
    let target = &*connection.node;
    let (level, missing, message) = match has_source {
        true => (Level::Error, target, format!("\"{source}\" hands on to \"{target}\", which is no node of the workflow")),
        false => (Level::Warning, source, format!("\"{target}\" waits for \"{source}\", which is no node of the workflow")),
    };
    let names = workflow.nodes.iter().map(|node| node.name.as_str());
    let help =
        did_you_mean(missing, names).map_or_else(|| "Remove the connection, or add the node.".to_owned(), |near| format!("Did you mean \"{near}\"?"));
    Diagnostic::new(codes::CONNECTION, level, message).help(help)
}

/// Both nodes are there, but not what the connection joins. n8n goes on, so it is a warning.
fn no_such_port<'a>(
    source: &str,
    (kind, output): (&str, usize),
    connection: &Connection,
    ports: impl Fn(&str) -> Option<&'a Ports>,
) -> Option<Diagnostic> {
    let target = &*connection.node;
    let warn = |message, help: &str| Some(Diagnostic::new(codes::PORT, Level::Warning, message).help(help));
    if let Some(unknown) = [kind, &*connection.kind].into_iter().find(|kind| !is_kind(kind)) {
        let message = format!("\"{unknown}\" is no kind of connection; items go through \"main\" alone");
        return warn(message, "Write \"main\", or remove the connection.");
    }
    if kind != "main" {
        return None;
    }
    if let Some(known) = ports(source).filter(|known| output >= known.outputs) {
        let message = format!("\"{source}\" has no output {output}; it has {}, counted from 0", known.outputs);
        return warn(message, "Nothing comes out there: connect an output that the node has.");
    }
    let known = ports(target).filter(|known| connection.index > 0 && connection.index >= known.inputs)?;
    let message = format!("\"{target}\" has no input {}; it has {}, counted from 0", connection.index, known.inputs);
    warn(message, "n8n goes on, and what arrives there is not read: connect an input that the node has.")
}

/// Those of n8n: items, and what sub-nodes of agents give.
fn is_kind(kind: &str) -> bool {
    kind == "main" || kind.starts_with("ai_")
}
