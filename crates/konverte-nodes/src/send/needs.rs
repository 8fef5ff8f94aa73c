//! Parameters of which an action needs one or another: `source_id`, or `contact_id` and `inbox_id`.

use node_sdk::NodeError;
use node_sdk::action::{ActionSpec, Texts};

use crate::codes;

/// When a parameter that stands in the file counts for nothing.
pub(super) const NOT_SET: &str = "What an expression leaves undefined, null or blank counts as not set.";

/// What is lacking where no group of the action's needs is given: an error of the first parameter of the first group, whose help says what
/// each of them is.
pub(crate) fn lacking(action: &ActionSpec, is_given: impl Fn(&str) -> bool) -> Option<NodeError> {
    let groups = &action.native.needs;
    let first = groups.first()?.iter().next()?.to_owned();
    let met = groups.iter().any(|group| group.iter().all(&is_given));
    let names = groups.iter().flat_map(Texts::iter);
    let params = names.filter_map(|name| action.native_params().find(|param| param.key() == name));
    let help: Vec<String> = params.map(|param| format!("{}: {}", param.key(), param.summary)).collect();
    let message = format!("\"{}\" needs {}", action.operation, named(groups));
    (!met).then(|| NodeError::coded(codes::MISSING, message).parameter(first).help(help.join(" ")))
}

/// The groups as a phrase: `source_id, or contact_id and inbox_id`.
fn named(groups: &[Texts]) -> String {
    groups.iter().map(|group| group.join(" and ")).collect::<Vec<_>>().join(", or ")
}
