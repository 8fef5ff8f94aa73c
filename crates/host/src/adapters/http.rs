//! What stands between nodes and the network: the size limit, the emulator, the dry run.

use std::sync::{Arc, Mutex};

use konverte_sandbox::{ORIGIN, SandboxClient, action_at};
use node_sdk::Event;
use node_sdk::async_trait;
use node_sdk::event::{Answered, EventSink, PlannedRequest};
use node_sdk::ports::{HttpBody, HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse, Sender};
use node_sdk::size::size;
use node_sdk::sync::lock;
use serde_json::Value;

/// An answer may not be larger than this.
pub(crate) struct Limited {
    pub(crate) inner: Arc<dyn HttpClient>,
    pub(crate) max_response: u64,
}

#[async_trait]
impl HttpClient for Limited {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let own = request.options.max_response.unwrap_or(u64::MAX);
        request.options.max_response = Some(own.min(self.max_response));
        self.inner.send(request).await
    }
}

/// Gives each action sent to the emulator the seeded token of its row's first kind, unless it brings a seeded one.
pub(crate) struct Seeded(pub(crate) SandboxClient);

#[async_trait]
impl HttpClient for Seeded {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if let Some(target) = SandboxClient::target(&request.url) {
            let token = action_at(&request.method, target).and_then(|action| self.0.tokens().for_action(action));
            let header = request.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("api-access-token"));
            match (header, token) {
                (Some((_, value)), Some(token)) if !self.0.tokens().contains(value) => *value = token.to_owned(),
                (None, Some(token)) => request.headers.push(("Api-Access-Token".to_owned(), token.to_owned())),
                _ => {}
            }
        }
        self.0.send(request).await
    }
}

/// The base URLs of Konverte credentials that were handed out: what is sent there, the emulator answers in a dry run.
#[derive(Default)]
pub(crate) struct Bases(Mutex<Vec<String>>);

impl Bases {
    pub(crate) fn add(&self, base: &str) {
        let base = base.trim_end_matches('/').to_owned();
        let mut bases = lock(&self.0);
        if !base.is_empty() && !bases.contains(&base) {
            bases.push(base);
        }
    }

    /// What follows one of the bases in a URL.
    fn target<'a>(&self, url: &'a str) -> Option<&'a str> {
        let bases = lock(&self.0);
        bases.iter().find_map(|base| url.strip_prefix(base.as_str()).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?'])))
    }
}

/// Nothing leaves: Konverte actions are answered by the emulator, everything else ends its branch. Each request is told.
pub(crate) struct DryRun {
    pub(crate) emulator: Seeded,
    pub(crate) bases: Arc<Bases>,
    pub(crate) events: Arc<dyn EventSink>,
}

/// Where a dry run answers: everywhere.
pub(crate) fn anywhere(_url: &str) -> bool {
    true
}

/// Whether the emulator has this address.
pub(crate) fn at_emulator(url: &str) -> bool {
    SandboxClient::target(url).is_some()
}

#[async_trait]
impl HttpClient for DryRun {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let target = self.bases.target(&request.url).or_else(|| SandboxClient::target(&request.url)).map(str::to_owned);
        let sender = request.options.sender.clone();
        let Sender { execution, node, item } = sender.unwrap_or_default();
        let planned = PlannedRequest {
            node,
            item,
            method: request.method.clone(),
            url: request.url.clone(),
            body: body(&request.body),
            answered: if target.is_some() { Answered::Emulator } else { Answered::Ended },
        };
        self.events.emit(&execution, Event::Planned(Box::new(planned)));
        match target {
            Some(target) => {
                request.url = format!("{ORIGIN}{target}");
                self.emulator.send(request).await
            }
            None => {
                Err(HttpError { kind: HttpErrorKind::Forbidden, message: "The request does not leave in a dry run".to_owned(), maybe_sent: false })
            }
        }
    }
}

/// JSON where it is JSON, else text; the parts of a form by name.
fn body(body: &HttpBody) -> Value {
    match body {
        HttpBody::Empty => Value::Null,
        HttpBody::Bytes(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            node_sdk::json::parse_text(&text).unwrap_or_else(|_| Value::String(text.into_owned()))
        }
        HttpBody::Multipart(parts) => {
            let part = |part: &node_sdk::ports::Part| match &part.file_name {
                Some(name) => Value::String(format!("file {name}, {}", size(part.content.len() as u64))),
                None => Value::String(String::from_utf8_lossy(&part.content).into_owned()),
            };
            Value::Object(parts.iter().map(|p| (p.name.clone(), part(p))).collect())
        }
    }
}
