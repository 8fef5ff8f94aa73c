//! Filters that a user has saved.

use node_sdk::action::{ActionSpec, Literal, NativeParam, Place, Resource, Role, body, choice, int, json_object, path, query, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Custom Filters";

/// Filters that a user has saved.
pub(super) const CUSTOM_FILTERS: Resource = Resource::new(NAME, "Filters that a user has saved.", rows![
    ActionSpec::get(NAME, "List All Filters", "list-all-filters", "/api/v1/accounts/{account_id}/custom_filters")
        .application(Role::Member)
        .summary("Lists the caller's saved filters of one kind.")
        .notes(&["Filters belong to the calling user."])
        .params(rows![
            ACCOUNT,
            query(choice("filter_type", &["conversation", "contact", "report"], "Which list the saved filter is for.")),
        ])
        .answers_list(shapes::CUSTOM_FILTER)
        .errors(&[401, 404, 429])
        .documented_errors(&[401])
        .repeatable(),
    ActionSpec::post(NAME, "Create A Custom Filter", "create-a-custom-filter", "/api/v1/accounts/{account_id}/custom_filters")
        .application(Role::Member)
        .summary("Saves a filter for the caller.")
        .notes(&[
            "Server reads filter_type from the body; the documented body key \"type\" and the query parameter are ignored on create, so the kind falls back to conversation.",
        ])
        .params(rows![
            ACCOUNT,
            query(choice("filter_type", &["conversation", "contact", "report"], "Which list the saved filter is for.")),
            body(text("name", "Display name.")),
            body(
                choice("type", &["conversation", "contact", "report"], "Which list the saved filter is for (old name, the server reads filter_type).")
                    .natively(NativeParam::of_choices(&["conversation", "contact", "report"], Literal::None).sent_as("filter_type", Place::Body)),
            ),
            body(json_object("query", "Filter definition, normally {payload: [conditions]}.")),
        ])
        .answers(shapes::CUSTOM_FILTER)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[401])
        .native_note("the server reads filter_type in the body"),
    ActionSpec::get(NAME, "Get Details Of A Single Custom Filter", "get-details-of-a-single-custom-filter", "/api/v1/accounts/{account_id}/custom_filters/{custom_filter_id}")
        .application(Role::Member)
        .summary("Reads one saved filter.")
        .params(rows![ACCOUNT, path(int("custom_filter_id", "Numeric id of the saved filter."))])
        .answers(shapes::CUSTOM_FILTER)
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable(),
    ActionSpec::delete(NAME, "Delete A Custom Filter", "delete-a-custom-filter", "/api/v1/accounts/{account_id}/custom_filters/{custom_filter_id}")
        .application(Role::Member)
        .summary("Deletes a saved filter.")
        .notes(&["Real status is 204, the document says 200."])
        .params(rows![ACCOUNT, path(int("custom_filter_id", "Numeric id of the saved filter."))])
        .answers_nothing()
        .status(204, 200)
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable_as("a second delete answers 404: that counts as done"),
    ActionSpec::patch(NAME, "Update A Custom Filter", "update-a-custom-filter", "/api/v1/accounts/{account_id}/custom_filters/{custom_filter_id}")
        .application(Role::Member)
        .summary("Changes a saved filter.")
        .notes(&["Body key \"type\" is ignored."])
        .params(rows![
            ACCOUNT,
            path(int("custom_filter_id", "Numeric id of the saved filter.")),
            body(text("name", "Display name.")),
            body(
                choice("type", &["conversation", "contact", "report"], "Which list the saved filter is for (old name, the server reads filter_type).")
                    .natively(NativeParam::of_choices(&["conversation", "contact", "report"], Literal::None).sent_as("filter_type", Place::Body)),
            ),
            body(json_object("query", "Filter definition, normally {payload: [conditions]}.")),
        ])
        .answers(shapes::CUSTOM_FILTER)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[401])
        .repeatable()
        .native_note("the server reads filter_type in the body"),
]);
