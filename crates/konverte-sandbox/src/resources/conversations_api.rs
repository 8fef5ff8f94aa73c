//! Conversations as their visitor's own program sees them.

use serde_json::Value;

use super::Handlers;
use super::conversations::{NewConversation, start};
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::Key;

pub(super) const HANDLERS: Handlers = &[("list-all-contact-conversations", list), ("create-a-conversation", create)];

/// A verified visitor sees all conversations of the contact, others those of this place in the inbox.
fn list(call: &mut Call<'_>) -> Answer {
    let (link, contact) = call.public_contact()?;
    let key = if link.hmac_verified { Key::of("contact", contact.id) } else { Key::of("contact_inbox", link.id) };
    let conversations = call.state.conversations.all(&key);
    json(conversations.map(|conversation| call.view().public_conversation(conversation)).collect::<Value>())
}

fn create(call: &mut Call<'_>) -> Answer {
    let link = call.public_contact()?.0.id;
    let custom_attributes = call.body.object("custom_attributes").unwrap_or_default();
    let id = start(call, link, NewConversation { custom_attributes, ..NewConversation::default() })?;
    let conversation = call.state.conversations.get(id).ok_or_else(Failure::no_page)?;
    json(call.view().public_conversation(conversation))
}
