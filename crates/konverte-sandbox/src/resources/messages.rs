//! Messages of a conversation.

use serde_json::{Value, json as value};

use super::{Handlers, filled};
use crate::answer::{Answer, json};
use crate::call::{Call, Caller};
use crate::failure::Failure;
use crate::state::{Attachment, Conversation, INCOMING, Key, Message, OUTGOING, SenderKind};

pub(super) const HANDLERS: Handlers =
    &[("list-all-messages", list), ("create-a-new-message-in-a-conversation", create), ("delete-a-message", delete)];

/// What requests call the types, each at its number.
const TYPES: [&str; 4] = ["incoming", "outgoing", "activity", "template"];
const PAGE: usize = 20;
/// How many come after a message.
const PAGE_AFTER: usize = 100;
const LONGEST: usize = 150_000;
const MOST_FILES: usize = 15;
const LARGEST_FILE: usize = 40 << 20;

const CONTENT_TYPES: [&str; 12] = [
    "text",
    "input_text",
    "input_textarea",
    "input_email",
    "input_select",
    "cards",
    "form",
    "article",
    "incoming_email",
    "input_csat",
    "integrations",
    "sticker",
];
/// Kinds of message that show a list.
const WITH_ITEMS: [&str; 4] = ["cards", "form", "input_select", "article"];

impl Call<'_> {
    /// The caller as the writer of a message.
    pub(super) fn sender(&self) -> Option<(SenderKind, u64)> {
        match self.caller {
            Caller::User(user) => Some((SenderKind::User, user)),
            Caller::Bot(bot) => Some((SenderKind::AgentBot, bot)),
            Caller::Platform(_) | Caller::Nobody => None,
        }
    }
}

/// The last 20, or those before or after a message; oldest first.
fn list(call: &mut Call<'_>) -> Answer {
    let conversation = call.conversation()?.clone();
    let cursor = |name: &str| call.query.integer(name).and_then(|id| u64::try_from(id).ok()).filter(|id| *id > 0);
    let (before, after) = (cursor("before"), cursor("after"));
    let all = call.state.messages.all(&Key::of("conversation", conversation.id));
    let wanted = all.filter(|m| before.is_none_or(|before| m.id < before) && after.is_none_or(|after| m.id > after));
    let page: Vec<&Message> = if after.is_some() {
        wanted.take(PAGE_AFTER).collect()
    } else {
        let mut last: Vec<&Message> = wanted.rev().take(PAGE).collect();
        last.reverse();
        last
    };
    let view = call.view();
    let contact = call.state.contacts.get(conversation.contact_id).map(|contact| view.contact_as_sender(contact));
    let meta = value!({
        "labels": conversation.labels, "additional_attributes": conversation.additional_attributes, "contact": contact,
        "assignee": conversation.assignee_id.map(|user| view.user_as_sender(call.account, user)),
        "agent_last_seen_at": conversation.agent_last_seen_at, "assignee_last_seen_at": null,
    });
    let payload: Vec<Value> = page.into_iter().map(|message| view.message(message)).collect();
    json(value!({ "meta": meta, "payload": payload }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let conversation = call.conversation()?;
    let (id, inbox, contact) = (conversation.id, conversation.inbox_id, conversation.contact_id);
    let message_type = filled(call.body.text("message_type")).unwrap_or_else(|| TYPES[usize::from(OUTGOING)].to_owned());
    let number = TYPES.iter().position(|name| *name == message_type).and_then(|number| u8::try_from(number).ok());
    let message_type = number.ok_or_else(Failure::internal)?;
    if message_type == INCOMING && !call.state.inboxes.get(inbox).is_some_and(|inbox| inbox.is_api()) {
        return Err(Failure::custom("Incoming messages are only allowed in Api inboxes"));
    }
    // Whatever does not go out counts as the contact's.
    let sender = if message_type == OUTGOING { writer(call)? } else { Some((SenderKind::Contact, contact)) };
    let body = &call.body;
    let draft = Draft {
        message_type,
        content: body.text("content"),
        private: body.flag("private").unwrap_or(false),
        content_type: filled(body.text("content_type")),
        content_attributes: body.object("content_attributes").unwrap_or_default(),
        template: body.object("template_params").filter(|template| !template.is_empty()).map(Value::Object),
        source_id: filled(body.text("source_id")),
        sender,
    };
    let message = post(call, id, draft)?;
    let message = call.state.messages.get(message).ok_or_else(Failure::not_found)?;
    let mut shown = call.view().message(message);
    if let (Some(echo), Value::Object(fields)) = (filled(call.body.text("echo_id")), &mut shown) {
        fields.insert("echo_id".into(), echo.into());
    }
    json(shown)
}

/// Who writes a message that goes out: the caller, or the bot that the body names. The server passes over any other writer.
fn writer(call: &Call<'_>) -> Result<Option<(SenderKind, u64)>, Failure> {
    let bot = || call.body.id("sender_id").and_then(|bot| call.state.agent_bots.get(bot)).filter(|bot| call.can_use(bot));
    match filled(call.body.text("sender_type")).as_deref() {
        None => Ok(call.sender()),
        Some("AgentBot") => match bot() {
            Some(bot) => Ok(Some((SenderKind::AgentBot, bot.id))),
            None if call.as_server => Ok(call.sender()),
            None => Err(Failure::not_found()),
        },
        Some(_) if call.as_server => Ok(call.sender()),
        Some(_) => Err(Failure::invalid("sender_type", "can only be AgentBot")),
    }
}

/// The row stays, its content goes.
fn delete(call: &mut Call<'_>) -> Answer {
    let conversation = call.conversation()?.id;
    let id = call.path_id("message_id")?;
    call.state.messages.get(id).filter(|message| message.conversation_id == conversation).ok_or_else(Failure::not_found)?;
    let now = call.now;
    call.state.messages.update(id, |message| {
        message.content = Some("This message was deleted".into());
        message.content_type = "text".into();
        message.content_attributes = [("deleted".to_owned(), Value::Bool(true))].into_iter().collect();
        message.attachments.clear();
        message.updated_at = now;
    });
    let message = call.state.messages.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().message(message))
}

/// A message before it is checked and stored. Its files are those of the request.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) message_type: u8,
    pub(super) content: Option<String>,
    pub(super) private: bool,
    pub(super) content_type: Option<String>,
    pub(super) content_attributes: serde_json::Map<String, Value>,
    /// Parameters of a template.
    pub(super) template: Option<Value>,
    pub(super) source_id: Option<String>,
    pub(super) sender: Option<(SenderKind, u64)>,
}

/// Stores a message and moves its conversation: an answer ends the waiting, an incoming message starts it and reopens.
pub(super) fn post(call: &mut Call<'_>, conversation: u64, draft: Draft) -> Result<u64, Failure> {
    check(&draft)?;
    let attachments = store_attachments(call)?;
    let now = call.now;
    let parent = call.state.conversations.get(conversation).cloned().ok_or_else(|| call.not_found())?;
    let (sender_type, sender_id) = draft.sender.unzip();
    let message = Message {
        account_id: parent.account_id,
        inbox_id: parent.inbox_id,
        conversation_id: conversation,
        content: draft.content,
        message_type: draft.message_type,
        content_type: draft.content_type.unwrap_or_else(|| "text".into()),
        content_attributes: draft.content_attributes,
        additional_attributes: draft.template.map(|template| ("template_params".to_owned(), template)).into_iter().collect(),
        private: draft.private,
        source_id: draft.source_id,
        sender_type,
        sender_id,
        attachments,
        created_at: now,
        updated_at: now,
        ..Message::default()
    };
    let id = call.state.messages.insert(message);
    match draft.message_type {
        INCOMING => come_in(call, &parent),
        kind => {
            let answers = kind == OUTGOING && !draft.private;
            let first = answers && sender_type == Some(SenderKind::User);
            call.state.conversations.update(conversation, |conversation| {
                conversation.last_activity_at = now;
                conversation.updated_at = now;
                conversation.waiting_since = conversation.waiting_since.filter(|_| !answers);
                conversation.first_reply_created_at = conversation.first_reply_created_at.or(first.then_some(now));
            });
        }
    }
    Ok(id)
}

/// What a message of the contact does: the waiting begins, the conversation opens again, the first one is greeted.
fn come_in(call: &mut Call<'_>, conversation: &Conversation) {
    let now = call.now;
    let has_bot = call.state.inboxes.get(conversation.inbox_id).is_some_and(|inbox| inbox.agent_bot_id.is_some());
    call.change_conversation(conversation.id, |conversation| {
        conversation.last_activity_at = now;
        conversation.waiting_since = conversation.waiting_since.or(Some(now));
        conversation.contact_last_seen_at = Some(now);
        match conversation.status.as_str() {
            "resolved" if has_bot => conversation.set_status("pending", now),
            "resolved" | "snoozed" => conversation.set_status("open", now),
            _ => {}
        }
    });
    call.greet(conversation.id);
    call.state.contacts.update(conversation.contact_id, |contact| contact.last_activity_at = Some(now));
}

fn check(draft: &Draft) -> Result<(), Failure> {
    let kind = draft.content_type.as_deref().unwrap_or("text");
    if !CONTENT_TYPES.contains(&kind) {
        return Err(Failure::internal());
    }
    if draft.content.as_ref().is_some_and(|content| content.chars().count() > LONGEST) {
        return Err(Failure::invalid("content", "is too long (maximum is 150000 characters)"));
    }
    let items = draft.content_attributes.get("items").and_then(Value::as_array);
    if WITH_ITEMS.contains(&kind) && items.is_none_or(Vec::is_empty) {
        return Err(Failure::custom("Content attributes At least one item is required."));
    }
    Ok(())
}

fn store_attachments(call: &mut Call<'_>) -> Result<Vec<Attachment>, Failure> {
    let parts: Vec<_> = call.body.files_of("attachments").into_iter().cloned().collect();
    if parts.len() > MOST_FILES {
        return Err(Failure::invalid("attachments", "exceeded maximum allowed"));
    }
    if parts.iter().any(|part| part.content.len() > LARGEST_FILE) {
        return Err(Failure::invalid("attachments", "size is too big"));
    }
    let attachments = parts.iter().map(|part| {
        let size = imagesize::blob_size(&part.content).ok();
        Attachment {
            id: call.store_file(part),
            file_name: part.file_name.clone().unwrap_or_default(),
            content_type: part.content_type.clone().unwrap_or_default(),
            file_size: part.content.len() as u64,
            width: size.map(|size| size.width),
            height: size.map(|size| size.height),
        }
    });
    Ok(attachments.collect())
}
