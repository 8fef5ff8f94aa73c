//! Which users are in an account, for platform apps.

use serde_json::Value;

use super::Handlers;
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{AccountUser, Key};

pub(super) const HANDLERS: Handlers = &[("list-all-account-users", list), ("create-an-account-user", create), ("delete-an-account-user", delete)];

fn list(call: &mut Call<'_>) -> Answer {
    let account = call.permitted_account()?;
    let rows = call.state.account_users.all(&Key::of("account", account));
    json(rows.map(|row| call.view().account_user(row)).collect::<Value>())
}

/// Finds or makes the membership, and gives it the role.
fn create(call: &mut Call<'_>) -> Answer {
    let account = call.permitted_account()?;
    let user = call.body.id("user_id").filter(|user| call.state.users.get(*user).is_some());
    let role = call.body.text("role").unwrap_or_default();
    let mut problems = Problems::default();
    problems.when(user.is_none(), "user", "must exist");
    problems.when(!["agent", "administrator"].contains(&role.as_str()), "role", "is not included in the list");
    problems.done()?;
    let user = user.unwrap_or_default();
    let now = call.now;
    let id = match call.state.membership(account, user).map(|row| row.id) {
        Some(id) => id,
        None => call.state.account_users.insert(AccountUser { account_id: account, user_id: user, created_at: now, ..AccountUser::default() }),
    };
    call.state.account_users.update(id, |row| {
        row.role = role;
        row.updated_at = now;
    });
    let row = call.state.account_users.get(id).ok_or_else(Failure::no_page)?;
    json(call.view().account_user(row))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let account = call.permitted_account()?;
    if let Some(user) = call.body.id("user_id") {
        call.state.remove_membership(account, user);
    }
    empty()
}
