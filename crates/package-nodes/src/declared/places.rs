//! Where something stands in the options of a request, and in an answer.

use serde_json::{Map, Value};

/// Puts a value over another one: of objects each key, of anything else the whole.
pub(super) fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

/// The keys of a path: `a.b[0].c`, `a["b"]`.
fn keys(path: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for part in path.split('.') {
        let (name, rest) = part.split_once('[').map_or((part, None), |(name, rest)| (name, Some(rest)));
        if !name.is_empty() || rest.is_none() {
            keys.push(name.to_owned());
        }
        let inside = rest.into_iter().flat_map(|rest| rest.split('[')).map(|index| index.trim_end_matches(']').trim_matches(['"', '\'']));
        keys.extend(inside.map(str::to_owned));
    }
    keys
}

/// Puts a value to a path, with lists and objects where there are none on the way.
pub(super) fn set(into: &mut Value, path: &str, value: Value) {
    let keys = keys(path);
    let mut place = into;
    for key in &keys {
        let index = key.parse::<usize>().ok().filter(|index| *index < 10_000);
        if !place.is_object() && !place.is_array() {
            *place = if index.is_some() { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
        }
        place = match place {
            Value::Array(list) => {
                let Some(index) = index else { return };
                while list.len() <= index {
                    list.push(Value::Null);
                }
                &mut list[index]
            }
            Value::Object(map) => map.entry(key.as_str()).or_insert(Value::Null),
            _ => return,
        };
    }
    *place = value;
}

/// What stands at a path.
pub(super) fn get<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    keys(path).iter().try_fold(value, |value, key| match value {
        Value::Array(list) => list.get(key.parse::<usize>().ok()?),
        other => other.get(key.as_str()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_through_objects_and_lists() {
        let mut value = json!({});
        set(&mut value, "contacts[0].name.first", json!("Ann"));
        set(&mut value, "contacts[1]", json!(2));
        set(&mut value, "a[\"b c\"]", json!(true));
        assert_eq!(value, json!({"contacts": [{"name": {"first": "Ann"}}, 2], "a": {"b c": true}}));
        assert_eq!((get(&value, "contacts[0].name"), get(&value, "contacts.1")), (Some(&json!({"first": "Ann"})), Some(&json!(2))));
        assert_eq!((get(&value, "contacts.x"), get(&value, "a.b.c")), (None, None));
    }

    #[test]
    fn objects_are_merged_and_all_else_is_replaced() {
        let mut value = json!({"qs": {"a": 1, "l": [1, 2]}, "url": "x"});
        merge(&mut value, json!({"qs": {"b": 2, "l": [3]}, "url": "y"}));
        assert_eq!(value, json!({"qs": {"a": 1, "l": [3], "b": 2}, "url": "y"}));
    }
}
