//! What is good to know of a workflow before it runs, though nothing in it is wrong.

use std::collections::BTreeMap;

use node_sdk::node::Level as FindingLevel;
use node_sdk::{Begins, Registry};
use workflow::start::StartError;
use workflow::{Diagnostic, Workflow};

use crate::error::codes;

/// How many nodes of a package are named.
const SHOWN: usize = 10;

/// Which nodes are not built in: a note for each package.
pub(super) fn origins(workflow: &Workflow, registry: &Registry) -> Vec<Diagnostic> {
    let mut of: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for node in workflow.nodes.iter() {
        let found = registry.find_version(&node.type_name, node.type_version);
        let runs = found.filter(|found| found.descriptor().version(node.type_version).is_some());
        if let Some(package) = runs.and_then(|found| found.package()) {
            of.entry(package).or_default().push(&node.name);
        }
    }
    let say = |(package, nodes): (String, Vec<&str>)| {
        let names: Vec<String> = nodes.iter().take(SHOWN).map(|name| format!("\"{name}\"")).collect();
        let more = nodes.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let come = if nodes.len() == 1 { "1 node comes".to_owned() } else { format!("{} nodes come", nodes.len()) };
        Diagnostic::new(codes::OF_PACKAGE, FindingLevel::Note, format!("{come} from {package}: {}{more}", names.join(", ")))
    };
    of.into_iter().map(say).collect()
}

/// A run needs `--start`: good to know of several triggers, worth a warning where there is none.
pub(super) fn no_start(error: &StartError) -> Diagnostic {
    let level = if *error == StartError::None { FindingLevel::Warning } else { FindingLevel::Note };
    Diagnostic::new(codes::NO_START, level, error.to_string()).help("A run of this file begins with --start NODE.")
}

/// What is good to know of the trigger that a run begins with: what it puts out where it is given nothing.
pub(super) fn beginning(workflow: &Workflow, registry: &Registry, start: &str) -> Option<Diagnostic> {
    let node = workflow.node(start).filter(|node| !workflow.is_pinned(&node.name))?;
    let trigger = registry.find_version(&node.type_name, node.type_version).filter(|found| found.descriptor().trigger)?;
    let (level, message) = match (trigger.refusal(), trigger.begins(node.type_version)) {
        (Some(why), _) => (FindingLevel::Warning, format!("\"{start}\" cannot begin a run by itself: {why}.")),
        (None, Begins::ByItself) => return None,
        (None, Begins::Polls) => (
            FindingLevel::Note,
            format!(
                "\"{start}\" asks once what is there. Nothing is remembered between runs until there is a server: the next one may find the same."
            ),
        ),
        (None, Begins::Empty) => (FindingLevel::Note, format!("\"{start}\" begins a run with one empty item: nobody has called it.")),
    };
    let found = Diagnostic::new(codes::BEGINS, level, message).help("What would come is given by --input, or pinned in the file.");
    Some(found.at(workflow, start, None))
}
