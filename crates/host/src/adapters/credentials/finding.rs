//! Which entry of the file is a node's: by the id that the node has for it, then by the name, then by the type.

use node_sdk::context::NodeInfo;
use node_sdk::error::{NodeError, codes};
use serde_json::Value;

use super::entries::{By, Entry};

/// The entry for a node's credential of this type; `None`: the file has none.
///
/// # Errors
/// The file has several, and nothing says which of them is meant.
pub(super) fn find<'a>(entries: &'a [Entry], node: &NodeInfo, type_name: &str) -> Result<Option<&'a Entry>, NodeError> {
    let named = node.credentials.iter().find(|(kind, _)| same_type(kind, type_name)).map(|(_, entry)| entry);
    let text = |key: &str| named.and_then(|entry| entry.get(key)).and_then(Value::as_str).filter(|text| !text.is_empty());
    let of = |by: By, key: &str| entries.iter().filter(|entry| entry.key(by) == key && may_be(entry, type_name)).collect::<Vec<_>>();
    for (by, key) in [(By::Id, text("id")), (By::Name, text("name"))] {
        let found = key.map(|key| of(by, key)).unwrap_or_default();
        if !found.is_empty() {
            return one(&found, type_name);
        }
    }
    let exact = of(By::Type, type_name);
    if !exact.is_empty() {
        return one(&exact, type_name);
    }
    one(&entries.iter().filter(|entry| same_type(entry.key(By::Type), type_name)).collect::<Vec<_>>(), type_name)
}

/// The entry that `konverte credentials` means by a name (or an id) and, where it is said, a type.
///
/// # Errors
/// The file has several of them.
pub(super) fn named<'a>(entries: &'a [Entry], name: &str, type_name: Option<&str>) -> Result<Option<&'a Entry>, NodeError> {
    let fits = |entry: &&Entry| type_name.is_none_or(|type_name| may_be(entry, type_name));
    let of = |by: By| entries.iter().filter(|entry| entry.key(by) == name).filter(fits).collect::<Vec<_>>();
    let by_id = of(By::Id);
    one(if by_id.is_empty() { of(By::Name) } else { by_id }.as_slice(), type_name.unwrap_or_default())
}

/// Whether an entry may be a credential of this type: an export says of each entry which it is.
fn may_be(entry: &Entry, type_name: &str) -> bool {
    entry.type_name().is_none_or(|known| same_type(known, type_name))
}

/// `konverteApi`, `chatwootApi` and any other type of that family stand for each other.
pub(super) fn same_type(a: &str, b: &str) -> bool {
    a == b || (of_family(a) && of_family(b))
}

/// Whether a credential type is of the Konverte family.
pub(crate) fn of_family(type_name: &str) -> bool {
    let name = type_name.to_ascii_lowercase();
    name.starts_with("konverte") || name.starts_with("chatwoot")
}

/// Of several entries none is taken: another one's token would do what was not meant.
fn one<'a>(found: &[&'a Entry], type_name: &str) -> Result<Option<&'a Entry>, NodeError> {
    let [first, second, ..] = found else { return Ok(found.first().copied()) };
    let shown = |entry: &Entry| format!("\"{}\" (id {}, {})", entry.key(By::Name), entry.key(By::Id), entry.type_name().unwrap_or(type_name));
    let more = if found.len() > 2 { format!(", and {} more", found.len() - 2) } else { String::new() };
    let message = format!("The credentials file has several that could be meant: {} and {}{more}", shown(first), shown(second));
    let help = "Say which: by its id in the node's `credentials` entry, or by names in the file of which no two are the same.";
    Err(NodeError::coded(codes::CREDENTIAL_INVALID, message).help(help))
}
