//! The channels through which people write.

use node_sdk::action::{ActionSpec, FileParam, JsonKind, Resource, Role, body, boolean, int, json_list, json_object, number, path, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Inboxes";

/// The channels through which people write.
pub(super) const INBOXES: Resource = Resource::new(
    NAME,
    "The channels through which people write.",
    rows![
        ActionSpec::get(NAME, "List All Inboxes", "listAllInboxes", "/api/v1/accounts/{account_id}/inboxes")
            .application(Role::Member)
            .summary("Lists inboxes the caller can see.")
            .notes(&["Agents see only inboxes they belong to."])
            .params(rows![ACCOUNT])
            .answers(shapes::INBOX)
            .inside("payload")
            .errors(&[401, 404, 429])
            .documented_errors(&[403, 404])
            .repeatable(),
        ActionSpec::get(NAME, "Get Inbox", "GetInbox", "/api/v1/accounts/{account_id}/inboxes/{id}/")
            .application(Role::Member)
            .summary("Reads one inbox.")
            .notes(&["Trailing slash in the documented path; the server accepts both."])
            .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
            .answers(shapes::INBOX)
            .errors(&[401, 404, 429])
            .documented_errors(&[403, 404])
            .repeatable(),
        ActionSpec::post(NAME, "Inbox Creation", "inboxCreation", "/api/v1/accounts/{account_id}/inboxes/")
            .application(Role::Administrator)
            .summary("Creates an inbox with its channel.")
            .notes(&[
                "Trailing slash in the documented path; the server accepts both.",
                "channel.type one of web_widget, api, email, line, telegram, whatsapp, sms; others (and the empty n8n default) end in 500.",
                "Answers the inbox with channel-specific keys, for an API inbox inbox_identifier, hmac_token, webhook_url, secret.",
            ])
            .params(rows![
                ACCOUNT,
                body(text("name", "Display name.")),
                body(text("avatar", "Picture file; only meaningful in a multipart request.")),
                body(json_object("channel", "Channel settings object with a \"type\" plus that channel's own keys.")),
            ])
            .answers(shapes::INBOX)
            .errors(&[401, 404, 422, 429, 500])
            .documented_errors(&[403, 404])
            .files(rows![FileParam::picture("avatar")]),
        ActionSpec::patch(NAME, "Update Inbox", "updateInbox", "/api/v1/accounts/{account_id}/inboxes/{id}")
            .application(Role::Administrator)
            .summary("Changes an inbox.")
            .notes(&["avatar needs multipart.", "The literal text \"null\" in any field is read as null."])
            .params(rows![
                ACCOUNT,
                path(int("id", "Numeric id of the record.")),
                body(text("name", "Display name.")),
                body(boolean("enable_auto_assignment", "Hand new conversations of this inbox to agents automatically.").required().or_absent()),
                body(text("avatar", "Picture file; only meaningful in a multipart request.")),
                body(json_object("channel", "Channel settings object with a \"type\" plus that channel's own keys.")),
            ])
            .answers(shapes::INBOX)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[403, 404])
            .repeatable()
            .files(rows![FileParam::picture("avatar")]),
        ActionSpec::get(NAME, "Get Inbox Agent Bot", "getInboxAgentBot", "/api/v1/accounts/{account_id}/inboxes/{id}/agent_bot")
            .application(Role::Member)
            .summary("Reads the bot attached to an inbox.")
            .notes(&["Document says 204; the server answers 200 {agent_bot: {...}}, empty object when none."])
            .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
            .answers(&["agent_bot"])
            .status(200, 204)
            .errors(&[401, 404, 429])
            .documented_errors(&[403, 404])
            .repeatable(),
        ActionSpec::post(NAME, "Update Agent Bot", "updateAgentBot", "/api/v1/accounts/{account_id}/inboxes/{id}/set_agent_bot")
            .application(Role::Administrator)
            .summary("Attaches or detaches the inbox bot.")
            .notes(&["Document says 204; the server answers an empty 200.", "0 (n8n default) answers 404; null detaches."])
            .params(rows![
                ACCOUNT,
                path(int("id", "Numeric id of the record.")),
                body(number("agent_bot", "Bot to attach to the inbox; null detaches the current one.").required().or_null()),
            ])
            .answers_nothing()
            .status(200, 204)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[403, 404])
            .repeatable_as("sets the bot"),
        ActionSpec::get(NAME, "Get Inbox Members", "get-inbox-members", "/api/v1/accounts/{account_id}/inbox_members/{inbox_id}")
            .application(Role::Member)
            .summary("Lists the agents of an inbox.")
            .params(rows![ACCOUNT, path(int("inbox_id", "Inbox whose members are wanted."))])
            .answers(shapes::AGENT)
            .inside("payload")
            .errors(&[401, 404, 429])
            .documented_errors(&[403, 404])
            .repeatable(),
        ActionSpec::post(NAME, "Add New Agent To Inbox", "add-new-agent-to-inbox", "/api/v1/accounts/{account_id}/inbox_members")
            .application(Role::Administrator)
            .summary("Adds agents to an inbox.")
            .notes(&["inbox_id travels in the body.", "Answers every member under payload."])
            .params(rows![
                ACCOUNT,
                body(text("inbox_id", "Numeric id of the inbox.").required()),
                body(json_list("user_ids", JsonKind::Integers, "Users to put into the inbox.").required()),
            ])
            .answers(shapes::AGENT)
            .inside("payload")
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[403, 404, 422])
            .repeatable_as("adds members that are not there yet"),
        ActionSpec::delete(NAME, "Delete Agent In Inbox", "delete-agent-in-inbox", "/api/v1/accounts/{account_id}/inbox_members")
            .application(Role::Administrator)
            .summary("Removes agents from an inbox.")
            .notes(&["DELETE with a JSON body; empty 200."])
            .params(rows![
                ACCOUNT,
                body(text("inbox_id", "Numeric id of the inbox.").required()),
                body(json_list("user_ids", JsonKind::Integers, "Users to take out of the inbox.").required()),
            ])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[403, 404, 422])
            .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(NAME, "Update Agents In Inbox", "update-agents-in-inbox", "/api/v1/accounts/{account_id}/inbox_members")
            .application(Role::Administrator)
            .summary("Replaces the agent list of an inbox.")
            .notes(&["Adds the missing and removes the others."])
            .params(rows![
                ACCOUNT,
                body(text("inbox_id", "Numeric id of the inbox.").required()),
                body(json_list("user_ids", JsonKind::Integers, "Complete new member list of the inbox.").required().whole()),
            ])
            .answers(shapes::AGENT)
            .inside("payload")
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[403, 404, 422])
            .repeatable()
            .record(&["inbox_id"]),
    ],
);
