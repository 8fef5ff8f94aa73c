//! Two contacts become one.

use serde_json::{Map, Value};

use super::Handlers;
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Key, SenderKind, ids};

pub(super) const HANDLERS: Handlers = &[("contactMerge", create)];

/// Both must be there. A contact stays as it is where it is merged with itself.
fn create(call: &mut Call<'_>) -> Answer {
    let id = |name: &str| {
        let contact = call.body.id(name).and_then(|id| call.state.contacts.get(id));
        contact.filter(|contact| contact.account_id == call.account).map(|contact| contact.id).ok_or_else(Failure::not_found)
    };
    let (base, other) = (id("base_contact_id")?, id("mergee_contact_id")?);
    if base != other {
        merge(call, other, base);
    }
    let contact = call.state.contacts.get(base).ok_or_else(Failure::not_found)?;
    json(call.view().contact(contact))
}

/// Moves everything of one contact to the other, which stays. What both have, the one that stays keeps.
pub(super) fn merge(call: &mut Call<'_>, from: u64, into: u64) {
    for place in ids(call.state.contact_inboxes.all(&Key::of("contact", from))) {
        call.state.contact_inboxes.update(place, |place| place.contact_id = into);
    }
    for conversation in ids(call.state.conversations.all(&Key::of("contact", from))) {
        call.state.conversations.update(conversation, |conversation| conversation.contact_id = into);
        for message in ids(call.state.messages.all(&Key::of("conversation", conversation))) {
            call.state.messages.update(message, |message| {
                if message.sender_type == Some(SenderKind::Contact) && message.sender_id == Some(from) {
                    message.sender_id = Some(into);
                }
            });
        }
    }
    let Some(old) = call.state.contacts.remove(from) else { return };
    let now = call.now;
    call.state.contacts.update(into, |contact| {
        if contact.name.trim().is_empty() {
            contact.name = old.name;
        }
        for (own, others) in
            [(&mut contact.identifier, old.identifier), (&mut contact.email, old.email), (&mut contact.phone_number, old.phone_number)]
        {
            *own = own.take().or(others);
        }
        add(&mut contact.custom_attributes, old.custom_attributes);
        add(&mut contact.additional_attributes, old.additional_attributes);
        contact.updated_at = now;
    });
}

fn add(own: &mut Map<String, Value>, others: Map<String, Value>) {
    for (key, value) in others {
        own.entry(key).or_insert(value);
    }
}
