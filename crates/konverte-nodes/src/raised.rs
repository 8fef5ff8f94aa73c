//! Which values let the server break: it answers 500 to what others refuse with 422.
//!
//! A cause is named only where the request that was sent shows it.

use node_sdk::action::ActionSpec;
use node_sdk::ports::HttpBody;
use serde_json::{Map, Value};

/// A field whose value is one of a few; the server breaks on any other.
struct Stored {
    operations: &'static [&'static str],
    /// Its place in the body.
    field: &'static [&'static str],
    values: &'static [&'static str],
    /// Whether the server breaks without a value too; else null and "" do no harm.
    needed: bool,
}

const fn stored(operations: &'static [&'static str], field: &'static [&'static str], values: &'static [&'static str]) -> Stored {
    Stored { operations, field, values, needed: false }
}

const STORED: &[Stored] = &[
    stored(&["Toggle Status Of A Conversation", "New Conversation"], &["status"], &["open", "resolved", "pending", "snoozed"]),
    stored(&["Toggle Priority Of A Conversation"], &["priority"], &["low", "medium", "high", "urgent"]),
    stored(&["Add New Agent To Account", "Update Agent In Account"], &["availability"], &["online", "busy", "offline"]),
    stored(&["Add New Agent To Account", "Update Agent In Account"], &["role"], &["agent", "administrator"]),
    stored(&["Create An Account", "Update An Account"], &["status"], &["active", "suspended"]),
    Stored {
        needed: true,
        ..stored(&["Inbox Creation"], &["channel", "type"], &["web_widget", "api", "email", "line", "telegram", "whatsapp", "sms"])
    },
];

/// Operations that break on an id of which there is no record, where others answer 404.
const UNKNOWN_ID: &[&str] = &["Get Details Of A Single Automation Rule", "Update Automation Rule In Account", "Delete Automation Rule From Account"];

/// The cause that a request shows, or the one that its action is known for.
pub(crate) fn cause(action: &ActionSpec, body: &HttpBody) -> Option<String> {
    let operation = action.operation.as_ref();
    let sent = fields(body);
    let shown = STORED.iter().filter(|row| row.operations.contains(&operation)).find_map(|row| refused(row, sent.as_ref()?));
    shown.or_else(|| {
        let text = "The server answers 500 to an unknown id here: look whether there is such a record. If there is, the server's log says why.";
        UNKNOWN_ID.contains(&operation).then(|| text.to_owned())
    })
}

/// What was sent as JSON. Which fields a form has is not looked at.
fn fields(body: &HttpBody) -> Option<Map<String, Value>> {
    match body {
        HttpBody::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
        HttpBody::Empty => Some(Map::new()),
        HttpBody::Multipart(_) => None,
    }
}

/// Why the server breaks on this field, if it does.
fn refused(row: &Stored, sent: &Map<String, Value>) -> Option<String> {
    let (first, rest) = row.field.split_first()?;
    let value = rest.iter().try_fold(sent.get(*first)?, |value, key| value.get(key)).cloned();
    let value = value.filter(|value| !value.is_null() && *value != "");
    let (name, values) = (row.field.join("."), row.values.join(", "));
    match value {
        Some(Value::String(text)) if row.values.contains(&text.as_str()) => None,
        Some(value) => Some(format!("The server breaks on {name} {value}: it takes {values}.")),
        None => row.needed.then(|| format!("The server breaks without {name}: it takes {values}.")),
    }
}
