//! Order v0: level by level; a waiting node makes the nodes on its empty sides run with made-up data.

use std::collections::VecDeque;
use std::sync::Arc;

use node_sdk::{Item, ItemList};
use workflow::{Graph, Link};

use super::waiting::{Delivered, Waiting};
use super::{EndlessLoop, Input, Origin, Pending, Schedule};

/// Order v0.
pub struct V0 {
    graph: Arc<Graph>,
    queue: VecDeque<Pending>,
    waiting: Waiting,
    /// For each node, for each of its runs: whether each output held items.
    history: Vec<Vec<Vec<bool>>>,
    /// Node and run of the entry that was put back last because it had too few inputs.
    put_back: Option<(usize, usize)>,
}

impl V0 {
    /// Nothing is due yet.
    pub fn new(graph: Arc<Graph>) -> Self {
        let history = vec![Vec::new(); graph.len()];
        Self { graph, queue: VecDeque::new(), waiting: Waiting::default(), history, put_back: None }
    }

    fn enqueue(&mut self, mut pending: Pending) {
        pending.starved = self.is_starved(&pending);
        self.queue.push_back(pending);
    }

    /// A node whose input 0 is empty does not run; but one runs that never got anything on input 0 and has items on a
    /// later input from itself or from a node below it (a loop back into it).
    fn is_starved(&self, pending: &Pending) -> bool {
        match pending.inputs.first() {
            Some(Some(input)) => input.items.is_empty(),
            _ => {
                let first = pending.inputs.iter().flatten().find(|input| !input.items.is_empty());
                let from_below = |origin: Origin| origin.node == pending.node || self.graph.leads_to(pending.node, origin.node);
                !first.is_some_and(|input| input.origin.is_some_and(from_below))
            }
        }
    }

    fn deliver(&mut self, target: usize, slot: usize, items: &ItemList, origin: Origin) {
        let slots = self.graph.slots(target);
        let input = Input { items: items.clone(), origin: Some(origin) };
        if slots == 1 {
            return self.enqueue(Pending { node: target, inputs: vec![Some(input)], starved: false });
        }
        match self.waiting.deliver(target, slots, slot, input) {
            Delivered::Complete(pending) => self.enqueue(pending),
            Delivered::Waits { first: true } => self.start_other_sides(target, items.is_empty(), origin),
            Delivered::Waits { first: false } => {}
        }
    }

    /// Looks for nodes above the waiting node that will not run by themselves, and starts each with one item `{}`.
    fn start_other_sides(&mut self, waiting: usize, delivered_empty: bool, origin: Origin) {
        let graph = self.graph.clone();
        for source in graph.incoming(waiting) {
            if let Some(candidate) = self.candidate(source.node, delivered_empty, origin) {
                let items = ItemList::from(vec![Item::empty().paired(0)]);
                self.enqueue(Pending { node: candidate, inputs: vec![Some(Input { items, origin: Some(origin) })], starved: false });
            }
        }
    }

    /// The node to start so that `source` runs: the last one on the way up from it before a node that has run.
    fn candidate(&self, source: usize, delivered_empty: bool, origin: Origin) -> Option<usize> {
        let graph = &self.graph;
        let fed_directly = graph.is_direct_target(origin.node, source) && self.got_items(source, origin.run);
        if source == origin.node || fed_directly || self.is_queued(source) || self.has_run(source) {
            return None;
        }
        let mut candidate = source;
        for node in graph.walk_upward(source) {
            let is_fed = node != source && graph.is_direct_target(origin.node, node);
            if is_fed || self.is_queued(node) {
                return None;
            }
            if self.has_run(node) {
                break;
            }
            candidate = node;
        }
        let below_empty = delivered_empty && graph.leads_to(origin.node, candidate);
        (!below_empty && !self.got_items(candidate, origin.run)).then_some(candidate)
    }

    /// Whether a source of the node's input 0 put out items for it, in the source's run `run`.
    fn got_items(&self, node: usize, run: usize) -> bool {
        self.graph.incoming(node).take_while(|source| source.input == 0).any(|source| {
            let outputs = self.history[source.node].get(run);
            outputs.and_then(|outputs| outputs.get(source.output)).copied().unwrap_or(false)
        })
    }

    fn is_queued(&self, node: usize) -> bool {
        self.queue.iter().any(|pending| pending.node == node)
    }

    fn has_run(&self, node: usize) -> bool {
        !self.history[node].is_empty()
    }

    /// Starts one waiting node; entries without any items are dropped on the way.
    fn start_waiting(&mut self) {
        while let Some(pending) = self.waiting.take_ready(&self.graph, |_, _| true) {
            if pending.inputs.iter().flatten().any(|input| !input.items.is_empty()) {
                return self.enqueue(pending);
            }
        }
    }
}

impl Schedule for V0 {
    fn start(&mut self, node: usize, items: ItemList) {
        self.enqueue(Pending { node, inputs: vec![Some(Input { items, origin: None })], starved: false });
    }

    fn next(&mut self) -> Result<Option<Pending>, EndlessLoop> {
        // Several such entries take turns for ever in n8n; here they end the run as one does.
        let mut turns = self.queue.len();
        while let Some(pending) = self.queue.pop_front() {
            let attempt = (pending.node, self.history[pending.node].len());
            if self.put_back == Some(attempt) || turns == 0 {
                return Err(EndlessLoop { node: pending.node });
            }
            // A node started with made-up data has one list: with three slots or more it cannot run.
            if pending.inputs.len() + 1 >= self.graph.slots(pending.node) {
                return Ok(Some(pending));
            }
            turns -= 1;
            self.put_back = Some(attempt);
            self.queue.push_back(pending);
        }
        Ok(None)
    }

    fn due(&self) -> usize {
        self.queue.len()
    }

    fn record(&mut self, node: usize, run: usize, outputs: &[ItemList]) {
        self.history[node].push(outputs.iter().map(|items| !items.is_empty()).collect());
        for Link { node: target, output, input } in self.graph.outgoing(node) {
            // An empty output counts as delivered, but never starts an input 0.
            if let Some(items) = outputs.get(output).filter(|items| !items.is_empty() || input > 0) {
                self.deliver(target, input, items, Origin { node, output, run });
            }
        }
        if self.queue.is_empty() {
            self.start_waiting();
        }
    }
}
