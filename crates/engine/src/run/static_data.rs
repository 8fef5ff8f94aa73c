//! The static data that a step changes is a part of what it came to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use node_sdk::ports::{StaticData, StaticState};
use node_sdk::sync::lock;
use serde_json::{Map, Value};

use crate::durable::StaticMap;

/// The static data of an execution as a node at work sees it, which knows what its step has asked for. A sub-workflow asks through its caller's, so what
/// it changes is a part of the step that called it.
pub(crate) struct WatchedState {
    inner: Arc<dyn StaticState>,
    owner: Owner,
    asked: Arc<Mutex<BTreeMap<Name, StaticData>>>,
    /// `$execution.customData`, which is the execution's.
    custom: StaticData,
    asked_for_custom: AtomicBool,
}

/// The workflow that was called, where it is another one, and the node.
type Name = (Option<String>, Option<String>);

enum Owner {
    Execution,
    Called(String),
    /// It ends with the call: there is nothing to put back.
    Call,
}

impl StaticState for WatchedState {
    fn get(&self, node: Option<&str>) -> StaticData {
        let data = self.inner.get(node);
        let workflow = match &self.owner {
            Owner::Execution => None,
            Owner::Called(name) => Some(name.clone()),
            Owner::Call => return data,
        };
        lock(&self.asked).insert((workflow, node.map(str::to_owned)), data.clone());
        data
    }

    fn of(&self, workflow: Option<&str>, stored: Option<&Map<String, Value>>) -> Arc<dyn StaticState> {
        let owner = workflow.map_or(Owner::Call, |name| Owner::Called(name.to_owned()));
        Arc::new(Self { owner, asked: self.asked.clone(), ..Self::new(self.inner.of(workflow, stored), StaticData::default()) })
    }

    fn told(&self) -> StaticData {
        self.asked_for_custom.store(true, Ordering::Relaxed);
        self.custom.clone()
    }
}

impl WatchedState {
    pub(crate) fn new(inner: Arc<dyn StaticState>, custom: StaticData) -> Self {
        Self { inner, owner: Owner::Execution, asked: Arc::default(), custom, asked_for_custom: AtomicBool::new(false) }
    }

    /// A step begins: it has asked for nothing.
    pub(crate) fn forget(&self) {
        lock(&self.asked).clear();
        self.asked_for_custom.store(false, Ordering::Relaxed);
    }

    /// What the step has asked for, as it is now.
    pub(crate) fn left(&self) -> Vec<StaticMap> {
        let asked = lock(&self.asked).clone();
        let kept = |((workflow, node), data): (Name, StaticData)| StaticMap { workflow, node, custom: false, data: lock(&data).clone() };
        let custom = || StaticMap { workflow: None, node: None, custom: true, data: lock(&self.custom).clone() };
        let asked_for_custom = self.asked_for_custom.load(Ordering::Relaxed);
        asked.into_iter().map(kept).chain(asked_for_custom.then(custom)).collect()
    }

    /// Makes it what a step had left that does not run again.
    pub(crate) fn put_back(&self, maps: Vec<StaticMap>) {
        for StaticMap { workflow, node, custom, data } in maps {
            if custom {
                *lock(&self.custom) = data;
                continue;
            }
            let state = workflow.map_or_else(|| self.inner.clone(), |name| self.inner.of(Some(&name), None));
            *lock(&state.get(node.as_deref())) = data;
        }
    }
}
