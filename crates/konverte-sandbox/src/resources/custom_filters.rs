//! Saved filters, each seen by the user who saved it.

use serde_json::Value;

use super::{Handlers, filled, set};
use crate::answer::{Answer, json, no_content};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{CustomFilter, Key};

pub(super) const HANDLERS: Handlers = &[
    ("list-all-filters", list),
    ("create-a-custom-filter", create),
    ("get-details-of-a-single-custom-filter", show),
    ("delete-a-custom-filter", delete),
    ("update-a-custom-filter", update),
];

const KINDS: [&str; 3] = ["conversation", "contact", "report"];
/// How many a user can save.
const MOST: usize = 1000;

fn owner(call: &Call<'_>) -> Key {
    Key::text("owner", call.account, &call.user().unwrap_or_default().to_string())
}

fn list(call: &mut Call<'_>) -> Answer {
    let kind = call.query.text("filter_type").filter(|kind| !kind.is_empty()).unwrap_or(KINDS[0]);
    let rows = call.state.custom_filters.all(&owner(call)).filter(|row| row.filter_type == kind);
    json(rows.map(|row| call.view().custom_filter(row)).collect::<Value>())
}

fn create(call: &mut Call<'_>) -> Answer {
    call.root("custom_filter")?;
    let mut row = CustomFilter {
        account_id: call.account,
        user_id: call.user().unwrap_or_default(),
        filter_type: KINDS[0].into(),
        created_at: call.now,
        ..CustomFilter::default()
    };
    apply(call, &mut row)?;
    if call.state.custom_filters.count(&owner(call)) >= MOST {
        return Err(Failure::invalid("account_id", "has reached the limit of custom filters"));
    }
    let id = call.state.custom_filters.insert(row);
    answer(call, id)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut row = find(call)?.clone();
    call.root("custom_filter")?;
    apply(call, &mut row)?;
    let id = row.id;
    call.state.custom_filters.update(id, |old| *old = row);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    call.state.custom_filters.remove(id);
    no_content()
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a CustomFilter, Failure> {
    let row = call.state.custom_filters.get(call.path_id("custom_filter_id")?);
    row.filter(|row| row.account_id == call.account && Some(row.user_id) == call.user()).ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let row = call.state.custom_filters.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().custom_filter(row))
}

/// The server reads `filter_type` in the body; by default the names that the document has for it count too.
fn apply(call: &Call<'_>, row: &mut CustomFilter) -> Result<(), Failure> {
    let documented = || {
        let named = call.body.text("type").or_else(|| call.query.text("filter_type").map(str::to_owned));
        filled(named).filter(|_| !call.as_server)
    };
    set(&mut row.name, call.body.text("name"));
    set(&mut row.filter_type, filled(call.body.text("filter_type")).or_else(documented));
    set(&mut row.query, call.body.object("query"));
    row.updated_at = call.now;
    if !KINDS.contains(&row.filter_type.as_str()) {
        return Err(Failure::internal());
    }
    let mut problems = Problems::default();
    problems.blank("name", Some(&row.name));
    problems.done()
}
