//! Inboxes, their members and their bot.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json as value};

use super::{Handlers, merge, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::Inbox;

pub(super) const HANDLERS: Handlers = &[
    ("listAllInboxes", list),
    ("GetInbox", show),
    ("inboxCreation", create),
    ("updateInbox", update),
    ("getInboxAgentBot", agent_bot),
    ("updateAgentBot", set_agent_bot),
    ("get-inbox-members", members),
    ("add-new-agent-to-inbox", add_members),
    ("delete-agent-in-inbox", remove_members),
    ("update-agents-in-inbox", replace_members),
];

/// Kinds of channel: as a request names them, and as they are stored.
const CHANNELS: [(&str, &str); 7] = [
    ("web_widget", "Channel::WebWidget"),
    ("api", "Channel::Api"),
    ("email", "Channel::Email"),
    ("line", "Channel::Line"),
    ("telegram", "Channel::Telegram"),
    ("whatsapp", "Channel::Whatsapp"),
    ("sms", "Channel::Sms"),
];

impl Call<'_> {
    /// An inbox of the account.
    pub(super) fn inbox(&self, id: u64) -> Result<&Inbox, Failure> {
        self.state.inboxes.get(id).filter(|inbox| inbox.account_id == self.account).ok_or_else(Failure::not_found)
    }
}

/// Agents see the inboxes they belong to.
fn list(call: &mut Call<'_>) -> Answer {
    let inboxes = call.inboxes_of_caller();
    let inboxes = inboxes.iter().filter_map(|inbox| call.state.inboxes.get(*inbox));
    let payload: Vec<Value> = inboxes.map(|inbox| call.view().inbox(inbox)).collect();
    json(value!({ "payload": payload }))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.path_id("id")?;
    answer(call, id)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    json(call.view().inbox(call.inbox(id)?))
}

/// The server raises on a kind of channel that it does not know.
fn create(call: &mut Call<'_>) -> Answer {
    let mut channel = call.body.object("channel").unwrap_or_default();
    let kind = channel.shift_remove("type");
    let kind = CHANNELS.iter().find(|(name, _)| kind.as_ref().is_some_and(|kind| kind == name));
    let (_, channel_type) = kind.ok_or_else(Failure::internal)?;
    let id = call.state.inboxes.next_id();
    let mut inbox = Inbox { account_id: call.account, channel_type: (*channel_type).into(), channel_id: id, ..Inbox::default() };
    apply(call, &mut inbox)?;
    inbox.channel = generated(channel_type, id);
    merge(&mut inbox.channel, Some(channel));
    call.state.inboxes.insert(inbox);
    answer(call, id)
}

/// What the server makes for a new channel.
fn generated(channel_type: &str, id: u64) -> Map<String, Value> {
    let fields = match channel_type {
        "Channel::Api" => value!({
            "identifier": format!("sandbox-inbox-{id}"), "hmac_token": format!("hmac-{id}"), "hmac_mandatory": false,
            "webhook_url": null, "secret": format!("inbox-secret-{id}"), "additional_attributes": {},
        }),
        "Channel::WebWidget" => value!({ "website_url": null, "website_token": format!("website-token-{id}") }),
        _ => Value::Null,
    };
    fields.as_object().cloned().unwrap_or_default()
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut inbox = call.inbox(call.path_id("id")?)?.clone();
    for field in call.body.fields.values_mut().filter(|field| *field == "null") {
        *field = Value::Null;
    }
    apply(call, &mut inbox)?;
    let mut channel = call.body.object("channel").unwrap_or_default();
    channel.shift_remove("type");
    merge(&mut inbox.channel, Some(channel));
    let id = inbox.id;
    call.state.inboxes.update(id, |row| *row = inbox);
    answer(call, id)
}

fn apply(call: &mut Call<'_>, inbox: &mut Inbox) -> Result<(), Failure> {
    let body = &call.body;
    set(&mut inbox.name, body.text("name"));
    set(&mut inbox.greeting_message, body.nullable_text("greeting_message"));
    set(&mut inbox.out_of_office_message, body.nullable_text("out_of_office_message"));
    set(&mut inbox.timezone, body.text("timezone"));
    for (field, name) in [
        (&mut inbox.greeting_enabled, "greeting_enabled"),
        (&mut inbox.enable_auto_assignment, "enable_auto_assignment"),
        (&mut inbox.enable_email_collect, "enable_email_collect"),
        (&mut inbox.csat_survey_enabled, "csat_survey_enabled"),
        (&mut inbox.working_hours_enabled, "working_hours_enabled"),
        (&mut inbox.allow_messages_after_resolved, "allow_messages_after_resolved"),
        (&mut inbox.lock_to_single_conversation, "lock_to_single_conversation"),
    ] {
        set(field, body.flag(name));
    }
    let mut problems = Problems::default();
    problems.blank("name", Some(&inbox.name));
    problems.when(TimeZone::get(&inbox.timezone).is_err(), "timezone", "is not included in the list");
    problems.done()?;
    if let Some(picture) = call.store_picture("avatar")? {
        inbox.avatar = Some(picture);
    }
    Ok(())
}

fn agent_bot(call: &mut Call<'_>) -> Answer {
    let inbox = call.inbox(call.path_id("id")?)?;
    let bot = inbox.agent_bot_id.and_then(|bot| call.state.agent_bots.get(bot));
    json(value!({ "agent_bot": bot.map_or_else(|| value!({}), |bot| call.view().account_bot(bot)) }))
}

/// Null takes the bot away; an unknown one, 0 too, is not found.
fn set_agent_bot(call: &mut Call<'_>) -> Answer {
    let inbox = call.inbox(call.path_id("id")?)?.id;
    let bot = match call.body.fields.get("agent_bot") {
        None | Some(Value::Null) => None,
        Some(_) => {
            let bot = call.body.id("agent_bot").and_then(|bot| call.state.agent_bots.get(bot));
            Some(bot.filter(|bot| call.can_use(bot)).map(|bot| bot.id).ok_or_else(Failure::not_found)?)
        }
    };
    call.state.inboxes.update(inbox, |inbox| inbox.agent_bot_id = bot);
    empty()
}

fn members(call: &mut Call<'_>) -> Answer {
    let inbox = call.path_id("inbox_id")?;
    answer_members(call, inbox)
}

fn answer_members(call: &Call<'_>, inbox: u64) -> Answer {
    let members = &call.inbox(inbox)?.members;
    json(value!({ "payload": call.view().agents(call.account, members) }))
}

fn add_members(call: &mut Call<'_>) -> Answer {
    let (inbox, users) = inbox_and_users(call)?;
    call.state.inboxes.update(inbox, |inbox| inbox.members.extend(users));
    answer_members(call, inbox)
}

fn replace_members(call: &mut Call<'_>) -> Answer {
    let (inbox, users) = inbox_and_users(call)?;
    call.state.inboxes.update(inbox, |inbox| inbox.members = users);
    answer_members(call, inbox)
}

fn remove_members(call: &mut Call<'_>) -> Answer {
    let (inbox, users) = inbox_and_users(call)?;
    call.state.inboxes.update(inbox, |inbox| inbox.members.retain(|user| !users.contains(user)));
    empty()
}

fn inbox_and_users(call: &Call<'_>) -> Result<(u64, BTreeSet<u64>), Failure> {
    let inbox = call.inbox(call.body.id("inbox_id").ok_or_else(Failure::not_found)?)?.id;
    let users = call.body.ids("user_ids").unwrap_or_default();
    let known = !users.is_empty() && users.iter().all(|user| call.state.member(call.account, *user).is_some());
    if known { Ok((inbox, users.into_iter().collect())) } else { Err(Failure::invalid("user", "must exist")) }
}
