//! Teams and their members.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Handlers, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{Conversation, Key, Team, ids};

pub(super) const HANDLERS: Handlers = &[
    ("list-all-teams", list),
    ("create-a-team", create),
    ("get-details-of-a-single-team", show),
    ("delete-a-team", delete),
    ("update-a-team", update),
    ("get-team-members", members),
    ("add-new-agent-to-team", add_members),
    ("delete-agent-in-team", remove_members),
    ("update-agents-in-team", replace_members),
];

fn list(call: &mut Call<'_>) -> Answer {
    let teams = call.state.teams.all(&Key::of("account", call.account));
    json(teams.map(|team| call.view().team(team)).collect::<Value>())
}

fn create(call: &mut Call<'_>) -> Answer {
    call.root("team")?;
    let mut team = Team { account_id: call.account, allow_auto_assign: true, ..Team::default() };
    apply(call, &mut team)?;
    let id = call.state.teams.insert(team);
    answer(call, id)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut team = find(call)?.clone();
    call.root("team")?;
    apply(call, &mut team)?;
    let id = team.id;
    call.state.teams.update(id, |row| *row = team);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    call.state.teams.remove(id);
    let of_team = |conversation: &&Conversation| conversation.team_id == Some(id);
    for conversation in ids(call.state.conversations.all(&Key::of("account", call.account)).filter(of_team)) {
        call.state.conversations.update(conversation, |conversation| conversation.team_id = None);
    }
    empty()
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Team, Failure> {
    let team = call.state.teams.get(call.path_id("team_id")?);
    team.filter(|team| team.account_id == call.account).ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let team = call.state.teams.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().team(team))
}

/// Names are stored in lower case.
fn apply(call: &Call<'_>, team: &mut Team) -> Result<(), Failure> {
    set(&mut team.name, call.body.text("name").map(|name| name.to_lowercase()));
    set(&mut team.description, call.body.nullable_text("description"));
    set(&mut team.allow_auto_assign, call.body.flag("allow_auto_assign"));
    let mut problems = Problems::default();
    problems.blank("name", Some(&team.name));
    let taken = call.state.teams.taken(&Key::folded("name", team.account_id, &team.name), team.id);
    problems.when(taken, "name", "has already been taken");
    problems.done()
}

fn members(call: &mut Call<'_>) -> Answer {
    let members = &find(call)?.members;
    json(call.view().agents(call.account, members))
}

/// Answers only those that are new.
fn add_members(call: &mut Call<'_>) -> Answer {
    let (team, users) = team_and_users(call)?;
    let new: BTreeSet<u64> = users.difference(&find(call)?.members).copied().collect();
    call.state.teams.update(team, |team| team.members.extend(&new));
    json(call.view().agents(call.account, &new))
}

fn replace_members(call: &mut Call<'_>) -> Answer {
    let (team, users) = team_and_users(call)?;
    call.state.teams.update(team, |team| team.members.clone_from(&users));
    json(call.view().agents(call.account, &users))
}

fn remove_members(call: &mut Call<'_>) -> Answer {
    let (team, users) = team_and_users(call)?;
    call.state.teams.update(team, |team| team.members.retain(|user| !users.contains(user)));
    empty()
}

fn team_and_users(call: &Call<'_>) -> Result<(u64, BTreeSet<u64>), Failure> {
    let team = find(call)?.id;
    let users = call.body.ids("user_ids").ok_or_else(Failure::team_members)?;
    let known = users.iter().all(|user| call.state.member(call.account, *user).is_some());
    if known { Ok((team, users.into_iter().collect())) } else { Err(Failure::team_members()) }
}
