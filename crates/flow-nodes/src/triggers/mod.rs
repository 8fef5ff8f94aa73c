//! Triggers as start nodes of a run by hand: each is a row that says what it puts out by itself.
//!
//! With items given (`--input`) or pinned, those are put out instead; the engine sees to that.

mod schedule;

use node_sdk::{Begins, Item, Needs, NodeError, Outputs, PrepareContext, Prepared, RunContext, RunTrigger, async_trait};
use serde_json::{Value, json};

use crate::row::Row;

/// A node that starts a run.
const fn trigger(name: &'static str, prepare: fn(&PrepareContext<'_>) -> Result<Prepared, NodeError>) -> Row {
    Row { trigger: true, ..Row::new(name, Needs::All, prepare) }
}

/// A node that is called from outside: by hand it has one empty item.
const fn called(name: &'static str) -> Row {
    Row { begins: Begins::Empty, ..trigger(name, |_| by_hand(nothing)) }
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
    ..called("n8n-nodes-base.webhook")
};

/// Form Trigger.
pub(crate) const FORM: Row = Row {
    display_name: "Form Trigger",
    summary: "Starts a workflow when a form is sent.",
    description: include_str!("form.json"),
    example: include_str!("form_example.json"),
    ..called("n8n-nodes-base.formTrigger")
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

/// n8n Trigger.
pub(crate) const N8N: Row = Row {
    display_name: "n8n Trigger",
    summary: "Starts a workflow when n8n starts, or the workflow is changed or switched on.",
    description: include_str!("n8n.json"),
    example: include_str!("n8n_example.json"),
    ..trigger("n8n-nodes-base.n8nTrigger", |_| by_hand(manual_event))
};

/// Workflow Trigger, which the n8n Trigger has replaced.
pub(crate) const WORKFLOW: Row = Row {
    display_name: "Workflow Trigger",
    summary: "Starts a workflow when it is changed or switched on.",
    description: include_str!("workflow.json"),
    example: include_str!("workflow_example.json"),
    ..trigger("n8n-nodes-base.workflowTrigger", |_| by_hand(manual_event))
};

/// Chat Trigger. Its parameters are those that n8n's documentation names; they say who may chat and how the page looks.
pub(crate) const CHAT: Row = Row {
    display_name: "Chat Trigger",
    summary: "Starts a workflow with each message of a chat.",
    description: include_str!("chat.json"),
    example: include_str!("chat_example.json"),
    ..called("@n8n/n8n-nodes-langchain.chatTrigger")
};

/// Manual Chat Trigger, which the Chat Trigger has replaced.
pub(crate) const MANUAL_CHAT: Row = Row {
    display_name: "Manual Chat Trigger",
    summary: "Starts a workflow with each message of n8n's own chat.",
    description: include_str!("manual_chat.json"),
    ..called("@n8n/n8n-nodes-langchain.manualChatTrigger")
};

fn nothing(_: &RunContext) -> Result<Value, NodeError> {
    Ok(json!({}))
}

/// What n8n's events of its own are by hand.
fn manual_event(cx: &RunContext) -> Result<Value, NodeError> {
    Ok(json!({"event": "Manual execution", "timestamp": schedule::iso(cx)?, "workflow_id": cx.workflow.id}))
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
    async fn run_by_hand(&self, cx: &RunContext) -> Result<Outputs, NodeError> {
        Ok(Outputs::one(vec![Item::new((self.0)(cx)?)]))
    }
}

/// A Webhook that listens for several methods has an output for each.
fn outputs(cx: &PrepareContext<'_>) -> usize {
    cx.parameters.get("httpMethod").and_then(Value::as_array).map_or(1, |methods| methods.len().max(1))
}
