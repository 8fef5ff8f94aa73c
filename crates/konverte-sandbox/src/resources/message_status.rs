//! Whether a message has arrived, as the program behind an API inbox says.

use super::Handlers;
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;

pub(super) const HANDLERS: Handlers = &[("update-message-status", update), ("retry-message", retry)];

/// In the order in which they follow each other; what was read was delivered.
const STATES: [&str; 4] = ["sent", "delivered", "read", "failed"];

/// The server passes over a status that it does not know. In other inboxes the channel itself knows.
fn update(call: &mut Call<'_>) -> Answer {
    let id = message(call)?;
    let inbox = call.state.messages.get(id).and_then(|message| call.state.inboxes.get(message.inbox_id));
    if !inbox.is_some_and(|inbox| inbox.is_api()) {
        return Err(Failure::forbidden("The status of a message can only be set in an API inbox"));
    }
    let status = call.body.text("status").unwrap_or_default();
    let known = STATES.contains(&status.as_str());
    if !known && !call.as_server {
        return Err(Failure::invalid("status", "is not included in the list"));
    }
    let error = call.body.text("external_error").filter(|_| status == "failed");
    let now = call.now;
    call.state.messages.update(id, |message| {
        if known && !(message.status == "read" && status == "delivered") {
            message.status = status;
            message.updated_at = now;
            match error {
                Some(error) => drop(message.content_attributes.insert("external_error".into(), error.into())),
                None => drop(message.content_attributes.shift_remove("external_error")),
            }
        }
    });
    answer(call, id)
}

/// Sent anew: what it failed of is forgotten.
fn retry(call: &mut Call<'_>) -> Answer {
    let (id, now) = (message(call)?, call.now);
    call.state.messages.update(id, |message| {
        message.status = "sent".into();
        message.content_attributes.clear();
        message.updated_at = now;
    });
    answer(call, id)
}

/// The message of the path, in the conversation of the path.
fn message(call: &Call<'_>) -> Result<u64, Failure> {
    let conversation = call.conversation()?.id;
    let message = call.state.messages.get(call.path_id("message_id")?);
    message.filter(|message| message.conversation_id == conversation).map(|message| message.id).ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let message = call.state.messages.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().message(message))
}
