//! Where customers are served: inboxes, conversations, messages.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::table::{Key, Record};

/// A channel that conversations come in by.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Inbox {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) name: String,
    /// For example `Channel::Api`.
    pub(crate) channel_type: String,
    pub(crate) channel_id: u64,
    /// What only this kind of channel has: `identifier`, `hmac_token`, `webhook_url`, `website_url` …
    pub(crate) channel: Map<String, Value>,
    pub(crate) greeting_enabled: bool,
    pub(crate) greeting_message: Option<String>,
    pub(crate) enable_auto_assignment: bool,
    pub(crate) enable_email_collect: bool,
    pub(crate) csat_survey_enabled: bool,
    pub(crate) working_hours_enabled: bool,
    pub(crate) out_of_office_message: Option<String>,
    pub(crate) timezone: String,
    pub(crate) allow_messages_after_resolved: bool,
    pub(crate) lock_to_single_conversation: bool,
    /// Ids of users.
    pub(crate) members: BTreeSet<u64>,
    pub(crate) agent_bot_id: Option<u64>,
    /// Number of the uploaded picture.
    pub(crate) avatar: Option<u64>,
}

/// An inbox that programs talk to.
pub(crate) const API_CHANNEL: &str = "Channel::Api";

impl Inbox {
    /// A text among what only this kind of channel has.
    pub(crate) fn channel_text(&self, key: &str) -> Option<&str> {
        self.channel.get(key).and_then(Value::as_str)
    }

    /// Whether it is the channel of programs: the only one with a public identifier and incoming messages by token.
    pub(crate) fn is_api(&self) -> bool {
        self.channel_type == API_CHANNEL
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            id: 0,
            account_id: 0,
            name: String::new(),
            channel_type: API_CHANNEL.into(),
            channel_id: 0,
            channel: Map::new(),
            greeting_enabled: false,
            greeting_message: None,
            enable_auto_assignment: true,
            enable_email_collect: true,
            csat_survey_enabled: false,
            working_hours_enabled: false,
            out_of_office_message: None,
            timezone: "UTC".into(),
            allow_messages_after_resolved: true,
            lock_to_single_conversation: false,
            members: BTreeSet::new(),
            agent_bot_id: None,
            avatar: None,
        }
    }
}

/// A conversation with a contact.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Conversation {
    /// Never shown by the API, which knows `display_id` alone.
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    /// Counts 1, 2, 3 … in each account.
    pub(crate) display_id: u64,
    pub(crate) uuid: String,
    pub(crate) inbox_id: u64,
    pub(crate) contact_id: u64,
    pub(crate) contact_inbox_id: u64,
    /// `open`, `resolved`, `pending` or `snoozed`.
    pub(crate) status: String,
    /// `low`, `medium`, `high`, `urgent` or none.
    pub(crate) priority: Option<String>,
    pub(crate) assignee_id: Option<u64>,
    pub(crate) team_id: Option<u64>,
    pub(crate) labels: Vec<String>,
    pub(crate) custom_attributes: Map<String, Value>,
    pub(crate) additional_attributes: Map<String, Value>,
    pub(crate) snoozed_until: Option<i64>,
    /// A service level that it is held to.
    pub(crate) sla_policy_id: Option<u64>,
    /// Who is typing.
    pub(crate) typing: Vec<Typing>,
    pub(crate) first_reply_created_at: Option<i64>,
    /// Since when the contact waits for an answer.
    pub(crate) waiting_since: Option<i64>,
    /// When it was resolved, each time.
    pub(crate) resolutions: Vec<i64>,
    pub(crate) last_activity_at: i64,
    pub(crate) agent_last_seen_at: Option<i64>,
    pub(crate) assignee_last_seen_at: Option<i64>,
    pub(crate) contact_last_seen_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Default for Conversation {
    fn default() -> Self {
        Self {
            id: 0,
            account_id: 0,
            display_id: 0,
            uuid: String::new(),
            inbox_id: 0,
            contact_id: 0,
            contact_inbox_id: 0,
            status: "open".into(),
            priority: None,
            assignee_id: None,
            team_id: None,
            labels: Vec::new(),
            custom_attributes: Map::new(),
            additional_attributes: Map::new(),
            snoozed_until: None,
            sla_policy_id: None,
            typing: Vec::new(),
            first_reply_created_at: None,
            waiting_since: None,
            resolutions: Vec::new(),
            last_activity_at: 0,
            agent_last_seen_at: None,
            assignee_last_seen_at: None,
            contact_last_seen_at: None,
            created_at: 0,
            updated_at: 0,
        }
    }
}

impl Conversation {
    /// Sets the state, and notes when it was resolved.
    pub(crate) fn set_status(&mut self, status: &str, now: i64) {
        if status == "resolved" && self.status != "resolved" {
            self.resolutions.push(now);
            self.waiting_since = None;
        }
        if status != "snoozed" {
            self.snoozed_until = None;
        }
        self.status = status.into();
    }

    /// Nobody has answered yet, or the contact waits again.
    pub(crate) fn unattended(&self) -> bool {
        self.first_reply_created_at.is_none() || self.waiting_since.is_some()
    }
}

/// Numbers of `message_type`.
pub(crate) const INCOMING: u8 = 0;
pub(crate) const OUTGOING: u8 = 1;
pub(crate) const ACTIVITY: u8 = 2;
pub(crate) const TEMPLATE: u8 = 3;

/// One message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) inbox_id: u64,
    /// The conversation's internal id.
    pub(crate) conversation_id: u64,
    pub(crate) content: Option<String>,
    /// 0 incoming, 1 outgoing, 2 activity, 3 template.
    pub(crate) message_type: u8,
    pub(crate) content_type: String,
    pub(crate) content_attributes: Map<String, Value>,
    /// Such as the parameters of a template.
    pub(crate) additional_attributes: Map<String, Value>,
    pub(crate) private: bool,
    /// `sent`, `delivered`, `read` or `failed`.
    pub(crate) status: String,
    pub(crate) source_id: Option<String>,
    pub(crate) sender_type: Option<SenderKind>,
    pub(crate) sender_id: Option<u64>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl Default for Message {
    fn default() -> Self {
        Self {
            id: 0,
            account_id: 0,
            inbox_id: 0,
            conversation_id: 0,
            content: None,
            message_type: OUTGOING,
            content_type: "text".into(),
            content_attributes: Map::new(),
            additional_attributes: Map::new(),
            private: false,
            status: "sent".into(),
            source_id: None,
            sender_type: None,
            sender_id: None,
            attachments: Vec::new(),
            created_at: 0,
            updated_at: 0,
        }
    }
}

impl Message {
    /// Whether somebody said it: it came in or went out. Activity and templates are the server's own.
    pub(crate) fn is_said(&self) -> bool {
        [INCOMING, OUTGOING].contains(&self.message_type)
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SenderKind {
    /// A user.
    User,
    /// A contact.
    Contact,
    /// A bot.
    AgentBot,
}

/// Somebody types a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typing {
    pub(crate) sender_type: SenderKind,
    pub(crate) sender_id: u64,
    /// It will be a private note.
    #[serde(default)]
    pub(crate) private: bool,
}

/// A file of a message.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Attachment {
    /// Number of the uploaded file.
    pub(crate) id: u64,
    pub(crate) file_name: String,
    pub(crate) content_type: String,
    /// In bytes.
    pub(crate) file_size: u64,
    /// Of a picture, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<usize>,
}

impl Record for Inbox {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![Key::of("account", self.account_id)];
        if self.is_api() {
            keys.extend(self.channel_text("identifier").map(|text| Key::text("identifier", 0, text)));
        }
        keys
    }
}

impl Record for Conversation {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![
            Key::of("account", self.account_id),
            Key::of("contact", self.contact_id),
            Key::of("contact_inbox", self.contact_inbox_id),
            Key::text("display_id", self.account_id, &self.display_id.to_string()),
        ];
        keys.extend(self.assignee_id.map(|user| Key::text("assignee", self.account_id, &user.to_string())));
        keys
    }
}

impl Record for Message {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::of("conversation", self.conversation_id)]
    }
}
