//! The user behind the token.

use serde_json::{Value, json as value};

use super::Handlers;
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::Key;
use crate::views::iso;

pub(super) const HANDLERS: Handlers = &[("fetchProfile", show)];

fn show(call: &mut Call<'_>) -> Answer {
    let user = call.user().and_then(|user| call.state.users.get(user)).ok_or_else(Failure::bad_token)?;
    let accounts = call.state.account_users.all(&Key::of("user", user.id)).map(|row| {
        let account = call.state.accounts.get(row.account_id);
        value!({
            "id": row.account_id, "name": account.map(|a| a.name.as_str()), "status": account.map(|a| a.status.as_str()),
            "active_at": row.active_at.map(iso), "role": row.role, "permissions": [row.role],
            "availability": row.availability, "availability_status": row.availability, "auto_offline": row.auto_offline,
        })
    });
    let accounts: Value = accounts.collect();
    let inviter = call.state.account_users.find(&Key::of("user", user.id)).and_then(|row| row.inviter_id);
    let mut shown = call.view().user(user);
    if let Value::Object(fields) = &mut shown {
        fields.insert("accounts".into(), accounts);
        fields.shift_remove("created_at");
        fields.insert("type".into(), Value::Null);
        fields.insert("inviter_id".into(), inviter.into());
    }
    json(shown)
}
