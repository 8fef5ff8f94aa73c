//! How records look in answers. Views give Unix seconds; what the API calls raw rows gives ISO 8601.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::state::{
    Account, AccountUser, AgentBot, Article, Attachment, AutomationRule, CannedResponse, Category, Contact, ContactInbox, Conversation,
    CustomAttribute, CustomFilter, Hook, Inbox, Key, Message, Portal, SenderKind, State, Team, User, Webhook,
};

/// Shows records to one caller.
pub(crate) struct View<'a> {
    pub(crate) state: &'a State,
    /// Where uploaded files are fetched.
    pub(crate) origin: &'a str,
    /// The calling user.
    pub(crate) caller: Option<u64>,
    /// Whether the caller may see the tokens and keys of bots and inboxes.
    pub(crate) secrets: bool,
}

/// ISO 8601 with milliseconds.
pub(crate) fn iso(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// The number in an address of an uploaded file.
pub(crate) const FILES: &str = "/_sandbox/files/";

impl View<'_> {
    fn file_url(&self, file: Option<u64>) -> String {
        file.map_or_else(String::new, |file| format!("{}{FILES}{file}", self.origin))
    }

    pub(crate) fn account(&self, account: &Account) -> Value {
        json!({
            "id": account.id, "name": account.name, "locale": account.locale, "domain": account.domain,
            "support_email": account.support_email, "features": account.features,
            "custom_attributes": account.custom_attributes, "limits": account.limits, "status": account.status,
        })
    }

    pub(crate) fn account_user(&self, row: &AccountUser) -> Value {
        json!({
            "id": row.id, "account_id": row.account_id, "user_id": row.user_id, "role": row.role,
            "inviter_id": row.inviter_id, "active_at": row.active_at.map(iso), "availability": row.availability,
            "auto_offline": row.auto_offline, "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        })
    }

    /// A user as the platform API and the profile show it, with its memberships.
    pub(crate) fn user(&self, user: &User) -> Value {
        let memberships: Vec<&AccountUser> = self.state.account_users.all(&Key::of("user", user.id)).collect();
        let accounts: Vec<Value> = memberships.iter().map(|membership| self.account_of_user(membership)).collect();
        let first = memberships.first();
        json!({
            "access_token": user.token, "account_id": first.map(|m| m.account_id), "available_name": user.available_name(),
            "avatar_url": "", "confirmed": user.confirmed, "display_name": user.display_name,
            "message_signature": user.message_signature, "email": user.email, "id": user.id, "name": user.name,
            "provider": "email", "pubsub_token": format!("pubsub-user-{}", user.id),
            "custom_attributes": user.custom_attributes, "role": first.map(|m| m.role.as_str()),
            "ui_settings": user.ui_settings, "uid": user.email, "accounts": accounts, "created_at": iso(user.created_at),
        })
    }

    fn account_of_user(&self, membership: &AccountUser) -> Value {
        let name = self.state.accounts.get(membership.account_id).map(|account| account.name.as_str());
        json!({ "id": membership.account_id, "name": name, "active_at": membership.active_at.map(iso), "role": membership.role })
    }

    /// A user as an agent of the account.
    pub(crate) fn agent(&self, account: u64, user: u64) -> Value {
        let (Some(membership), Some(user)) = (self.state.membership(account, user), self.state.users.get(user)) else {
            return Value::Null;
        };
        json!({
            "id": user.id, "account_id": account, "availability_status": membership.availability,
            "auto_offline": membership.auto_offline, "confirmed": user.confirmed, "email": user.email, "provider": "email",
            "available_name": user.available_name(), "name": user.name, "role": membership.role, "thumbnail": "",
        })
    }

    /// The agents with these ids.
    pub(crate) fn agents<'u>(&self, account: u64, users: impl IntoIterator<Item = &'u u64>) -> Value {
        users.into_iter().map(|user| self.agent(account, *user)).filter(|agent| !agent.is_null()).collect()
    }

    /// A bot as the platform API shows it.
    pub(crate) fn platform_bot(&self, bot: &AgentBot) -> Value {
        json!({
            "id": bot.id, "name": bot.name, "description": bot.description, "outgoing_url": bot.outgoing_url,
            "account_id": bot.account_id, "access_token": bot.token,
        })
    }

    /// A bot as an account sees it: of a global one neither its address nor its secrets. The secrets of its own are for administrators.
    pub(crate) fn account_bot(&self, bot: &AgentBot) -> Value {
        let global = bot.account_id.is_none();
        let mut shown = json!({
            "id": bot.id, "name": bot.name, "description": bot.description, "thumbnail": self.file_url(bot.avatar),
            "outgoing_url": bot.outgoing_url, "bot_type": "webhook", "bot_config": bot.bot_config,
            "account_id": bot.account_id, "access_token": bot.token, "secret": bot.secret, "system_bot": global,
        });
        if let Value::Object(fields) = &mut shown {
            fields.retain(|key, _| !(global && key == "outgoing_url" || (global || !self.secrets) && is_secret(key)));
        }
        shown
    }

    pub(crate) fn team(&self, team: &Team) -> Value {
        json!({
            "id": team.id, "name": team.name, "description": team.description, "allow_auto_assign": team.allow_auto_assign,
            "account_id": team.account_id, "is_member": self.caller.is_some_and(|user| team.members.contains(&user)),
        })
    }

    /// The few fields of an inbox that contacts carry.
    pub(crate) fn slim_inbox(&self, inbox: &Inbox) -> Value {
        json!({
            "id": inbox.id, "avatar_url": self.file_url(inbox.avatar), "channel_id": inbox.channel_id, "name": inbox.name,
            "channel_type": inbox.channel_type, "provider": inbox.channel.get("provider"),
        })
    }

    pub(crate) fn inbox(&self, inbox: &Inbox) -> Value {
        let channel = |key: &str| inbox.channel.get(key).cloned().unwrap_or(Value::Null);
        let mut shown = json!({
            "id": inbox.id, "avatar_url": self.file_url(inbox.avatar), "channel_id": inbox.channel_id, "name": inbox.name,
            "channel_type": inbox.channel_type, "greeting_enabled": inbox.greeting_enabled,
            "greeting_message": inbox.greeting_message, "working_hours_enabled": inbox.working_hours_enabled,
            "enable_email_collect": inbox.enable_email_collect, "csat_survey_enabled": inbox.csat_survey_enabled,
            "enable_auto_assignment": inbox.enable_auto_assignment, "auto_assignment_config": {},
            "out_of_office_message": inbox.out_of_office_message, "working_hours": working_hours(),
            "timezone": inbox.timezone, "callback_webhook_url": null,
            "allow_messages_after_resolved": inbox.allow_messages_after_resolved,
            "lock_to_single_conversation": inbox.lock_to_single_conversation, "sender_name_type": "friendly",
            "business_name": null,
        });
        if let Value::Object(fields) = &mut shown {
            if inbox.is_api() {
                for (name, key) in [
                    ("hmac_mandatory", "hmac_mandatory"),
                    ("hmac_token", "hmac_token"),
                    ("webhook_url", "webhook_url"),
                    ("inbox_identifier", "identifier"),
                    ("additional_attributes", "additional_attributes"),
                    ("secret", "secret"),
                ] {
                    fields.insert(name.into(), channel(key));
                }
            } else {
                fields.extend(inbox.channel.clone());
            }
            fields.insert("provider".into(), channel("provider"));
            fields.retain(|key, _| self.secrets || !is_secret(key));
        }
        shown
    }

    /// An API inbox as its visitors see it.
    pub(crate) fn public_inbox(&self, inbox: &Inbox) -> Value {
        json!({
            "identifier": inbox.channel_text("identifier"), "identity_validation_enabled": inbox.channel.get("hmac_mandatory"),
            "name": inbox.name, "timezone": inbox.timezone, "working_hours": working_hours(),
            "working_hours_enabled": inbox.working_hours_enabled, "csat_survey_enabled": inbox.csat_survey_enabled,
            "greeting_enabled": inbox.greeting_enabled,
        })
    }

    fn thumbnail(&self, contact: &Contact) -> String {
        match contact.avatar {
            Some(file) => self.file_url(Some(file)),
            None => contact.avatar_url.clone().unwrap_or_default(),
        }
    }

    fn bare_contact(&self, contact: &Contact) -> Map<String, Value> {
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
        let links = self.state.contact_inboxes.all(&Key::of("contact", contact.id));
        fields.insert("contact_inboxes".into(), links.map(|link| self.contact_inbox(link)).collect());
        Value::Object(fields)
    }

    pub(crate) fn contact_inbox(&self, link: &ContactInbox) -> Value {
        let inbox = self.state.inboxes.get(link.inbox_id).map(|inbox| self.slim_inbox(inbox));
        json!({ "source_id": link.source_id, "inbox": inbox })
    }

    /// A contact as the public API answers it.
    pub(crate) fn public_contact(&self, link: &ContactInbox, contact: &Contact) -> Value {
        json!({
            "source_id": link.source_id, "pubsub_token": link.pubsub_token, "id": contact.id, "name": contact.name,
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

    pub(crate) fn contact_as_sender(&self, contact: &Contact) -> Value {
        json!({
            "additional_attributes": contact.additional_attributes, "custom_attributes": contact.custom_attributes,
            "email": contact.email, "id": contact.id, "identifier": contact.identifier, "name": contact.name,
            "phone_number": contact.phone_number, "thumbnail": self.thumbnail(contact), "blocked": contact.blocked, "type": "contact",
        })
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

    fn attachment(&self, message: &Message, attachment: &Attachment) -> Value {
        let kind = attachment.content_type.split('/').next().filter(|kind| ["image", "audio", "video"].contains(kind));
        let url = self.file_url(Some(attachment.id));
        json!({
            "id": attachment.id, "message_id": message.id, "file_type": kind.unwrap_or("file"),
            "account_id": message.account_id, "extension": attachment.file_name.rsplit_once('.').map(|(_, extension)| extension),
            "data_url": url, "thumb_url": if kind == Some("image") { url.as_str() } else { "" }, "file_size": attachment.file_size,
        })
    }

    /// A conversation as agents see it, with its last message.
    pub(crate) fn conversation(&self, conversation: &Conversation) -> Value {
        let account = conversation.account_id;
        let inbox = self.state.inboxes.get(conversation.inbox_id);
        let link = self.state.contact_inboxes.get(conversation.contact_inbox_id);
        let last = self.state.messages.all(&Key::of("conversation", conversation.id)).next_back();
        let spoken = self.state.messages.all(&Key::of("conversation", conversation.id)).rev().find(|m| m.message_type != 2);
        let assignee = conversation.assignee_id.map(|user| self.agent(account, user)).filter(|agent| !agent.is_null());
        let mut meta = json!({
            "sender": self.state.contacts.get(conversation.contact_id).map(|contact| self.bare_contact(contact)),
            "channel": inbox.map(|inbox| inbox.channel_type.as_str()),
        });
        if let (Some(agent), Value::Object(fields)) = (assignee, &mut meta) {
            fields.insert("assignee".into(), agent);
            fields.insert("assignee_type".into(), "User".into());
        }
        if let Value::Object(fields) = &mut meta {
            let team = conversation.team_id.and_then(|team| self.state.teams.get(team));
            fields.extend(team.map(|team| ("team".to_owned(), self.team(team))));
            fields.insert("hmac_verified".into(), link.is_some_and(|link| link.hmac_verified).into());
        }
        json!({
            "meta": meta, "id": conversation.display_id, "messages": last.map(|m| self.message(m)).into_iter().collect::<Vec<_>>(),
            "account_id": account, "uuid": conversation.uuid, "additional_attributes": conversation.additional_attributes,
            "agent_last_seen_at": conversation.agent_last_seen_at.unwrap_or(0), "assignee_last_seen_at": 0, "can_reply": true,
            "contact_last_seen_at": conversation.contact_last_seen_at.unwrap_or(0),
            "custom_attributes": conversation.custom_attributes, "inbox_id": conversation.inbox_id,
            "labels": conversation.labels, "muted": false, "snoozed_until": conversation.snoozed_until,
            "status": conversation.status, "created_at": conversation.created_at,
            "updated_at": float(conversation.updated_at), "timestamp": conversation.last_activity_at,
            "first_reply_created_at": conversation.first_reply_created_at.unwrap_or(0), "unread_count": self.unread(conversation),
            "last_non_activity_message": spoken.map(|message| self.message(message)),
            "last_activity_at": conversation.last_activity_at, "priority": conversation.priority,
            "waiting_since": conversation.waiting_since.unwrap_or(0), "sla_policy_id": null,
        })
    }

    /// Incoming messages that no agent has seen: those since the last answer.
    fn unread(&self, conversation: &Conversation) -> usize {
        let messages = self.state.messages.all(&Key::of("conversation", conversation.id)).rev();
        messages.take_while(|message| message.message_type == 0).count()
    }

    /// A conversation as its visitor sees it.
    pub(crate) fn public_conversation(&self, conversation: &Conversation) -> Value {
        let messages = self.state.messages.all(&Key::of("conversation", conversation.id));
        let public = messages.filter(|message| !message.private && message.message_type != 2);
        json!({
            "id": conversation.display_id, "uuid": conversation.uuid, "inbox_id": conversation.inbox_id,
            "contact_last_seen_at": conversation.contact_last_seen_at.unwrap_or(0), "status": conversation.status,
            "agent_last_seen_at": conversation.agent_last_seen_at.unwrap_or(0),
            "messages": public.map(|message| self.public_message(message)).collect::<Vec<_>>(),
            "contact": self.state.contacts.get(conversation.contact_id).map(|contact| self.raw_contact(contact)),
        })
    }

    pub(crate) fn canned_response(&self, row: &CannedResponse) -> Value {
        json!({
            "id": row.id, "account_id": row.account_id, "short_code": row.short_code, "content": row.content,
            "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        })
    }

    pub(crate) fn custom_attribute(&self, row: &CustomAttribute) -> Value {
        json!({
            "id": row.id, "attribute_display_name": row.attribute_display_name,
            "attribute_display_type": row.attribute_display_type, "attribute_description": row.attribute_description,
            "attribute_key": row.attribute_key, "regex_pattern": row.regex_pattern, "regex_cue": row.regex_cue,
            "attribute_values": row.attribute_values, "attribute_model": row.attribute_model,
            "default_value": row.default_value, "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        })
    }

    pub(crate) fn custom_filter(&self, row: &CustomFilter) -> Value {
        json!({
            "id": row.id, "name": row.name, "filter_type": row.filter_type, "query": row.query,
            "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        })
    }

    pub(crate) fn automation_rule(&self, rule: &AutomationRule) -> Value {
        json!({
            "id": rule.id, "account_id": rule.account_id, "name": rule.name, "description": rule.description,
            "event_name": rule.event_name, "conditions": rule.conditions, "actions": rule.actions,
            "created_on": rule.created_on, "active": rule.active,
        })
    }

    pub(crate) fn webhook(&self, webhook: &Webhook) -> Value {
        json!({
            "id": webhook.id, "name": webhook.name, "url": webhook.url, "account_id": webhook.account_id,
            "subscriptions": webhook.subscriptions, "secret": webhook.secret,
        })
    }

    pub(crate) fn hook(&self, hook: &Hook) -> Value {
        let inbox = hook.inbox_id.and_then(|inbox| self.state.inboxes.get(inbox));
        json!({
            "id": hook.id, "app_id": hook.app_id, "status": hook.status,
            "inbox": inbox.map(|inbox| json!({ "id": inbox.id, "name": inbox.name })), "account_id": hook.account_id,
            "hook_type": hook.hook_type, "settings": hook.settings, "reference_id": hook.reference_id,
        })
    }

    pub(crate) fn portal(&self, portal: &Portal) -> Value {
        let categories: Vec<&Category> = self.state.categories.all(&Key::of("portal", portal.id)).collect();
        let articles: Vec<&Article> = self.state.articles.all(&Key::of("portal", portal.id)).collect();
        let locale_of = |article: &Article| {
            let category = article.category_id.and_then(|id| self.state.categories.get(id));
            category.map_or_else(|| portal.default_locale.clone(), |category| category.locale.clone())
        };
        let locales: Vec<Value> = portal
            .allowed_locales
            .iter()
            .map(|locale| {
                json!({
                    "code": locale, "articles_count": articles.iter().filter(|article| locale_of(article) == *locale).count(),
                    "categories_count": categories.iter().filter(|category| category.locale == *locale).count(),
                })
            })
            .collect();
        json!({
            "id": portal.id, "color": portal.color, "custom_domain": portal.custom_domain, "header_text": portal.header_text,
            "homepage_link": portal.homepage_link, "name": portal.name, "page_title": portal.page_title, "slug": portal.slug,
            "archived": portal.archived, "account_id": portal.account_id,
            "config": { "allowed_locales": locales, "default_locale": portal.default_locale },
            "meta": {
                "all_articles_count": articles.len(), "archived_articles_count": null, "published_count": null,
                "draft_articles_count": null, "categories_count": categories.len(), "default_locale": portal.default_locale,
            },
        })
    }

    pub(crate) fn category(&self, category: &Category) -> Value {
        let articles = self.state.articles.all(&Key::of("portal", category.portal_id));
        let related = category.associated_category_id.and_then(|id| self.state.categories.get(id));
        json!({
            "id": category.id, "name": category.name, "slug": category.slug, "locale": category.locale,
            "description": category.description, "position": category.position, "account_id": category.account_id, "icon": "",
            "related_categories": related.map(slim_category).into_iter().collect::<Vec<_>>(),
            "meta": { "articles_count": articles.filter(|article| article.category_id == Some(category.id)).count() },
        })
    }

    pub(crate) fn article(&self, article: &Article) -> Value {
        let category = article.category_id.and_then(|id| self.state.categories.get(id));
        let associated = article.associated_article_id.and_then(|id| self.state.articles.get(id));
        json!({
            "id": article.id, "slug": article.slug, "title": article.title, "content": article.content,
            "description": article.description, "status": article.status, "position": article.position,
            "account_id": article.account_id, "updated_at": article.updated_at, "meta": article.meta,
            "category": category.map(slim_category), "views": null, "author": self.agent(article.account_id, article.author_id),
            "associated_articles": associated.map(|a| json!({ "id": a.id, "title": a.title })).into_iter().collect::<Vec<_>>(),
        })
    }
}

fn slim_category(category: &Category) -> Value {
    json!({ "id": category.id, "name": category.name, "slug": category.slug, "locale": category.locale })
}

/// Whether a field of a bot or of a channel is for administrators alone. A website's token stands in its pages.
fn is_secret(key: &str) -> bool {
    let has_end = ["token", "secret", "password"].iter().any(|end| key.ends_with(end));
    key == "provider_config" || (has_end && key != "website_token")
}

/// Unix seconds with a fraction, as the API gives a conversation's `updated_at`.
fn float(seconds: i64) -> f64 {
    seconds as f64
}

/// Nine to six on weekdays, the hours that every inbox of the emulator keeps. Day 0 is Sunday.
fn working_hours() -> Value {
    (0..7)
        .map(|day| {
            let closed = day == 0 || day == 6;
            json!({
                "day_of_week": day, "closed_all_day": closed, "open_hour": if closed { None } else { Some(9) },
                "open_minutes": if closed { None } else { Some(0) }, "close_hour": if closed { None } else { Some(18) },
                "close_minutes": if closed { None } else { Some(0) }, "open_all_day": false,
            })
        })
        .collect()
}
