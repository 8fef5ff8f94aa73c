//! The options of `httpRequest`.

use bytes::Bytes;
use node_sdk::json::{to_number, truthy};
use node_sdk::ports::{HttpBody, HttpOptions};
use serde_json::Value;

use super::Asked;
use super::body::{content, finish, own_headers, proxy, raw, text, timeout};
use super::marks::opened;
use crate::query::Lists;

impl Asked {
    /// What options of `httpRequest` ask for.
    pub fn newer(options: &Value, buffers: &[Bytes]) -> Self {
        let (marked, options) = (options.get("body"), &*opened(options, buffers));
        let on = |name: &str| options.get(name).is_some_and(truthy);
        let url = text(options, "url");
        let base = text(options, "baseURL");
        let absolute = url.starts_with("http://") || url.starts_with("https://") || base.is_empty();
        let url = if absolute { url } else { format!("{}/{}", base.trim_end_matches('/'), url.trim_start_matches('/')) };
        let lists = match text(options, "arrayFormat").as_str() {
            "brackets" => Lists::Brackets,
            "repeat" => Lists::Repeat,
            _ => Lists::Indices,
        };
        let mut headers = own_headers(options);
        let body = match options.get("body") {
            None | Some(Value::Null) => HttpBody::Empty,
            Some(Value::Object(map)) if map.is_empty() => HttpBody::Empty,
            Some(_) if let Some(raw) = raw(&mut headers, marked, buffers) => raw,
            Some(_) => content(&mut headers, marked.unwrap_or(&Value::Null), buffers),
        };
        let options_of_port = HttpOptions {
            timeout: Some(timeout(options)),
            max_redirects: match options.get("maxRedirects").and_then(to_number) {
                _ if on("disableFollowRedirect") => 0,
                Some(max) if max >= 1.0 => max as usize,
                _ => HttpOptions::default().max_redirects,
            },
            accept_invalid_certificates: on("skipSslCertificateValidation"),
            proxy: proxy(options.get("proxy")),
            ..HttpOptions::default()
        };
        let except = options.get("ignoreHttpStatusErrors").and_then(|ignore| ignore.get("except")).and_then(Value::as_array);
        let ignore = match options.get("ignoreHttpStatusErrors") {
            Some(Value::Object(map)) => map.get("ignore").is_some_and(truthy),
            other => other.is_some_and(truthy),
        };
        Self {
            request: finish(options, url, lists, headers, body, options_of_port, "application/json, text/plain, */*"),
            full: on("returnFullResponse"),
            any_status: ignore,
            except: except.into_iter().flatten().filter_map(|status| status.as_u64()?.try_into().ok()).collect(),
            encoding: text(options, "encoding"),
            older: false,
        }
    }
}
