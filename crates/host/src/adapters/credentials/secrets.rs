//! Which values of a credential are secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::secrets::names;

/// The secrets of a credential; `named`: fields that hold a name in the place of their value.
pub(super) fn of(fields: &Map<String, Value>, named: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = basic(fields);
    found.extend(fields.values().filter_map(Value::as_str).flat_map(in_url));
    for (_, value) in fields.iter().filter(|(field, _)| names::is_secret_field(field) && !named(field)) {
        collect_texts(value, &mut found);
    }
    found
}

/// What stands behind `Basic` in a header that is made of two fields.
fn basic(fields: &Map<String, Value>) -> Vec<String> {
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    let pairs = [("user", "password"), ("username", "password"), ("clientId", "clientSecret"), ("consumerKey", "consumerSecret")];
    let header = |(user, password)| Some(STANDARD.encode(format!("{}:{}", text(user)?, text(password)?)));
    pairs.into_iter().filter_map(header).collect()
}

/// The password of an address such as `https://user:password@host`, and what stands behind `Basic` in the header that it becomes.
fn in_url(text: &str) -> Vec<String> {
    let Ok(url) = url::Url::parse(text) else { return Vec::new() };
    let Some(password) = url.password().filter(|password| !password.is_empty()) else { return Vec::new() };
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pair = STANDARD.encode(format!("{}:{}", plain(url.username()), plain(password)));
    vec![password.to_owned(), plain(password), pair]
}

/// What a service says of a token, and everybody may know.
const TOLD: [&str; 2] = ["token_type", "scope"];

/// The texts in a value, also in JSON written as text.
fn collect_texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => match node_sdk::json::parse_text(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => collect_texts(&inner, found),
            _ => found.push(text.clone()),
        },
        Value::Array(list) => list.iter().for_each(|value| collect_texts(value, found)),
        Value::Object(map) => map.iter().filter(|(name, _)| !TOLD.contains(&name.as_str())).for_each(|(_, value)| collect_texts(value, found)),
        _ => {}
    }
}
