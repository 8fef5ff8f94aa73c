//! Values of such texts, and their methods.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use node_sdk::json::{stringify, to_js_string, to_number, truthy};
use regex::{Captures, Regex};
use request::query::escape;
use serde_json::{Value, json};

use super::Trouble;

/// A value while a text is worked out.
#[derive(Clone)]
pub(super) enum Found {
    Undefined,
    Json(Value),
    /// A regular expression, and whether it is for all places.
    Pattern(Regex, bool),
    /// Milliseconds since 1970.
    Date(i64),
    /// Bytes, for their encodings.
    Bytes(Vec<u8>),
    /// A name that something can be asked of: `Buffer`, `Date`, `JSON`.
    Name(&'static str),
}

pub(super) type Result<T> = std::result::Result<T, Trouble>;

pub(super) fn unclear<T>(why: impl Into<String>) -> Result<T> {
    Err(Trouble::Unclear(why.into()))
}

impl Found {
    pub(super) fn into_value(self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value),
            Self::Date(_) => Some(self.text().into()),
            _ => None,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Undefined => false,
            Self::Json(value) => truthy(value),
            _ => true,
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Undefined | Self::Json(Value::Null))
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Json(value) => to_js_string(value),
            Self::Date(millis) => utc(*millis),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            _ => "undefined".to_owned(),
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Json(value) => to_number(value),
            Self::Date(millis) => Some(*millis as f64),
            _ => None,
        }
    }

    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undefined, Self::Undefined) => true,
            (Self::Json(a), Self::Json(b)) => node_sdk::json::same(a, b),
            _ => false,
        }
    }

    /// What stands under a name or an index.
    pub(super) fn member(&self, name: &str) -> Result<Self> {
        Ok(match self {
            Self::Json(Value::Object(map)) => map.get(name).cloned().map_or(Self::Undefined, Self::Json),
            Self::Json(Value::Array(list)) if name == "length" => number(list.len() as f64),
            Self::Json(Value::Array(list)) => name.parse::<usize>().ok().and_then(|at| list.get(at).cloned()).map_or(Self::Undefined, Self::Json),
            Self::Json(Value::String(text)) if name == "length" => number(text.encode_utf16().count() as f64),
            Self::Json(Value::String(text)) => {
                name.parse::<usize>().ok().and_then(|at| text.chars().nth(at)).map_or(Self::Undefined, |c| string(c.to_string()))
            }
            _ if self.is_nothing() => return Err(Trouble::Thrown),
            _ => Self::Undefined,
        })
    }

    /// What a method gives.
    pub(super) fn call(&self, method: &str, given: &[Found]) -> Result<Self> {
        match self {
            Self::Json(Value::String(text)) => of_text(text, method, given),
            Self::Json(Value::Array(list)) => of_list(list, method, given),
            Self::Json(value) if !value.is_null() && method == "toString" => Ok(string(to_js_string(value))),
            Self::Pattern(pattern, _) if method == "test" => Ok(Self::Json(pattern.is_match(&part(given, 0)).into())),
            Self::Date(millis) => of_date(*millis, method),
            Self::Bytes(bytes) if method == "toString" => encoded(bytes, &part(given, 0)),
            Self::Name("Buffer") if method == "from" => bytes(given),
            Self::Name("JSON") if method == "stringify" => {
                Ok(given.first().and_then(|value| value.clone().into_value()).map_or(Self::Undefined, |value| string(stringify(&value))))
            }
            _ if self.is_nothing() => Err(Trouble::Thrown),
            _ => unclear(format!("the method `{method}` is not known")),
        }
    }
}

/// What a function that belongs to nothing gives.
pub(super) fn function(name: &str, given: &[Found]) -> Result<Found> {
    let text = part(given, 0);
    Ok(match name {
        "$if" => given.get(if given.first().is_some_and(Found::is_true) { 1 } else { 2 }).cloned().unwrap_or(Found::Undefined),
        "String" => string(text),
        "Number" => given.first().and_then(Found::number).map_or(Found::Undefined, number),
        "Boolean" => Found::Json(given.first().is_some_and(Found::is_true).into()),
        "encodeURIComponent" => string(escape(&text)),
        "btoa" => string(BASE64_STANDARD.encode(text.chars().map(|c| c as u8).collect::<Vec<_>>())),
        _ => return unclear(format!("the function `{name}` is not known")),
    })
}

/// A regular expression of JavaScript.
pub(super) fn pattern(text: &str, flags: &str) -> Result<Found> {
    let inner: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
    let text = text.replace("\\/", "/");
    let text = if inner.is_empty() { text } else { format!("(?{inner}){text}") };
    match Regex::new(&text) {
        Ok(pattern) => Ok(Found::Pattern(pattern, flags.contains('g'))),
        Err(_) => unclear(format!("the pattern `{text}` is not understood")),
    }
}

pub(super) fn string(text: impl Into<String>) -> Found {
    Found::Json(Value::String(text.into()))
}

pub(super) fn number(value: f64) -> Found {
    match value.fract() == 0.0 && value.abs() < 9e15 {
        true => Found::Json(Value::from(value as i64)),
        false => Found::Json(json!(value)),
    }
}

fn part(given: &[Found], index: usize) -> String {
    given.get(index).map(Found::text).unwrap_or_default()
}

fn of_text(text: &str, method: &str, given: &[Found]) -> Result<Found> {
    let first = part(given, 0);
    Ok(match method {
        "startsWith" => Found::Json(text.starts_with(&first).into()),
        "endsWith" => Found::Json(text.ends_with(&first).into()),
        "includes" => Found::Json(text.contains(&first).into()),
        "indexOf" => number(text.find(&first).map_or(-1.0, |at| text[..at].chars().count() as f64)),
        "trim" => string(text.trim()),
        "trimStart" => string(text.trim_start()),
        "trimEnd" => string(text.trim_end()),
        "toLowerCase" => string(text.to_lowercase()),
        "toUpperCase" => string(text.to_uppercase()),
        "toString" => string(text),
        "concat" => string(text.to_owned() + &given.iter().map(Found::text).collect::<String>()),
        "replace" | "replaceAll" => string(replaced(text, given, method == "replaceAll")),
        "split" => Found::Json(split(text, given)),
        "slice" | "substring" => {
            let chars: Vec<char> = text.chars().collect();
            let (from, to) = range(chars.len(), given, method == "slice");
            string(chars.get(from..to).unwrap_or_default().iter().collect::<String>())
        }
        "at" | "charAt" => {
            let chars: Vec<Value> = text.chars().map(|c| c.to_string().into()).collect();
            of_list(&chars, "at", given)?
        }
        _ => return unclear(format!("the method `{method}` is not known")),
    })
}

fn of_list(list: &[Value], method: &str, given: &[Found]) -> Result<Found> {
    let entry = |entry: Option<&Value>| entry.cloned().map_or(Found::Undefined, Found::Json);
    Ok(match method {
        "pop" => entry(list.last()),
        "shift" => entry(list.first()),
        "at" => {
            let at = given.first().and_then(Found::number).unwrap_or(0.0) as i64;
            let at = if at < 0 { at + list.len() as i64 } else { at };
            entry(usize::try_from(at).ok().and_then(|at| list.get(at)))
        }
        "includes" => Found::Json(given.first().is_some_and(|given| list.iter().any(|entry| given.equals(&Found::Json(entry.clone())))).into()),
        "join" => {
            let between = if given.is_empty() { ",".to_owned() } else { part(given, 0) };
            string(list.iter().map(to_js_string).collect::<Vec<_>>().join(&between))
        }
        "slice" => {
            let (from, to) = range(list.len(), given, true);
            Found::Json(list.get(from..to).unwrap_or_default().into())
        }
        _ => return unclear(format!("the method `{method}` is not known")),
    })
}

fn of_date(millis: i64, method: &str) -> Result<Found> {
    Ok(match method {
        "toUTCString" => string(utc(millis)),
        "toISOString" => string(strftime(millis, "%Y-%m-%dT%H:%M:%S%.3fZ")),
        "getTime" | "valueOf" => number(millis as f64),
        _ => return unclear(format!("the method `{method}` is not known")),
    })
}

fn utc(millis: i64) -> String {
    strftime(millis, "%a, %d %b %Y %H:%M:%S GMT")
}

fn strftime(millis: i64, form: &str) -> String {
    jiff::Timestamp::from_millisecond(millis).unwrap_or_default().strftime(form).to_string()
}

/// Where a part begins and ends; both may be counted from the end.
fn range(len: usize, given: &[Found], from_end: bool) -> (usize, usize) {
    let at = |index: usize, default: usize| match given.get(index).and_then(Found::number).map(|number| number as i64) {
        None => default,
        Some(at) if at < 0 && from_end => len.saturating_sub(at.unsigned_abs() as usize),
        Some(at) => usize::try_from(at).unwrap_or(0).min(len),
    };
    let (from, to) = (at(0, 0), at(1, len));
    if from <= to {
        (from, to)
    } else if from_end {
        (0, 0)
    } else {
        (to, from)
    }
}

fn replaced(text: &str, given: &[Found], all: bool) -> String {
    let with = part(given, 1);
    match given.first() {
        Some(Found::Pattern(pattern, global)) => {
            let filled = |found: &Captures<'_>| {
                let mut out = with.clone();
                for at in (1..found.len()).rev() {
                    out = out.replace(&format!("${at}"), found.get(at).map_or("", |part| part.as_str()));
                }
                out.replace("$&", &found[0])
            };
            pattern.replacen(text, if *global || all { 0 } else { 1 }, filled).into_owned()
        }
        _ if all => text.replace(&part(given, 0), &with),
        _ => text.replacen(&part(given, 0), &with, 1),
    }
}

fn split(text: &str, given: &[Found]) -> Value {
    match given.first() {
        None => json!([text]),
        Some(Found::Pattern(pattern, _)) => pattern.split(text).collect(),
        Some(between) if between.text().is_empty() => text.chars().map(|c| c.to_string()).collect(),
        Some(between) => text.split(&between.text()).collect(),
    }
}

fn bytes(given: &[Found]) -> Result<Found> {
    let text = part(given, 0);
    match given.get(1).map(Found::text).as_deref() {
        None | Some("utf8" | "utf-8") => Ok(Found::Bytes(text.into_bytes())),
        Some("base64") => Ok(Found::Bytes(BASE64_STANDARD.decode(text).unwrap_or_default())),
        Some(other) => unclear(format!("the encoding `{other}` is not known")),
    }
}

fn encoded(bytes: &[u8], encoding: &str) -> Result<Found> {
    match encoding {
        "" | "utf8" | "utf-8" => Ok(string(String::from_utf8_lossy(bytes))),
        "base64" => Ok(string(BASE64_STANDARD.encode(bytes))),
        "hex" => Ok(string(crate::text::hex(bytes))),
        other => unclear(format!("the encoding `{other}` is not known")),
    }
}
