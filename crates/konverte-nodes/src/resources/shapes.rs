//! The records that the service answers with: the fields of each, in its order, once.

/// An account.
pub(super) const ACCOUNT: &[&str] = &["id", "name", "locale", "domain", "support_email", "features", "custom_attributes", "limits", "status"];

/// A bot of an account.
pub(super) const ACCOUNT_AGENT_BOT: &[&str] =
    &["id", "name", "description", "thumbnail", "outgoing_url", "bot_type", "bot_config", "account_id", "access_token", "secret", "system_bot"];

/// Who belongs to an account.
pub(super) const ACCOUNT_USER: &[&str] =
    &["id", "account_id", "user_id", "role", "inviter_id", "active_at", "availability", "auto_offline", "created_at", "updated_at"];

/// A person who works in an account.
pub(super) const AGENT: &[&str] =
    &["id", "account_id", "availability_status", "auto_offline", "confirmed", "email", "provider", "available_name", "name", "role", "thumbnail"];

/// A bot of the installation.
pub(super) const AGENT_BOT: &[&str] = &["id", "name", "description", "outgoing_url", "account_id", "access_token"];

/// The figures of a person.
pub(super) const AGENT_REPORT: &[&str] = &["id", "name", "email", "thumbnail", "availability", "metric"];

/// An article of the help center.
pub(super) const ARTICLE: &[&str] = &[
    "id",
    "slug",
    "title",
    "content",
    "description",
    "status",
    "position",
    "account_id",
    "updated_at",
    "meta",
    "category",
    "views",
    "author",
    "associated_articles",
];

/// A rule that acts on an event.
pub(super) const AUTOMATION_RULE: &[&str] =
    &["id", "account_id", "name", "description", "event_name", "conditions", "actions", "created_on", "active"];

/// An answer in stock.
pub(super) const CANNED_RESPONSE: &[&str] = &["id", "account_id", "short_code", "content", "created_at", "updated_at"];

/// A category of the help center.
pub(super) const CATEGORY: &[&str] = &["id", "name", "slug", "locale", "description", "position", "account_id", "icon", "related_categories", "meta"];

/// What a visitor's own program sees of a contact that it changed.
pub(super) const CHANGED_PUBLIC_CONTACT: &[&str] = &[
    "id",
    "name",
    "email",
    "phone_number",
    "account_id",
    "identifier",
    "additional_attributes",
    "custom_attributes",
    "last_activity_at",
    "contact_type",
    "middle_name",
    "last_name",
    "location",
    "country_code",
    "blocked",
    "created_at",
    "updated_at",
];

/// A person who writes to an account.
pub(super) const CONTACT: &[&str] = &[
    "additional_attributes",
    "availability_status",
    "email",
    "id",
    "name",
    "phone_number",
    "blocked",
    "identifier",
    "thumbnail",
    "custom_attributes",
    "last_activity_at",
    "created_at",
    "contact_inboxes",
];

/// A conversation.
pub(super) const CONVERSATION: &[&str] = &[
    "meta",
    "id",
    "messages",
    "account_id",
    "uuid",
    "additional_attributes",
    "agent_last_seen_at",
    "assignee_last_seen_at",
    "can_reply",
    "contact_last_seen_at",
    "custom_attributes",
    "inbox_id",
    "labels",
    "muted",
    "snoozed_until",
    "status",
    "created_at",
    "updated_at",
    "timestamp",
    "first_reply_created_at",
    "unread_count",
    "last_non_activity_message",
    "last_activity_at",
    "priority",
    "waiting_since",
    "sla_policy_id",
];

/// A field that an account added.
pub(super) const CUSTOM_ATTRIBUTE: &[&str] = &[
    "id",
    "attribute_display_name",
    "attribute_display_type",
    "attribute_description",
    "attribute_key",
    "regex_pattern",
    "regex_cue",
    "attribute_values",
    "attribute_model",
    "default_value",
    "created_at",
    "updated_at",
];

/// A saved filter.
pub(super) const CUSTOM_FILTER: &[&str] = &["id", "name", "filter_type", "query", "created_at", "updated_at"];

/// An inbox.
pub(super) const INBOX: &[&str] = &[
    "id",
    "avatar_url",
    "channel_id",
    "name",
    "channel_type",
    "greeting_enabled",
    "greeting_message",
    "working_hours_enabled",
    "enable_email_collect",
    "csat_survey_enabled",
    "enable_auto_assignment",
    "auto_assignment_config",
    "out_of_office_message",
    "working_hours",
    "timezone",
    "callback_webhook_url",
    "allow_messages_after_resolved",
    "lock_to_single_conversation",
    "sender_name_type",
    "business_name",
    "hmac_mandatory",
    "hmac_token",
    "webhook_url",
    "inbox_identifier",
    "additional_attributes",
    "provider",
];

/// An integration that there is.
pub(super) const INTEGRATION: &[&str] =
    &["id", "name", "description", "short_description", "enabled", "hook_type", "allow_multiple_hooks", "action", "button", "hooks"];

/// An integration that is switched on.
pub(super) const INTEGRATION_HOOK: &[&str] = &["id", "app_id", "status", "inbox", "account_id", "hook_type", "settings", "reference_id"];

/// A message in a list: the fields of [`MESSAGE`], in another order.
pub(super) const LISTED_MESSAGE: &[&str] = &[
    "id",
    "content",
    "message_type",
    "content_type",
    "content_attributes",
    "created_at",
    "conversation_id",
    "sender",
    "inbox_id",
    "status",
    "private",
    "source_id",
];

/// A message.
pub(super) const MESSAGE: &[&str] = &[
    "id",
    "content",
    "inbox_id",
    "conversation_id",
    "message_type",
    "content_type",
    "status",
    "content_attributes",
    "created_at",
    "private",
    "source_id",
    "sender",
];

/// How many conversations stand open.
pub(super) const OPEN_CONVERSATIONS: &[&str] = &["open", "unattended", "unassigned", "pending"];

/// A portal of the help center.
pub(super) const PORTAL: &[&str] =
    &["id", "color", "custom_domain", "header_text", "homepage_link", "name", "page_title", "slug", "archived", "account_id", "config", "meta"];

/// The person whose token it is.
pub(super) const PROFILE: &[&str] = &[
    "access_token",
    "account_id",
    "available_name",
    "avatar_url",
    "confirmed",
    "display_name",
    "message_signature",
    "email",
    "id",
    "name",
    "provider",
    "pubsub_token",
    "custom_attributes",
    "role",
    "ui_settings",
    "uid",
    "accounts",
    "type",
    "inviter_id",
];

/// A contact as a visitor's own program sees it.
pub(super) const PUBLIC_CONTACT: &[&str] = &["source_id", "pubsub_token", "id", "name", "email", "phone_number"];

/// A conversation as a visitor's own program sees it.
pub(super) const PUBLIC_CONVERSATION: &[&str] =
    &["id", "uuid", "inbox_id", "contact_last_seen_at", "status", "agent_last_seen_at", "messages", "contact"];

/// An inbox as a visitor's own program sees it.
pub(super) const PUBLIC_INBOX: &[&str] = &[
    "identifier",
    "identity_validation_enabled",
    "name",
    "timezone",
    "working_hours",
    "working_hours_enabled",
    "csat_survey_enabled",
    "greeting_enabled",
];

/// A message as a visitor's own program sees it.
pub(super) const PUBLIC_MESSAGE: &[&str] =
    &["id", "content", "message_type", "content_type", "content_attributes", "created_at", "conversation_id", "sender"];

/// The figures of a period.
pub(super) const REPORT_SUMMARY: &[&str] = &[
    "conversations_count",
    "incoming_messages_count",
    "outgoing_messages_count",
    "avg_first_response_time",
    "avg_resolution_time",
    "resolutions_count",
    "reply_time",
    "previous",
];

/// A team.
pub(super) const TEAM: &[&str] = &["id", "name", "description", "allow_auto_assign", "account_id", "is_member"];

/// A person of the installation.
pub(super) const USER: &[&str] = &[
    "access_token",
    "account_id",
    "available_name",
    "avatar_url",
    "confirmed",
    "display_name",
    "message_signature",
    "email",
    "id",
    "name",
    "provider",
    "pubsub_token",
    "custom_attributes",
    "role",
    "ui_settings",
    "uid",
    "accounts",
];

/// A webhook.
pub(super) const WEBHOOK: &[&str] = &["id", "name", "url", "account_id", "subscriptions", "secret"];
