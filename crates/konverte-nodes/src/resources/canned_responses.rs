//! Texts that agents insert with a short code.

use node_sdk::action::{ActionSpec, Resource, Role, body, int, path, query, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Canned Responses";

/// Texts that agents insert with a short code.
pub(super) const CANNED_RESPONSES: Resource = Resource::new(
    NAME,
    "Texts that agents insert with a short code.",
    rows![
        ActionSpec::get(NAME, "Get Account Canned Response", "get-account-canned-response", "/api/v1/accounts/{account_id}/canned_responses")
            .application(Role::Member)
            .summary("Lists canned replies.")
            .notes(&["Server also takes search."])
            .params(rows![ACCOUNT])
            .also(rows![query(text("search", "Text to look for in short codes and contents."))])
            .answers_list(shapes::CANNED_RESPONSE)
            .errors(&[401, 404, 429])
            .documented_errors(&[403])
            .repeatable(),
        ActionSpec::post(
            NAME,
            "Add New Canned Response To Account",
            "add-new-canned-response-to-account",
            "/api/v1/accounts/{account_id}/canned_responses",
        )
        .application(Role::Member)
        .summary("Creates a canned reply.")
        .notes(&["Answers the raw row."])
        .params(rows![
            ACCOUNT,
            body(text("content", "Text that gets inserted.")),
            body(text("short_code", "Shortcut typed after a slash to insert the text.")),
        ])
        .answers(shapes::CANNED_RESPONSE)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403]),
        ActionSpec::delete(
            NAME,
            "Delete Canned Response From Account",
            "delete-canned-response-from-account",
            "/api/v1/accounts/{account_id}/canned_responses/{id}",
        )
        .application(Role::Member)
        .summary("Deletes a canned reply.")
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers_nothing()
        .errors(&[401, 404, 429])
        .documented_errors(&[403, 404])
        .repeatable_as("a second delete answers 404: that counts as done"),
    ],
);
