//! The options of the older `request`.

use bytes::Bytes;
use node_sdk::json::truthy;
use node_sdk::ports::{HttpBody, HttpOptions};
use serde_json::Value;

use super::Asked;
use super::body::{FORM, add, bytes, content, finish, is_sending, own_headers, parts, proxy, raw, text, timeout};
use super::marks::{escaped, opened};
use crate::query::{self, Lists};

impl Asked {
    /// What options of `request` ask for.
    pub fn older(options: &Value, buffers: &[Bytes]) -> Self {
        let (marked, options) = (options, &*opened(options, buffers));
        let on = |name: &str, default: bool| options.get(name).map_or(default, truthy);
        let mut headers = own_headers(options);
        let body = match (marked.get("formData"), options.get("form"), options.get("body")) {
            (form @ Some(_), ..) if let Some(raw) = raw(&mut headers, form, buffers) => raw,
            (Some(Value::Object(form)), ..) => HttpBody::Multipart(parts(form, buffers)),
            // Both are one body, as recorded of Vero.
            (_, Some(Value::Object(form)), Some(Value::Object(body))) => {
                let more = form.iter().filter(|(name, _)| !body.contains_key(*name));
                let whole = body.iter().chain(more).map(|(name, value)| (name.clone(), value.clone())).collect();
                content(&mut headers, &escaped(Value::Object(whole)), &[])
            }
            (_, Some(Value::Object(form)), _) => {
                add(&mut headers, "Content-Type", FORM);
                bytes(query::encode(form, if repeats(options) { Lists::Repeat } else { Lists::Indices }))
            }
            (_, Some(Value::String(form)), _) => {
                add(&mut headers, "Content-Type", FORM);
                bytes(form.clone())
            }
            (.., None | Some(Value::Null)) => HttpBody::Empty,
            // An empty text says what it is with the methods that send bodies alone, as recorded of Nextcloud.
            (.., Some(Value::String(body))) if body.is_empty() && !is_sending(&text(options, "method").to_uppercase()) => HttpBody::Empty,
            (.., Some(body)) => {
                raw(&mut headers, marked.get("body"), buffers).unwrap_or_else(|| content(&mut headers, marked.get("body").unwrap_or(body), buffers))
            }
        };
        let url = Some(text(options, "uri")).filter(|uri| !uri.is_empty()).unwrap_or_else(|| text(options, "url"));
        let options_of_port = HttpOptions {
            timeout: Some(timeout(options)),
            max_redirects: if on("followRedirect", true) { HttpOptions::default().max_redirects } else { 0 },
            accept_invalid_certificates: !on("rejectUnauthorized", true),
            proxy: proxy(options.get("proxy")),
            ..HttpOptions::default()
        };
        let encoding = match options.get("encoding") {
            _ if on("useStream", false) => "stream",
            Some(Value::Null) => "arraybuffer",
            _ if on("json", false) => "",
            _ => "text",
        };
        Self {
            request: finish(options, url, lists(options), headers, body, options_of_port, "*/*"),
            full: on("resolveWithFullResponse", false),
            any_status: !on("simple", true),
            except: Vec::new(),
            encoding: encoding.to_owned(),
            older: true,
        }
    }
}

/// How lists in the query are written.
fn lists(options: &Value) -> Lists {
    let format = options.get("qsStringifyOptions").and_then(|options| options.get("arrayFormat")).and_then(Value::as_str);
    match format {
        Some("brackets") => Lists::Brackets,
        Some("repeat") => Lists::Repeat,
        None if repeats(options) => Lists::Repeat,
        _ => Lists::Indices,
    }
}

/// Whether lists of the query and of a form are the same name again and again, as recorded of Splunk.
fn repeats(options: &Value) -> bool {
    options.get("useQuerystring").is_some_and(truthy)
}
