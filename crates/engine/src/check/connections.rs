//! Connections that lead to, or come from, nodes that are not there.

use node_sdk::names::did_you_mean;
use node_sdk::node::Level;
use workflow::{Diagnostic, Workflow};

use super::Found;
use crate::codes;

pub(super) fn check(workflow: &Workflow) -> Vec<Found> {
    let mut found = Vec::new();
    for (source, kind, output, entry, connection) in workflow.connections.iter() {
        let (level, missing, message) = match (workflow.node(source), workflow.node(&connection.node)) {
            (Some(_), None) => {
                (Level::Error, &*connection.node, format!("\"{source}\" hands on to \"{}\", which is no node of the workflow", connection.node))
            }
            (None, Some(_)) => (Level::Warning, source, format!("\"{}\" waits for \"{source}\", which is no node of the workflow", connection.node)),
            _ => continue,
        };
        let names = workflow.nodes.iter().map(|node| node.name.as_str());
        let help = did_you_mean(missing, names)
            .map_or_else(|| "Remove the connection, or add the node.".to_owned(), |near| format!("Did you mean \"{near}\"?"));
        let at = workflow.connection_place(source, kind, output, entry);
        let node = workflow.node(source).map(|node| node.name.clone());
        found.push(Found::reported(Diagnostic { at, node, ..Diagnostic::new(codes::CONNECTION, level, message).help(help) }));
    }
    found
}
