//! The people who work in an account.

use node_sdk::action::{ActionSpec, Literal, NativeParam, Resource, Role, body, boolean, choice, int, path, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Agents";

/// What the server stores of an agent's presence; its document has other words.
const PRESENCES: &[&str] = &["online", "busy", "offline"];

/// The people who work in an account.
pub(super) const AGENTS: Resource = Resource::new(NAME, "The people who work in an account.", rows![
    ActionSpec::get(NAME, "Get Account Agents", "get-account-agents", "/api/v1/accounts/{account_id}/agents")
        .application(Role::Member)
        .summary("Lists the agents of the account.")
        .params(rows![ACCOUNT])
        .answers_list(shapes::AGENT)
        .errors(&[401, 404, 429])
        .documented_errors(&[403])
        .repeatable(),
    ActionSpec::post(NAME, "Add New Agent To Account", "add-new-agent-to-account", "/api/v1/accounts/{account_id}/agents")
        .application(Role::Administrator)
        .summary("Invites a person as agent.")
        .notes(&[
            "Administrator only; 402 when the licence limit is reached.",
            "availability_status is ignored by the server (it reads availability: online, busy, offline).",
            "Answers the agent object; an invitation mail is sent.",
        ])
        .params(rows![
            ACCOUNT,
            body(text("name", "Display name.").required()),
            body(text("email", "E-mail address.").required()),
            body(choice("role", &["agent", "administrator"], "agent or administrator.").required()),
            body(choice("availability_status", &["available", "busy", "offline"], "Presence the agent chose (old name, the server ignores it).")),
            body(boolean("auto_offline", "Turn the agent offline automatically when inactive.")),
        ])
        .also(rows![body(choice("availability", PRESENCES, "Presence the agent starts with."))])
        .answers(shapes::AGENT)
        .errors(&[401, 402, 404, 422, 429])
        .documented_errors(&[403]),
    ActionSpec::delete(NAME, "Delete Agent From Account", "delete-agent-from-account", "/api/v1/accounts/{account_id}/agents/{id}")
        .application(Role::Administrator)
        .summary("Removes an agent from the account.")
        .notes(&["User record is deleted too once no account is left."])
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers_nothing()
        .errors(&[401, 404, 429])
        .documented_errors(&[403, 404])
        .repeatable_as("a second delete answers 404: that counts as done"),
    ActionSpec::patch(NAME, "Update Agent In Account", "update-agent-in-account", "/api/v1/accounts/{account_id}/agents/{id}")
        .application(Role::Administrator)
        .summary("Changes an agent's role or presence.")
        .notes(&[
            "The document's value \"available\" is not valid on the server (online, busy, offline): it ends in 500. The n8n default is \"available\" and is always sent.",
        ])
        .params(rows![
            ACCOUNT,
            path(int("id", "Numeric id of the record.")),
            body(choice("role", &["agent", "administrator"], "agent or administrator.").required()),
            body(
                choice("availability", &["available", "busy", "offline"], "Presence the agent chose.")
                    .natively(NativeParam::of_choices(PRESENCES, Literal::None)),
            ),
            body(boolean("auto_offline", "Turn the agent offline automatically when inactive.")),
        ])
        .answers(shapes::AGENT)
        .errors(&[401, 404, 422, 429, 500])
        .documented_errors(&[403, 404])
        .repeatable(),
]);
