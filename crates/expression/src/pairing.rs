//! Which item of an earlier node an item came from: the walk along `pairedItem`, and n8n's texts where it ends.

use std::sync::Arc;

use node_sdk::{Item, PairedItem, PairedRef};
use serde_json::Value;

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
    /// As JavaScript says it.
    pub(crate) fn of_number(number: u8) -> Self {
        [Self::Item, Self::Paired, Self::Matching][usize::from(number).min(2)]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Paired => "pairedItem",
            Self::Matching => "itemMatching",
        }
    }
}

/// One place on the walk: an item of a node's output.
#[derive(Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) node: Arc<str>,
    pub(crate) output: usize,
    pub(crate) run: usize,
    pub(crate) item: usize,
}

/// The item and its place, or `None` where the walk ended at a trigger without having met the node though it is an ancestor: n8n fails
/// there with a `TypeError` of its own ([`LOST`]).
pub(crate) type Walked = Result<Option<(Step, Item)>, ExpressionError>;

/// What n8n's `TypeError` says was read of `undefined` where a walk ends.
pub(crate) const LOST: &str = "error";

/// The item of node `target` that item `item` of the scope's input came from.
pub(crate) fn paired_item(scope: &Scope, target: &str, item: usize, input: usize, asked: Asked) -> Walked {
    let Some(start) = step_back(&scope.sources, item, input) else { return Err(no_connection(target)) };
    Walk { view: &*scope.view, target, here: &scope.node, asked, left: LIMIT }.from(start)
}

/// As [`paired_item`], from a given place.
pub(crate) fn paired_from(scope: &Scope, target: &str, from: &SourceRef, item: usize) -> Walked {
    Walk { view: &*scope.view, target, here: &scope.node, asked: Asked::Item, left: LIMIT }.from(step(from.clone(), item))
}

/// More steps than any sane workflow has; a loop in recorded pairing ends here.
const LIMIT: usize = 10_000;

struct Walk<'a> {
    view: &'a dyn ExecutionView,
    target: &'a str,
    /// The node that asks.
    here: &'a str,
    asked: Asked,
    /// Steps that are left.
    left: usize,
}

impl Walk<'_> {
    fn from(&mut self, start: Step) -> Walked {
        let mut at = start;
        let mut first = true;
        loop {
            let items = self.view.output(&at.node, at.run, at.output);
            let sources = self.view.source(&at.node, at.run);
            let is_target = *at.node == *self.target;
            // A node that put out nothing is passed over.
            if !is_target && items.as_ref().is_some_and(|items| items.is_empty()) {
                let Some(before) = step_back(&sources, at.item, 0) else { return Ok(None) };
                (at, first) = (before, false);
                continue;
            }
            let Some(item) = items.as_ref().and_then(|items| items.get(at.item)) else {
                return Err(if first { out_of_reach(self.target, self.here) } else { no_info(&at.node, self.asked) });
            };
            if is_target {
                let item = item.clone();
                return Ok(Some((at, item)));
            }
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                return Err(no_info(&at.node, self.asked));
            }
            let Some(paired) = &item.paired_item else { return Err(unpaired(&at.node, &sources, self.target, self.asked)) };
            let mut origins = origins(paired, &sources);
            origins.dedup();
            if origins.len() > 1 {
                return self.choose(origins);
            }
            match origins.pop() {
                Some(Some(before)) => (at, first) = (before, false),
                Some(None) => return Ok(None),
                None => return Err(no_info(&at.node, self.asked)),
            }
        }
    }

    /// Several origins: they must lead to one and the same item.
    fn choose(&mut self, origins: Vec<Option<Step>>) -> Walked {
        let mut found: Vec<(Step, Item)> = Vec::new();
        let mut last = None;
        for start in origins.into_iter().flatten() {
            match self.from(start) {
                Ok(Some((place, item))) if !found.iter().any(|(_, known)| *known == item) => found.push((place, item)),
                Ok(_) => {}
                Err(error) if error.context_type == Some("paired_item_multiple_matches") => return Err(error),
                Err(error) => last = Some(error),
            }
        }
        match (found.pop(), last) {
            (Some(only), _) if found.is_empty() => Ok(Some(only)),
            (Some(_), _) => Err(multiple(self.target)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(None),
        }
    }
}

/// Where the item came from: each origin's place, `None` for one whose input had no source.
fn origins(paired: &PairedItem, sources: &[Option<SourceRef>]) -> Vec<Option<Step>> {
    match paired {
        PairedItem::Number(n) => n.as_u64().map(|item| step_back(sources, item as usize, 0)).into_iter().collect(),
        PairedItem::Object(to) => match overwritten(to) {
            Some(source) => vec![Some(step(source, to.item))],
            None => vec![step_back(sources, to.item, to.input.unwrap_or(0))],
        },
        PairedItem::List(list) => list.iter().flat_map(|paired| origins(paired, sources)).collect(),
    }
}

/// The node run that a pairing counts in, where it names one itself: a loop's items came in with an earlier run than the
/// one that hands them on.
fn overwritten(to: &PairedRef) -> Option<SourceRef> {
    let source = to.extra.get("sourceOverwrite")?;
    let number = |key: &str| source.get(key).and_then(Value::as_u64).unwrap_or(0) as usize;
    let node = source.get("previousNode")?.as_str()?.into();
    Some(SourceRef { node, output: number("previousNodeOutput"), run: number("previousNodeRun") })
}

fn step_back(sources: &[Option<SourceRef>], item: usize, input: usize) -> Option<Step> {
    Some(step(sources.get(input)?.clone()?, item))
}

fn step(SourceRef { node, output, run }: SourceRef, item: usize) -> Step {
    Step { node, output, run, item }
}

fn unpaired(node: &str, sources: &[Option<SourceRef>], target: &str, asked: Asked) -> ExpressionError {
    if sources.iter().all(Option::is_none) { no_connection(target) } else { no_info(node, asked) }
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
