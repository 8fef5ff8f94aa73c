//! Applications that are hooked to an account.

use node_sdk::action::{ActionSpec, Resource, Role, body, int, json_object, path, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Integrations";

/// Applications that are hooked to an account.
pub(super) const INTEGRATIONS: Resource = Resource::new(
    NAME,
    "Applications that are hooked to an account.",
    rows![
        ActionSpec::get(
            NAME,
            "Get Details Of All Integrations",
            "get-details-of-all-integrations",
            "/api/v1/accounts/{account_id}/integrations/apps",
        )
        .application(Role::Member)
        .summary("Lists integrations with their hooks.")
        .notes(&["Settings and actions are shown to administrators only."])
        .params(rows![ACCOUNT])
        .answers(shapes::INTEGRATION)
        .inside("payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable(),
        ActionSpec::post(NAME, "Create An Integration Hook", "create-an-integration-hook", "/api/v1/accounts/{account_id}/integrations/hooks")
            .application(Role::Administrator)
            .summary("Connects an integration.")
            .notes(&["Administrator only; settings are checked against the integration's JSON schema."])
            .params(rows![
                ACCOUNT,
                body(text("app_id", "Integration slug, for example \"dialogflow\" or \"openai\".")),
                body(text("inbox_id", "Inbox to tie the hook to, for inbox-level integrations.")),
                body(json_object("settings", "Settings object the integration asks for.")),
            ])
            .answers(shapes::INTEGRATION_HOOK)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401]),
        ActionSpec::delete(
            NAME,
            "Delete An Integration Hook",
            "delete-an-integration-hook",
            "/api/v1/accounts/{account_id}/integrations/hooks/{hook_id}",
        )
        .application(Role::Administrator)
        .summary("Disconnects an integration.")
        .params(rows![ACCOUNT, path(int("hook_id", "Numeric id of the integration hook."))])
        .answers_nothing()
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(
            NAME,
            "Update An Integrations Hook",
            "update-an-integrations-hook",
            "/api/v1/accounts/{account_id}/integrations/hooks/{hook_id}",
        )
        .application(Role::Administrator)
        .summary("Changes an integration's settings.")
        .params(rows![
            ACCOUNT,
            path(int("hook_id", "Numeric id of the integration hook.")),
            body(json_object("settings", "Settings object the integration asks for.")),
        ])
        .answers(shapes::INTEGRATION_HOOK)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[401])
        .repeatable(),
    ],
);
