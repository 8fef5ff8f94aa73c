//! A text that agents insert with a short code.

use node_sdk::action::{ActionSpec, Resource, Role, body, int, path, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Canned Response";

/// A text that agents insert with a short code.
pub(super) const CANNED_RESPONSE: Resource = Resource::new(
    NAME,
    "A text that agents insert with a short code.",
    rows![
        ActionSpec::patch(
            NAME,
            "Update Canned Response In Account",
            "update-canned-response-in-account",
            "/api/v1/accounts/{account_id}/canned_responses/{id}",
        )
        .application(Role::Member)
        .summary("Changes a canned reply.")
        .params(rows![
            ACCOUNT,
            path(int("id", "Numeric id of the record.")),
            body(text("content", "Text that gets inserted.")),
            body(text("short_code", "Shortcut typed after a slash to insert the text.")),
        ])
        .answers(shapes::CANNED_RESPONSE)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403, 404])
        .repeatable()
    ],
);
