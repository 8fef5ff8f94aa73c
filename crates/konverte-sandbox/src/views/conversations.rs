//! Conversations, messages and who wrote them.

use serde_json::{Value, json};

use super::View;
use crate::state::{ACTIVITY, Attachment, Conversation, INCOMING, Key, Message, SenderKind};

impl View<'_> {
    /// Who wrote a message.
    fn sender(&self, message: &Message) -> Value {
        let (Some(kind), Some(id)) = (message.sender_type, message.sender_id) else { return Value::Null };
        match kind {
            SenderKind::User => self.user_as_sender(message.account_id, id),
            SenderKind::Contact => self.state.contacts.get(id).map_or(Value::Null, |contact| self.contact_as_sender(contact)),
            SenderKind::AgentBot => self
                .state
                .agent_bots
                .get(id)
                .map_or(Value::Null, |bot| json!({ "id": bot.id, "name": bot.name, "avatar_url": self.file_url(bot.avatar), "type": "agent_bot" })),
        }
    }

    pub(crate) fn user_as_sender(&self, account: u64, user: u64) -> Value {
        let Some(user) = self.state.users.get(user) else { return Value::Null };
        let availability = self.state.membership(account, user.id).map(|membership| membership.availability.as_str());
        json!({
            "id": user.id, "name": user.name, "available_name": user.available_name(), "avatar_url": "", "type": "user",
            "availability_status": availability, "thumbnail": "",
        })
    }

    fn display_id(&self, conversation: u64) -> Option<u64> {
        self.state.conversations.get(conversation).map(|conversation| conversation.display_id)
    }

    /// A message as agents see it.
    pub(crate) fn message(&self, message: &Message) -> Value {
        let mut shown = json!({
            "id": message.id, "content": message.content, "inbox_id": message.inbox_id,
            "conversation_id": self.display_id(message.conversation_id), "message_type": message.message_type,
            "content_type": message.content_type, "status": message.status, "content_attributes": message.content_attributes,
            "created_at": message.created_at, "private": message.private, "source_id": message.source_id,
        });
        self.finish_message(&mut shown, message);
        shown
    }

    /// A message as visitors see it.
    pub(crate) fn public_message(&self, message: &Message) -> Value {
        let mut shown = json!({
            "id": message.id, "content": message.content, "message_type": message.message_type,
            "content_type": message.content_type, "content_attributes": message.content_attributes,
            "created_at": message.created_at, "conversation_id": self.display_id(message.conversation_id),
        });
        self.finish_message(&mut shown, message);
        shown
    }

    fn finish_message(&self, shown: &mut Value, message: &Message) {
        let Value::Object(fields) = shown else { return };
        if !message.attachments.is_empty() {
            let attachments = message.attachments.iter().map(|attachment| self.attachment(message, attachment));
            fields.insert("attachments".into(), attachments.collect());
        }
        let sender = self.sender(message);
        if !sender.is_null() {
            fields.insert("sender".into(), sender);
        }
    }

    /// An attachment by itself, with who sent it and when.
    pub(crate) fn attachment_with_sender(&self, message: &Message, attachment: &Attachment) -> Value {
        let mut shown = self.attachment(message, attachment);
        if let Value::Object(fields) = &mut shown {
            fields.insert("created_at".into(), message.created_at.into());
            fields.insert("sender".into(), self.sender(message));
        }
        shown
    }

    fn attachment(&self, message: &Message, attachment: &Attachment) -> Value {
        let kind = attachment.content_type.split('/').next().filter(|kind| ["image", "audio", "video"].contains(kind));
        let url = self.file_url(Some(attachment.id));
        json!({
            "id": attachment.id, "message_id": message.id, "file_type": kind.unwrap_or("file"),
            "account_id": message.account_id, "extension": attachment.file_name.rsplit_once('.').map(|(_, extension)| extension),
            "width": attachment.width, "height": attachment.height, "data_url": url, "thumb_url": if kind == Some("image") { url.as_str() } else { "" }, "file_size": attachment.file_size,
        })
    }

    /// A conversation as agents see it, with its last message.
    pub(crate) fn conversation(&self, conversation: &Conversation) -> Value {
        let account = conversation.account_id;
        let inbox = self.state.inboxes.get(conversation.inbox_id);
        let contact = self.state.contacts.get(conversation.contact_id);
        let place = self.state.contact_inboxes.get(conversation.contact_inbox_id);
        let last = self.state.messages.all(&Key::of("conversation", conversation.id)).next_back();
        let spoken = self.state.messages.all(&Key::of("conversation", conversation.id)).rev().find(|m| m.message_type != ACTIVITY);
        let assignee = conversation.assignee_id.map(|user| self.agent(account, user)).filter(|agent| !agent.is_null());
        let mut meta = json!({
            "sender": contact.map(|contact| self.bare_contact(contact)),
            "channel": inbox.map(|inbox| inbox.channel_type.as_str()),
        });
        if let (Some(agent), Value::Object(fields)) = (assignee, &mut meta) {
            fields.insert("assignee".into(), agent);
            fields.insert("assignee_type".into(), "User".into());
        }
        if let Value::Object(fields) = &mut meta {
            let team = conversation.team_id.and_then(|team| self.state.teams.get(team));
            fields.extend(team.map(|team| ("team".to_owned(), self.team(team))));
            fields.insert("hmac_verified".into(), place.is_some_and(|place| place.hmac_verified).into());
        }
        json!({
            "meta": meta, "id": conversation.display_id, "messages": last.map(|m| self.message(m)).into_iter().collect::<Vec<_>>(),
            "account_id": account, "uuid": conversation.uuid, "additional_attributes": conversation.additional_attributes,
            "agent_last_seen_at": conversation.agent_last_seen_at.unwrap_or(0), "assignee_last_seen_at": conversation.assignee_last_seen_at.unwrap_or(0), "can_reply": true,
            "contact_last_seen_at": conversation.contact_last_seen_at.unwrap_or(0),
            "custom_attributes": conversation.custom_attributes, "inbox_id": conversation.inbox_id,
            "labels": conversation.labels, "muted": contact.is_some_and(|contact| contact.blocked), "snoozed_until": conversation.snoozed_until,
            "status": conversation.status, "created_at": conversation.created_at,
            "updated_at": float(conversation.updated_at), "timestamp": conversation.last_activity_at,
            "first_reply_created_at": conversation.first_reply_created_at.unwrap_or(0), "unread_count": self.unread(conversation),
            "last_non_activity_message": spoken.map(|message| self.message(message)),
            "last_activity_at": conversation.last_activity_at, "priority": conversation.priority,
            "waiting_since": conversation.waiting_since.unwrap_or(0), "sla_policy_id": conversation.sla_policy_id,
        })
    }

    /// Incoming messages that no agent has seen: those since it was last seen, or else since the last answer. What the server writes
    /// by itself is none.
    fn unread(&self, conversation: &Conversation) -> usize {
        let messages = self.state.messages.all(&Key::of("conversation", conversation.id)).rev();
        let mut said = messages.filter(|message| message.is_said());
        match conversation.agent_last_seen_at {
            Some(seen) => said.filter(|message| message.message_type == INCOMING && message.created_at > seen).count(),
            None => said.by_ref().take_while(|message| message.message_type == INCOMING).count(),
        }
    }

    /// A conversation as its visitor sees it.
    pub(crate) fn public_conversation(&self, conversation: &Conversation) -> Value {
        let messages = self.state.messages.all(&Key::of("conversation", conversation.id));
        let public = messages.filter(|message| !message.private && message.message_type != ACTIVITY);
        json!({
            "id": conversation.display_id, "uuid": conversation.uuid, "inbox_id": conversation.inbox_id,
            "contact_last_seen_at": conversation.contact_last_seen_at.unwrap_or(0), "status": conversation.status,
            "agent_last_seen_at": conversation.agent_last_seen_at.unwrap_or(0),
            "messages": public.map(|message| self.public_message(message)).collect::<Vec<_>>(),
            "contact": self.state.contacts.get(conversation.contact_id).map(|contact| self.raw_contact(contact)),
        })
    }
}

/// Unix seconds with a fraction, as the API gives a conversation's `updated_at`.
fn float(seconds: i64) -> f64 {
    seconds as f64
}
