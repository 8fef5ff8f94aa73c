//! Nodes with two or more slots collect their inputs here; the same in both orders.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use workflow::Graph;
use workflow::graph::whole_number;

use super::{Input, Pending};

/// What became of a delivery.
pub(super) enum Delivered {
    /// Every slot is filled: the node is due.
    Complete(Pending),
    /// It waits; `first`: the node did not wait before.
    Waits {
        /// Whether the node had no waiting entry.
        first: bool,
    },
}

type Slots = Vec<Option<Input>>;

/// Waiting nodes in the order in which they began to wait, each with its numbered entries.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    nodes: IndexMap<usize, BTreeMap<usize, Slots>>,
}

impl Waiting {
    /// Puts the items into the entry with the lowest number whose slot is open, else into a new one.
    ///
    /// A new entry's number is the count of those present; one that has the number already is overwritten, and what it
    /// held is lost. That is n8n's doing, and recorded.
    pub(super) fn deliver(&mut self, node: usize, slots: usize, slot: usize, input: Input) -> Delivered {
        let first = !self.nodes.contains_key(&node);
        let entries = self.nodes.entry(node).or_default();
        let number = entries.iter().find(|(_, entry)| entry[slot].is_none()).map_or(entries.len(), |(number, _)| *number);
        let is_open = entries.get(&number).is_some_and(|entry| entry[slot].is_none());
        if !is_open {
            entries.insert(number, vec![None; slots]);
        }
        let complete = entries.get_mut(&number).is_some_and(|entry| {
            entry[slot] = Some(input);
            entry.iter().all(Option::is_some)
        });
        if complete { Delivered::Complete(self.take(node, number)) } else { Delivered::Waits { first } }
    }

    /// Takes an entry of the first node that `may_run` and that has no other waiting node above it.
    ///
    /// Of the node's entries the lowest is taken, numbers compared as text: 0, 1, 10, 2.
    pub(super) fn take_ready(&mut self, graph: &Graph, may_run: impl Fn(usize, &Slots) -> bool) -> Option<Pending> {
        let mut order: Vec<usize> = self.nodes.keys().copied().collect();
        order.sort_by_key(|node| whole_number(graph.name(*node)).unwrap_or(u32::MAX));
        let (node, number) = order.iter().find_map(|node| {
            let (number, entry) = self.nodes[node].iter().min_by_key(|(number, _)| number.to_string())?;
            let free = !order.iter().any(|other| other != node && graph.leads_to(*other, *node));
            (free && may_run(*node, entry)).then_some((*node, *number))
        })?;
        Some(self.take(node, number))
    }

    fn take(&mut self, node: usize, number: usize) -> Pending {
        let entries = self.nodes.entry(node).or_default();
        let inputs = entries.remove(&number).unwrap_or_default();
        if entries.is_empty() {
            self.nodes.shift_remove(&node);
        }
        Pending { node, inputs, starved: false }
    }
}
