//! The nodes of n8n that steer a workflow and shape its data.

mod aggregate;
mod code;
mod compare;
mod conditions;
mod convert;
mod date;
mod disk;
mod execute_command;
mod execute_workflow;
mod filter;
mod function;
mod function_item;
mod http_request;
mod if_node;
mod js;
mod json_text;
mod limit;
mod loop_over_items;
mod merge;
mod no_op;
mod path;
mod ports;
mod postgres;
mod read_binary_file;
mod read_binary_files;
mod read_write_file;
mod remove_duplicates;
mod respond;
mod row;
mod send_email;
mod set;
mod setting;
mod sort;
mod split_out;
mod sticky_note;
mod stop_and_error;
mod switch;
#[cfg(test)]
mod testing;
mod text;
mod triggers;
mod unsupported;
pub mod user_code;
mod wait;
mod write_binary_file;

/// What goes wrong with mail servers and databases, in the words of their nodes: for whoever asks them beside a run.
pub mod service_errors {
    pub use crate::postgres::{in_words as of_database, not_let_in};
    pub use crate::send_email::in_words as of_mail;
}

use std::sync::Arc;

use node_sdk::{Node, Provider};
use row::{FlowNode, Row};

/// Every node type, in the order people should see them.
const ROWS: [&Row; 41] = [
    &triggers::MANUAL,
    &triggers::SCHEDULE,
    &triggers::WEBHOOK,
    &triggers::FORM,
    &triggers::CRON,
    &triggers::INTERVAL,
    &triggers::START,
    &triggers::ERROR,
    &triggers::N8N,
    &triggers::WORKFLOW,
    &triggers::CHAT,
    &triggers::MANUAL_CHAT,
    &execute_workflow::TRIGGER,
    &set::ROW,
    &if_node::ROW,
    &filter::ROW,
    &switch::ROW,
    &merge::ROW,
    &code::ROW,
    &function::ROW,
    &function_item::ROW,
    &http_request::ROW,
    &postgres::ROW,
    &send_email::ROW,
    &split_out::ROW,
    &aggregate::ROW,
    &limit::ROW,
    &sort::ROW,
    &loop_over_items::ROW,
    &remove_duplicates::ROW,
    &wait::ROW,
    &respond::ROW,
    &stop_and_error::ROW,
    &no_op::ROW,
    &sticky_note::ROW,
    &execute_workflow::ROW,
    &read_write_file::ROW,
    &read_binary_file::ROW,
    &read_binary_files::ROW,
    &write_binary_file::ROW,
    &execute_command::ROW,
];

/// The node types of this crate. A type's description is read when it is first asked for, not before.
pub fn provider() -> impl Provider {
    FlowNodes(ROWS.map(|row| Arc::new(FlowNode::new(row))))
}

struct FlowNodes([Arc<FlowNode>; ROWS.len()]);

impl Provider for FlowNodes {
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        let node = self.0.iter().find(|node| node.name() == type_name)?;
        Some(node.clone())
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        self.0.iter().map(|node| node.clone() as Arc<dyn Node>).collect()
    }

    fn names(&self) -> Vec<String> {
        self.0.iter().map(|node| node.name().to_owned()).collect()
    }
}
