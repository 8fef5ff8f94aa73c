//! Whether the records of a seed belong to records that are there.

use super::State;
use super::table::{Record, Table};

/// A field that names a record: of which record, its name, the id in it, and what kind of record it names.
struct Relation<'a, T> {
    of: (&'static str, u64),
    field: &'static str,
    id: u64,
    table: &'a Table<T>,
    kind: &'static str,
}

impl<T: Record> Relation<'_, T> {
    /// What is wrong with it, if anything is.
    fn broken(&self) -> Option<String> {
        let Self { of: (name, record), field, id, table, kind } = self;
        table.get(*id).is_none().then(|| format!("the record {record} of `{name}` has the `{field}` {id}, and there is no such {kind}"))
    }
}

/// The first record that belongs to one that is not there.
pub(super) fn broken(state: &State) -> Option<String> {
    accounts(state).or_else(|| places(state)).or_else(|| conversations(state)).or_else(|| others(state))
}

/// Whose account is not there.
fn accounts(state: &State) -> Option<String> {
    let users = state.account_users.iter().map(|row| ("account_users", row.id, row.account_id));
    let bots = state.agent_bots.iter().filter_map(|row| row.account_id.map(|account| ("agent_bots", row.id, account)));
    let teams = state.teams.iter().map(|row| ("teams", row.id, row.account_id));
    let inboxes = state.inboxes.iter().map(|row| ("inboxes", row.id, row.account_id));
    let contacts = state.contacts.iter().map(|row| ("contacts", row.id, row.account_id));
    let conversations = state.conversations.iter().map(|row| ("conversations", row.id, row.account_id));
    let messages = state.messages.iter().map(|row| ("messages", row.id, row.account_id));
    let labels = state.labels.iter().map(|row| ("labels", row.id, row.account_id));
    let responses = state.canned_responses.iter().map(|row| ("canned_responses", row.id, row.account_id));
    let attributes = state.custom_attributes.iter().map(|row| ("custom_attributes", row.id, row.account_id));
    let filters = state.custom_filters.iter().map(|row| ("custom_filters", row.id, row.account_id));
    let rules = state.automation_rules.iter().map(|row| ("automation_rules", row.id, row.account_id));
    let webhooks = state.webhooks.iter().map(|row| ("webhooks", row.id, row.account_id));
    let portals = state.portals.iter().map(|row| ("portals", row.id, row.account_id));
    let categories = state.categories.iter().map(|row| ("categories", row.id, row.account_id));
    let articles = state.articles.iter().map(|row| ("articles", row.id, row.account_id));
    let hooks = state.hooks.iter().map(|row| ("hooks", row.id, row.account_id));
    let people = users.chain(bots).chain(teams).chain(inboxes).chain(contacts).chain(conversations).chain(messages);
    let setup = labels
        .chain(responses)
        .chain(attributes)
        .chain(filters)
        .chain(rules)
        .chain(webhooks)
        .chain(portals)
        .chain(categories)
        .chain(articles)
        .chain(hooks);
    people
        .chain(setup)
        .find_map(|(name, record, id)| Relation { of: (name, record), field: "account_id", id, table: &state.accounts, kind: "account" }.broken())
}

/// Who is a member of an account, and which contact is in which inbox.
fn places(state: &State) -> Option<String> {
    let user = |of, field, id| Relation { of, field, id, table: &state.users, kind: "user" }.broken();
    let members = state.account_users.iter().find_map(|row| user(("account_users", row.id), "user_id", row.user_id));
    members.or_else(|| {
        state.contact_inboxes.iter().find_map(|row| {
            let of = ("contact_inboxes", row.id);
            let contact = Relation { of, field: "contact_id", id: row.contact_id, table: &state.contacts, kind: "contact" };
            let inbox = Relation { of, field: "inbox_id", id: row.inbox_id, table: &state.inboxes, kind: "inbox" };
            contact.broken().or_else(|| inbox.broken())
        })
    })
}

/// What a conversation and a message belong to. A conversation may leave out the contact's place in the inbox.
fn conversations(state: &State) -> Option<String> {
    let conversation = state.conversations.iter().find_map(|row| {
        let of = ("conversations", row.id);
        let inbox = Relation { of, field: "inbox_id", id: row.inbox_id, table: &state.inboxes, kind: "inbox" };
        let contact = Relation { of, field: "contact_id", id: row.contact_id, table: &state.contacts, kind: "contact" };
        let place =
            Relation { of, field: "contact_inbox_id", id: row.contact_inbox_id, table: &state.contact_inboxes, kind: "record of `contact_inboxes`" };
        inbox.broken().or_else(|| contact.broken()).or_else(|| place.broken().filter(|_| row.contact_inbox_id != 0))
    });
    conversation.or_else(|| {
        state.messages.iter().find_map(|row| {
            let of = ("messages", row.id);
            Relation { of, field: "conversation_id", id: row.conversation_id, table: &state.conversations, kind: "conversation" }.broken()
        })
    })
}

/// What else belongs to a record.
fn others(state: &State) -> Option<String> {
    let portal = |of, id| Relation { of, field: "portal_id", id, table: &state.portals, kind: "portal" }.broken();
    let user = |of, id| Relation { of, field: "user_id", id, table: &state.users, kind: "user" }.broken();
    let categories = state.categories.iter().find_map(|row| portal(("categories", row.id), row.portal_id));
    let articles = || state.articles.iter().find_map(|row| portal(("articles", row.id), row.portal_id));
    let filters = || state.custom_filters.iter().find_map(|row| user(("custom_filters", row.id), row.user_id));
    categories.or_else(articles).or_else(filters)
}
