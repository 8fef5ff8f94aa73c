//! Which item of an earlier node an item came from: the walk along `pairedItem`, and n8n's texts where it ends.

use node_sdk::{Item, PairedItem};

use crate::error::ExpressionError;
use crate::view::{ExecutionView, Scope, SourceRef};

/// How the caller names what it looks for, for n8n's texts.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Asked {
    /// `.item`
    Item,
    /// `.pairedItem(n)`
    Paired,
    /// `.itemMatching(n)`
    Matching,
}

impl Asked {
    fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Paired => "pairedItem",
            Self::Matching => "itemMatching",
        }
    }
}

/// One place on the walk: an item of a node's output.
#[derive(Clone)]
struct Step {
    node: String,
    output: usize,
    run: usize,
    item: usize,
}

/// The item of node `target` that item `item` of the scope's input came from.
pub(crate) fn paired_item(scope: &Scope, target: &str, item: usize, input: usize, asked: Asked) -> Result<Item, ExpressionError> {
    let source = scope.sources.get(input).cloned().flatten();
    let Some(source) = source else { return Err(no_connection(target)) };
    let start = Step { node: source.node.to_string(), output: source.output, run: source.run, item };
    walk(&*scope.view, start, target, &scope.node, asked, 0)
}

/// As [`paired_item`], from a given place.
pub(crate) fn paired_from(scope: &Scope, target: &str, from: &SourceRef, item: usize) -> Result<Item, ExpressionError> {
    let start = Step { node: from.node.to_string(), output: from.output, run: from.run, item };
    walk(&*scope.view, start, target, &scope.node, Asked::Item, 0)
}

/// More steps than any sane workflow has; a loop in recorded pairing ends here.
const LIMIT: usize = 10_000;

fn walk(view: &dyn ExecutionView, mut at: Step, target: &str, here: &str, asked: Asked, mut steps: usize) -> Result<Item, ExpressionError> {
    loop {
        steps += 1;
        let items = view.output(&at.node, at.run, at.output);
        let sources = view.source(&at.node, at.run);
        // A node that put out nothing is passed over.
        if at.node != target && items.as_ref().is_some_and(|items| items.is_empty()) {
            at = step_back(&sources, at.item, 0).ok_or_else(|| no_connection(target))?;
            continue;
        }
        let Some(item) = items.as_ref().and_then(|items| items.get(at.item)) else { return Err(out_of_reach(target, here)) };
        if at.node == target {
            return Ok(item.clone());
        }
        if steps > LIMIT {
            return Err(no_info(&at.node, asked));
        }
        let Some(paired) = &item.paired_item else { return Err(unpaired(&at, &sources, target, asked)) };
        let mut origins = origins(paired, &at);
        if origins.len() > 1 {
            return choose(view, &origins, &sources, target, here, asked, steps);
        }
        let Some((index, input)) = origins.pop() else { return Err(no_info(&at.node, asked)) };
        at = step_back(&sources, index, input).ok_or_else(|| no_connection(target))?;
    }
}

fn origins(paired: &PairedItem, _at: &Step) -> Vec<(usize, usize)> {
    let mut found = paired.origins();
    found.dedup();
    found
}

fn step_back(sources: &[Option<SourceRef>], item: usize, input: usize) -> Option<Step> {
    let source = sources.get(input).cloned().flatten()?;
    Some(Step { node: source.node.to_string(), output: source.output, run: source.run, item })
}

/// Several origins: they must lead to one and the same item.
fn choose(
    view: &dyn ExecutionView,
    origins: &[(usize, usize)],
    sources: &[Option<SourceRef>],
    target: &str,
    here: &str,
    asked: Asked,
    steps: usize,
) -> Result<Item, ExpressionError> {
    let mut found: Vec<Item> = Vec::new();
    let mut last = None;
    for (item, input) in origins {
        let Some(start) = step_back(sources, *item, *input) else { continue };
        match walk(view, start, target, here, asked, steps) {
            Ok(item) if found.contains(&item) => {}
            Ok(item) => found.push(item),
            Err(error) if error.context_type == Some("paired_item_multiple_matches") => return Err(error),
            Err(error) => last = Some(error),
        }
    }
    match (found.len(), last) {
        (1, _) => Ok(found.swap_remove(0)),
        (0, Some(error)) => Err(error),
        (0, None) => Err(no_connection(target)),
        _ => Err(multiple(target)),
    }
}

fn unpaired(at: &Step, sources: &[Option<SourceRef>], target: &str, asked: Asked) -> ExpressionError {
    if sources.iter().all(Option::is_none) { no_connection(target) } else { no_info(&at.node, asked) }
}

fn no_info(node: &str, asked: Asked) -> ExpressionError {
    let word = asked.word();
    ExpressionError::expression(format!(
        "Paired item data for {word} from node '{node}' is unavailable. Ensure '{node}' is providing the required output."
    ))
    .with_context("paired_item_no_info")
}

/// The target is not before the node.
pub(crate) fn no_connection(target: &str) -> ExpressionError {
    ExpressionError::expression("Invalid expression")
        .with_description(format!("The expression uses data in the node <strong>‘{target}’</strong> but there is no path back to it."))
        .with_context("paired_item_no_connection")
}

fn multiple(target: &str) -> ExpressionError {
    ExpressionError::expression("Multiple matches found")
        .with_description(format!("The expression uses data in the node <strong>‘{target}’</strong> but several of its items match."))
        .with_context("paired_item_multiple_matches")
}

fn out_of_reach(target: &str, here: &str) -> ExpressionError {
    ExpressionError::expression("Can’t get data for expression")
        .with_description(format!(
            "Some intermediate nodes between ‘<strong>{target}</strong>‘ and  ‘<strong>{here}</strong>‘ have not executed yet."
        ))
        .with_context("paired_item_intermediate_nodes")
}
