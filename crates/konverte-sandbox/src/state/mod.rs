//! What the emulator holds: one table for each entity, and a clock that moves one second with each request.
//!
//! The JSON of a [`State`] is what `--seed` reads and `GET /_sandbox/state` shows.

mod people;
mod relations;
mod service;
mod setup;
mod table;

use std::collections::HashMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub(crate) use people::{Account, AccountUser, AgentBot, Contact, ContactInbox, PlatformApp, Team, User};
pub(crate) use service::{ACTIVITY, Attachment, Conversation, INCOMING, Inbox, Message, OUTGOING, SenderKind, TEMPLATE, Typing};
pub(crate) use setup::{Article, AutomationRule, CannedResponse, Category, CustomAttribute, CustomFilter, Hook, Label, Portal, Webhook};
pub(crate) use table::{Key, Record, Table};

/// 2026-01-01T00:00:00Z: what the clock shows when a seed says nothing.
const EPOCH: i64 = 1_767_225_600;

/// Everything the emulator knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct State {
    /// Unix seconds; each request moves it by one.
    pub(crate) clock: i64,
    pub(crate) platform_apps: Table<PlatformApp>,
    pub(crate) accounts: Table<Account>,
    pub(crate) users: Table<User>,
    pub(crate) account_users: Table<AccountUser>,
    pub(crate) agent_bots: Table<AgentBot>,
    pub(crate) teams: Table<Team>,
    pub(crate) inboxes: Table<Inbox>,
    pub(crate) contacts: Table<Contact>,
    pub(crate) contact_inboxes: Table<ContactInbox>,
    pub(crate) conversations: Table<Conversation>,
    pub(crate) messages: Table<Message>,
    pub(crate) labels: Table<Label>,
    pub(crate) canned_responses: Table<CannedResponse>,
    pub(crate) custom_attributes: Table<CustomAttribute>,
    pub(crate) custom_filters: Table<CustomFilter>,
    pub(crate) automation_rules: Table<AutomationRule>,
    pub(crate) webhooks: Table<Webhook>,
    pub(crate) portals: Table<Portal>,
    pub(crate) categories: Table<Category>,
    pub(crate) articles: Table<Article>,
    pub(crate) hooks: Table<Hook>,
    /// One-time sign-in links handed out so far.
    pub(crate) sso_links: u64,
    /// Files uploaded so far.
    pub(crate) files: u64,
    /// Content of uploaded files by number; not part of the JSON.
    #[serde(skip)]
    pub(crate) file_contents: HashMap<u64, UploadedFile>,
}

/// An uploaded file.
#[derive(Debug, Clone)]
pub(crate) struct UploadedFile {
    pub(crate) content_type: String,
    pub(crate) content: Bytes,
}

impl Default for State {
    fn default() -> Self {
        Self {
            clock: EPOCH,
            platform_apps: Table::default(),
            accounts: Table::default(),
            users: Table::default(),
            account_users: Table::default(),
            agent_bots: Table::default(),
            teams: Table::default(),
            inboxes: Table::default(),
            contacts: Table::default(),
            contact_inboxes: Table::default(),
            conversations: Table::default(),
            messages: Table::default(),
            labels: Table::default(),
            canned_responses: Table::default(),
            custom_attributes: Table::default(),
            custom_filters: Table::default(),
            automation_rules: Table::default(),
            webhooks: Table::default(),
            portals: Table::default(),
            categories: Table::default(),
            articles: Table::default(),
            hooks: Table::default(),
            sso_links: 0,
            files: 0,
            file_contents: HashMap::new(),
        }
    }
}

impl State {
    /// Reads the JSON of a state. What its records belong to must be there.
    pub(crate) fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        // Serde would also take a list of the fields' values.
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)?;
        let mut state: Self = serde_json::from_str(text)?;
        relations::broken(&state).map_or(Ok(()), |why| Err(serde::de::Error::custom(why)))?;
        for conversation in state.conversations.iter() {
            state.accounts.update(conversation.account_id, |account| {
                account.last_display_id = account.last_display_id.max(conversation.display_id);
            });
        }
        Ok(state)
    }

    /// New records of every kind get this id, or a higher one.
    pub(crate) fn count_from(&mut self, id: u64) {
        self.accounts.count_from(id);
        self.users.count_from(id);
        self.account_users.count_from(id);
        self.agent_bots.count_from(id);
        self.teams.count_from(id);
        self.inboxes.count_from(id);
        self.contacts.count_from(id);
        self.contact_inboxes.count_from(id);
        self.conversations.count_from(id);
        self.messages.count_from(id);
        self.labels.count_from(id);
        self.canned_responses.count_from(id);
        self.custom_attributes.count_from(id);
        self.custom_filters.count_from(id);
        self.automation_rules.count_from(id);
        self.webhooks.count_from(id);
        self.portals.count_from(id);
        self.categories.count_from(id);
        self.articles.count_from(id);
        self.hooks.count_from(id);
    }

    /// Keeps an uploaded file and gives its number.
    pub(crate) fn store_file(&mut self, file: UploadedFile) -> u64 {
        self.files += 1;
        self.file_contents.insert(self.files, file);
        self.files
    }

    /// The user's membership of the account.
    pub(crate) fn membership(&self, account: u64, user: u64) -> Option<&AccountUser> {
        self.account_users.find(&Key::text("membership", account, &user.to_string()))
    }

    /// The user, where it is a member of the account.
    pub(crate) fn member(&self, account: u64, user: u64) -> Option<&User> {
        self.membership(account, user)?;
        self.users.get(user)
    }

    /// The conversation that the account shows under this number.
    pub(crate) fn conversation(&self, account: u64, display_id: u64) -> Option<&Conversation> {
        self.conversations.find(&Key::text("display_id", account, &display_id.to_string()))
    }

    /// The number that the account's next conversation gets.
    pub(crate) fn next_display_id(&mut self, account: u64) -> u64 {
        let mut number = 0;
        self.accounts.update(account, |account| {
            account.last_display_id += 1;
            number = account.last_display_id;
        });
        number
    }

    /// Takes a user away from everything it belonged to in the account.
    pub(crate) fn remove_membership(&mut self, account: u64, user: u64) {
        self.account_users.remove_all(&Key::text("membership", account, &user.to_string()));
        for id in ids(self.teams.all(&Key::of("account", account))) {
            self.teams.update(id, |team| {
                team.members.remove(&user);
            });
        }
        for id in ids(self.inboxes.all(&Key::of("account", account))) {
            self.inboxes.update(id, |inbox| {
                inbox.members.remove(&user);
            });
        }
        for id in ids(self.conversations.all(&Key::text("assignee", account, &user.to_string()))) {
            self.conversations.update(id, |conversation| conversation.assignee_id = None);
        }
        self.custom_filters.remove_all(&Key::text("owner", account, &user.to_string()));
    }

    /// Removes a user with its memberships.
    pub(crate) fn remove_user(&mut self, user: u64) {
        let accounts: Vec<u64> = self.account_users.all(&Key::of("user", user)).map(|m| m.account_id).collect();
        for account in accounts {
            self.remove_membership(account, user);
        }
        self.users.remove(user);
    }

    /// Removes a contact with its places in inboxes and its conversations.
    pub(crate) fn remove_contact(&mut self, contact: u64) {
        for conversation in self.conversations.remove_all(&Key::of("contact", contact)) {
            self.messages.remove_all(&Key::of("conversation", conversation));
        }
        self.contact_inboxes.remove_all(&Key::of("contact", contact));
        self.contacts.remove(contact);
    }

    /// Removes an account and all that belongs to it; its users stay.
    pub(crate) fn remove_account(&mut self, account: u64) {
        let all = Key::of("account", account);
        for contact in ids(self.contacts.all(&all)) {
            self.remove_contact(contact);
        }
        for portal in self.portals.remove_all(&all) {
            self.categories.remove_all(&Key::of("portal", portal));
            self.articles.remove_all(&Key::of("portal", portal));
        }
        self.account_users.remove_all(&all);
        self.agent_bots.remove_all(&all);
        self.teams.remove_all(&all);
        self.inboxes.remove_all(&all);
        self.labels.remove_all(&all);
        self.canned_responses.remove_all(&all);
        self.custom_attributes.remove_all(&all);
        self.custom_filters.remove_all(&all);
        self.automation_rules.remove_all(&all);
        self.webhooks.remove_all(&all);
        self.hooks.remove_all(&all);
        self.accounts.remove(account);
    }
}

/// Whether a label of this title is among them: titles that differ in case are one.
pub(crate) fn has_label(labels: &[String], title: &str) -> bool {
    let title = title.to_lowercase();
    labels.iter().any(|label| label.to_lowercase() == title)
}

/// The ids of these rows, so that the rows can be changed.
pub(crate) fn ids<'a, T: Record + 'a>(rows: impl Iterator<Item = &'a T>) -> Vec<u64> {
    rows.map(T::id).collect()
}
