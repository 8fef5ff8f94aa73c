//! What comes into a node.

use std::sync::Arc;

use crate::error::NodeError;
use crate::item::{Item, PairedItem};
use crate::list::{Chunks, ItemList};

/// What came in: a list of items for each input.
#[derive(Debug, Clone, Default)]
pub struct Inputs(Vec<ItemList>);

impl Inputs {
    /// These lists.
    pub fn new(lists: Vec<ItemList>) -> Self {
        Self(lists)
    }

    /// Input 0.
    pub fn main(&self) -> Input {
        self.get(0)
    }

    /// Input `index`; an empty one where there is none.
    pub fn get(&self, index: usize) -> Input {
        Input { list: self.0.get(index).cloned().unwrap_or_default(), slot: index }
    }

    /// The lists as they are, without the places of their items.
    pub fn lists(&self) -> &[ItemList] {
        &self.0
    }

    /// Number of inputs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no input at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that came in, in memory.
    ///
    /// # Errors
    /// A list cannot be read.
    pub async fn gather(&self) -> Result<Gathered, NodeError> {
        let mut lists = Vec::with_capacity(self.0.len());
        for slot in 0..self.0.len() {
            lists.push(self.get(slot).gather().await?);
        }
        Ok(Gathered(lists))
    }
}

/// One input. Its items say where they stand in it, so that a node that hands items on pairs them without doing anything; that is
/// written into a chunk when it is taken.
#[derive(Debug, Clone)]
pub struct Input {
    list: ItemList,
    slot: usize,
}

impl Input {
    /// How many items there are; `None`: that is not known before the end.
    pub fn len(&self) -> Option<usize> {
        self.list.len()
    }

    /// Whether it is known that there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The chunks, one after the other.
    pub fn chunks(&self) -> InputChunks {
        InputChunks { chunks: self.list.chunks(), slot: self.slot, taken: 0 }
    }

    /// All items, in memory.
    ///
    /// # Errors
    /// The list cannot be read.
    pub async fn gather(&self) -> Result<Vec<Item>, NodeError> {
        let mut items = Vec::with_capacity(self.len().unwrap_or(0));
        let mut chunks = self.chunks();
        while let Some(chunk) = chunks.next().await {
            items.extend(chunk?);
        }
        Ok(items)
    }
}

/// The chunks of an input.
#[derive(Debug)]
pub struct InputChunks {
    chunks: Chunks,
    slot: usize,
    taken: usize,
}

impl InputChunks {
    /// The next one; `None` after the last. An `Err` is a chunk that cannot be read, and nothing comes after it.
    pub async fn next(&mut self) -> Option<Result<Vec<Item>, NodeError>> {
        let chunk: Arc<Vec<Item>> = match self.chunks.next().await? {
            Ok(chunk) => chunk,
            Err(error) => return Some(Err(error)),
        };
        let first = self.taken;
        self.taken += chunk.len();
        Some(Ok(chunk.iter().enumerate().map(|(offset, item)| item.clone().paired(PairedItem::at(first + offset, self.slot))).collect()))
    }
}

/// Everything that came in, in memory: a list for each input.
#[derive(Debug, Clone, Default)]
pub struct Gathered(Vec<Vec<Item>>);

impl Gathered {
    /// The items of input 0.
    pub fn main(&self) -> &[Item] {
        self.get(0)
    }

    /// The items of input `index`; empty where there is none.
    pub fn get(&self, index: usize) -> &[Item] {
        self.0.get(index).map_or(&[], Vec::as_slice)
    }
}
