//! Integrations and the hooks that connect them.

use serde_json::{Map, Value, json as value};

use super::Handlers;
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{Hook, Key};

pub(super) const HANDLERS: Handlers = &[
    ("get-details-of-all-integrations", list),
    ("create-an-integration-hook", create),
    ("delete-an-integration-hook", delete),
    ("update-an-integrations-hook", update),
];

/// An integration of the catalogue.
struct App {
    id: &'static str,
    name: &'static str,
    description: &'static str,
    short_description: &'static str,
    /// `account` or `inbox`.
    hook_type: &'static str,
    many_hooks: bool,
    /// Settings that a hook cannot do without.
    required: &'static [&'static str],
}

const CATALOGUE: &[App] = &[
    App {
        id: "dialogflow",
        name: "Dialogflow",
        description: "Answer with a Dialogflow agent",
        short_description: "Chatbots",
        hook_type: "inbox",
        many_hooks: true,
        required: &["project_id"],
    },
    App {
        id: "google_translate",
        name: "Google Translate",
        description: "Translate what customers write",
        short_description: "Translation",
        hook_type: "account",
        many_hooks: false,
        required: &["project_id"],
    },
    App {
        id: "openai",
        name: "OpenAI",
        description: "Suggest replies and summaries",
        short_description: "Assistance",
        hook_type: "account",
        many_hooks: false,
        required: &["api_key"],
    },
    App {
        id: "dyte",
        name: "Dyte",
        description: "Call a customer from a conversation",
        short_description: "Video calls",
        hook_type: "account",
        many_hooks: false,
        required: &["api_key", "organization_id"],
    },
];

/// Settings are for administrators.
fn list(call: &mut Call<'_>) -> Answer {
    let administrator = call.is_administrator();
    let payload: Vec<Value> = CATALOGUE
        .iter()
        .map(|app| {
            let hooks = call.state.hooks.all(&Key::text("app", call.account, app.id));
            let hooks: Vec<Value> = hooks
                .map(|hook| {
                    let mut shown = call.view().hook(hook);
                    if !administrator && let Value::Object(fields) = &mut shown {
                        fields.shift_remove("settings");
                    }
                    shown
                })
                .collect();
            let action = administrator.then(|| format!("/{}", app.id));
            value!({
                "id": app.id, "name": app.name, "description": app.description, "short_description": app.short_description,
                "enabled": !hooks.is_empty(), "hook_type": app.hook_type, "allow_multiple_hooks": app.many_hooks,
                "action": action, "button": action, "hooks": hooks,
            })
        })
        .collect();
    json(value!({ "payload": payload }))
}

fn create(call: &mut Call<'_>) -> Answer {
    call.root("hook")?;
    let app_id = call.body.text("app_id").unwrap_or_default();
    let app = CATALOGUE.iter().find(|app| app.id == app_id);
    let mut problems = Problems::default();
    problems.blank("app_id", Some(&app_id));
    problems.when(app.is_none() && !app_id.is_empty(), "app", "is not in the catalogue");
    problems.done()?;
    let app = app.ok_or_else(Failure::not_found)?;
    let inbox = call.body.id("inbox_id").map(|inbox| call.inbox(inbox).map(|inbox| inbox.id)).transpose()?;
    let settings = call.body.object("settings").unwrap_or_default();
    check_settings(app, &settings)?;
    let mut problems = Problems::default();
    problems.when(app.hook_type == "inbox" && inbox.is_none(), "inbox", "must exist");
    let taken = call.state.hooks.count(&Key::text("app", call.account, app.id)) > 0;
    problems.when(taken && !app.many_hooks, "app_id", "has already been taken");
    problems.done()?;
    let hook = Hook {
        account_id: call.account,
        app_id,
        inbox_id: inbox.filter(|_| app.hook_type == "inbox"),
        hook_type: app.hook_type.into(),
        status: true,
        settings,
        ..Hook::default()
    };
    let id = call.state.hooks.insert(hook);
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let hook = find(call)?;
    let (id, app_id) = (hook.id, hook.app_id.clone());
    call.root("hook")?;
    let status = call.body.flag("status");
    let settings = call.body.object("settings");
    if let (Some(app), Some(settings)) = (CATALOGUE.iter().find(|app| app.id == app_id), &settings) {
        check_settings(app, settings)?;
    }
    call.state.hooks.update(id, |hook| {
        super::set(&mut hook.settings, settings);
        super::set(&mut hook.status, status);
    });
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    call.state.hooks.remove(id);
    empty()
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Hook, Failure> {
    let hook = call.state.hooks.get(call.path_id("hook_id")?);
    hook.filter(|hook| hook.account_id == call.account).ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let hook = call.state.hooks.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().hook(hook))
}

fn check_settings(app: &App, settings: &Map<String, Value>) -> Result<(), Failure> {
    let missing = app.required.iter().any(|key| settings.get(*key).is_none_or(|value| value.is_null() || value == ""));
    let mut problems = Problems::default();
    problems.when(missing, "settings", "Invalid settings data");
    problems.done()
}
