//! The static data that a step changes is a part of what it came to.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use node_sdk::ports::StaticState;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::run::lock;

/// A map of the static data, as a step left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StaticMap {
    /// The node whose it is; `None`: the workflow's own.
    pub node: Option<String>,
    /// What it holds.
    pub data: Map<String, Value>,
}

/// The static data of an execution, which knows what the step at work has asked for. A sub-workflow asks through its caller's, so what
/// it changes is a part of the step that called it.
pub(crate) struct WatchedState {
    inner: Arc<dyn StaticState>,
    asked: Mutex<BTreeSet<Option<String>>>,
}

impl StaticState for WatchedState {
    fn get(&self, node: Option<&str>) -> Arc<Mutex<Map<String, Value>>> {
        lock(&self.asked).insert(node.map(str::to_owned));
        self.inner.get(node)
    }
}

impl WatchedState {
    pub(crate) fn new(inner: Arc<dyn StaticState>) -> Self {
        Self { inner, asked: Mutex::default() }
    }

    /// A step begins: it has asked for nothing.
    pub(crate) fn forget(&self) {
        lock(&self.asked).clear();
    }

    /// What the step has asked for, as it is now.
    pub(crate) fn left(&self) -> Vec<StaticMap> {
        let asked = lock(&self.asked).clone();
        asked.into_iter().map(|node| StaticMap { data: lock(&self.inner.get(node.as_deref())).clone(), node }).collect()
    }

    /// Makes it what a step had left that does not run again.
    pub(crate) fn put_back(&self, maps: Vec<StaticMap>) {
        for StaticMap { node, data } in maps {
            *lock(&self.get(node.as_deref())) = data;
        }
    }
}
