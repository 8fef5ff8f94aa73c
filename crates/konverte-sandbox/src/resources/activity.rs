//! What the server itself writes into a conversation: what was changed in it, a greeting, the satisfaction survey.

use super::filled;
use crate::call::{Call, Caller};
use crate::state::{ACTIVITY, Conversation, Key, Message, OUTGOING, TEMPLATE, has_label};

/// The content type of a satisfaction survey.
const SURVEY: &str = "input_csat";

impl Call<'_> {
    /// Changes a conversation, and writes into it what people should see of the change.
    pub(super) fn change_conversation(&mut self, id: u64, change: impl FnOnce(&mut Conversation)) {
        let Some(before) = self.state.conversations.get(id).cloned() else { return };
        let now = self.now;
        self.state.conversations.update(id, |conversation| {
            change(conversation);
            conversation.updated_at = now;
        });
        let Some(after) = self.state.conversations.get(id).cloned() else { return };
        for text in self.changes(&before, &after) {
            self.write_activity(&after, &text);
        }
        if before.status != "resolved" && after.status == "resolved" {
            self.ask_for_rating(&after);
        }
    }

    /// Writes down what the caller did to a conversation: "Ada Admin resolved this".
    pub(super) fn write_activity(&mut self, conversation: &Conversation, did: &str) {
        let text = format!("{} {did}", self.caller_name(conversation));
        self.write(conversation, ACTIVITY, "text", text);
    }

    /// Greets a visitor who writes first, where the inbox has a greeting.
    pub(super) fn greet(&mut self, conversation: u64) {
        let Some(conversation) = self.state.conversations.get(conversation).cloned() else { return };
        let inbox = self.state.inboxes.get(conversation.inbox_id).filter(|inbox| inbox.greeting_enabled);
        let greeting = inbox.and_then(|inbox| filled(inbox.greeting_message.clone()));
        let begun = self.has_message(conversation.id, |message| [OUTGOING, TEMPLATE].contains(&message.message_type));
        if let Some(greeting) = greeting.filter(|_| !begun) {
            self.write(&conversation, TEMPLATE, "text", greeting);
        }
    }

    /// Asks the visitor once how it was, where the inbox has that on.
    fn ask_for_rating(&mut self, conversation: &Conversation) {
        let asks = self.state.inboxes.get(conversation.inbox_id).is_some_and(|inbox| inbox.csat_survey_enabled);
        if asks && !self.has_message(conversation.id, |message| message.content_type == SURVEY) {
            self.write(conversation, TEMPLATE, SURVEY, "Please rate this conversation".to_owned());
        }
    }

    fn has_message(&self, conversation: u64, kind: impl Fn(&Message) -> bool) -> bool {
        self.state.messages.all(&Key::of("conversation", conversation)).any(kind)
    }

    /// A message of the server's own: everyone in the conversation sees it, and nobody wrote it.
    fn write(&mut self, conversation: &Conversation, message_type: u8, content_type: &str, content: String) {
        let now = self.now;
        self.state.messages.insert(Message {
            account_id: conversation.account_id,
            inbox_id: conversation.inbox_id,
            conversation_id: conversation.id,
            content: Some(content),
            message_type,
            content_type: content_type.to_owned(),
            created_at: now,
            updated_at: now,
            ..Message::default()
        });
        self.state.conversations.update(conversation.id, |conversation| conversation.last_activity_at = now);
    }

    /// Who calls, by name; where nobody signed in, it is the visitor.
    fn caller_name(&self, conversation: &Conversation) -> String {
        let name = match self.caller {
            Caller::User(user) => self.user_name(user),
            Caller::Bot(bot) => self.state.agent_bots.get(bot).map(|bot| bot.name.clone()),
            Caller::Platform(_) | Caller::Nobody => self.state.contacts.get(conversation.contact_id).map(|contact| contact.name.clone()),
        };
        name.unwrap_or_default()
    }

    fn user_name(&self, user: u64) -> Option<String> {
        self.state.users.get(user).map(|user| user.name.clone())
    }

    fn team_name(&self, team: u64) -> Option<String> {
        self.state.teams.get(team).map(|team| team.name.clone())
    }

    /// What differs between the two that people should see, a text each.
    fn changes(&self, before: &Conversation, after: &Conversation) -> Vec<String> {
        let status = (before.status != after.status).then(|| status(&after.status).to_owned());
        let priority = match (&before.priority, &after.priority) {
            (old, new) if old == new => None,
            (Some(old), Some(new)) => Some(format!("changed the priority from {old} to {new}")),
            (None, Some(new)) => Some(format!("set the priority to {new}")),
            (_, None) => Some("removed the priority".to_owned()),
        };
        let assignee = match (before.assignee_id, after.assignee_id) {
            (old, new) if old == new => None,
            (_, Some(new)) if self.user() == Some(new) => Some("took this over".to_owned()),
            (_, Some(new)) => self.user_name(new).map(|name| format!("assigned this to {name}")),
            (Some(old), None) => self.user_name(old).map(|name| format!("took this away from {name}")),
            (None, None) => None,
        };
        let team = match (before.team_id, after.team_id) {
            (old, new) if old == new => None,
            (_, Some(new)) => self.team_name(new).map(|name| format!("gave this to the team {name}")),
            (Some(old), None) => self.team_name(old).map(|name| format!("took this away from the team {name}")),
            (None, None) => None,
        };
        let labels = [labels("added", &after.labels, &before.labels), labels("removed", &before.labels, &after.labels)];
        [status, priority, assignee, team].into_iter().chain(labels).flatten().collect()
    }
}

fn status(new: &str) -> &'static str {
    match new {
        "resolved" => "resolved this",
        "pending" => "set this to pending",
        "snoozed" => "snoozed this",
        _ => "reopened this",
    }
}

/// What was done to the labels of one list that the other does not have.
fn labels(done: &str, of: &[String], without: &[String]) -> Option<String> {
    let changed: Vec<&str> = of.iter().filter(|label| !has_label(without, label)).map(String::as_str).collect();
    let noun = if changed.len() == 1 { "label" } else { "labels" };
    (!changed.is_empty()).then(|| format!("{done} the {noun} {}", changed.join(", ")))
}
