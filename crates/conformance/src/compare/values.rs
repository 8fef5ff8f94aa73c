//! Two values: the recorded one, in which a mask stands for what differs from run to run, and ours.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

/// Stands in a recorded text for what differed between two plays of the same case.
pub(crate) const MASK: &str = "<MASK>";
/// A recorded text that begins so stands for a page or a mail of n8n's.
const HTML: &str = "<HTML ";
/// A key that ends so has the text in it that was sent as base64url.
const DECODED: &str = "$base64url";

/// The first place where `ours` is not what was recorded; `at` names where both stand.
pub(crate) fn difference(recorded: &Value, ours: &Value, at: &str) -> Option<String> {
    match (recorded, ours) {
        (Value::String(mask), _) if mask == MASK => None,
        (Value::Object(recorded), Value::Object(ours)) => {
            let ours = &decoded(recorded, ours);
            if let Some(keys) = keys_differ(recorded, ours) {
                return Some(format!("{at}: {keys}"));
            }
            recorded.iter().find_map(|(key, value)| difference(value, &ours[key], &format!("{at}.{key}")))
        }
        (Value::Array(a), Value::Array(b)) if a.len() != b.len() => {
            Some(format!("{at}: {} entries instead of {}: {} instead of {}", b.len(), a.len(), short(ours), short(recorded)))
        }
        (Value::Array(recorded), Value::Array(ours)) => {
            recorded.iter().zip(ours).enumerate().find_map(|(index, (a, b))| difference(a, b, &format!("{at}[{index}]")))
        }
        _ => (!fits(recorded, ours)).then(|| format!("{at}: {} instead of {}", short(ours), short(recorded))),
    }
}

/// A value as text, cut for a message.
pub(crate) fn short(value: &Value) -> String {
    value.to_string().chars().take(160).collect()
}

fn keys_differ(recorded: &Map<String, Value>, ours: &Map<String, Value>) -> Option<String> {
    let missing = recorded.keys().filter(|key| !ours.contains_key(*key)).map(|key| format!("no {key}"));
    let besides = ours.iter().filter(|(key, _)| !recorded.contains_key(*key)).map(|(key, value)| format!("{key} besides: {}", short(value)));
    let all: Vec<String> = missing.chain(besides).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Values that are neither both objects nor both lists.
fn fits(recorded: &Value, ours: &Value) -> bool {
    match (recorded, ours) {
        (Value::String(recorded), Value::String(ours)) if recorded.starts_with(HTML) => is_html(ours),
        (Value::String(recorded), Value::String(ours)) => recorded == ours || (recorded.contains(MASK) && fits_around_masks(recorded, ours)),
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| nearly(a, b)),
        _ => recorded == ours,
    }
}

fn nearly(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

/// As it is, or as a mail that holds it is sent: one long word.
fn is_html(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_word = |text: &str| text.len() >= 400 && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '=' | '-'));
    ["<!doctype html", "<html", "<style"].iter().any(|word| lower.contains(word)) || is_word(text)
}

/// The pieces between masks stand in the text, in their order, the first at its start and the last at its end.
fn fits_around_masks(recorded: &str, text: &str) -> bool {
    let pieces: Vec<&str> = recorded.split(MASK).collect();
    let [first, pieces @ .., last] = pieces.as_slice() else { return recorded == text };
    let Some(mut rest) = text.strip_prefix(*first).and_then(|rest| rest.strip_suffix(*last)) else { return false };
    pieces.iter().all(|piece| {
        let found = rest.find(*piece);
        rest = found.map_or("", |at| &rest[at + piece.len()..]);
        found.is_some()
    })
}

/// Ours with the text of a mail where the recording has it too.
fn decoded(recorded: &Map<String, Value>, ours: &Map<String, Value>) -> Map<String, Value> {
    const LENIENT: GeneralPurpose =
        GeneralPurpose::new(&URL_SAFE, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));
    let mut ours = ours.clone();
    for key in recorded.keys() {
        let Some(plain) = key.strip_suffix(DECODED) else { continue };
        let bytes = ours.get(plain).and_then(Value::as_str).and_then(|text| LENIENT.decode(text).ok());
        if let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            ours.shift_remove(plain);
            ours.insert(key.clone(), text.into());
        }
    }
    ours
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn same(recorded: Value, ours: Value) -> bool {
        difference(&recorded, &ours, "it").is_none()
    }

    #[test]
    fn masks_stand_for_anything_and_their_surroundings_count() {
        assert!(same(json!({"a": "<MASK>"}), json!({"a": [1, {}]})));
        assert!(!same(json!({"a": "<MASK>"}), json!({})), "but not for nothing");
        for (text, fits) in [("ab-1-c-2-d", true), ("ab-c-d", false), ("ab-1-c-2-de", false), ("xab-1-c-2-d", false), ("ab-1-d", false)] {
            assert_eq!(same(json!("ab-<MASK>-c-<MASK>-d"), json!(text)), fits, "{text}");
        }
        assert!(!same(json!("aba<MASK>ba"), json!("aba")), "no piece counts twice");
    }

    #[test]
    fn kinds_of_values_are_told_apart() {
        assert!(same(json!(1), json!(1.0)) && same(json!(0.1), json!(0.100_000_000_000_000_02)));
        for (recorded, ours) in
            [(json!(1), json!(true)), (json!(null), json!("")), (json!("1"), json!(1)), (json!(1), json!(1.000_001)), (json!([]), json!({}))]
        {
            assert!(!same(recorded.clone(), ours.clone()), "{recorded} {ours}");
        }
        let why = difference(&json!({"a": [1, {"b": 2}]}), &json!({"a": [1, {"c": 2}]}), "it");
        assert_eq!(why.as_deref(), Some("it.a[1]: no b, c besides: 2"));
        assert_eq!(difference(&json!([[1]]), &json!([[1, 2]]), "it").as_deref(), Some("it[0]: 2 entries instead of 1: [1,2] instead of [1]"));
    }

    #[test]
    fn pages_are_pages_and_mails_are_read() {
        assert!(same(json!("<HTML length=9 sha256=0>"), json!("<!DOCTYPE html><p>")) && !same(json!("<HTML length=9 sha256=0>"), json!("no page")));
        assert!(same(json!({"raw$base64url": "To: é"}), json!({"raw": "VG86IMOp"})));
        assert!(!same(json!({"raw$base64url": "To: é"}), json!({"raw": "VG86IMOo"})));
    }
}
