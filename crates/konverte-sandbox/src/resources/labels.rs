//! The labels that an account knows.

use serde_json::{Value, json as value};

use super::{Handlers, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{Key, Label, ids};

pub(super) const HANDLERS: Handlers = &[
    ("list-all-labels", list),
    ("create-a-label", create),
    ("get-details-of-a-single-label", show),
    ("update-a-label", update),
    ("delete-a-label", delete),
];

/// What a label has unless another colour is given.
const COLOR: &str = "#1f93ff";

fn list(call: &mut Call<'_>) -> Answer {
    let labels = call.state.labels.all(&Key::of("account", call.account));
    let payload: Vec<Value> = labels.map(|label| call.view().label(label)).collect();
    json(value!({ "payload": payload }))
}

fn create(call: &mut Call<'_>) -> Answer {
    call.root("label")?;
    let mut label = Label { account_id: call.account, color: COLOR.into(), ..Label::default() };
    apply(call, &mut label)?;
    let id = call.state.labels.insert(label);
    answer(call, id)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    answer(call, id)
}

/// A new title goes to whatever carries the old one.
fn update(call: &mut Call<'_>) -> Answer {
    let mut label = find(call)?.clone();
    let (id, old) = (label.id, label.title.clone());
    call.root("label")?;
    apply(call, &mut label)?;
    let new = label.title.clone();
    call.state.labels.update(id, |row| *row = label);
    rename(call, &old, &new);
    answer(call, id)
}

/// What carries its title goes on carrying it: conversations and contacts have titles that no label has, too.
fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    call.state.labels.remove(id);
    empty()
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Label, Failure> {
    let label = call.state.labels.get(call.path_id("id")?);
    label.filter(|label| label.account_id == call.account).ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let label = call.state.labels.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().label(label))
}

/// Titles are stored in lower case.
fn apply(call: &Call<'_>, label: &mut Label) -> Result<(), Failure> {
    let body = &call.body;
    set(&mut label.title, body.text("title").map(|title| title.trim().to_lowercase()));
    set(&mut label.description, body.nullable_text("description"));
    set(&mut label.color, body.text("color"));
    set(&mut label.show_on_sidebar, body.flag("show_on_sidebar"));
    let mut problems = Problems::default();
    problems.blank("title", Some(&label.title));
    let plain = label.title.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    problems.when(!plain, "title", "can only have letters, digits, - and _");
    let taken = call.state.labels.taken(&Key::text("title", label.account_id, &label.title), label.id);
    problems.when(taken, "title", "has already been taken");
    problems.done()
}

fn rename(call: &mut Call<'_>, old: &str, new: &str) {
    let rename = |labels: &mut Vec<String>| labels.iter_mut().filter(|label| label.to_lowercase() == old).for_each(|label| new.clone_into(label));
    let all = Key::of("account", call.account);
    for id in ids(call.state.conversations.all(&all)) {
        call.state.conversations.update(id, |conversation| rename(&mut conversation.labels));
    }
    for id in ids(call.state.contacts.all(&all)) {
        call.state.contacts.update(id, |contact| rename(&mut contact.labels));
    }
}
