//! Parameters of which an action needs one or another: `source_id`, or `contact_id` and `inbox_id`.

use node_sdk::action::{ActionSpec, Texts};

/// When a parameter that stands in the file counts for nothing.
pub(super) const NOT_SET: &str = "What an expression leaves undefined, null or blank counts as not set.";

/// What is lacking where no group of the action's needs is given: the first parameter of the first group, and a sentence.
pub(crate) fn lacking(action: &ActionSpec, is_given: impl Fn(&str) -> bool) -> Option<(String, String)> {
    let groups = &action.native.needs;
    let first = groups.first()?.iter().next()?.to_owned();
    let met = groups.iter().any(|group| group.iter().all(&is_given));
    (!met).then(|| (first, format!("\"{}\" needs {}", action.operation, named(groups))))
}

/// The groups as a phrase: `source_id, or contact_id and inbox_id`.
fn named(groups: &[Texts]) -> String {
    groups.iter().map(|group| group.join(" and ")).collect::<Vec<_>>().join(", or ")
}
