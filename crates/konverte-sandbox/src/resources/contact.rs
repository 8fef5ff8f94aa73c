//! A contact's places in inboxes.

use serde_json::{Value, json as value};

use super::{Handlers, filled, uuid};
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Contact, ContactInbox, Inbox, Key, State};

pub(super) const HANDLERS: Handlers = &[("contactInboxCreation", create), ("contactableInboxesGet", contactable)];

fn create(call: &mut Call<'_>) -> Answer {
    let contact = call.contact()?.id;
    let inbox = call.inbox(call.body.id("inbox_id").ok_or_else(Failure::not_found)?)?.id;
    let id = put_in(call, contact, inbox)?;
    let place = call.state.contact_inboxes.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().contact_inbox(place))
}

/// The inboxes whose channel can reach the contact with what is known of it.
fn contactable(call: &mut Call<'_>) -> Answer {
    let contact = call.contact()?;
    let view = call.view();
    let inboxes = call.state.inboxes.all(&Key::of("account", call.account));
    let places: Vec<Value> = inboxes
        .filter_map(|inbox| {
            let source = match place_in(call.state, inbox.id, contact.id) {
                Some(place) => place.source_id.clone(),
                None if inbox.channel_type == "Channel::WebWidget" => return None,
                None => source_id(inbox, contact, call.state.contact_inboxes.next_id()).ok()?,
            };
            Some(value!({ "inbox": view.slim_inbox(inbox), "source_id": source }))
        })
        .collect();
    json(value!({ "payload": places }))
}

/// Puts the contact into the inbox, under the body's `source_id` or one made for the channel. A place that is there stays, and
/// is what is asked for where the body names none.
pub(super) fn put_in(call: &mut Call<'_>, contact: u64, inbox: u64) -> Result<u64, Failure> {
    let (Some(inbox), Some(contact)) = (call.state.inboxes.get(inbox), call.state.contacts.get(contact)) else {
        return Err(Failure::not_found());
    };
    let number = call.state.contact_inboxes.next_id();
    let source = match filled(call.body.text("source_id")) {
        Some(source) => source,
        None => match place_in(call.state, inbox.id, contact.id) {
            Some(place) => return Ok(place.id),
            None => source_id(inbox, contact, number)?,
        },
    };
    if let Some(place) = call.state.contact_inboxes.find(&Key::text("source_id", inbox.id, &source)) {
        let own = place.contact_id == contact.id;
        return if own { Ok(place.id) } else { Err(Failure::invalid("source_id", "has already been taken")) };
    }
    let place = ContactInbox {
        contact_id: contact.id,
        inbox_id: inbox.id,
        source_id: source,
        pubsub_token: format!("pubsub-contact-inbox-{number}"),
        ..ContactInbox::default()
    };
    Ok(call.state.contact_inboxes.insert(place))
}

fn place_in(state: &State, inbox: u64, contact: u64) -> Option<&ContactInbox> {
    state.contact_inboxes.all(&Key::of("contact", contact)).find(|place| place.inbox_id == inbox)
}

fn source_id(inbox: &Inbox, contact: &Contact, number: u64) -> Result<String, Failure> {
    let phone = || contact.phone_number.clone().ok_or_else(|| Failure::custom("The contact has no phone number"));
    match inbox.channel_type.as_str() {
        "Channel::Api" | "Channel::WebWidget" => Ok(uuid(0x5b0f_7a10, number)),
        "Channel::Email" => contact.email.clone().ok_or_else(|| Failure::custom("The contact has no e-mail address")),
        "Channel::Whatsapp" => phone().map(|number| number.trim_start_matches('+').to_owned()),
        "Channel::Sms" => phone(),
        _ => Err(Failure::custom("This channel needs a source_id")),
    }
}
