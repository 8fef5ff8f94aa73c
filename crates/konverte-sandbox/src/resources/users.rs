//! The users of the installation, for platform apps.

use serde_json::json as value;
use url::form_urlencoded;

use super::{Handlers, is_email, merge, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{Key, User};

pub(super) const HANDLERS: Handlers = &[
    ("create-a-user", create),
    ("get-details-of-a-user", show),
    ("delete-a-user", delete),
    ("update-a-user", update),
    ("get-sso-url-of-a-user", sso_url),
];

/// An e-mail address that is known gives its user, untouched, and lets the platform app reach it.
fn create(call: &mut Call<'_>) -> Answer {
    let email = call.body.text("email").unwrap_or_default();
    let known = call.state.users.find(&Key::folded("email", 0, email.trim())).map(|user| user.id);
    let id = match known {
        Some(id) => id,
        None => insert(call)?,
    };
    let app = call.platform_app();
    call.state.platform_apps.update(app, |app| {
        app.users.insert(id);
    });
    answer(call, id)
}

fn insert(call: &mut Call<'_>) -> Result<u64, Failure> {
    let mut user = User { confirmed: true, created_at: call.now, ..User::default() };
    apply(call, &mut user)?;
    user.token = format!("sandbox-user-{}", call.state.users.next_id());
    Ok(call.state.users.insert(user))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = permitted(call)?;
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = permitted(call)?;
    let mut user = call.state.users.get(id).cloned().ok_or_else(Failure::no_page)?;
    apply(call, &mut user)?;
    call.state.users.update(id, |row| *row = user);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = permitted(call)?;
    call.state.remove_user(id);
    let app = call.platform_app();
    call.state.platform_apps.update(app, |app| {
        app.users.remove(&id);
    });
    empty()
}

/// A new link each time.
fn sso_url(call: &mut Call<'_>) -> Answer {
    let id = permitted(call)?;
    call.state.sso_links += 1;
    let email = call.state.users.get(id).map(|user| user.email.as_str()).unwrap_or_default();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("email", email)
        .append_pair("sso_auth_token", &format!("sandbox-sso-{}", call.state.sso_links))
        .finish();
    json(value!({ "url": format!("{}/app/login?{query}", call.origin) }))
}

fn permitted(call: &Call<'_>) -> Result<u64, Failure> {
    let id = call.path_id("id")?;
    call.state.users.get(id).ok_or_else(Failure::no_page)?;
    let app = call.state.platform_apps.get(call.platform_app());
    if app.is_some_and(|app| app.users.contains(&id)) { Ok(id) } else { Err(Failure::not_permissible()) }
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let user = call.state.users.get(id).ok_or_else(Failure::no_page)?;
    json(call.view().user(user))
}

/// Custom attributes are merged, everything else replaces.
fn apply(call: &Call<'_>, user: &mut User) -> Result<(), Failure> {
    let body = &call.body;
    let password = body.text("password");
    set(&mut user.name, body.text("name"));
    set(&mut user.display_name, body.nullable_text("display_name"));
    set(&mut user.email, body.text("email").map(|email| email.trim().to_lowercase()));
    merge(&mut user.custom_attributes, body.object("custom_attributes"));
    user.updated_at = call.now;

    let mut problems = Problems::default();
    problems.blank("name", Some(&user.name));
    problems.blank("email", Some(&user.email));
    problems.when(!user.email.is_empty() && !is_email(&user.email), "email", "is not a valid email");
    let taken = call.state.users.taken(&Key::folded("email", 0, &user.email), user.id);
    problems.when(taken, "email", "has already been taken");
    match password.as_deref() {
        None | Some("") => problems.when(!user.has_password, "password", "can't be blank"),
        Some(password) => check_password(password, &mut problems),
    }
    problems.done()?;
    user.has_password |= password.is_some_and(|password| !password.is_empty());
    Ok(())
}

fn check_password(password: &str, problems: &mut Problems) {
    let has = |test: fn(char) -> bool| password.chars().any(test);
    problems.when(password.chars().count() < 6, "password", "is too short (minimum is 6 characters)");
    problems.when(!has(char::is_uppercase), "password", "must contain at least 1 uppercase character");
    problems.when(!has(char::is_lowercase), "password", "must contain at least 1 lowercase character");
    problems.when(!has(|c| c.is_ascii_digit()), "password", "must contain at least 1 number");
    problems.when(!has(|c| !c.is_alphanumeric()), "password", "must contain at least 1 special character");
}
