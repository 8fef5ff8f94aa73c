//! Who looks after a conversation.

use serde_json::Value;

use super::Handlers;
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;

pub(super) const HANDLERS: Handlers = &[("assign-a-conversation", assign)];

/// `assignee_id`, where it is there at all, sets or clears the agent and `team_id` is not looked at.
fn assign(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    if call.body.has("assignee_id") {
        assign_agent(call, id)
    } else if call.body.has("team_id") {
        assign_team(call, id)
    } else {
        json(Value::Null)
    }
}

/// The real server takes an unknown agent for none.
fn assign_agent(call: &mut Call<'_>, conversation: u64) -> Answer {
    let asked = call.body.id("assignee_id");
    let user = asked.filter(|user| call.state.member(call.account, *user).is_some());
    if asked.is_some() && user.is_none() && !call.as_server {
        return Err(Failure::not_found());
    }
    call.change_conversation(conversation, |conversation| conversation.assignee_id = user);
    json(user.map_or(Value::Null, |user| call.view().agent(call.account, user)))
}

fn assign_team(call: &mut Call<'_>, conversation: u64) -> Answer {
    let asked = call.body.id("team_id");
    let team = asked.and_then(|id| call.state.teams.get(id)).filter(|team| team.account_id == call.account).map(|team| team.id);
    if asked.is_some() && team.is_none() && !call.as_server {
        return Err(Failure::not_found());
    }
    call.change_conversation(conversation, |conversation| conversation.team_id = team);
    json(team.and_then(|id| call.state.teams.get(id)).map_or(Value::Null, |team| call.view().team(team)))
}
