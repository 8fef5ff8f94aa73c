//! Definitions of custom attributes.

use serde_json::Value;

use super::{Handlers, set};
use crate::answer::{Answer, json, no_content};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{CustomAttribute, Key};

pub(super) const HANDLERS: Handlers = &[
    ("get-account-custom-attribute", list),
    ("add-new-custom-attribute-to-account", create),
    ("get-details-of-a-single-custom-attribute", show),
    ("delete-custom-attribute-from-account", delete),
    ("update-custom-attribute-in-account", update),
];

/// Requests give the place in these lists, or the name; answers give the name.
const TYPES: [&str; 8] = ["text", "number", "currency", "percent", "link", "date", "list", "checkbox"];
const MODELS: [&str; 2] = ["conversation_attribute", "contact_attribute"];

/// Keys that conversations and contacts have by themselves.
const STANDARD: [[&str; 7]; 2] = [
    ["status", "priority", "assignee_id", "inbox_id", "team_id", "display_id", "labels"],
    ["name", "email", "phone_number", "identifier", "country_code", "city", "company"],
];

fn list(call: &mut Call<'_>) -> Answer {
    let model = call.query.text("attribute_model").filter(|text| !text.is_empty()).map(|text| named(&MODELS, &Value::from(text)));
    let rows = call.state.custom_attributes.all(&Key::of("account", call.account));
    let found = rows.filter(|row| model.is_none_or(|model| model == Some(row.attribute_model.as_str())));
    json(found.map(|row| call.view().custom_attribute(row)).collect::<Value>())
}

fn create(call: &mut Call<'_>) -> Answer {
    call.root("custom_attribute_definition")?;
    let mut row = CustomAttribute {
        account_id: call.account,
        attribute_display_type: TYPES[0].into(),
        attribute_model: MODELS[0].into(),
        created_at: call.now,
        ..CustomAttribute::default()
    };
    apply(call, &mut row)?;
    let id = call.state.custom_attributes.insert(row);
    answer(call, id)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut row = find(call)?.clone();
    call.root("custom_attribute_definition")?;
    apply(call, &mut row)?;
    let id = row.id;
    call.state.custom_attributes.update(id, |old| *old = row);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    call.state.custom_attributes.remove(id);
    no_content()
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a CustomAttribute, Failure> {
    let row = call.state.custom_attributes.get(call.path_id("id")?);
    row.filter(|row| row.account_id == call.account).ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let row = call.state.custom_attributes.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().custom_attribute(row))
}

/// The name that a number, its text or the name itself stands for.
fn named(names: &[&'static str], value: &Value) -> Option<&'static str> {
    let number = crate::input::integer(value).and_then(|number| usize::try_from(number).ok());
    number.and_then(|number| names.get(number)).or_else(|| names.iter().find(|name| value == *name)).copied()
}

fn apply(call: &Call<'_>, row: &mut CustomAttribute) -> Result<(), Failure> {
    let body = &call.body;
    set(&mut row.attribute_display_name, body.text("attribute_display_name"));
    set(&mut row.attribute_description, body.nullable_text("attribute_description"));
    set(&mut row.attribute_key, body.text("attribute_key"));
    set(&mut row.regex_pattern, body.nullable_text("regex_pattern"));
    set(&mut row.regex_cue, body.nullable_text("regex_cue"));
    set(&mut row.default_value, body.fields.get("default_value").cloned().map(Some));
    set(&mut row.attribute_values, body.list("attribute_values").map(|list| list.into_iter().filter(|v| !v.is_null()).collect()));
    for (field, key, names) in
        [(&mut row.attribute_display_type, "attribute_display_type", &TYPES[..]), (&mut row.attribute_model, "attribute_model", &MODELS[..])]
    {
        if let Some(value) = body.fields.get(key).filter(|value| !value.is_null()) {
            *field = named(names, value).ok_or_else(Failure::internal)?.to_owned();
        }
    }
    row.updated_at = call.now;
    check(call, row)
}

fn check(call: &Call<'_>, row: &CustomAttribute) -> Result<(), Failure> {
    let mut problems = Problems::default();
    problems.blank("attribute_display_name", Some(&row.attribute_display_name));
    problems.blank("attribute_key", Some(&row.attribute_key));
    let plain = row.attribute_key.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c));
    problems.when(!plain, "attribute_key", "only allows letters, digits, _ . and -");
    let standard = STANDARD[usize::from(row.attribute_model == MODELS[1])].contains(&row.attribute_key.as_str());
    problems.when(standard, "attribute_key", "is the key of a standard attribute");
    let key = Key::text("key", row.account_id, &format!("{} {}", row.attribute_model, row.attribute_key));
    problems.when(call.state.custom_attributes.taken(&key, row.id), "attribute_key", "has already been taken");
    problems.done()
}
