//! What a run has made so far: the records that its actions were answered with.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Mutex;

use super::Sender;
use crate::sync::lock;

/// The records that an execution was answered with where it asked for new ones, each with the item that it belongs to: who asked for it, in
/// which run of the node. One for the whole execution, with its sub-workflows.
#[derive(Debug, Default)]
pub struct Created(Mutex<HashMap<String, (Sender, usize)>>);

impl Created {
    /// Whether another item was answered with this record before; else it belongs to this item from now on, also where it is sent again.
    ///
    /// ```
    /// use node_sdk::ports::{Created, Sender};
    ///
    /// let created = Created::default();
    /// let item = |index| Sender { node: "Create user".to_owned(), item: Some(index), ..Sender::default() };
    /// assert!(!created.is_of_another(item(0), 0, "user 7".to_owned()));
    /// assert!(!created.is_of_another(item(0), 0, "user 7".to_owned()), "the same item, once more");
    /// assert!(created.is_of_another(item(1), 0, "user 7".to_owned()));
    /// assert!(created.is_of_another(item(0), 1, "user 7".to_owned()), "another run of the node");
    /// ```
    pub fn is_of_another(&self, sender: Sender, run: usize, record: String) -> bool {
        let asks = (sender, run);
        match lock(&self.0).entry(record) {
            Entry::Occupied(known) => *known.get() != asks,
            Entry::Vacant(new) => {
                new.insert(asks);
                false
            }
        }
    }
}
