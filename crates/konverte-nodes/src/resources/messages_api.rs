//! Messages as a visitor's own program sees them.

use node_sdk::action::{ActionSpec, FileParam, Resource, body, int, json_object, path, query, rows, text};

use super::shapes;

const NAME: &str = "Messages API";

/// Messages as a visitor's own program sees them.
pub(super) const MESSAGES_API: Resource = Resource::new(
    NAME,
    "Messages as a visitor's own program sees them.",
    rows![
        ActionSpec::get(
            NAME,
            "List All Converation Messages",
            "list-all-converation-messages",
            "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/messages",
        )
        .public()
        .summary("Lists the public messages of a conversation.")
        .notes(&[
            "The misspelt \"Converation\" is part of the stored operation value.",
            "Server also takes before (message id); private notes and activity rows are left out.",
        ])
        .params(rows![
            path(text("inbox_identifier", "Public token of an API inbox.")),
            path(text("contact_identifier", "source_id the server gave (or accepted) for the contact in this inbox.")),
            path(int("conversation_id", "Per-account display number of the conversation.")),
        ])
        .also(rows![query(int("before", "Id of a message: those before it are listed."))])
        .answers_list(shapes::PUBLIC_MESSAGE)
        .errors(&[404, 429])
        .documented_errors(&[401])
        .repeatable(),
        ActionSpec::post(
            NAME,
            "Create A Message",
            "create-a-message",
            "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/messages",
        )
        .public()
        .summary("Sends a message as the visitor.")
        .notes(&["Multipart with attachments[] is accepted by the server.", "message_type is always incoming (0)."])
        .params(rows![
            path(text("inbox_identifier", "Public token of an API inbox.")),
            path(text("contact_identifier", "source_id the server gave (or accepted) for the contact in this inbox.")),
            path(int("conversation_id", "Per-account display number of the conversation.")),
            body(text("content", "Text the visitor sends.")),
            body(text("echo_id", "Client-side id repeated back so that the sender can match its own message.")),
        ])
        .answers(shapes::PUBLIC_MESSAGE)
        .errors(&[404, 422, 429])
        .documented_errors(&[401])
        .files(rows![FileParam::attachments("attachments", "attachments[]")]),
        ActionSpec::patch(
            NAME,
            "Update A Message",
            "update-a-message",
            "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/messages/{message_id}",
        )
        .public()
        .summary("Stores what the visitor submitted for a form or survey message.")
        .notes(&["Survey answers older than 14 days give 422.", "Any failure in the handler surfaces as 500."])
        .params(rows![
            path(text("inbox_identifier", "Public token of an API inbox.")),
            path(text("contact_identifier", "source_id the server gave (or accepted) for the contact in this inbox.")),
            path(int("conversation_id", "Per-account display number of the conversation.")),
            path(int("message_id", "Numeric id of the message.")),
            body(json_object("submitted_values", "What the visitor entered in the form or survey.")),
        ])
        .answers(shapes::PUBLIC_MESSAGE)
        .errors(&[404, 422, 429, 500])
        .documented_errors(&[401])
        .repeatable(),
    ],
);
