//! One request on its way through a handler: who calls, with what, on which state.

use std::collections::BTreeSet;

use node_sdk::action::{ActionSpec, Api, Role, TokenKind};
use node_sdk::ports::Part;

use crate::failure::Failure;
use crate::http::Request;
use crate::input::{Body, Query};
use crate::state::{Account, Key, State, UploadedFile};
use crate::views::View;

/// Values of the path parameters, decoded.
pub(crate) type PathValues = Vec<(&'static str, String)>;

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// No token is needed.
    Nobody,
    /// A platform app.
    Platform(u64),
    /// A user.
    User(u64),
    /// An agent bot.
    Bot(u64),
}

/// What a handler works with.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) action: &'static ActionSpec,
    pub(crate) path: PathValues,
    pub(crate) query: Query,
    pub(crate) body: Body,
    pub(crate) caller: Caller,
    /// The account of the path; 0 where the path has none.
    pub(crate) account: u64,
    /// Unix seconds.
    pub(crate) now: i64,
    /// Answer as the real server where it differs from its documentation.
    pub(crate) as_server: bool,
    /// What the `Accept` header says.
    pub(crate) accept: Option<&'a str>,
    /// Scheme and host that the request was sent to.
    pub(crate) origin: String,
}

impl Call<'_> {
    /// A path value as text.
    pub(crate) fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value.as_str())
    }

    /// A path value as an id; what is none cannot be found.
    pub(crate) fn path_id(&self, name: &str) -> Result<u64, Failure> {
        self.path(name).parse().map_err(|_| self.not_found())
    }

    /// 404 in the words of the API that the action belongs to.
    pub(crate) fn not_found(&self) -> Failure {
        match self.action.api {
            Api::Application | Api::Reports => Failure::not_found(),
            Api::Platform | Api::Public | Api::Survey | Api::Other => Failure::no_page(),
        }
    }

    /// Takes the body's fields out of their root key, and fails where there are none at all.
    pub(crate) fn root(&mut self, root: &str) -> Result<(), Failure> {
        if self.as_server {
            self.body.wrap_as_server(root);
        }
        if self.body.fields.is_empty() && self.body.files.is_empty() {
            return Err(Failure::missing_param(root));
        }
        self.body.unwrap_root(root);
        self.body.check(self.action, self.as_server)
    }

    /// The calling user's id; a bot has none.
    pub(crate) fn user(&self) -> Option<u64> {
        match self.caller {
            Caller::User(id) => Some(id),
            _ => None,
        }
    }

    /// Whether the caller is an administrator of the account.
    pub(crate) fn is_administrator(&self) -> bool {
        let membership = self.user().and_then(|user| self.state.membership(self.account, user));
        membership.is_some_and(|membership| membership.role == "administrator")
    }

    /// The inboxes of the account that the caller works in: all for administrators and bots.
    pub(crate) fn inboxes_of_caller(&self) -> BTreeSet<u64> {
        let all = self.state.inboxes.all(&Key::of("account", self.account));
        let user = self.user().filter(|_| self.as_server && !self.is_administrator());
        all.filter(|inbox| user.is_none_or(|user| inbox.members.contains(&user))).map(|inbox| inbox.id).collect()
    }

    /// How records look to this caller.
    pub(crate) fn view(&self) -> View<'_> {
        let secrets = !self.as_server || self.is_administrator();
        View { state: self.state, origin: &self.origin, caller: self.user(), as_server: self.as_server, secrets }
    }

    /// Keeps the one picture of the field, where one was uploaded.
    pub(crate) fn store_picture(&mut self, field: &str) -> Result<Option<u64>, Failure> {
        const TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/gif"];
        const LIMIT: usize = 15 << 20;
        let Some(part) = self.body.files_of(field).first().map(|part| (*part).clone()) else { return Ok(None) };
        if !part.content_type.as_deref().is_some_and(|kind| TYPES.contains(&kind)) {
            return Err(Failure::invalid(field, "file type not supported"));
        }
        if part.content.len() > LIMIT {
            return Err(Failure::invalid(field, "is too big"));
        }
        Ok(Some(self.store_file(&part)))
    }

    /// Keeps an uploaded file and gives its number.
    pub(crate) fn store_file(&mut self, part: &Part) -> u64 {
        let content_type = part.content_type.clone().unwrap_or_else(|| "application/octet-stream".into());
        self.state.store_file(UploadedFile { content_type, content: part.content.clone() })
    }

    /// Enters the account of the path: it exists, the caller belongs to it, it is not suspended, the role suffices.
    pub(crate) fn enter_account(&mut self) -> Result<(), Failure> {
        if !matches!(self.action.api, Api::Application | Api::Reports) || !self.path.iter().any(|(name, _)| *name == "account_id") {
            return Ok(());
        }
        let account = self.path_id("account_id")?;
        let status = self.state.accounts.get(account).map(|account: &Account| account.status.clone()).ok_or_else(Failure::not_found)?;
        self.account = account;
        if !self.belongs() {
            return Err(Failure::not_a_member());
        }
        if status == "suspended" {
            return Err(Failure::suspended());
        }
        let too_low = self.action.min_role == Some(Role::Administrator) && !self.is_administrator();
        if self.as_server && too_low { Err(Failure::role()) } else { Ok(()) }
    }

    fn belongs(&self) -> bool {
        match self.caller {
            Caller::User(user) => self.state.membership(self.account, user).is_some(),
            Caller::Bot(bot) => {
                let own = self.state.agent_bots.get(bot).is_some_and(|bot| bot.account_id == Some(self.account));
                own || self.state.inboxes.all(&Key::of("account", self.account)).any(|inbox| inbox.agent_bot_id == Some(bot))
            }
            Caller::Platform(_) | Caller::Nobody => false,
        }
    }
}

/// Whose token the request carries, where the action takes that kind.
pub(crate) fn identify(state: &State, action: &ActionSpec, request: &Request) -> Result<Caller, Failure> {
    let key = request.token().map(|token| Key::text("token", 0, token));
    match action.api {
        Api::Public | Api::Survey | Api::Other => Ok(Caller::Nobody),
        Api::Platform => {
            let app = key.and_then(|key| state.platform_apps.find(&key));
            app.map(|app| Caller::Platform(app.id)).ok_or_else(Failure::platform_token)
        }
        Api::Application | Api::Reports => {
            let key = key.ok_or_else(Failure::no_token)?;
            if let Some(user) = state.users.find(&key) {
                return Ok(Caller::User(user.id));
            }
            if let Some(bot) = state.agent_bots.find(&key) {
                let taken = action.tokens.contains(&TokenKind::AgentBot);
                return if taken { Ok(Caller::Bot(bot.id)) } else { Err(Failure::bots_denied()) };
            }
            Err(if state.platform_apps.find(&key).is_some() { Failure::bots_denied() } else { Failure::bad_token() })
        }
    }
}
