//! Portals, categories and articles.

use node_sdk::action::{ActionSpec, NativeParam, ParamType, Resource, Role, body, boolean, int, json_object, path, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Help Center";

/// Portals, categories and articles.
pub(super) const HELP_CENTER: Resource = Resource::new(
    NAME,
    "Portals, categories and articles.",
    rows![
        ActionSpec::get(NAME, "Get Portal", "get-portal", "/api/v1/accounts/{account_id}/portals")
            .application(Role::Member)
            .summary("Lists help-centre portals.")
            .notes(&["Despite the name this lists."])
            .params(rows![ACCOUNT])
            .answers(shapes::PORTAL)
            .inside("payload")
            .errors(&[401, 404, 429])
            .documented_errors(&[403])
            .repeatable(),
        ActionSpec::post(NAME, "Add New Portal To Account", "add-new-portal-to-account", "/api/v1/accounts/{account_id}/portals")
            .application(Role::Administrator)
            .summary("Creates a help-centre portal.")
            .notes(&[
                "account_id is both path and body parameter under one n8n name, so both get the same value.",
                "n8n default colour text is not a colour: newer servers answer 422.",
            ])
            .params(rows![
                ACCOUNT,
                body(boolean("archived", "Takes the portal offline when true.")),
                body(text("color", "Accent colour as #RGB or #RRGGBB.").or_text("add color HEX string, \"#fffff\"")),
                body(
                    json_object("config", "Portal languages: allowed_locales list and default_locale.")
                        .or_text("{\n  \"allowed_locales\": [\n    \"en\",\n    \"es\"\n  ],\n  \"default_locale\": \"en\"\n}"),
                ),
                body(text("custom_domain", "Host name that serves the portal.").or_text("https://chatwoot.help/.")),
                body(text("header_text", "Headline on the portal home page.").or_text("Handbook")),
                body(text("homepage_link", "Link behind the portal's home button.").or_text("https://www.chatwoot.com/")),
                body(text("name", "Display name.")),
                body(text("slug", "URL name of the portal, unique on the installation.")),
                body(text("page_title", "Browser title of the portal.")),
                body(int("account_id", "Numeric id of the account (tenant) the call works in.")),
            ])
            .answers(shapes::PORTAL)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[403]),
        ActionSpec::patch(NAME, "Update New Portal To Account", "update-new-portal-to-account", "/api/v1/accounts/{account_id}/portals")
            .application(Role::Administrator)
            .summary("Changes a portal (documented path has no portal key).")
            .notes(&[
                "The server has no PATCH on the collection: this path answers 404. Working form is PATCH .../portals/{slug}.",
                "account_id shared by path and body.",
            ])
            .params(rows![
                ACCOUNT,
                body(boolean("archived", "Takes the portal offline when true.")),
                body(text("color", "Accent colour as #RGB or #RRGGBB.").or_text("add color HEX string, \"#fffff\"")),
                body(
                    json_object("config", "Portal languages: allowed_locales list and default_locale.")
                        .or_text("{\n  \"allowed_locales\": [\n    \"en\",\n    \"es\"\n  ],\n  \"default_locale\": \"en\"\n}"),
                ),
                body(text("custom_domain", "Host name that serves the portal.").or_text("https://chatwoot.help/.")),
                body(text("header_text", "Headline on the portal home page.").or_text("Handbook")),
                body(text("homepage_link", "Link behind the portal's home button.").or_text("https://www.chatwoot.com/")),
                body(text("name", "Display name.")),
                body(text("slug", "URL-safe name.")),
                body(text("page_title", "Browser title of the portal.")),
                body(int("account_id", "Numeric id of the account (tenant) the call works in.")),
            ])
            .answers(shapes::PORTAL)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[403])
            .repeatable()
            .natively_at("/api/v1/accounts/{account_id}/portals/{slug}")
            .native_note("slug goes into the path: the documented path is 404"),
        ActionSpec::post(
            NAME,
            "Add New Category To Account",
            "add-new-category-to-account",
            "/api/v1/accounts/{account_id}/portals/{portal_id}/categories",
        )
        .application(Role::Administrator)
        .summary("Creates a category in a portal.")
        .notes(&[
            "portal_id is matched against the portal slug; a numeric id answers 404.",
            "account_id and portal_id are shared by path and body.",
            "locale must be one the portal allows; the n8n default \"en/es\" is not.",
        ])
        .record(&[])
        .params(rows![
            ACCOUNT,
            path(int("portal_id", "Portal key; the server looks it up by slug.").natively(NativeParam::of_type(ParamType::String))),
            body(text("description", "Free text that explains the record.")),
            body(text("locale", "Language code.").or_text("en/es")),
            body(text("name", "Display name.")),
            body(text("slug", "URL-safe name.")),
            body(int("position", "Sort position.")),
            body(int("portal_id", "Portal key; the server looks it up by slug.").natively(NativeParam::of_type(ParamType::String))),
            body(int("account_id", "Numeric id of the account (tenant) the call works in.")),
            body(int("associated_category_id", "Category this one is a translation or sibling of.")),
            body(int("parent_category_id", "Category this one is nested under.")),
        ])
        .answers(shapes::CATEGORY)
        .inside("payload")
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403])
        .native_note("the slug of the portal; in the path only"),
        ActionSpec::post(
            NAME,
            "Add New Article To Account",
            "add-new-article-to-account",
            "/api/v1/accounts/{account_id}/portals/{portal_id}/articles",
        )
        .application(Role::Administrator)
        .summary("Creates an article in a portal.")
        .notes(&[
            "portal_id is matched against the portal slug.",
            "author_id and title are required by the server.",
            "slug is generated when absent; an empty string is kept.",
        ])
        .record(&[])
        .params(rows![
            ACCOUNT,
            path(int("portal_id", "Portal key; the server looks it up by slug.").natively(NativeParam::of_type(ParamType::String))),
            body(text("content", "Article body in Markdown.")),
            body(json_object("meta", "Search metadata: tags, title, description.").or_text(
                "{\n  \"tags\": [\n    \"article_name\"\n  ],\n  \"title\": \"article title\",\n  \"description\": \"article description\"\n}",
            )),
            body(int("position", "Sort position.")),
            body(int("status", "Publication state: 0 draft, 1 published, 2 archived.")),
            body(text("title", "Headline.")),
            body(text("slug", "URL-safe name.")),
            body(int("views", "View counter, ignored by the server.")),
            body(int("portal_id", "Portal key; the server looks it up by slug.").natively(NativeParam::of_type(ParamType::String))),
            body(int("account_id", "Numeric id of the account (tenant) the call works in.")),
            body(int("author_id", "User id of the writer.")),
            body(int("category_id", "Category the article is filed under.")),
            body(int("folder_id", "Old grouping id, ignored by the server.")),
            body(int("associated_article_id", "Article this one is a translation or sibling of.")),
        ])
        .answers(shapes::ARTICLE)
        .inside("payload")
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403])
        .native_note("the slug of the portal; in the path only"),
    ],
);
