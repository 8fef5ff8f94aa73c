//! Conversations of an account.

use node_sdk::action::{
    ActionSpec, Counted, JsonKind, Literal, NativeParam, Paging, RateLimit, Resource, Role, Texts, body, choice, int, json_list, json_object, path,
    query, rows, text,
};

use super::{ACCOUNT, shapes};

const NAME: &str = "Conversations";

/// Conversations of an account.
pub(super) const CONVERSATIONS: Resource = Resource::new(NAME, "Conversations of an account.", rows![
    ActionSpec::get(NAME, "Conversation List Meta", "conversationListMeta", "/api/v1/accounts/{account_id}/conversations/meta")
        .application(Role::Member)
        .limited(rows![RateLimit::a_minute(30, Counted::Token)])
        .summary("Counts conversations per ownership bucket.")
        .notes(&[
            "30 calls per minute per token on newer servers.", "team_id 0 (n8n default) answers 404, inbox_id 0 counts nothing.",
        ])
        .params(rows![
            ACCOUNT,
            query(choice("status", &["open", "resolved", "pending", "snoozed"], "Conversation state to count.")),
            query(text("q", "Text to look for inside messages; switches the status filter off.")),
            query(int("inbox_id", "Numeric id of the inbox.")),
            query(int("team_id", "Numeric id of the team.")),
            query(json_list("labels", JsonKind::Strings, "Label titles.").as_text()),
        ])
        .answers(&["meta"])
        .errors(&[401, 404, 429])
        .documented_errors(&[400])
        .repeatable(),
    ActionSpec::get(NAME, "Conversation List", "conversationList", "/api/v1/accounts/{account_id}/conversations")
        .application(Role::Member)
        .summary("Lists conversations, 25 per page.")
        .notes(&[
            "Envelope is data.meta + data.payload.",
            "team_id 0 (n8n default) answers 404, inbox_id 0 lists nothing, q \"\" switches the status filter off.",
            "labels is sent by n8n as raw JSON text; the server wants labels[]=x.",
            "Server also takes status=all, sort_by, conversation_type, source_id, updated_within.",
        ])
        .params(rows![
            ACCOUNT,
            query(choice("assignee_type", &["me", "unassigned", "all", "assigned"], "Which ownership bucket to list.").or_text("all")),
            query(
                choice("status", &["open", "resolved", "pending", "snoozed"], "Conversation state to list.")
                    .natively(NativeParam::of_choices(&["open", "resolved", "pending", "snoozed", "all"], Literal::None)),
            ),
            query(text("q", "Text to look for inside messages; switches the status filter off.")),
            query(int("inbox_id", "Numeric id of the inbox.")),
            query(int("team_id", "Numeric id of the team.")),
            query(json_list("labels", JsonKind::Strings, "Label titles.").as_text()),
            query(int("page", "Page number, first page is 1.").or_int(1)),
        ])
        .also(rows![
            query(choice(
                "sort_by",
                &[
                    "last_activity_at_desc",
                    "last_activity_at_asc",
                    "created_at_desc",
                    "created_at_asc",
                    "priority_desc",
                    "priority_asc",
                    "waiting_since_asc",
                    "waiting_since_desc",
                ],
                "Order of the list.",
            )),
            query(choice("conversation_type", &["mention", "participating", "unattended"], "Those that mention you, that you take part in, or that nobody has answered.")),
            query(text("source_id", "Id of the contact inside the inbox.")),
            query(int("updated_within", "Seconds: those that changed within them.")),
        ])
        .answers(shapes::CONVERSATION)
        .inside("data.payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[400])
        .repeatable()
        .paged(Paging::page(25, "data.payload")),
    ActionSpec::post(NAME, "New Conversation", "newConversation", "/api/v1/accounts/{account_id}/conversations")
        .application(Role::Member)
        .bots_too()
        .summary("Opens a conversation, optionally with a first message.")
        .notes(&[
            "source_id alone is enough when the link exists; inbox_id + contact_id create the link.",
            "n8n default puts a WhatsApp template into message, so a first message is always attempted.",
            "Answers the conversation object at top level.",
        ])
        .may_exist(&["custom_attributes"])
        .record(&["contact_id", "source_id"])
        .needs(rows![Texts::Fixed(&["source_id"]), Texts::Fixed(&["contact_id", "inbox_id"])])
        .params(rows![
            ACCOUNT,
            body(text("source_id", "Id of the contact inside the inbox.").required().or_absent()),
            body(text("inbox_id", "Numeric id of the inbox.").required().or_absent()),
            body(text("contact_id", "Contact the conversation belongs to.")),
            body(json_object("additional_attributes", "Free-form system facts such as browser, referer or mail_subject.")),
            body(
                json_object("custom_attributes", "Key/value object with your own attributes.")
                    .or_text("{\n  \"attribute_key\": \"attribute_value\",\n  \"priority_conversation_number\": 3\n}"),
            ),
            body(choice("status", &["open", "resolved", "pending"], "State to use.")),
            body(text("assignee_id", "User id of the agent who should own the conversation.")),
            body(text("team_id", "Numeric id of the team.")),
            body(
                json_object("message", "First message of the conversation (content, template_params, ...).")
                    .or_text("{\n  \"template_params\": {\n    \"name\": \"sample_issue_resolution\",\n    \"category\": \"UTILITY\",\n    \"language\": \"en_US\",\n    \"processed_params\": {\n      \"1\": \"Chatwoot\"\n    }\n  }\n}"),
            ),
        ])
        .answers(shapes::CONVERSATION)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403]),
    ActionSpec::post(NAME, "Conversation Filter", "conversationFilter", "/api/v1/accounts/{account_id}/conversations/filter")
        .application(Role::Member)
        .summary("Finds conversations by conditions.")
        .notes(&[
            "Flat envelope: meta + payload (no data).",
            "Document example uses eq / not_eq, which newer servers refuse with 422; use equal_to / not_equal_to.",
        ])
        .params(rows![
            ACCOUNT,
            query(int("page", "Page number, first page is 1.")),
            body(
                json_list("payload", JsonKind::Objects, "List of filter conditions.")
                    .or_text("[\n  {\n    \"attribute_key\": \"browser_language\",\n    \"filter_operator\": \"not_eq\",\n    \"values\": [\n      \"en\"\n    ],\n    \"query_operator\": \"AND\"\n  },\n  {\n    \"attribute_key\": \"status\",\n    \"filter_operator\": \"eq\",\n    \"values\": [\n      \"pending\"\n    ],\n    \"query_operator\": null\n  }\n]"),
            ),
        ])
        .answers(shapes::CONVERSATION)
        .inside("payload")
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[400])
        .only_reads()
        .repeatable_as("a read")
        .paged(Paging::page(25, "payload")),
    ActionSpec::get(NAME, "Get Details Of A Conversation", "get-details-of-a-conversation", "/api/v1/accounts/{account_id}/conversations/{conversation_id}")
        .application(Role::Member)
        .bots_too()
        .summary("Reads one conversation.")
        .notes(&["Looked up by display number."])
        .params(rows![ACCOUNT, path(int("conversation_id", "Per-account display number of the conversation."))])
        .answers(shapes::CONVERSATION)
        .errors(&[401, 404, 429])
        .documented_errors(&[403, 404])
        .repeatable(),
    ActionSpec::post(NAME, "Toggle Status Of A Conversation", "toggle-status-of-a-conversation", "/api/v1/accounts/{account_id}/conversations/{conversation_id}/toggle_status")
        .application(Role::Member)
        .bots_too()
        .summary("Sets the state of a conversation.")
        .notes(&[
            "snoozed with snoozed_until (Unix seconds) is accepted by the server.",
            "An agent who reopens a conversation becomes its assignee.", "Unknown state ends in 500.",
        ])
        .params(rows![
            ACCOUNT,
            path(int("conversation_id", "Per-account display number of the conversation.")),
            body(
                choice("status", &["open", "resolved", "pending"], "State to use. null turns it: open becomes resolved, any other becomes open.")
                    .natively(NativeParam::of_choices(&["open", "resolved", "pending", "snoozed"], Literal::None))
                    .required()
                    .or_null(),
            ),
        ])
        .also(rows![body(int("snoozed_until", "With the status snoozed: when the conversation opens again, in whole Unix seconds, such as {{ $now.plus({ days: 1 }).toUnixInteger() }}."))])
        .answers(&["success", "conversation_id", "current_status", "snoozed_until"])
        .inside("payload")
        .errors(&[401, 404, 422, 429, 500])
        .documented_errors(&[401, 404])
        .repeatable_given(&["status"], "only with a status given: without one it toggles"),
    ActionSpec::post(NAME, "Toggle Priority Of A Conversation", "toggle-priority-of-a-conversation", "/api/v1/accounts/{account_id}/conversations/{conversation_id}/toggle_priority")
        .application(Role::Member)
        .bots_too()
        .summary("Sets the priority of a conversation.")
        .notes(&["Empty 200.", "\"none\" is offered by the document but is not a stored value (500); null or \"\" clears it."])
        .params(rows![
            ACCOUNT,
            path(int("conversation_id", "Per-account display number of the conversation.")),
            body(choice("priority", &["urgent", "high", "medium", "low", "none"], "Urgency to set.").required().or_null()),
        ])
        .answers_nothing()
        .errors(&[401, 404, 422, 429, 500])
        .documented_errors(&[401, 404])
        .repeatable_as("sets the priority"),
]);
