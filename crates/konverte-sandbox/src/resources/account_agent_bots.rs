//! Bots of an account.

use serde_json::Value;

use super::{Handlers, agent_bots};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::AgentBot;

pub(super) const HANDLERS: Handlers = &[
    ("list-all-account-agent-bots", list),
    ("create-an-account-agent-bot", create),
    ("get-details-of-a-single-account-agent-bot", show),
    ("delete-an-account-agent-bot", delete),
    ("update-an-account-agent-bot", update),
];

impl Call<'_> {
    /// Whether the account can use the bot: its own, or one of all accounts.
    pub(super) fn can_use(&self, bot: &AgentBot) -> bool {
        bot.account_id.is_none_or(|account| account == self.account)
    }
}

fn list(call: &mut Call<'_>) -> Answer {
    let bots = call.state.agent_bots.iter().filter(|bot| call.can_use(bot));
    json(bots.map(|bot| call.view().account_bot(bot)).collect::<Value>())
}

fn create(call: &mut Call<'_>) -> Answer {
    let id = agent_bots::insert(call, Some(call.account))?;
    answer(call, id)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.path_id("id")?;
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = own(call)?;
    agent_bots::change(call, id)?;
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = own(call)?;
    agent_bots::remove(call, id);
    empty()
}

/// The bot of the path, where it is the account's own: only those can be changed.
fn own(call: &Call<'_>) -> Result<u64, Failure> {
    let bot = call.state.agent_bots.get(call.path_id("id")?);
    bot.filter(|bot| bot.account_id == Some(call.account)).map(|bot| bot.id).ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let bot = call.state.agent_bots.get(id).filter(|bot| call.can_use(bot)).ok_or_else(Failure::not_found)?;
    json(call.view().account_bot(bot))
}
