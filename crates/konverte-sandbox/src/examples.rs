//! One example of each action: parameters as native mode takes them, on the seed, and what must come of it.
//!
//! The round-trip tests run them, the documentation and `konverte nodes show` print them.
//!
//! ```
//! use konverte_sandbox::examples;
//!
//! let example = examples::of("create-a-team").expect("every action has one");
//! assert_eq!(example.parameters["name"], "After Sales");
//! ```

use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use node_sdk::action::{ActionSpec, Place};
use node_sdk::json::{self, to_js_string};
use node_sdk::ports::{HttpBody, Part};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::http::Request;
use crate::sandbox::Sandbox;
use crate::state::State;
use crate::tokens::Tokens;

/// An example of one action.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Operation id of the action's row.
    pub operation: String,
    /// As they stand in a node of type `konverte`, without `resource` and `operation`.
    pub parameters: Map<String, Value>,
    /// Binary properties that the item carries, by name.
    #[serde(default)]
    pub files: Map<String, Value>,
    /// Values in the answer, by JSON pointer.
    #[serde(default)]
    pub answer: Map<String, Value>,
    /// Records of the state that the answer shows.
    #[serde(default)]
    pub shows: Vec<Shown>,
    /// What the state holds afterwards.
    #[serde(default)]
    pub state: Vec<Held>,
}

/// A record of the state, some of whose fields stand in the answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Key of the state, for example `contacts`.
    pub table: String,
    /// Fields that pick the record.
    #[serde(rename = "where")]
    pub of: Map<String, Value>,
    /// JSON pointer to the object in the answer.
    pub at: String,
    /// Fields that are equal in both.
    pub fields: Vec<String>,
}

/// A record that the state holds, or does not hold any more.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Key of the state; "" for the state itself.
    pub table: String,
    /// Fields that pick the record.
    #[serde(rename = "where")]
    pub of: Map<String, Value>,
    /// Fields that it has.
    #[serde(default)]
    pub has: Map<String, Value>,
    /// There is none.
    #[serde(default)]
    pub absent: bool,
}

#[expect(clippy::expect_used, reason = "the file is part of the crate, and a test reads it")]
static EXAMPLES: LazyLock<Vec<Example>> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).expect("examples.json is a list of examples"));

/// Those of the seed.
static TOKENS: LazyLock<Tokens> = LazyLock::new(|| State::from_json(Sandbox::seed_json()).map(|seed| Tokens::of(&seed)).unwrap_or_default());

/// All examples, in the order of the service's document.
pub fn all() -> &'static [Example] {
    &EXAMPLES
}

/// The example of an operation.
pub fn of(operation_id: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.operation == operation_id)
}

impl Example {
    /// The row of its action.
    pub fn action(&self) -> Option<&'static ActionSpec> {
        konverte_nodes::actions().find(|action| action.operation_id == self.operation)
    }

    /// What differs from what must come of it: nothing where all is well. `answer` is the answer's JSON, `state` what
    /// [`Sandbox::state`](crate::Sandbox::state) gives afterwards.
    pub fn differences(&self, answer: &Value, state: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        for (at, expected) in &self.answer {
            let found = answer.pointer(at).unwrap_or(&Value::Null);
            if !json::same(found, expected) {
                differences.push(format!("answer {at}: {found}, not {expected}"));
            }
        }
        for shown in &self.shows {
            let object = answer.pointer(&shown.at).unwrap_or(&Value::Null);
            match record(state, &shown.table, &shown.of) {
                None => differences.push(format!("state: no {} with {:?}", shown.table, shown.of)),
                Some(record) => differences.extend(
                    shown
                        .fields
                        .iter()
                        .filter(|field| !json::same(&object[*field], &record[*field]))
                        .map(|field| format!("answer {}/{field}: {}, but the state has {}", shown.at, object[field], record[field])),
                ),
            }
        }
        for held in &self.state {
            differences.extend(held.differences(state));
        }
        differences
    }
}

impl Held {
    fn differences(&self, state: &Value) -> Vec<String> {
        match record(state, &self.table, &self.of) {
            Some(record) if self.absent => vec![format!("state: {} still has {record}", self.table)],
            None if !self.absent => vec![format!("state: no {} with {:?}", self.table, self.of)],
            None => Vec::new(),
            Some(record) => {
                let wrong = self.has.iter().filter(|(field, expected)| record[*field] != **expected);
                wrong.map(|(field, expected)| format!("state {}.{field}: {}, not {expected}", self.table, record[field])).collect()
            }
        }
    }
}

/// The first record of a table with these fields; the state itself for the table "".
fn record<'s>(state: &'s Value, table: &str, of: &Map<String, Value>) -> Option<&'s Value> {
    if table.is_empty() {
        return Some(state);
    }
    state[table].as_array()?.iter().find(|record| of.iter().all(|(field, value)| record[field] == *value))
}

/// The request of an action in native mode, with the seeded token: what was set is sent and nothing else.
pub fn request(action: &ActionSpec, parameters: &Map<String, Value>, files: &Map<String, Value>) -> Request {
    let mut path = action.native_path().to_owned();
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut body = Map::new();
    for param in action.native_params() {
        let Some(value) = parameters.get(param.key()) else { continue };
        let placeholder = format!("{{{}}}", param.name);
        if path.contains(&placeholder) {
            path = path.replace(&placeholder, &utf8_percent_encode(&to_js_string(value), NON_ALPHANUMERIC).to_string());
        }
        let name = param.native_name();
        match (param.native_place(), value) {
            (Place::Path, _) => {}
            _ if action.is_double(param) || action.native.files.iter().any(|file| file.name == param.name) => {}
            (Place::Query, Value::Array(list)) => {
                query.extend_pairs(list.iter().map(|value| (format!("{name}[]"), to_js_string(value))));
            }
            (Place::Query, value) => {
                query.append_pair(name, &to_js_string(value));
            }
            (Place::Body, value) => {
                body.insert(name.to_owned(), value.clone());
            }
        }
    }
    let query = query.finish();
    let target = if query.is_empty() { path } else { format!("{path}?{query}") };
    let mut request = Request::json(action.method.as_str(), &target, TOKENS.for_action(action), None);
    let parts = parts(action, parameters, files);
    if !parts.is_empty() {
        let mut form = Vec::new();
        body.iter().for_each(|(name, value)| flatten(&mut form, name.clone(), value));
        form.extend(parts);
        request.body = HttpBody::Multipart(form);
    } else if action.has_body() {
        request.headers.push(("content-type".into(), "application/json".into()));
        request.body = HttpBody::Bytes(Bytes::from(Value::Object(body).to_string()));
    }
    request
}

fn parts(action: &ActionSpec, parameters: &Map<String, Value>, files: &Map<String, Value>) -> Vec<Part> {
    let named = action.native.files.iter().filter_map(|file| Some((file.field.as_ref(), files.get(parameters.get(file.name.as_ref())?.as_str()?)?)));
    let part = |(field, file): (&str, &Value)| Part {
        name: field.to_owned(),
        file_name: file["fileName"].as_str().map(str::to_owned),
        content_type: file["mimeType"].as_str().map(str::to_owned),
        content: BASE64_STANDARD.decode(file["base64"].as_str().unwrap_or_default()).unwrap_or_default().into(),
    };
    named.map(part).collect()
}

/// Nested values as a form has them: `custom_attributes[plan]`, `labels[]`.
fn flatten(form: &mut Vec<Part>, name: String, value: &Value) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| flatten(form, format!("{name}[{key}]"), value)),
        Value::Array(list) => list.iter().for_each(|value| flatten(form, format!("{name}[]"), value)),
        leaf => form.push(Part { name, file_name: None, content_type: None, content: to_js_string(leaf).into() }),
    }
}
