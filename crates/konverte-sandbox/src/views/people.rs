//! Accounts, users, bots and teams.

use serde_json::{Value, json};

use super::{View, is_secret, iso};
use crate::state::{Account, AccountUser, AgentBot, Key, Team, User};

impl View<'_> {
    pub(crate) fn account(&self, account: &Account) -> Value {
        json!({
            "id": account.id, "name": account.name, "locale": account.locale, "domain": account.domain,
            "support_email": account.support_email, "features": account.features,
            "custom_attributes": account.custom_attributes, "limits": account.limits, "status": account.status,
        })
    }

    pub(crate) fn account_user(&self, row: &AccountUser) -> Value {
        json!({
            "id": row.id, "account_id": row.account_id, "user_id": row.user_id, "role": row.role,
            "inviter_id": row.inviter_id, "active_at": row.active_at.map(iso), "availability": row.availability,
            "auto_offline": row.auto_offline, "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        })
    }

    /// A user as the platform API and the profile show it, with its memberships. The real server leaves out
    /// when it was made, and attributes where there are none.
    pub(crate) fn user(&self, user: &User) -> Value {
        let memberships: Vec<&AccountUser> = self.state.account_users.all(&Key::of("user", user.id)).collect();
        let accounts: Vec<Value> = memberships.iter().map(|membership| self.account_of_user(membership)).collect();
        let first = memberships.first();
        let mut shown = json!({
            "access_token": user.token, "account_id": first.map(|m| m.account_id), "available_name": user.available_name(),
            "avatar_url": "", "confirmed": user.confirmed, "display_name": user.display_name,
            "message_signature": user.message_signature, "email": user.email, "id": user.id, "name": user.name,
            "provider": "email", "pubsub_token": format!("pubsub-user-{}", user.id),
            "custom_attributes": user.custom_attributes, "role": first.map(|m| m.role.as_str()),
            "ui_settings": user.ui_settings, "uid": user.email, "accounts": accounts,
        });
        if let Value::Object(fields) = &mut shown {
            if !self.as_server {
                fields.insert("created_at".into(), iso(user.created_at).into());
            } else if user.custom_attributes.is_empty() {
                fields.shift_remove("custom_attributes");
            }
        }
        shown
    }

    fn account_of_user(&self, membership: &AccountUser) -> Value {
        let name = self.state.accounts.get(membership.account_id).map(|account| account.name.as_str());
        json!({ "id": membership.account_id, "name": name, "active_at": membership.active_at.map(iso), "role": membership.role })
    }

    /// A user as an agent of the account.
    pub(crate) fn agent(&self, account: u64, user: u64) -> Value {
        let (Some(membership), Some(user)) = (self.state.membership(account, user), self.state.users.get(user)) else {
            return Value::Null;
        };
        json!({
            "id": user.id, "account_id": account, "availability_status": membership.availability,
            "auto_offline": membership.auto_offline, "confirmed": user.confirmed, "email": user.email, "provider": "email",
            "available_name": user.available_name(), "name": user.name, "role": membership.role, "thumbnail": "",
        })
    }

    /// The agents with these ids.
    pub(crate) fn agents<'u>(&self, account: u64, users: impl IntoIterator<Item = &'u u64>) -> Value {
        users.into_iter().map(|user| self.agent(account, *user)).filter(|agent| !agent.is_null()).collect()
    }

    /// A bot as the platform API shows it.
    pub(crate) fn platform_bot(&self, bot: &AgentBot) -> Value {
        json!({
            "id": bot.id, "name": bot.name, "description": bot.description, "outgoing_url": bot.outgoing_url,
            "account_id": bot.account_id, "access_token": bot.token,
        })
    }

    /// A bot as an account sees it: of a global one neither its address nor its secrets. The secrets of its own are for administrators.
    pub(crate) fn account_bot(&self, bot: &AgentBot) -> Value {
        let global = bot.account_id.is_none();
        let mut shown = json!({
            "id": bot.id, "name": bot.name, "description": bot.description, "thumbnail": self.file_url(bot.avatar),
            "outgoing_url": bot.outgoing_url, "bot_type": "webhook", "bot_config": bot.bot_config,
            "account_id": bot.account_id, "access_token": bot.token, "secret": bot.secret, "system_bot": global,
        });
        if let Value::Object(fields) = &mut shown {
            fields.retain(|key, _| !(global && key == "outgoing_url" || (global || !self.secrets) && is_secret(key)));
        }
        shown
    }

    pub(crate) fn team(&self, team: &Team) -> Value {
        json!({
            "id": team.id, "name": team.name, "description": team.description, "allow_auto_assign": team.allow_auto_assign,
            "account_id": team.account_id, "is_member": self.caller.is_some_and(|user| team.members.contains(&user)),
        })
    }
}
