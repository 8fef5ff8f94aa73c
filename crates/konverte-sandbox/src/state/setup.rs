//! What an account is set up with: labels, canned responses, attributes, filters, rules, webhooks, help center, integrations.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::table::{Key, Record};

/// A label's title is what conversations carry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Label {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) color: String,
    pub(crate) show_on_sidebar: bool,
}

/// A text that agents insert by its short code.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CannedResponse {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) short_code: String,
    pub(crate) content: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// Defines an attribute of contacts or conversations.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CustomAttribute {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) attribute_display_name: String,
    /// A name such as `list`; requests may give its number.
    pub(crate) attribute_display_type: String,
    pub(crate) attribute_description: Option<String>,
    pub(crate) attribute_key: String,
    pub(crate) attribute_values: Vec<Value>,
    /// `conversation_attribute` or `contact_attribute`.
    pub(crate) attribute_model: String,
    pub(crate) regex_pattern: Option<String>,
    pub(crate) regex_cue: Option<String>,
    pub(crate) default_value: Option<Value>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// A saved filter of one user.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CustomFilter {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) user_id: u64,
    pub(crate) name: String,
    /// `conversation`, `contact` or `report`.
    pub(crate) filter_type: String,
    pub(crate) query: Map<String, Value>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// An automation rule. The emulator keeps it and does not run it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AutomationRule {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) event_name: String,
    pub(crate) conditions: Vec<Value>,
    pub(crate) actions: Vec<Value>,
    pub(crate) active: bool,
    pub(crate) created_on: i64,
}

/// Where events of an account go. The emulator keeps it and posts nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Webhook {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) name: Option<String>,
    pub(crate) url: String,
    pub(crate) subscriptions: Vec<String>,
    pub(crate) secret: String,
}

/// A help center.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Portal {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) name: String,
    /// Its name in paths, unique on the installation.
    pub(crate) slug: String,
    pub(crate) color: Option<String>,
    pub(crate) custom_domain: Option<String>,
    pub(crate) header_text: Option<String>,
    pub(crate) homepage_link: Option<String>,
    pub(crate) page_title: Option<String>,
    pub(crate) archived: bool,
    pub(crate) allowed_locales: Vec<String>,
    pub(crate) default_locale: String,
}

/// A section of a help center.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Category {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) portal_id: u64,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) locale: String,
    pub(crate) description: Option<String>,
    pub(crate) position: Option<i64>,
    pub(crate) parent_category_id: Option<u64>,
    pub(crate) associated_category_id: Option<u64>,
}

/// An article of a help center.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Article {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) portal_id: u64,
    pub(crate) category_id: Option<u64>,
    pub(crate) author_id: u64,
    pub(crate) associated_article_id: Option<u64>,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) content: Option<String>,
    pub(crate) description: Option<String>,
    /// `draft`, `published` or `archived`.
    pub(crate) status: String,
    pub(crate) position: Option<i64>,
    pub(crate) meta: Map<String, Value>,
    pub(crate) updated_at: i64,
}

/// A connection to another service.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    pub(crate) account_id: u64,
    pub(crate) app_id: String,
    pub(crate) inbox_id: Option<u64>,
    /// `account` or `inbox`.
    pub(crate) hook_type: String,
    pub(crate) status: bool,
    pub(crate) settings: Map<String, Value>,
    pub(crate) reference_id: Option<String>,
}

/// Records that are found by their account and one text that is unique in it.
macro_rules! account_record {
    ($($record:ident: $name:literal => $text:ident),* $(,)?) => { $(
        impl Record for $record {
            fn id(&self) -> u64 {
                self.id
            }
            fn set_id(&mut self, id: u64) {
                self.id = id;
            }
            fn keys(&self) -> Vec<Key> {
                vec![Key::of("account", self.account_id), Key::text($name, self.account_id, &self.$text)]
            }
        }
    )* };
}

account_record! {
    Label: "title" => title,
    CannedResponse: "short_code" => short_code,
    AutomationRule: "name" => name,
    Webhook: "url" => url,
    Hook: "app" => app_id,
}

impl Record for CustomAttribute {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        let key = format!("{} {}", self.attribute_model, self.attribute_key);
        vec![Key::of("account", self.account_id), Key::text("key", self.account_id, &key)]
    }
}

impl Record for CustomFilter {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::of("account", self.account_id), Key::text("owner", self.account_id, &self.user_id.to_string())]
    }
}

impl Record for Portal {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![Key::of("account", self.account_id), Key::text("slug", 0, &self.slug)];
        let domain = self.custom_domain.as_deref().filter(|domain| !domain.is_empty());
        keys.extend(domain.map(|domain| Key::text("custom_domain", 0, domain)));
        keys
    }
}

impl Record for Category {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        let slug = format!("{} {}", self.locale, self.slug);
        vec![Key::of("portal", self.portal_id), Key::text("slug", self.portal_id, &slug)]
    }
}

impl Record for Article {
    fn id(&self) -> u64 {
        self.id
    }
    fn set_id(&mut self, id: u64) {
        self.id = id;
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::of("portal", self.portal_id), Key::text("slug", 0, &self.slug)]
    }
}
