//! Data that a workflow keeps between executions: for `run`, what the file's `staticData` holds, in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use node_sdk::ports::StaticState;
use serde_json::{Map, Value};

type Shared = Arc<Mutex<Map<String, Value>>>;

/// n8n's keys: `global` for the workflow, `node:NAME` for a node.
#[derive(Default)]
pub(crate) struct MemoryState {
    entries: Mutex<HashMap<String, Shared>>,
}

impl MemoryState {
    /// Starts with the file's top-level `staticData`.
    pub(crate) fn new(static_data: Option<&Map<String, Value>>) -> Self {
        let state = Self::default();
        let entries = static_data.into_iter().flatten();
        for (key, value) in entries {
            if let Some(map) = value.as_object() {
                *state.entry(key).lock().unwrap_or_else(PoisonError::into_inner) = map.clone();
            }
        }
        state
    }

    fn entry(&self, key: &str) -> Shared {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).entry(key.to_owned()).or_default().clone()
    }
}

impl StaticState for MemoryState {
    fn get(&self, node: Option<&str>) -> Shared {
        match node {
            None => self.entry("global"),
            Some(name) => self.entry(&format!("node:{name}")),
        }
    }
}
