//! Rules that act when something happens.

use node_sdk::action::{ActionSpec, JsonKind, Resource, Role, body, boolean, choice, int, json_list, path, query, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Automation Rule";

/// Rules that act when something happens.
pub(super) const AUTOMATION_RULE: Resource = Resource::new(NAME, "Rules that act when something happens.", rows![
    ActionSpec::get(NAME, "Get Account Automation Rule", "get-account-automation-rule", "/api/v1/accounts/{account_id}/automation_rules")
        .application(Role::Administrator)
        .summary("Lists automation rules.")
        .notes(&["page is accepted but the server returns every rule."])
        .params(rows![ACCOUNT, query(int("page", "Page number, first page is 1.").or_int(1))])
        .answers(shapes::AUTOMATION_RULE)
        .inside("payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[403])
        .repeatable(),
    ActionSpec::post(NAME, "Add New Automation Rule To Account", "add-new-automation-rule-to-account", "/api/v1/accounts/{account_id}/automation_rules")
        .application(Role::Administrator)
        .summary("Creates an automation rule.")
        .notes(&[
            "Answers the rule itself without a payload wrapper (list, read and update do wrap).",
            "Unknown attribute keys or action names: 422 {error: {...}}.",
            "The sample query_operator \"nil\" in the n8n default is refused by newer servers (must be AND, OR or null).",
        ])
        .params(rows![
            ACCOUNT,
            body(text("name", "Display name.").or_text("Add label on message create event")),
            body(
                text("description", "Free text that explains the record.")
                    .or_text("Add label support and sales on message create event if incoming message content contains text help"),
            ),
            body(choice(
                "event_name",
                &["conversation_created", "conversation_updated", "message_created"],
                "Event that makes the rule run.",
            ).or_text("message_created")),
            body(boolean("active", "Rule runs only while this is true.")),
            body(
                json_list("actions", JsonKind::Objects, "List of things the rule does, each {action_name, action_params}.")
                    .or_text("[\n  {\n    \"action_name\": \"add_label\",\n    \"action_params\": [\n      \"support\"\n    ]\n  }\n]"),
            ),
            body(
                json_list("conditions", JsonKind::Objects, "Tests that must hold, each {attribute_key, filter_operator, values, query_operator}.")
                    .or_text("[\n  {\n    \"attribute_key\": \"content\",\n    \"filter_operator\": \"contains\",\n    \"query_operator\": \"nil\",\n    \"values\": [\n      \"help\"\n    ]\n  }\n]"),
            ),
        ])
        .answers(shapes::AUTOMATION_RULE)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403]),
    ActionSpec::get(NAME, "Get Details Of A Single Automation Rule", "get-details-of-a-single-automation-rule", "/api/v1/accounts/{account_id}/automation_rules/{id}")
        .application(Role::Administrator)
        .summary("Reads one automation rule.")
        .notes(&["Unknown id ends in 500, not 404 (the lookup returns nothing)."])
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers(shapes::AUTOMATION_RULE)
        .inside("payload")
        .errors(&[401, 404, 429, 500])
        .documented_errors(&[401, 404])
        .repeatable(),
    ActionSpec::delete(NAME, "Delete Automation Rule From Account", "delete-automation-rule-from-account", "/api/v1/accounts/{account_id}/automation_rules/{id}")
        .application(Role::Administrator)
        .summary("Deletes an automation rule.")
        .notes(&["Unknown id ends in 500, so does a repeat after a lost answer: the error stands although the rule is gone."])
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers_nothing()
        .errors(&[401, 404, 429, 500])
        .documented_errors(&[403, 404])
        .repeatable_as("no harm, but a second delete answers 500, which does not count as done"),
    ActionSpec::patch(NAME, "Update Automation Rule In Account", "update-automation-rule-in-account", "/api/v1/accounts/{account_id}/automation_rules/{id}")
        .application(Role::Administrator)
        .summary("Changes an automation rule.")
        .params(rows![
            ACCOUNT,
            path(int("id", "Numeric id of the record.")),
            body(text("name", "Display name.").or_text("Add label on message create event")),
            body(
                text("description", "Free text that explains the record.")
                    .or_text("Add label support and sales on message create event if incoming message content contains text help"),
            ),
            body(choice(
                "event_name",
                &["conversation_created", "conversation_updated", "message_created"],
                "Event that makes the rule run.",
            ).or_text("message_created")),
            body(boolean("active", "Rule runs only while this is true.")),
            body(
                json_list("actions", JsonKind::Objects, "List of things the rule does, each {action_name, action_params}.")
                    .or_text("[\n  {\n    \"action_name\": \"add_label\",\n    \"action_params\": [\n      \"support\"\n    ]\n  }\n]"),
            ),
            body(
                json_list("conditions", JsonKind::Objects, "Tests that must hold, each {attribute_key, filter_operator, values, query_operator}.")
                    .or_text("[\n  {\n    \"attribute_key\": \"content\",\n    \"filter_operator\": \"contains\",\n    \"query_operator\": \"nil\",\n    \"values\": [\n      \"help\"\n    ]\n  }\n]"),
            ),
        ])
        .answers(shapes::AUTOMATION_RULE)
        .inside("payload")
        .errors(&[401, 404, 422, 429, 500])
        .documented_errors(&[403, 404])
        .repeatable(),
]);
