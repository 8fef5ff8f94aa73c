//! Canned responses.

use serde_json::Value;

use super::Handlers;
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{CannedResponse, Key};

pub(super) const HANDLERS: Handlers =
    &[("get-account-canned-response", list), ("add-new-canned-response-to-account", create), ("delete-canned-response-from-account", delete)];

fn list(call: &mut Call<'_>) -> Answer {
    let search = call.query.text("search").unwrap_or_default().to_lowercase();
    let rows = call.state.canned_responses.all(&Key::of("account", call.account));
    let found = rows.filter(|row| [&row.short_code, &row.content].iter().any(|text| text.to_lowercase().contains(&search)));
    json(found.map(|row| call.view().canned_response(row)).collect::<Value>())
}

fn create(call: &mut Call<'_>) -> Answer {
    call.root("canned_response")?;
    let row = CannedResponse {
        account_id: call.account,
        short_code: call.body.text("short_code").unwrap_or_default(),
        content: call.body.text("content").unwrap_or_default(),
        created_at: call.now,
        updated_at: call.now,
        ..CannedResponse::default()
    };
    check(call, &row)?;
    let id = call.state.canned_responses.insert(row);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    call.state.canned_responses.remove(id);
    empty()
}

/// The response of the path.
pub(super) fn find<'a>(call: &'a Call<'_>) -> Result<&'a CannedResponse, Failure> {
    let row = call.state.canned_responses.get(call.path_id("id")?);
    row.filter(|row| row.account_id == call.account).ok_or_else(Failure::not_found)
}

pub(super) fn check(call: &Call<'_>, row: &CannedResponse) -> Result<(), Failure> {
    let mut problems = Problems::default();
    problems.blank("content", Some(&row.content));
    problems.blank("short_code", Some(&row.short_code));
    let taken = call.state.canned_responses.taken(&Key::text("short_code", row.account_id, &row.short_code), row.id);
    problems.when(taken, "short_code", "has already been taken");
    problems.done()
}

pub(super) fn answer(call: &Call<'_>, id: u64) -> Answer {
    let row = call.state.canned_responses.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().canned_response(row))
}
