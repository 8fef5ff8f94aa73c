//! What else of a conversation is read and changed: attributes, what was seen, who is typing, whether it is muted, its files.

use serde_json::{Value, json as value};

use super::Handlers;
use super::conversations::{answer, priority};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{INCOMING, Key, Typing};

pub(super) const HANDLERS: Handlers = &[
    ("update-conversation", update),
    ("update-custom-attributes-of-a-conversation", custom_attributes),
    ("update-last-seen-of-a-conversation", seen),
    ("mark-conversation-unread", unread),
    ("mute-conversation", mute),
    ("unmute-conversation", unmute),
    ("toggle-typing-status-of-a-conversation", typing),
    ("list-attachments-of-a-conversation", attachments),
];

/// Files on a page.
const PAGE: usize = 100;

/// Only what is sent is changed.
fn update(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    let priority = if call.body.has("priority") { Some(priority(call)?) } else { None };
    let sla_policy = call.body.id("sla_policy_id");
    call.change_conversation(id, |conversation| {
        super::set(&mut conversation.priority, priority);
        super::set(&mut conversation.sla_policy_id, sla_policy.map(Some));
    });
    answer(call, id)
}

/// Those that come are all there are: nothing is merged.
fn custom_attributes(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    let attributes = call.body.object("custom_attributes").unwrap_or_default();
    call.change_conversation(id, |conversation| conversation.custom_attributes.clone_from(&attributes));
    json(value!({ "custom_attributes": attributes }))
}

fn seen(call: &mut Call<'_>) -> Answer {
    let (id, now) = (call.conversation()?.id, call.now);
    see(call, id, now);
    answer(call, id)
}

/// Nothing is seen from the last message of the contact on.
fn unread(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    let last = call.state.messages.all(&Key::of("conversation", id)).rev().find(|message| message.message_type == INCOMING);
    let before = last.map_or(call.now, |message| message.created_at - 1);
    see(call, id, before);
    answer(call, id)
}

/// Notes up to when the conversation was seen: by an agent, and by its own.
fn see(call: &mut Call<'_>, conversation: u64, until: i64) {
    let user = call.user();
    call.state.conversations.update(conversation, |conversation| {
        conversation.agent_last_seen_at = Some(until);
        if user.is_some() && conversation.assignee_id == user {
            conversation.assignee_last_seen_at = Some(until);
        }
    });
}

/// Resolves the conversation and blocks its contact.
fn mute(call: &mut Call<'_>) -> Answer {
    let (conversation, now) = (call.conversation()?.clone(), call.now);
    call.change_conversation(conversation.id, |conversation| conversation.set_status("resolved", now));
    call.state.contacts.update(conversation.contact_id, |contact| contact.blocked = true);
    call.write_activity(&conversation, "muted this");
    empty()
}

fn unmute(call: &mut Call<'_>) -> Answer {
    let conversation = call.conversation()?.clone();
    call.state.contacts.update(conversation.contact_id, |contact| contact.blocked = false);
    call.write_activity(&conversation, "unmuted this");
    empty()
}

fn typing(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    let (sender_type, sender_id) = call.sender().ok_or_else(Failure::not_found)?;
    let private = call.body.flag("is_private").unwrap_or(false);
    toggle_typing(call, id, Typing { sender_type, sender_id, private })
}

/// Whoever is typing stands in the conversation until the status is `off`. The server passes over any other status.
pub(super) fn toggle_typing(call: &mut Call<'_>, conversation: u64, who: Typing) -> Answer {
    let on = match call.body.text("typing_status").as_deref() {
        Some("on") => true,
        Some("off") => false,
        _ if call.as_server => return empty(),
        _ => return Err(Failure::invalid("typing_status", "must be on or off")),
    };
    call.state.conversations.update(conversation, |conversation| {
        conversation.typing.retain(|other| (other.sender_type, other.sender_id) != (who.sender_type, who.sender_id));
        conversation.typing.extend(on.then_some(who));
    });
    empty()
}

/// The newest first.
fn attachments(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    let view = call.view();
    let messages = call.state.messages.all(&Key::of("conversation", id)).rev();
    let all: Vec<Value> = messages
        .flat_map(|message| message.attachments.iter().rev().map(move |file| (message, file)))
        .map(|(message, file)| view.attachment_with_sender(message, file))
        .collect();
    let first = (call.query.page() - 1).saturating_mul(PAGE);
    let payload: Vec<&Value> = all.iter().skip(first).take(PAGE).collect();
    json(value!({ "meta": { "total_count": all.len() }, "payload": payload }))
}
