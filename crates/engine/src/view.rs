//! What expressions may ask about the execution so far.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use expression::{ExecutionInfo, ExecutionView, NodeView, SourceRef, WorkflowInfo};
use node_sdk::{BlobRef, Item, Source};
use serde_json::{Map, Value};

use crate::run::State;

pub(crate) use expression::SharedMap;

impl ExecutionView for State {
    fn node(&self, name: &str) -> Option<NodeView> {
        Some(self.plan.nodes[self.plan.index(name)?].view.clone())
    }

    fn run_count(&self, name: &str) -> usize {
        self.plan.index(name).map_or(0, |node| State::run_count(self, node))
    }

    fn output(&self, name: &str, run: usize, branch: usize) -> Option<Arc<Vec<Item>>> {
        self.run(self.plan.index(name)?, run)?.outputs.get(branch).cloned()
    }

    fn outputs_len(&self, name: &str, run: usize) -> usize {
        self.plan.index(name).and_then(|node| self.run(node, run)).map_or(0, |run| run.outputs.len())
    }

    fn source(&self, name: &str, run: usize) -> Vec<Option<SourceRef>> {
        let run = self.plan.index(name).and_then(|node| self.run(node, run));
        run.map_or_else(Vec::new, |run| run.source.iter().map(source_ref).collect())
    }

    fn pinned(&self, name: &str) -> bool {
        self.plan.index(name).is_some_and(|node| self.pins(node).is_some())
    }

    fn parents(&self, name: &str) -> Vec<String> {
        let Some(node) = self.plan.index(name) else { return Vec::new() };
        let mut names = Vec::new();
        self.search_upward(node, |parent, _| {
            names.push(self.plan.nodes[parent].name.to_string());
            None::<()>
        });
        names.dedup();
        names
    }

    fn connected_output(&self, from: &str, to: &str) -> Option<usize> {
        let (from, to) = (self.plan.index(from)?, self.plan.index(to)?);
        self.search_upward(to, |parent, output| (parent == from).then_some(output))
    }

    fn context(&self, name: &str) -> SharedMap {
        self.plan.index(name).map_or_else(SharedMap::default, |node| State::context(self, node))
    }

    fn workflow(&self) -> WorkflowInfo {
        let info = &self.plan.info;
        WorkflowInfo { id: info.id.clone(), name: info.name.clone(), active: info.active }
    }

    fn execution(&self) -> ExecutionInfo {
        let node_sdk::ExecutionInfo { id, mode } = &*self.execution;
        let url = |path: &str| format!("{}/{path}/{id}", self.resume_base);
        ExecutionInfo { id: id.clone(), mode: mode.clone(), resume_url: url("webhook-waiting"), resume_form_url: url("form-waiting") }
    }

    fn vars(&self) -> Arc<Value> {
        self.ports.variables.vars()
    }

    fn env(&self) -> Option<Arc<Map<String, Value>>> {
        self.ports.variables.env()
    }

    fn static_data(&self, node: Option<&str>) -> Arc<Mutex<Map<String, Value>>> {
        self.ports.static_state.get(node)
    }

    fn custom_data(&self) -> Arc<Mutex<Map<String, Value>>> {
        self.static_data.custom()
    }

    fn now(&self) -> i64 {
        State::now(self)
    }

    fn timezone(&self) -> &str {
        &self.plan.info.timezone
    }

    fn random(&self) -> f64 {
        let mut bytes = [0; 8];
        State::random(self, &mut bytes);
        // 53 bits are what a JavaScript number holds exactly.
        (u64::from_le_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn content(&self, key: &str) -> Option<String> {
        use base64::Engine as _;
        let content = self.ports.blobs.read(&BlobRef { id: key.into(), len: 0 }).ok()?;
        Some(base64::engine::general_purpose::STANDARD.encode(content))
    }
}

impl State {
    /// Goes up from the node, nearest first, and gives (parent, its output) of each connection to `visit` until that finds something.
    fn search_upward<T>(&self, node: usize, mut visit: impl FnMut(usize, usize) -> Option<T>) -> Option<T> {
        let mut seen = HashSet::from([node]);
        let mut open = VecDeque::from([node]);
        while let Some(next) = open.pop_front() {
            for parent in self.plan.graph.incoming(next) {
                let found = visit(parent.node, parent.output);
                if found.is_some() {
                    return found;
                }
                if seen.insert(parent.node) {
                    open.push_back(parent.node);
                }
            }
        }
        None
    }
}

/// The source as expressions know it.
pub(crate) fn source_ref(source: &Option<Source>) -> Option<SourceRef> {
    source.as_ref().map(|s| SourceRef { node: s.node.clone(), output: s.output, run: s.run })
}
