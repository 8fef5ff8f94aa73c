//! Reports, computed from conversations and messages.

use serde_json::{Map, Value, json as value};

use super::Handlers;
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Conversation, INCOMING, Key, Message, OUTGOING, SenderKind, has_label};

pub(super) const HANDLERS: Handlers = &[
    ("list-all-conversation-statistics", series),
    ("list-all-conversation-statistics-summary", summary),
    ("get-account-conversation-metrics", live),
    ("get-agent-conversation-metrics", live),
];

const DAY: i64 = 24 * 60 * 60;
/// Days of a report that is asked for without a period.
const DEFAULT_DAYS: i64 = 7;
const AGENTS_PER_PAGE: usize = 25;

/// One figure at one moment; figures of a day are counted or averaged.
struct Event {
    at: i64,
    value: f64,
}

/// From the first second to before the last one.
#[derive(Clone, Copy)]
struct Period {
    since: i64,
    until: i64,
}

impl Period {
    fn of(call: &Call<'_>) -> Self {
        let given = |name: &str| call.query.text(name).filter(|text| !text.is_empty()).and_then(|_| call.query.integer(name));
        let until = given("until").unwrap_or(call.now);
        Self { since: given("since").unwrap_or(until - DEFAULT_DAYS * DAY), until }
    }

    fn before(self) -> Self {
        Self { since: self.since - (self.until - self.since), until: self.since }
    }

    fn holds(self, at: i64) -> bool {
        (self.since..self.until).contains(&at)
    }
}

/// A value for each day of the period, zeros filled in. An unknown metric answers an empty object.
fn series(call: &mut Call<'_>) -> Answer {
    let period = Period::of(call);
    let metric = call.query.text("metric").unwrap_or_default();
    let Some(events) = events(call, metric)? else { return json(value!({})) };
    let averaged = metric.starts_with("avg_");
    let hours = call.query.text("timezone_offset").and_then(|text| text.trim().parse::<f64>().ok()).unwrap_or_default();
    let ahead = (hours * 3600.0) as i64;
    let day_of = |at: i64| at.saturating_add(ahead).div_euclid(DAY);
    let first = day_of(period.since);
    let last = day_of((period.until - 1).max(period.since));
    // No report is longer than this, however far back `since` lies.
    const MOST_DAYS: i64 = 3660;
    let days = first.max(last - MOST_DAYS)..=last;
    let points = days.map(|day| {
        let of_day = events.iter().filter(|event| day_of(event.at) == day && period.holds(event.at));
        let values: Vec<f64> = of_day.map(|event| event.value).collect();
        let begins = day.saturating_mul(DAY).saturating_sub(ahead);
        let mut point = value!({ "value": values.len(), "timestamp": begins });
        if averaged {
            point = value!({ "value": mean(&values), "timestamp": begins, "count": values.len() });
        }
        point
    });
    json(points.collect::<Value>())
}

/// Totals of the period and of the one of equal length before it.
fn summary(call: &mut Call<'_>) -> Answer {
    let period = Period::of(call);
    let mut totals = totals(call, period)?;
    let previous = self::totals(call, period.before())?;
    totals.insert("previous".into(), Value::Object(previous));
    json(Value::Object(totals))
}

fn totals(call: &Call<'_>, period: Period) -> Result<Map<String, Value>, Failure> {
    let mut totals = Map::new();
    for metric in [
        "conversations_count",
        "incoming_messages_count",
        "outgoing_messages_count",
        "avg_first_response_time",
        "avg_resolution_time",
        "resolutions_count",
        "reply_time",
    ] {
        let events = events(call, metric)?.unwrap_or_default();
        let values: Vec<f64> = events.iter().filter(|event| period.holds(event.at)).map(|event| event.value).collect();
        let total = if metric.ends_with("_count") { values.len().into() } else { mean(&values).into() };
        totals.insert(metric.to_owned(), total);
    }
    Ok(totals)
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// What happened, for a metric; `None` for one that there is not.
fn events(call: &Call<'_>, metric: &str) -> Result<Option<Vec<Event>>, Failure> {
    let scope = Scope::of(call)?;
    let all = call.state.conversations.all(&Key::of("account", call.account));
    let conversations: Vec<&Conversation> = all.filter(|conversation| scope.has(conversation)).collect();
    let once = |at: i64| Event { at, value: 1.0 };
    let messages = |kind: u8| {
        let of = |c: &&Conversation| call.state.messages.all(&Key::of("conversation", c.id)).collect::<Vec<&Message>>();
        let all = conversations.iter().flat_map(of).filter(move |m| m.message_type == kind && scope.wrote(m));
        all.map(|message| once(message.created_at)).collect::<Vec<_>>()
    };
    Ok(Some(match metric {
        "conversations_count" => conversations.iter().map(|c| once(c.created_at)).collect(),
        "incoming_messages_count" => messages(INCOMING),
        "outgoing_messages_count" => messages(OUTGOING),
        "resolutions_count" => conversations.iter().flat_map(|c| &c.resolutions).map(|at| once(*at)).collect(),
        "avg_first_response_time" => {
            let replied = conversations.iter().filter_map(|c| Some((c.first_reply_created_at?, c.created_at)));
            replied.map(|(at, created)| Event { at, value: (at - created) as f64 }).collect()
        }
        "avg_resolution_time" => {
            let resolved = conversations.iter().flat_map(|c| c.resolutions.iter().map(|at| (*at, c.created_at)));
            resolved.map(|(at, created)| Event { at, value: (at - created) as f64 }).collect()
        }
        "reply_time" => conversations.iter().flat_map(|c| replies(call, c)).collect(),
        _ => return Ok(None),
    }))
}

/// Each answer, with the seconds that the contact had waited for it.
fn replies(call: &Call<'_>, conversation: &Conversation) -> Vec<Event> {
    let mut waiting = None;
    let mut replies = Vec::new();
    for message in call.state.messages.all(&Key::of("conversation", conversation.id)).filter(|message| !message.private) {
        match message.message_type {
            INCOMING => waiting = waiting.or(Some(message.created_at)),
            OUTGOING => {
                let at = message.created_at;
                replies.extend(waiting.take().map(|since| Event { at, value: (at - since) as f64 }));
            }
            _ => {}
        }
    }
    replies
}

/// What a report is about: `type` and `id` of the query.
enum Scope {
    Account,
    Agent(u64),
    Inbox(u64),
    Team(u64),
    Label(String),
}

impl Scope {
    fn of(call: &Call<'_>) -> Result<Self, Failure> {
        let kind = call.query.text("type").unwrap_or_default();
        let id = call.query.integer("id").and_then(|id| u64::try_from(id).ok()).unwrap_or_default();
        let own = |account: u64| account == call.account;
        let scope = match kind {
            "agent" => call.state.member(call.account, id).map(|user| Self::Agent(user.id)),
            "inbox" => call.state.inboxes.get(id).filter(|inbox| own(inbox.account_id)).map(|inbox| Self::Inbox(inbox.id)),
            "team" => call.state.teams.get(id).filter(|team| own(team.account_id)).map(|team| Self::Team(team.id)),
            "label" => call.state.labels.get(id).filter(|l| own(l.account_id)).map(|label| Self::Label(label.title.clone())),
            _ => Some(Self::Account),
        };
        scope.ok_or_else(Failure::not_found)
    }

    fn has(&self, conversation: &Conversation) -> bool {
        match self {
            Self::Account => true,
            Self::Agent(user) => conversation.assignee_id == Some(*user),
            Self::Inbox(inbox) => conversation.inbox_id == *inbox,
            Self::Team(team) => conversation.team_id == Some(*team),
            Self::Label(title) => has_label(&conversation.labels, title),
        }
    }

    /// Of what an agent's conversations hold, only what that agent wrote is the agent's.
    fn wrote(&self, message: &Message) -> bool {
        let Self::Agent(user) = self else { return true };
        message.message_type != OUTGOING || (message.sender_type == Some(SenderKind::User) && message.sender_id == Some(*user))
    }
}

/// How things stand now, of the account or of each agent, as `type` says.
fn live(call: &mut Call<'_>) -> Answer {
    let all: Vec<&Conversation> = call.state.conversations.all(&Key::of("account", call.account)).collect();
    let open: Vec<&Conversation> = all.iter().copied().filter(|conversation| conversation.status == "open").collect();
    match call.query.text("type") {
        None | Some("") => Err(Failure::bare(422)),
        Some("agent") => json(live_agents(call, &open)),
        Some(_) => json(value!({
            "open": open.len(), "unattended": open.iter().filter(|c| c.unattended()).count(),
            "unassigned": open.iter().filter(|c| c.assignee_id.is_none()).count(),
            "pending": all.iter().filter(|c| c.status == "pending").count(),
        })),
    }
}

fn live_agents(call: &Call<'_>, open: &[&Conversation]) -> Value {
    let members = call.state.account_users.all(&Key::of("account", call.account));
    let page = members.skip((call.query.page() - 1).saturating_mul(AGENTS_PER_PAGE)).take(AGENTS_PER_PAGE);
    let agents = page.filter_map(|member| Some((member, call.state.users.get(member.user_id)?)));
    let shown = agents.map(|(member, user)| {
        let own: Vec<&&Conversation> = open.iter().filter(|conversation| conversation.assignee_id == Some(user.id)).collect();
        let unattended = own.iter().filter(|conversation| conversation.unattended()).count();
        value!({
            "id": user.id, "name": user.name, "email": user.email, "thumbnail": "", "availability": member.availability,
            "metric": { "open": own.len(), "unattended": unattended },
        })
    });
    shown.collect()
}
