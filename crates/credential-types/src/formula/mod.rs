//! The texts of a credential type: n8n's form, `=Bearer {{ $credentials.apiKey }}`.
//!
//! What stands between the braces is the part of JavaScript that such texts use: members of `$credentials`, `$self` (the same)
//! and `$request` (`method`), literals, operators without effect ([`parser`]), `$if`, and methods of texts, lists and dates
//! ([`found`]). Nothing here needs an engine, so a type costs nothing at the start of a run, and a secret goes through no JavaScript.

mod found;
mod parser;

use node_sdk::json::to_js_string;
use serde_json::{Map, Value};

/// What the texts may name.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) fields: &'a Map<String, Value>,
    /// Upper case.
    pub(crate) method: &'a str,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
}

/// Why a block has no value.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It is not understood; why.
    Unclear(String),
    /// JavaScript would throw. n8n takes such a block for `undefined`.
    Thrown,
}

/// A value; `None` is JavaScript's `undefined`.
type Maybe = Option<Value>;

/// The value that a text stands for, and any other value as it is; `Ok(None)`: `undefined`.
///
/// # Errors
/// Says what of the text is not understood.
pub(crate) fn value(text: &Value, scope: Scope<'_>) -> Result<Maybe, String> {
    match text {
        Value::String(text) => match text.strip_prefix('=') {
            Some(template) => filled(template, scope),
            None => Ok(Some(Value::String(text.clone()))),
        },
        Value::Array(list) => {
            let values: Result<Vec<_>, _> = list.iter().map(|entry| Ok::<_, String>(value(entry, scope)?.unwrap_or(Value::Null))).collect();
            Ok(Some(Value::Array(values?)))
        }
        Value::Object(map) => Ok(Some(Value::Object(object(map, scope)?))),
        other => Ok(Some(other.clone())),
    }
}

/// An object whose names and values are such texts; names that become empty and values that are `undefined` are left out.
pub(crate) fn object(map: &Map<String, Value>, scope: Scope<'_>) -> Result<Map<String, Value>, String> {
    let mut out = Map::new();
    for (name, entry) in map {
        let name = match name.strip_prefix('=') {
            Some(template) => filled(template, scope)?.map(|name| to_js_string(&name)).unwrap_or_default(),
            None => name.clone(),
        };
        if let (false, Some(found)) = (name.is_empty(), value(entry, scope)?) {
            out.insert(name, found);
        }
    }
    Ok(out)
}

/// A text with its blocks filled in; one block alone keeps its value's type.
fn filled(template: &str, scope: Scope<'_>) -> Result<Maybe, String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (block, after) = after.split_once("}}").ok_or_else(|| format!("`{template}` has no end"))?;
        let found = evaluate(block, scope)?;
        if out.is_empty() && before.is_empty() && after.is_empty() {
            return Ok(found);
        }
        out.push_str(before);
        out.push_str(&found.filter(|value| !value.is_null()).map(|value| to_js_string(&value)).unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    Ok(Some(Value::String(out)))
}

fn evaluate(block: &str, scope: Scope<'_>) -> Result<Maybe, String> {
    match parser::evaluate(block, scope) {
        Ok(found) => Ok(found.into_value()),
        Err(Trouble::Thrown) => Ok(None),
        Err(Trouble::Unclear(why)) => Err(format!("{why} in `{}`", block.trim())),
    }
}

/// The fields that a text names without a condition around it: without them it says nothing.
pub(crate) fn plain_fields(text: &str) -> Vec<&str> {
    let blocks = text.strip_prefix('=').unwrap_or_default().split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.trim()));
    let names = blocks.filter_map(|block| block.strip_prefix("$credentials.").or_else(|| block.strip_prefix("$credentials?.")));
    names.filter(|name| name.chars().all(parser::is_name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(text: &str) -> Maybe {
        let fields = json!({"key": "k-1", "url": "https://h/", "on": true, "off": false, "empty": "", "n": 8080, "o": {"token": "t"}});
        let scope = Scope { fields: fields.as_object().unwrap(), method: "GET", now: 1_773_480_413_589 };
        value(&Value::String(text.to_owned()), scope).unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    #[test]
    fn texts_as_n8n_writes_them() {
        for (text, want) in [
            ("plain {{ $credentials.key }}", Some(json!("plain {{ $credentials.key }}"))),
            ("=Bearer {{$credentials?.key}} ", Some(json!("Bearer k-1 "))),
            ("=[{{ $credentials.none }}]", Some(json!("[]"))),
            ("={{ $credentials.on }}", Some(json!(true))),
            ("={{ $credentials.none }}", None),
            ("={{ $credentials.o.token }}:{{ $self[\"n\"] }}", Some(json!("t:8080"))),
            ("={{ $credentials.on && !$credentials.off ? \"a\" : 'b' }}", Some(json!("a"))),
            ("={{ $credentials.empty || $credentials.none ?? \"c\" }}", Some(json!("c"))),
            ("={{ $credentials.key === \"k-1\" ? $credentials.n !== 1 ? 1 : 2 : 3 }}", Some(json!(1))),
            ("={{ $credentials.url.endsWith(\"/\") ? $credentials.url.slice(0, -1) : $credentials.url }}/x", Some(json!("https://h/x"))),
            ("={{ \"{a}b{a}\".replace(\"{a}\", $credentials.key) + (1 + 2) }}", Some(json!("k-1b{a}3"))),
            ("={{ $if($credentials.empty, \"x\", undefined) }}", None),
            ("={{ $request.method }}", Some(json!("GET"))),
            ("={{ $credentials.url.trim().replace(/\\/+$/, \"\") + \"/api\" }}", Some(json!("https://h/api"))),
            ("={{ $credentials.url.replace(new RegExp(\"/$\"), '').split(\"://\")[1].split('.').pop() }}", Some(json!("h"))),
            ("={{ \"{a}-{a}\".replace(/\\{a\\}/g, ($credentials.none || \" x \").trim()) }}", Some(json!("x-x"))),
            ("={{ $credentials.key.startsWith('k') ? `https://${$credentials.key}.test` : `${1}` }}", Some(json!("https://k-1.test"))),
            ("={{ $credentials.key.split('-').includes('1') && $credentials.n >= 8080 }}", Some(json!(true))),
            ("={{ $credentials.none ? $credentials.none.replace('a', 'b') : 'c' }}", Some(json!("c"))),
            ("={{ $credentials.none.replace('a', 'b') }}", None),
            ("={{ $credentials.none?.replace('a', 'b').trim() || 'd' }}", Some(json!("d"))),
            ("=Basic {{ Buffer.from($credentials.key + ':x').toString('base64') }}", Some(json!("Basic ay0xOng="))),
            ("={{ new Date().toUTCString() }}", Some(json!("Sat, 14 Mar 2026 09:26:53 GMT"))),
        ] {
            assert_eq!(of(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let fields = Map::new();
        let scope = Scope { fields: &fields, method: "GET", now: 1_773_480_413_589 };
        for text in ["={{ $json.x }}", "={{ \"a\".normalize() }}", "={{ 1", "={{ \"a }}", "={{ $credentials.a b }}", "={{ ( 1 }}", "={{ }}"] {
            assert!(value(&Value::String(text.into()), scope).is_err(), "{text}");
        }
    }

    #[test]
    fn fields_without_which_a_text_says_nothing() {
        assert_eq!(plain_fields("=Basic {{$credentials.a}}:{{ $credentials?.b }}"), ["a", "b"]);
        assert!(plain_fields("={{ $credentials.a ? $credentials.b : 1 }}").is_empty() && plain_fields("{{ $credentials.a }}").is_empty());
    }
}
