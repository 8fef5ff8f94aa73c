//! The filter engine of contacts and conversations: conditions joined by AND and OR, where AND binds first.

use jiff::Timestamp;
use serde_json::Value;

use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Contact, Conversation, Key};

/// What is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    Contact,
    Conversation,
}

const EQUALITY: &[&str] = &["equal_to", "not_equal_to"];
const PRESENCE: &[&str] = &["equal_to", "not_equal_to", "is_present", "is_not_present"];
const TEXT: &[&str] = &["equal_to", "not_equal_to", "contains", "does_not_contain"];
const PHONE: &[&str] = &["equal_to", "not_equal_to", "contains", "does_not_contain", "starts_with"];
const DATE: &[&str] = &["is_greater_than", "is_less_than", "days_before"];
/// A custom attribute takes any of them.
const CUSTOM: &[&str] = &[
    "equal_to",
    "not_equal_to",
    "contains",
    "does_not_contain",
    "is_present",
    "is_not_present",
    "is_greater_than",
    "is_less_than",
    "days_before",
    "starts_with",
];

type Keys = &'static [(&'static str, &'static [&'static str])];

const CONVERSATION_KEYS: Keys = &[
    ("status", EQUALITY),
    ("assignee_id", PRESENCE),
    ("inbox_id", PRESENCE),
    ("team_id", PRESENCE),
    ("contact_id", EQUALITY),
    ("priority", EQUALITY),
    ("display_id", TEXT),
    ("campaign_id", PRESENCE),
    ("labels", PRESENCE),
    ("browser_language", EQUALITY),
    ("conversation_language", EQUALITY),
    ("referer", TEXT),
    ("mail_subject", TEXT),
    ("created_at", DATE),
    ("last_activity_at", DATE),
];

const CONTACT_KEYS: Keys = &[
    ("name", TEXT),
    ("email", TEXT),
    ("phone_number", PHONE),
    ("identifier", EQUALITY),
    ("country_code", EQUALITY),
    ("city", TEXT),
    ("company_name", TEXT),
    ("labels", PRESENCE),
    ("blocked", EQUALITY),
    ("created_at", DATE),
    ("last_activity_at", DATE),
];

/// A checked filter: it matches where all conditions of any group do.
pub(crate) struct Filter {
    groups: Vec<Vec<Condition>>,
}

struct Condition {
    key: String,
    test: Test,
}

enum Test {
    Equal(Vec<String>),
    NotEqual(Vec<String>),
    Contains(String),
    Lacks(String),
    Starts(String),
    Present,
    Absent,
    After(Bound),
    Before(Bound),
    /// `status` is "all".
    Any,
}

/// What a value is compared with: a moment for dates, a number for numbers.
enum Bound {
    Moment(i64),
    Number(f64),
}

/// The values of a record under a key; none, one, or (labels) several.
pub(crate) type Values = Vec<Value>;

impl Filter {
    /// Reads `payload` of the body.
    pub(crate) fn parse(call: &Call<'_>, model: Model) -> Result<Self, Failure> {
        let conditions = call.body.list("payload").unwrap_or_default();
        let mut groups = vec![Vec::new()];
        for (index, condition) in conditions.iter().enumerate() {
            let joined = condition["query_operator"].as_str().map(str::to_lowercase);
            let last = index + 1 == conditions.len();
            if let Some(group) = groups.last_mut() {
                group.push(Condition::parse(call, model, condition)?);
            }
            match joined.as_deref() {
                Some("and") => {}
                Some("or") => groups.push(Vec::new()),
                None | Some("") if last => {}
                _ => return Err(Failure::custom("query_operator must be AND or OR, and null on the last condition")),
            }
        }
        groups.retain(|group| !group.is_empty());
        Ok(Self { groups })
    }

    /// Whether a record matches, whose values `values` gives. Without conditions everything does.
    pub(crate) fn matches(&self, values: &dyn Fn(&str) -> Values) -> bool {
        let all = |group: &Vec<Condition>| group.iter().all(|condition| condition.test.holds(&values(&condition.key)));
        self.groups.is_empty() || self.groups.iter().any(all)
    }
}

impl Condition {
    fn parse(call: &Call<'_>, model: Model, condition: &Value) -> Result<Self, Failure> {
        let key = condition["attribute_key"].as_str().unwrap_or_default();
        let allowed = operators(call, model, key)
            .ok_or_else(|| Failure::custom(&format!("attribute_key {key:?} is neither a standard key nor a custom attribute")))?;
        let sent = condition["filter_operator"].as_str().unwrap_or_default();
        let operator = match sent {
            // The document's own examples; the real server refuses them.
            "eq" if !call.as_server => "equal_to",
            "not_eq" if !call.as_server => "not_equal_to",
            other => other,
        };
        if !allowed.contains(&operator) {
            return Err(Failure::custom(&format!("filter_operator {sent:?} is not one of those for {key}: {}", allowed.join(", "))));
        }
        let values = condition["values"].as_array().cloned().unwrap_or_default();
        let test = Test::parse(model, key, operator, &values, call.now)
            .ok_or_else(|| Failure::custom(&format!("the values for {key} are missing or invalid")))?;
        Ok(Self { key: key.to_owned(), test })
    }
}

/// The operators of a key; `None` for one that there is not.
fn operators(call: &Call<'_>, model: Model, key: &str) -> Option<&'static [&'static str]> {
    let (keys, attribute_model) = match model {
        Model::Contact => (CONTACT_KEYS, "contact_attribute"),
        Model::Conversation => (CONVERSATION_KEYS, "conversation_attribute"),
    };
    if let Some((_, operators)) = keys.iter().find(|(name, _)| *name == key) {
        return Some(operators);
    }
    let custom = Key::text("key", call.account, &format!("{attribute_model} {key}"));
    call.state.custom_attributes.find(&custom).map(|_| CUSTOM)
}

impl Test {
    fn parse(model: Model, key: &str, operator: &str, values: &[Value], now: i64) -> Option<Self> {
        let text = |value: &Value| {
            let text = node_sdk::json::to_js_string(value).to_lowercase();
            // Numbers are compared without the plus sign that every kept one begins with.
            if key == "phone_number" { text.trim_start_matches('+').to_owned() } else { text }
        };
        let first = || values.first().filter(|value| !value.is_null());
        Some(match operator {
            "is_present" => Self::Present,
            "is_not_present" => Self::Absent,
            "contains" => Self::Contains(text(first()?)),
            "does_not_contain" => Self::Lacks(text(first()?)),
            "starts_with" => Self::Starts(text(first()?)),
            "is_greater_than" => Self::After(Bound::parse(first()?)?),
            "is_less_than" => Self::Before(Bound::parse(first()?)?),
            "days_before" => Self::Before(Bound::Moment(days_before(first()?, now)?)),
            _ => {
                first()?;
                let all = key == "status" && values.iter().any(|value| value == "all");
                // Contacts are compared with the first value alone.
                let count = if model == Model::Contact { 1 } else { values.len() };
                let values = values.iter().take(count).map(text).collect();
                match operator {
                    "equal_to" if all => Self::Any,
                    "equal_to" => Self::Equal(values),
                    _ => Self::NotEqual(values),
                }
            }
        })
    }

    /// Whether the values of a record pass. Case does not count.
    fn holds(&self, values: &[Value]) -> bool {
        let values: Vec<&Value> = values.iter().filter(|value| !value.is_null() && **value != "").collect();
        let any = |test: &dyn Fn(String) -> bool| values.iter().any(|v| test(node_sdk::json::to_js_string(v).to_lowercase()));
        match self {
            Self::Any => true,
            Self::Present => !values.is_empty(),
            Self::Absent => values.is_empty(),
            Self::Equal(wanted) => any(&|text| wanted.contains(&text)),
            Self::NotEqual(unwanted) => !any(&|text| unwanted.contains(&text)),
            Self::Contains(part) => any(&|text| text.contains(part)),
            Self::Lacks(part) => !any(&|text| text.contains(part)),
            Self::Starts(part) => any(&|text| text.starts_with(part)),
            Self::After(bound) => values.iter().any(|value| bound.compare(value).is_some_and(|order| order.is_gt())),
            Self::Before(bound) => values.iter().any(|value| bound.compare(value).is_some_and(|order| order.is_lt())),
        }
    }
}

impl Bound {
    fn parse(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_f64().map(Self::Number),
            Value::String(text) => moment(text).map(Self::Moment).or_else(|| text.trim().parse().ok().map(Self::Number)),
            _ => None,
        }
    }

    /// How a record's value lies to the bound.
    fn compare(&self, value: &Value) -> Option<std::cmp::Ordering> {
        match self {
            Self::Number(bound) => node_sdk::json::to_number(value)?.partial_cmp(bound),
            Self::Moment(bound) => {
                let moment = value.as_i64().or_else(|| value.as_str().and_then(moment))?;
                Some(moment.cmp(bound))
            }
        }
    }
}

/// Midnight UTC of an ISO date, or the moment of an ISO date and time; Unix seconds.
fn moment(text: &str) -> Option<i64> {
    let midnight = || format!("{text}T00:00:00Z").parse::<Timestamp>();
    text.parse::<Timestamp>().or_else(|_| midnight()).ok().map(Timestamp::as_second)
}

/// Midnight UTC, that many days ago.
fn days_before(value: &Value, now: i64) -> Option<i64> {
    const DAY: i64 = 24 * 60 * 60;
    let days = crate::input::integer(value)?;
    now.div_euclid(DAY).checked_sub(days)?.checked_mul(DAY)
}

/// The values of a contact under a key.
pub(crate) fn contact_value(contact: &Contact, key: &str) -> Values {
    let value = match key {
        "name" => contact.name.clone().into(),
        "email" => contact.email.clone().into(),
        "phone_number" => contact.phone_number.as_deref().map(|number| number.trim_start_matches('+')).into(),
        "identifier" => contact.identifier.clone().into(),
        "blocked" => contact.blocked.into(),
        "created_at" => contact.created_at.into(),
        "last_activity_at" => contact.last_activity_at.into(),
        "labels" => return contact.labels.iter().cloned().map(Value::from).collect(),
        "country_code" | "city" | "company_name" => contact.additional_attributes.get(key).cloned().unwrap_or_default(),
        custom => contact.custom_attributes.get(custom).cloned().unwrap_or_default(),
    };
    vec![value]
}

/// The values of a conversation under a key.
pub(crate) fn conversation_value(conversation: &Conversation, key: &str) -> Values {
    let value = match key {
        "status" => conversation.status.clone().into(),
        "assignee_id" => conversation.assignee_id.into(),
        "inbox_id" => conversation.inbox_id.into(),
        "team_id" => conversation.team_id.into(),
        "contact_id" => conversation.contact_id.into(),
        "priority" => conversation.priority.clone().into(),
        "display_id" => conversation.display_id.into(),
        "created_at" => conversation.created_at.into(),
        "last_activity_at" => conversation.last_activity_at.into(),
        "labels" => return conversation.labels.iter().cloned().map(Value::from).collect(),
        "campaign_id" => Value::Null,
        "browser_language" | "conversation_language" | "referer" | "mail_subject" => {
            let attributes = &conversation.additional_attributes;
            let browser = attributes.get("browser").and_then(|browser| browser.get(key));
            browser.or_else(|| attributes.get(key)).cloned().unwrap_or_default()
        }
        custom => conversation.custom_attributes.get(custom).cloned().unwrap_or_default(),
    };
    vec![value]
}
