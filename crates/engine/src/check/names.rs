//! The names of a workflow's nodes: what is meant by one that is not there, and by an id.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use node_sdk::names::did_you_mean;
use workflow::Workflow;

/// How many names are compared for one file: of many names that are not there in a large file, the later ones get no suggestion.
const MOST_COMPARED: usize = 100_000;

pub(super) struct Names<'a> {
    names: Vec<&'a str>,
    /// Ids that are no names, with the name of their node.
    ids: HashMap<&'a str, &'a str>,
    suggested: RefCell<HashMap<String, Option<&'a str>>>,
    left: Cell<usize>,
}

impl<'a> Names<'a> {
    pub(super) fn new(workflow: &'a Workflow) -> Self {
        let ids = workflow.nodes.iter().filter(|node| !node.id.is_empty() && workflow.node(&node.id).is_none());
        Self {
            names: workflow.nodes.iter().map(|node| node.name.as_str()).collect(),
            ids: ids.map(|node| (node.id.as_str(), node.name.as_str())).collect(),
            suggested: RefCell::default(),
            left: Cell::new(MOST_COMPARED),
        }
    }

    /// The name of the node with this id.
    pub(super) fn of_id(&self, id: &str) -> Option<&'a str> {
        self.ids.get(id).copied()
    }

    /// The name that may be meant by one that is not there.
    pub(super) fn near(&self, missing: &str) -> Option<&'a str> {
        if let Some(known) = self.suggested.borrow().get(missing) {
            return *known;
        }
        let left = self.left.get().checked_sub(self.names.len())?;
        self.left.set(left);
        let near = self.of_id(missing).or_else(|| did_you_mean(missing, self.names.iter().copied()));
        self.suggested.borrow_mut().insert(missing.to_owned(), near);
        near
    }
}
