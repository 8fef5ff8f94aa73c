//! A request while it is put together.

use crate::query::{self, Lists};
use bytes::Bytes;
use node_sdk::json::stringify;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, Part};
use serde_json::{Map, Value};

/// What `User-Agent` says unless the node says otherwise.
const USER_AGENT: &str = "n8n";
/// What `Accept-Encoding` says; what of it a server may not use, we still take (`compress` nobody sends).
const ACCEPT_ENCODING: &str = "gzip, compress, deflate, br";
/// The longest timer of Node.js, in milliseconds; a longer time-out becomes this one.
pub const MAX_TIMEOUT: f64 = 2_147_483_647.0;
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A body that HTTP has no form for; the words are those of n8n's HTTP client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Data after transformation must be a string, an ArrayBuffer, a Buffer, or a Stream")]
pub struct Unsendable;

/// A request that can still change: credentials and pages add to it.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Upper case.
    pub method: String,
    /// As it was given, with a query of its own where it has one.
    pub url: String,
    /// What goes behind the URL's own query.
    pub query: Map<String, Value>,
    /// How lists in the query are written.
    pub lists: Lists,
    /// The node's own headers, and those of its credential.
    pub headers: Headers,
    /// What is sent with it.
    pub body: Body,
    /// `Accept`, where the node has no header of its own for it.
    pub accept: &'static str,
    /// n8n has the answer parsed, and then sends any JSON value as JSON.
    pub parses: bool,
    /// How it is sent.
    pub options: HttpOptions,
}

/// The body.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// None.
    #[default]
    None,
    /// JSON; a text as a form, where n8n does not have the answer parsed.
    Json(Value),
    /// `application/x-www-form-urlencoded`.
    Form(Map<String, Value>),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// Bytes as they are, and their type. `None`: no content type but the node's own header.
    Raw(Bytes, Option<String>),
    /// A raw body that is neither text nor bytes.
    Unsendable,
}

impl Draft {
    /// The request: with the headers that n8n adds, in its order.
    ///
    /// # Errors
    /// The body is one that cannot be sent.
    pub fn build(self) -> Result<HttpRequest, Unsendable> {
        let bodiless = !sends_bytes(&self.method);
        let body = match self.body {
            Body::Form(form) if bodiless => Body::Json(Value::Object(form)),
            Body::Raw(_, content_type) if bodiless => Body::Raw(Bytes::new(), content_type),
            other => other,
        };
        let mut headers = self.headers;
        let own_type = headers.get("content-type").map(str::to_owned);
        let (body, content_type) = encode(body, own_type.as_deref(), self.parses)?;
        let mut list = vec![("Accept".to_owned(), headers.take_exact("accept").unwrap_or_else(|| self.accept.to_owned()))];
        headers.remove("accept");
        if let Some(content_type) = content_type.or(own_type) {
            list.push(("Content-Type".to_owned(), content_type));
        }
        headers.remove("content-type");
        let agent = headers.get("user-agent").is_none();
        let encoding = headers.get("accept-encoding").is_none();
        list.extend(headers.0);
        if agent {
            list.push(("User-Agent".to_owned(), USER_AGENT.to_owned()));
        }
        if encoding {
            list.push(("Accept-Encoding".to_owned(), ACCEPT_ENCODING.to_owned()));
        }
        let url = query::add_to_url(&self.url, &query::encode(&self.query, self.lists));
        Ok(HttpRequest { method: self.method, url, headers: list, body, options: self.options })
    }

    /// The request as the variable `$request` of a page's expressions shows it.
    pub fn to_value(&self) -> Value {
        let body = match &self.body {
            Body::Json(value) => value.clone(),
            Body::Form(form) => Value::Object(form.clone()),
            Body::Raw(bytes, _) => Value::String(String::from_utf8_lossy(bytes).into_owned()),
            Body::None | Body::Multipart(_) | Body::Unsendable => Value::Null,
        };
        let mut request = Map::new();
        request.insert(
            "headers".into(),
            Value::Object(self.headers.0.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect()),
        );
        request.insert("method".into(), Value::String(self.method.clone()));
        request.insert("uri".into(), Value::String(self.url.clone()));
        request.insert("qs".into(), Value::Object(self.query.clone()));
        if !body.is_null() {
            request.insert("body".into(), body);
        }
        Value::Object(request)
    }
}

/// Whether n8n sends forms, texts and files with this method; with another one it sends JSON alone.
pub fn sends_bytes(method: &str) -> bool {
    matches!(method, "GET" | "PATCH" | "POST" | "PUT")
}

/// The bytes, and the content type that goes with them.
fn encode(body: Body, own_type: Option<&str>, parses: bool) -> Result<(HttpBody, Option<String>), Unsendable> {
    let own = |default: &str| Some(own_type.unwrap_or(default).to_owned());
    let text = |text: String| HttpBody::Bytes(text.into());
    Ok(match body {
        Body::None => (HttpBody::Empty, None),
        Body::Json(Value::Object(map)) if own_type == Some(FORM) => (text(query::encode(&map, Lists::Indices)), own(FORM)),
        Body::Json(value @ (Value::Object(_) | Value::Array(_))) => (text(stringify(&value)), own(JSON)),
        Body::Json(value) if parses => (text(stringify(&value)), own(JSON)),
        Body::Json(Value::String(bare)) => (text(bare), own(FORM)),
        Body::Json(Value::Null) => (HttpBody::Empty, own(FORM)),
        Body::Json(_) | Body::Unsendable => return Err(Unsendable),
        Body::Form(form) => (text(query::encode(&form, Lists::Indices)), Some(FORM.to_owned())),
        Body::Multipart(parts) => (HttpBody::Multipart(parts), None),
        Body::Raw(bytes, content_type) => {
            let body = if bytes.is_empty() { HttpBody::Empty } else { HttpBody::Bytes(bytes) };
            (body, content_type)
        }
    })
}

/// Headers in order; names keep their letter case, and are found whatever it is.
#[derive(Debug, Clone, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds one, beside others of its name.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Sets one: in the place of the first of its name, or at the end.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.0.iter().position(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some(at) => {
                let kept = self.0[at].0.clone();
                self.0[at].1 = value;
                let mut index = 0;
                self.0.retain(|(n, _)| {
                    index += 1;
                    index - 1 <= at || !n.eq_ignore_ascii_case(&kept)
                });
            }
            None => self.add(name, value),
        }
    }

    /// Removes all of this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Takes the one whose name is written exactly so: in other letter case n8n's own default wins.
    fn take_exact(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }

    /// Sets a header to a JSON value as n8n does: null is none, a list is several.
    pub fn add_value(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::Array(list) => list.iter().for_each(|value| self.add(name, node_sdk::json::to_js_string(value))),
            other => self.add(name, node_sdk::json::to_js_string(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_a_header_replaces_all_of_its_name() {
        let mut headers = Headers::default();
        for (name, value) in [("x-a", "1"), ("x-b", "2"), ("X-A", "3")] {
            headers.add(name, value);
        }
        headers.set("X-a", "9");
        headers.set("X-New", "n");
        let all: Vec<_> = headers.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(all, [("x-a", "9"), ("x-b", "2"), ("X-New", "n")]);
    }
}
