//! The emulator in the place of a real server ([`Options::stand_in`](crate::Options::stand_in)): whatever record a request names is one of that
//! server, as far as its answers have told of it, and what the emulator makes has ids that no server has.

use std::collections::{HashMap, HashSet};

use node_sdk::action::{ActionSpec, Api};
use serde_json::{Map, Value, json};

use crate::call::{Call, Caller};
use crate::router::segments;
use crate::state::{
    Account, AccountUser, AgentBot, Article, AutomationRule, CannedResponse, Category, Contact, ContactInbox, Conversation, CustomAttribute,
    CustomFilter, Hook, Inbox, Key, Label, Message, Portal, Record, State, Table, Team, User, Webhook,
};

/// Ids from here on are made by the emulator: a server counts from 1, and JavaScript knows them to the digit.
const MADE: u64 = 9_000_000_001;

/// What is known of the server.
#[derive(Debug, Default)]
pub(crate) struct StandIn {
    /// Records that requests have named. One that is gone was removed since.
    admitted: HashSet<Name>,
    /// The server's records, as it showed them.
    seen: HashMap<Name, Map<String, Value>>,
}

/// Kind (its word in paths), account (0: none) and id.
type Name = (&'static str, u64, String);

/// Kinds of which the server's answers are kept.
const KINDS: [&str; 14] = [
    "accounts",
    "users",
    "agents",
    "agent_bots",
    "teams",
    "inboxes",
    "contacts",
    "conversations",
    "messages",
    "canned_responses",
    "custom_attribute_definitions",
    "automation_rules",
    "webhooks",
    "labels",
];

/// What a stand-in begins with: those who own its tokens, and nothing else.
pub(crate) fn seed() -> State {
    let seed = json!({
        "platform_apps": [{"id": 1, "token": "sandbox-platform"}],
        "users": [{"id": MADE, "name": "Dry run", "email": "dry-run@sandbox.example", "has_password": true, "token": "sandbox-admin", "confirmed": true}],
        "agent_bots": [{"id": MADE, "name": "Dry run", "token": "sandbox-bot"}],
    });
    let mut state = State::from_json(&seed.to_string()).unwrap_or_default();
    state.count_from(MADE + 1);
    state
}

/// Whether the emulator has made what a request with these path values and this query names.
pub(crate) fn has_made(state: &State, stand_in: &StandIn, path: &[(&'static str, String)], query: &str) -> bool {
    let in_query = url::form_urlencoded::parse(query.as_bytes()).any(|(_, value)| is_made(&value));
    let own = |kind: &'static str, text: &str| !stand_in.admitted.contains(&(kind, 0, text.to_owned()));
    let in_path = path.iter().any(|(name, text)| match *name {
        "portal_id" | "slug" => state.portals.find(&Key::text("slug", 0, text)).is_some() && own("portals", text),
        "inbox_identifier" => state.inboxes.find(&Key::text("identifier", 0, text)).is_some() && own("identifier", text),
        "contact_identifier" => state.contact_inboxes.iter().any(|place| place.source_id == *text) && own("source_id", text),
        _ => is_made(text),
    });
    in_query || in_path
}

fn is_made(text: &str) -> bool {
    text.parse::<u64>().is_ok_and(|id| id >= MADE)
}

impl StandIn {
    /// Keeps the records of an answer of the server. They are there from now on: a name or an address of theirs is taken.
    pub(crate) fn learn(&mut self, state: &mut State, action: &ActionSpec, path: &[(&'static str, String)], answer: &Value) {
        let words = segments(&action.path).filter(|segment| !segment.starts_with('{') && !matches!(*segment, "search" | "filter"));
        let Some(kind) = words.last().and_then(|word| KINDS.into_iter().find(|kind| *kind == word)) else { return };
        let of = number(path, "account_id").unwrap_or(0);
        let (table, account) = match kind {
            "agents" | "users" => ("users", 0),
            "accounts" => (kind, 0),
            kind => (kind, of),
        };
        // The public API does not say of which account a record is.
        let is_placed = of > 0 || matches!(table, "users" | "accounts" | "agent_bots");
        let at = At { account: of, platform: action.api == Api::Platform, app: Caller::Nobody };
        let inner = action.success.envelope.as_deref().unwrap_or_default().split('.').filter(|key| !key.is_empty());
        let Some(shown) = inner.into_iter().try_fold(answer, |value, key| value.get(key)) else { return };
        let shown = shown.as_array().map_or(std::slice::from_ref(shown), Vec::as_slice);
        for record in shown.iter().filter_map(Value::as_object) {
            if let Some(id) = record.get("id").and_then(Value::as_u64) {
                self.seen.insert((table, account, id.to_string()), record.clone());
                if is_placed {
                    self.admit(state, kind, id, at);
                }
            }
        }
    }

    /// Takes what the path of a request names for records of the server.
    pub(crate) fn admit_path(&mut self, call: &mut Call<'_>) {
        let account = number(&call.path, "account_id").unwrap_or(0);
        let platform = call.action.api == Api::Platform;
        let words: Vec<&str> = segments(&call.action.path).collect();
        for (name, text) in call.path.clone() {
            let slot = format!("{{{name}}}");
            let before = words.iter().position(|word| *word == slot).and_then(|at| words.get(at.checked_sub(1)?)).copied().unwrap_or_default();
            let at = At { account, platform, app: call.caller };
            match (name, text.parse::<u64>()) {
                ("inbox_identifier", _) => self.public_inbox(call.state, &text),
                ("contact_identifier", _) => self.public_contact(call, &text),
                ("portal_id" | "slug", Err(_)) => self.portal(call.state, account, &text),
                ("conversation_id", Ok(id)) if account == 0 => self.public_conversation(call, id),
                ("message_id", Ok(id)) => self.message(call, account, id),
                ("inbox_id", Ok(id)) => self.admit(call.state, "inboxes", id, at),
                (_, Ok(id)) => self.admit(call.state, before, id, at),
                _ => {}
            }
        }
    }

    /// Takes what the body of a request names for records of the server.
    pub(crate) fn admit_body(&mut self, call: &mut Call<'_>) {
        let (account, platform) = (call.account, call.action.api == Api::Platform);
        let at = At { account, platform, app: call.caller };
        let kinds = [
            ("inbox_id", "inboxes"),
            ("contact_id", "contacts"),
            ("base_contact_id", "contacts"),
            ("mergee_contact_id", "contacts"),
            ("team_id", "teams"),
            ("assignee_id", "agents"),
            ("author_id", "agents"),
            ("user_id", "users"),
            ("agent_bot", "agent_bots"),
        ];
        for (field, kind) in kinds {
            if let Some(id) = call.body.id(field) {
                self.admit(call.state, kind, id, at);
            }
        }
        for user in call.body.ids("user_ids").unwrap_or_default() {
            self.admit(call.state, "agents", user, at);
        }
        let portal = call.state.portals.find(&Key::text("slug", 0, call.path("portal_id"))).map(|portal| portal.id);
        if let Some(portal_id) = portal {
            for field in ["category_id", "parent_category_id", "associated_category_id"] {
                if let Some(id) = call.body.id(field) {
                    let own = |row: &mut Category| (row.account_id, row.portal_id) = (account, portal_id);
                    self.known(&mut call.state.categories, ("categories", account, id), own);
                }
            }
            if let Some(id) = call.body.id("associated_article_id") {
                let own = |row: &mut Article| (row.account_id, row.portal_id) = (account, portal_id);
                self.known(&mut call.state.articles, ("articles", account, id), own);
            }
        }
        self.place_of_source(call);
    }

    /// A record of this kind. Kinds that are not known stay unknown.
    fn admit(&mut self, state: &mut State, kind: &str, id: u64, at: At) {
        let account = at.account;
        match kind {
            "accounts" => self.account(state, id, at),
            "users" => self.user(state, id, at),
            "agents" => {
                self.user(state, id, at);
                join(state, account, id, "agent");
            }
            "agent_bots" => {
                let own = (!at.platform).then_some(account);
                self.known(&mut state.agent_bots, ("agent_bots", account, id), |row: &mut AgentBot| row.account_id = own);
                at.grant(state, |app| _ = app.agent_bots.insert(id));
            }
            "teams" => self.known(&mut state.teams, ("teams", account, id), |row: &mut Team| {
                row.account_id = account;
                fill([(&mut row.name, "team")], id);
            }),
            "inboxes" => self.known(&mut state.inboxes, ("inboxes", account, id), |row: &mut Inbox| {
                row.account_id = account;
                fill([(&mut row.name, "Inbox")], id);
            }),
            "contacts" => self.known(&mut state.contacts, ("contacts", account, id), |row: &mut Contact| row.account_id = account),
            "conversations" => self.conversation(state, account, id),
            "canned_responses" => {
                self.known(&mut state.canned_responses, ("canned_responses", account, id), |row: &mut CannedResponse| {
                    row.account_id = account;
                    fill([(&mut row.short_code, "code"), (&mut row.content, "Response")], id);
                });
            }
            "custom_attribute_definitions" => {
                let own = |row: &mut CustomAttribute| {
                    row.account_id = account;
                    fill([(&mut row.attribute_display_name, "Attribute")], id);
                    or(&mut row.attribute_key, &format!("attribute_{id}"));
                    or(&mut row.attribute_display_type, "text");
                    or(&mut row.attribute_model, "contact_attribute");
                };
                self.known(&mut state.custom_attributes, ("custom_attribute_definitions", account, id), own);
            }
            "custom_filters" => {
                let own = |row: &mut CustomFilter| {
                    (row.account_id, row.user_id) = (account, MADE);
                    fill([(&mut row.name, "Filter")], id);
                    or(&mut row.filter_type, "conversation");
                };
                self.known(&mut state.custom_filters, ("custom_filters", account, id), own);
            }
            "automation_rules" => {
                self.known(&mut state.automation_rules, ("automation_rules", account, id), |row: &mut AutomationRule| {
                    row.account_id = account;
                    fill([(&mut row.name, "Rule")], id);
                    or(&mut row.event_name, "message_created");
                });
            }
            "webhooks" => self.known(&mut state.webhooks, ("webhooks", account, id), |row: &mut Webhook| {
                row.account_id = account;
                or(&mut row.url, "https://dry-run.invalid/webhook");
            }),
            "labels" => self.known(&mut state.labels, ("labels", account, id), |row: &mut Label| {
                row.account_id = account;
                or(&mut row.title, &format!("label-{id}"));
            }),
            "hooks" => self.known(&mut state.hooks, ("hooks", account, id), |row: &mut Hook| row.account_id = account),
            _ => {}
        }
    }

    /// Puts a record of the server into its table where it is not there, and has not been removed; `own` ties it to what it belongs to.
    fn known<T: Record + Default>(&mut self, table: &mut Table<T>, (kind, account, id): (&'static str, u64, u64), own: impl FnOnce(&mut T)) {
        let name = (kind, account, id.to_string());
        if id >= MADE || table.get(id).is_some() || !self.admitted.insert(name.clone()) {
            return;
        }
        let mut record = as_shown(self.seen.get(&name));
        own(&mut record);
        table.put_at(id, record);
    }

    fn account(&mut self, state: &mut State, id: u64, at: At) {
        // Its conversations are counted on from those that no server has.
        self.known(&mut state.accounts, ("accounts", 0, id), |row: &mut Account| {
            row.last_display_id = MADE;
            fill([(&mut row.name, "Account")], id);
        });
        if state.accounts.get(id).is_some() {
            join(state, id, MADE, "administrator");
            at.grant(state, |app| _ = app.accounts.insert(id));
        }
    }

    fn user(&mut self, state: &mut State, id: u64, at: At) {
        self.known(&mut state.users, ("users", 0, id), |row: &mut User| {
            (row.confirmed, row.has_password) = (true, true);
            fill([(&mut row.name, "User")], id);
            or(&mut row.email, &format!("user-{id}@dry-run.invalid"));
        });
        at.grant(state, |app| _ = app.users.insert(id));
    }

    /// The conversation that the account shows under this number, with the contact and the inbox that it is of.
    fn conversation(&mut self, state: &mut State, account: u64, number: u64) {
        let name = ("conversations", account, number.to_string());
        if number >= MADE || state.conversation(account, number).is_some() || !self.admitted.insert(name.clone()) {
            return;
        }
        let shown = self.seen.get(&name).cloned();
        let part = |at: &str| Value::Object(shown.clone()?).pointer(at)?.as_u64();
        let (inbox, contact) = (part("/inbox_id"), part("/meta/sender/id"));
        let at = At { account, platform: false, app: Caller::Nobody };
        let inbox_id = inbox.unwrap_or_else(|| state.inboxes.insert(Inbox { account_id: account, ..Inbox::default() }));
        let contact_id = contact.unwrap_or_else(|| state.contacts.insert(Contact { account_id: account, ..Contact::default() }));
        self.admit(state, "inboxes", inbox_id, at);
        self.admit(state, "contacts", contact_id, at);
        let contact_inbox_id = place(state, contact_id, inbox_id, None);
        let conversation =
            Conversation { account_id: account, display_id: number, inbox_id, contact_id, contact_inbox_id, ..as_shown(shown.as_ref()) };
        state.conversations.insert(conversation);
    }

    /// A message of the conversation of the path.
    fn message(&mut self, call: &mut Call<'_>, account: u64, id: u64) {
        let number = number(&call.path, "conversation_id").unwrap_or(0);
        let of = match account {
            0 => call.public_conversation().ok(),
            account => call.state.conversation(account, number),
        };
        let Some(Conversation { id: conversation_id, account_id, inbox_id, .. }) = of.cloned() else { return };
        let now = call.now;
        self.known(&mut call.state.messages, ("messages", account, id), |row: &mut Message| {
            (row.account_id, row.inbox_id, row.conversation_id, row.created_at) = (account_id, inbox_id, conversation_id, now);
        });
    }

    fn portal(&mut self, state: &mut State, account: u64, slug: &str) {
        if state.portals.find(&Key::text("slug", 0, slug)).is_none() && self.admitted.insert(("portals", 0, slug.to_owned())) {
            let locale = "en".to_owned();
            let (name, slug, allowed_locales) = (slug.to_owned(), slug.to_owned(), vec![locale.clone()]);
            state.portals.insert(Portal { account_id: account, name, slug, allowed_locales, default_locale: locale, ..Portal::default() });
        }
    }

    fn public_inbox(&mut self, state: &mut State, identifier: &str) {
        let known = state.inboxes.find(&Key::text("identifier", 0, identifier)).is_some();
        if known || !self.admitted.insert(("identifier", 0, identifier.to_owned())) {
            return;
        }
        let account_id = state.accounts.insert(Account { last_display_id: MADE, ..Account::default() });
        let channel = Map::from_iter([("identifier".to_owned(), identifier.into())]);
        state.inboxes.insert(Inbox { account_id, channel, ..Inbox::default() });
    }

    fn public_contact(&mut self, call: &mut Call<'_>, source: &str) {
        let Some((account_id, inbox)) = call.public_inbox().ok().map(|inbox| (inbox.account_id, inbox.id)) else { return };
        let known = call.state.contact_inboxes.find(&Key::text("source_id", inbox, source)).is_some();
        if !known && self.admitted.insert(("source_id", 0, source.to_owned())) {
            let contact = call.state.contacts.insert(Contact { account_id, ..Contact::default() });
            place(call.state, contact, inbox, Some(source));
        }
    }

    fn public_conversation(&mut self, call: &mut Call<'_>, number: u64) {
        let Ok((place, contact)) = call.public_contact().map(|(place, contact)| (place.clone(), contact.clone())) else { return };
        let (account_id, conversations) = (contact.account_id, &mut call.state.conversations);
        let known = conversations.find(&Key::text("display_id", account_id, &number.to_string())).is_some();
        if known || number >= MADE || !self.admitted.insert(("conversations", account_id, number.to_string())) {
            return;
        }
        let (contact_id, contact_inbox_id, inbox_id) = (contact.id, place.id, place.inbox_id);
        conversations.insert(Conversation { account_id, display_id: number, contact_id, contact_inbox_id, inbox_id, ..Conversation::default() });
    }

    /// A new conversation may name its contact by the source id that it has in an inbox.
    fn place_of_source(&mut self, call: &mut Call<'_>) {
        let source = call.body.text("source_id").filter(|source| !source.is_empty() && call.action.operation_id == "newConversation");
        let Some(source) = source.filter(|_| call.body.id("contact_id").is_none()) else { return };
        let known = call.state.contact_inboxes.iter().any(|place| place.source_id == source);
        if known || !self.admitted.insert(("source_id", 0, source.clone())) {
            return;
        }
        let account_id = call.account;
        let inbox = call.body.id("inbox_id").unwrap_or_else(|| call.state.inboxes.insert(Inbox { account_id, ..Inbox::default() }));
        let contact = call.state.contacts.insert(Contact { account_id, ..Contact::default() });
        place(call.state, contact, inbox, Some(&source));
    }
}

/// Where a record is named, and by whom.
#[derive(Debug, Clone, Copy)]
struct At {
    account: u64,
    platform: bool,
    app: Caller,
}

impl At {
    /// Lets the platform app that asks reach a record.
    fn grant(self, state: &mut State, grant: impl FnOnce(&mut crate::state::PlatformApp)) {
        if let Caller::Platform(app) = self.app {
            state.platform_apps.update(app, grant);
        }
    }
}

/// Fills texts that the server never leaves blank, and that it has not shown.
fn fill<const N: usize>(texts: [(&mut String, &str); N], id: u64) {
    texts.into_iter().for_each(|(text, word)| or(text, &format!("{word} {id}")));
}

fn or(text: &mut String, otherwise: &str) {
    if text.is_empty() {
        otherwise.clone_into(text);
    }
}

/// Makes a user a member of the account.
fn join(state: &mut State, account: u64, user: u64, role: &str) {
    if account > 0 && state.users.get(user).is_some() && state.membership(account, user).is_none() {
        state.account_users.insert(AccountUser { account_id: account, user_id: user, role: role.to_owned(), ..AccountUser::default() });
    }
}

/// The contact's place in the inbox.
fn place(state: &mut State, contact_id: u64, inbox_id: u64, source: Option<&str>) -> u64 {
    let own = state.contact_inboxes.all(&Key::of("contact", contact_id)).find(|place| place.inbox_id == inbox_id && source.is_none());
    if let Some(own) = own {
        return own.id;
    }
    let source_id = source.map_or_else(|| format!("sandbox-contact-{contact_id}"), str::to_owned);
    state.contact_inboxes.insert(ContactInbox { contact_id, inbox_id, source_id, ..ContactInbox::default() })
}

fn number(path: &[(&'static str, String)], name: &str) -> Option<u64> {
    path.iter().find(|(known, _)| *known == name)?.1.parse().ok()
}

/// A record with what the server showed of it, as far as the emulator's has the like.
fn as_shown<T: Record + Default>(shown: Option<&Map<String, Value>>) -> T {
    let mut record = T::default();
    let Ok(Value::Object(mut fields)) = serde_json::to_value(&record) else { return record };
    for (name, value) in shown.into_iter().flatten() {
        let Some(before) = fields.get(name).cloned() else { continue };
        fields.insert(name.clone(), value.clone());
        match serde_json::from_value(Value::Object(fields.clone())) {
            Ok(with) => record = with,
            Err(_) => _ = fields.insert(name.clone(), before),
        }
    }
    record
}
