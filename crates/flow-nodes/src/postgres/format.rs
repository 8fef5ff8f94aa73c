//! Parameters of a statement: `$1`, with or without a modifier such as `:name`, gives way to a value.
//!
//! What the modifiers mean is what n8n's library for PostgreSQL documents. A value can only become more than a value where the author asks for it
//! (`:raw`). Other than there, the place counts too: in a comment nothing is put in, and what would end the quotes that it stands in is refused.

use std::sync::LazyLock;

use node_sdk::json::to_js_string;
use regex::Regex;
use serde_json::Value;

use super::literal::{list, literal, name, names, quoted};

/// A value would end the quotes that its parameter stands in. The words are the server's for what comes of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InQuotes;

#[expect(clippy::unwrap_used, reason = "the pattern is a constant")]
static PARAMETER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\$([1-9][0-9]{0,16})(\^|~|#|:(?:raw|alias|name|json|csv|list|value)\b)?").unwrap());

#[expect(clippy::unwrap_used, reason = "the pattern is a constant")]
static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\$(?:[A-Za-z_\x80-\u{10ffff}][A-Za-z0-9_\x80-\u{10ffff}]*)?\$").unwrap());

/// The statement with the values in it. A parameter that has none stays as it is; so do those in quotes, where they are text.
pub(super) fn format(statement: &str, values: &[Value], quoted_is_text: bool) -> Result<String, InQuotes> {
    Formatter { values, quoted_is_text }.plain(statement)
}

struct Formatter<'a> {
    values: &'a [Value],
    quoted_is_text: bool,
}

impl Formatter<'_> {
    fn plain(&self, text: &str) -> Result<String, InQuotes> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['\'', '"', '$', '-', '/']) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let used = match from.as_bytes() {
                [b'\'', ..] => {
                    let escapes = before.ends_with(['e', 'E']) && !before[..before.len() - 1].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                    let end = string_end(from, escapes);
                    let inside = &from[..end];
                    out.push_str(&if self.quoted_is_text { inside.to_owned() } else { self.quotes(inside, escapes, |put| put.contains('\''))? });
                    end
                }
                [b'"', ..] => {
                    let end = from[1..].find('"').map_or(from.len(), |at| at + 2);
                    out.push_str(&self.quotes(&from[..end], false, |put| put.contains('"'))?);
                    end
                }
                [b'-', b'-', ..] => copy(&mut out, from, from.find('\n').unwrap_or(from.len())),
                [b'/', b'*', ..] => copy(&mut out, from, comment_end(from)),
                [b'$', ..] => self.dollar(from, &mut out)?,
                _ => copy(&mut out, from, 1),
            };
            rest = &from[used..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A parameter, a text between `$tag$`, or a dollar; how much of the text it is.
    fn dollar(&self, from: &str, out: &mut String) -> Result<usize, InQuotes> {
        if let Some(tag) = TAG.find(from) {
            let (tag, inside) = (tag.as_str(), &from[tag.end()..]);
            let end = inside.find(tag).unwrap_or(inside.len());
            // It may be code that the server runs later: what is put in stays a value there, and in the quotes around it.
            let body = self.plain(&inside[..end])?;
            if body.contains(tag) {
                return Err(InQuotes);
            }
            out.push_str(tag);
            out.push_str(&body);
            return Ok(copy(out, &inside[end..], tag.len().min(inside.len() - end)) + tag.len() + end);
        }
        match PARAMETER.captures(from) {
            Some(found) => {
                let put = self.value(&found).unwrap_or_else(|| found[0].to_owned());
                if is_open(&found) && !put.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') {
                    return Err(InQuotes);
                }
                out.push_str(&put);
                Ok(found[0].len())
            }
            None => Ok(copy(out, from, 1)),
        }
    }

    /// What stands between quotes. `escapes`: backslashes are no plain characters there. `ends`: what is put in would end them.
    fn quotes(&self, text: &str, escapes: bool, ends: impl Fn(&str) -> bool) -> Result<String, InQuotes> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let Some(found) = PARAMETER.captures(from) else {
                rest = &from[copy(&mut out, from, 1)..];
                continue;
            };
            match self.value(&found) {
                // Made for this place: its quotes are doubled.
                Some(open) if is_open(&found) && !text.starts_with('"') => out.push_str(&if escapes { open.replace('\\', "\\\\") } else { open }),
                Some(raw) if is_raw(&found) => out.push_str(&raw),
                Some(put) if ends(&put) || escapes && put.contains('\\') => return Err(InQuotes),
                Some(put) => out.push_str(&put),
                None => out.push_str(&found[0]),
            }
            rest = &from[found[0].len()..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn value(&self, found: &regex::Captures<'_>) -> Option<String> {
        let index: usize = found[1].parse().ok()?;
        let value = self.values.get(index - 1)?;
        Some(match found.get(2).map_or("", |modifier| modifier.as_str().trim_start_matches(':')) {
            "" => literal(value),
            "^" | "raw" => to_js_string(value),
            "#" | "value" => to_js_string(value).replace('\'', "''"),
            "json" => quoted(&node_sdk::json::stringify(value)),
            "csv" | "list" => match value {
                Value::Array(entries) => list(entries),
                Value::Object(fields) => list(fields.values()),
                other => literal(other),
            },
            _ => match value {
                Value::Array(entries) => names(entries.iter().map(|entry| entry.as_str().unwrap_or_default())),
                Value::Object(fields) => names(fields.keys().map(String::as_str)),
                Value::String(text) if text == "*" => "*".to_owned(),
                other => name(&to_js_string(other)),
            },
        })
    }
}

/// Its value comes without quotes of its own, for those that stand around it.
fn is_open(found: &regex::Captures<'_>) -> bool {
    found.get(2).is_some_and(|modifier| matches!(modifier.as_str(), "#" | ":value"))
}

/// The author says that its value is SQL.
fn is_raw(found: &regex::Captures<'_>) -> bool {
    found.get(2).is_some_and(|modifier| matches!(modifier.as_str(), "^" | ":raw"))
}

/// Copies so many bytes, and says how many.
fn copy(out: &mut String, from: &str, bytes: usize) -> usize {
    out.push_str(&from[..bytes]);
    bytes
}

/// Where a string ends that begins here.
fn string_end(from: &str, escapes: bool) -> usize {
    let mut bytes = from.bytes().enumerate().skip(1).peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if escapes => _ = bytes.next(),
            b'\'' if bytes.next_if(|(_, next)| *next == b'\'').is_none() => return at + 1,
            _ => {}
        }
    }
    from.len()
}

/// Where a comment ends that begins here; there may be others in it.
fn comment_end(from: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < from.len() {
        match &from.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    from.len()
}
