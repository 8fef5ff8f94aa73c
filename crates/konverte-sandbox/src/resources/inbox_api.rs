//! The public face of an API inbox.

use super::Handlers;
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Contact, ContactInbox, Conversation, Inbox, Key};

pub(super) const HANDLERS: Handlers = &[("get-details-of-a-inbox", show)];

impl Call<'_> {
    /// The API inbox with the identifier of the path.
    pub(crate) fn public_inbox(&self) -> Result<&Inbox, Failure> {
        let key = Key::text("identifier", 0, self.path("inbox_identifier"));
        self.state.inboxes.find(&key).ok_or_else(Failure::no_page)
    }

    /// The contact of the path with its place in the inbox.
    pub(crate) fn public_contact(&self) -> Result<(&ContactInbox, &Contact), Failure> {
        let inbox = self.public_inbox()?.id;
        let key = Key::text("source_id", inbox, self.path("contact_identifier"));
        let place = self.state.contact_inboxes.find(&key).ok_or_else(Failure::no_page)?;
        let contact = self.state.contacts.get(place.contact_id).ok_or_else(Failure::no_page)?;
        Ok((place, contact))
    }

    /// The contact's conversation of the path.
    pub(crate) fn public_conversation(&self) -> Result<&Conversation, Failure> {
        let (_, contact) = self.public_contact()?;
        let conversation = self.state.conversation(contact.account_id, self.path_id("conversation_id")?);
        conversation.filter(|conversation| conversation.contact_id == contact.id).ok_or_else(Failure::no_page)
    }
}

fn show(call: &mut Call<'_>) -> Answer {
    let inbox = call.public_inbox()?;
    json(call.view().public_inbox(inbox))
}
