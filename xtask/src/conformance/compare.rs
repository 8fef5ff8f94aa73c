//! What counts as the same: values as JavaScript compares them, outputs without empty ends, pairing in any of its forms.

use serde_json::Value;

/// Whether two values are the same; `any` in what was recorded fits every value.
pub(super) fn same(recorded: &Value, got: &Value, any: &Value) -> bool {
    if recorded == any {
        return true;
    }
    match (recorded, got) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
            _ => false,
        },
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other, any)))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, any)),
        _ => recorded == got,
    }
}

/// For each run the outputs, empty ones at the end left out, with what `pick` takes from each item.
pub(super) fn outputs(node: &Value, pick: impl Fn(&Value) -> Value) -> Value {
    let runs = node["runs"].as_array().into_iter().flatten();
    runs.map(|run| trimmed(&run["outputs"], &pick)).collect()
}

/// A list of outputs, empty ones at the end left out.
pub(super) fn trimmed(outputs: &Value, pick: impl Fn(&Value) -> Value) -> Value {
    let lists = outputs.as_array().into_iter().flatten();
    let mut lists: Vec<Value> = lists.map(|items| items.as_array().into_iter().flatten().map(&pick).collect()).collect();
    while lists.last().is_some_and(|list| list.as_array().is_some_and(Vec::is_empty)) {
        lists.pop();
    }
    Value::Array(lists)
}

/// An item's JSON; absent counts as null.
pub(super) fn json(item: &Value) -> Value {
    item["json"].clone()
}

/// An item's origins as (item, input).
pub(super) fn pairing(item: &Value) -> Value {
    let origin = |paired: &Value| match paired {
        Value::Number(_) => serde_json::json!([paired, 0]),
        other => serde_json::json!([other["item"], other["input"].as_u64().unwrap_or(0)]),
    };
    match &item["pairedItem"] {
        Value::Null => Value::Array(Vec::new()),
        Value::Array(list) => list.iter().map(origin).collect(),
        one => Value::Array(vec![origin(one)]),
    }
}

/// A value as text, cut for a message.
pub(super) fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
