//! Labels of a conversation.

use node_sdk::action::{ActionSpec, JsonKind, Resource, Role, body, int, json_list, path, rows};

use super::ACCOUNT;

const NAME: &str = "Conversation Labels";

/// Labels of a conversation.
pub(super) const CONVERSATION_LABELS: Resource = Resource::new(
    NAME,
    "Labels of a conversation.",
    rows![
        ActionSpec::get(
            NAME,
            "List All Labels Of A Conversation",
            "list-all-labels-of-a-conversation",
            "/api/v1/accounts/{account_id}/conversations/{conversation_id}/labels",
        )
        .application(Role::Member)
        .bots_too()
        .summary("Lists the labels on a conversation.")
        .params(rows![ACCOUNT, path(int("conversation_id", "Per-account display number of the conversation."))])
        .answers(&[])
        .inside("payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable(),
        ActionSpec::post(
            NAME,
            "Conversation Add Labels",
            "conversation-add-labels",
            "/api/v1/accounts/{account_id}/conversations/{conversation_id}/labels",
        )
        .application(Role::Member)
        .bots_too()
        .summary("Replaces the labels on a conversation.")
        .notes(&["Replaces the whole list."])
        .params(rows![
            ACCOUNT,
            path(int("conversation_id", "Per-account display number of the conversation.")),
            body(json_list("labels", JsonKind::Strings, "Complete new label list of the conversation.").whole()),
        ])
        .answers(&[])
        .inside("payload")
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[401, 404])
        .repeatable_as("replaces the whole list"),
    ],
);
