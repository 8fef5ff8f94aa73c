//! Labels of a contact.

use serde_json::json as value;

use super::{Handlers, labels};
use crate::answer::{Answer, json};
use crate::call::Call;

pub(super) const HANDLERS: Handlers = &[("list-all-labels-of-a-contact", list), ("contact-add-labels", replace)];

fn list(call: &mut Call<'_>) -> Answer {
    let labels = &call.contact()?.labels;
    json(value!({ "payload": labels }))
}

/// The list that comes is the whole list, as for conversations.
fn replace(call: &mut Call<'_>) -> Answer {
    let id = call.contact()?.id;
    let labels = labels(&call.body);
    let now = call.now;
    call.state.contacts.update(id, |contact| {
        contact.labels.clone_from(&labels);
        contact.updated_at = now;
    });
    json(value!({ "payload": labels }))
}
