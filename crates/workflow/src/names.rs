//! The node types that n8n knows, to tell "n8n has it, we do not" from a typing error.

use std::collections::HashMap;
use std::sync::LazyLock;

use node_sdk::names::did_you_mean;

/// Every node type of n8n 2.41 with its versions, and every name without its package.
static NAMES: LazyLock<HashMap<String, Vec<f64>>> = LazyLock::new(|| {
    let names = serde_json::from_str(include_str!("../data/node-names.json"));
    debug_assert!(names.is_ok(), "the list is part of the program");
    names.unwrap_or_default()
});

/// What is to be said of a type that we do not have.
#[derive(Debug, Clone, PartialEq)]
pub enum Unknown {
    /// n8n has it.
    OfN8n {
        /// In these versions.
        versions: &'static [f64],
    },
    /// One of n8n's packages is named, but n8n knows no such node.
    NotInN8n {
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// A community package.
    Community {
        /// What was probably meant.
        suggestion: Option<String>,
    },
}

/// Nodes that steer a workflow or only shape its items: n8n offers none of them to agents.
const NO_TOOLS: [&str; 32] = [
    "aggregate",
    "code",
    "compareDatasets",
    "cron",
    "debugHelper",
    "evaluation",
    "executeWorkflow",
    "executionData",
    "filter",
    "form",
    "function",
    "functionItem",
    "if",
    "interval",
    "itemLists",
    "limit",
    "merge",
    "moveBinaryData",
    "noOp",
    "removeDuplicates",
    "renameKeys",
    "respondToWebhook",
    "set",
    "simulate",
    "sort",
    "splitInBatches",
    "splitOut",
    "stickyNote",
    "stopAndError",
    "summarize",
    "switch",
    "wait",
];

/// The node types of n8n, with their package, in no order.
pub fn n8n_types() -> impl Iterator<Item = &'static str> {
    NAMES.keys().map(String::as_str).filter(|name| is_n8n_package(name))
}

/// The versions of a node type in n8n; `None`: n8n has no such type.
pub fn n8n_versions(type_name: &str) -> Option<&'static [f64]> {
    NAMES.get(type_name).or_else(|| NAMES.get(as_tool(type_name)?)).map(Vec::as_slice)
}

/// The type that a name ending in `Tool` was derived from: n8n makes one of each node that an agent can use.
fn as_tool(type_name: &str) -> Option<&str> {
    let base = type_name.strip_suffix("Tool")?;
    let name = base.rsplit('.').next()?;
    let usable = !name.ends_with("Trigger") && !name.ends_with("Tool") && name != "webhook" && !NO_TOOLS.contains(&name);
    (usable && is_n8n_package(base)).then_some(base)
}

/// Whether the type is of n8n's own packages.
pub fn is_n8n_package(type_name: &str) -> bool {
    type_name.starts_with("n8n-nodes-base.") || type_name.starts_with("@n8n/")
}

/// Says what an unsupported type is. `ours` are the types that we have.
pub fn unknown<'a>(type_name: &'a str, ours: impl IntoIterator<Item = &'a str>) -> Unknown {
    if let Some(versions) = n8n_versions(type_name) {
        return Unknown::OfN8n { versions };
    }
    let suggestion = did_you_mean(type_name, ours.into_iter().chain(NAMES.keys().map(String::as_str))).map(str::to_owned);
    if is_n8n_package(type_name) { Unknown::NotInN8n { suggestion } } else { Unknown::Community { suggestion } }
}
