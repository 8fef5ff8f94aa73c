//! HTTP Request's own types, as far as a rule cannot say them.

use node_sdk::NodeError;
use node_sdk::credential::{CredentialCall, Grant};
use node_sdk::json::{parse_answer, to_js_string};
use node_sdk::params::raw_at;
use serde_json::Value;

use crate::request::invalid;

/// `{"headers": …, "qs": …, "body": …}`, as text or as it is.
pub(super) fn custom(call: &CredentialCall<'_>) -> Result<Grant, NodeError> {
    let wrong = || invalid("Invalid Custom Auth JSON");
    let given = match call.fields.get("json") {
        None => Value::Null,
        Some(Value::String(text)) if text.is_empty() => Value::Null,
        Some(Value::String(text)) => parse_answer(text).map_err(|_| wrong())?,
        Some(value @ Value::Object(_)) => value.clone(),
        Some(_) => return Err(wrong()),
    };
    let part = |name: &str| given.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let headers = part("headers").into_iter().map(|(name, value)| (name, to_js_string(&value))).collect();
    Ok(Grant { headers, query: part("qs").into_iter().collect(), body: part("body"), ..Grant::default() })
}

pub(super) fn digest(call: &CredentialCall<'_>) -> Grant {
    Grant { digest: Some((call.text("user"), call.text("password"))), ..Grant::default() }
}

pub(super) fn headers(call: &CredentialCall<'_>) -> Grant {
    let list = raw_at(call.fields, "headers.values").and_then(Value::as_array);
    let text = |entry: &Value, name: &str| entry.get(name).map(to_js_string).unwrap_or_default();
    let headers = list.into_iter().flatten().map(|entry| (text(entry, "name"), text(entry, "value")));
    Grant { headers: headers.filter(|(name, _)| !name.is_empty()).collect(), ..Grant::default() }
}
