//! What a one-item node fills.

use crate::item::{Item, PairedItem};

/// The output buffer of a chunk of items: a list for each output.
///
/// The engine says which input item is at work, and takes back what an item that failed had put out. An item that does not say
/// what it comes from is paired with the one at work; one whose pairing is an empty list is left unpaired.
///
/// ```
/// use node_sdk::{Item, Output};
///
/// let mut out = Output::new(2);
/// out.begin(0);
/// out.push(Item::empty());
/// out.begin(1);
/// out.push_to(1, Item::empty());
/// out.take_back();
/// let lists = out.into_lists();
/// assert_eq!((lists[0].len(), lists[1].len()), (1, 0));
/// assert_eq!(lists[0][0].paired_item, Some(0.into()));
/// ```
#[derive(Debug, Default)]
pub struct Output {
    lists: Vec<Vec<Item>>,
    /// Lengths of the lists when the item at work began.
    begun: Vec<usize>,
    index: usize,
}

impl Output {
    /// An empty buffer for so many outputs; at least one.
    pub fn new(outputs: usize) -> Self {
        Self { lists: vec![Vec::new(); outputs.max(1)], ..Self::default() }
    }

    /// Puts an item on output 0.
    pub fn push(&mut self, item: Item) {
        self.push_to(0, item);
    }

    /// Puts an item on `output`.
    pub fn push_to(&mut self, output: usize, mut item: Item) {
        match &item.paired_item {
            None => item.paired_item = Some(PairedItem::item(self.index)),
            Some(PairedItem::List(origins)) if origins.is_empty() => item.paired_item = None,
            Some(_) => {}
        }
        if self.lists.len() <= output {
            self.lists.resize_with(output + 1, Vec::new);
        }
        self.lists[output].push(item);
    }

    /// Input item `index` is at work from now on. For the engine.
    pub fn begin(&mut self, index: usize) {
        self.index = index;
        self.begun.clear();
        self.begun.extend(self.lists.iter().map(Vec::len));
    }

    /// Takes back what the item at work has put out. For the engine.
    pub fn take_back(&mut self) {
        for (output, list) in self.lists.iter_mut().enumerate() {
            list.truncate(self.begun.get(output).copied().unwrap_or(0));
        }
    }

    /// Takes what another buffer has. For the engine.
    pub fn append(&mut self, other: &mut Self) {
        if self.lists.len() < other.lists.len() {
            self.lists.resize_with(other.lists.len(), Vec::new);
        }
        for (list, more) in self.lists.iter_mut().zip(&mut other.lists) {
            list.append(more);
        }
    }

    /// What was put out. For the engine.
    pub fn into_lists(self) -> Vec<Vec<Item>> {
        self.lists
    }
}
