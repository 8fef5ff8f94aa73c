//! `this.helpers.httpRequest` and `this.helpers.request` of code, over the port.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use node_sdk::Ports;
use node_sdk::json::{stringify, to_js_string, to_number, truthy};
use node_sdk::ports::{HttpBody, HttpError, HttpOptions, HttpRequest, HttpResponse, KnownBy, Sender};

use serde_json::{Map, Value, json};

use crate::answer;
use crate::draft::MAX_TIMEOUT;
use crate::query::{self, Lists};

const FORM: &str = "application/x-www-form-urlencoded";

/// What the helper gives back.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// A value.
    Value(Value),
    /// A `Buffer`, for `encoding: 'arraybuffer'` without the full response.
    Bytes(Bytes),
}

/// Sends what `this.helpers.httpRequest(options)` describes. The error is the object that JavaScript throws: `message`, `name`,
/// `stack`, `code`, `config`, and `status` where the server answered; for a URL that is none `code` and `input` alone.
pub async fn http_request(ports: &Ports, sender: &Sender, options: &Value) -> Result<Answered, Value> {
    exchange(ports, Asked::from_options(options).sent_by(sender)).await
}

/// Sends what the older `this.helpers.request(options)` describes (`uri`, `form`, `json`, `simple`, `resolveWithFullResponse`). An address may stand
/// in the place of the options, or before them.
pub async fn request(ports: &Ports, sender: &Sender, first: &Value, second: &Value) -> Result<Answered, Value> {
    let Value::String(address) = first else { return exchange(ports, Asked::from_older(first).sent_by(sender)).await };
    let mut options = second.as_object().cloned().unwrap_or_default();
    options.insert("uri".to_owned(), address.as_str().into());
    exchange(ports, Asked::from_older(&Value::Object(options)).sent_by(sender)).await
}

/// Which of n8n's two helpers options are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `httpRequest`, `httpRequestWithAuthentication`.
    HttpRequest,
    /// The older `request`, `requestWithAuthentication`, `requestOAuth1`, `requestOAuth2`.
    Request,
}

/// The request that options describe, without sending it.
pub(crate) fn request_of(family: Family, options: &Value, sender: &Sender) -> HttpRequest {
    let asked = match family {
        Family::HttpRequest => Asked::from_options(options),
        Family::Request => Asked::from_older(options),
    };
    asked.sent_by(sender).request
}

/// What is asked for, in either form of options.
struct Asked {
    request: HttpRequest,
    full: bool,
    any_status: bool,
    /// `arraybuffer`, `text`, ...; empty: JSON where it is JSON.
    encoding: String,
    /// Whether the older form asks, whose errors tell the answer.
    older: bool,
}

impl Asked {
    fn sent_by(mut self, sender: &Sender) -> Self {
        let options = &mut self.request.options;
        (options.sender, options.known_by) = (Some(sender.clone()), KnownBy::Request);
        self
    }

    fn from_options(options: &Value) -> Self {
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
        let form = find(&headers, "content-type").is_some_and(|kind| kind.eq_ignore_ascii_case(FORM));
        let body = match options.get("body") {
            None | Some(Value::Null) => HttpBody::Empty,
            Some(Value::Object(map)) if map.is_empty() => HttpBody::Empty,
            // An object as a form is written by the web's own rules here: `+` for a space.
            Some(Value::Object(map)) if form => bytes(plus_form(map)),
            Some(body) => content(&mut headers, body),
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
        let ignore = match options.get("ignoreHttpStatusErrors") {
            Some(Value::Object(map)) => map.get("ignore").is_some_and(truthy),
            other => other.is_some_and(truthy),
        };
        Self {
            request: finish(options, url, lists, headers, body, options_of_port, "application/json, text/plain, */*"),
            full: on("returnFullResponse"),
            any_status: ignore,
            encoding: text(options, "encoding"),
            older: false,
        }
    }

    fn from_older(options: &Value) -> Self {
        let on = |name: &str, default: bool| options.get(name).map_or(default, truthy);
        let mut headers = own_headers(options);
        let body = match (options.get("form"), options.get("body")) {
            (Some(Value::Object(form)), _) => {
                add(&mut headers, "Content-Type", FORM);
                bytes(query::encode(form, Lists::Indices))
            }
            (_, None | Some(Value::Null)) => HttpBody::Empty,
            (_, Some(body)) => content(&mut headers, body),
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
            Some(Value::Null) => "arraybuffer",
            _ if on("json", false) => "",
            _ => "text",
        };
        Self {
            request: finish(options, url, Lists::Indices, headers, body, options_of_port, "*/*"),
            full: on("resolveWithFullResponse", false),
            any_status: !on("simple", true),
            encoding: encoding.to_owned(),
            older: true,
        }
    }
}

/// The request. `accept` is what is taken where the options do not ask for JSON.
fn finish(
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
        let pair = format!("{}:{}", part(["username", "user"]), part(["password", "pass"]));
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        headers.push(("Authorization".into(), format!("Basic {}", BASE64_STANDARD.encode(pair))));
    }
    add(&mut headers, "User-Agent", "n8n");
    add(&mut headers, "Accept-Encoding", "gzip, compress, deflate, br");
    let asked = options.get("qs").and_then(Value::as_object).map(|qs| query::encode(qs, lists)).unwrap_or_default();
    let method = Some(text(options, "method")).filter(|method| !method.is_empty()).unwrap_or_else(|| "GET".into()).to_uppercase();
    HttpRequest { method, url: query::add_to_url(&url, &asked), headers, body, options: of_port }
}

async fn exchange(ports: &Ports, asked: Asked) -> Result<Answered, Value> {
    let asked = &asked;
    let url = &asked.request.url;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(json!({"code": "ERR_INVALID_URL", "input": url}));
    }
    let answer = ports.http.send(asked.request.clone()).await.map_err(|error| thrown(asked, &error))?;
    if !asked.any_status && !(200..300).contains(&answer.status) {
        let code = if answer.status >= 500 { "ERR_BAD_RESPONSE" } else { "ERR_BAD_REQUEST" };
        let message = match asked.older {
            true => format!("{} - {}", answer.status, stringify(&body(asked, &answer))),
            false => format!("Request failed with status code {}", answer.status),
        };
        let mut error = error_object(asked, "AxiosError", &message, Some(code));
        error.insert("status".into(), answer.status.into());
        return Err(Value::Object(error));
    }
    Ok(given(asked, &answer))
}

fn given(asked: &Asked, answer: &HttpResponse) -> Answered {
    if asked.encoding == "arraybuffer" && !asked.full {
        return Answered::Bytes(answer.body.clone());
    }
    let body = body(asked, answer);
    if !asked.full {
        return Answered::Value(body);
    }
    Answered::Value(json!({"body": body, "headers": answer::header_object(answer), "statusCode": answer.status, "statusMessage": answer.status_text}))
}

/// The content of an answer in the form that was asked for.
fn body(asked: &Asked, answer: &HttpResponse) -> Value {
    let text = String::from_utf8_lossy(&answer.body);
    let text = text.trim_start_matches('\u{feff}');
    match asked.encoding.as_str() {
        "arraybuffer" => json!({"type": "Buffer", "data": answer.body.to_vec()}),
        "text" => Value::String(text.to_owned()),
        _ => answer::parse_json(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    }
}

fn thrown(asked: &Asked, error: &HttpError) -> Value {
    if error.code() == Some("ERR_INVALID_URL") {
        return json!({"code": "ERR_INVALID_URL", "input": asked.request.url});
    }
    let name = if error.code() == Some("ECONNABORTED") { "AxiosError" } else { "Error" };
    Value::Object(error_object(asked, name, &error.message, error.code()))
}

fn error_object(asked: &Asked, name: &str, message: &str, code: Option<&str>) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("message".into(), message.into());
    map.insert("name".into(), name.into());
    map.insert("stack".into(), format!("{name}: {message}").into());
    map.insert("config".into(), json!({"method": asked.request.method, "url": asked.request.url}));
    if let Some(code) = code {
        map.insert("code".into(), code.into());
    }
    map
}

fn text(options: &Value, name: &str) -> String {
    options.get(name).filter(|value| !value.is_null()).map(to_js_string).unwrap_or_default()
}

fn bytes(text: String) -> HttpBody {
    HttpBody::Bytes(text.into())
}

fn timeout(options: &Value) -> Duration {
    let asked = options.get("timeout").and_then(to_number).filter(|ms| *ms > 0.0 && ms.is_finite());
    asked.map_or(Duration::from_secs(300), |ms| Duration::from_millis(ms.min(MAX_TIMEOUT) as u64))
}

fn own_headers(options: &Value) -> Vec<(String, String)> {
    let map = options.get("headers").and_then(Value::as_object);
    map.into_iter().flatten().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), to_js_string(value))).collect()
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn add(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    if find(headers, name).is_none() {
        headers.push((name.into(), value.into()));
    }
}

/// A body by its type: text is sent as a form, anything else as JSON.
fn content(headers: &mut Vec<(String, String)>, body: &Value) -> HttpBody {
    if let Value::String(text) = body {
        add(headers, "Content-Type", FORM);
        return bytes(text.clone());
    }
    add(headers, "Content-Type", "application/json");
    bytes(stringify(body))
}

fn plus_form(map: &Map<String, Value>) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in map {
        form.append_pair(name, &to_js_string(value));
    }
    form.finish()
}

/// `{protocol, host, port, auth}`, or a URL.
fn proxy(value: Option<&Value>) -> Option<String> {
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
