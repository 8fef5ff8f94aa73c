//! Webhooks of an account. They are kept and checked; nothing is posted to them.

use serde_json::{Value, json as value};
use url::Url;

use super::{Handlers, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{Key, Webhook};

pub(super) const HANDLERS: Handlers =
    &[("list-all-webhooks", list), ("create-a-webhook", create), ("delete-a-webhook", delete), ("update-a-webhook", update)];

const EVENTS: [&str; 12] = [
    "conversation_created",
    "conversation_updated",
    "conversation_status_changed",
    "message_created",
    "message_updated",
    "contact_created",
    "contact_updated",
    "webwidget_triggered",
    "inbox_created",
    "inbox_updated",
    "conversation_typing_on",
    "conversation_typing_off",
];

fn list(call: &mut Call<'_>) -> Answer {
    let webhooks = call.state.webhooks.all(&Key::of("account", call.account));
    let webhooks: Vec<Value> = webhooks.map(|webhook| call.view().webhook(webhook)).collect();
    json(value!({ "payload": { "webhooks": webhooks } }))
}

fn create(call: &mut Call<'_>) -> Answer {
    call.root("webhook")?;
    let mut webhook = Webhook { account_id: call.account, ..Webhook::default() };
    apply(call, &mut webhook)?;
    webhook.secret = format!("webhook-secret-{}", call.state.webhooks.next_id());
    let id = call.state.webhooks.insert(webhook);
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut webhook = find(call)?.clone();
    call.root("webhook")?;
    apply(call, &mut webhook)?;
    let id = webhook.id;
    call.state.webhooks.update(id, |row| *row = webhook);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    call.state.webhooks.remove(id);
    empty()
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Webhook, Failure> {
    let webhook = call.state.webhooks.get(call.path_id("webhook_id")?);
    webhook.filter(|webhook| webhook.account_id == call.account).ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let webhook = call.state.webhooks.get(id).ok_or_else(Failure::not_found)?;
    json(value!({ "payload": { "webhook": call.view().webhook(webhook) } }))
}

fn apply(call: &Call<'_>, webhook: &mut Webhook) -> Result<(), Failure> {
    set(&mut webhook.name, call.body.nullable_text("name"));
    set(&mut webhook.url, call.body.text("url"));
    // A null stays in, so that it is refused as the server refuses it.
    let events = call.body.list("subscriptions").map(|list| list.iter().map(node_sdk::json::to_js_string).collect());
    set(&mut webhook.subscriptions, events);

    let mut problems = Problems::default();
    let web = Url::parse(&webhook.url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    problems.blank("url", Some(&webhook.url));
    problems.when(!web && !webhook.url.trim().is_empty(), "url", "is invalid");
    let taken = call.state.webhooks.taken(&Key::text("url", webhook.account_id, &webhook.url), webhook.id);
    problems.when(taken, "url", "has already been taken");
    let known = !webhook.subscriptions.is_empty() && webhook.subscriptions.iter().all(|event| EVENTS.contains(&event.as_str()));
    problems.when(!known, "subscriptions", "Invalid events");
    problems.done()
}
