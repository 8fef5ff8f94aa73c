//! Sub-workflows that are named by a literal are checked with their parent.

use std::collections::HashSet;
use std::sync::Arc;

use node_sdk::Registry;
use node_sdk::node::Level;
use workflow::{Diagnostic, Workflow};

use super::{CheckOptions, FindWorkflow, Found, Subject};
use crate::codes;

/// Findings about the workflows that the node names, and about those below them. `above`: what led here, against circles.
pub(super) fn check(subject: &Subject<'_>, registry: &Registry, options: &CheckOptions<'_>, above: &HashSet<String>) -> Vec<Found> {
    let (Some((node_type, _)), Some(find)) = (subject.found, options.subworkflow) else { return Vec::new() };
    let named = node_type.workflows(&subject.context());
    named.into_iter().flat_map(|reference| one(subject, reference, find, registry, options, above)).collect()
}

fn one(
    subject: &Subject<'_>,
    reference: String,
    find: &FindWorkflow,
    registry: &Registry,
    options: &CheckOptions<'_>,
    above: &HashSet<String>,
) -> Vec<Found> {
    let say = |message: String, help: String| vec![subject.judged(subject.reported(codes::NO_SUBWORKFLOW, Level::Error, message).help(help))];
    let mut known = above.clone();
    if !known.insert(reference.clone()) {
        return Vec::new();
    }
    match find(&reference) {
        Err(error) => {
            let help = error.help.unwrap_or_else(|| "Correct that file, or name another workflow.".into());
            say(format!("\"{}\": {}", subject.node.name, error.message), help)
        }
        Ok(None) => {
            let message = format!("\"{}\" runs the workflow \"{reference}\", which is not there", subject.node.name);
            say(message, "It is looked up by id, then by name, then as a path; --workflows DIR says where.".into())
        }
        Ok(Some(child)) => below(subject, &child, registry, options, &known),
    }
}

fn below(subject: &Subject<'_>, child: &Arc<Workflow>, registry: &Registry, options: &CheckOptions<'_>, known: &HashSet<String>) -> Vec<Found> {
    let start = child.start_node(None, false, |_| false).ok().map(|node| node.name.clone());
    let options = CheckOptions { start, destination: None, use_pins: false, given: false, ..options.clone() };
    let found = super::check_below(child, registry, &options, known);
    let inside = |found: Found| {
        let message = format!("in the workflow that \"{}\" runs: {}", subject.node.name, found.diagnostic.message);
        let (blocking, lacks) = (found.blocking.filter(|_| subject.counts), found.lacks.filter(|_| subject.counts));
        Found { diagnostic: Diagnostic { message, ..found.diagnostic }, blocking, lacks, n8n: found.n8n }
    };
    found.into_iter().map(inside).collect()
}
