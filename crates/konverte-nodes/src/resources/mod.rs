//! The 115 actions: one file for each resource, one row for each action.

use node_sdk::action::{ActionSpec, Param, Resource, int, path};

mod account_agent_bots;
mod account_users;
mod accounts;
mod agent_bots;
mod agents;
mod automation_rule;
mod canned_response;
mod canned_responses;
mod contact;
mod contacts;
mod contacts_api;
mod conversation_assignment;
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
mod messages;
mod messages_api;
mod profile;
mod reports;
mod shapes;
mod teams;
mod users;
mod webhooks;

/// Every resource with its actions, in the order of the service's document.
pub const RESOURCES: &[Resource] = &[
    accounts::ACCOUNTS,
    account_users::ACCOUNT_USERS,
    agent_bots::AGENT_BOTS,
    users::USERS,
    inbox_api::INBOX_API,
    contacts_api::CONTACTS_API,
    conversations_api::CONVERSATIONS_API,
    messages_api::MESSAGES_API,
    csat_survey_page::CSAT_SURVEY_PAGE,
    account_agent_bots::ACCOUNT_AGENT_BOTS,
    agents::AGENTS,
    canned_responses::CANNED_RESPONSES,
    canned_response::CANNED_RESPONSE,
    custom_attributes::CUSTOM_ATTRIBUTES,
    contacts::CONTACTS,
    contact::CONTACT,
    automation_rule::AUTOMATION_RULE,
    help_center::HELP_CENTER,
    conversations::CONVERSATIONS,
    conversation_assignment::CONVERSATION_ASSIGNMENT,
    conversation_labels::CONVERSATION_LABELS,
    inboxes::INBOXES,
    messages::MESSAGES,
    integrations::INTEGRATIONS,
    profile::PROFILE,
    teams::TEAMS,
    custom_filters::CUSTOM_FILTERS,
    webhooks::WEBHOOKS,
    reports::REPORTS,
];

/// All actions, in the same order.
pub fn actions() -> impl Iterator<Item = &'static ActionSpec> {
    RESOURCES.iter().flat_map(|resource| resource.actions.iter())
}

/// The path parameter that nearly every action has.
const ACCOUNT: Param = path(int("account_id", "Numeric id of the account (tenant) the call works in."));
