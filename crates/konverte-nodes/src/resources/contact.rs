//! What hangs on one contact.

use node_sdk::action::{ActionSpec, Resource, Role, body, int, number, path, rows, text};

use super::ACCOUNT;

const NAME: &str = "Contact";

/// What hangs on one contact.
pub(super) const CONTACT: Resource = Resource::new(
    NAME,
    "What hangs on one contact.",
    rows![
        ActionSpec::post(NAME, "Contact Inbox Creation", "contactInboxCreation", "/api/v1/accounts/{account_id}/contacts/{id}/contact_inboxes")
            .application(Role::Member)
            .summary("Ties a contact to an inbox.")
            .notes(&[
                "source_id may be left out for API, website, e-mail, SMS and WhatsApp inboxes.",
                "422 when the contact lacks the e-mail or phone the channel needs.",
            ])
            .params(rows![
                ACCOUNT,
                path(int("id", "Numeric id of the record.")),
                body(number("inbox_id", "Numeric id of the inbox.").required()),
                body(text("source_id", "Id of the contact inside the inbox.")),
            ])
            .answers(&["source_id", "inbox"])
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401, 422])
            .may_exist_named_by(&["source_id", "inbox.id"]),
        ActionSpec::get(NAME, "Contactable Inboxes Get", "contactableInboxesGet", "/api/v1/accounts/{account_id}/contacts/{id}/contactable_inboxes")
            .application(Role::Member)
            .summary("Lists inboxes the contact can be written to.")
            .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
            .answers(&["inbox", "source_id"])
            .inside("payload")
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 422])
            .repeatable(),
    ],
);
