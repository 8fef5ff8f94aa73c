//! The nodes of n8n that steer a workflow and shape its data.

mod aggregate;
mod code;
mod common_errors;
mod compare;
mod conditions;
mod convert;
mod date;
mod describe;
mod execute_workflow;
mod filter;
mod http_request;
mod if_node;
mod items;
mod js;
mod json_text;
mod limit;
mod loop_over_items;
mod merge;
mod no_op;
mod path;
mod ports;
mod remove_duplicates;
mod respond;
mod set;
mod setting;
mod sort;
mod split_out;
mod sticky_note;
mod stop_and_error;
mod switch;
mod text;
mod triggers;
mod unsupported;
mod wait;

use std::sync::Arc;

use node_sdk::{Node, Provider};
use triggers::TriggerNode;

/// Makes a node type. Its description is shared, so this costs nothing.
type Make = fn() -> Arc<dyn Node>;

/// Every node type, in the order people should see them.
const NODES: &[(&str, Make)] = &[
    ("n8n-nodes-base.manualTrigger", || Arc::new(TriggerNode(&triggers::MANUAL))),
    ("n8n-nodes-base.scheduleTrigger", || Arc::new(TriggerNode(&triggers::SCHEDULE))),
    ("n8n-nodes-base.webhook", || Arc::new(TriggerNode(&triggers::WEBHOOK))),
    ("n8n-nodes-base.formTrigger", || Arc::new(TriggerNode(&triggers::FORM))),
    ("n8n-nodes-base.cron", || Arc::new(TriggerNode(&triggers::CRON))),
    ("n8n-nodes-base.interval", || Arc::new(TriggerNode(&triggers::INTERVAL))),
    ("n8n-nodes-base.start", || Arc::new(TriggerNode(&triggers::START))),
    ("n8n-nodes-base.errorTrigger", || Arc::new(TriggerNode(&triggers::ERROR))),
    ("n8n-nodes-base.executeWorkflowTrigger", || Arc::new(execute_workflow::ExecuteWorkflowTrigger)),
    ("n8n-nodes-base.set", || Arc::new(set::Set)),
    ("n8n-nodes-base.if", || Arc::new(if_node::If)),
    ("n8n-nodes-base.filter", || Arc::new(filter::Filter)),
    ("n8n-nodes-base.switch", || Arc::new(switch::Switch)),
    ("n8n-nodes-base.merge", || Arc::new(merge::Merge)),
    ("n8n-nodes-base.code", || Arc::new(code::Code)),
    ("n8n-nodes-base.httpRequest", || Arc::new(http_request::HttpRequestNode)),
    ("n8n-nodes-base.splitOut", || Arc::new(split_out::SplitOut)),
    ("n8n-nodes-base.aggregate", || Arc::new(aggregate::Aggregate)),
    ("n8n-nodes-base.limit", || Arc::new(limit::Limit)),
    ("n8n-nodes-base.sort", || Arc::new(sort::Sort)),
    ("n8n-nodes-base.splitInBatches", || Arc::new(loop_over_items::LoopOverItems)),
    ("n8n-nodes-base.removeDuplicates", || Arc::new(remove_duplicates::RemoveDuplicates)),
    ("n8n-nodes-base.wait", || Arc::new(wait::Wait)),
    ("n8n-nodes-base.respondToWebhook", || Arc::new(respond::RespondToWebhook)),
    ("n8n-nodes-base.stopAndError", || Arc::new(stop_and_error::StopAndError)),
    ("n8n-nodes-base.noOp", || Arc::new(no_op::NoOp)),
    ("n8n-nodes-base.stickyNote", || Arc::new(sticky_note::StickyNote)),
    ("n8n-nodes-base.executeWorkflow", || Arc::new(execute_workflow::ExecuteWorkflow)),
];

/// The node types of this crate. A type's description is read when it is first asked for, not before.
pub fn provider() -> impl Provider {
    FlowNodes
}

struct FlowNodes;

impl Provider for FlowNodes {
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        NODES.iter().find(|(name, _)| *name == type_name).map(|(_, node)| node())
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        NODES.iter().map(|(_, node)| node()).collect()
    }
}
