//! How recorded runs and ours are held side by side, whatever was recorded: values, outputs, pairing.

use serde_json::Value;

/// Whether a value is the recorded one; what equals `any` in the recording is met by any value, but not by its absence.
pub fn same(recorded: &Value, ours: &Value, any: &Value) -> bool {
    if recorded == any {
        return true;
    }
    match (recorded, ours) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other, any)))
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, any)),
        _ => node_sdk::json::same(recorded, ours),
    }
}

/// For each run of a node the outputs, empty ones at the end left out, with what `pick` takes from each item.
pub fn outputs(node: &Value, pick: impl Fn(&Value) -> Value) -> Value {
    let runs = node["runs"].as_array().into_iter().flatten();
    runs.map(|run| trimmed(&run["outputs"], &pick)).collect()
}

/// A list of outputs, empty ones at the end left out.
pub fn trimmed(outputs: &Value, pick: impl Fn(&Value) -> Value) -> Value {
    let lists = outputs.as_array().into_iter().flatten();
    let mut lists: Vec<Value> = lists.map(|items| items.as_array().into_iter().flatten().map(&pick).collect()).collect();
    while lists.last().is_some_and(|list| list.as_array().is_some_and(Vec::is_empty)) {
        lists.pop();
    }
    Value::Array(lists)
}

/// An item's JSON; absent counts as null.
pub fn json(item: &Value) -> Value {
    item["json"].clone()
}

/// An item's origins as (item, input).
pub fn pairing(item: &Value) -> Value {
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
pub fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn any_value_is_met_but_not_by_its_absence() {
        let any = json!({"any": true});
        let recorded = json!({"a": {"any": true}, "n": 1});
        assert!(same(&recorded, &json!({"n": 1.0, "a": null}), &any));
        assert!(!same(&recorded, &json!({"n": 1}), &any));
        assert!(!same(&json!(true), &json!(1), &any));
    }

    #[test]
    fn empty_outputs_at_the_end_do_not_count() {
        let node = json!({"runs": [{"outputs": [[], [{"json": {"a": 1}, "pairedItem": 2}], []]}]});
        assert_eq!(outputs(&node, super::json), json!([[[], [{"a": 1}]]]));
        assert_eq!(outputs(&node, pairing), json!([[[], [[[2, 0]]]]]));
    }
}
