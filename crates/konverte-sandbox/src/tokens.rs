//! The tokens of what a sandbox starts with, and which of them an action is sent with.

use node_sdk::action::{ActionSpec, TokenKind};

use crate::state::{AgentBot, State};

/// Tokens that open something, those of each kind in the order of the seed.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    platform: Vec<String>,
    /// Administrators first.
    users: Vec<String>,
    bots: Vec<String>,
}

impl Tokens {
    pub(crate) fn of(state: &State) -> Self {
        let is_administrator = |user: u64| state.account_users.iter().any(|row| row.user_id == user && row.role == "administrator");
        let (administrators, others): (Vec<_>, Vec<_>) = state.users.iter().partition(|user| is_administrator(user.id));
        // A bot of no account gets in where an inbox has it.
        let works = |bot: &&AgentBot| bot.account_id.is_some() || state.inboxes.iter().any(|inbox| inbox.agent_bot_id == Some(bot.id));
        Self {
            platform: given(state.platform_apps.iter().map(|app| &app.token)),
            users: given(administrators.into_iter().chain(others).map(|user| &user.token)),
            bots: given(state.agent_bots.iter().filter(works).map(|bot| &bot.token)),
        }
    }

    /// All: of platform apps, of users, of bots.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.platform.iter().chain(&self.users).chain(&self.bots).map(String::as_str)
    }

    /// Whose tokens there are none of.
    pub fn lacking(&self) -> Vec<&'static str> {
        let kinds = [("platform apps", &self.platform), ("users", &self.users), ("bots", &self.bots)];
        kinds.into_iter().filter(|(_, tokens)| tokens.is_empty()).map(|(kind, _)| kind).collect()
    }

    /// Whether it is one of them.
    pub fn contains(&self, token: &str) -> bool {
        self.iter().any(|own| own == token)
    }

    /// The token that an action is sent with: the first of its row's first kind. `None` for an action that takes none, or where there is
    /// none of that kind.
    pub fn for_action(&self, action: &ActionSpec) -> Option<&str> {
        let own = match action.tokens.first()? {
            TokenKind::PlatformApp => &self.platform,
            TokenKind::User => &self.users,
            TokenKind::AgentBot => &self.bots,
        };
        own.first().map(String::as_str)
    }
}

/// Those that are not empty.
fn given<'a>(tokens: impl Iterator<Item = &'a String>) -> Vec<String> {
    tokens.filter(|token| !token.is_empty()).cloned().collect()
}
