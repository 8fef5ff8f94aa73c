//! One file for each resource: its handlers, by operation id.

use crate::answer::Answer;
use crate::call::Call;
use crate::input::Body;
use crate::state::has_label;

mod account_agent_bots;
mod account_users;
mod accounts;
mod activity;
mod agent_bots;
mod agents;
mod automation_rule;
mod canned_response;
mod canned_responses;
mod contact;
mod contact_labels;
mod contact_merge;
mod contacts;
mod contacts_api;
mod conversation_assignment;
mod conversation_details;
mod conversation_labels;
mod conversations;
mod conversations_api;
mod csat_survey_page;
mod custom_attributes;
mod custom_filters;
mod help_center;
mod inbox_api;
mod inboxes;
mod integrations;
mod labels;
mod message_status;
mod messages;
mod messages_api;
mod profile;
mod reports;
mod teams;
mod users;
mod webhooks;

/// Answers one action.
pub(crate) type Handler = fn(&mut Call<'_>) -> Answer;

/// Handlers of a resource, each under the operation id of its row.
type Handlers = &'static [(&'static str, Handler)];

const RESOURCES: &[Handlers] = &[
    accounts::HANDLERS,
    account_users::HANDLERS,
    agent_bots::HANDLERS,
    users::HANDLERS,
    inbox_api::HANDLERS,
    contacts_api::HANDLERS,
    conversations_api::HANDLERS,
    messages_api::HANDLERS,
    csat_survey_page::HANDLERS,
    account_agent_bots::HANDLERS,
    agents::HANDLERS,
    canned_responses::HANDLERS,
    canned_response::HANDLERS,
    custom_attributes::HANDLERS,
    contacts::HANDLERS,
    contact::HANDLERS,
    automation_rule::HANDLERS,
    help_center::HANDLERS,
    conversations::HANDLERS,
    conversation_assignment::HANDLERS,
    conversation_labels::HANDLERS,
    inboxes::HANDLERS,
    messages::HANDLERS,
    integrations::HANDLERS,
    profile::HANDLERS,
    teams::HANDLERS,
    custom_filters::HANDLERS,
    webhooks::HANDLERS,
    reports::HANDLERS,
    contact_labels::HANDLERS,
    contact_merge::HANDLERS,
    conversation_details::HANDLERS,
    labels::HANDLERS,
    message_status::HANDLERS,
];

/// The handler of an operation.
pub(crate) fn handler(operation_id: &str) -> Option<Handler> {
    RESOURCES.iter().copied().flatten().find(|(id, _)| *id == operation_id).map(|(_, handler)| *handler)
}

/// Replaces a field where a value was sent.
fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// Adds fields to those there are.
fn merge(fields: &mut serde_json::Map<String, serde_json::Value>, more: Option<serde_json::Map<String, serde_json::Value>>) {
    fields.extend(more.into_iter().flatten());
}

/// Titles of labels as the server keeps them: split at commas, trimmed, each once in whatever case. What is not a list has none.
fn labels(body: &Body) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for label in body.texts("labels").unwrap_or_default().iter().flat_map(|text| text.split(',')).map(str::trim) {
        if !label.is_empty() && !has_label(&labels, label) {
            labels.push(label.to_owned());
        }
    }
    labels
}

/// A text, or none where it is blank.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// Looks like an e-mail address.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(char::is_whitespace))
}

/// A random-looking id of version 4, the same for the same numbers.
fn uuid(kind: u32, number: u64) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_route_has_one_handler_and_every_handler_a_route() {
        assert_eq!(konverte_nodes::actions().count(), 115);
        let routes = konverte_nodes::actions().chain(crate::beside::ROUTES);
        let actions: Vec<&str> = routes.map(|a| a.operation_id.as_ref()).collect();
        let handlers: Vec<&str> = super::RESOURCES.iter().copied().flatten().map(|(id, _)| *id).collect();
        assert_eq!(handlers.len(), actions.len());
        assert_eq!(actions.iter().collect::<BTreeSet<_>>(), handlers.iter().collect::<BTreeSet<_>>());
    }
}
