//! A contact as a visitor's own program sees it.

use node_sdk::action::{ActionSpec, Resource, body, json_object, path, rows, text};

use super::shapes;

const NAME: &str = "Contacts API";

/// A contact as a visitor's own program sees it.
pub(super) const CONTACTS_API: Resource = Resource::new(
    NAME,
    "A contact as a visitor's own program sees it.",
    rows![
        ActionSpec::post(NAME, "Create A Contact", "create-a-contact", "/public/api/v1/inboxes/{inbox_identifier}/contacts")
            .public()
            .summary("Registers a visitor in an API inbox.")
            .notes(&[
                "Existing contact is reused when identifier, then email, then phone number matches.",
                "An empty name is kept empty when sent as \"\"; a missing name gets a generated two-word name.",
                "If the inbox demands identity validation and the hash is wrong, the server raises (500).",
                "Real server also accepts source_id in the body.",
            ])
            .params(rows![
                path(text("inbox_identifier", "Public token of an API inbox.")),
                body(text("identifier", "Your own system's id for the contact.")),
                body(text("identifier_hash", "Hex HMAC-SHA256 of identifier, keyed with the inbox HMAC token.")),
                body(text("email", "E-mail address.")),
                body(text("name", "Display name.")),
                body(text("phone_number", "Phone number in E.164 form with the leading plus.")),
                body(text("avatar_url", "Address of a JPEG or PNG the server downloads in the background.")),
                body(json_object("custom_attributes", "Key/value object with your own attributes.")),
            ])
            .also(rows![body(text("source_id", "The contact's id in this inbox; without it the server makes one."))])
            .answers(shapes::PUBLIC_CONTACT)
            .errors(&[404, 422, 429, 500])
            .documented_errors(&[401])
            .repeatable_given(
                &["identifier", "email", "phone_number"],
                "reuses the contact of the same identifier, e-mail or phone number, where one is given",
            )
            .may_exist(&["name", "email", "phone_number"])
            .record(&["identifier", "email", "phone_number"]),
        ActionSpec::get(
            NAME,
            "Get Details Of A Contact",
            "get-details-of-a-contact",
            "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}",
        )
        .public()
        .summary("Reads a visitor.")
        .params(rows![
            path(text("inbox_identifier", "Public token of an API inbox.")),
            path(text("contact_identifier", "source_id the server gave (or accepted) for the contact in this inbox.")),
        ])
        .answers(shapes::PUBLIC_CONTACT)
        .errors(&[404, 429])
        .documented_errors(&[401, 404])
        .repeatable(),
        ActionSpec::patch(NAME, "Update A Contact", "update-a-contact", "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}")
            .public()
            .summary("Identifies or changes a visitor, merging duplicates.")
            .notes(&[
                "Answers the raw contact row (no source_id, no pubsub_token), unlike create and get.",
                "identifier in the body is dropped by the server.",
            ])
            .params(rows![
                path(text("inbox_identifier", "Public token of an API inbox.")),
                path(text("contact_identifier", "source_id the server gave (or accepted) for the contact in this inbox.")),
                body(text("identifier", "Your own system's id for the contact.")),
                body(text("identifier_hash", "Hex HMAC-SHA256 of identifier, keyed with the inbox HMAC token.")),
                body(text("email", "E-mail address.")),
                body(text("name", "Display name.")),
                body(text("phone_number", "Phone number in E.164 form with the leading plus.")),
                body(text("avatar_url", "Address of a JPEG or PNG the server downloads in the background.")),
                body(json_object("custom_attributes", "Key/value object with your own attributes.")),
            ])
            .answers(shapes::CHANGED_PUBLIC_CONTACT)
            .errors(&[404, 422, 429])
            .documented_errors(&[401])
            .repeatable(),
    ],
);
