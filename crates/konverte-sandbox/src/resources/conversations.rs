//! Conversations of an account.

use serde_json::{Map, Value, json as value};

use super::contact::put_in;
use super::messages::{Draft, post};
use super::{Handlers, filled, uuid};
use crate::answer::{Answer, empty, json};
use crate::call::{Call, Caller};
use crate::failure::Failure;
use crate::filter::{self, Filter};
use crate::state::{ContactInbox, Conversation, Key, OUTGOING, has_label};

pub(super) const HANDLERS: Handlers = &[
    ("conversationListMeta", meta),
    ("conversationList", list),
    ("newConversation", create),
    ("conversationFilter", filter),
    ("search-conversations", search),
    ("get-details-of-a-conversation", show),
    ("toggle-status-of-a-conversation", toggle_status),
    ("toggle-priority-of-a-conversation", toggle_priority),
];

const PAGE: usize = 25;
const STATES: [&str; 4] = ["open", "resolved", "pending", "snoozed"];
const PRIORITIES: [&str; 4] = ["low", "medium", "high", "urgent"];

impl Call<'_> {
    /// The conversation that the path names by its number in the account.
    pub(super) fn conversation(&self) -> Result<&Conversation, Failure> {
        self.state.conversation(self.account, self.path_id("conversation_id")?).ok_or_else(Failure::not_found)
    }
}

fn meta(call: &mut Call<'_>) -> Answer {
    let found = asked_for(call)?;
    json(value!({ "meta": counts(call, &found, true) }))
}

fn list(call: &mut Call<'_>) -> Answer {
    let found = asked_for(call)?;
    let meta = counts(call, &found, true);
    let user = call.user();
    let wanted: Box<dyn Fn(&Conversation) -> bool> = match call.query.text("assignee_type") {
        Some("me") => Box::new(|c| c.assignee_id.is_some() && c.assignee_id == user),
        Some("unassigned") => Box::new(|c| c.assignee_id.is_none()),
        Some("assigned") => Box::new(|c| c.assignee_id.is_some()),
        _ => Box::new(|_| true),
    };
    let payload = page(call, found.into_iter().filter(|conversation| wanted(conversation)).collect());
    json(value!({ "data": { "meta": meta, "payload": payload } }))
}

fn filter(call: &mut Call<'_>) -> Answer {
    let filter = Filter::parse(call, filter::Model::Conversation)?;
    let all = visible(call);
    let found: Vec<&Conversation> =
        all.into_iter().filter(|conversation| filter.matches(&|key| filter::conversation_value(conversation, key))).collect();
    let meta = counts(call, &found, false);
    json(value!({ "meta": meta, "payload": page(call, found) }))
}

/// The conversations in which somebody said the text, whatever their state.
fn search(call: &mut Call<'_>) -> Answer {
    let text = call.query.text("q").unwrap_or_default();
    let found: Vec<&Conversation> = visible(call).into_iter().filter(|conversation| says(call, conversation, text)).collect();
    let meta = counts(call, &found, false);
    json(value!({ "meta": meta, "payload": page(call, found) }))
}

/// The conversations of the inboxes that the caller works in.
fn visible<'a>(call: &'a Call<'_>) -> Vec<&'a Conversation> {
    let inboxes = call.inboxes_of_caller();
    let all = call.state.conversations.all(&Key::of("account", call.account));
    all.filter(|conversation| inboxes.contains(&conversation.inbox_id)).collect()
}

/// Those that the query asks for, before the assignee counts. What n8n sends for fields that were not set
/// (0, "", a list of null as text) narrows nothing by default, and narrows as written on the real server.
fn asked_for<'a>(call: &'a Call<'_>) -> Result<Vec<&'a Conversation>, Failure> {
    let query = &call.query;
    let strict = call.as_server;
    let text = query.text("q").filter(|text| strict || !text.is_empty());
    let status = query.text("status").filter(|status| !status.is_empty()).unwrap_or("open");
    let inbox = query.integer("inbox_id").filter(|id| strict || *id != 0);
    let team = query.integer("team_id").filter(|id| strict || *id != 0);
    if !STATES.contains(&status) && status != "all" {
        return Err(Failure::internal());
    }
    let known_team = |id: i64| {
        let team = u64::try_from(id).ok().and_then(|id| call.state.teams.get(id));
        team.is_some_and(|team| team.account_id == call.account)
    };
    if team.is_some_and(|id| !known_team(id)) {
        return Err(Failure::not_found());
    }
    let labels = labels(call);
    let same = |id: Option<u64>, asked: Option<i64>| asked.is_none_or(|asked| id.and_then(|id| i64::try_from(id).ok()) == Some(asked));
    let found = visible(call).into_iter().filter(|conversation| {
        same(Some(conversation.inbox_id), inbox)
            && same(conversation.team_id, team)
            && (labels.is_empty() || labels.iter().any(|label| has_label(&conversation.labels, label)))
            && is_meant(call, conversation)
            && match text {
                // A text to look for switches the state off.
                Some(text) => says(call, conversation, text),
                None => status == "all" || conversation.status == status,
            }
    });
    Ok(found.collect())
}

/// Whether it fits what the document does not name: the kind, the contact's place in the inbox, how long ago it changed. Of the kinds only
/// `unattended` narrows anything: nobody mentions anybody here.
fn is_meant(call: &Call<'_>, conversation: &Conversation) -> bool {
    let query = &call.query;
    let asked = |name: &str| query.text(name).filter(|text| !text.is_empty());
    let source = || call.state.contact_inboxes.get(conversation.contact_inbox_id).map(|place| place.source_id.as_str());
    (asked("conversation_type") != Some("unattended") || conversation.unattended())
        && asked("source_id").is_none_or(|wanted| source() == Some(wanted))
        && query.integer("updated_within").is_none_or(|seconds| call.now - conversation.updated_at <= seconds)
}

/// `labels[]=…`; by default also the JSON text that n8n sends.
fn labels(call: &Call<'_>) -> Vec<String> {
    let mut labels: Vec<String> = call.query.list("labels").into_iter().map(str::to_owned).collect();
    if let Some(text) = call.query.text("labels").filter(|text| !text.is_empty()) {
        match serde_json::from_str::<Vec<Option<String>>>(text) {
            Ok(list) if !call.as_server => labels.extend(list.into_iter().flatten()),
            _ => labels.extend(text.split(',').map(|label| label.trim().to_owned())),
        }
    }
    labels
}

fn says(call: &Call<'_>, conversation: &Conversation, text: &str) -> bool {
    let text = text.to_lowercase();
    let mut messages = call.state.messages.all(&Key::of("conversation", conversation.id)).filter(|message| message.is_said());
    messages.any(|message| message.content.as_ref().is_some_and(|content| content.to_lowercase().contains(&text)))
}

fn counts(call: &Call<'_>, found: &[&Conversation], with_assigned: bool) -> Value {
    let user = call.user();
    let mine = found.iter().filter(|c| c.assignee_id.is_some() && c.assignee_id == user).count();
    let unassigned = found.iter().filter(|c| c.assignee_id.is_none()).count();
    let mut counts = Map::new();
    counts.insert("mine_count".into(), mine.into());
    if with_assigned {
        counts.insert("assigned_count".into(), (found.len() - unassigned).into());
    }
    counts.insert("unassigned_count".into(), unassigned.into());
    counts.insert("all_count".into(), found.len().into());
    Value::Object(counts)
}

/// One page of 25, in the order of `sort_by`; without it the latest activity first.
fn page(call: &Call<'_>, mut found: Vec<&Conversation>) -> Vec<Value> {
    let order = call.query.text("sort_by").unwrap_or_default();
    let (column, rises) = order.strip_suffix("_asc").map_or((order.trim_end_matches("_desc"), false), |column| (column, true));
    let priority = |c: &Conversation| PRIORITIES.iter().position(|priority| c.priority.as_deref() == Some(*priority)).map_or(-1, |at| at as i64);
    found.sort_by_key(|c| {
        let value = match column {
            "created_at" => c.created_at,
            "priority" => priority(c),
            "waiting_since" => c.waiting_since.unwrap_or_default(),
            _ => c.last_activity_at,
        };
        (value, c.id)
    });
    if !rises {
        found.reverse();
    }
    let first = (call.query.page() - 1).saturating_mul(PAGE);
    found.into_iter().skip(first).take(PAGE).map(|conversation| call.view().conversation(conversation)).collect()
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    answer(call, id)
}

pub(super) fn answer(call: &Call<'_>, id: u64) -> Answer {
    let conversation = call.state.conversations.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().conversation(conversation))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = &call.body;
    let new = NewConversation {
        status: filled(body.text("status")),
        assignee: body.id("assignee_id"),
        team: body.id("team_id"),
        custom_attributes: body.object("custom_attributes").unwrap_or_default(),
        additional_attributes: body.object("additional_attributes").unwrap_or_default(),
    };
    check(call, &new)?;
    let message = body.object("message").filter(|message| !message.is_empty());
    let place = place(call)?;
    let id = start(call, place, new)?;
    if let Some(message) = message {
        post(call, id, first_message(call, &message))?;
    }
    answer(call, id)
}

fn check(call: &Call<'_>, new: &NewConversation) -> Result<(), Failure> {
    if new.status.as_deref().is_some_and(|status| !STATES.contains(&status)) {
        return Err(Failure::internal());
    }
    if new.assignee.is_some_and(|user| call.state.member(call.account, user).is_none()) {
        return Err(Failure::invalid("assignee", "must exist"));
    }
    let known = |id: u64| call.state.teams.get(id).is_some_and(|team| team.account_id == call.account);
    if new.team.is_some_and(|team| !known(team)) { Err(Failure::invalid("team", "must exist")) } else { Ok(()) }
}

/// The contact's place in the inbox: found by its source id, or made for the contact and inbox of the body.
fn place(call: &mut Call<'_>) -> Result<u64, Failure> {
    let inbox = call.body.id("inbox_id").map(|inbox| call.inbox(inbox).map(|inbox| inbox.id)).transpose()?;
    let contact = call.body.id("contact_id");
    let known = |id: u64| call.state.contacts.get(id).is_some_and(|contact| contact.account_id == call.account);
    if contact.is_some_and(|contact| !known(contact)) {
        return Err(Failure::not_found());
    }
    if let Some(source) = filled(call.body.text("source_id"))
        && let Some(place) = place_by_source(call, inbox, &source)
    {
        let own = contact.is_none_or(|contact| contact == place.contact_id);
        return if own { Ok(place.id) } else { Err(Failure::invalid("source_id", "has already been taken")) };
    }
    match (contact, inbox) {
        (Some(contact), Some(inbox)) => put_in(call, contact, inbox),
        _ => Err(Failure::not_found()),
    }
}

fn place_by_source<'a>(call: &'a Call<'_>, inbox: Option<u64>, source: &str) -> Option<&'a ContactInbox> {
    let inboxes: Vec<u64> = match inbox {
        Some(inbox) => vec![inbox],
        None => call.state.inboxes.all(&Key::of("account", call.account)).map(|inbox| inbox.id).collect(),
    };
    inboxes.into_iter().find_map(|inbox| call.state.contact_inboxes.find(&Key::text("source_id", inbox, source)))
}

fn first_message(call: &Call<'_>, message: &Map<String, Value>) -> Draft {
    let sender = call.sender();
    let content = message.get("content").and_then(Value::as_str).map(str::to_owned);
    let template = message.get("template_params").filter(|template| !template.is_null()).cloned();
    Draft { message_type: OUTGOING, content, template, sender, ..Draft::default() }
}

/// What a new conversation starts with.
#[derive(Debug, Default)]
pub(super) struct NewConversation {
    pub(super) status: Option<String>,
    pub(super) assignee: Option<u64>,
    pub(super) team: Option<u64>,
    pub(super) custom_attributes: Map<String, Value>,
    pub(super) additional_attributes: Map<String, Value>,
}

/// Starts a conversation at the contact's place in an inbox; an inbox locked to one gives the latest there is.
pub(super) fn start(call: &mut Call<'_>, place: u64, new: NewConversation) -> Result<u64, Failure> {
    let place = call.state.contact_inboxes.get(place).cloned().ok_or_else(|| call.not_found())?;
    let inbox = call.state.inboxes.get(place.inbox_id).cloned().ok_or_else(|| call.not_found())?;
    let latest = call.state.conversations.all(&Key::of("contact_inbox", place.id)).next_back().map(|latest| latest.id);
    if let Some(latest) = latest.filter(|_| inbox.lock_to_single_conversation) {
        return Ok(latest);
    }
    let blocked = call.state.contacts.get(place.contact_id).is_some_and(|contact| contact.blocked);
    let first = match (blocked, inbox.agent_bot_id) {
        (true, _) => "resolved",
        (false, Some(_)) => "pending",
        (false, None) => "open",
    };
    let now = call.now;
    let display_id = call.state.next_display_id(inbox.account_id);
    let conversation = Conversation {
        account_id: inbox.account_id,
        display_id,
        uuid: uuid(0x0d9c_2f4e, call.state.conversations.next_id()),
        inbox_id: inbox.id,
        contact_id: place.contact_id,
        contact_inbox_id: place.id,
        status: new.status.unwrap_or_else(|| first.to_owned()),
        assignee_id: new.assignee,
        team_id: new.team,
        custom_attributes: new.custom_attributes,
        additional_attributes: new.additional_attributes,
        last_activity_at: now,
        created_at: now,
        updated_at: now,
        ..Conversation::default()
    };
    Ok(call.state.conversations.insert(conversation))
}

/// Sets the state, or without one turns it: resolved becomes open, anything else resolved.
fn toggle_status(call: &mut Call<'_>) -> Answer {
    let conversation = call.conversation()?;
    let (id, old) = (conversation.id, conversation.status.as_str());
    let turned = if old == "resolved" || old == "pending" || old == "snoozed" { "open" } else { "resolved" };
    let status = filled(call.body.text("status")).unwrap_or_else(|| turned.to_owned());
    if !STATES.contains(&status.as_str()) {
        return Err(Failure::internal());
    }
    let snoozed_until = call.body.integer("snoozed_until").filter(|_| status == "snoozed");
    let opener = match call.caller {
        Caller::User(user) if status == "open" && !call.is_administrator() => Some(user),
        _ => None,
    };
    let now = call.now;
    call.change_conversation(id, |conversation| {
        conversation.set_status(&status, now);
        conversation.snoozed_until = snoozed_until;
        conversation.assignee_id = opener.or(conversation.assignee_id);
    });
    let display_id = call.path_id("conversation_id")?;
    json(value!({
        "meta": {},
        "payload": { "success": true, "conversation_id": display_id, "current_status": status, "snoozed_until": snoozed_until },
    }))
}

fn toggle_priority(call: &mut Call<'_>) -> Answer {
    let id = call.conversation()?.id;
    let priority = priority(call)?;
    call.change_conversation(id, |conversation| conversation.priority = priority);
    empty()
}

/// The priority that the body names: null or "" for none. The document also offers `none`, which the real server does not store.
pub(super) fn priority(call: &Call<'_>) -> Result<Option<String>, Failure> {
    let priority = filled(call.body.text("priority")).filter(|priority| call.as_server || priority != "none");
    if priority.as_deref().is_some_and(|priority| !PRIORITIES.contains(&priority)) {
        return Err(Failure::internal());
    }
    Ok(priority)
}
