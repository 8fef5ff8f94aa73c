//! What a node's code asks of the host, and what it gets.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use node_sdk::context::OnError;
use node_sdk::credential::Session;
use node_sdk::ports::{KnownBy, StaticData};
use node_sdk::property::PropertyKind;
use node_sdk::sync::lock;
use node_sdk::{Event, NodeError, Property, Resolvable, RunContext};
use package_worker::protocol::Payload;
use serde_json::{Value, json};

use super::codes;
use super::crossing::{Answer, buffer, failed, parsed, thrown};
use super::files::{Files, content};
use super::heard::{self, Heard};
use super::requests;
use super::thrown::cut;
use crate::Job;
use crate::code::UserCode;
use crate::parameters::{Got, Options};

/// The calls of one run of a node.
pub(super) struct Calls<'a> {
    pub(super) job: &'a Job,
    pub(super) cx: &'a RunContext,
    pub(super) files: &'a Files,
    /// Runs code of the user's that the node hands on.
    pub(super) user_code: Option<Arc<dyn UserCode>>,
    /// Whether a request may have left.
    sent: AtomicBool,
    /// Bytes of the files that it made.
    made: AtomicU64,
    /// The run was stopped.
    stopped: Mutex<Option<NodeError>>,
    /// What was answered last.
    heard: Heard,
    /// What its calls failed for, the last of each code.
    known: Mutex<Vec<NodeError>>,
    /// The last item that its code has begun with.
    reached: AtomicUsize,
}

impl<'a> Calls<'a> {
    pub(super) fn new(job: &'a Job, cx: &'a RunContext, files: &'a Files) -> Self {
        Self {
            job,
            cx,
            files,
            user_code: None,
            sent: AtomicBool::new(false),
            made: AtomicU64::new(0),
            stopped: Mutex::default(),
            heard: Heard::default(),
            known: Mutex::default(),
            reached: AtomicUsize::new(0),
        }
    }

    /// The same, with who runs code of the user's.
    pub(super) fn with_user_code(self, user_code: Option<Arc<dyn UserCode>>) -> Self {
        Self { user_code, ..self }
    }

    /// Whether a request may have left.
    pub(super) fn sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// The error that stops the whole run, where one came.
    pub(super) fn stopped(&self) -> Option<NodeError> {
        lock(&self.stopped).clone()
    }

    /// The error of the node, in the words that its code found. Where it hands on those of a call that failed, the host has a code, help and the item
    /// for them; where it comes of an answer, the host knows of which.
    pub(super) fn explained(&self, error: NodeError) -> NodeError {
        let known = lock(&self.known);
        let told = heard::texts(&error);
        let says = |words: &str| told.iter().any(|text| text.contains(words));
        let Some(handed_on) = known.iter().find(|known| says(&known.message)) else {
            // Who asked by `fetch` was told no more: why, the error says that it holds, and may have been left out.
            return match known.last().filter(|last| last.code == codes::HOST && says("fetch failed")) {
                Some(refused) => NodeError { code: codes::HOST, item: error.item.or(refused.item), ..error.help(refused.message.clone()) },
                None => self.heard.explained(error),
            };
        };
        let help = error.help.clone().or_else(|| handed_on.help.clone());
        self.heard.explained(NodeError { code: handed_on.code.clone(), help, item: error.item.or(handed_on.item), ..error })
    }

    pub(super) fn know(&self, failed: NodeError) {
        let mut known = lock(&self.known);
        known.retain(|before| before.code != failed.code);
        known.extend(Some(failed).filter(|failed| !failed.message.is_empty()));
    }

    /// Answers a call.
    pub(super) async fn answer(&self, name: String, payload: Payload) -> Answer {
        let arguments = match parsed(&payload) {
            Ok(Value::Array(arguments)) => arguments,
            Err(error) => return self.refused(error),
            Ok(_) => return failed(&NodeError::new("A call without arguments")),
        };
        let asked = arguments.into_iter().next().unwrap_or_default();
        let made = match name.as_str() {
            "parameter" => self.parameter(&asked).await.map(|value| Payload::json(value.to_string())),
            "expression" => self.expression(&asked).await.map(|value| Payload::json(value.to_string())),
            "code" => self.code(&asked).await.map(|value| Payload::json(value.to_string())),
            "credentials" => self.credentials(&asked).await.map(|told| Payload::json(told.to_string())),
            "context" => Ok(Payload::json(Value::Object(lock(&self.cx.state).clone()).to_string())),
            "staticData" => Ok(Payload::json(Value::Object(lock(&static_data(self.cx, text(&asked, "kind"))).clone()).to_string())),
            "readBinary" => self.read(&asked).await,
            "fileFacts" => self.facts(&asked),
            "keepBinary" => self.keep(&asked, &payload).await,
            "setBinary" => self.set(&asked, &payload).await,
            "waits" => Err(waits()),
            "hint" | "aside" => Ok(self.tell(&name, asked)),
            "request" | "wire" => match self.send(&name, &asked, &payload.buffers).await {
                Ok(answer) => return (true, answer),
                Err(thrown) => {
                    if let Some(stop) = thrown.stop {
                        *lock(&self.stopped) = Some(*stop);
                    }
                    if let Some(known) = thrown.known {
                        self.know(*known);
                    }
                    return (false, Payload::json(thrown.object.to_string()));
                }
            },
            other => Err(NodeError::new(format!("The helper \"{other}\" is not supported"))),
        };
        made.map_or_else(|error| self.refused(error), |payload| (true, payload))
    }

    async fn send(&self, name: &str, asked: &Value, buffers: &[bytes::Bytes]) -> Result<Payload, requests::Thrown> {
        if name == "request" {
            if let Some(kind) = asked["credential"].as_str() {
                self.may_use(kind)?;
            }
            self.reached(asked);
            let sent = requests::send(self.cx, (&self.sent, &self.heard), asked, buffers).await;
            return sent.map_err(|thrown| thrown.of_item(asked["item"].as_u64().map(|item| item as usize)));
        }
        let request = requests::plain(asked, buffers)?;
        self.sent.store(true, Ordering::Relaxed);
        requests::send_plain(&*self.cx.ports.http, request, (Some(self.cx.sender_for_all()), KnownBy::default())).await
    }

    /// Tells who waits how far the code has come: it reads the parameters of an item when it begins with it.
    fn reached(&self, asked: &Value) {
        let (Some(reached), Some(total)) = (asked["reached"].as_u64(), self.cx.count) else { return };
        let done = usize::try_from(reached).unwrap_or(total).min(total);
        if self.reached.fetch_max(done, Ordering::Relaxed) < done {
            self.cx.emit(Event::Progress { node: self.cx.node.name.clone().into(), done, total });
        }
    }

    /// Tells people what the code says beside its items: a hint, or what n8n's editor would show.
    fn tell(&self, name: &str, mut asked: Value) -> Payload {
        cut(&mut asked["text"]);
        let (node, text) = (self.cx.node.name.as_str().into(), text(&asked, "text").to_owned());
        self.cx.emit(match name {
            "hint" => Event::Notice { code: None, node, parameter: None, item: None, message: text },
            _ => Event::Aside { node, text },
        });
        Payload::json("null")
    }

    fn refused(&self, error: NodeError) -> Answer {
        let answer = failed(&error);
        if error.fatal {
            *lock(&self.stopped) = Some(error);
        }
        answer
    }

    async fn parameter(&self, asked: &Value) -> Result<Value, NodeError> {
        let options = asked.get("options").map(Options::read).unwrap_or_default();
        if options.extract_value
            && let Some(runner) = &self.user_code
            && let Some(conditions) = self.job.parameters.conditions(&self.cx.params, text(asked, "name"))
        {
            return Ok(told(Got::Value(runner.hold(self.cx, index(asked), text(asked, "name"), conditions).await?.into())));
        }
        self.job.parameters.get(&self.cx.params, index(asked), text(asked, "name"), options).await.map(told)
    }

    /// An expression that the workflow has: what a package wrote itself runs in its box alone.
    async fn expression(&self, asked: &Value) -> Result<Value, NodeError> {
        let text = text(asked, "text");
        if !self.job.parameters.holds(&self.cx.params, text) {
            return Err(NodeError::new("this.evaluateExpression evaluates what stands in the node's parameters alone"));
        }
        self.job.parameters.evaluate(&self.cx.params, index(asked), text).await.map(told)
    }

    /// Whether the node's description names a credential type, or a parameter that chooses one does; that the node holds one is seen to where its
    /// fields are read.
    fn may_use(&self, name: &str) -> Result<(), NodeError> {
        let chooses = |property: &Property| {
            matches!(property.kind, PropertyKind::CredentialsSelect)
                && self.cx.params.raw().get(property.name.as_ref()).is_some_and(|chosen| chosen == name)
        };
        let named = self
            .job
            .descriptor
            .version(self.cx.version())
            .is_some_and(|group| group.credentials.iter().any(|known| known.name == name) || group.properties.iter().any(chooses));
        let refused = || NodeError::new(format!("Node type \"{}\" does not have any credentials of type \"{name}\" defined", self.cx.node.type_name));
        named.then_some(()).ok_or_else(refused)
    }

    /// The fields of a credential that the node's description names and the node holds, and whether they stay as they are: no expression is in
    /// them, and nothing that expires.
    async fn credentials(&self, asked: &Value) -> Result<Value, NodeError> {
        let name = text(asked, "type");
        self.may_use(name)?;
        let kind = request::auth::credential_type(self.cx, name)?;
        let fields = request::auth::fields(self.cx, index(asked), (name, &*kind)).await?;
        let given = Value::Object(kind.complete(&self.cx.credential(name).await?.fields));
        let stays = kind.session(&fields) == Session::None && Resolvable::from(&given).literal().is_some();
        Ok(json!({"fields": fields, "stays": stays}))
    }

    async fn read(&self, asked: &Value) -> Result<Payload, NodeError> {
        let file = self.files.of(text(asked, "id")).ok_or_else(|| NodeError::new("The file is not there"))?;
        Ok(Payload { json: r#"{"$buffer": 0}"#.into(), buffers: vec![content(self.cx, &file).await?] })
    }

    fn facts(&self, asked: &Value) -> Result<Payload, NodeError> {
        let file = self.files.of(text(asked, "id")).ok_or_else(|| NodeError::new("The file is not there"))?;
        let size = file.blob.as_ref().map_or(0, |blob| blob.len);
        Ok(Payload::json(json!({"fileName": file.file_name, "mimeType": file.mime_type, "fileSize": size}).to_string()))
    }

    async fn keep(&self, asked: &Value, payload: &Payload) -> Result<Payload, NodeError> {
        let content = buffer(&asked["content"], payload)?;
        let told = |key: &str| asked[key].as_str().filter(|text| !text.is_empty());
        // A name may have a folder before it.
        let (directory, name) = match told("fileName") {
            Some(path) => path.rsplit_once('/').map_or((None, Some(path)), |(folder, name)| (Some(folder), Some(name))),
            None => (None, None),
        };
        let mut file = request::file::described(name, told("mimeType"), &content);
        // A folder that leads up is a name's alone.
        let leads_up = |folder: &str| folder.split(['/', '\\']).any(|part| part == "..");
        file.directory = directory.filter(|folder| !folder.is_empty() && !leads_up(folder)).map(str::to_owned);
        self.store(&mut file, content).await
    }

    async fn set(&self, asked: &Value, payload: &Payload) -> Result<Payload, NodeError> {
        let content = buffer(&asked["content"], payload)?;
        let mut file: node_sdk::Binary = serde_json::from_value(asked["file"].clone()).map_err(|error| NodeError::new(error.to_string()))?;
        file.file_size = Some(request::file::size_text(content.len() as u64));
        self.store(&mut file, content).await
    }

    async fn store(&self, file: &mut node_sdk::Binary, content: bytes::Bytes) -> Result<Payload, NodeError> {
        let size = content.len() as u64;
        if self.made.fetch_add(size, Ordering::Relaxed) + size > MOST_BYTES {
            return Err(NodeError::coded(codes::MEMORY, "The files that the node makes in one run are larger than 1 GiB"));
        }
        let blob = self.cx.ports.blobs.put(content).await.map_err(|error| NodeError::new(format!("The file cannot be stored: {error}")))?;
        (file.data, file.blob) = (None, Some(blob.clone()));
        Ok(Payload::json(self.files.handed(file, &blob).to_string()))
    }
}

/// How much the files may take that a node makes in one run: they are in the host's memory.
const MOST_BYTES: u64 = 1 << 30;

/// Operations that wait for a person need something that is woken.
fn waits() -> NodeError {
    NodeError::coded(node_sdk::error::codes::WAITS_OUTSIDE, "The operation waits for an answer from outside, and nothing here can wake it")
}

/// The data that the workflow or the node keeps, or that the execution tells of itself.
pub(super) fn static_data(cx: &RunContext, kind: &str) -> StaticData {
    match kind {
        "execution" => cx.ports.static_state.told(),
        kind => cx.ports.static_state.get((kind == "node").then_some(cx.node.name.as_str())),
    }
}

/// A value of a parameter or an expression.
fn told(got: Got) -> Value {
    match got {
        Got::Value(value) => json!({"is": "value", "value": value}),
        Got::Undefined => json!({"is": "value"}),
        Got::Missing(error) => json!({"is": "missing", "error": thrown(&error)}),
    }
}

pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn index(value: &Value) -> usize {
    value.get("item").and_then(Value::as_u64).unwrap_or(0) as usize
}

/// n8n's word for what the node's settings say of errors.
pub(super) fn on_error(choice: OnError) -> &'static str {
    match choice {
        OnError::Stop => "stopWorkflow",
        OnError::ContinueRegularOutput => "continueRegularOutput",
        OnError::ContinueErrorOutput => "continueErrorOutput",
    }
}
