//! Messages of a conversation.

use node_sdk::action::{
    ActionSpec, Counted, FileParam, Literal, NativeParam, Paging, RateLimit, Resource, Role, Texts, body, boolean, choice, int, json_object, path,
    query, rows, text,
};

use super::{ACCOUNT, shapes};

const NAME: &str = "Messages";

/// Messages of a conversation.
pub(super) const MESSAGES: Resource = Resource::new(NAME, "Messages of a conversation.", rows![
    ActionSpec::get(NAME, "List All Messages", "list-all-messages", "/api/v1/accounts/{account_id}/conversations/{conversation_id}/messages")
        .application(Role::Member)
        .summary("Lists the latest 20 messages.")
        .notes(&[
            "meta carries labels, contact, assignee and last-seen times.", "Server also takes before and after (message ids).",
        ])
        .params(rows![ACCOUNT, path(int("conversation_id", "Per-account display number of the conversation."))])
        .also(rows![
            query(int("before", "Id of a message: those before it are listed.")),
            query(int("after", "Id of a message: those after it are listed, up to 100.")),
        ])
        .answers(shapes::LISTED_MESSAGE)
        .inside("payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable()
        .paged(Paging::before(20, "payload")),
    ActionSpec::post(NAME, "Create A New Message In A Conversation", "create-a-new-message-in-a-conversation", "/api/v1/accounts/{account_id}/conversations/{conversation_id}/messages")
        .application(Role::Member)
        .limited(rows![RateLimit::a_minute(200, Counted::each(&["account_id", "conversation_id"])).saying("Too many messages")])
        .bots_too()
        .summary("Sends a message or private note.")
        .notes(&[
            "n8n defaults are private true, content_type cards, content_attributes {} and a sample template: sent untouched the server answers 422 because cards need items.",
            "text is missing from the n8n choices; an expression that yields \"text\", \"\" or undefined works.",
            "incoming is allowed only in API inboxes (422 otherwise).", "Files go as multipart attachments[] (40 MB, at most 15).",
            "200 messages a minute per conversation by default.",
        ])
        .params(rows![
            ACCOUNT,
            path(int("conversation_id", "Per-account display number of the conversation.")),
            body(text("content", "Text to send.").required().or_absent()),
            body(
                choice("message_type", &["outgoing", "incoming"], "Direction of the message.")
                    .natively(NativeParam::of_choices(&["outgoing", "incoming", "activity", "template"], Literal::None)),
            ),
            body(boolean("private", "True makes it an internal note the customer never sees.")),
            body(
                choice("content_type", &["input_email", "cards", "input_select", "form", "article"], "Kind of rich message.")
                    .or_text("cards").natively(NativeParam::of_choices(&["text", "input_email", "cards", "input_select", "form", "article"], Literal::text("text"))),
            ),
            body(json_object("content_attributes", "Extra data that the chosen content_type needs, such as items.")),
            body(
                json_object("template_params", "WhatsApp template name, category, language and processed_params.")
                    .or_text("{\n  \"name\": \"sample_issue_resolution\",\n  \"category\": \"UTILITY\",\n  \"language\": \"en_US\",\n  \"processed_params\": {\n    \"1\": \"Chatwoot\"\n  }\n}"),
            ),
        ])
        .also(rows![
            body(choice("sender_type", &["AgentBot"], "Who sends it, where it is not the token's owner.")),
            body(int("sender_id", "Numeric id of the agent bot that sends it.")),
        ])
        .needs(rows![Texts::Fixed(&["content"]), Texts::Fixed(&["attachments"])])
        .answers(shapes::MESSAGE)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403, 404])
        .files(rows![FileParam::attachments("attachments", "attachments[]")]),
    ActionSpec::delete(NAME, "Delete A Message", "delete-a-message", "/api/v1/accounts/{account_id}/conversations/{conversation_id}/messages/{message_id}")
        .application(Role::Member)
        .summary("Blanks a message and drops its attachments.")
        .notes(&["Answers the blanked message (content_attributes.deleted true) with 200."])
        .params(rows![
            ACCOUNT,
            path(int("conversation_id", "Per-account display number of the conversation.")),
            path(int("message_id", "Numeric id of the message.")),
        ])
        .answers(shapes::MESSAGE)
        .errors(&[401, 404, 429])
        .documented_errors(&[401, 404])
        .repeatable_as("a second delete answers 404: that counts as done"),
]);
