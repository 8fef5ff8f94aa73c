//! Definitions of an account's own fields on contacts and conversations.

use node_sdk::action::{ActionSpec, JsonKind, Resource, Role, body, choice, int, json_list, path, query, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Custom Attributes";

/// Definitions of an account's own fields on contacts and conversations.
pub(super) const CUSTOM_ATTRIBUTES: Resource = Resource::new(
    NAME,
    "Definitions of an account's own fields on contacts and conversations.",
    rows![
        ActionSpec::get(
            NAME,
            "Get Account Custom Attribute",
            "get-account-custom-attribute",
            "/api/v1/accounts/{account_id}/custom_attribute_definitions",
        )
        .application(Role::Member)
        .summary("Lists custom attribute definitions of one model.")
        .notes(&["attribute_model is required in the document; the server lists both models when it is absent."])
        .params(rows![
            ACCOUNT,
            query(choice("attribute_model", &["0", "1"], "What the attribute hangs on: 0 conversation, 1 contact.").required().or_absent())
        ])
        .answers_list(shapes::CUSTOM_ATTRIBUTE)
        .errors(&[401, 404, 429])
        .documented_errors(&[403])
        .repeatable(),
        ActionSpec::post(
            NAME,
            "Add New Custom Attribute To Account",
            "add-new-custom-attribute-to-account",
            "/api/v1/accounts/{account_id}/custom_attribute_definitions",
        )
        .application(Role::Administrator)
        .summary("Defines a custom attribute.")
        .notes(&[
            "Answers names instead of numbers: attribute_display_type \"list\", attribute_model \"contact_attribute\".",
            "n8n default for attribute_values sends [null].",
        ])
        .params(rows![
            ACCOUNT,
            body(text("attribute_display_name", "Label shown to agents.")),
            body(int("attribute_display_type", "Value kind: 0 text, 1 number, 2 currency, 3 percent, 4 link, 5 date, 6 list, 7 checkbox.")),
            body(text("attribute_description", "Help text for the attribute.")),
            body(text("attribute_key", "Machine key, unique per account and model.")),
            body(json_list("attribute_values", JsonKind::Strings, "Allowed choices when the kind is list.")),
            body(int("attribute_model", "What the attribute hangs on: 0 conversation, 1 contact.")),
        ])
        .answers(shapes::CUSTOM_ATTRIBUTE)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403]),
        ActionSpec::get(
            NAME,
            "Get Details Of A Single Custom Attribute",
            "get-details-of-a-single-custom-attribute",
            "/api/v1/accounts/{account_id}/custom_attribute_definitions/{id}",
        )
        .application(Role::Member)
        .summary("Reads one definition.")
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers(shapes::CUSTOM_ATTRIBUTE)
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable(),
        ActionSpec::delete(
            NAME,
            "Delete Custom Attribute From Account",
            "delete-custom-attribute-from-account",
            "/api/v1/accounts/{account_id}/custom_attribute_definitions/{id}",
        )
        .application(Role::Administrator)
        .summary("Deletes a definition.")
        .notes(&["Real status is 204, the document says 200."])
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers_nothing()
        .status(204, 200)
        .errors(&[401, 404, 429])
        .documented_errors(&[403, 404])
        .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(
            NAME,
            "Update Custom Attribute In Account",
            "update-custom-attribute-in-account",
            "/api/v1/accounts/{account_id}/custom_attribute_definitions/{id}",
        )
        .application(Role::Administrator)
        .summary("Changes a definition.")
        .params(rows![
            ACCOUNT,
            path(int("id", "Numeric id of the record.")),
            body(text("attribute_display_name", "Label shown to agents.")),
            body(int("attribute_display_type", "Value kind: 0 text, 1 number, 2 currency, 3 percent, 4 link, 5 date, 6 list, 7 checkbox.")),
            body(text("attribute_description", "Help text for the attribute.")),
            body(text("attribute_key", "Machine key, unique per account and model.")),
            body(json_list("attribute_values", JsonKind::Strings, "Allowed choices when the kind is list.")),
            body(int("attribute_model", "What the attribute hangs on: 0 conversation, 1 contact.")),
        ])
        .answers(shapes::CUSTOM_ATTRIBUTE)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403, 404])
        .repeatable(),
    ],
);
