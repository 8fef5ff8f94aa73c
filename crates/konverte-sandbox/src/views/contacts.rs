//! Contacts and their places in inboxes.

use serde_json::{Map, Value, json};

use super::{View, iso};
use crate::state::{Contact, ContactInbox, Key};

impl View<'_> {
    fn thumbnail(&self, contact: &Contact) -> String {
        match contact.avatar {
            Some(file) => self.file_url(Some(file)),
            None => contact.avatar_url.clone().unwrap_or_default(),
        }
    }

    pub(super) fn bare_contact(&self, contact: &Contact) -> Map<String, Value> {
        let shown = json!({
            "additional_attributes": contact.additional_attributes, "availability_status": "offline", "email": contact.email,
            "id": contact.id, "name": contact.name, "phone_number": contact.phone_number, "blocked": contact.blocked,
            "identifier": contact.identifier, "thumbnail": self.thumbnail(contact),
            "custom_attributes": contact.custom_attributes, "last_activity_at": contact.last_activity_at,
            "created_at": contact.created_at,
        });
        match shown {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }

    /// A contact with its places in inboxes.
    pub(crate) fn contact(&self, contact: &Contact) -> Value {
        let mut fields = self.bare_contact(contact);
        let places = self.state.contact_inboxes.all(&Key::of("contact", contact.id));
        fields.insert("contact_inboxes".into(), places.map(|place| self.contact_inbox(place)).collect());
        Value::Object(fields)
    }

    pub(crate) fn contact_inbox(&self, place: &ContactInbox) -> Value {
        let inbox = self.state.inboxes.get(place.inbox_id).map(|inbox| self.slim_inbox(inbox));
        json!({ "source_id": place.source_id, "inbox": inbox })
    }

    /// A contact as the public API answers it.
    pub(crate) fn public_contact(&self, place: &ContactInbox, contact: &Contact) -> Value {
        json!({
            "source_id": place.source_id, "pubsub_token": place.pubsub_token, "id": contact.id, "name": contact.name,
            "email": contact.email, "phone_number": contact.phone_number,
        })
    }

    /// A contact's raw row.
    pub(crate) fn raw_contact(&self, contact: &Contact) -> Value {
        json!({
            "id": contact.id, "name": contact.name, "email": contact.email, "phone_number": contact.phone_number,
            "account_id": contact.account_id, "identifier": contact.identifier,
            "additional_attributes": contact.additional_attributes, "custom_attributes": contact.custom_attributes,
            "last_activity_at": contact.last_activity_at.map(iso), "contact_type": "lead", "middle_name": "",
            "last_name": "", "location": "", "country_code": "", "blocked": contact.blocked,
            "created_at": iso(contact.created_at), "updated_at": iso(contact.updated_at),
        })
    }

    pub(crate) fn contact_as_sender(&self, contact: &Contact) -> Value {
        json!({
            "additional_attributes": contact.additional_attributes, "custom_attributes": contact.custom_attributes,
            "email": contact.email, "id": contact.id, "identifier": contact.identifier, "name": contact.name,
            "phone_number": contact.phone_number, "thumbnail": self.thumbnail(contact), "blocked": contact.blocked, "type": "contact",
        })
    }
}
