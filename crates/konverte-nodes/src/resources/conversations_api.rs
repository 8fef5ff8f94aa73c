//! Conversations as a visitor's own program sees them.

use node_sdk::action::{ActionSpec, Resource, body, json_object, path, rows, text};

use super::shapes;

const NAME: &str = "Conversations API";

/// Conversations as a visitor's own program sees them.
pub(super) const CONVERSATIONS_API: Resource = Resource::new(
    NAME,
    "Conversations as a visitor's own program sees them.",
    rows![
        ActionSpec::get(
            NAME,
            "List All Contact Conversations",
            "list-all-contact-conversations",
            "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations",
        )
        .public()
        .summary("Lists the visitor's conversations.")
        .notes(&["HMAC-verified visitors see all conversations of the contact, others only those of this inbox link."])
        .params(rows![
            path(text("inbox_identifier", "Public token of an API inbox.")),
            path(text("contact_identifier", "source_id the server gave (or accepted) for the contact in this inbox.")),
        ])
        .answers_list(shapes::PUBLIC_CONVERSATION)
        .errors(&[404, 429])
        .documented_errors(&[401])
        .repeatable(),
        ActionSpec::post(
            NAME,
            "Create A Conversation",
            "create-a-conversation",
            "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations",
        )
        .public()
        .summary("Opens a conversation as the visitor.")
        .notes(&["If the inbox is locked to a single conversation the latest one is returned."])
        .params(rows![
            path(text("inbox_identifier", "Public token of an API inbox.")),
            path(text("contact_identifier", "source_id the server gave (or accepted) for the contact in this inbox.")),
            body(json_object("custom_attributes", "Key/value object with your own attributes.")),
        ])
        .answers(shapes::PUBLIC_CONVERSATION)
        .errors(&[404, 422, 429])
        .documented_errors(&[401])
        .may_exist(&[]),
    ],
);
