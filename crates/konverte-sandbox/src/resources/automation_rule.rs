//! Automation rules. They are kept and checked, not run.

use serde_json::{Value, json as value};

use super::{Handlers, set};
use crate::answer::{Answer, empty, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{AutomationRule, Key};

pub(super) const HANDLERS: Handlers = &[
    ("get-account-automation-rule", list),
    ("add-new-automation-rule-to-account", create),
    ("get-details-of-a-single-automation-rule", show),
    ("delete-automation-rule-from-account", delete),
    ("update-automation-rule-in-account", update),
];

const CONDITION_KEYS: [&str; 23] = [
    "content",
    "email",
    "country_code",
    "status",
    "message_type",
    "browser_language",
    "assignee_id",
    "team_id",
    "referer",
    "city",
    "company",
    "company_name",
    "inbox_id",
    "mail_subject",
    "phone_number",
    "priority",
    "conversation_language",
    "labels",
    "private_note",
    "name",
    "identifier",
    "blocked",
    "display_id",
];

const ACTIONS: [&str; 20] = [
    "send_message",
    "add_label",
    "remove_label",
    "send_email_to_team",
    "assign_team",
    "assign_agent",
    "send_webhook_event",
    "mute_conversation",
    "send_attachment",
    "change_status",
    "resolve_conversation",
    "open_conversation",
    "pending_conversation",
    "snooze_conversation",
    "change_priority",
    "send_email_transcript",
    "add_private_note",
    "remove_assigned_team",
    "remove_assigned_agent",
    "add_sla",
];

/// Every rule: the page number is taken and not used.
fn list(call: &mut Call<'_>) -> Answer {
    let rules = call.state.automation_rules.all(&Key::of("account", call.account));
    let payload: Vec<Value> = rules.map(|rule| call.view().automation_rule(rule)).collect();
    json(value!({ "payload": payload }))
}

/// Answers the rule itself; reading and changing wrap it.
fn create(call: &mut Call<'_>) -> Answer {
    let mut rule = AutomationRule { account_id: call.account, active: true, created_on: call.now, ..AutomationRule::default() };
    apply(call, &mut rule)?;
    let id = call.state.automation_rules.insert(rule);
    let rule = call.state.automation_rules.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().automation_rule(rule))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut rule = find(call)?.clone();
    apply(call, &mut rule)?;
    let id = rule.id;
    call.state.automation_rules.update(id, |row| *row = rule);
    answer(call, id)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id;
    call.state.automation_rules.remove(id);
    empty()
}

/// The rule of the path. The real server raises on an unknown one.
fn find<'a>(call: &'a Call<'_>) -> Result<&'a AutomationRule, Failure> {
    let unknown = || if call.as_server { Failure::internal() } else { Failure::not_found() };
    let rule = call.path("id").parse().ok().and_then(|id| call.state.automation_rules.get(id));
    rule.filter(|rule| rule.account_id == call.account).ok_or_else(unknown)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let rule = call.state.automation_rules.get(id).ok_or_else(Failure::not_found)?;
    json(value!({ "payload": call.view().automation_rule(rule) }))
}

fn apply(call: &Call<'_>, rule: &mut AutomationRule) -> Result<(), Failure> {
    let body = &call.body;
    set(&mut rule.name, body.text("name"));
    set(&mut rule.description, body.nullable_text("description"));
    set(&mut rule.event_name, body.text("event_name"));
    set(&mut rule.active, body.flag("active"));
    set(&mut rule.conditions, body.list("conditions"));
    set(&mut rule.actions, body.list("actions"));
    let mut problems = Problems::default();
    problems.blank("name", Some(&rule.name));
    problems.done()?;
    check_conditions(call, rule)?;
    let known = |action: &Value| action["action_name"].as_str().is_some_and(|name| ACTIONS.contains(&name));
    match rule.actions.iter().find(|action| !known(action)) {
        Some(action) => Err(Failure::custom_value(value!({ "actions": [format!("{} is not supported", action["action_name"])] }))),
        None => Ok(()),
    }
}

fn check_conditions(call: &Call<'_>, rule: &AutomationRule) -> Result<(), Failure> {
    let wrong = |text: String| Err(Failure::custom_value(value!({ "conditions": [text] })));
    let custom = |key: &str| {
        let mut attributes = call.state.custom_attributes.all(&Key::of("account", call.account));
        attributes.any(|attribute| attribute.attribute_key == key)
    };
    let mut last_ones = 0;
    for condition in &rule.conditions {
        let key = condition["attribute_key"].as_str().unwrap_or_default();
        if !CONDITION_KEYS.contains(&key) && !custom(key) {
            return wrong(format!("{key:?} is not supported"));
        }
        match condition["query_operator"].as_str().map(str::to_lowercase).as_deref() {
            Some("and" | "or") => {}
            // The document's own example says "nil".
            None | Some("") => last_ones += 1,
            Some("nil") if !call.as_server => last_ones += 1,
            Some(operator) => return wrong(format!("query_operator {operator:?} is none of AND, OR and null")),
        }
    }
    if last_ones > 1 { wrong("only the last one may be without a query_operator".into()) } else { Ok(()) }
}
