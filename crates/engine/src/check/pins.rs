//! Pinned items that are not what their author means.

use node_sdk::node::Level;
use workflow::{Diagnostic, Workflow};

use super::Found;
use crate::codes;

/// A pinned item without `json`: n8n hands it on as it is, and expressions see no data in it.
pub(super) fn check(workflow: &Workflow) -> Vec<Found> {
    let pins = workflow.to_value().get("pinData").and_then(serde_json::Value::as_object).into_iter().flatten();
    let bare = pins.filter_map(|(name, items)| {
        let index = items.as_array()?.iter().position(|item| item.get("json").is_none())?;
        workflow.node(name).map(|node| (node, index))
    });
    let say = |(node, index): (&workflow::Node, usize)| {
        let name = &node.name;
        let message = format!("\"{name}\": pinned item {index} has no key \"json\", so expressions behind it see no data");
        let help = "Wrap its fields: {\"json\": {…}}. n8n, too, hands such an item on as it stands.";
        let at = workflow.document().and_then(|document| document.place(&["pinData", name, &index.to_string()], None));
        Found::reported(Diagnostic { at, node: Some(name.clone()), ..Diagnostic::new(codes::PINNED, Level::Warning, message).help(help) })
    };
    bare.map(say).collect()
}
