//! Parts that both forms of options have.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use node_sdk::json::{to_js_string, to_number, truthy};
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, Part};
use serde_json::{Map, Value};

use super::marks::{buffer, opened, to_json};
use crate::draft::MAX_TIMEOUT;
use crate::query::{self, Lists};

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// The request. `accept` is what is taken where the options do not ask for JSON.
pub(super) fn finish(
    options: &Value,
    url: String,
    lists: Lists,
    mut headers: Vec<(String, String)>,
    body: HttpBody,
    of_port: HttpOptions,
    accept: &str,
) -> HttpRequest {
    let accept = if options.get("json").is_some_and(truthy) { "application/json" } else { accept };
    if find(&headers, "accept").is_none() {
        headers.insert(0, ("Accept".into(), accept.into()));
    }
    if let Some(auth) = options.get("auth").and_then(Value::as_object) {
        let part = |names: [&str; 2]| names.iter().find_map(|name| auth.get(*name)).map(to_js_string).unwrap_or_default();
        let login = match auth.get("bearer") {
            Some(token) => format!("Bearer {}", to_js_string(token)),
            None => format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", part(["username", "user"]), part(["password", "pass"])))),
        };
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        headers.push(("Authorization".into(), login));
    }
    add(&mut headers, "User-Agent", "n8n");
    add(&mut headers, "Accept-Encoding", "gzip, compress, deflate, br");
    let asked = options.get("qs").and_then(Value::as_object).map(|qs| query::encode(qs, lists)).unwrap_or_default();
    let method = Some(text(options, "method")).filter(|method| !method.is_empty()).unwrap_or_else(|| "GET".into()).to_uppercase();
    // Bytes of which nothing is said are sent as axios sends them.
    if matches!(body, HttpBody::Bytes(_)) && is_sending(&method) {
        add(&mut headers, "Content-Type", FORM);
    }
    HttpRequest { method, url: query::add_to_url(&url, &asked), headers, body, options: of_port }
}

/// Whether requests of the method are meant to have a body.
pub(super) fn is_sending(method: &str) -> bool {
    matches!(method, "PATCH" | "POST" | "PUT")
}

pub(super) fn text(options: &Value, name: &str) -> String {
    options.get(name).filter(|value| !value.is_null()).map(to_js_string).unwrap_or_default()
}

pub(super) fn bytes(text: String) -> HttpBody {
    HttpBody::Bytes(text.into())
}

pub(super) fn timeout(options: &Value) -> Duration {
    let asked = options.get("timeout").and_then(to_number).filter(|ms| *ms > 0.0 && ms.is_finite());
    asked.map_or(Duration::from_secs(300), |ms| Duration::from_millis(ms.min(MAX_TIMEOUT) as u64))
}

pub(super) fn own_headers(options: &Value) -> Vec<(String, String)> {
    let map = options.get("headers").and_then(Value::as_object);
    map.into_iter().flatten().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), to_js_string(value))).collect()
}

pub(super) fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

pub(super) fn add(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    if find(headers, name).is_none() {
        headers.push((name.into(), value.into()));
    }
}

/// A body by its type: text is sent as a form, and so is an object where its headers say that it is one; anything else as JSON.
pub(super) fn content(headers: &mut Vec<(String, String)>, body: &Value, buffers: &[Bytes]) -> HttpBody {
    match body {
        Value::String(text) => {
            add(headers, "Content-Type", FORM);
            bytes(text.clone())
        }
        Value::Object(map) if find(headers, "content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains(FORM)) => {
            match &*opened(body, buffers) {
                Value::Object(map) => bytes(plus_form(map)),
                _ => bytes(plus_form(map)),
            }
        }
        _ => {
            add(headers, "Content-Type", "application/json");
            bytes(to_json(body, buffers))
        }
    }
}

/// A form by the web's own rules: `+` for a space.
fn plus_form(map: &Map<String, Value>) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in map {
        form.append_pair(name, &to_js_string(value));
    }
    form.finish()
}

/// `{protocol, host, port, auth}`, or a URL.
pub(super) fn proxy(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(url) => Some(url.clone()).filter(|url| url.contains("://")),
        Value::Object(map) => {
            let part = |name: &str| map.get(name).map(to_js_string).unwrap_or_default();
            let protocol = Some(part("protocol").trim_end_matches(':').to_owned()).filter(|p| !p.is_empty()).unwrap_or_else(|| "http".into());
            let login = map.get("auth").and_then(Value::as_object).map(|auth| {
                let part = |name: &str| auth.get(name).map(to_js_string).map(|text| query::escape(&text)).unwrap_or_default();
                format!("{}:{}@", part("username"), part("password"))
            });
            let port = Some(part("port")).filter(|port| !port.is_empty()).map(|port| format!(":{port}")).unwrap_or_default();
            Some(format!("{protocol}://{}{}{port}", login.unwrap_or_default(), part("host"))).filter(|_| map.contains_key("host"))
        }
        _ => None,
    }
}

/// A body that stands for bytes or for a form that is written already; `None`: it is neither.
pub(super) fn raw(headers: &mut Vec<(String, String)>, body: Option<&Value>, buffers: &[Bytes]) -> Option<HttpBody> {
    let body = body?.as_object()?;
    if let Some(bytes) = buffer(body, buffers) {
        return Some(HttpBody::Bytes(bytes));
    }
    if let Some(form) = body.get("$form").filter(|_| body.len() == 1) {
        for (name, value) in form.get("headers").and_then(Value::as_object).into_iter().flatten() {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name.clone(), to_js_string(value)));
        }
        return form.get("body").and_then(Value::as_object).and_then(|body| buffer(body, buffers)).map(HttpBody::Bytes);
    }
    let search = body.get("$search").filter(|_| body.len() == 1)?.as_str()?;
    add(headers, "Content-Type", "application/x-www-form-urlencoded;charset=utf-8");
    Some(bytes(search.to_owned()))
}

/// The parts of the older form's `formData`: values, or `{value, options: {filename, contentType}}`; a list is several.
pub(super) fn parts(form: &Map<String, Value>, buffers: &[Bytes]) -> Vec<Part> {
    let mut parts = Vec::new();
    for (name, value) in form {
        match value {
            Value::Array(list) => parts.extend(list.iter().map(|value| part(name, value, buffers))),
            value => parts.push(part(name, value, buffers)),
        }
    }
    parts
}

fn part(name: &str, value: &Value, buffers: &[Bytes]) -> Part {
    let content = |value: &Value| match value {
        Value::Object(map) => buffer(map, buffers).unwrap_or_else(|| to_json(value, buffers).into()),
        value => to_js_string(value).into(),
    };
    let Some((map, inner)) = value.as_object().and_then(|map| Some((map, map.get("value")?))) else {
        return Part { name: name.to_owned(), file_name: None, content_type: kind_of(None, value), content: content(value) };
    };
    let option = |key: &str| map.get("options").and_then(|options| options.get(key)).filter(|value| !value.is_null()).map(to_js_string);
    let file_name = option("filename");
    let content_type = option("contentType").or_else(|| kind_of(file_name.as_deref(), inner));
    Part { name: name.to_owned(), file_name, content_type, content: content(inner) }
}

/// The type of a part that says none: by its file's name; that of bytes.
fn kind_of(file_name: Option<&str>, value: &Value) -> Option<String> {
    let by_name = file_name.and_then(|name| mime_guess::from_path(name).first()).map(|mime| mime.essence_str().to_owned());
    by_name.or_else(|| (file_name.is_some() || value.is_object()).then(|| "application/octet-stream".to_owned()))
}
