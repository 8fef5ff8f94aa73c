//! Routes of the real server beside those of the actions that its clients call and that work here; those that do not: `elsewhere.rs`.

use node_sdk::action::{ActionSpec, JsonKind, Method, Param, Role, body, boolean, int, json_list, json_object, path, query, rows, text};

const ACCOUNT: Param = path(int("account_id", "The account."));
const CONTACT: Param = path(int("id", "The contact."));
const CONVERSATION: Param = path(int("conversation_id", "The conversation's number in the account."));
const INBOX: Param = path(text("inbox_identifier", "The inbox."));
const VISITOR: Param = path(text("contact_identifier", "The contact."));
const LABEL: Param = path(int("id", "The label."));
const MESSAGE: Param = path(int("message_id", "The message."));
const LABELS: Param = body(json_list("labels", JsonKind::Strings, "The whole list."));
const TYPING: Param = body(text("typing_status", "`on` or `off`.").required());

const fn row(method: Method, id: &'static str, path: &'static str, params: &'static [Param]) -> ActionSpec {
    ActionSpec::new(method, "", "", id, path).application(Role::Member).params(params)
}

const fn public(method: Method, id: &'static str, path: &'static str, params: &'static [Param]) -> ActionSpec {
    ActionSpec::new(method, "", "", id, path).public().params(params)
}

/// What works, a row each; the handlers are in `resources`, under the rows' ids.
pub(crate) const ROUTES: &[ActionSpec] = rows![
    row(Method::Get, "get-account-details", "/api/v1/accounts/{account_id}", rows![ACCOUNT]),
    row(Method::Get, "list-all-labels", "/api/v1/accounts/{account_id}/labels", rows![ACCOUNT]),
    row(Method::Post, "create-a-label", "/api/v1/accounts/{account_id}/labels", LABEL_FIELDS).application(Role::Administrator),
    row(Method::Get, "get-details-of-a-single-label", "/api/v1/accounts/{account_id}/labels/{id}", rows![ACCOUNT, LABEL]),
    row(Method::Patch, "update-a-label", "/api/v1/accounts/{account_id}/labels/{id}", CHANGED_LABEL_FIELDS).application(Role::Administrator),
    row(Method::Delete, "delete-a-label", "/api/v1/accounts/{account_id}/labels/{id}", rows![ACCOUNT, LABEL]).application(Role::Administrator),
    row(Method::Get, "list-all-labels-of-a-contact", "/api/v1/accounts/{account_id}/contacts/{id}/labels", rows![ACCOUNT, CONTACT]),
    row(Method::Post, "contact-add-labels", "/api/v1/accounts/{account_id}/contacts/{id}/labels", rows![ACCOUNT, CONTACT, LABELS]),
    row(
        Method::Post,
        "destroy-custom-attributes-of-a-contact",
        "/api/v1/accounts/{account_id}/contacts/{id}/destroy_custom_attributes",
        rows![ACCOUNT, CONTACT, body(json_list("custom_attributes", JsonKind::Strings, "Their keys.").required())],
    ),
    row(
        Method::Post,
        "contactMerge",
        "/api/v1/accounts/{account_id}/actions/contact_merge",
        rows![
            ACCOUNT,
            body(int("base_contact_id", "The contact that stays.").required()),
            body(int("mergee_contact_id", "The contact that becomes part of it.").required()),
        ],
    ),
    row(
        Method::Get,
        "search-conversations",
        "/api/v1/accounts/{account_id}/conversations/search",
        rows![ACCOUNT, query(text("q", "A text of a message.")), query(int("page", "From 1."))],
    ),
    row(
        Method::Patch,
        "update-conversation",
        "/api/v1/accounts/{account_id}/conversations/{conversation_id}",
        rows![
            ACCOUNT,
            CONVERSATION,
            body(text("priority", "`low`, `medium`, `high`, `urgent` or null.")),
            body(int("sla_policy_id", "The service level.")),
        ],
    )
    .bots_too(),
    row(
        Method::Post,
        "update-custom-attributes-of-a-conversation",
        "/api/v1/accounts/{account_id}/conversations/{conversation_id}/custom_attributes",
        rows![ACCOUNT, CONVERSATION, body(json_object("custom_attributes", "All of them.").required())],
    )
    .bots_too(),
    row(
        Method::Post,
        "update-last-seen-of-a-conversation",
        "/api/v1/accounts/{account_id}/conversations/{conversation_id}/update_last_seen",
        rows![ACCOUNT, CONVERSATION],
    ),
    row(
        Method::Post,
        "mark-conversation-unread",
        "/api/v1/accounts/{account_id}/conversations/{conversation_id}/unread",
        rows![ACCOUNT, CONVERSATION]
    ),
    row(Method::Post, "mute-conversation", "/api/v1/accounts/{account_id}/conversations/{conversation_id}/mute", rows![ACCOUNT, CONVERSATION]),
    row(Method::Post, "unmute-conversation", "/api/v1/accounts/{account_id}/conversations/{conversation_id}/unmute", rows![ACCOUNT, CONVERSATION]),
    row(
        Method::Post,
        "toggle-typing-status-of-a-conversation",
        "/api/v1/accounts/{account_id}/conversations/{conversation_id}/toggle_typing_status",
        rows![ACCOUNT, CONVERSATION, TYPING, body(boolean("is_private", "It is a private note."))],
    )
    .bots_too(),
    row(
        Method::Get,
        "list-attachments-of-a-conversation",
        "/api/v1/accounts/{account_id}/conversations/{conversation_id}/attachments",
        rows![ACCOUNT, CONVERSATION, query(int("page", "From 1."))],
    ),
    row(
        Method::Patch,
        "update-message-status",
        "/api/v1/accounts/{account_id}/conversations/{conversation_id}/messages/{message_id}",
        rows![
            ACCOUNT,
            CONVERSATION,
            MESSAGE,
            body(text("status", "`sent`, `delivered`, `read` or `failed`.").required()),
            body(text("external_error", "Why it failed.")),
        ],
    ),
    row(
        Method::Post,
        "retry-message",
        "/api/v1/accounts/{account_id}/conversations/{conversation_id}/messages/{message_id}/retry",
        rows![ACCOUNT, CONVERSATION, MESSAGE],
    ),
    public(
        Method::Get,
        "get-single-conversation",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}",
        rows![INBOX, VISITOR, CONVERSATION],
    ),
    public(
        Method::Post,
        "resolve-conversation",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/toggle_status",
        rows![INBOX, VISITOR, CONVERSATION],
    ),
    public(
        Method::Post,
        "toggle-typing-status",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/toggle_typing",
        rows![INBOX, VISITOR, CONVERSATION, TYPING],
    ),
    public(
        Method::Post,
        "update-last-seen",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/update_last_seen",
        rows![INBOX, VISITOR, CONVERSATION],
    ),
];

const LABEL_FIELDS: &[Param] = rows![
    ACCOUNT,
    body(text("title", "Its name.").required()),
    body(text("description", "What it is for.")),
    body(text("color", "As #RRGGBB.")),
    body(boolean("show_on_sidebar", "It stands in the sidebar.")),
];

const CHANGED_LABEL_FIELDS: &[Param] = rows![
    ACCOUNT,
    LABEL,
    body(text("title", "Its name.")),
    body(text("description", "What it is for.")),
    body(text("color", "As #RRGGBB.")),
    body(boolean("show_on_sidebar", "It stands in the sidebar.")),
];
