//! What is sent, a line each, written as it is sent.

mod body;
mod services;

use std::fs::File;
use std::io::Write;
use std::sync::{Arc, Mutex};

use konverte_http::{Exchange, Outgoing};
use konverte_sandbox::SandboxClient;
use node_sdk::async_trait;
use node_sdk::ports::{HttpClient, HttpError, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse};
use node_sdk::sync::lock;
use serde_json::{Map, Value};

use crate::json::one_line;
use crate::secrets::{HIDDEN, Secrets, names};
pub(crate) use services::logged;

/// The file, open.
pub(crate) struct RequestLog {
    file: Mutex<File>,
    /// What the lines do not show; `None`: they show everything.
    masks: Option<Arc<Secrets>>,
}

impl RequestLog {
    pub(crate) fn new(file: File, masks: Option<Arc<Secrets>>) -> Self {
        Self { file: Mutex::new(file), masks }
    }

    /// Writes the line of a request. What cannot be written down is not sent.
    pub(crate) fn write(&self, request: &Outgoing<'_>) -> Result<(), HttpError> {
        self.put(&self.line(request), "request").map_err(|message| HttpError { kind: HttpErrorKind::Other, message, maybe_sent: false })
    }

    /// Writes a line; `what`: what is not sent where that cannot be.
    fn put(&self, line: &Value, what: &str) -> Result<(), String> {
        let mut line = one_line(line);
        line.push('\n');
        let mut file = lock(&self.file);
        let written = file.write_all(line.as_bytes());
        written.map_err(|error| format!("The {what} was not sent, because the file of --requests cannot be written: {error}"))
    }

    fn line(&self, request: &Outgoing<'_>) -> Value {
        let sender = request.options.sender.as_ref();
        let all = request.headers();
        let content_type = all.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone()).unwrap_or_default();
        let mut line = Map::new();
        line.insert("node".into(), sender.map(|sender| sender.node.clone()).into());
        line.insert("item".into(), sender.and_then(|sender| sender.item).into());
        line.insert("method".into(), request.method.as_str().into());
        line.insert("url".into(), request.url.as_str().into());
        line.insert("headers".into(), Value::Object(joined(all)));
        line.extend(body::of(&content_type, request.body.as_deref().unwrap_or_default()));
        let mut line = Value::Object(line);
        if let Some(secrets) = &self.masks {
            secrets.hide_in("", &mut line);
            mask_headers(&mut line["headers"], request.options);
            mask_fields(&mut line);
        }
        line
    }
}

/// Repeated names are one.
fn joined(headers: Vec<(String, String)>) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in headers {
        let value = match map.get(&name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value,
        };
        map.insert(name, value.into());
    }
    map
}

/// Headers that prove who sends the request, wherever their value comes from.
fn mask_headers(headers: &mut Value, options: &HttpOptions) {
    let proves = |name: &str| {
        matches!(name, "authorization" | "proxy-authorization" | "cookie")
            || options.secret_headers.iter().any(|secret| secret.eq_ignore_ascii_case(name))
    };
    headers.as_object_mut().into_iter().flatten().filter(|(name, _)| proves(name)).for_each(|(_, value)| *value = HIDDEN.into());
}

/// Fields of a form and parts whose name says that they are secret.
fn mask_fields(line: &mut Value) {
    let is_secret = |name: &Value| name.as_str().is_some_and(names::is_secret);
    for pair in line.get_mut("form").and_then(Value::as_array_mut).into_iter().flatten() {
        if is_secret(&pair[0]) {
            pair[1] = HIDDEN.into();
        }
    }
    for part in line.get_mut("multipart").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(text) = part.get("name").is_some_and(is_secret).then(|| part.get_mut("text")).flatten() {
            *text = HIDDEN.into();
        }
    }
}

/// Writes down each request before it goes on.
pub(crate) struct Logged {
    pub(crate) inner: Arc<dyn Exchange>,
    pub(crate) log: Arc<RequestLog>,
}

#[async_trait]
impl Exchange for Logged {
    async fn exchange(&self, request: &Outgoing<'_>) -> Result<HttpResponse, HttpError> {
        self.log.write(request)?;
        self.inner.exchange(request).await
    }
}

/// Writes down the requests that the emulator answers, which no [`Exchange`] sees.
pub(crate) struct LoggedHere<C> {
    pub(crate) inner: C,
    pub(crate) log: Option<Arc<RequestLog>>,
}

#[async_trait]
impl<C: HttpClient> HttpClient for LoggedHere<C> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if let Some(log) = self.log.as_ref().filter(|_| SandboxClient::target(&request.url).is_some()) {
            log.write(&Outgoing::of(&request)?)?;
        }
        self.inner.send(request).await
    }
}
