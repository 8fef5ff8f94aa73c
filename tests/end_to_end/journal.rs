//! A run whose process dies again and again, its journal kept: real nodes, the emulator as the world.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::{
    Cancel, Durable, EnginePorts, InMemory, Isolates, Limits, Plan, PlanOptions, Plans, PoolOptions, RunOptions, RunResult, Status, StepKey,
    StepKind, StepResult, Workflow, WorkflowSource, run,
};
use futures_util::future::BoxFuture;
use konverte_sandbox::{ORIGIN, Options, Sandbox, SandboxClient};
use node_sdk::event::NoEvents;
use node_sdk::ports::{HttpBody, HttpClient, HttpError, HttpRequest, HttpResponse};
use node_sdk::{Item, ItemList, NodeError, Ports, ResponseBody, async_trait};
use node_testkit::{FakeHttp, FakePorts};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::chain;

/// What is on the disk: text, by the text of the key.
type Disk = Arc<Mutex<HashMap<String, String>>>;

/// The journal of one process, which dies after so many requests.
struct Journal {
    inner: InMemory,
    disk: Disk,
    left: AtomicUsize,
    dead: AtomicBool,
    dies: Notify,
    /// Held while a request is sent: none is on its way beside the one that a process dies with.
    sending: tokio::sync::Mutex<()>,
    /// Pulled in the place of dying.
    stop: Option<Cancel>,
    /// How many requests are new; for a world where the later ones overtake the earlier ones.
    overtaking: Option<AtomicUsize>,
}

impl Journal {
    fn keep(&self, name: String, done: StepResult) -> StepResult {
        if !matches!(done, StepResult::Cut) {
            let text = serde_json::to_string(&done).expect("what a step came to can be written");
            let before = self.disk.lock().expect("the disk").insert(name.clone(), text);
            assert!(before.is_none(), "{name} names two steps");
        }
        done
    }
}

#[async_trait]
impl Durable for Journal {
    async fn step(&self, key: StepKey, work: BoxFuture<'_, StepResult>) -> StepResult {
        let name = serde_json::to_string(&key).expect("a key can be written");
        let known = self.disk.lock().expect("the disk").get(&name).cloned();
        if let Some(text) = known {
            return serde_json::from_str(&text).expect("what was written can be read");
        }
        let request = matches!(key.kind, StepKind::Exchange { .. });
        if let (true, Some(asked)) = (request, &self.overtaking) {
            let ahead = ROWS - asked.fetch_add(1, Ordering::SeqCst) % ROWS;
            tokio::time::sleep(Duration::from_millis(3 * ahead as u64)).await;
        }
        let one = if request { Some(self.sending.lock().await) } else { None };
        if self.dead.load(Ordering::SeqCst) {
            drop(one);
            return std::future::pending().await;
        }
        let done = work.await;
        if request && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            if let Some(stop) = &self.stop {
                stop.cancel();
                return self.keep(name, done);
            }
            // The request was sent, and nothing tells of it.
            self.dead.store(true, Ordering::SeqCst);
            self.dies.notify_one();
            return std::future::pending().await;
        }
        self.keep(name, done)
    }

    async fn sleep(&self, key: StepKey, duration: Duration) {
        let name = serde_json::to_string(&key).expect("a key can be written");
        let known = self.disk.lock().expect("the disk").insert(name, "null".into()).is_some();
        if !known {
            self.inner.sleep(key, duration).await;
        }
    }

    async fn signal(&self, key: StepKey) -> Result<Value, NodeError> {
        self.inner.signal(key).await
    }

    async fn child(&self, execution: &str, work: BoxFuture<'_, Result<Vec<ItemList>, NodeError>>) -> Result<Vec<ItemList>, NodeError> {
        self.inner.child(execution, work).await
    }

    fn now(&self) -> i64 {
        self.inner.now()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.inner.random(buffer);
    }
}

/// The world, which counts what reaches it.
struct World {
    inner: Arc<dyn HttpClient>,
    sent: AtomicUsize,
    /// Whether later requests reach it before earlier ones.
    overtaking: bool,
}

#[async_trait]
impl HttpClient for World {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        self.inner.send(request).await
    }
}

const ROWS: usize = 20;

/// Time, chance, requests at once and one after the other, of a sub-workflow, of one that nobody waits for, of code, and a node that
/// fails and tries again.
fn workflow() -> Workflow {
    let assign = |name: &str, value: &str, kind: &str| json!({"id": name, "name": name, "value": value, "type": kind});
    let note = "http://elsewhere.test/?q=";
    let below = chain(&[json!({
        "name": "Mark", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": {"url": format!("={note}{{{{ $json.email }}}}")},
    })]);
    let below = below_trigger(below);
    Workflow::from_value(chain(&[
        json!({"name": "Mark", "type": "n8n-nodes-base.set", "typeVersion": 3.4, "parameters": {"includeOtherFields": true, "assignments": {"assignments": [
            assign("at", "={{ $now.toMillis() }}", "number"), assign("chance", "={{ Math.random() }}", "number"),
        ]}}}),
        json!({"name": "Create", "type": "konverte", "typeVersion": 1, "credentials": {"konverteApi": {"name": "Platform"}}, "parameters": {
            "resource": "Users", "operation": "Create A User", "name": "={{ $json.name }}", "email": "={{ $json.email }}", "password": "Secret-123!",
            "custom_attributes": "={{ JSON.stringify({ chance: $json.chance, at: $json.at }) }}",
        }}),
        json!({"name": "Below", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.2, "parameters": {
            "source": "parameter", "workflowJson": below.to_string(), "mode": "each", "options": {"waitForSubWorkflow": true},
        }}),
        json!({"name": "Behind", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.2, "parameters": {
            "source": "parameter", "workflowJson": below.to_string(), "options": {"waitForSubWorkflow": false},
        }}),
        json!({"name": "Code", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode":
            format!("const answers = await Promise.all($('Create').all().map((item) => this.helpers.httpRequest({{ url: '{note}' + item.json.email, \
                 ignoreHttpStatusErrors: true, json: true }})));\nreturn answers.map((answer, i) => ({{ json: {{ answer, id: $('Create').all()[i].json.id }} }}));")}}),
        json!({"name": "Fails", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "executeOnce": true, "retryOnFail": true, "maxTries": 3,
            "onError": "continueRegularOutput", "parameters": {"url": format!("{ORIGIN}/nowhere")}}),
        json!({"name": "Users", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": "return $('Create').all();"}}),
    ]))
    .expect("a workflow")
}

/// The chain behind the trigger of a sub-workflow in place of its own.
fn below_trigger(mut chain: Value) -> Value {
    let trigger = chain["nodes"].as_array_mut().and_then(|nodes| nodes.first_mut()).expect("a start node");
    trigger["type"] = "n8n-nodes-base.executeWorkflowTrigger".into();
    chain
}

/// One process: from the disk to the end, or to its death after so many requests.
async fn process(disk: &Disk, world: &Arc<World>, requests: usize, stop: Option<Cancel>) -> Option<RunResult> {
    process_of(&workflow(), disk, world, requests, stop).await
}

async fn process_of(workflow: &Workflow, disk: &Disk, world: &Arc<World>, requests: usize, stop: Option<Cancel>) -> Option<RunResult> {
    let fakes = FakePorts::default();
    let fields = |token: &str| json!({"url": ORIGIN, "accessToken": token}).as_object().cloned().unwrap_or_default();
    fakes.credentials.set("konverteApi", fields("sandbox-platform"));
    let oauth2 = json!({"grantType": "clientCredentials", "accessTokenUrl": format!("{ELSEWHERE}/token"), "accessToken": "old"});
    fakes.credentials.set("oAuth2Api", oauth2.as_object().cloned().unwrap_or_default());
    let registry = host::registry();
    let ports = Arc::new(Ports { http: world.clone(), ..(*fakes.ports()).clone() });
    // Other time and other chance than any process before.
    let mut skip = vec![0; disk.lock().expect("the disk").len() + 1];
    ports.random.fill(&mut skip);
    ports.clock.sleep(Duration::from_secs(skip.len() as u64)).await;
    let inner = InMemory::new(ports.clock.clone(), ports.random.clone());
    let journal = Arc::new(Journal {
        inner,
        disk: disk.clone(),
        left: requests.into(),
        dead: false.into(),
        dies: Notify::new(),
        sending: Default::default(),
        stop: stop.clone(),
        overtaking: world.overtaking.then(AtomicUsize::default),
    });
    let plan = Arc::new(Plan::new(workflow, &registry, &PlanOptions::default()));
    let ports = EnginePorts {
        plans: Arc::new(Plans::new(registry)),
        isolates: Arc::new(Isolates::new(Limits::default(), PoolOptions::default())),
        ports,
        workflows: Arc::new(Counting),
        events: Arc::new(NoEvents),
        durable: journal.clone(),
    };
    let rows = (0..ROWS).map(|i| Item::new(json!({"name": format!("Ana {i}"), "email": format!("ana{i}@example.com")}))).collect();
    let options = RunOptions { input: Some(rows), execution_id: Some("1".into()), cancel: stop.unwrap_or_default(), ..RunOptions::new("Start") };
    tokio::select! {
        result = run(plan, options, ports) => Some(result),
        () = journal.dies.notified() => None,
    }
}

fn world() -> (Arc<World>, Arc<Sandbox>) {
    let sandbox = Arc::new(Sandbox::new(Options::default()).expect("the seed"));
    let inner = Arc::new(SandboxClient::new(sandbox.clone(), FakePorts::default().http));
    (Arc::new(World { inner, sent: AtomicUsize::new(0), overtaking: false }), sandbox)
}

const ELSEWHERE: &str = "http://elsewhere.test";

/// A world that says of each request what was asked for: the `id` in its body, else the end of its path. It gives tokens, and what is
/// guarded only to those who bring one.
fn elsewhere() -> Arc<World> {
    let http = FakePorts::default().http;
    http.respond(|request| {
        let path = request.url.trim_start_matches(ELSEWHERE);
        let token = request.headers.iter().any(|(name, value)| name == "Authorization" && value == "Bearer new");
        let HttpBody::Bytes(body) = &request.body else {
            let status = if path.starts_with("/guarded") && !token { 401 } else { 200 };
            return Ok(FakeHttp::json(status, &json!({"id": path.rsplit('/').next()})));
        };
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Ok(FakeHttp::json(200, &if path == "/token" { json!({"access_token": "new"}) } else { json!({"id": body["id"]}) }))
    });
    Arc::new(World { inner: http, sent: AtomicUsize::new(0), overtaking: true })
}

/// Runs until no process dies, and says how many did.
async fn to_the_end(workflow: &Workflow, world: &Arc<World>, survives: usize) -> (RunResult, usize) {
    let (disk, mut deaths) = (Disk::default(), 0);
    let result = loop {
        match process_of(workflow, &disk, world, survives, None).await {
            Some(result) => break result,
            None => deaths += 1,
        }
    };
    let nobody = async {
        while Arc::strong_count(world) > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), nobody).await.expect("nothing of a run that was dropped goes on");
    (result, deaths)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_where_its_process_died() {
    let (whole, _) = world();
    let result = process(&Disk::default(), &whole, usize::MAX, None).await.expect("it does not die");
    assert_eq!(result.status, Status::Success, "{:?}", result.error);
    let requests = whole.sent.load(Ordering::SeqCst);
    assert!(requests >= 4 * ROWS + 3, "each kind of node sends: {requests}");

    for survives in [1, 7, 30] {
        let (world, sandbox) = world();
        let (result, deaths) = to_the_end(&workflow(), &world, survives).await;
        assert_eq!(result.status, Status::Success, "{:?}", result.error);
        assert_eq!(deaths, (requests - 1) / survives, "a process dies with the request after {survives}");
        // Sent twice is only what was on its way when a process died.
        let sent = world.sent.load(Ordering::SeqCst);
        assert_eq!(sent, requests + deaths, "after {deaths} deaths");
        // What the emulator was told before a death is what the result says after it.
        let users = result.nodes["Users"][0].outputs[0].clone();
        assert_eq!(users.len(), Some(ROWS));
        let state = sandbox.state();
        for (user, marked) in users.iter().zip(result.nodes["Mark"][0].outputs[0].iter()) {
            let (user, marked) = (user.json().expect("a user"), marked.json().expect("a row"));
            assert_eq!(user["custom_attributes"], json!({"chance": marked["chance"], "at": marked["at"]}));
            let known = state["users"].as_array().into_iter().flatten().find(|known| known["email"] == marked["email"]).expect("created");
            assert_eq!(known["custom_attributes"], user["custom_attributes"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_overtake_each_other_get_their_own_answers() {
    let workflow = Workflow::from_value(chain(&[
        json!({"name": "Chains", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": format!(
            "const http = (options) => this.helpers.httpRequest({{ json: true, ...options }});
            return Promise.all($input.all().map(async (item, i) => {{
                const a = await http({{ method: 'POST', url: '{ELSEWHERE}/first', body: {{ id: String(i) }} }});
                const b = await http({{ url: '{ELSEWHERE}/second/' + a.id }});
                return {{ json: {{ id: b.id }} }};
            }}));"
        )}}),
        json!({"name": "Guarded", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": {
            "url": format!("={ELSEWHERE}/guarded/{{{{ $json.id }}}}"), "authentication": "genericCredentialType", "genericAuthType": "oAuth2Api",
        }}),
    ]))
    .expect("a workflow");
    let requests = 4 * ROWS + 1;
    for survives in [usize::MAX, 7, 30] {
        let world = elsewhere();
        let (result, deaths) = to_the_end(&workflow, &world, survives).await;
        assert_eq!(result.status, Status::Success, "{:?}", result.error);
        let ids: Vec<_> = result.nodes["Guarded"][0].outputs[0].iter().map(|item| item.json().expect("an answer")["id"].clone()).collect();
        assert_eq!(ids, (0..ROWS).map(|row| json!(row.to_string())).collect::<Vec<_>>(), "a process survives {survives} requests");
        assert_eq!(world.sent.load(Ordering::SeqCst), requests + deaths);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_again_as_it_was_ends_the_run() {
    let code = format!(
        "const send = () => this.helpers.httpRequest({{ method: 'POST', url: '{ELSEWHERE}/', body: {{ id: Math.random() }} }});
        try {{ await send(); await send(); }} catch (error) {{}}
        await send();
        return [];"
    );
    let chance = chain(&[json!({"name": "Chance", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": code}})]);
    let calls = chain(&[json!({
        "name": "Calls", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.2, "onError": "continueRegularOutput",
        "parameters": {"source": "parameter", "workflowJson": below_trigger(chance.clone()).to_string(), "mode": "each"},
    })]);
    for workflow in [chance, calls] {
        let workflow = Workflow::from_value(workflow).expect("a workflow");
        let (disk, world) = (Disk::default(), elsewhere());
        assert!(process_of(&workflow, &disk, &world, 1, None).await.is_none(), "it dies with the second");
        for _ in 0..2 {
            let result = process_of(&workflow, &disk, &world, usize::MAX, None).await.expect("it does not die");
            assert_eq!(result.error.map(|error| error.code), Some(engine::codes::DIVERGED));
            assert_eq!(world.sent.load(Ordering::SeqCst), 2, "nothing more is sent, and nothing is kept that would let it pass");
        }
    }
}

/// Counts in the static data of the workflow or of the node, and sends a request.
fn count(name: &str, kind: &str) -> Value {
    json!({"name": name, "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": format!(
        "const data = $getWorkflowStaticData('{kind}');
        data.count = (data.count ?? 0) + 1;
        await this.helpers.httpRequest({{ url: '{ELSEWHERE}/{name}' }});
        return [{{ json: {{ count: data.count, at: Date.now() }} }}];"
    )}})
}

/// The workflow that others call by name: it counts, and its file has counted to ten.
struct Counting;

#[async_trait]
impl WorkflowSource for Counting {
    async fn find(&self, _reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        let mut below = below_trigger(chain(&[count("First", "global")]));
        below["id"] = "counting".into();
        below["staticData"] = json!({"global": {"count": 10}});
        Ok(Some(Arc::new(Workflow::from_value(below).expect("a workflow"))))
    }

    async fn file(&self, path: &str) -> Result<Arc<Workflow>, NodeError> {
        Err(NodeError::new(format!("there is no {path}")))
    }
}

/// A step that is kept does not run again; what it wrote into the static data, itself or by a sub-workflow, is there all the same,
/// once. Each workflow has its own, and that of the JSON of one call ends with the call.
#[tokio::test(flavor = "multi_thread")]
async fn static_data_comes_back_with_the_step_that_changed_it() {
    let below = below_trigger(chain(&[count("First", "global")]));
    let calls = |name: &str, mut parameters: Value| {
        parameters["options"] = json!({"waitForSubWorkflow": true});
        json!({"name": name, "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.2, "parameters": parameters})
    };
    let inline = json!({"source": "parameter", "workflowJson": below.to_string()});
    let workflow = Workflow::from_value(chain(&[
        count("Mine", "node"),
        count("First", "global"),
        calls("Calls", inline.clone()),
        calls("Calls again", inline),
        calls("Named", json!({"source": "database", "workflowId": {"__rl": true, "mode": "id", "value": "counting"}})),
        calls("Named else", json!({"source": "database", "workflowId": {"__rl": true, "mode": "id", "value": "by its name"}})),
        count("Last", "global"),
        json!({"name": "Seen", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": "return [{ json: $getWorkflowStaticData('global') }];"}}),
    ]))
    .expect("a workflow");
    for survives in [usize::MAX, 1] {
        let (result, deaths) = to_the_end(&workflow, &elsewhere(), survives).await;
        assert_eq!((result.status, deaths), (Status::Success, if survives == 1 { 6 } else { 0 }), "{:?}", result.error);
        let nodes = ["Mine", "First", "Calls", "Calls again", "Named", "Named else", "Last", "Seen"];
        let counts = nodes.map(|node| result.nodes[node][0].outputs[0][0].json().expect("an item")["count"].clone());
        assert_eq!(counts, [1, 1, 1, 1, 11, 12, 2, 2].map(Value::from));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_no_result_of_what_it_cut() {
    let (whole, _) = world();
    process(&Disk::default(), &whole, usize::MAX, None).await.expect("it does not die");
    let requests = whole.sent.load(Ordering::SeqCst);
    // Inside of the batch, of a sub-workflow, of the code.
    for stopped_after in [5, ROWS + 3, 2 * ROWS + 4] {
        let (disk, (world, _)) = (Disk::default(), world());
        let stopped = process(&disk, &world, stopped_after, Some(Cancel::default())).await.expect("a result");
        assert_eq!(stopped.status, Status::Canceled, "{:?}", stopped.error);
        let result = process(&disk, &world, usize::MAX, None).await.expect("it does not die");
        assert_eq!((result.status, result.nodes["Users"][0].outputs[0].len()), (Status::Success, Some(ROWS)), "{:?}", result.error);
        assert_eq!(world.sent.load(Ordering::SeqCst), requests, "nothing is sent twice, nothing is left out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_is_not_begun_anew_and_an_answer_is_not_given_twice() {
    let tell = "$execution.customData.set('told', Math.random()); return $input.all();";
    let workflow = Workflow::from_value(chain(&[
        json!({"name": "Wait", "type": "n8n-nodes-base.wait", "typeVersion": 1.1, "parameters": {"amount": 1, "unit": "days"}}),
        json!({"name": "Tell", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": tell}}),
        json!({"name": "Respond", "type": "n8n-nodes-base.respondToWebhook", "typeVersion": 1, "parameters":
            {"respondWith": "text", "responseBody": "={{ String(Math.random()) }}"}}),
        json!({"name": "Send", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "executeOnce": true, "parameters": {"url": ELSEWHERE}}),
        json!({"name": "Told", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters":
            {"jsCode": "return [{ json: { told: $execution.customData.get('told') } }];"}}),
    ]))
    .expect("a workflow");
    let (disk, world) = (Disk::default(), elsewhere());
    assert!(process_of(&workflow, &disk, &world, 0, None).await.is_none(), "it dies with the request");
    let kept: Vec<String> = disk.lock().expect("the disk").values().cloned().collect();
    let result = process_of(&workflow, &disk, &world, usize::MAX, None).await.expect("it does not die");
    let Some(ResponseBody::Text(answer)) = result.response.map(|response| response.body) else { panic!("nothing was answered") };
    assert!(kept.iter().any(|step| step.contains(&answer)), "the answer is that of the process that died");
    let told = result.nodes["Told"][0].outputs[0][0].json().expect("what was told")["told"].clone();
    assert!(kept.iter().any(|step| step.contains(told.as_str().expect("a text"))), "{told}");
    let waits = disk.lock().expect("the disk").keys().filter(|key| key.contains("Pause")).count();
    assert_eq!(waits, 1, "one wait, known by its key");
}
