//! Bots of the whole installation, for platform apps.

use serde_json::Value;

use super::{Handlers, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{AgentBot, ids};

pub(super) const HANDLERS: Handlers = &[
    ("list-all-agent-bots", list),
    ("create-an-agent-bot", create),
    ("get-details-of-a-single-agent-bot", show),
    ("delete-an-agent-bot", delete),
    ("update-an-agent-bot", update),
];

fn list(call: &mut Call<'_>) -> Answer {
    let bots = call.state.platform_apps.get(call.platform_app()).map(|app| app.agent_bots.clone()).unwrap_or_default();
    let bots = bots.iter().filter_map(|bot| call.state.agent_bots.get(*bot));
    json(bots.map(|bot| call.view().platform_bot(bot)).collect::<Value>())
}

fn create(call: &mut Call<'_>) -> Answer {
    let account = call.body.id("account_id");
    let id = insert(call, account)?;
    let app = call.platform_app();
    call.state.platform_apps.update(app, |app| {
        app.agent_bots.insert(id);
    });
    answer(call, id)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = permitted(call)?;
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = permitted(call)?;
    change(call, id)?;
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = permitted(call)?;
    remove(call, id);
    empty()
}

fn permitted(call: &Call<'_>) -> Result<u64, Failure> {
    let id = call.path_id("id")?;
    call.state.agent_bots.get(id).ok_or_else(Failure::no_page)?;
    let app = call.state.platform_apps.get(call.platform_app());
    if app.is_some_and(|app| app.agent_bots.contains(&id)) { Ok(id) } else { Err(Failure::not_permissible()) }
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let bot = call.state.agent_bots.get(id).ok_or_else(Failure::no_page)?;
    json(call.view().platform_bot(bot))
}

/// Makes a bot out of the body, with a token and a secret of its own.
pub(super) fn insert(call: &mut Call<'_>, account: Option<u64>) -> Result<u64, Failure> {
    let id = call.state.agent_bots.next_id();
    let mut bot = AgentBot { account_id: account, token: format!("sandbox-bot-{id}"), secret: format!("bot-secret-{id}"), ..AgentBot::default() };
    apply(call, &mut bot)?;
    Ok(call.state.agent_bots.insert(bot))
}

/// Changes a bot by the body.
pub(super) fn change(call: &mut Call<'_>, id: u64) -> Result<(), Failure> {
    let mut bot = call.state.agent_bots.get(id).cloned().ok_or_else(|| call.not_found())?;
    apply(call, &mut bot)?;
    call.state.agent_bots.update(id, |row| *row = bot);
    Ok(())
}

/// Removes a bot, also from the inboxes it serves.
pub(super) fn remove(call: &mut Call<'_>, id: u64) {
    call.state.agent_bots.remove(id);
    for inbox in ids(call.state.inboxes.iter().filter(|inbox| inbox.agent_bot_id == Some(id))) {
        call.state.inboxes.update(inbox, |inbox| inbox.agent_bot_id = None);
    }
    for app in ids(call.state.platform_apps.iter()) {
        call.state.platform_apps.update(app, |app| {
            app.agent_bots.remove(&id);
        });
    }
}

fn apply(call: &mut Call<'_>, bot: &mut AgentBot) -> Result<(), Failure> {
    const LONGEST_URL: usize = 2048;
    set(&mut bot.name, call.body.text("name"));
    set(&mut bot.description, call.body.nullable_text("description"));
    set(&mut bot.outgoing_url, call.body.nullable_text("outgoing_url"));
    set(&mut bot.bot_config, call.body.object("bot_config"));
    let mut problems = Problems::default();
    let too_long = bot.outgoing_url.as_ref().is_some_and(|url| url.chars().count() > LONGEST_URL);
    problems.when(too_long, "outgoing_url", "is too long (maximum is 2048 characters)");
    problems.done()?;
    if let Some(picture) = call.store_picture("avatar")? {
        bot.avatar = Some(picture);
    }
    Ok(())
}
