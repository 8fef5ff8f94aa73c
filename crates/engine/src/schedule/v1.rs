//! Order v1: depth first, branches from top to bottom.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

use node_sdk::{ItemList, RequiredInputs};
use workflow::{Graph, Link};

use super::waiting::{Delivered, Waiting};
use super::{EndlessLoop, Input, Origin, Pending, Schedule};

/// Order v1.
pub struct V1 {
    graph: Arc<Graph>,
    required: Arc<[RequiredInputs]>,
    queue: VecDeque<Pending>,
    waiting: Waiting,
}

impl V1 {
    /// Nothing is due yet.
    pub fn new(graph: Arc<Graph>, required: Arc<[RequiredInputs]>) -> Self {
        Self { graph, required, queue: VecDeque::new(), waiting: Waiting::default() }
    }

    fn deliver(&mut self, target: usize, slot: usize, input: Input) {
        let slots = self.graph.slots(target);
        if slots == 1 {
            self.queue.push_front(Pending { node: target, inputs: vec![Some(input)], starved: false });
        } else if let Delivered::Complete(pending) = self.waiting.deliver(target, slots, slot, input) {
            self.queue.push_front(pending);
        }
    }

    /// Of two targets the lower one comes first, at equal height the one farther right: the last delivered runs first.
    fn delivery_order(&self, a: usize, b: usize) -> Ordering {
        let ([ax, ay], [bx, by]) = (self.graph.position(a), self.graph.position(b));
        let descending = |a: f64, b: f64| b.partial_cmp(&a).unwrap_or(Ordering::Equal);
        descending(ay, by).then(descending(ax, bx))
    }
}

impl Schedule for V1 {
    fn start(&mut self, node: usize, items: ItemList) {
        self.queue.push_back(Pending { node, inputs: vec![Some(Input { items, origin: None })], starved: false });
    }

    fn next(&mut self) -> Result<Option<Pending>, EndlessLoop> {
        Ok(self.queue.pop_front())
    }

    fn due(&self) -> usize {
        self.queue.len()
    }

    fn record(&mut self, node: usize, run: usize, outputs: &[ItemList]) {
        let mut connections = self.graph.outgoing(node);
        connections.sort_by(|a, b| self.delivery_order(a.node, b.node));
        for Link { node: target, output, input } in connections {
            if let Some(items) = outputs.get(output).filter(|items| !items.is_empty()) {
                self.deliver(target, input, Input { items: items.clone(), origin: Some(Origin { node, output, run }) });
            }
        }
        if self.queue.is_empty() {
            let ready = self.waiting.take_ready(&self.graph, |node, slots| match &self.required[node] {
                RequiredInputs::Any => true,
                RequiredInputs::These(needed) => needed.iter().all(|slot| slots.get(*slot).is_some_and(Option::is_some)),
                RequiredInputs::All => slots.iter().all(Option::is_some),
            });
            self.queue.extend(ready);
        }
    }
}
