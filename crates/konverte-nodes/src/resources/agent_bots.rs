//! Bots of the installation, for platform apps.

use node_sdk::action::{ActionSpec, FileParam, Resource, body, int, path, rows, text};

use super::shapes;

const NAME: &str = "Agent Bots";

/// Bots of the installation, for platform apps.
pub(super) const AGENT_BOTS: Resource = Resource::new(
    NAME,
    "Bots of the installation, for platform apps.",
    rows![
        ActionSpec::get(NAME, "List All Agent Bots", "list-all-agent-bots", "/platform/api/v1/agent_bots")
            .platform()
            .summary("Lists the platform app's bots.")
            .notes(&["No parameters of its own (one of the two actions that directories counting 113 leave out)."])
            .answers_list(shapes::AGENT_BOT)
            .errors(&[401, 429])
            .documented_errors(&[401])
            .repeatable(),
        ActionSpec::post(NAME, "Create An Agent Bot", "create-an-agent-bot", "/platform/api/v1/agent_bots")
            .platform()
            .summary("Creates a global bot.")
            .params(rows![
                body(text("name", "Display name.")),
                body(text("description", "Free text that explains the record.")),
                body(text("outgoing_url", "Address the bot events are posted to.")),
            ])
            .also(rows![body(int("account_id", "The one account that the bot is for; without it the bot is for all."))])
            .answers(shapes::AGENT_BOT)
            .errors(&[401, 422, 429])
            .documented_errors(&[401])
            .files(rows![FileParam::picture("avatar")]),
        ActionSpec::get(NAME, "Get Details Of A Single Agent Bot", "get-details-of-a-single-agent-bot", "/platform/api/v1/agent_bots/{id}")
            .platform()
            .summary("Reads one global bot.")
            .params(rows![path(int("id", "Numeric id of the record."))])
            .answers(shapes::AGENT_BOT)
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable(),
        ActionSpec::delete(NAME, "Delete An Agent Bot", "delete-an-agent-bot", "/platform/api/v1/agent_bots/{id}")
            .platform()
            .summary("Deletes a global bot.")
            .params(rows![path(int("id", "Numeric id of the record."))])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(NAME, "Update An Agent Bot", "update-an-agent-bot", "/platform/api/v1/agent_bots/{id}")
            .platform()
            .summary("Changes a global bot.")
            .params(rows![
                path(int("id", "Numeric id of the record.")),
                body(text("name", "Display name.")),
                body(text("description", "Free text that explains the record.")),
                body(text("outgoing_url", "Address the bot events are posted to.")),
            ])
            .answers(shapes::AGENT_BOT)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401])
            .repeatable()
            .files(rows![FileParam::picture("avatar")]),
    ],
);
