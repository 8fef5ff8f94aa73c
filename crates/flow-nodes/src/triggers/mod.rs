//! Triggers as start nodes of a run by hand: each is a row that says what it puts out by itself.
//!
//! With items given (`--input`) or pinned, those are put out instead; the engine sees to that.

mod schedule;

use std::sync::OnceLock;

use node_sdk::{Descriptor, Item, Node, NodeError, OutputCount, PrepareContext, Prepared, RunContext, RunTrigger, async_trait};
use serde_json::{Value, json};

use crate::describe::{self, About};

/// A trigger.
pub(crate) struct Trigger {
    about: About,
    descriptor: OnceLock<Descriptor>,
    /// The JSON of the one item that it puts out by hand.
    by_hand: fn(&RunContext) -> Result<Value, NodeError>,
}

impl Trigger {
    const fn new(about: About, by_hand: fn(&RunContext) -> Result<Value, NodeError>) -> Self {
        Self { about, descriptor: OnceLock::new(), by_hand }
    }
}

/// Manual Trigger.
pub(crate) static MANUAL: Trigger = Trigger::new(
    About::trigger("n8n-nodes-base.manualTrigger", "Manual Trigger", "Starts a workflow by hand.", include_str!("manual.json")),
    nothing,
);

/// The Start node of old files. n8n 2 refuses it; here it is a Manual Trigger by another name.
pub(crate) static START: Trigger = Trigger::new(
    About::trigger("n8n-nodes-base.start", "Start", "Starts a workflow by hand; the Manual Trigger of old files.", include_str!("start.json")),
    nothing,
);

/// Schedule Trigger.
pub(crate) static SCHEDULE: Trigger = Trigger::new(
    About::trigger("n8n-nodes-base.scheduleTrigger", "Schedule Trigger", "Starts a workflow at set times.", include_str!("schedule.json")),
    schedule::time_fields,
);

/// Webhook.
pub(crate) static WEBHOOK: Trigger = Trigger::new(
    About::trigger("n8n-nodes-base.webhook", "Webhook", "Starts a workflow when a request comes in.", include_str!("webhook.json")),
    nothing,
);

/// Form Trigger.
pub(crate) static FORM: Trigger = Trigger::new(
    About::trigger("n8n-nodes-base.formTrigger", "Form Trigger", "Starts a workflow when a form is sent.", include_str!("form.json")),
    nothing,
);

/// Cron.
pub(crate) static CRON: Trigger = Trigger::new(
    About::trigger("n8n-nodes-base.cron", "Cron", "Starts a workflow at set times; the Schedule Trigger of old files.", include_str!("cron.json")),
    nothing,
);

/// Interval.
pub(crate) static INTERVAL: Trigger = Trigger::new(
    About::trigger("n8n-nodes-base.interval", "Interval", "Starts a workflow again and again, with a pause between.", include_str!("interval.json")),
    nothing,
);

/// Error Trigger.
pub(crate) static ERROR: Trigger = Trigger::new(
    About::trigger("n8n-nodes-base.errorTrigger", "Error Trigger", "Starts a workflow when another one fails.", include_str!("error.json")),
    sample_error,
);

fn nothing(_: &RunContext) -> Result<Value, NodeError> {
    Ok(json!({}))
}

/// The made-up failure that n8n shows when an error workflow is tried out by hand.
fn sample_error(_: &RunContext) -> Result<Value, NodeError> {
    Ok(json!({
        "execution": {
            "id": 231,
            "url": "http://localhost:5678/execution/workflow/1/231",
            "retryOf": "34",
            "error": {"message": "Example Error Message", "stack": "Stacktrace"},
            "lastNodeExecuted": "Node With Error",
            "mode": "manual",
        },
        "workflow": {"id": "1", "name": "Example Workflow"},
    }))
}

/// A trigger as a node type.
pub(crate) struct TriggerNode(pub(crate) &'static Trigger);

impl Node for TriggerNode {
    fn descriptor(&self) -> &Descriptor {
        self.0.descriptor.get_or_init(|| self.0.about.read())
    }

    /// One file holds them all, by type.
    fn example(&self) -> Option<Value> {
        let name = self.0.about.name.strip_prefix("n8n-nodes-base.")?;
        describe::example(include_str!("examples.json"))?.get(name).cloned()
    }

    fn prepare(&self, _: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::Trigger(Box::new(TriggerNode(self.0))))
    }

    /// One, but for a Webhook that listens for several methods: it has an output for each.
    fn outputs(&self, cx: &PrepareContext<'_>) -> usize {
        match self.descriptor().version(cx.node.type_version).map(|group| group.outputs) {
            Some(OutputCount::Fixed(count)) => count,
            Some(OutputCount::ByParameters) => cx.parameters.get("httpMethod").and_then(Value::as_array).map_or(1, |methods| methods.len().max(1)),
            _ => 1,
        }
    }
}

#[async_trait]
impl RunTrigger for TriggerNode {
    async fn run_by_hand(&self, cx: &RunContext) -> Result<Vec<Item>, NodeError> {
        Ok(vec![Item::new((self.0.by_hand)(cx)?)])
    }
}
