//! A package of one node, in a lock and a cache, and workers for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use node_sdk::ports::{HttpError, HttpRequest, HttpResponse};
use node_sdk::{Item, Node, NodeError, Provider as _, References, Resolvable, RunContext};
use node_testkit::{FakeHttp, Harness, Planned, Ran};
use package_nodes::{Installed, Limits, Provider, UserCode, Workers, prepare};
use packages::cache::Cache;
use packages::lock::Lock;
use packages::place::Place;
use serde_json::{Map, Value, json};

/// Small limits, for tests that reach them.
pub(crate) const LIMITS: Limits = Limits { memory: 2 << 30, heap: 64 << 20, slice: Duration::from_millis(700) };

const NAME: &str = "n8n-nodes-attacks";

/// A credential type whose code says that it goes elsewhere.
const MINE: &str = "exports.MineApi = class { name = 'mineApi'; properties = []; preAuthentication() {
    return { session: 'https://evil.example', url: 'https://evil.example', site: 'evil.example', host: 'evil.example', back: 'https://evil.example' }; } };";

pub(crate) struct Project {
    folder: tempfile::TempDir,
    words: Vec<String>,
    provider: Provider,
}

impl Project {
    /// Its worker is this program, started with these words; its code is the attacks'.
    pub(crate) fn new(words: &[&str]) -> Self {
        Self::of(words, include_str!("attacks.js"))
    }

    /// The same with other code.
    pub(crate) fn of(words: &[&str], code: &str) -> Self {
        Self::changed(words, code, |_| ())
    }

    /// The same with a description that says something else.
    pub(crate) fn changed(words: &[&str], code: &str, change: impl FnOnce(&mut Value)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("cache"));
        let text = |name: &str| json!({"displayName": name, "name": name, "type": "string", "default": ""});
        let mut properties: Vec<Value> = ["what", "html", "other"].map(text).into();
        let more: Vec<Value> = ["date", "number", "zoned", "like"].map(text).into();
        properties.push(json!({"displayName": "More", "name": "more", "type": "collection", "default": {}, "options": more}));
        properties.push(json!({"displayName": "Code", "name": "code", "type": "string", "default": "$env", "typeOptions": {"editor": "jsEditor"}}));
        properties.push(json!({"displayName": "Own", "name": "own", "type": "string", "default": "<b>{{ $vars.secret }}</b>"}));
        let mut node = json!({"displayName": "Attack", "name": "attack", "description": "", "group": ["output"], "version": 1, "defaults": {"name": "Attack"},
            "inputs": ["main"], "outputs": ["main"], "properties": properties,
            "credentials": [{"name": "mineApi"}, {"name": "mineOAuth2Api"}, {"name": "oAuth2Api"}]});
        change(&mut node);
        let mine = json!({"name": "mineApi", "displayName": "Mine", "properties": [
            {"name": "url", "displayName": "URL", "type": "string", "default": ""},
            {"name": "host", "displayName": "Host", "type": "string", "default": "evil.example"},
            {"name": "site", "displayName": "Site", "type": "hidden", "default": "https://evil.example"},
            {"name": "session", "displayName": "Session", "type": "hidden", "default": "", "typeOptions": {"expirable": true}}]});
        let token = json!({"displayName": "Token", "name": "accessTokenUrl", "type": "hidden", "default": "https://good.example/token"});
        let signed_in = json!({"name": "mineOAuth2Api", "displayName": "Mine", "extends": ["oAuth2Api"], "properties": [token]});
        let credentials = ["dist/MineApi.credentials.js", "dist/MineOAuth2Api.credentials.js"];
        let manifest = json!({"name": NAME, "version": "1.0.0", "n8n": {"nodes": ["dist/Attack.node.js"], "credentials": credentials}});
        let files: BTreeMap<String, bytes::Bytes> = [
            ("package.json", manifest.to_string()),
            ("dist/types/nodes.json", json!([node]).to_string()),
            ("dist/types/credentials.json", json!([mine, signed_in]).to_string()),
            ("dist/Attack.node.js", code.to_owned()),
            ("dist/MineApi.credentials.js", MINE.to_owned()),
            ("dist/MineOAuth2Api.credentials.js", "exports.MineOAuth2Api = class { name = 'mineOAuth2Api'; properties = [] };".to_owned()),
            ("dist/module.mjs", "import { well } from './plain.js'; export default well;".to_owned()),
            ("dist/plain.js", "exports.well = 'imported';".to_owned()),
        ]
        .map(|(path, text)| (path.to_owned(), text.into()))
        .into();
        let contents = String::from(cache.put(&files).unwrap());
        let package = json!({"version": "1.0.0", "archive": {"folder": "/x"}, "contents": contents,
            "licence": {"name": "MIT", "text": contents, "accepted": "2026-11-29"}, "hosts": ["good.example"]});
        let lock = folder.path().join("packages.lock.json");
        std::fs::write(&lock, json!({"lockVersion": 1, "packages": {NAME: package}}).to_string()).unwrap();
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Self { provider: provider(&folder, &words), folder, words }
    }

    /// From now on in other workers.
    pub(crate) fn begin_again(&mut self) {
        self.provider = provider(&self.folder, &self.words);
    }

    /// Does what an install does.
    pub(crate) async fn prepare(&self) {
        let lock = Lock::open(&self.folder.path().join("packages.lock.json")).unwrap().unwrap();
        prepare(&workers(&self.words), &Arc::new(lock), &Cache::new(self.folder.path().join("cache")), NAME).await.unwrap();
    }

    /// The folder of what was made from packages.
    pub(crate) fn derived(&self) -> PathBuf {
        self.folder.path().join("cache/derived")
    }

    pub(crate) fn node(&self) -> Arc<dyn Node> {
        self.provider.find(&format!("{NAME}.attack")).expect("the type is found")
    }

    /// The node with what it is to do.
    pub(crate) fn harness(&self, what: &str) -> Harness {
        self.asked(json!({"what": what, "html": "<b>{{ 1 + 1 }}</b>", "other": "={{ 2 + 1 }}"}), vec![json!({})])
    }

    /// The node with these parameters, and with items of this JSON.
    pub(crate) fn asked(&self, parameters: Value, input: Vec<Value>) -> Harness {
        self.holding(parameters).input(input)
    }

    /// The node with these parameters and its credentials, without input.
    pub(crate) fn holding(&self, parameters: Value) -> Harness {
        let given = |name: &str| (name.to_owned(), json!({"id": "1", "name": name}));
        let held = Value::Object(["mineApi", "mineOAuth2Api", "slackApi"].map(given).into_iter().collect());
        let types = ["mineApi", "mineOAuth2Api"].map(|name| self.provider.credential(name).expect("the type is found")).to_vec();
        let harness = Harness::new(self.node()).with(types).with(credential_types::provider()).parameters(parameters).field("credentials", held);
        harness.ports().http.respond(answered);
        let fields = |value: Value| value.as_object().cloned().unwrap_or_default();
        harness.ports().credentials.set("mineApi", fields(json!({"url": "https://mine.example/api"})));
        harness.ports().credentials.set("slackApi", fields(json!({"accessToken": "xoxb-secret"})));
        harness
    }

    /// A workflow with the node, without an id. What the node does, its item says.
    pub(crate) fn workflow(&self) -> Workflow {
        let harness = Harness::new(self.node()).parameters(json!({"what": "={{ $json.what }}"}));
        harness.ports().http.respond(answered);
        Workflow(harness.planned())
    }

    /// Runs the node in a workflow of its own.
    pub(crate) async fn run(&self, what: &str) -> Ran {
        self.harness(what).run_async().await
    }
}

fn workers(words: &[String]) -> Workers {
    let workers = Workers::new(std::env::current_exe().unwrap(), words.iter().map(Into::into).collect(), false);
    workers.with_limits(LIMITS).with_user_code(Arc::new(Told))
}

/// Tells which code of the user's it was given.
struct Told;

#[async_trait]
impl UserCode for Told {
    fn references(&self, _: &str) -> References {
        References::all()
    }

    async fn items(&self, _: &RunContext, source: String) -> Result<Vec<Item>, NodeError> {
        Ok(vec![Item::new(json!({ "ran": source }))])
    }

    async fn value(&self, _: &RunContext, source: String, given: Map<String, Value>) -> Result<Value, NodeError> {
        Ok(json!({"ran": source, "given": given}))
    }

    async fn hold(&self, _: &RunContext, item: usize, path: &str, conditions: Resolvable) -> Result<bool, NodeError> {
        Err(NodeError::new(format!("whether {} at {path} holds for {item}", conditions.to_raw())))
    }
}

fn provider(folder: &tempfile::TempDir, words: &[String]) -> Provider {
    let installed = Installed::new(Place::Lock(folder.path().join("packages.lock.json")), Ok(folder.path().join("cache")));
    Provider::new(installed, Some(Arc::new(workers(words))))
}

/// A workflow that can be run again.
pub(crate) struct Workflow(Planned);

impl Workflow {
    pub(crate) async fn run(&self, what: &str) -> Ran {
        self.0.run_on([json!({"what": what})]).await
    }
}

/// Every request is answered by what it was.
#[expect(clippy::unnecessary_wraps, reason = "an answer of the port")]
fn answered(request: &HttpRequest) -> Result<HttpResponse, HttpError> {
    let body = if let node_sdk::ports::HttpBody::Bytes(bytes) = &request.body { String::from_utf8_lossy(bytes).into_owned() } else { String::new() };
    Ok(FakeHttp::json(200, &json!({"method": request.method, "url": request.url, "body": body})))
}

/// What the node put out, or how it failed.
pub(crate) fn outcome(ran: &Ran) -> Result<Value, (String, String)> {
    match &ran.error {
        Some(error) => Err((error.code.to_string(), error.message.clone())),
        None => {
            Ok(ran.outputs.first().and_then(|items| items.first()).and_then(node_sdk::Item::json).map_or(Value::Null, |json| json["got"].clone()))
        }
    }
}

/// Does something in a runtime of its own, which its workers end with.
pub(crate) fn within(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work);
}
