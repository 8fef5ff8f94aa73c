//! Dotted paths into JSON, by lodash's rules, which n8n's nodes follow: `a.b[0]["c d"]`.

use node_sdk::NodeError;
use node_sdk::error::codes::PARAMETER;
use node_sdk::json::{MAX_DEPTH, check_depth};
use serde_json::{Map, Value};

/// Keys that lodash never writes, so that data cannot reach JavaScript's prototypes; n8n drops them without a word.
const UNSAFE_KEYS: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// Splits a path into its keys. A path that is itself a key of `root` is that key alone, dots and all.
fn keys(root: &Map<String, Value>, path: &str) -> Vec<String> {
    let plain = !path.contains(['.', '[']);
    if plain || root.contains_key(path) { vec![path.to_owned()] } else { split(path) }
}

/// Splits `a.b[0]["c"]` into `a`, `b`, `0`, `c`. Two dots in a row hold an empty key between them.
fn split(path: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut rest = path;
    if rest.starts_with('.') {
        keys.push(String::new());
    }
    while !rest.is_empty() {
        if let Some((key, after)) = bracket(rest) {
            keys.push(key);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('.') {
            if after.is_empty() || after.starts_with(['.', '[']) {
                keys.push(String::new());
            }
            rest = after;
        } else {
            let end = rest.find(['.', '[', ']']).unwrap_or(rest.len());
            if end > 0 {
                keys.push(rest[..end].to_owned());
                rest = &rest[end..];
            } else {
                rest = &rest[1..];
            }
        }
    }
    keys
}

/// `[0]`, `["a b"]` or `['a']` at the beginning of `text`: the key, and what follows.
fn bracket(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('[')?;
    if let Some(quote) = inner.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let body = &inner[1..];
        let end = body.find(quote)?;
        return Some((body[..end].to_owned(), body[end + 1..].strip_prefix(']')?));
    }
    let end = inner.find(']').filter(|end| *end > 0)?;
    Some((inner[..end].to_owned(), &inner[end + 1..]))
}

/// The key as an index of a list, if it is one.
pub(crate) fn index(key: &str) -> Option<usize> {
    let canonical = key == "0" || (!key.is_empty() && !key.starts_with('0') && key.bytes().all(|b| b.is_ascii_digit()));
    canonical.then(|| key.parse().ok()).flatten()
}

fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(map) => map.get(key),
        Value::Array(list) => list.get(index(key)?),
        _ => None,
    }
}

/// The value at `path`, or `None` (JavaScript's undefined).
pub(crate) fn get<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    match root {
        Value::Object(map) if !path.contains(['.', '[']) => map.get(path),
        Value::Object(map) => keys(map, path).iter().try_fold(root, |value, key| child(value, key)),
        other => split(path).iter().try_fold(other, |value, key| child(value, key)),
    }
}

/// [`get`] with dots in the name meaning paths, or the name as one key.
pub(crate) fn get_field<'a>(root: &'a Value, name: &str, dots: bool) -> Option<&'a Value> {
    if dots { get(root, name) } else { root.as_object()?.get(name) }
}

/// Writes `value` at `path`. What is missing on the way is made: a list where the next key is an index, else an object.
/// A scalar that stands in the way is replaced.
///
/// # Errors
/// The path has more than [`MAX_DEPTH`] keys, or an index that no list of ours reaches; nothing is written then.
pub(crate) fn set(root: &mut Map<String, Value>, path: &str, value: Value) -> Result<(), NodeError> {
    if !path.is_empty() && !path.contains(['.', '[', ']']) && !UNSAFE_KEYS.contains(&path) {
        root.insert(path.to_owned(), value);
        return Ok(());
    }
    let keys = keys(root, path);
    if keys.len() > MAX_DEPTH {
        let message = format!("A field's name leads {} levels deep; {MAX_DEPTH} are possible", keys.len());
        return Err(NodeError::coded(PARAMETER, message).help("Write fewer dots into the name, or turn dot notation off."));
    }
    if let Some(index) = keys.iter().skip(1).filter_map(|key| index(key)).find(|index| *index >= MAX_ARRAY) {
        let message = format!("A field's name has the list index {index}; lists that a name makes are shorter than {MAX_ARRAY}");
        return Err(NodeError::coded(PARAMETER, message).help("Write a smaller index into the name, or turn dot notation off."));
    }
    if keys.iter().any(|key| UNSAFE_KEYS.contains(&key.as_str())) {
        return Ok(());
    }
    let Some((first, rest)) = keys.split_first() else { return Ok(()) };
    if rest.is_empty() {
        root.insert(first.clone(), value);
    } else {
        put(root.entry(first.clone()).or_insert(Value::Null), rest, value);
    }
    Ok(())
}

fn put(slot: &mut Value, keys: &[String], value: Value) {
    let Some((key, rest)) = keys.split_first() else {
        *slot = value;
        return;
    };
    if !slot.is_object() && !slot.is_array() {
        *slot = if index(key).is_some() { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match slot {
        Value::Object(map) => put(map.entry(key.clone()).or_insert(Value::Null), rest, value),
        Value::Array(list) => {
            // A key that is no index would be a property of the array object: JSON does not show it.
            let Some(at) = index(key) else { return };
            if list.len() <= at {
                list.resize(at + 1, Value::Null);
            }
            put(&mut list[at], rest, value);
        }
        _ => {}
    }
}

/// Longest array that a path may make: `a[4000000000]` is a typing error, not a wish for gigabytes.
const MAX_ARRAY: usize = 1_000_000;

/// [`set`] in an item, with dots in the name meaning paths, or the name as one key.
///
/// # Errors
/// Those of [`set`]; the item would be nested too deep.
pub(crate) fn set_field(root: &mut Map<String, Value>, name: &str, value: Value, dots: bool) -> Result<(), NodeError> {
    if value.is_object() || value.is_array() {
        check_depth(&value, if dots { keys(root, name).len() } else { 1 })?;
    }
    if dots {
        return set(root, name, value);
    }
    if name != "__proto__" {
        root.insert(name.to_owned(), value);
    }
    Ok(())
}

/// Removes what stands at `path`; parents that become empty stay.
pub(crate) fn unset(root: &mut Map<String, Value>, path: &str) {
    let keys = keys(root, path);
    let Some((last, parents)) = keys.split_last() else { return };
    let Some((first, middle)) = parents.split_first() else {
        root.shift_remove(last);
        return;
    };
    let parent = root.get_mut(first).and_then(|value| middle.iter().try_fold(value, child_mut));
    match parent {
        Some(Value::Object(map)) => drop(map.shift_remove(last)),
        Some(Value::Array(list)) => {
            if let Some(slot) = index(last).and_then(|at| list.get_mut(at)) {
                *slot = Value::Null;
            }
        }
        _ => {}
    }
}

fn child_mut<'a>(value: &'a mut Value, key: &String) -> Option<&'a mut Value> {
    match value {
        Value::Object(map) => map.get_mut(key),
        Value::Array(list) => list.get_mut(index(key)?),
        _ => None,
    }
}

/// [`unset`] with dots in the name meaning paths, or the name as one key.
pub(crate) fn unset_field(root: &mut Map<String, Value>, name: &str, dots: bool) {
    if dots {
        unset(root, name);
    } else {
        root.shift_remove(name);
    }
}

/// The names of a comma separated list, trimmed, empty ones left out; those of a list as they are. `label` is what n8n calls the
/// parameter in the error that anything else is. Undefined is no name.
pub(crate) fn names(value: Option<&Value>, label: &str) -> Result<Vec<String>, NodeError> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(split_names(text)),
        Some(Value::Array(list)) => Ok(list.iter().map(node_sdk::json::to_js_string).collect()),
        Some(_) => {
            let message = format!("The '{label}' parameter must be a string of fields separated by commas or an array of strings.");
            Err(NodeError::new(message))
        }
    }
}

/// The names of a comma separated list, trimmed, empty ones left out.
pub(crate) fn split_names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_are_split_as_lodash_does() {
        let table: [(&str, &[&str]); 8] = [
            ("a", &["a"]),
            ("a.b", &["a", "b"]),
            ("a[0].b", &["a", "0", "b"]),
            ("a[\"b c\"].d", &["a", "b c", "d"]),
            ("['x.y'][1]", &["x.y", "1"]),
            ("a..b", &["a", "", "b"]),
            (".a", &["", "a"]),
            ("a.", &["a", ""]),
        ];
        for (path, keys) in table {
            assert_eq!(split(path), keys, "{path}");
        }
    }

    #[test]
    fn get_prefers_a_key_that_has_the_dots_itself() {
        let value = json!({"a.b": 1, "a": {"b": 2, "l": [{"x": 3}]}});
        assert_eq!(get(&value, "a.b"), Some(&json!(1)));
        assert_eq!(get(&value, "a.l[0].x"), Some(&json!(3)));
        assert_eq!(get(&value, "a.l.0.x"), Some(&json!(3)));
        assert_eq!(get(&value, "a.none.x"), None);
    }

    #[test]
    fn set_makes_what_is_missing_and_replaces_scalars() {
        let mut map = json!({"s": "txt", "a": [1, "x"]}).as_object().cloned().unwrap();
        for (path, value) in
            [("s.t", json!("in")), ("a[1]", json!("r")), ("l[2]", json!("third")), ("__proto__.x", json!(1)), ("constructor", json!(1))]
        {
            set(&mut map, path, value).unwrap();
        }
        assert_eq!(Value::Object(map), json!({"s": {"t": "in"}, "a": [1, "r"], "l": [null, null, "third"]}));
    }

    #[test]
    fn a_name_makes_nothing_that_takes_the_stack_or_the_memory() {
        let mut map = Map::new();
        set(&mut map, &format!("a{}", ".a".repeat(MAX_DEPTH - 1)), json!(1)).unwrap();
        assert!(check_depth(&Value::Object(map), 0).is_ok());
        for path in [format!("a{}", ".a".repeat(MAX_DEPTH)), format!("a{}", ".a".repeat(20_000)), "a[4000000000]".into(), "a[1000000].b".into()] {
            let mut map = Map::new();
            assert!(set(&mut map, &path, json!(1)).is_err() && map.is_empty());
        }
    }

    #[test]
    fn names_are_a_text_or_a_list() {
        assert_eq!(names(Some(&json!(" a, ,b.c,")), "X").unwrap(), ["a", "b.c"]);
        assert_eq!(names(Some(&json!(["a ", ""])), "X").unwrap(), ["a ", ""]);
        let message = names(Some(&json!(5)), "Fields To Include").unwrap_err().message;
        assert_eq!(message, "The 'Fields To Include' parameter must be a string of fields separated by commas or an array of strings.");
    }

    #[test]
    fn unset_leaves_empty_parents() {
        let mut map = json!({"o": {"p": {"q": 1}}, "x.y": 1}).as_object().cloned().unwrap();
        unset(&mut map, "o.p.q");
        unset(&mut map, "x.y");
        unset(&mut map, "no.such.thing");
        assert_eq!(Value::Object(map), json!({"o": {"p": {}}}));
    }
}
