//! What JSON cannot say, in JSON: an object whose only key begins with `$`.
//!
//! | mark | what it stands for |
//! |---|---|
//! | `{"$buffer": N}` | the N-th of the bytes beside the JSON |
//! | `{"$bytes": "…"}` | bytes in base64 |
//! | `{"$form": {headers, body}}` | a form that is written already |
//! | `{"$search": "…"}` | `URLSearchParams` |
//! | `{"$date": "…"}`, `{"$dateTime": "…"}`, `{"$number": "…"}` | a `Date`, a Luxon `DateTime`, `NaN` or an infinity |
//! | `{"$plain": {…}}` | an object of somebody's that would be taken for one of these, or for this one |
//!
//! `escaped` and `opened` in the worker's JavaScript do the same.

use std::borrow::Cow;
use std::fmt::Write as _;

use bytes::Bytes;
use node_sdk::json::{lossy_text, stringify};
use serde_json::{Map, Value, json};

const PLAIN: &str = "$plain";

/// JSON that nothing in will be taken for a mark.
pub fn escaped(value: Value) -> Value {
    if !any(&value, &is_alike) {
        return value;
    }
    match value {
        Value::Array(list) => list.into_iter().map(escaped).collect(),
        Value::Object(map) => {
            let alike = is_alike(&map);
            let inner: Value = map.into_iter().map(|(key, value)| (key, escaped(value))).collect::<Map<_, _>>().into();
            if alike { plain(inner) } else { inner }
        }
        other => other,
    }
}

/// An object that is taken for no mark.
pub fn plain(object: Value) -> Value {
    json!({ PLAIN: object })
}

/// The object that [`plain`] was given, its fields as they stand; another object as it is.
pub fn taken_out(mut object: Map<String, Value>) -> Map<String, Value> {
    let alone = object.len() == 1;
    match object.get_mut(PLAIN) {
        Some(Value::Object(plain)) if alone => std::mem::take(plain),
        _ => object,
    }
}

/// Bytes of a `Buffer` that are written as a list of numbers where no text is made of them at once: each takes 70 bytes of memory then.
const LISTED: usize = 64 << 10;

/// The JSON text of a value with marks: bytes as n8n writes a `Buffer`.
pub fn to_json(value: &Value, buffers: &[Bytes]) -> String {
    let mut text = String::new();
    write(&mut text, value, buffers);
    text
}

fn write(text: &mut String, value: &Value, buffers: &[Bytes]) {
    match value {
        value if !any(value, &is_alike) => text.push_str(&stringify(value)),
        Value::Array(list) => {
            text.push('[');
            for (at, value) in list.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                write(text, value, buffers);
            }
            text.push(']');
        }
        Value::Object(map) => match (map.get(PLAIN).filter(|_| map.len() == 1), buffer(map, buffers)) {
            (Some(Value::Object(plain)), _) => write_object(text, plain, buffers),
            (_, Some(bytes)) => {
                text.push_str(r#"{"type":"Buffer","data":["#);
                for (at, byte) in bytes.iter().enumerate() {
                    text.push_str(if at > 0 { "," } else { "" });
                    let _ = write!(text, "{byte}");
                }
                text.push_str("]}");
            }
            _ => write_object(text, map, buffers),
        },
        other => text.push_str(&stringify(other)),
    }
}

fn write_object(text: &mut String, map: &Map<String, Value>, buffers: &[Bytes]) {
    text.push('{');
    for (at, (key, value)) in map.iter().enumerate() {
        text.push_str(if at > 0 { "," } else { "" });
        text.push_str(&stringify(&Value::String(key.clone())));
        text.push(':');
        write(text, value, buffers);
    }
    text.push('}');
}

/// The JSON that a value with marks is where all of it is JSON: bytes as n8n writes a `Buffer`; more than 64 KiB of them as the text that they
/// are, for nobody means that many numbers in an address or a form.
pub fn opened<'v>(value: &'v Value, buffers: &[Bytes]) -> Cow<'v, Value> {
    if !any(value, &is_alike) {
        return Cow::Borrowed(value);
    }
    let inner = |map: &Map<String, Value>| -> Value {
        map.iter().map(|(key, value)| (key.clone(), opened(value, buffers).into_owned())).collect::<Map<_, _>>().into()
    };
    Cow::Owned(match value {
        Value::Array(list) => list.iter().map(|value| opened(value, buffers).into_owned()).collect(),
        Value::Object(map) => match (map.get(PLAIN).filter(|_| map.len() == 1), buffer(map, buffers)) {
            (Some(Value::Object(plain)), _) => inner(plain),
            (_, Some(bytes)) if bytes.len() > LISTED => lossy_text(&bytes).into(),
            (_, Some(bytes)) => json!({"type": "Buffer", "data": bytes.as_ref()}),
            _ => inner(map),
        },
        other => other.clone(),
    })
}

/// The bytes that `{"$buffer": N}` stands for.
pub fn buffer(value: &Map<String, Value>, buffers: &[Bytes]) -> Option<Bytes> {
    let at = value.get("$buffer").filter(|_| value.len() == 1)?.as_u64()?;
    buffers.get(at as usize).cloned()
}

/// Whether an object has the form of a mark.
pub fn is_alike(map: &Map<String, Value>) -> bool {
    map.len() == 1 && map.keys().all(|key| key.starts_with('$'))
}

fn any(value: &Value, is: &impl Fn(&Map<String, Value>) -> bool) -> bool {
    match value {
        Value::Array(list) => list.iter().any(|value| any(value, is)),
        Value::Object(map) => is(map) || map.values().any(|value| any(value, is)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_json_comes_back_as_it_was() {
        for value in [
            json!({"$buffer": 0}),
            json!({"$plain": {"$plain": {"$plain": 1}}}),
            json!([{"$search": "a b"}, {"$date": "2020-01-01"}, {"$": null}]),
            json!({"filter": {"$or": [{"$number": "NaN"}, {"a": {"$form": {"body": {"$buffer": 0}}}}]}}),
            json!({"$a": 1, "$b": {"$plain": []}}),
            json!("$plain"),
        ] {
            let crossed = escaped(value.clone());
            assert_eq!(*opened(&crossed, &[Bytes::from_static(b"x")]), value, "{crossed}");
        }
    }

    #[test]
    fn what_a_credential_adds_goes_into_a_plain_object() {
        let object = escaped(json!({"$filter": 1})).as_object().cloned().unwrap();
        assert_eq!(taken_out(object), json!({"$filter": 1}).as_object().cloned().unwrap());
        let other = json!({"a": 1}).as_object().cloned().unwrap();
        assert_eq!(taken_out(other.clone()), other);
    }

    #[test]
    fn json_text_has_bytes_of_any_size() {
        let value = json!({"a": [{"$plain": {"$buffer": 0}}, 1.0], "b": {"$buffer": 0}, "$c\"": {"d": {"$buffer": 1}}, "e": {"$or": "x"}});
        let small: &[Bytes] = &[Bytes::from_static(b"hi"), Bytes::from_static(b"")];
        assert_eq!(to_json(&value, small), stringify(&opened(&value, small)));
        let large = [Bytes::from(vec![7; LISTED + 1])];
        assert_eq!(to_json(&json!({"$buffer": 0}), &large).len(), r#"{"type":"Buffer","data":[]}"#.len() + 2 * LISTED + 1);
        assert!(opened(&json!({"$buffer": 0}), &large).is_string());
    }

    #[test]
    fn bytes_within_json_are_written_as_n8n_writes_them() {
        let value = json!({"file": {"$buffer": 0}});
        assert_eq!(*opened(&value, &[Bytes::from_static(b"hi")]), json!({"file": {"type": "Buffer", "data": [104, 105]}}));
    }
}
