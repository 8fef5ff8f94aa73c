//! A world for one node: a scripted server, a clock that does not wait, expressions from a table.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "helpers: each test takes what it needs")]

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use node_sdk::context::{ExecutionInfo, NodeInfo, OnError, WorkflowInfo};
use node_sdk::event::Event;
use node_sdk::node::Finding;
use node_sdk::params::Evaluated;
use node_sdk::ports::{
    Clock, Credential, CredentialChange, Credentials, HttpBody, HttpClient, HttpError, HttpRequest, HttpResponse, MemoryState, Random, Subworkflow,
    SubworkflowCall, Variables,
};
use node_sdk::{
    BlobRef, Blobs, Evaluator, EventSink, Expression, Inputs, Item, ItemList, NodeError, Outputs, Parameters, Params, Ports, PrepareContext,
    Prepared, Provider, Retries, RunContext, async_trait, schema,
};
use serde_json::{Map, Value, json};

pub const N8N: &str = "@devlikeapro/n8n-nodes-chatwoot.chatWoot";

/// One for all places of a test: it puts its node types together once.
static PROVIDER: LazyLock<konverte_nodes::node::Konverte> = LazyLock::new(konverte_nodes::provider);

pub type Answer = Result<HttpResponse, HttpError>;
type Script = Box<dyn Fn(&HttpRequest) -> Answer + Send + Sync>;

/// Answers by a function, and remembers what was asked.
pub struct Server {
    script: Script,
    pub seen: Mutex<Vec<HttpRequest>>,
    pub in_flight: Mutex<(usize, usize)>,
}

#[async_trait]
impl HttpClient for Server {
    async fn send(&self, request: HttpRequest) -> Answer {
        {
            let mut count = self.in_flight.lock().unwrap();
            count.0 += 1;
            count.1 = count.1.max(count.0);
        }
        self.seen.lock().unwrap().push(request.clone());
        tokio::task::yield_now().await;
        let answer = (self.script)(&request);
        self.in_flight.lock().unwrap().0 -= 1;
        answer
    }
}

pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<bytes::Bytes>) -> HttpResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpResponse { status, status_text: String::new(), url: String::new(), redirected: false, headers, body: body.into() }
}

pub fn ok(body: Value) -> Answer {
    Ok(answer(200, &[("content-type", "application/json")], body.to_string()))
}

/// Everything else that a node may reach.
pub struct World {
    pub server: Arc<Server>,
    pub credential: Option<Value>,
    pub files: Mutex<Vec<bytes::Bytes>>,
    pub slept: Mutex<Vec<Duration>>,
    /// Code and words of each notice.
    pub said: Mutex<Vec<(String, String)>>,
    /// The lines of progress.
    pub logged: Mutex<Vec<String>>,
    /// Waits take tokio's time, which a test has paused, from then on; `None`: they take none.
    pub since: Option<tokio::time::Instant>,
}

impl World {
    pub fn new(script: impl Fn(&HttpRequest) -> Answer + Send + Sync + 'static) -> Arc<Self> {
        Self::with(script, Some(json!({"url": "http://server.test", "accessToken": "tok-123"})))
    }

    pub fn with(script: impl Fn(&HttpRequest) -> Answer + Send + Sync + 'static, credential: Option<Value>) -> Arc<Self> {
        let server = Server { script: Box::new(script), seen: Mutex::default(), in_flight: Mutex::default() };
        Arc::new(Self {
            server: Arc::new(server),
            credential,
            files: Mutex::default(),
            slept: Mutex::default(),
            said: Mutex::default(),
            logged: Mutex::default(),
            since: None,
        })
    }

    /// Waits take the time of the test's runtime, which is paused.
    pub fn in_paused_time(script: impl Fn(&HttpRequest) -> Answer + Send + Sync + 'static, token: &str) -> Arc<Self> {
        let world = Self::with(script, Some(json!({"url": "http://server.test", "accessToken": token})));
        let world = Arc::into_inner(world).unwrap();
        Arc::new(Self { since: Some(tokio::time::Instant::now()), ..world })
    }

    pub fn requests(&self) -> Vec<HttpRequest> {
        self.server.seen.lock().unwrap().clone()
    }

    fn ports(self: &Arc<Self>) -> Ports {
        Ports {
            http: self.server.clone(),
            credentials: self.clone(),
            variables: self.clone(),
            clock: self.clone(),
            random: self.clone(),
            blobs: self.clone(),
            static_state: Arc::new(MemoryState::default()),
            subworkflows: self.clone(),
            adapters: node_sdk::ports::Adapters::default(),
        }
    }
}

#[async_trait]
impl Credentials for World {
    async fn get(&self, _: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        match &self.credential {
            Some(fields) => Ok(Credential { type_name: type_name.to_owned(), fields: fields.as_object().unwrap().clone() }),
            None => Err(NodeError::coded(node_sdk::error::codes::CREDENTIAL_MISSING, "no credential").help("Give --credentials.")),
        }
    }

    async fn change(&self, _: &NodeInfo, _: &str) -> Result<Box<dyn CredentialChange>, NodeError> {
        unreachable!("no credential of Konverte's changes")
    }
}

impl Variables for World {
    fn vars(&self) -> Arc<Value> {
        Arc::new(json!({}))
    }
    fn env(&self) -> Option<Arc<Map<String, Value>>> {
        None
    }
}

#[async_trait]
impl Clock for World {
    fn now_millis(&self) -> i64 {
        1_795_448_575_152
    }
    async fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
        match self.since {
            Some(_) => tokio::time::sleep(duration).await,
            None => tokio::task::yield_now().await,
        }
    }
    fn monotonic(&self) -> Duration {
        self.since.map(|since| since.elapsed()).unwrap_or_default()
    }
}

impl EventSink for World {
    fn emit(&self, _: &Arc<str>, event: Event) {
        match event {
            Event::Notice { code, message, .. } => self.said.lock().unwrap().push((code.map_or("-".to_owned(), |code| code.to_string()), message)),
            Event::Log { line, .. } => self.logged.lock().unwrap().push(line),
            _ => {}
        }
    }
}

impl Random for World {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(255);
    }
}

#[async_trait]
impl Blobs for World {
    async fn put(&self, content: bytes::Bytes) -> std::io::Result<BlobRef> {
        let mut files = self.files.lock().unwrap();
        files.push(content.clone());
        Ok(BlobRef { id: (files.len() - 1).to_string().into(), len: content.len() as u64 })
    }
    async fn get(&self, blob: &BlobRef) -> std::io::Result<bytes::Bytes> {
        self.read(blob)
    }
    fn read(&self, blob: &BlobRef) -> std::io::Result<bytes::Bytes> {
        Ok(self.files.lock().unwrap()[blob.id.parse::<usize>().unwrap()].clone())
    }
}

#[async_trait]
impl Subworkflow for World {
    async fn run(&self, _: SubworkflowCall) -> Result<Vec<ItemList>, NodeError> {
        Err(NodeError::new("not here"))
    }
}

/// Expressions of the recordings, by their text.
pub type Expressions = fn(&str, &Value) -> Evaluated;

struct Table {
    of: Expressions,
    items: Vec<Value>,
}

impl Evaluator for Table {
    fn evaluate(&self, source: &Expression, item: usize, _: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
        Ok((self.of)(source.text(), &self.items[item]))
    }
}

/// `={{ $json.NAME }}` and nothing else.
pub fn plain(source: &str, json: &Value) -> Evaluated {
    let name = source.strip_prefix("={{ $json.").and_then(|rest| rest.strip_suffix(" }}")).unwrap_or_else(|| panic!("no such expression: {source}"));
    assert!(name.chars().all(|c| c.is_alphanumeric() || c == '_'), "no such expression: {source}");
    match json.get(name) {
        Some(value) => Evaluated { value: value.clone(), kind: node_sdk::Kind::Json },
        None => Evaluated { value: Value::Null, kind: node_sdk::Kind::Undefined },
    }
}

/// One node at one place of a workflow.
pub struct Place {
    pub type_name: String,
    pub parameters: Value,
    pub on_error: OnError,
    pub retries: Option<Retries>,
    pub credentials: Value,
    pub expressions: Expressions,
}

impl Place {
    pub fn new(type_name: &str, parameters: Value) -> Self {
        let credentials = json!({"chatwootApi": {"id": "1", "name": "Chatwoot"}});
        Self { type_name: type_name.to_owned(), parameters, on_error: OnError::Stop, retries: None, credentials, expressions: plain }
    }

    fn node(&self) -> Arc<NodeInfo> {
        Arc::new(NodeInfo {
            name: "C".into(),
            type_name: self.type_name.clone(),
            type_version: 1.0,
            credentials: self.credentials.as_object().unwrap().clone(),
            on_error: self.on_error,
            retry_on_fail: self.retries.is_some(),
            ..NodeInfo::default()
        })
    }

    /// The parameters as the engine hands them in: defaults filled in where they are shown.
    fn filled(&self, provider: &dyn Provider) -> Arc<Parameters> {
        let node = provider.find(&self.type_name).unwrap();
        let group = node.descriptor().version(1.0).unwrap();
        Arc::new(Parameters::new(schema::with_defaults(group, self.parameters.as_object().unwrap(), 1.0)))
    }

    pub fn check(&self) -> Vec<Finding> {
        let (node, parameters) = (self.node(), self.filled(&*PROVIDER));
        PROVIDER.find(&self.type_name).unwrap().check(&PrepareContext { node: &node, parameters: &parameters })
    }

    pub async fn run(&self, world: &Arc<World>, items: Vec<Item>) -> Result<Outputs, NodeError> {
        self.run_of(&*PROVIDER, world, items).await
    }

    pub async fn run_of(&self, provider: &dyn Provider, world: &Arc<World>, items: Vec<Item>) -> Result<Outputs, NodeError> {
        let (node, parameters) = (self.node(), self.filled(provider));
        let prepared = provider.find(&self.type_name).unwrap().prepare(&PrepareContext { node: &node, parameters: &parameters })?;
        let Prepared::Paced(run) = prepared else { panic!("sends requests for each item") };
        let json = items.iter().map(|item| item.json().cloned().unwrap_or(Value::Null)).collect();
        let inputs = Inputs::new(vec![items.into()]);
        let cx = RunContext {
            node,
            workflow: Arc::new(WorkflowInfo::default()),
            execution: Arc::new(ExecutionInfo::default()),
            run_index: 0,
            count: inputs.main().len(),
            sources: vec![None],
            params: Params::new(parameters, Arc::new(Table { of: self.expressions, items: json })),
            ports: Arc::new(world.ports()),
            registry: node_sdk::Registry::new(),
            state: Arc::default(),
            kept: Arc::default(),
            events: world.clone(),
            retries: self.retries,
            above: Arc::new(Vec::new),
            dry_run: false,
        };
        node_testkit::run_paced(&*run, &Arc::new(cx), inputs.main()).await
    }
}

/// The JSON of all items of output 0.
pub fn jsons(outputs: &Outputs) -> Vec<Value> {
    outputs.lists.as_ref().unwrap()[0].iter().map(|item| item.json().cloned().unwrap()).collect()
}

pub fn body(request: &HttpRequest) -> String {
    match &request.body {
        HttpBody::Empty => String::new(),
        HttpBody::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        HttpBody::Multipart(_) => panic!("multipart"),
    }
}

pub fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

pub fn data(path: &str) -> Value {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(path);
    serde_json::from_str(&std::fs::read_to_string(root).unwrap()).unwrap()
}
