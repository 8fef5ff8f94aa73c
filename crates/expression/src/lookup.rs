//! What the `$`-variables show, for both tiers: items and parameters of nodes, or n8n's error.

use std::sync::{Arc, LazyLock};

use node_sdk::{Item, ItemList, PairedItem};
use serde_json::{Map, Value};

use crate::error::ExpressionError;
use crate::pairing::{self, Asked, Step, Walked};
use crate::view::{NodeView, Scope};

/// The items of a node without inputs.
static NO_ITEMS: LazyLock<ItemList> = LazyLock::new(ItemList::default);

type Found<T> = Result<T, ExpressionError>;

/// The node does not stand in the workflow.
pub(crate) fn unknown_node() -> ExpressionError {
    ExpressionError::expression("Referenced node doesn't exist").with_context("node_not_found")
}

fn not_executed(name: &str) -> ExpressionError {
    ExpressionError::expression(format!("Node '{name}' hasn't been executed")).with_context("no_execution_data")
}

/// `$node[...]` of a node that does not lead to this one.
fn not_connected(here: &str, name: &str) -> ExpressionError {
    ExpressionError::expression(format!("connect \"{here}\" to \"{name}\""))
}

/// `$input` without items.
pub(crate) fn no_data() -> ExpressionError {
    ExpressionError::expression("No execution data available").with_context("no_execution_data")
}

/// `$env` without permission.
pub(crate) fn env_denied() -> ExpressionError {
    ExpressionError::expression("access to env vars denied")
        .with_description("If you need access please contact the administrator to remove the environment variable ‘N8N_BLOCK_ENV_ACCESS_IN_NODE‘")
}

impl Scope {
    /// The first input's items.
    pub(crate) fn items(&self) -> &ItemList {
        self.inputs.first().unwrap_or(&NO_ITEMS)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.items().len().unwrap_or(0)
    }

    /// The item of that index as `$json` and `$binary` see it.
    pub(crate) fn current(&self, index: usize) -> Found<&Item> {
        let items = self.items();
        if items.is_empty() {
            return Err(not_executed(&self.node));
        }
        items.get(index).ok_or_else(|| beyond(&self.node, self.count(), index))
    }

    /// The item of that index as `$input` shows it: paired with itself.
    pub(crate) fn input_item(&self, index: usize) -> Found<Item> {
        let item = self.items().get(index).ok_or_else(no_data)?;
        Ok(item.clone().paired(PairedItem::input(index, 0)))
    }

    /// All items as `$input` shows them.
    pub(crate) fn input_items(&self) -> Found<Vec<Item>> {
        if self.items().is_empty() {
            return Err(no_data());
        }
        Ok(self.items().iter().enumerate().map(|(i, item)| item.clone().paired(PairedItem::input(i, 0))).collect())
    }

    /// The node of that name.
    pub(crate) fn find(&self, name: &str) -> Found<NodeView> {
        self.view.node(name).ok_or_else(unknown_node)
    }

    /// The run that is meant where none is named: the last one, for the node itself the one before.
    pub(crate) fn default_run(&self, name: &str) -> Found<usize> {
        match self.view.run_count(name) {
            0 => Err(not_executed(name)),
            count => Ok(count - 1),
        }
    }

    /// The output that is meant where none is named: the one that leads to this node.
    pub(crate) fn default_branch(&self, name: &str) -> usize {
        self.view.connected_output(name, &self.node).unwrap_or(0)
    }

    /// All items of an output. A negative run or output is nothing (`None`).
    pub(crate) fn output_items(&self, name: &str, branch: Option<i64>, run: Option<i64>, wired: bool) -> Found<Option<ItemList>> {
        let place = self.output_place(name, branch, run, wired)?;
        Ok(place.map(|(run, branch)| self.view.output(name, run, branch).unwrap_or_default()))
    }

    /// The run and the output that are meant. `wired`: `$('X')`, which shows pinned data whatever run and output are asked for.
    pub(crate) fn output_place(&self, name: &str, branch: Option<i64>, run: Option<i64>, wired: bool) -> Found<Option<(usize, usize)>> {
        self.find(name)?;
        let last = self.default_run(name)?;
        if wired && self.view.pinned(name) {
            return Ok(Some((last, 0)));
        }
        let (run, branch) = (run.unwrap_or(last as i64), branch.unwrap_or_else(|| if wired { self.default_branch(name) as i64 } else { 0 }));
        if run < 0 || branch < 0 {
            return Ok(None);
        }
        if run as usize > last {
            return Err(ExpressionError::expression(format!("Run {run} of node \"{name}\" not found")));
        }
        let (run, branch) = (run as usize, branch as usize);
        if branch >= self.view.outputs_len(name, run).max(1) {
            return Err(ExpressionError::expression(format!("Node \"{name}\" has no branch with index {branch}.")));
        }
        Ok(Some((run, branch)))
    }

    /// `$node["X"]`: the item of the same index.
    pub(crate) fn node_item(&self, name: &str, index: usize) -> Found<Item> {
        let (run, branch) = self.node_item_place(name, index)?;
        let items = self.view.output(name, run, branch).unwrap_or_default();
        items.get(index).cloned().ok_or_else(|| beyond(name, items.len().unwrap_or(0), index))
    }

    /// The run and the output in which `$node["X"]` finds the item of that index.
    pub(crate) fn node_item_place(&self, name: &str, index: usize) -> Found<(usize, usize)> {
        self.find(name)?;
        let run = self.default_run(name)?;
        let branch = match self.view.connected_output(name, &self.node) {
            None if *name != *self.node && !self.view.pinned(name) => return Err(not_connected(&self.node, name)),
            branch => branch.unwrap_or(0),
        };
        match self.view.output(name, run, branch).and_then(|items| items.len()).unwrap_or(0) {
            count if index < count => Ok((run, branch)),
            count => Err(beyond(name, count, index)),
        }
    }

    /// `$('X').item`, `.pairedItem(n)`, `.itemMatching(n)`. `None`: [`pairing::LOST`].
    pub(crate) fn matching_item(&self, name: &str, index: usize, asked: Asked) -> Found<Option<Item>> {
        Ok(self.walk(name, index, asked)?.map(|(_, item)| item))
    }

    /// Where that item stands.
    pub(crate) fn matching_place(&self, name: &str, index: usize, asked: Asked) -> Found<Option<Step>> {
        Ok(self.walk(name, index, asked)?.map(|(place, _)| place))
    }

    fn walk(&self, name: &str, index: usize, asked: Asked) -> Walked {
        self.find(name)?;
        if *name == *self.node {
            return Err(pairing::no_connection(name));
        }
        let found = match self.view.run_count(name) {
            0 => Err(not_executed(name)),
            _ => pairing::paired_item(self, name, index, 0, asked),
        };
        // Who is found is connected; all ancestors are asked for only where nothing is found.
        match found {
            Err(_) | Ok(None) if !self.view.parents(&self.node).iter().any(|parent| parent == name) => Err(pairing::no_connection(name)),
            found => found,
        }
    }

    /// The raw parameters of a node.
    pub(crate) fn params(&self, name: &str) -> Found<Arc<Map<String, Value>>> {
        if *name == *self.node {
            return Ok(self.parameters.clone());
        }
        Ok(self.find(name)?.parameters)
    }

    /// The node before this one.
    pub(crate) fn previous(&self) -> Option<&crate::view::SourceRef> {
        self.sources.first().and_then(Option::as_ref)
    }
}

fn beyond(name: &str, len: usize, index: usize) -> ExpressionError {
    ExpressionError::expression(format!("\"{name}\" node has {len} item(s) but you're trying to access item {index}"))
        .with_context("no_execution_data")
}
