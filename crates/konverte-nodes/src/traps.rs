//! The traps of this API: where the server differs from its documentation, and an action that looks right does not do what it says.
//!
//! One row for each trap: the actions that it lies in, and what to look at. Most lie in the defaults that n8n sends;
//! native mode, which sends what was set, falls into them only by a value that was set.
//! Source: the server's source (versions 3.3 to 4.15) against the document of the 115 operations.

use node_sdk::action::Param;
use node_sdk::node::Finding;
use node_sdk::{ErrorCode, NodeError};
use serde_json::Value;

use crate::codes;
use crate::place::{Mode, Seen};
use crate::send::{emptied, says_nothing};
use crate::unset;

/// A trap and how it is seen.
pub struct Trap {
    /// Its code, which has a page.
    pub code: ErrorCode,
    /// Operations in which it lies.
    pub operations: &'static [&'static str],
    look: fn(&Seen<'_>, &ErrorCode) -> Vec<Finding>,
}

/// All traps.
pub const TRAPS: &[Trap] = &[
    Trap { code: codes::NO_ROUTE, operations: &["Update New Portal To Account"], look: no_route },
    Trap { code: codes::PORTAL_SLUG, operations: &["Add New Category To Account", "Add New Article To Account"], look: portal_slug },
    Trap { code: codes::LIST_FILTER, operations: &["Conversation List", "Conversation List Meta"], look: list_filter },
    Trap { code: codes::ASSIGNEE_WINS, operations: &["Assign A Conversation"], look: assignee_wins },
    Trap { code: codes::MESSAGE_DEFAULTS, operations: &["Create A New Message In A Conversation"], look: message_defaults },
    Trap {
        code: codes::STORED_VALUES,
        operations: &["Update Agent In Account", "Add New Agent To Account", "Toggle Priority Of A Conversation"],
        look: stored_values,
    },
    Trap { code: codes::FILTER_TYPE, operations: &["Create A Custom Filter", "Update A Custom Filter"], look: filter_type },
    Trap { code: codes::NULL_ENTRY, operations: &["Create A Webhook", "Update A Webhook"], look: null_entry },
    Trap {
        code: codes::FILTER_OPERATOR,
        operations: &["Conversation Filter", "Contact Filter", "Add New Automation Rule To Account", "Update Automation Rule In Account"],
        look: filter_operator,
    },
    Trap { code: codes::SURVEY_PAGE, operations: &["Get Csat Survey Page"], look: survey_page },
    Trap { code: codes::NO_UPLOAD, operations: &["Contact Create", "Contact Update", "Inbox Creation", "Update Inbox"], look: no_upload },
];

/// The traps that a node stands in.
pub(crate) fn found(seen: &Seen<'_>) -> Vec<Finding> {
    let here = TRAPS.iter().filter(|trap| trap.operations.contains(&seen.action.operation.as_ref()));
    let mut findings: Vec<Finding> = here.flat_map(|trap| (trap.look)(seen, &trap.code)).collect();
    findings.extend(seen.action.params.iter().filter_map(|param| emptied_whole(seen, param)));
    findings.extend(unset::found(seen, &findings));
    findings
}

/// n8n's node sends a list that was not set as `[null]`, leaves one that does not parse out, and the server takes all of them for an
/// empty one. What an expression gives is looked at in the run.
fn emptied_whole(seen: &Seen<'_>, param: &Param) -> Option<Finding> {
    if seen.mode == Mode::Native || !param.whole {
        return None;
    }
    let key = param.key();
    seen.literal(key)?;
    let list = seen.json(key).filter(|value| value.is_array() && !says_nothing(value));
    let NodeError { code, message, help, .. } = emptied(param);
    list.is_none().then(|| seen.warn(&code, key, message, help.unwrap_or_default()))
}

fn no_route(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    if seen.mode == Mode::Native {
        return Vec::new();
    }
    let message = "The server has no such address: it answers 404 to the documented path without the portal's slug";
    vec![seen.warn(code, "operation", message, "The node type konverte sends to the address that works.")]
}

fn portal_slug(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    let number = match seen.literal("portal_id") {
        Some(Value::Number(_)) => true,
        Some(Value::String(text)) => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    let message = "The server looks the portal up by its slug, not by its number, and answers 404";
    let help = "Give the slug as it stands in the help center's address, for example \"handbook\".";
    number.then(|| seen.warn(code, "portal_id", message, help)).into_iter().collect()
}

fn list_filter(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    let zero = |key: &str| seen.literal(key).is_some_and(|value| value == 0 || value.as_str().is_some_and(|text| text.trim() == "0"));
    let mut findings = Vec::new();
    if zero("team_id") {
        let message = "team_id is 0: the server looks for team 0 and answers 404";
        findings.push(seen.warn(code, "team_id", message, "Give a team, or an expression that yields undefined."));
    }
    if zero("inbox_id") {
        let message = "inbox_id is 0: no conversation is in inbox 0, so the list is empty";
        findings.push(seen.warn(code, "inbox_id", message, "Give an inbox, or an expression that yields undefined."));
    }
    if seen.mode == Mode::N8n && seen.literal("labels").is_some() {
        let message = "labels goes out as JSON text, which the server takes for the name of one label: the list is empty";
        findings.push(seen.warn(code, "labels", message, "Give an expression that yields a list, or undefined."));
    }
    findings
}

fn assignee_wins(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    let given = |key: &str| seen.parameters.get(key).filter(|value| !value.is_null());
    let team = given("team_id").is_some_and(|team| *team != 0 && !yields_undefined(team));
    let assignee = given("assignee_id").map_or(seen.mode == Mode::N8n, |assignee| !yields_undefined(assignee));
    let message = "assignee_id is sent, and then the server does not look at team_id: the team is not assigned";
    let help = "In native mode leave assignee_id out; in n8n's node give it an expression that yields undefined.";
    (team && assignee).then(|| seen.warn(code, "assignee_id", message, help)).into_iter().collect()
}

/// Whether it is an expression that speaks of undefined: it leaves the field out, at times at least.
fn yields_undefined(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('=') && text.contains("undefined"))
}

fn message_defaults(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    let mut findings = Vec::new();
    let literal = seen.literal("content_type");
    let listing = literal.as_ref().and_then(Value::as_str).filter(|kind| ["cards", "form", "input_select", "article"].contains(kind));
    let items = seen.json("content_attributes").is_some_and(|value| value["items"].as_array().is_some_and(|items| !items.is_empty()));
    if let Some(kind) = listing
        && !items
        && !is_dynamic(seen, "content_attributes")
    {
        let message = format!("content_type is {kind}, but content_attributes has no items: the server answers 422");
        findings.push(seen.warn(code, "content_type", message, "Set content_type to text (by an expression in n8n's node), or give items."));
    }
    let untouched = seen.parameters.get("private").is_none_or(Value::is_null);
    if seen.mode == Mode::N8n && (untouched || seen.literal("private") == Some(Value::Bool(true))) {
        let message = "private is true, n8n's default: the message is a note that the contact never sees";
        findings.push(seen.warn(code, "private", message, "Set private to false."));
    }
    findings
}

fn is_dynamic(seen: &Seen<'_>, key: &str) -> bool {
    seen.parameters.get(key).is_some_and(|value| !value.is_null()) && seen.literal(key).is_none()
}

fn stored_values(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    let is = |key: &str, text: &str| seen.literal(key) == Some(Value::from(text));
    match seen.action.operation.as_ref() {
        "Update Agent In Account" if is("availability", "available") => {
            let message = "The server stores online, busy and offline, and answers 500 to \"available\"";
            vec![seen.warn(code, "availability", message, "Write online.")]
        }
        "Add New Agent To Account" if seen.literal("availability_status").is_some() => {
            let message = "The server does not look at availability_status when an agent is added";
            vec![seen.warn(code, "availability_status", message, "Use the node type konverte and set availability, or Update Agent In Account.")]
        }
        "Toggle Priority Of A Conversation" if is("priority", "none") => {
            let message = "The server stores low, medium, high and urgent, and answers 500 to \"none\"";
            vec![seen.warn(code, "priority", message, "Send null to clear it: an expression that yields null.")]
        }
        _ => Vec::new(),
    }
}

fn filter_type(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    if seen.mode == Mode::Native {
        let only_query = seen.literal("filter_type").is_some() && !seen.parameters.contains_key("type");
        let message = "The server does not look at filter_type in the query string when a filter is made";
        return only_query
            .then(|| seen.warn(code, "filter_type", message, "Set type, which goes out as filter_type in the body."))
            .into_iter()
            .collect();
    }
    let message = "The server reads filter_type in the body, but n8n's node sends \"type\" there: the filter becomes one for conversations";
    vec![seen.warn(code, "type", message, "The node type konverte sends it as filter_type.")]
}

fn null_entry(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    let null = seen.json("subscriptions").is_some_and(|list| list.as_array().is_some_and(|list| list.iter().any(Value::is_null)));
    let message = "The list of subscriptions has an empty entry, and the server refuses it with 422";
    let help = "Give the names of events, for example [\"message_created\"].";
    null.then(|| seen.warn(code, "subscriptions", message, help)).into_iter().collect()
}

fn filter_operator(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    ["payload", "conditions"]
        .into_iter()
        .filter(|key| {
            let conditions = seen.json(key).and_then(|value| value.as_array().cloned()).unwrap_or_default();
            conditions.iter().any(|condition| {
                let word = |name: &str| condition[name].as_str().unwrap_or_default().to_owned();
                matches!(word("filter_operator").as_str(), "eq" | "not_eq") || word("query_operator") == "nil"
            })
        })
        .map(|key| {
            let message = "The service's own examples use eq, not_eq and nil, which servers from 4.2 on answer with 422";
            seen.warn(code, key, message, "Write equal_to or not_equal_to; query_operator is AND, OR, or null on the last condition.")
        })
        .collect()
}

fn survey_page(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    if seen.mode == Mode::Native {
        return Vec::new();
    }
    let message = "The server has this page as HTML alone, but n8n's node asks for JSON: it answers 406; and the id is a text, not a number";
    vec![seen.warn(code, "operation", message, "The node type konverte asks for the page and puts it out as {\"html\": …}.")]
}

fn no_upload(seen: &Seen<'_>, code: &ErrorCode) -> Vec<Finding> {
    let set = seen.parameters.get("avatar").is_some_and(|value| !value.is_null() && *value != "");
    let message = "avatar goes out as text, and the server takes it only as a file";
    let help = "Use avatar_url where there is one, or the node type konverte, which sends a binary property of the item.";
    (set && seen.mode == Mode::N8n).then(|| seen.warn(code, "avatar", message, help)).into_iter().collect()
}
