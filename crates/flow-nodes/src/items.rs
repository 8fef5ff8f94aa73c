//! Items that a node hands on, paired with where they came from.

use node_sdk::{Gathered, Item, NodeError, PairedItem};
use serde_json::{Map, Value};

/// Item `index` of input `input` as it is, paired with that place.
pub(crate) fn passed(inputs: &Gathered, input: usize, index: usize) -> Item {
    inputs.get(input)[index].clone().paired(PairedItem::at(index, input))
}

/// The item that stands for what failed where a node goes on after errors: `{"error": message}`.
pub(crate) fn failed(error: &NodeError) -> Item {
    Item::new(Value::Object(Map::from_iter([("error".to_owned(), Value::String(error.message.clone()))])))
}

/// A pairing with the first `count` items of input 0.
pub(crate) fn all_origins(count: usize) -> PairedItem {
    PairedItem::List((0..count).map(PairedItem::item).collect())
}

/// The pairing of an item that the node leaves unpaired.
pub(crate) fn no_origin() -> PairedItem {
    PairedItem::List(Vec::new())
}
