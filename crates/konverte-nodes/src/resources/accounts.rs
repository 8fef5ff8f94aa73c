//! The accounts (tenants) of the installation, for platform apps.

use node_sdk::action::{ActionSpec, Param, Resource, body, choice, json_object, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Accounts";

/// What an account is set to, beside its name.
const SETTINGS: &[Param] = rows![
    body(text("locale", "Language of the account, for example en or pt_BR.")),
    body(text("domain", "Domain of the account's e-mail addresses.")),
    body(text("support_email", "Address that the account's e-mail is sent from.")),
    body(choice("status", &["active", "suspended"], "Whether its people can work in it.")),
    body(json_object("features", "Names of features, each with true or false.")),
    body(json_object("limits", "How many there may be of what, for example {\"agents\": 5}.")),
    body(json_object("custom_attributes", "Key/value object with your own attributes.")),
];

/// The accounts (tenants) of the installation, for platform apps.
pub(super) const ACCOUNTS: Resource = Resource::new(
    NAME,
    "The accounts (tenants) of the installation, for platform apps.",
    rows![
        ActionSpec::post(NAME, "Create An Account", "create-an-account", "/platform/api/v1/accounts")
            .platform()
            .summary("Creates an account owned by the calling platform app.")
            .notes(&["Server also takes locale, domain, support_email, status, features, limits, custom_attributes."])
            .params(rows![body(text("name", "Display name."))])
            .also(SETTINGS)
            .answers(shapes::ACCOUNT)
            .errors(&[401, 422, 429])
            .documented_errors(&[401]),
        ActionSpec::get(NAME, "Get Details Of An Account", "get-details-of-an-account", "/platform/api/v1/accounts/{account_id}")
            .platform()
            .summary("Reads one account.")
            .params(rows![ACCOUNT])
            .answers(shapes::ACCOUNT)
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable(),
        ActionSpec::delete(NAME, "Delete An Account", "delete-an-account", "/platform/api/v1/accounts/{account_id}")
            .platform()
            .summary("Queues an account for deletion.")
            .notes(&["Deletion is a background job; the record can still be read for a moment."])
            .params(rows![ACCOUNT])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(NAME, "Update An Account", "update-an-account", "/platform/api/v1/accounts/{account_id}")
            .platform()
            .summary("Changes an account.")
            .params(rows![ACCOUNT, body(text("name", "Display name."))])
            .also(SETTINGS)
            .answers(shapes::ACCOUNT)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401])
            .repeatable()
            .record(&["account_id"]),
    ],
);
