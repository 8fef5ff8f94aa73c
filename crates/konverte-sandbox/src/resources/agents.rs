//! Agents: the users of an account.

use super::{Handlers, is_email, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::http::Response;
use crate::state::{AccountUser, Key, User};
use serde_json::json as value;

pub(super) const HANDLERS: Handlers =
    &[("get-account-agents", list), ("add-new-agent-to-account", create), ("delete-agent-from-account", delete), ("update-agent-in-account", update)];

fn list(call: &mut Call<'_>) -> Answer {
    let users: Vec<u64> = call.state.account_users.all(&Key::of("account", call.account)).map(|row| row.user_id).collect();
    json(call.view().agents(call.account, &users))
}

/// Finds or makes the user, and makes it a member.
fn create(call: &mut Call<'_>) -> Answer {
    call.root("agent")?;
    let name = call.body.text("name").unwrap_or_default();
    let email = call.body.text("email").unwrap_or_default().trim().to_lowercase();
    let mut problems = Problems::default();
    problems.blank("name", Some(&name));
    problems.blank("email", Some(&email));
    problems.when(!email.is_empty() && !is_email(&email), "email", "is not a valid email");
    problems.done()?;
    let row = membership(call)?;
    check_licence(call)?;

    let known = call.state.users.find(&Key::folded("email", 0, &email)).map(|user| user.id);
    if known.is_some_and(|user| call.state.membership(call.account, user).is_some()) {
        return Err(Failure::invalid("user_id", "has already been taken"));
    }
    let user = known.unwrap_or_else(|| {
        let token = format!("sandbox-user-{}", call.state.users.next_id());
        let (created_at, updated_at) = (call.now, call.now);
        call.state.users.insert(User { name, email, token, created_at, updated_at, ..User::default() })
    });
    call.state.account_users.insert(AccountUser { user_id: user, ..row });
    json(call.view().agent(call.account, user))
}

fn update(call: &mut Call<'_>) -> Answer {
    let user = member(call)?;
    call.root("agent")?;
    let row = membership(call)?;
    let (body, now) = (&call.body, call.now);
    let id = call.state.membership(call.account, user).map(|row| row.id).unwrap_or_default();
    call.state.account_users.update(id, |member| {
        set(&mut member.role, body.has("role").then_some(row.role));
        set(&mut member.availability, body.has("availability").then_some(row.availability));
        set(&mut member.auto_offline, body.flag("auto_offline"));
        member.updated_at = now;
    });
    json(call.view().agent(call.account, user))
}

/// The user goes with its last membership.
fn delete(call: &mut Call<'_>) -> Answer {
    let user = member(call)?;
    call.state.remove_membership(call.account, user);
    if call.state.account_users.count(&Key::of("user", user)) == 0 {
        call.state.remove_user(user);
    }
    empty()
}

fn member(call: &Call<'_>) -> Result<u64, Failure> {
    let user = call.path_id("id")?;
    call.state.member(call.account, user).map(|user| user.id).ok_or_else(Failure::not_found)
}

/// The membership that the body describes.
fn membership(call: &Call<'_>) -> Result<AccountUser, Failure> {
    let mut row =
        AccountUser { account_id: call.account, inviter_id: call.user(), created_at: call.now, updated_at: call.now, ..AccountUser::default() };
    set(&mut row.role, call.body.text("role"));
    set(&mut row.auto_offline, call.body.flag("auto_offline"));
    // The document's name for the field and its value `available`; the real server knows neither.
    let documented = call.body.text("availability_status").filter(|_| !call.as_server);
    if let Some(availability) = call.body.text("availability").or(documented) {
        row.availability = if availability == "available" && !call.as_server { "online".into() } else { availability };
    }
    let stored = ["agent", "administrator"].contains(&row.role.as_str()) && ["online", "offline", "busy"].contains(&row.availability.as_str());
    if stored { Ok(row) } else { Err(Failure::internal()) }
}

fn check_licence(call: &Call<'_>) -> Result<(), Failure> {
    let limit = call.state.accounts.get(call.account).and_then(|account| account.limits.get("agents")?.as_u64());
    let members = call.state.account_users.count(&Key::of("account", call.account)) as u64;
    if limit.is_some_and(|limit| members >= limit) {
        let body = value!({ "error": "Account limit exceeded. Please purchase more licenses" });
        return Err(Failure(Response::json_of(402, &body)));
    }
    Ok(())
}
