//! Messages as the visitor's own program sees them.

use serde_json::Value;

use super::messages::{Draft, post};
use super::{Handlers, filled};
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{ACTIVITY, INCOMING, Key, Message, SenderKind};

pub(super) const HANDLERS: Handlers = &[("list-all-converation-messages", list), ("create-a-message", create), ("update-a-message", update)];

/// How long a survey can be answered; seconds.
const SURVEY_OPEN: i64 = 14 * 24 * 60 * 60;
const PAGE: usize = 20;

/// The last 20 that are neither private nor activity, or those before a message.
fn list(call: &mut Call<'_>) -> Answer {
    let conversation = call.public_conversation()?.id;
    let before = call.query.integer("before").and_then(|id| u64::try_from(id).ok()).filter(|id| *id > 0);
    let messages = call.state.messages.all(&Key::of("conversation", conversation));
    let public = messages.filter(|message| !message.private && message.message_type != ACTIVITY);
    let mut page: Vec<&Message> = public.filter(|message| before.is_none_or(|before| message.id < before)).rev().take(PAGE).collect();
    page.reverse();
    json(page.into_iter().map(|message| call.view().public_message(message)).collect::<Value>())
}

/// Always incoming.
fn create(call: &mut Call<'_>) -> Answer {
    let conversation = call.public_conversation()?;
    let sender = (SenderKind::Contact, conversation.contact_id);
    let conversation = conversation.id;
    let draft = Draft { message_type: INCOMING, content: call.body.text("content"), sender: Some(sender), ..Draft::default() };
    let id = post(call, conversation, draft)?;
    let message = call.state.messages.get(id).ok_or_else(Failure::no_page)?;
    let mut shown = call.view().public_message(message);
    if let (Some(echo), Value::Object(fields)) = (filled(call.body.text("echo_id")), &mut shown) {
        fields.insert("echo_id".into(), echo.into());
    }
    json(shown)
}

/// Keeps what the visitor entered into the message's form or survey.
fn update(call: &mut Call<'_>) -> Answer {
    let conversation = call.public_conversation()?.id;
    let id = call.path_id("message_id")?;
    let message = call.state.messages.get(id).filter(|message| message.conversation_id == conversation).ok_or_else(Failure::no_page)?;
    if message.content_type == "input_csat" && call.now - message.created_at > SURVEY_OPEN {
        return Err(Failure::custom("You cannot update the CSAT survey after 14 days"));
    }
    let values = call.body.fields.get("submitted_values").cloned().unwrap_or(Value::Null);
    let now = call.now;
    call.state.messages.update(id, |message| {
        message.content_attributes.insert("submitted_values".into(), values);
        message.updated_at = now;
    });
    let message = call.state.messages.get(id).ok_or_else(Failure::no_page)?;
    json(call.view().public_message(message))
}
