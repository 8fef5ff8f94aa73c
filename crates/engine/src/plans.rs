//! One plan for each text of a workflow, made once and shared by all executions of a process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use node_sdk::Registry;
use node_sdk::sync::lock;
use workflow::Workflow;

use crate::plan::{Plan, PlanOptions};

/// How many plans are kept, and how many bytes of text they may have been made from: workflows, and the names of sub-workflows, may come
/// from expressions.
const MOST_PLANS: usize = 1000;
const MOST_BYTES: usize = 16 << 20;

/// The node types of a process, and the plans that were made with them. Whoever runs workflows has one, for all of its executions.
pub struct Plans {
    registry: Registry,
    kept: Mutex<Kept>,
}

/// The text of a workflow, and what else its plan depends on.
type Key = (Arc<str>, PlanOptions);

#[derive(Default)]
struct Kept {
    plans: HashMap<Key, (Arc<Plan>, u64)>,
    /// Of all texts.
    bytes: usize,
    /// Counts the uses: the plan that was not used for longest goes first.
    uses: u64,
}

impl Plans {
    /// No plan yet; all will be made with these node types.
    pub fn new(registry: Registry) -> Self {
        Self { registry, kept: Mutex::default() }
    }

    /// The node types.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The plan of a workflow: the one that is kept for its text, else a new one.
    pub fn of(&self, workflow: &Workflow, options: &PlanOptions) -> Arc<Plan> {
        let text = workflow.document().map_or_else(|| workflow.to_value().to_string().into(), |document| document.text.clone());
        let key = (text, options.clone());
        let kept = || lock(&self.kept);
        if let Some(plan) = kept().used(&key) {
            return plan;
        }
        // Nodes are prepared outside of the lock; of two that are made at once the first one is kept.
        let plan = Arc::new(Plan::new(workflow, &self.registry, options));
        kept().keep(key, plan)
    }
}

impl Kept {
    fn used(&mut self, key: &Key) -> Option<Arc<Plan>> {
        self.uses += 1;
        let (plan, used) = self.plans.get_mut(key)?;
        *used = self.uses;
        Some(plan.clone())
    }

    fn keep(&mut self, key: Key, plan: Arc<Plan>) -> Arc<Plan> {
        if let Some(known) = self.used(&key) {
            return known;
        }
        self.bytes += key.0.len();
        self.plans.insert(key, (plan.clone(), self.uses));
        while self.plans.len() > MOST_PLANS || self.bytes > MOST_BYTES {
            let oldest = self.plans.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.bytes -= oldest.0.len();
            self.plans.remove(&oldest);
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Workflow {
        Workflow::parse(&format!(r#"{{"name": "{name}", "nodes": [], "connections": {{}}}}"#), "a.json").expect("a workflow")
    }

    #[test]
    fn a_text_is_planned_once_and_what_was_not_used_for_longest_goes_first() {
        let plans = Plans::new(Registry::new());
        let plan = |name: &str| plans.of(&named(name), &PlanOptions::default());
        let (first, second) = (plan("first"), plan("second"));
        assert!(Arc::ptr_eq(&first, &plan("first")) && !Arc::ptr_eq(&first, &second));
        let elsewhere = PlanOptions { timezone: Some("Asia/Tokyo".into()) };
        assert!(!Arc::ptr_eq(&first, &plans.of(&named("first"), &elsewhere)));
        for number in 0..MOST_PLANS - 1 {
            plan(&number.to_string());
            plan("first");
        }
        assert_eq!(plans.kept.lock().expect("whole").plans.len(), MOST_PLANS);
        assert!(Arc::ptr_eq(&first, &plan("first")) && !Arc::ptr_eq(&second, &plan("second")));
        plan(&"long".repeat(MOST_BYTES));
        assert_eq!(plans.kept.lock().expect("whole").bytes, 0);
    }
}
