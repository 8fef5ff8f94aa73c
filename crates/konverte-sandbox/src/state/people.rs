//! Accounts and who is in them: platform apps, users, bots, teams, contacts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::table::{Key, Record};

/// An application of the platform API.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PlatformApp {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) token: String,
    /// Records it made or was granted; no other can be reached with its token.
    pub(crate) accounts: BTreeSet<u64>,
    pub(crate) users: BTreeSet<u64>,
    pub(crate) agent_bots: BTreeSet<u64>,
}

/// A tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) locale: String,
    pub(crate) domain: Option<String>,
    pub(crate) support_email: Option<String>,
    /// `active` or `suspended`.
    pub(crate) status: String,
    pub(crate) features: Map<String, Value>,
    pub(crate) limits: Map<String, Value>,
    pub(crate) custom_attributes: Map<String, Value>,
    /// The number of its newest conversation; numbers are not used twice.
    pub(crate) last_display_id: u64,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            id: 0,
            name: String::new(),
            locale: "en".into(),
            domain: None,
            support_email: None,
            status: "active".into(),
            features: Map::new(),
            limits: Map::new(),
            custom_attributes: Map::new(),
            last_display_id: 0,
        }
    }
}

/// A person who signs in. The password itself is not kept, only whether there is one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) display_name: Option<String>,
    pub(crate) email: String,
    pub(crate) has_password: bool,
    pub(crate) token: String,
    pub(crate) confirmed: bool,
    pub(crate) message_signature: Option<String>,
    pub(crate) custom_attributes: Map<String, Value>,
    pub(crate) ui_settings: Map<String, Value>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl User {
    /// The display name where there is one.
    pub(crate) fn available_name(&self) -> &str {
        self.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.name)
    }
}

/// A user in an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccountUser {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) user_id: u64,
    /// `agent` or `administrator`.
    pub(crate) role: String,
    pub(crate) inviter_id: Option<u64>,
    pub(crate) active_at: Option<i64>,
    /// `online`, `offline` or `busy`.
    pub(crate) availability: String,
    pub(crate) auto_offline: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Default for AccountUser {
    fn default() -> Self {
        Self {
            id: 0,
            account_id: 0,
            user_id: 0,
            role: "agent".into(),
            inviter_id: None,
            active_at: None,
            availability: "online".into(),
            auto_offline: true,
            created_at: 0,
            updated_at: 0,
        }
    }
}

/// A bot, of one account or of all (`account_id` null).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AgentBot {
    pub(crate) id: u64,
    pub(crate) account_id: Option<u64>,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) outgoing_url: Option<String>,
    pub(crate) bot_config: Map<String, Value>,
    pub(crate) token: String,
    pub(crate) secret: String,
    /// Number of the uploaded picture.
    pub(crate) avatar: Option<u64>,
}

/// A group of agents.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    /// Lower case, unique in the account.
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) allow_auto_assign: bool,
    /// Ids of users.
    pub(crate) members: BTreeSet<u64>,
}

/// A customer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Contact {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) identifier: Option<String>,
    pub(crate) custom_attributes: Map<String, Value>,
    pub(crate) additional_attributes: Map<String, Value>,
    pub(crate) labels: Vec<String>,
    pub(crate) blocked: bool,
    /// Address of a picture, or the number of an uploaded one.
    pub(crate) avatar_url: Option<String>,
    pub(crate) avatar: Option<u64>,
    pub(crate) last_activity_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Contact {
    /// Whether lists and filters show it: it has an e-mail, a phone number or an identifier.
    pub(crate) fn listed(&self) -> bool {
        [&self.email, &self.phone_number, &self.identifier].iter().any(|v| v.as_deref().is_some_and(|v| !v.is_empty()))
    }
}

/// A contact's place in an inbox.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ContactInbox {
    pub(crate) id: u64,
    pub(crate) contact_id: u64,
    pub(crate) inbox_id: u64,
    /// The public key of the contact in that inbox.
    pub(crate) source_id: String,
    pub(crate) hmac_verified: bool,
    pub(crate) pubsub_token: String,
}

impl Record for PlatformApp {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::text("token", 0, &self.token)]
    }
}

impl Record for Account {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}

impl Record for User {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::folded("email", 0, &self.email), Key::text("token", 0, &self.token)]
    }
}

impl Record for AccountUser {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::of("account", self.account_id), Key::of("user", self.user_id), Key::text("membership", self.account_id, &self.user_id.to_string())]
    }
}

impl Record for AgentBot {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![Key::text("token", 0, &self.token)];
        keys.extend(self.account_id.map(|account| Key::of("account", account)));
        keys
    }
}

impl Record for Team {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::of("account", self.account_id), Key::folded("name", self.account_id, &self.name)]
    }
}

impl Record for Contact {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![Key::of("account", self.account_id)];
        let unique = [("email", &self.email), ("phone_number", &self.phone_number), ("identifier", &self.identifier)];
        for (name, value) in unique {
            keys.extend(value.as_deref().filter(|v| !v.is_empty()).map(|v| Key::folded(name, self.account_id, v)));
        }
        keys
    }
}

impl Record for ContactInbox {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::of("contact", self.contact_id), Key::text("source_id", self.inbox_id, &self.source_id)]
    }
}
