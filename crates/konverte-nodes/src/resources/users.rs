//! The users of the installation, for platform apps.

use node_sdk::action::{ActionSpec, Resource, body, int, json_object, path, rows, text};

use super::shapes;

const NAME: &str = "Users";

/// The users of the installation, for platform apps.
pub(super) const USERS: Resource = Resource::new(
    NAME,
    "The users of the installation, for platform apps.",
    rows![
        ActionSpec::post(NAME, "Create A User", "create-a-user", "/platform/api/v1/users")
            .platform()
            .summary("Creates a user, or returns the one with the same e-mail.")
            .notes(&[
                "If the e-mail already exists that user is returned and made visible to the platform app; the body is not applied.",
                "Server also takes display_name.",
            ])
            .params(rows![
                body(text("name", "Display name.")),
                body(text("email", "E-mail address.")),
                body(text("password", "Sign-in password; needs upper case, lower case, digit and symbol.")),
                body(json_object("custom_attributes", "Key/value object with your own attributes.")),
            ])
            .also(rows![body(text("display_name", "Name that is shown in place of the name."))])
            .answers(shapes::USER)
            .errors(&[401, 422, 429])
            .documented_errors(&[401])
            .repeatable_as("answers the user of that e-mail")
            .may_exist(&["name", "display_name", "custom_attributes"])
            .record(&["email"]),
        ActionSpec::get(NAME, "Get Details Of A User", "get-details-of-a-user", "/platform/api/v1/users/{id}")
            .platform()
            .summary("Reads one user.")
            .params(rows![path(int("id", "Numeric id of the record."))])
            .answers(shapes::USER)
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable(),
        ActionSpec::delete(NAME, "Delete A User", "delete-a-user", "/platform/api/v1/users/{id}")
            .platform()
            .summary("Queues a user for deletion.")
            .notes(&["Background job."])
            .params(rows![path(int("id", "Numeric id of the record."))])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(NAME, "Update A User", "update-a-user", "/platform/api/v1/users/{id}")
            .platform()
            .summary("Changes a user; custom attributes are merged.")
            .notes(&[
                "custom_attributes are merged, every other field replaces.",
                "Untouched n8n defaults blank name, email and password: empty name or email gives 422.",
            ])
            .params(rows![
                path(int("id", "Numeric id of the record.")),
                body(text("name", "Display name.")),
                body(text("email", "E-mail address.")),
                body(text("password", "Sign-in password; needs upper case, lower case, digit and symbol.")),
                body(json_object("custom_attributes", "Key/value object with your own attributes.")),
            ])
            .also(rows![body(text("display_name", "Name that is shown in place of the name."))])
            .answers(shapes::USER)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401])
            .repeatable(),
        ActionSpec::get(NAME, "Get Sso Url Of A User", "get-sso-url-of-a-user", "/platform/api/v1/users/{id}/login")
            .platform()
            .summary("Makes a one-time sign-in link.")
            .notes(&["Link is single use and short-lived."])
            .params(rows![path(int("id", "Numeric id of the record."))])
            .answers(&["url"])
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable(),
    ],
);
