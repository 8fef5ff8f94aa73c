//! Addresses that hear of an account's events.

use node_sdk::action::{ActionSpec, JsonKind, Literal, NativeParam, Resource, Role, body, int, json_list, path, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Webhooks";

/// The events that the server tells; its document lists the half.
const EVENTS: &[&str] = &[
    "conversation_created",
    "conversation_status_changed",
    "conversation_updated",
    "message_created",
    "message_updated",
    "webwidget_triggered",
    "contact_created",
    "contact_updated",
    "inbox_created",
    "inbox_updated",
    "conversation_typing_on",
    "conversation_typing_off",
];

/// Addresses that hear of an account's events.
pub(super) const WEBHOOKS: Resource = Resource::new(
    NAME,
    "Addresses that hear of an account's events.",
    rows![
        ActionSpec::get(NAME, "List All Webhooks", "list-all-webhooks", "/api/v1/accounts/{account_id}/webhooks")
            .application(Role::Administrator)
            .summary("Lists account webhooks.")
            .notes(&["Administrator only.", "Envelope payload.webhooks."])
            .params(rows![ACCOUNT])
            .answers(shapes::WEBHOOK)
            .inside("payload.webhooks")
            .errors(&[401, 404, 429])
            .documented_errors(&[401])
            .repeatable(),
        ActionSpec::post(NAME, "Create A Webhook", "create-a-webhook", "/api/v1/accounts/{account_id}/webhooks")
            .application(Role::Administrator)
            .summary("Registers an account webhook.")
            .notes(&[
                "URL is unique per account; empty or unknown subscriptions: 422.",
                "n8n default sends [null], which is refused.",
                "Newer servers return secret (HMAC key) and take name.",
            ])
            .params(rows![
                ACCOUNT,
                body(text("url", "Address that receives the events.")),
                body(
                    json_list("subscriptions", JsonKind::Strings, "Event names to receive.")
                        .each_of(&[
                            "conversation_created",
                            "conversation_status_changed",
                            "conversation_updated",
                            "message_created",
                            "message_updated",
                            "webwidget_triggered",
                        ])
                        .natively(NativeParam::of_choices(EVENTS, Literal::None)),
                ),
            ])
            .also(rows![body(text("name", "Name of the webhook, for people; newer servers keep it."))])
            .answers(shapes::WEBHOOK)
            .inside("payload.webhook")
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401]),
        ActionSpec::delete(NAME, "Delete A Webhook", "delete-a-webhook", "/api/v1/accounts/{account_id}/webhooks/{webhook_id}")
            .application(Role::Administrator)
            .summary("Deletes an account webhook.")
            .params(rows![ACCOUNT, path(int("webhook_id", "Numeric id of the webhook."))])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(NAME, "Update A Webhook", "update-a-webhook", "/api/v1/accounts/{account_id}/webhooks/{webhook_id}")
            .application(Role::Administrator)
            .summary("Changes an account webhook.")
            .notes(&["Envelope payload.webhook."])
            .params(rows![
                ACCOUNT,
                path(int("webhook_id", "Numeric id of the webhook.")),
                body(text("url", "Address that receives the events.")),
                body(
                    json_list("subscriptions", JsonKind::Strings, "Event names to receive.")
                        .each_of(&[
                            "conversation_created",
                            "conversation_status_changed",
                            "conversation_updated",
                            "message_created",
                            "message_updated",
                            "webwidget_triggered",
                        ])
                        .natively(NativeParam::of_choices(EVENTS, Literal::None)),
                ),
            ])
            .also(rows![body(text("name", "Name of the webhook, for people; newer servers keep it."))])
            .answers(shapes::WEBHOOK)
            .inside("payload.webhook")
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401])
            .repeatable(),
    ],
);
