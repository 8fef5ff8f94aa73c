//! Who belongs to an account, for platform apps.

use node_sdk::action::{ActionSpec, Resource, body, int, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Account Users";

/// Who belongs to an account, for platform apps.
pub(super) const ACCOUNT_USERS: Resource = Resource::new(
    NAME,
    "Who belongs to an account, for platform apps.",
    rows![
        ActionSpec::get(NAME, "List All Account Users", "list-all-account-users", "/platform/api/v1/accounts/{account_id}/account_users")
            .platform()
            .summary("Lists the user memberships of an account.")
            .params(rows![ACCOUNT])
            .answers_list(shapes::ACCOUNT_USER)
            .errors(&[401, 404, 429])
            .documented_errors(&[401])
            .repeatable(),
        ActionSpec::post(NAME, "Create An Account User", "create-an-account-user", "/platform/api/v1/accounts/{account_id}/account_users")
            .platform()
            .summary("Adds a user to an account, or changes the role.")
            .notes(&["Find-or-create: repeating it with another role updates the membership.", "Answers the raw membership row."])
            .params(rows![
                ACCOUNT,
                body(int("user_id", "Numeric id of the user.").required()),
                body(text("role", "agent or administrator.").required())
            ])
            .answers(shapes::ACCOUNT_USER)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401])
            .repeatable_as("find or create")
            .may_exist(&[])
            .record(&["user_id"]),
        ActionSpec::delete(NAME, "Delete An Account User", "delete-an-account-user", "/platform/api/v1/accounts/{account_id}/account_users")
            .platform()
            .summary("Takes a user out of an account.")
            .notes(&["DELETE with a JSON body.", "200 also when the user was not a member."])
            .params(rows![ACCOUNT, body(int("user_id", "Numeric id of the user.").required())])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable_as("a second delete answers 404: that counts as done")
            .record(&["user_id"]),
    ],
);
