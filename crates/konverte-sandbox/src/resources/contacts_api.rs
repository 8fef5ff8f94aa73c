//! Contacts as their own programs see them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::contacts::{Identity, check_identity};
use super::{Handlers, contact_merge, filled, merge, set, uuid};
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Contact, ContactInbox, Inbox, Key};

pub(super) const HANDLERS: Handlers = &[("create-a-contact", create), ("get-details-of-a-contact", show), ("update-a-contact", update)];

/// Reuses the contact of the same identifier, e-mail or phone number, and gives it a new place in the inbox.
fn create(call: &mut Call<'_>) -> Answer {
    let inbox = call.public_inbox()?.clone();
    let verified = verify(call, &inbox, call.body.text("identifier"))?;
    let source = filled(call.body.text("source_id")).unwrap_or_else(|| uuid(0x5b0f_7a10, call.state.contact_inboxes.next_id()));
    let place = match call.state.contact_inboxes.find(&Key::text("source_id", inbox.id, &source)).map(|place| place.id) {
        Some(place) => place,
        None => {
            let contact = find_or_insert(call, &inbox)?;
            let pubsub_token = format!("pubsub-contact-inbox-{}", call.state.contact_inboxes.next_id());
            let place = ContactInbox { contact_id: contact, inbox_id: inbox.id, source_id: source, pubsub_token, ..Default::default() };
            call.state.contact_inboxes.insert(place)
        }
    };
    call.state.contact_inboxes.update(place, |place| place.hmac_verified |= verified);
    answer(call, place)
}

fn find_or_insert(call: &mut Call<'_>, inbox: &Inbox) -> Result<u64, Failure> {
    let identity = Identity::of(&call.body);
    if let Some(contact) = identity.find(call.state, inbox.account_id) {
        return Ok(contact);
    }
    check_identity(call.state, inbox.account_id, 0, &identity)?;
    let contact = Contact {
        account_id: inbox.account_id,
        name: call.body.text("name").unwrap_or_else(|| generated_name(call.state.contacts.next_id())),
        email: identity.email,
        phone_number: identity.phone_number,
        identifier: identity.identifier,
        custom_attributes: call.body.object("custom_attributes").unwrap_or_default(),
        avatar_url: filled(call.body.text("avatar_url")),
        created_at: call.now,
        updated_at: call.now,
        ..Contact::default()
    };
    Ok(call.state.contacts.insert(contact))
}

fn show(call: &mut Call<'_>) -> Answer {
    let place = call.public_contact()?.0.id;
    answer(call, place)
}

/// Answers the raw row. Where another contact has the new e-mail or phone number, this one becomes part of it.
fn update(call: &mut Call<'_>) -> Answer {
    let inbox = call.public_inbox()?.clone();
    let (place, contact) = call.public_contact()?;
    let (place, own) = (place.id, contact.clone());
    let verified = verify(call, &inbox, own.identifier)?;
    call.state.contact_inboxes.update(place, |place| place.hmac_verified |= verified);

    let identity = Identity { identifier: None, ..Identity::of(&call.body) };
    let other = identity.find(call.state, inbox.account_id).filter(|other| *other != own.id);
    let id = match other {
        Some(other) => {
            contact_merge::merge(call, own.id, other);
            other
        }
        None => {
            check_identity(call.state, inbox.account_id, own.id, &identity)?;
            own.id
        }
    };
    let (body, now) = (&call.body, call.now);
    call.state.contacts.update(id, |contact| {
        set(&mut contact.name, filled(body.text("name")));
        set(&mut contact.email, identity.email.map(Some));
        set(&mut contact.phone_number, identity.phone_number.map(Some));
        set(&mut contact.avatar_url, filled(body.text("avatar_url")).map(Some));
        merge(&mut contact.custom_attributes, body.object("custom_attributes"));
        contact.updated_at = now;
    });
    let contact = call.state.contacts.get(id).ok_or_else(Failure::no_page)?;
    json(call.view().raw_contact(contact))
}

fn answer(call: &Call<'_>, place: u64) -> Answer {
    let place = call.state.contact_inboxes.get(place).ok_or_else(Failure::no_page)?;
    let contact = call.state.contacts.get(place.contact_id).ok_or_else(Failure::no_page)?;
    json(call.view().public_contact(place, contact))
}

/// Whether the identifier is proven by its hash. The server raises on a wrong one.
fn verify(call: &Call<'_>, inbox: &Inbox, identifier: Option<String>) -> Result<bool, Failure> {
    let mandatory = inbox.channel.get("hmac_mandatory").is_some_and(|flag| flag == true);
    let Some(hash) = filled(call.body.text("identifier_hash")) else {
        return if mandatory { Err(Failure::internal()) } else { Ok(false) };
    };
    let key = inbox.channel_text("hmac_token").unwrap_or_default();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|_| Failure::internal())?;
    mac.update(identifier.unwrap_or_default().as_bytes());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    if expected == hash { Ok(true) } else { Err(Failure::internal()) }
}

/// Two words for a visitor who gave no name, the same for the same id.
fn generated_name(id: u64) -> String {
    const FIRST: [&str; 6] = ["Amber", "Brisk", "Calm", "Dusty", "Eager", "Fond"];
    const SECOND: [&str; 7] = ["Brook", "Cedar", "Dune", "Harbor", "Meadow", "Orchard", "River"];
    let pick = |words: &[&'static str], id: u64| words[usize::try_from(id).unwrap_or(0) % words.len()];
    format!("{} {}", pick(&FIRST, id), pick(&SECOND, id))
}
