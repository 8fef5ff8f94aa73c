//! Where a run begins and ends, and what is said where it cannot.

use workflow::Workflow;
use workflow::start::StartError;

use crate::error::{CliError, codes};

/// Refuses a node to run to that is not there, or that the start does not lead to.
pub(super) fn check_destination(workflow: &Workflow, start: &str, name: &str) -> Result<(), CliError> {
    let graph = workflow.graph();
    let Some(destination) = graph.find(name) else {
        let near = workflow.runnable_like(name);
        let error = CliError::usage(codes::NO_START, format!("There is no node \"{name}\" in the workflow to run to."));
        let all = || workflow.nodes.iter().filter(|node| workflow.runnable_like(&node.name).is_some()).map(|node| node.name.as_str());
        let help = near.map_or_else(|| format!("There are: {}.", all().collect::<Vec<_>>().join(", ")), |near| format!("Did you mean \"{near}\"?"));
        return Err(error.help(help));
    };
    if graph.find(start).is_none_or(|start| graph.reachable(start).contains(&destination)) {
        return Ok(());
    }
    let above = (0..graph.len()).filter(|node| graph.leads_to(*node, destination) && graph.incoming(*node).next().is_none());
    let above: Vec<String> = above.map(|node| format!("\"{}\"", graph.name(node))).collect();
    let help = if above.is_empty() { format!("Begin with it: --start \"{name}\".") } else { format!("Begin with --start: {}.", above.join(" or ")) };
    Err(CliError::usage(codes::NO_START, format!("\"{start}\", where the run begins, does not lead to \"{name}\".")).help(help))
}

pub(super) fn no_start(error: &StartError) -> CliError {
    let help = match error {
        StartError::Unknown { suggestion: Some(name), .. } => format!("Did you mean \"{name}\"?"),
        StartError::Several { .. } => "Choose one with --start NODE.".to_owned(),
        _ => "Name a node with --start NODE, or add a Manual Trigger.".to_owned(),
    };
    CliError::usage(codes::NO_START, format!("{error}.")).help(help)
}
