//! Connections that lead to, or come from, nodes, inputs or outputs that are not there.

use std::collections::HashSet;

use node_sdk::node::Level;
use workflow::{Connection, Diagnostic, Place, Workflow};

use super::names::Names;
use super::{Found, Whole};
use crate::codes;

/// How many main inputs and outputs a node has, the error output counted.
pub(super) struct Ports {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

/// `ports`: those of each node, in the order of the file; of a type that we do not have nothing is known.
pub(super) fn check(workflow: &Workflow, whole: &Whole<'_>, ports: &[Option<Ports>]) -> Vec<Found> {
    let Whole { graph, names, .. } = whole;
    let ports = |node: &str| graph.find(node).and_then(|index| ports.get(index)?.as_ref());
    let mut found = Vec::new();
    let (mut by_id, mut nowhere) = (Lost::default(), Lost::default());
    for (source, kind, output, entry, connection) in workflow.connections.iter() {
        let target = &*connection.node;
        let (from, to) = (graph.find(source).is_some(), graph.find(target).is_some());
        let at = || workflow.connection_place(source, kind, output, entry);
        let is_id = |known: bool, name: &str| !known && names.of_id(name).is_some();
        let about = match (from, to) {
            (true, true) => no_such_port(source, (kind, output), connection, ports),
            _ if is_id(from, source) || is_id(to, target) => {
                by_id.add((source, target), at);
                None
            }
            (false, false) => {
                nowhere.add((source, target), at);
                None
            }
            (from, _) => Some(no_such_node(names, source, target, from)),
        };
        let node = from.then(|| source.to_owned());
        found.extend(about.map(|about| Found::reported(Diagnostic { at: at(), node, ..about })));
    }
    found.extend(by_id.say(|lost| lost.ids(names)).into_iter().chain(nowhere.say(|lost| lost.nowhere(names))).map(Found::reported));
    found
}

/// How many connections are named where many have one fault.
const MOST_NAMED: usize = 5;

/// Connections with one fault, which is said once: a file that was written so has it everywhere.
#[derive(Default)]
struct Lost<'a> {
    all: Vec<(&'a str, &'a str)>,
    first: Option<Place>,
}

impl<'a> Lost<'a> {
    fn add(&mut self, ends: (&'a str, &'a str), at: impl Fn() -> Option<Place>) {
        if self.all.is_empty() {
            self.first = at();
        }
        self.all.push(ends);
    }

    fn say(self, words: impl Fn(&Self) -> (String, String)) -> Option<Diagnostic> {
        let (message, help) = (!self.all.is_empty()).then(|| words(&self))?;
        Some(Diagnostic { at: self.first, ..Diagnostic::new(codes::CONNECTION, Level::Error, message).help(help) })
    }

    fn ids(&self, names: &Names<'_>) -> (String, String) {
        let mut ids: Vec<&str> = self.all.iter().flat_map(|(source, target)| [*source, *target]).filter(|end| names.of_id(end).is_some()).collect();
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let fixes = ids.iter().map(|id| format!("\"{}\" for \"{id}\"", names.of_id(id).unwrap_or_default()));
        let many = if self.all.len() == 1 {
            "A connection names a node by its id".to_owned()
        } else {
            format!("{} connections name nodes by their ids", self.all.len())
        };
        (format!("{many}, but connections join names; nothing goes over them"), format!("Write {}.", some(fixes)))
    }

    fn nowhere(&self, names: &Names<'_>) -> (String, String) {
        let ends = self.all.iter().map(|(source, target)| format!("\"{source}\" to \"{target}\""));
        let many = if self.all.len() == 1 { "A connection joins".to_owned() } else { format!("{} connections join", self.all.len()) };
        let message = format!("{many} what is not a node of the workflow on either side; nothing goes over them: {}", some(ends));
        let mut seen = HashSet::new();
        let ends = self.all.iter().flat_map(|(source, target)| [*source, *target]).filter(|end| seen.insert(*end));
        let near: Vec<String> = ends.filter_map(|end| Some(format!("\"{}\" for \"{end}\"", names.near(end)?))).collect();
        let help = match near.is_empty() {
            true => "Connections name nodes by their \"name\", as it stands.".to_owned(),
            false => format!("Did you mean {}?", some(near.into_iter())),
        };
        (message, help)
    }
}

/// The first of them, and how many more there are.
fn some(texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<String> = texts.collect();
    let more = texts.len().saturating_sub(MOST_NAMED);
    let shown = texts[..texts.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// One end is a node. A target that is missing ends the run, and so is an error; a source that is missing is waited for.
fn no_such_node(names: &Names<'_>, source: &str, target: &str, from: bool) -> Diagnostic {
    let (level, missing, message) = match from {
        true => (Level::Error, target, format!("\"{source}\" hands on to \"{target}\", which is not a node of the workflow")),
        false => (Level::Warning, source, format!("\"{target}\" waits for \"{source}\", which is not a node of the workflow")),
    };
    let near = names.near(missing).map(|near| format!("Did you mean \"{near}\"?"));
    Diagnostic::new(codes::CONNECTION, level, message).help(near.unwrap_or_else(|| "Remove the connection, or add the node.".to_owned()))
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
