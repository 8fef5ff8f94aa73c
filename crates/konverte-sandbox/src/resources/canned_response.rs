//! One canned response.

use super::canned_responses::{answer, check, find};
use super::{Handlers, set};
use crate::answer::Answer;
use crate::call::Call;

pub(super) const HANDLERS: Handlers = &[("update-canned-response-in-account", update)];

fn update(call: &mut Call<'_>) -> Answer {
    let mut row = find(call)?.clone();
    call.root("canned_response")?;
    set(&mut row.short_code, call.body.text("short_code"));
    set(&mut row.content, call.body.text("content"));
    row.updated_at = call.now;
    check(call, &row)?;
    let id = row.id;
    call.state.canned_responses.update(id, |old| *old = row);
    answer(call, id)
}
