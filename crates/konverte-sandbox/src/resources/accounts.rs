//! The accounts of a platform app.

use super::{Handlers, merge, set};
use crate::answer::{Answer, empty, json};
use crate::call::{Call, Caller};
use crate::failure::{Failure, Problems};
use crate::state::Account;

pub(super) const HANDLERS: Handlers = &[
    ("create-an-account", create),
    ("get-details-of-an-account", show),
    ("delete-an-account", delete),
    ("update-an-account", update),
    ("get-account-details", show_own),
];

impl Call<'_> {
    /// The calling platform app; 0 where it is none, which owns nothing.
    pub(super) fn platform_app(&self) -> u64 {
        match self.caller {
            Caller::Platform(app) => app,
            _ => 0,
        }
    }

    /// The account of the path, where the platform app may reach it.
    pub(super) fn permitted_account(&self) -> Result<u64, Failure> {
        let id = self.path_id("account_id")?;
        self.state.accounts.get(id).ok_or_else(Failure::no_page)?;
        let app = self.state.platform_apps.get(self.platform_app());
        if app.is_some_and(|app| app.accounts.contains(&id)) { Ok(id) } else { Err(Failure::not_permissible()) }
    }
}

fn create(call: &mut Call<'_>) -> Answer {
    let mut account = Account::default();
    apply(call, &mut account);
    check(&account)?;
    let id = call.state.accounts.insert(account);
    let app = call.platform_app();
    call.state.platform_apps.update(app, |app| {
        app.accounts.insert(id);
    });
    answer(call, id)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.permitted_account()?;
    answer(call, id)
}

/// The account as its own people see it.
fn show_own(call: &mut Call<'_>) -> Answer {
    answer(call, call.account)
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = call.permitted_account()?;
    let mut account = call.state.accounts.get(id).cloned().ok_or_else(Failure::no_page)?;
    apply(call, &mut account);
    check(&account)?;
    call.state.accounts.update(id, |row| *row = account);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = call.permitted_account()?;
    call.state.remove_account(id);
    let app = call.platform_app();
    call.state.platform_apps.update(app, |app| {
        app.accounts.remove(&id);
    });
    empty()
}

fn apply(call: &Call<'_>, account: &mut Account) {
    let body = &call.body;
    set(&mut account.name, body.text("name"));
    set(&mut account.locale, body.text("locale"));
    set(&mut account.domain, body.nullable_text("domain"));
    set(&mut account.support_email, body.nullable_text("support_email"));
    set(&mut account.status, body.text("status"));
    set(&mut account.features, body.object("features"));
    set(&mut account.limits, body.object("limits"));
    merge(&mut account.custom_attributes, body.object("custom_attributes"));
}

fn check(account: &Account) -> Result<(), Failure> {
    if !["active", "suspended"].contains(&account.status.as_str()) {
        return Err(Failure::internal());
    }
    let mut problems = Problems::default();
    problems.blank("name", Some(&account.name));
    problems.done()
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let account = call.state.accounts.get(id).ok_or_else(Failure::no_page)?;
    json(call.view().account(account))
}
