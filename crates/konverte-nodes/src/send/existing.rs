//! Answers with a record that was there before, which have the status of one with a new record.

use node_sdk::action::{ActionSpec, MayExist};
use node_sdk::json::same;
use node_sdk::ports::HttpBody;
use node_sdk::{Event, RunContext};
use serde_json::{Map, Value, json};

use super::answer::at;

/// What a request asked for, as far as its answer can show that the record was there before; `None` for an action that answers with new records alone.
pub(super) fn asked(action: &ActionSpec, fields: &Map<String, Value>) -> Option<Map<String, Value>> {
    let MayExist { shown_by, .. } = action.may_exist.as_ref()?;
    let wire = |name: &str| action.param(name).map(|param| param.native_name().to_owned());
    Some(shown_by.iter().filter_map(wire).filter_map(|name| Some((name.clone(), fields.get(&name)?.clone()))).collect())
}

/// The same of a request that is written down.
pub(super) fn asked_by(action: &ActionSpec, body: &HttpBody) -> Option<Map<String, Value>> {
    action.may_exist.as_ref()?;
    let fields = match body {
        HttpBody::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or_default(),
        HttpBody::Empty | HttpBody::Multipart(_) => Map::new(),
    };
    asked(action, &fields)
}

/// Whether a success shows that its record was there before: it is not as it was asked for, or another item of the run had it first. That is told.
/// `url`: where records of this kind are made.
pub(super) fn existed(cx: &RunContext, action: &ActionSpec, (url, asked): (&str, &Map<String, Value>), body: &Value, item: usize) -> bool {
    let Some(MayExist { named_by, .. }) = &action.may_exist else { return false };
    let record = action.success.envelope.as_deref().and_then(|path| at(body, path)).unwrap_or(body);
    let names: Option<Vec<&Value>> = named_by.iter().map(|path| at(record, path).filter(|name| !name.is_null())).collect();
    let Some(names) = names else { return false };
    let key = json!([url.split(['?', '#']).next(), names]).to_string();
    let differs = asked.iter().any(|(name, sent)| is_another(sent, record.get(name)));
    // Both are looked at: the record is known from now on.
    let had = cx.ports.adapters.created.is_of_another(cx.sender(item), cx.run_index, key);
    if differs || had {
        cx.emit(Event::Existed { node: cx.node.name.as_str().into(), item });
    }
    differs || had
}

/// Whether the answer has another value than was sent. Blanks around a text and the case of an e-mail address are the server's to change; `null` is a
/// blank. An object that is not shown is an empty one, and of what else is not shown nothing is known.
fn is_another(sent: &Value, shown: Option<&Value>) -> bool {
    match (sent, shown) {
        (Value::Object(sent), None | Some(Value::Null)) => !sent.is_empty(),
        (Value::Null, _) | (_, None) => false,
        (Value::String(sent), Some(Value::Null)) => !sent.trim().is_empty(),
        (Value::String(sent), Some(Value::String(shown))) => {
            let (sent, shown) = (sent.trim(), shown.trim());
            sent != shown && !(sent.contains('@') && sent.to_lowercase() == shown.to_lowercase())
        }
        (sent, Some(shown)) => !same(sent, shown),
    }
}

/// What a marked item has besides.
pub(super) fn mark(item: &mut Value) {
    if let Value::Object(fields) = item {
        fields.insert("konverte".to_owned(), json!({"existed": true}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_shows() {
        for (sent, shown, another) in [
            (json!("Ana"), Some(json!("Ana")), false),
            (json!(" Ana "), Some(json!("Ana")), false),
            (json!("Ana"), Some(json!("ANA")), true),
            (json!("Ana@x.example"), Some(json!("ana@x.example")), false),
            (json!("Ana"), None, false),
            (json!("Ana"), Some(json!(null)), true),
            (json!(" "), Some(json!(null)), false),
            (json!(null), Some(json!("Ana")), false),
            (json!({"a": 1}), Some(json!({"a": 1.0})), false),
            (json!({"a": 1}), Some(json!({"a": 1, "b": 2})), true),
            (json!({"a": 1}), None, true),
            (json!({}), None, false),
        ] {
            assert_eq!(is_another(&sent, shown.as_ref()), another, "{sent} {shown:?}");
        }
    }
}
