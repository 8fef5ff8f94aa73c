//! Contacts of an account.

use std::cmp::Ordering;

use serde_json::{Value, json as value};

use super::contact::put_in;
use super::{Handlers, filled, is_email, merge, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::filter::{self, Filter};
use crate::input::Body;
use crate::state::{Contact, Conversation, Key, State, has_label};

pub(super) const HANDLERS: Handlers = &[
    ("contactList", list),
    ("contactCreate", create),
    ("contactDetails", show),
    ("contactUpdate", update),
    ("contactDelete", delete),
    ("destroy-custom-attributes-of-a-contact", remove_attributes),
    ("contactConversations", conversations),
    ("contactSearch", search),
    ("contactFilter", filter),
];

const PAGE: usize = 15;
/// How many conversations of a contact are shown.
const CONVERSATIONS: usize = 20;

fn list(call: &mut Call<'_>) -> Answer {
    let labels = call.query.list("labels");
    let all = call.state.contacts.all(&Key::of("account", call.account));
    let listed = all.filter(|contact| contact.listed());
    let found = listed.filter(|contact| labels.is_empty() || labels.iter().any(|label| has_label(&contact.labels, label)));
    page(call, found.collect(), false)
}

fn search(call: &mut Call<'_>) -> Answer {
    let text = call.query.text("q").unwrap_or_default().trim().to_lowercase();
    if text.is_empty() && call.as_server {
        return Err(Failure::custom("Say what to search for with the parameter q"));
    }
    let has = |field: &Option<String>| field.as_ref().is_some_and(|field| field.to_lowercase().contains(&text));
    let all = call.state.contacts.all(&Key::of("account", call.account));
    let found = all.filter(|contact| {
        contact.name.to_lowercase().contains(&text) || has(&contact.email) || has(&contact.phone_number) || has(&contact.identifier)
    });
    page(call, found.collect(), true)
}

fn filter(call: &mut Call<'_>) -> Answer {
    let filter = Filter::parse(call, filter::Model::Contact)?;
    let all = call.state.contacts.all(&Key::of("account", call.account));
    let found = all.filter(|contact| contact.listed() && filter.matches(&|key| filter::contact_value(contact, key)));
    page(call, found.collect(), false)
}

/// One page of 15, sorted as the query says.
fn page(call: &Call<'_>, mut found: Vec<&Contact>, has_more: bool) -> Answer {
    sort(&mut found, call.query.text("sort").unwrap_or_default());
    let page = call.query.page();
    let first = (page - 1).saturating_mul(PAGE);
    let payload: Vec<Value> = found.iter().skip(first).take(PAGE).map(|contact| call.view().contact(contact)).collect();
    let current_page = call.query.text("page").map_or(Value::from(1), Value::from);
    let mut meta = value!({ "count": found.len(), "current_page": current_page });
    if has_more && let Value::Object(meta) = &mut meta {
        meta.insert("has_more".into(), (first.saturating_add(PAGE) < found.len()).into());
    }
    json(value!({ "meta": meta, "payload": payload }))
}

/// By a column, `-` for descending; contacts without a value come last. By id where nothing or another column is asked for.
fn sort(contacts: &mut [&Contact], order: &str) {
    let (column, descending) = order.strip_prefix('-').map_or((order, false), |column| (column, true));
    let text = |contact: &Contact| match column {
        "name" => Some(contact.name.to_lowercase()),
        "email" => contact.email.clone(),
        "phone_number" => contact.phone_number.clone(),
        "last_activity_at" => contact.last_activity_at.map(|time| format!("{time:020}")),
        "created_at" => Some(format!("{:020}", contact.created_at)),
        _ => None,
    };
    contacts.sort_by_cached_key(|contact| Sorted { value: text(contact), descending });
}

#[derive(PartialEq, Eq)]
struct Sorted {
    value: Option<String>,
    descending: bool,
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.value, &other.value) {
            (Some(a), Some(b)) if self.descending => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        }
    }
}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn create(call: &mut Call<'_>) -> Answer {
    let inbox = match call.body.id("inbox_id") {
        Some(inbox) => Some(call.inbox(inbox)?.id),
        None if call.body.integer("inbox_id").is_some_and(|id| id != 0) => return Err(Failure::not_found()),
        None => None,
    };
    let mut contact = Contact { account_id: call.account, created_at: call.now, ..Contact::default() };
    apply(call, &mut contact)?;
    let id = call.state.contacts.insert(contact);
    let place = match inbox.map(|inbox| put_in(call, id, inbox)).transpose() {
        Ok(place) => place,
        Err(failure) => {
            call.state.contacts.remove(id);
            return Err(failure);
        }
    };
    let view = call.view();
    let contact = call.state.contacts.get(id).map(|contact| view.contact(contact));
    let place = place.and_then(|place| call.state.contact_inboxes.get(place)).map(|place| {
        let inbox = call.state.inboxes.get(place.inbox_id).map(|inbox| {
            value!({
                "id": inbox.id, "channel_id": inbox.channel_id, "account_id": inbox.account_id, "name": inbox.name,
                "channel_type": inbox.channel_type,
            })
        });
        value!({ "inbox": inbox, "source_id": place.source_id })
    });
    json(value!({ "payload": { "contact": contact, "contact_inbox": place } }))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.contact()?.id;
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut contact = call.contact()?.clone();
    apply(call, &mut contact)?;
    let id = contact.id;
    call.state.contacts.update(id, |row| *row = contact);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = call.contact()?.id;
    call.state.remove_contact(id);
    empty()
}

/// Takes away the attributes with these keys.
fn remove_attributes(call: &mut Call<'_>) -> Answer {
    let id = call.contact()?.id;
    let keys = call.body.texts("custom_attributes").unwrap_or_default();
    let now = call.now;
    call.state.contacts.update(id, |contact| {
        contact.custom_attributes.retain(|key, _| !keys.contains(key));
        contact.updated_at = now;
    });
    answer(call, id)
}

fn conversations(call: &mut Call<'_>) -> Answer {
    let contact = call.contact()?.id;
    let inboxes = call.inboxes_of_caller();
    let all = call.state.conversations.all(&Key::of("contact", contact));
    let mut found: Vec<&Conversation> = all.filter(|conversation| inboxes.contains(&conversation.inbox_id)).collect();
    found.sort_by_key(|conversation| std::cmp::Reverse((conversation.last_activity_at, conversation.id)));
    let payload: Vec<Value> = found.into_iter().take(CONVERSATIONS).map(|c| call.view().conversation(c)).collect();
    json(value!({ "payload": payload }))
}

impl Call<'_> {
    /// The contact of the path.
    pub(super) fn contact(&self) -> Result<&Contact, Failure> {
        let contact = self.state.contacts.get(self.path_id("id")?);
        contact.filter(|contact| contact.account_id == self.account).ok_or_else(Failure::not_found)
    }
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let contact = call.state.contacts.get(id).ok_or_else(Failure::not_found)?;
    json(value!({ "payload": call.view().contact(contact) }))
}

/// Attributes are merged, everything else replaces.
fn apply(call: &mut Call<'_>, contact: &mut Contact) -> Result<(), Failure> {
    let identity = Identity::of(&call.body);
    check_identity(call.state, call.account, contact.id, &identity)?;
    let body = &call.body;
    set(&mut contact.name, body.text("name"));
    set(&mut contact.email, body.has("email").then_some(identity.email));
    set(&mut contact.phone_number, body.has("phone_number").then_some(identity.phone_number));
    set(&mut contact.identifier, body.has("identifier").then_some(identity.identifier));
    set(&mut contact.blocked, body.flag("blocked"));
    set(&mut contact.avatar_url, filled(body.text("avatar_url")).map(Some));
    merge(&mut contact.custom_attributes, body.object("custom_attributes"));
    merge(&mut contact.additional_attributes, body.object("additional_attributes"));
    contact.updated_at = call.now;
    if let Some(picture) = call.store_picture("avatar")? {
        contact.avatar = Some(picture);
    }
    Ok(())
}

/// What a contact is known by.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) identifier: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone_number: Option<String>,
}

impl Identity {
    /// Of a body; blank counts as none.
    pub(super) fn of(body: &Body) -> Self {
        Self {
            identifier: filled(body.text("identifier")),
            email: filled(body.text("email")).map(|email| email.trim().to_lowercase()),
            phone_number: filled(body.text("phone_number")).map(|number| number.trim().to_owned()),
        }
    }

    fn parts(&self) -> [(&'static str, Option<&str>); 3] {
        [("identifier", self.identifier.as_deref()), ("email", self.email.as_deref()), ("phone_number", self.phone_number.as_deref())]
    }

    /// The contact with the identifier, else with the e-mail, else with the phone number.
    pub(super) fn find(&self, state: &State, account: u64) -> Option<u64> {
        let find = |(name, text): (&'static str, Option<&str>)| state.contacts.find(&Key::folded(name, account, text?));
        self.parts().into_iter().find_map(find).map(|contact| contact.id)
    }
}

/// Well formed, and no other contact's.
pub(super) fn check_identity(state: &State, account: u64, own: u64, identity: &Identity) -> Result<(), Failure> {
    let mut problems = Problems::default();
    problems.when(identity.email.as_deref().is_some_and(|email| !is_email(email)), "email", "Invalid email");
    problems.when(identity.phone_number.as_deref().is_some_and(|number| !is_e164(number)), "phone_number", "should be in e164 format");
    for (name, text) in identity.parts() {
        let taken = text.is_some_and(|text| state.contacts.taken(&Key::folded(name, account, text), own));
        problems.when(taken, name, "has already been taken");
    }
    problems.done()
}

fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.chars().all(|c| c.is_ascii_digit())
}
