//! Query strings and urlencoded forms as n8n writes them: nested values become `a[b]`, every name and value is escaped.

use std::borrow::Cow;
use std::fmt::Write as _;

use node_sdk::json::to_js_string;
use serde_json::{Map, Value};

/// How the elements of a list are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lists {
    /// `a[0]=1&a[1]=2`, what n8n does unless told otherwise.
    #[default]
    Indices,
    /// `a[]=1&a[]=2`.
    Brackets,
    /// `a=1&a=2`.
    Repeat,
}

/// Writes an object as a query string, without `?`, in the order of its keys.
///
/// Names and values are escaped by [`escape`]. `null` is an empty value, an empty list or object writes nothing.
///
/// ```
/// use request::query::{Lists, encode};
/// let query = serde_json::json!({"q": "two words", "ids": [1, 2], "o": {"p": null}});
/// assert_eq!(encode(query.as_object().unwrap(), Lists::Indices), "q=two%20words&ids%5B0%5D=1&ids%5B1%5D=2&o%5Bp%5D=");
/// ```
pub fn encode(object: &Map<String, Value>, lists: Lists) -> String {
    let mut out = String::new();
    for (name, value) in object {
        append(&mut out, name, value, lists);
    }
    out
}

/// Puts `name=value` behind what `out` already holds; a list or object becomes as many pairs as it has leaves.
pub fn append(out: &mut String, name: &str, value: &Value, lists: Lists) {
    match value {
        Value::Array(list) => {
            for (i, element) in list.iter().enumerate() {
                let name = match lists {
                    Lists::Indices => Cow::Owned(format!("{name}[{i}]")),
                    Lists::Brackets => Cow::Owned(format!("{name}[]")),
                    Lists::Repeat => Cow::Borrowed(name),
                };
                append(out, &name, element, lists);
            }
        }
        Value::Object(object) => {
            for (key, inner) in object {
                append(out, &format!("{name}[{key}]"), inner, lists);
            }
        }
        leaf => {
            if !out.is_empty() {
                out.push('&');
            }
            escape_into(out, name);
            out.push('=');
            if !leaf.is_null() {
                escape_into(out, &to_js_string(leaf));
            }
        }
    }
}

/// Escapes all but letters, digits and `- _ . ~`, byte by byte in UTF-8: JavaScript's `encodeURIComponent`, and `! ' ( ) *` too.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}

fn escape_into(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// Puts a query string behind a URL: before its fragment, after a query that is already there.
pub fn add_to_url(url: &str, query: &str) -> String {
    if query.is_empty() {
        return url.to_owned();
    }
    let base = url.split('#').next().unwrap_or(url);
    let joint = if !base.contains('?') {
        "?"
    } else if base.ends_with(['?', '&']) {
        ""
    } else {
        "&"
    };
    format!("{base}{joint}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_of_value() {
        let value = json!({"a": [1, "b c"], "o": {"p": 1, "q": [2, 3]}, "e": [], "n": null, "t": true, "": "x", "l": [{"m": 1}, null]});
        let of = |lists| encode(value.as_object().unwrap(), lists).replace("%5B", "[").replace("%5D", "]");
        assert_eq!(of(Lists::Indices), "a[0]=1&a[1]=b%20c&o[p]=1&o[q][0]=2&o[q][1]=3&n=&t=true&=x&l[0][m]=1&l[1]=");
        assert_eq!(of(Lists::Brackets), "a[]=1&a[]=b%20c&o[p]=1&o[q][]=2&o[q][]=3&n=&t=true&=x&l[][m]=1&l[]=");
        assert_eq!(of(Lists::Repeat), "a=1&a=b%20c&o[p]=1&o[q]=2&o[q]=3&n=&t=true&=x&l[m]=1&l=");
    }

    #[test]
    fn escapes_what_encode_uri_component_leaves() {
        assert_eq!(escape("a:b!f*g'h(i)~j$ü%41"), "a%3Ab%21f%2Ag%27h%28i%29~j%24%C3%BC%2541");
    }

    #[test]
    fn goes_behind_a_url() {
        let cases = [
            ("http://h/p", "http://h/p?a=1"),
            ("http://h/p?", "http://h/p?a=1"),
            ("http://h/p?x=1", "http://h/p?x=1&a=1"),
            ("http://h/p#f?g", "http://h/p?a=1"),
        ];
        for (url, want) in cases {
            assert_eq!(add_to_url(url, "a=1"), want);
        }
        assert_eq!(add_to_url("http://h/p#f", ""), "http://h/p#f");
    }
}
