//! One API action as one row.
//!
//! A row says what an action is called, which request it sends and what comes back. Everything else is derived from it:
//! the request itself (by an executor), the JSON Schema of its parameters ([`schema`]), n8n's properties
//! ([`properties`]), the documentation, the emulator's route.
//!
//! Rows are written as constants, with builder functions that read as one sentence a line, or read from the JSON of an
//! action pack: then they own what they say. A constant row whose path names a parameter that it does not have is a compile error:
//!
//! ```
//! use node_sdk::action::{ActionSpec, Role, body, int, path, rows, text};
//!
//! const RENAME: ActionSpec = ActionSpec::patch("Teams", "Rename Team", "rename-team", "/api/v1/accounts/{account_id}/teams/{id}")
//!     .application(Role::Administrator)
//!     .summary("Gives a team another name.")
//!     .params(rows![
//!         path(int("account_id", "The account.")),
//!         path(int("id", "The team.")),
//!         body(text("name", "Its new name.").required()),
//!     ])
//!     .answers(&["id", "name"])
//!     .errors(&[401, 404, 422, 429])
//!     .repeatable();
//!
//! assert_eq!(RENAME.param("name").unwrap().display_name(), "Name");
//! ```
//!
//! ```compile_fail
//! use node_sdk::action::{ActionSpec, int, path, rows};
//! const WRONG: ActionSpec = ActionSpec::get("Teams", "Get", "get", "/teams/{id}").params(rows![path(int("team_id", "The team."))]);
//! ```

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::texts::put;

mod build;
pub mod limit;
pub mod native;
pub mod param;
pub mod properties;
pub mod schema;

pub use crate::rows;
pub use crate::texts::{List, Text, Texts};
pub use limit::{Counted, RateLimit};
pub use native::{FileParam, Native, NativeParam};
pub use param::{JsonKind, Literal, Param, ParamType, Place, body, boolean, choice, int, json_list, json_object, number, path, query, text};

/// One API action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActionSpec {
    /// The value of `parameters.resource`, for example `Contacts`.
    pub resource: Text,
    /// The value of `parameters.operation`, for example `Contact Create`.
    pub operation: Text,
    /// The operation's id in the service's own document.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub operation_id: Text,
    /// Which part of the service it belongs to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub api: Api,
    /// HTTP method.
    pub method: Method,
    /// Path below the base URL, with `{name}` for path parameters.
    pub path: Text,
    /// Kinds of token that the server takes; empty: none is needed, and none is sent.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub tokens: List<TokenKind>,
    /// The least role of a user's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_role: Option<Role>,
    /// One sentence for people: what it does.
    pub summary: Text,
    /// What else is worth knowing, a sentence each.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub notes: Texts,
    /// Path, query and body parameters, in the order in which they are sent.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub params: List<Param>,
    /// What a success looks like.
    #[serde(default)]
    pub success: Success,
    /// Status codes of its errors.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub errors: List<u16>,
    /// Those of them that the service's document names (it may name others).
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub errors_documented: List<u16>,
    /// It reads and changes nothing, although its method writes: a search whose conditions stand in a body.
    #[serde(default, skip_serializing_if = "is_default")]
    pub only_reads: bool,
    /// Repeating the request does no harm: it may be sent again after a fault that leaves its outcome open.
    #[serde(default, skip_serializing_if = "is_default")]
    pub repeatable: bool,
    /// Why, or on what condition.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub repeat_note: Text,
    /// Repeatable only where one of these parameters has a value, neither null nor blank text; empty: always.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub repeat_given: Texts,
    /// A success may answer with a record that was there before, with the same status as with a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_exist: Option<MayExist>,
    /// The parameters whose values name the record that the action writes to: native mode keeps the order of writes to one record.
    /// Without the list: see [`ActionSpec::record_params`]; an empty one: its writes may overtake each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Texts>,
    /// What native mode does otherwise than n8n's node.
    #[serde(default, skip_serializing_if = "is_default")]
    pub native: Native,
    /// How a list is walked to its end; without it a list has one page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
    /// How often the server takes it, the limit first that is reached first; beside what holds for all of the service's actions.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub limits: List<RateLimit>,
}

/// The actions of one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The value of `parameters.resource`.
    pub name: Text,
    /// One sentence for people: what it is.
    pub summary: Text,
    /// Its actions, in the order that people should see.
    pub actions: List<ActionSpec>,
}

/// Which part of the service an action belongs to; it decides which token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// A service of someone else's (action packs).
    #[default]
    Other,
    /// Accounts, users and bots of the installation (`/platform`).
    Platform,
    /// What an account's people do (`/api/v1`).
    Application,
    /// Reports (`/api/v2`).
    Reports,
    /// What a visitor's own program does (`/public`), without a token.
    Public,
    /// The satisfaction survey's page, without a token.
    Survey,
}

/// HTTP method of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads, changes nothing.
    Get,
    /// Creates, or does what no other method says.
    Post,
    /// Replaces.
    Put,
    /// Changes what is given.
    Patch,
    /// Removes.
    Delete,
}

/// Kinds of access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Of a person, from the profile settings.
    User,
    /// Of an agent bot.
    AgentBot,
    /// Of a platform app; reaches only what the app created or was granted.
    PlatformApp,
}

/// Role of a user in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Any member of the account.
    Member,
    /// Administrators alone.
    Administrator,
}

/// What a success looks like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Success {
    /// What the server answers.
    #[serde(default = "ok")]
    pub status: u16,
    /// What its document says that it answers.
    #[serde(default = "ok", skip_serializing_if = "is_ok")]
    pub documented_status: u16,
    /// The form of the body.
    #[serde(default)]
    pub shape: Shape,
    /// Where the items stand in the body, as a dotted path (`data.payload`); `None`: the body itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Text>,
    /// Fields of an item.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub fields: Texts,
}

/// The form of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A JSON object.
    #[default]
    Object,
    /// A JSON array.
    Array,
    /// Nothing.
    Empty,
    /// A page for browsers.
    Html,
}

/// How an answer shows that its record was there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MayExist {
    /// Parameters that a new record has as they were sent: where the answer has another value, the record was there before.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub shown_by: Texts,
    /// Where the answer names the record, as dotted paths: two answers that name the same one are of one record.
    pub named_by: Texts,
}

/// How a list is walked to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Paging {
    /// By page number or by cursor.
    pub kind: PagingKind,
    /// The query parameter that moves on.
    pub param: Text,
    /// Items of a full page.
    pub size: usize,
    /// Where the items stand in the body, as a dotted path; "" for the body itself.
    #[serde(default)]
    pub items: Text,
    /// A boolean in the body that is false on the last page, as a dotted path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_more: Option<Text>,
}

/// Kinds of paging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagingKind {
    /// Pages count from 1; a page shorter than `size` is the last one.
    Page,
    /// The parameter is the smallest `id` so far; an empty page ends it. Items come newest last.
    Cursor,
}

/// Path parameters that name what holds records.
const HOLDERS: [&str; 3] = ["account_id", "inbox_id", "inbox_identifier"];

impl Method {
    /// As it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl Paging {
    /// By page number.
    pub const fn page(size: usize, items: &'static str) -> Self {
        Self { kind: PagingKind::Page, param: Cow::Borrowed("page"), size, items: Cow::Borrowed(items), has_more: None }
    }

    /// By the smallest id so far.
    pub const fn before(size: usize, items: &'static str) -> Self {
        Self { kind: PagingKind::Cursor, param: Cow::Borrowed("before"), size, items: Cow::Borrowed(items), has_more: None }
    }

    /// A boolean in the body also tells the last page.
    pub const fn has_more(mut self, field: &'static str) -> Self {
        put(&mut self.has_more, Some(Cow::Borrowed(field)));
        self
    }

    /// How the end is known, as a sentence for people.
    pub fn end(&self) -> String {
        let short = "a page shorter than size";
        match (self.kind, &self.has_more) {
            (PagingKind::Page, None) => short.to_owned(),
            (PagingKind::Page, Some(field)) => format!("{field} false, or {short}"),
            (PagingKind::Cursor, _) => format!("an empty page; {} = smallest id so far; items come newest last", self.param),
        }
    }
}

impl Success {
    /// 200 with a JSON object.
    pub const OK: Self = Self { status: 200, documented_status: 200, shape: Shape::Object, envelope: None, fields: Texts::NONE };
}

impl Default for Success {
    fn default() -> Self {
        Self::OK
    }
}

impl ActionSpec {
    /// The parameter with this name on the wire, the first one if several places share it. Native mode's own are among them.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.native_params().find(|param| param.name == name)
    }

    /// The parameters that native mode knows: n8n's, and what the server takes besides.
    pub fn native_params(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().chain(self.native.params.iter())
    }

    /// The parameters of one place, in order.
    pub fn params_in(&self, place: Place) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(move |param| param.place == place)
    }

    /// Whether the server wants to know who asks.
    pub fn takes_token(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Whether a JSON body is sent.
    pub fn has_body(&self) -> bool {
        self.params_in(Place::Body).next().is_some()
    }

    /// Whether a body parameter is n8n's double of a path parameter: one key, one value, sent twice. Native mode sends it in the path alone.
    pub fn is_double(&self, param: &Param) -> bool {
        param.place == Place::Body && self.params_in(Place::Path).any(|other| other.key() == param.key())
    }

    /// Whether it reads and changes nothing, be it with a method that writes.
    pub fn reads(&self) -> bool {
        self.method == Method::Get || self.only_reads
    }

    /// The parameters whose values name the record that it writes to: those of the row, else what stands in the path without
    /// the account and the inbox, which hold records and are none. Nothing for an action that reads.
    pub fn record_params(&self) -> impl Iterator<Item = &Param> {
        let in_path = |param: &Param| self.native_path().contains(&format!("{{{}}}", param.name)) && !HOLDERS.contains(&param.name.as_ref());
        let names = move |param: &Param| self.record.as_ref().map_or_else(|| in_path(param), |names| names.contains(&param.name));
        self.params.iter().filter(move |param| !self.reads() && !self.is_double(param) && names(param))
    }

    /// The path that native mode uses.
    pub fn native_path(&self) -> &str {
        self.native.path.as_ref().unwrap_or(&self.path)
    }
}

impl Resource {
    /// The resource `name` with its actions.
    pub const fn new(name: &'static str, summary: &'static str, actions: &'static [ActionSpec]) -> Self {
        Self { name: Cow::Borrowed(name), summary: Cow::Borrowed(summary), actions: Cow::Borrowed(actions) }
    }
}

/// The action that `resource` and `operation` name.
pub fn find<'a>(resources: &'a [Resource], resource: &str, operation: &str) -> Option<&'a ActionSpec> {
    resources.iter().find(|r| r.name == resource)?.actions.iter().find(|action| action.operation == operation)
}

const fn ok() -> u16 {
    200
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_ok(status: &u16) -> bool {
    *status == 200
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
