//! Data that workflows keep between executions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use crate::sync::lock;

/// A map of static data, shared by all that ask for it.
pub type StaticData = Arc<Mutex<Map<String, Value>>>;

/// Port: the data that a workflow keeps between executions.
pub trait StaticState: Send + Sync {
    /// The workflow's own (`None`) or a node's.
    fn get(&self, node: Option<&str>) -> StaticData;

    /// That of another workflow, which this one calls. `workflow`: what it is known by; `None` where there is no more of it than the
    /// JSON of one call, so that nothing is kept. `stored`: its file's `staticData`, for what is not known yet.
    fn of(&self, workflow: Option<&str>, stored: Option<&Map<String, Value>>) -> Arc<dyn StaticState>;

    /// What the execution tells of itself, `$execution.customData`: texts, for this execution alone.
    fn told(&self) -> StaticData;
}

/// Static data in memory, in n8n's keys: `global` for the workflow, `node:NAME` for a node.
#[derive(Default)]
pub struct MemoryState {
    maps: Mutex<HashMap<String, StaticData>>,
    told: StaticData,
    /// Of all workflows of the run, by what they are known by.
    others: Arc<Mutex<HashMap<String, Arc<MemoryState>>>>,
}

impl MemoryState {
    /// Begins with a file's top-level `staticData`.
    pub fn new(stored: Option<&Map<String, Value>>) -> Self {
        let state = Self::default();
        state.learn(stored);
        state
    }

    fn learn(&self, stored: Option<&Map<String, Value>>) {
        let mut maps = lock(&self.maps);
        for (key, value) in stored.into_iter().flatten() {
            if let (Value::Object(data), false) = (value, maps.contains_key(key)) {
                maps.insert(key.clone(), Arc::new(Mutex::new(data.clone())));
            }
        }
    }
}

impl StaticState for MemoryState {
    fn get(&self, node: Option<&str>) -> StaticData {
        let key = node.map_or_else(|| "global".to_owned(), |name| format!("node:{name}"));
        lock(&self.maps).entry(key).or_default().clone()
    }

    fn of(&self, workflow: Option<&str>, stored: Option<&Map<String, Value>>) -> Arc<dyn StaticState> {
        let fresh = || Arc::new(Self { others: self.others.clone(), ..Self::default() });
        let state = match workflow {
            Some(name) => lock(&self.others).entry(name.to_owned()).or_insert_with(fresh).clone(),
            None => fresh(),
        };
        state.learn(stored);
        state
    }

    fn told(&self) -> StaticData {
        self.told.clone()
    }
}
