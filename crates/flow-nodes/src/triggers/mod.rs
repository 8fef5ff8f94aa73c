//! Triggers as start nodes of a run by hand: each is a row that says what it puts out by itself.
//!
//! With items given (`--input`) or pinned, those are put out instead; the engine sees to that.

mod schedule;

use node_sdk::{Item, Needs, NodeError, PrepareContext, Prepared, RunContext, RunTrigger, async_trait};
use serde_json::{Value, json};

use crate::row::Row;

/// A node that starts a run.
const fn trigger(name: &'static str, prepare: fn(&PrepareContext<'_>) -> Result<Prepared, NodeError>) -> Row {
    Row { trigger: true, ..Row::new(name, Needs::All, prepare) }
}

/// Manual Trigger.
pub(crate) const MANUAL: Row = Row {
    display_name: "Manual Trigger",
    summary: "Starts a workflow by hand.",
    description: include_str!("manual.json"),
    ..trigger("n8n-nodes-base.manualTrigger", |_| by_hand(nothing))
};

/// The Start node of old files. n8n 2 refuses it; here it is a Manual Trigger by another name.
pub(crate) const START: Row = Row {
    display_name: "Start",
    summary: "Starts a workflow by hand; the Manual Trigger of old files.",
    description: include_str!("start.json"),
    ..trigger("n8n-nodes-base.start", |_| by_hand(nothing))
};

/// Schedule Trigger.
pub(crate) const SCHEDULE: Row = Row {
    display_name: "Schedule Trigger",
    summary: "Starts a workflow at set times.",
    description: include_str!("schedule.json"),
    example: include_str!("schedule_example.json"),
    ..trigger("n8n-nodes-base.scheduleTrigger", |_| by_hand(schedule::time_fields))
};

/// Webhook.
pub(crate) const WEBHOOK: Row = Row {
    display_name: "Webhook",
    summary: "Starts a workflow when a request comes in.",
    description: include_str!("webhook.json"),
    example: include_str!("webhook_example.json"),
    outputs,
    ..trigger("n8n-nodes-base.webhook", |_| by_hand(nothing))
};

/// Form Trigger.
pub(crate) const FORM: Row = Row {
    display_name: "Form Trigger",
    summary: "Starts a workflow when a form is sent.",
    description: include_str!("form.json"),
    example: include_str!("form_example.json"),
    ..trigger("n8n-nodes-base.formTrigger", |_| by_hand(nothing))
};

/// Cron.
pub(crate) const CRON: Row = Row {
    display_name: "Cron",
    summary: "Starts a workflow at set times; the Schedule Trigger of old files.",
    description: include_str!("cron.json"),
    example: include_str!("cron_example.json"),
    ..trigger("n8n-nodes-base.cron", |_| by_hand(nothing))
};

/// Interval.
pub(crate) const INTERVAL: Row = Row {
    display_name: "Interval",
    summary: "Starts a workflow again and again, with a pause between.",
    description: include_str!("interval.json"),
    example: include_str!("interval_example.json"),
    ..trigger("n8n-nodes-base.interval", |_| by_hand(nothing))
};

/// Error Trigger.
pub(crate) const ERROR: Row = Row {
    display_name: "Error Trigger",
    summary: "Starts a workflow when another one fails.",
    description: include_str!("error.json"),
    ..trigger("n8n-nodes-base.errorTrigger", |_| by_hand(sample_error))
};

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

/// The JSON of the one item that a trigger puts out by hand.
type Payload = fn(&RunContext) -> Result<Value, NodeError>;

struct ByHand(Payload);

#[expect(clippy::unnecessary_wraps, reason = "what a row's `prepare` gives")]
fn by_hand(payload: Payload) -> Result<Prepared, NodeError> {
    Ok(Prepared::Trigger(Box::new(ByHand(payload))))
}

#[async_trait]
impl RunTrigger for ByHand {
    async fn run_by_hand(&self, cx: &RunContext) -> Result<Vec<Item>, NodeError> {
        Ok(vec![Item::new((self.0)(cx)?)])
    }
}

/// A Webhook that listens for several methods has an output for each.
fn outputs(cx: &PrepareContext<'_>) -> usize {
    cx.parameters.get("httpMethod").and_then(Value::as_array).map_or(1, |methods| methods.len().max(1))
}
