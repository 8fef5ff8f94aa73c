//! Who takes care of a conversation.

use node_sdk::action::{ActionSpec, Resource, Role, body, int, number, path, rows};

use super::{ACCOUNT, shapes};

const NAME: &str = "Conversation Assignment";

/// Who takes care of a conversation.
pub(super) const CONVERSATION_ASSIGNMENT: Resource = Resource::new(NAME, "Who takes care of a conversation.", rows![
    ActionSpec::post(NAME, "Assign A Conversation", "assign-a-conversation", "/api/v1/accounts/{account_id}/conversations/{conversation_id}/assignments")
        .application(Role::Member)
        .bots_too()
        .summary("Gives a conversation to an agent or a team.")
        .notes(&[
            "If assignee_id is present at all it wins, even 0, which unassigns. n8n always sends both, so the team is never set unless assignee_id evaluates to undefined.",
            "Answers the agent, the team row, or null.",
        ])
        .params(rows![
            ACCOUNT,
            path(int("conversation_id", "Per-account display number of the conversation.")),
            body(number("assignee_id", "User id of the agent who should own the conversation.")),
            body(number("team_id", "Numeric id of the team.")),
        ])
        .answers(shapes::AGENT)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[401, 404])
        .repeatable_as("sets the assignee")
        .native_note("only what was set is sent, so a team can be assigned"),
]);
