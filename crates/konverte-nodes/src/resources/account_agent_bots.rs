//! Bots of one account.

use node_sdk::action::{ActionSpec, FileParam, Resource, Role, body, int, path, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Account Agent Bots";

/// Bots of one account.
pub(super) const ACCOUNT_AGENT_BOTS: Resource = Resource::new(
    NAME,
    "Bots of one account.",
    rows![
        ActionSpec::get(NAME, "List All Account Agent Bots", "list-all-account-agent-bots", "/api/v1/accounts/{account_id}/agent_bots")
            .application(Role::Member)
            .summary("Lists bots the account can use.")
            .notes(&["Includes global bots (system_bot true, no outgoing_url)."])
            .params(rows![ACCOUNT])
            .answers_list(shapes::ACCOUNT_AGENT_BOT)
            .errors(&[401, 404, 429])
            .documented_errors(&[401])
            .repeatable(),
        ActionSpec::post(NAME, "Create An Account Agent Bot", "create-an-account-agent-bot", "/api/v1/accounts/{account_id}/agent_bots")
            .application(Role::Administrator)
            .summary("Creates a bot in the account.")
            .notes(&["Administrator only.", "access_token and secret appear only where the caller may see them."])
            .params(rows![
                ACCOUNT,
                body(text("name", "Display name.")),
                body(text("description", "Free text that explains the record.")),
                body(text("outgoing_url", "Address the bot events are posted to.")),
            ])
            .answers(shapes::ACCOUNT_AGENT_BOT)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401])
            .files(rows![FileParam::picture("avatar")]),
        ActionSpec::get(
            NAME,
            "Get Details Of A Single Account Agent Bot",
            "get-details-of-a-single-account-agent-bot",
            "/api/v1/accounts/{account_id}/agent_bots/{id}",
        )
        .application(Role::Member)
        .summary("Reads one bot.")
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers(shapes::ACCOUNT_AGENT_BOT)
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable(),
        ActionSpec::delete(NAME, "Delete An Account Agent Bot", "delete-an-account-agent-bot", "/api/v1/accounts/{account_id}/agent_bots/{id}")
            .application(Role::Administrator)
            .summary("Deletes a bot of the account.")
            .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(NAME, "Update An Account Agent Bot", "update-an-account-agent-bot", "/api/v1/accounts/{account_id}/agent_bots/{id}")
            .application(Role::Administrator)
            .summary("Changes a bot of the account.")
            .params(rows![
                ACCOUNT,
                path(int("id", "Numeric id of the record.")),
                body(text("name", "Display name.")),
                body(text("description", "Free text that explains the record.")),
                body(text("outgoing_url", "Address the bot events are posted to.")),
            ])
            .answers(shapes::ACCOUNT_AGENT_BOT)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401])
            .repeatable()
            .files(rows![FileParam::picture("avatar")]),
    ],
);
