//! Conversations as their visitor's own program sees them.

use serde_json::Value;

use super::Handlers;
use super::conversation_details::toggle_typing;
use super::conversations::{NewConversation, start};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Key, SenderKind, Typing};

pub(super) const HANDLERS: Handlers = &[
    ("list-all-contact-conversations", list),
    ("create-a-conversation", create),
    ("get-single-conversation", show),
    ("resolve-conversation", resolve),
    ("toggle-typing-status", typing),
    ("update-last-seen", seen),
];

/// A verified visitor sees all conversations of the contact, others those of this place in the inbox.
fn list(call: &mut Call<'_>) -> Answer {
    let (place, contact) = call.public_contact()?;
    let key = if place.hmac_verified { Key::of("contact", contact.id) } else { Key::of("contact_inbox", place.id) };
    let conversations = call.state.conversations.all(&key);
    json(conversations.map(|conversation| call.view().public_conversation(conversation)).collect::<Value>())
}

fn create(call: &mut Call<'_>) -> Answer {
    let place = call.public_contact()?.0.id;
    let custom_attributes = call.body.object("custom_attributes").unwrap_or_default();
    let id = start(call, place, NewConversation { custom_attributes, ..NewConversation::default() })?;
    answer(call, id)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.public_conversation()?.id;
    answer(call, id)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let conversation = call.state.conversations.get(id).ok_or_else(Failure::no_page)?;
    json(call.view().public_conversation(conversation))
}

/// A visitor can resolve, and nothing else.
fn resolve(call: &mut Call<'_>) -> Answer {
    let (id, now) = (call.public_conversation()?.id, call.now);
    call.change_conversation(id, |conversation| conversation.set_status("resolved", now));
    answer(call, id)
}

fn typing(call: &mut Call<'_>) -> Answer {
    let conversation = call.public_conversation()?;
    let who = Typing { sender_type: SenderKind::Contact, sender_id: conversation.contact_id, private: false };
    let id = conversation.id;
    toggle_typing(call, id, who)
}

fn seen(call: &mut Call<'_>) -> Answer {
    let (id, now) = (call.public_conversation()?.id, call.now);
    call.state.conversations.update(id, |conversation| conversation.contact_last_seen_at = Some(now));
    empty()
}
