//! Labels of a conversation.

use serde_json::json as value;

use super::{Handlers, labels};
use crate::answer::{Answer, json};
use crate::call::Call;

pub(super) const HANDLERS: Handlers = &[("list-all-labels-of-a-conversation", list), ("conversation-add-labels", replace)];

fn list(call: &mut Call<'_>) -> Answer {
    let labels = &call.conversation()?.labels;
    json(value!({ "payload": labels }))
}

/// The list that comes is the whole list; without one it is empty. Titles that no label has are taken too.
fn replace(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    let labels = labels(&call.body);
    call.change_conversation(id, |conversation| conversation.labels.clone_from(&labels));
    json(value!({ "payload": labels }))
}
