//! What expressions may ask about the execution so far.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use expression::{ExecutionInfo, ExecutionView, NodeView, SourceRef, WorkflowInfo};
use node_sdk::ports::StaticState;
use node_sdk::{BlobRef, ItemList, Source};
use serde_json::{Map, Value};

use super::at_work::AtWork;
use super::state::State;

pub(super) use expression::SharedMap;

/// The execution as a node at work sees it.
pub(super) struct View {
    pub(super) state: Arc<State>,
    pub(super) work: Arc<AtWork>,
}

impl ExecutionView for View {
    fn node(&self, name: &str) -> Option<NodeView> {
        Some(self.state.plan.nodes[self.state.plan.index(name)?].view.clone())
    }

    fn run_count(&self, name: &str) -> usize {
        self.state.plan.index(name).map_or(0, |node| self.state.run_count(node))
    }

    fn output(&self, name: &str, run: usize, branch: usize) -> Option<ItemList> {
        self.state.run(self.state.plan.index(name)?, run)?.outputs.get(branch).cloned()
    }

    fn outputs_len(&self, name: &str, run: usize) -> usize {
        self.state.plan.index(name).and_then(|node| self.state.run(node, run)).map_or(0, |run| run.outputs.len())
    }

    fn source(&self, name: &str, run: usize) -> Vec<Option<SourceRef>> {
        let run = self.state.plan.index(name).and_then(|node| self.state.run(node, run));
        run.map_or_else(Vec::new, |run| run.source.iter().map(source_ref).collect())
    }

    fn pinned(&self, name: &str) -> bool {
        self.state.plan.index(name).is_some_and(|node| self.state.pins(node).is_some())
    }

    fn parents(&self, name: &str) -> Vec<String> {
        let Some(node) = self.state.plan.index(name) else { return Vec::new() };
        let mut names = Vec::new();
        self.state.search_upward(node, |parent, _| {
            names.push(self.state.plan.nodes[parent].name.to_string());
            None::<()>
        });
        names.dedup();
        names
    }

    fn connected_output(&self, from: &str, to: &str) -> Option<usize> {
        let (from, to) = (self.state.plan.index(from)?, self.state.plan.index(to)?);
        self.state.search_upward(to, |parent, output| (parent == from).then_some(output))
    }

    fn context(&self, name: &str) -> SharedMap {
        self.state.plan.index(name).map_or_else(SharedMap::default, |node| self.state.context(node))
    }

    fn workflow(&self) -> WorkflowInfo {
        let info = &self.state.plan.info;
        WorkflowInfo { id: info.id.clone(), name: info.name.clone(), active: info.active }
    }

    fn execution(&self) -> ExecutionInfo {
        let node_sdk::ExecutionInfo { id, mode, .. } = &*self.state.execution;
        let url = |path: &str| format!("{}/{path}/{id}", self.state.resume_base);
        ExecutionInfo { id: id.clone(), mode: mode.clone(), resume_url: url("webhook-waiting"), resume_form_url: url("form-waiting") }
    }

    fn vars(&self) -> Arc<Value> {
        self.state.ports.variables.vars()
    }

    fn env(&self) -> Option<Arc<Map<String, Value>>> {
        self.state.ports.variables.env()
    }

    fn static_data(&self, node: Option<&str>) -> Arc<Mutex<Map<String, Value>>> {
        self.work.static_data.get(node)
    }

    fn custom_data(&self) -> Arc<Mutex<Map<String, Value>>> {
        self.work.static_data.told()
    }

    fn now(&self) -> i64 {
        self.work.now()
    }

    fn timezone(&self) -> &str {
        &self.state.plan.info.timezone
    }

    fn random(&self) -> f64 {
        let mut bytes = [0; 8];
        self.work.random(&mut bytes);
        // 53 bits are what a JavaScript number holds exactly.
        (u64::from_le_bytes(bytes) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn content(&self, key: &str) -> Option<String> {
        use base64::Engine as _;
        let content = self.state.ports.blobs.read(&BlobRef { id: key.into(), len: 0 }).ok()?;
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
pub(super) fn source_ref(source: &Option<Source>) -> Option<SourceRef> {
    source.as_ref().map(|s| SourceRef { node: s.node.clone(), output: s.output, run: s.run })
}
