//! The texts of a credential type: n8n's form, `=Bearer {{ $credentials.apiKey }}`.
//!
//! What stands between the braces is the small part of JavaScript that such texts use: members of `$credentials`, `$self` (the same)
//! and `$request` (`method`), literals, `?:`, `||`, `&&`, `??`, `===`, `!==`, `!`, `+`, `$if`, and a few methods of texts. Nothing
//! here needs an engine, so a type costs nothing at the start of a run.

use node_sdk::json::{to_js_string, truthy};
use serde_json::{Map, Value};

/// What the texts may name.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) fields: &'a Map<String, Value>,
    /// Upper case.
    pub(crate) method: &'a str,
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
    let mut parser = Parser { rest: block, scope };
    let found = parser.choice()?;
    match parser.rest.trim_start() {
        "" => Ok(found),
        rest => Err(format!("`{rest}` is not understood in `{block}`")),
    }
}

/// The fields that a text names without a condition around it: without them it says nothing.
pub(crate) fn plain_fields(text: &str) -> Vec<&str> {
    let blocks = text.strip_prefix('=').unwrap_or_default().split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.trim()));
    let names = blocks.filter_map(|block| block.strip_prefix("$credentials.").or_else(|| block.strip_prefix("$credentials?.")));
    names.filter(|name| name.chars().all(is_name)).collect()
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

fn is_true(value: &Maybe) -> bool {
    value.as_ref().is_some_and(truthy)
}

fn text_of(value: &Maybe) -> String {
    value.as_ref().map_or_else(|| "undefined".to_owned(), to_js_string)
}

/// Reads and evaluates at once: nothing in such a text has an effect, so both branches of a choice may be worked out.
struct Parser<'a> {
    rest: &'a str,
    scope: Scope<'a>,
}

impl<'a> Parser<'a> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(token);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }

    fn wants(&mut self, token: &str) -> Result<(), String> {
        if self.takes(token) { Ok(()) } else { Err(format!("`{token}` is missing before `{}`", self.rest)) }
    }

    fn choice(&mut self) -> Result<Maybe, String> {
        let condition = self.either()?;
        // `?.` and `??` were read with the value before them.
        if !self.takes("?") {
            return Ok(condition);
        }
        let then = self.choice()?;
        self.wants(":")?;
        let other = self.choice()?;
        Ok(if is_true(&condition) { then } else { other })
    }

    fn either(&mut self) -> Result<Maybe, String> {
        let mut left = self.both()?;
        loop {
            let keeps = if self.takes("||") {
                is_true(&left)
            } else if self.takes("??") {
                left.as_ref().is_some_and(|value| !value.is_null())
            } else {
                return Ok(left);
            };
            let right = self.both()?;
            left = if keeps { left } else { right };
        }
    }

    fn both(&mut self) -> Result<Maybe, String> {
        let mut left = self.equal()?;
        while self.takes("&&") {
            let right = self.equal()?;
            left = if is_true(&left) { right } else { left };
        }
        Ok(left)
    }

    fn equal(&mut self) -> Result<Maybe, String> {
        let left = self.sum()?;
        if self.takes("===") {
            return Ok(Some(Value::Bool(left == self.sum()?)));
        }
        if self.takes("!==") {
            return Ok(Some(Value::Bool(left != self.sum()?)));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Maybe, String> {
        let mut left = self.unary()?;
        while self.takes("+") {
            let right = self.unary()?;
            left = Some(match (left.as_ref().and_then(Value::as_i64), right.as_ref().and_then(Value::as_i64)) {
                (Some(left), Some(right)) => left.wrapping_add(right).into(),
                _ => Value::String(text_of(&left) + &text_of(&right)),
            });
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Maybe, String> {
        let rest = self.rest.trim_start();
        if rest.starts_with('!') && !rest.starts_with("!=") {
            self.rest = &rest[1..];
            let value = self.unary()?;
            return Ok(Some(Value::Bool(!is_true(&value))));
        }
        let mut value = self.primary()?;
        loop {
            if self.takes("?.") || self.takes(".") {
                let name = self.name()?;
                value = if self.takes("(") { Some(self.call(&value, name)?) } else { member(&value, name) };
            } else if self.takes("[") {
                let key = self.choice()?;
                self.wants("]")?;
                value = member(&value, &text_of(&key));
            } else {
                return Ok(value);
            }
        }
    }

    fn primary(&mut self) -> Result<Maybe, String> {
        if self.takes("(") {
            let value = self.choice()?;
            self.wants(")")?;
            return Ok(value);
        }
        for quote in ['"', '\''] {
            if self.takes(&quote.to_string()) {
                let (text, rest) = self.rest.split_once(quote).ok_or("a text has no end")?;
                self.rest = rest;
                return Ok(Some(Value::String(text.to_owned())));
            }
        }
        if self.takes("-") {
            let number: i64 = self.name()?.parse().map_err(|_| "`-` stands before no number")?;
            return Ok(Some(Value::from(-number)));
        }
        match self.name()? {
            "$credentials" | "$self" => Ok(Some(Value::Object(self.scope.fields.clone()))),
            "$request" => Ok(Some(serde_json::json!({"method": self.scope.method}))),
            "$if" => {
                self.wants("(")?;
                let mut parts = self.list()?.into_iter();
                let (condition, then, other) = (parts.next().flatten(), parts.next().flatten(), parts.next().flatten());
                Ok(if is_true(&condition) { then } else { other })
            }
            "undefined" => Ok(None),
            "null" => Ok(Some(Value::Null)),
            "true" => Ok(Some(Value::Bool(true))),
            "false" => Ok(Some(Value::Bool(false))),
            word => word.parse::<i64>().map(|number| Some(Value::from(number))).map_err(|_| format!("`{word}` is not known")),
        }
    }

    fn name(&mut self) -> Result<&'a str, String> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if end == 0 {
            return Err(format!("a name is missing before `{rest}`"));
        }
        self.rest = &rest[end..];
        Ok(&rest[..end])
    }

    /// What stands between parentheses, the first of which was read.
    fn list(&mut self) -> Result<Vec<Maybe>, String> {
        let mut list = Vec::new();
        while !self.takes(")") {
            list.push(self.choice()?);
            if !self.takes(",") {
                self.wants(")")?;
                break;
            }
        }
        Ok(list)
    }

    fn call(&mut self, on: &Maybe, method: &str) -> Result<Value, String> {
        let given = self.list()?;
        let text = on.as_ref().filter(|value| !value.is_null()).map(to_js_string).unwrap_or_default();
        let part = |index: usize| given.get(index).map(text_of).unwrap_or_default();
        Ok(match method {
            "startsWith" => text.starts_with(&part(0)).into(),
            "endsWith" => text.ends_with(&part(0)).into(),
            "trim" => text.trim().into(),
            "replace" => text.replacen(&part(0), &part(1), 1).into(),
            "slice" if part(0) == "0" && part(1) == "-1" => {
                let mut chars = text.chars();
                chars.next_back();
                chars.as_str().into()
            }
            _ => return Err(format!("the method `{method}` is not known")),
        })
    }
}

fn member(value: &Maybe, name: &str) -> Maybe {
    value.as_ref()?.get(name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(text: &str) -> Maybe {
        let fields = json!({"key": "k-1", "url": "https://h/", "on": true, "off": false, "empty": "", "n": 8080, "o": {"token": "t"}});
        let scope = Scope { fields: fields.as_object().unwrap(), method: "GET" };
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
        ] {
            assert_eq!(of(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let fields = Map::new();
        let scope = Scope { fields: &fields, method: "GET" };
        for text in ["={{ $json.x }}", "={{ $credentials.x.at(1) }}", "={{ 1", "={{ \"a }}", "={{ $credentials.a b }}", "={{ ( 1 }}", "={{ }}"] {
            assert!(value(&Value::String(text.into()), scope).is_err(), "{text}");
        }
    }

    #[test]
    fn fields_without_which_a_text_says_nothing() {
        assert_eq!(plain_fields("=Basic {{$credentials.a}}:{{ $credentials?.b }}"), ["a", "b"]);
        assert!(plain_fields("={{ $credentials.a ? $credentials.b : 1 }}").is_empty() && plain_fields("{{ $credentials.a }}").is_empty());
    }
}
