//! A dry run: which requests leave, who answers the others, and the plan of all.

use std::sync::{Arc, Mutex};

use konverte_http::Outgoing;
use konverte_sandbox::{ORIGIN, Sandbox, SandboxClient, action_at};
use node_sdk::Event;
use node_sdk::action::ActionSpec;
use node_sdk::async_trait;
use node_sdk::event::{Answered, EventSink, PlannedRequest};
use node_sdk::ports::{HttpBody, HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse, Sender};
use node_sdk::size::size;
use node_sdk::sync::lock;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::adapters::http::Seeded;
use crate::adapters::requests::RequestLog;

/// The base URLs of Konverte credentials that were handed out: what is sent there, the emulator answers in a dry run.
#[derive(Default)]
pub(crate) struct Bases(Mutex<Vec<String>>);

impl Bases {
    pub(crate) fn add(&self, base: &str) {
        let base = as_sent(base).trim_end_matches('/').to_owned();
        let mut bases = lock(&self.0);
        if !base.is_empty() && !bases.contains(&base) {
            bases.push(base);
        }
    }

    /// What follows one of the bases in a URL as it is sent.
    fn target<'a>(&self, url: &'a str) -> Option<&'a str> {
        let bases = lock(&self.0);
        bases.iter().find_map(|base| url.strip_prefix(base.as_str()).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?'])))
    }
}

/// Konverte actions are answered by the emulator, everything else ends its branch; what only reads is sent where that is wanted. Each request is told.
pub(crate) struct DryRun {
    pub(crate) emulator: Seeded,
    pub(crate) bases: Arc<Bases>,
    pub(crate) events: Arc<dyn EventSink>,
    /// What is held back is written here; what is sent, by whoever sends it.
    pub(crate) log: Option<Arc<RequestLog>>,
    /// Sends what only reads; `None`: nothing leaves.
    pub(crate) reads: Option<Reads>,
}

/// The way out for requests that only read.
pub(crate) struct Reads {
    pub(crate) outside: Arc<dyn HttpClient>,
    /// Stands in for the server that they ask, and is told what it answers.
    pub(crate) stand_in: Arc<Sandbox>,
}

#[async_trait]
impl HttpClient for DryRun {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let sent = as_sent(&request.url);
        let target = self.bases.target(&sent).or_else(|| SandboxClient::target(&sent)).map(str::to_owned);
        if let Some(reads) = self.reads.as_ref().filter(|reads| reads.takes(&request, target.as_deref())) {
            self.tell(&request, Answered::Server);
            return reads.send(request, target.as_deref()).await;
        }
        // Of an address that it does not know the emulator could only say that there is none.
        let unknown = |target: &String| action_at(&request.method, target).is_none();
        let target = target.filter(|target| !unknown(target));
        self.tell(&request, if target.is_some() { Answered::Emulator } else { Answered::Ended });
        if let Some(log) = &self.log {
            log.write(&Outgoing::of(&request)?)?;
        }
        match target {
            Some(target) => {
                request.url = format!("{ORIGIN}{target}");
                self.emulator.send(request).await
            }
            None => {
                Err(HttpError { kind: HttpErrorKind::HeldBack, message: "The request does not leave in a dry run".to_owned(), maybe_sent: false })
            }
        }
    }
}

/// An address as it leaves, without its fragment: `..` and the like are resolved. One that cannot be read leaves for nowhere.
fn as_sent(url: &str) -> String {
    let Ok(mut sent) = Url::parse(url) else { return url.to_owned() };
    sent.set_fragment(None);
    sent.into()
}

impl DryRun {
    fn tell(&self, request: &HttpRequest, answered: Answered) {
        let Sender { execution, node, item } = request.options.sender.clone().unwrap_or_default();
        let (method, url, body) = (request.method.clone(), request.url.clone(), body(&request.body));
        self.events.emit(&execution, Event::Planned(Box::new(PlannedRequest { node, item, method, url, body, answered })));
    }
}

impl Reads {
    /// Whether a request goes to its server: it changes nothing there, and does not ask for what the emulator has made. `target`: what
    /// follows the base URL of a Konverte credential.
    fn takes(&self, request: &HttpRequest, target: Option<&str>) -> bool {
        // What the emulator knows is what its address says, whoever sends it.
        let by_row = || target.and_then(|target| action_at(&request.method, target)).map_or(request.options.only_reads, ActionSpec::reads);
        let reads = matches!(request.method.as_str(), "GET" | "HEAD") || request.options.for_session || by_row();
        reads && !overrides_method(request) && !target.is_some_and(|target| self.stand_in.has_made(&request.method, target))
    }

    async fn send(&self, request: HttpRequest, target: Option<&str>) -> Result<HttpResponse, HttpError> {
        let method = request.method.clone();
        let answer = self.outside.send(request).await?;
        if let Some(target) = target.filter(|_| answer.status == 200) {
            self.stand_in.learn(&method, target, &answer.body);
        }
        Ok(answer)
    }
}

/// Names by which servers take another method than the request line's, in a header, the query string or a form.
const OVERRIDES: [&str; 6] = ["x-http-method-override", "x-http-method", "x-method-override", "x-method", "_method", "_httpmethod"];

/// Whether a request asks to be taken for one of another method.
fn overrides_method(request: &HttpRequest) -> bool {
    let is_override = |name: &str| OVERRIDES.iter().any(|known| name.eq_ignore_ascii_case(known));
    let query = request.url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let in_form = match &request.body {
        HttpBody::Empty => false,
        HttpBody::Bytes(bytes) => names_override(bytes, is_override),
        HttpBody::Multipart(parts) => parts.iter().any(|part| is_override(&part.name)),
    };
    request.headers.iter().any(|(name, _)| is_override(name)) || names_override(query.as_bytes(), is_override) || in_form
}

fn names_override(form: &[u8], is_override: impl Fn(&str) -> bool) -> bool {
    form_urlencoded::parse(form).any(|(name, _)| is_override(&name))
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
