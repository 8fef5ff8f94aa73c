//! What an account is set up with.

use serde_json::{Value, json};

use super::{View, iso};
use crate::state::{Article, AutomationRule, CannedResponse, Category, CustomAttribute, CustomFilter, Hook, Key, Label, Portal, Webhook};

impl View<'_> {
    pub(crate) fn canned_response(&self, row: &CannedResponse) -> Value {
        json!({
            "id": row.id, "account_id": row.account_id, "short_code": row.short_code, "content": row.content,
            "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        })
    }

    pub(crate) fn custom_attribute(&self, row: &CustomAttribute) -> Value {
        json!({
            "id": row.id, "attribute_display_name": row.attribute_display_name,
            "attribute_display_type": row.attribute_display_type, "attribute_description": row.attribute_description,
            "attribute_key": row.attribute_key, "regex_pattern": row.regex_pattern, "regex_cue": row.regex_cue,
            "attribute_values": row.attribute_values, "attribute_model": row.attribute_model,
            "default_value": row.default_value, "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        })
    }

    pub(crate) fn custom_filter(&self, row: &CustomFilter) -> Value {
        json!({
            "id": row.id, "name": row.name, "filter_type": row.filter_type, "query": row.query,
            "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
        })
    }

    pub(crate) fn automation_rule(&self, rule: &AutomationRule) -> Value {
        json!({
            "id": rule.id, "account_id": rule.account_id, "name": rule.name, "description": rule.description,
            "event_name": rule.event_name, "conditions": rule.conditions, "actions": rule.actions,
            "created_on": rule.created_on, "active": rule.active,
        })
    }

    pub(crate) fn label(&self, label: &Label) -> Value {
        json!({
            "id": label.id, "title": label.title, "description": label.description, "color": label.color,
            "show_on_sidebar": label.show_on_sidebar,
        })
    }

    pub(crate) fn webhook(&self, webhook: &Webhook) -> Value {
        json!({
            "id": webhook.id, "name": webhook.name, "url": webhook.url, "account_id": webhook.account_id,
            "subscriptions": webhook.subscriptions, "secret": webhook.secret,
        })
    }

    pub(crate) fn hook(&self, hook: &Hook) -> Value {
        let inbox = hook.inbox_id.and_then(|inbox| self.state.inboxes.get(inbox));
        json!({
            "id": hook.id, "app_id": hook.app_id, "status": hook.status,
            "inbox": inbox.map(|inbox| json!({ "id": inbox.id, "name": inbox.name })), "account_id": hook.account_id,
            "hook_type": hook.hook_type, "settings": hook.settings, "reference_id": hook.reference_id,
        })
    }

    pub(crate) fn portal(&self, portal: &Portal) -> Value {
        let categories: Vec<&Category> = self.state.categories.all(&Key::of("portal", portal.id)).collect();
        let articles: Vec<&Article> = self.state.articles.all(&Key::of("portal", portal.id)).collect();
        let locale_of = |article: &Article| {
            let category = article.category_id.and_then(|id| self.state.categories.get(id));
            category.map_or_else(|| portal.default_locale.clone(), |category| category.locale.clone())
        };
        let locales: Vec<Value> = portal
            .allowed_locales
            .iter()
            .map(|locale| {
                json!({
                    "code": locale, "articles_count": articles.iter().filter(|article| locale_of(article) == *locale).count(),
                    "categories_count": categories.iter().filter(|category| category.locale == *locale).count(),
                })
            })
            .collect();
        json!({
            "id": portal.id, "color": portal.color, "custom_domain": portal.custom_domain, "header_text": portal.header_text,
            "homepage_link": portal.homepage_link, "name": portal.name, "page_title": portal.page_title, "slug": portal.slug,
            "archived": portal.archived, "account_id": portal.account_id,
            "config": { "allowed_locales": locales, "default_locale": portal.default_locale },
            "meta": {
                "all_articles_count": articles.len(), "archived_articles_count": null, "published_count": null,
                "draft_articles_count": null, "categories_count": categories.len(), "default_locale": portal.default_locale,
            },
        })
    }

    pub(crate) fn category(&self, category: &Category) -> Value {
        let articles = self.state.articles.all(&Key::of("portal", category.portal_id));
        let related = category.associated_category_id.and_then(|id| self.state.categories.get(id));
        json!({
            "id": category.id, "name": category.name, "slug": category.slug, "locale": category.locale,
            "description": category.description, "position": category.position, "account_id": category.account_id, "icon": "",
            "related_categories": related.map(slim_category).into_iter().collect::<Vec<_>>(),
            "meta": { "articles_count": articles.filter(|article| article.category_id == Some(category.id)).count() },
        })
    }

    pub(crate) fn article(&self, article: &Article) -> Value {
        let category = article.category_id.and_then(|id| self.state.categories.get(id));
        let associated = article.associated_article_id.and_then(|id| self.state.articles.get(id));
        json!({
            "id": article.id, "slug": article.slug, "title": article.title, "content": article.content,
            "description": article.description, "status": article.status, "position": article.position,
            "account_id": article.account_id, "updated_at": article.updated_at, "meta": article.meta,
            "category": category.map(slim_category), "views": null, "author": self.agent(article.account_id, article.author_id),
            "associated_articles": associated.map(|a| json!({ "id": a.id, "title": a.title })).into_iter().collect::<Vec<_>>(),
        })
    }
}

fn slim_category(category: &Category) -> Value {
    json!({ "id": category.id, "name": category.name, "slug": category.slug, "locale": category.locale })
}
