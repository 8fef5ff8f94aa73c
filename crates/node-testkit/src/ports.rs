//! The outside world, faked: nothing leaves, time stands still, chance repeats.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use node_sdk::blob::BlobRef;
use node_sdk::error::codes;
use node_sdk::ports::{
    Adapters, Clock, Credential, CredentialChange, Credentials, HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse, MemoryState, Random,
    Subworkflow, SubworkflowCall, Variables,
};
use node_sdk::sync::lock;
use node_sdk::{Blobs, ItemList, NodeError, NodeInfo, Ports};
use serde_json::{Map, Value};

/// All fakes, to be looked at after a run.
#[derive(Clone, Default)]
pub struct FakePorts {
    /// Records requests, answers from a script.
    pub http: Arc<FakeHttp>,
    /// Credentials by type.
    pub credentials: Arc<FakeCredentials>,
    /// Moves only when something sleeps.
    pub clock: Arc<FakeClock>,
    /// The same numbers in every test.
    pub random: Arc<SeededRandom>,
    /// File content in memory.
    pub blobs: Arc<MemoryBlobs>,
    /// Static data in memory.
    pub static_state: Arc<MemoryState>,
    /// None, unless a test puts some there.
    pub adapters: Adapters,
}

impl FakePorts {
    /// As the ports of a run.
    pub fn ports(&self) -> Arc<Ports> {
        Arc::new(Ports {
            http: self.http.clone(),
            credentials: self.credentials.clone(),
            variables: Arc::new(NoVariables),
            clock: self.clock.clone(),
            random: self.random.clone(),
            blobs: self.blobs.clone(),
            static_state: self.static_state.clone(),
            subworkflows: Arc::new(NoSubworkflows),
            adapters: self.adapters.clone(),
        })
    }
}

type Responder = Box<dyn Fn(&HttpRequest) -> Result<HttpResponse, HttpError> + Send + Sync>;

/// Keeps every request; answers 200 with `{}` until told otherwise.
#[derive(Default)]
pub struct FakeHttp {
    requests: Mutex<Vec<HttpRequest>>,
    responder: Mutex<Option<Responder>>,
    hangs: AtomicBool,
}

impl FakeHttp {
    /// Answers every request with what this gives.
    pub fn respond(&self, responder: impl Fn(&HttpRequest) -> Result<HttpResponse, HttpError> + Send + Sync + 'static) {
        *lock(&self.responder) = Some(Box::new(responder));
    }

    /// Keeps requests, and answers none.
    pub fn hang(&self) {
        self.hangs.store(true, Ordering::Relaxed);
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<HttpRequest> {
        lock(&self.requests).clone()
    }

    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> HttpResponse {
        HttpResponse {
            status,
            status_text: String::new(),
            url: String::new(),
            redirected: false,
            headers: vec![("content-type".into(), "application/json".into())],
            body: Bytes::from(body.to_string()),
        }
    }

    /// No answer.
    pub fn failure(kind: HttpErrorKind, message: &str) -> HttpError {
        HttpError { kind, message: message.into(), maybe_sent: false }
    }
}

#[async_trait]
impl HttpClient for FakeHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = lock(&self.responder).as_ref().map_or_else(|| Ok(Self::json(200, &Value::Object(Map::new()))), |respond| respond(&request));
        lock(&self.requests).push(request);
        if self.hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        answer
    }
}

/// Credentials by type, whatever the node's entry says. One that changes is changed by one at a time.
#[derive(Default)]
pub struct FakeCredentials {
    fields: Arc<Mutex<HashMap<String, Map<String, Value>>>>,
    changing: Arc<tokio::sync::Mutex<()>>,
}

impl FakeCredentials {
    /// Adds the fields of a type.
    pub fn set(&self, type_name: &str, fields: Map<String, Value>) {
        lock(&self.fields).insert(type_name.into(), fields);
    }

    /// The fields of a type as they are now.
    pub fn fields(&self, type_name: &str) -> Map<String, Value> {
        lock(&self.fields).get(type_name).cloned().unwrap_or_default()
    }
}

#[async_trait]
impl Credentials for FakeCredentials {
    async fn get(&self, _node: &NodeInfo, type_name: &str) -> Result<Credential, NodeError> {
        let fields = lock(&self.fields).get(type_name).cloned();
        let fields = fields.ok_or_else(|| NodeError::coded(codes::CREDENTIAL_MISSING, "Node does not have any credentials set"))?;
        Ok(Credential { type_name: type_name.into(), fields })
    }

    async fn change(&self, node: &NodeInfo, type_name: &str) -> Result<Box<dyn CredentialChange>, NodeError> {
        let alone = self.changing.clone().lock_owned().await;
        Ok(Box::new(FakeChange { credential: self.get(node, type_name).await?, fields: self.fields.clone(), _alone: alone }))
    }
}

struct FakeChange {
    credential: Credential,
    fields: Arc<Mutex<HashMap<String, Map<String, Value>>>>,
    _alone: tokio::sync::OwnedMutexGuard<()>,
}

#[async_trait]
impl CredentialChange for FakeChange {
    fn credential(&self) -> &Credential {
        &self.credential
    }

    async fn store(&mut self, fields: &Map<String, Value>, _whole: &Map<String, Value>) -> Result<(), String> {
        self.credential.fields.extend(fields.clone());
        lock(&self.fields).insert(self.credential.type_name.clone(), self.credential.fields.clone());
        Ok(())
    }
}

/// `$vars` is empty, `$env` denied.
#[derive(Clone, Copy, Default)]
pub struct NoVariables;

impl Variables for NoVariables {
    fn vars(&self) -> Arc<Value> {
        Arc::new(Value::Object(Map::new()))
    }

    fn env(&self) -> Option<Arc<Map<String, Value>>> {
        None
    }
}

/// Begins at 2026-01-02T03:04:05.678Z; sleeping moves it on at once.
pub struct FakeClock {
    now: AtomicI64,
    sleeps: Mutex<Vec<Duration>>,
}

const BEGINNING: i64 = 1_767_323_045_678;

impl Default for FakeClock {
    fn default() -> Self {
        Self { now: AtomicI64::new(BEGINNING), sleeps: Mutex::default() }
    }
}

impl FakeClock {
    /// How long everything slept, in order.
    pub fn sleeps(&self) -> Vec<Duration> {
        lock(&self.sleeps).clone()
    }
}

#[async_trait]
impl Clock for FakeClock {
    fn now_millis(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    async fn sleep(&self, duration: Duration) {
        lock(&self.sleeps).push(duration);
        self.now.fetch_add(duration.as_millis() as i64, Ordering::Relaxed);
        tokio::task::yield_now().await;
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis((self.now_millis() - BEGINNING) as u64)
    }
}

/// Numbers that look random and are the same in every test.
#[derive(Default)]
pub struct SeededRandom(AtomicU64);

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            *byte = (state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9).to_le_bytes()[7];
        }
    }
}

/// File content in memory.
#[derive(Default)]
pub struct MemoryBlobs(Mutex<HashMap<Arc<str>, Bytes>>);

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put(&self, content: Bytes) -> io::Result<BlobRef> {
        let mut store = lock(&self.0);
        let id: Arc<str> = store.len().to_string().into();
        let len = content.len() as u64;
        store.insert(id.clone(), content);
        Ok(BlobRef { id, len })
    }

    async fn get(&self, blob: &BlobRef) -> io::Result<Bytes> {
        self.read(blob)
    }

    fn read(&self, blob: &BlobRef) -> io::Result<Bytes> {
        lock(&self.0).get(&blob.id).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

/// No workflows beside the one under test.
pub struct NoSubworkflows;

#[async_trait]
impl Subworkflow for NoSubworkflows {
    async fn run(&self, _call: SubworkflowCall) -> Result<Vec<ItemList>, NodeError> {
        Err(NodeError::coded(codes::SUBWORKFLOW, "Workflow does not exist."))
    }
}
