//! An inbox as a visitor's own program sees it.

use node_sdk::action::{ActionSpec, Resource, path, rows, text};

use super::shapes;

const NAME: &str = "Inbox API";

/// An inbox as a visitor's own program sees it.
pub(super) const INBOX_API: Resource = Resource::new(
    NAME,
    "An inbox as a visitor's own program sees it.",
    rows![
        ActionSpec::get(NAME, "Get Details Of A Inbox", "get-details-of-a-inbox", "/public/api/v1/inboxes/{inbox_identifier}")
            .public()
            .summary("Reads the public face of an API inbox.")
            .notes(&["No token needed; only inboxes of the API channel have an identifier."])
            .params(rows![path(text("inbox_identifier", "Public token of an API inbox."))])
            .answers(shapes::PUBLIC_INBOX)
            .errors(&[404, 429])
            .documented_errors(&[401, 404])
            .repeatable()
    ],
);
