//! Values as people read them, cut where they are long: what is left out is counted.

use std::fmt::Write;

use node_sdk::json::{stringify, stringify_pretty};
use serde_json::{Map, Value};

use crate::markup::{escape, shorten};
use crate::numbers::counted;

/// Characters of a text that stand on one line of a table, and of one that stands open on several.
const LINE: usize = 48;
const OPEN: usize = 120;
/// Characters of a text in a table.
const CELL: usize = 800;
/// Characters of a text inside nested data, and entries of its lists and objects.
const NESTED: usize = 400;
const ENTRIES: usize = 40;
/// Characters of nested data in all.
const DATA: usize = 6_000;
/// Characters of nested data before it is opened.
const PREVIEW: usize = 60;

/// Text with what is beyond `max` characters counted.
pub(super) fn cut(text: &str, max: usize) -> String {
    let (kept, left) = split(text, max);
    let mut html = escape(kept).into_owned();
    if left > 0 {
        let _ = write!(html, "<span class=\"cut\">… {}</span>", counted(left, "more character"));
    }
    html
}

/// The first `max` characters, and how many there are beyond them.
pub(super) fn split(text: &str, max: usize) -> (&str, usize) {
    match text.char_indices().nth(max) {
        None => (text, 0),
        Some((end, _)) => (&text[..end], text[end..].chars().count()),
    }
}

/// That so many more of these are not shown, where there are any.
pub(super) fn left_out(text: &mut String, what: &[(usize, &str)]) {
    let more: Vec<String> = what.iter().filter(|(count, _)| *count > 0).map(|(count, one)| counted(*count, &format!("more {one}"))).collect();
    if !more.is_empty() {
        let _ = writeln!(text, "<p class=\"muted\">Left out here: {}. <code>--output json</code> has all.</p>", more.join(", "));
    }
}

/// A cell of a table.
pub(super) fn cell(value: Option<&Value>) -> String {
    match value {
        None => "<td></td>".to_owned(),
        Some(Value::Null) => "<td class=\"nothing\">null</td>".to_owned(),
        Some(Value::Bool(value)) => format!("<td class=\"word\">{value}</td>"),
        Some(Value::Number(number)) => format!("<td class=\"number\">{}</td>", escape(&number.to_string())),
        Some(Value::String(value)) if value.is_empty() => "<td class=\"nothing\">\"\"</td>".to_owned(),
        Some(Value::String(value)) => text(value),
        Some(nested) => self::nested(nested),
    }
}

/// A cell with text: on one line where it is short, on several where it is longer, and what is longer still opens.
pub(super) fn text(value: &str) -> String {
    let (characters, lines) = (value.chars().take(OPEN + 1).count(), value.contains('\n'));
    if characters <= LINE && !lines {
        return format!("<td>{}</td>", escape(value));
    }
    if characters <= OPEN && !lines {
        return format!("<td class=\"long\">{}</td>", escape(value));
    }
    let first = value.trim_start().lines().next().unwrap_or_default();
    let preview = shorten(first, PREVIEW);
    let preview = if preview == first { format!("{preview} …") } else { preview.into_owned() };
    format!("<td class=\"json\"><details><summary>{}</summary><p>{}</p></details></td>", escape(&preview), cut(value, CELL))
}

/// A cell with a list or an object: it stands open where it is short.
fn nested(value: &Value) -> String {
    let trimmed = trim(value);
    let compact = stringify(&trimmed);
    if compact.chars().nth(PREVIEW).is_none() {
        return format!("<td><code>{}</code></td>", escape(&compact));
    }
    let size = match value {
        Value::Array(list) => counted(list.len(), "element"),
        Value::Object(object) => counted(object.len(), "field"),
        _ => String::new(),
    };
    let preview = escape(&shorten(&compact, PREVIEW)).into_owned();
    format!("<td class=\"json\"><details><summary>{size} <code>{preview}</code></summary>{}</details></td>", shown(&trimmed))
}

/// A value as JSON on lines of its own.
pub(super) fn pretty(value: &Value) -> String {
    shown(&trim(value))
}

fn shown(trimmed: &Value) -> String {
    let text = match trimmed {
        Value::String(text) => text.clone(),
        other => stringify_pretty(other),
    };
    format!("<pre tabindex=\"0\">{}</pre>", cut(&text, DATA))
}

/// The value with long texts, lists and objects inside it cut; each says how much is missing.
fn trim(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let (kept, left) = split(text, NESTED);
            Value::String(if left == 0 { text.clone() } else { format!("{kept}… ({})", counted(left, "more character")) })
        }
        Value::Array(list) => {
            let left = list.len().saturating_sub(ENTRIES);
            let more = (left > 0).then(|| Value::String(format!("… ({})", counted(left, "more element"))));
            Value::Array(list.iter().take(ENTRIES).map(trim).chain(more).collect())
        }
        Value::Object(object) => {
            let left = object.len().saturating_sub(ENTRIES);
            let more = (left > 0).then(|| ("…".to_owned(), Value::String(format!("({})", counted(left, "more field")))));
            let kept = object.iter().take(ENTRIES).map(|(key, value)| (shorten(key, NESTED).into_owned(), trim(value)));
            Value::Object(kept.chain(more).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_cut_is_counted() {
        let long = "ä".repeat(5_801);
        assert!(cell(Some(&json!(long))).ends_with("ä<span class=\"cut\">… 5,001 more characters</span></p></details></td>"));
        assert_eq!(cell(Some(&json!("a\nb"))), "<td class=\"json\"><details><summary>a …</summary><p>a\nb</p></details></td>");
        let list: Vec<usize> = (0..1_041).collect();
        let html = cell(Some(&json!({"list": list, "text": "x".repeat(401)})));
        assert!(html.contains("2 fields") && html.contains("… (1,001 more elements)") && html.contains("… (1 more character)"), "{html}");
        assert_eq!(cell(Some(&json!({"a": [1, "<b>"]}))), "<td><code>{&quot;a&quot;:[1,&quot;&lt;b&gt;&quot;]}</code></td>");
    }
}
