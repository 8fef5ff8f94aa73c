//! A second program: two executions side by side in one process, each with its own credentials, variables, static data and files.

#![expect(clippy::expect_used, reason = "what a test sets up is there")]

use std::fs::File;
use std::sync::{Arc, Mutex};

use engine::{EnginePorts, PlanOptions, RunOptions, RunResult, Status, Workflow, item_json};
use host::adapters::credentials::FileCredentials;
use host::adapters::variables::FixedVariables;
use host::secrets::Secrets;
use host::{Execution, Process};
use http_lab::Lab;
use node_sdk::ports::{MemoryState, StaticState};
use node_sdk::{Event, EventSink, Item};
use serde_json::{Map, Value, json};

/// Start -> Ask, which says who it is to a server that answers with what it was sent -> Keep, which counts in the static data.
fn workflow(lab: &Lab) -> Workflow {
    let ask = json!({"url": format!("{}/echo", lab.origin("HTTP")), "authentication": "genericCredentialType", "genericAuthType": "httpBearerAuth"});
    let keep = json!({"jsCode": "const kept = $getWorkflowStaticData('global');\nkept.times = (kept.times ?? 0) + 1;\n\
        return [{json: {said: $json.headers.authorization, who: $vars.who, secret: $env.SECRET, times: kept.times}, binary: $('Start').first().binary}];"});
    let to = |node: &str| json!({"main": [[{"node": node, "type": "main", "index": 0}]]});
    let file = json!({
        "nodes": [
            {"name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "parameters": {}},
            {"name": "Ask", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": ask},
            {"name": "Keep", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": keep},
        ],
        "connections": {"Start": to("Ask"), "Ask": to("Keep")},
        "settings": {"executionOrder": "v1"},
    });
    Workflow::parse(&file.to_string(), "shared.json").expect("a workflow")
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl EventSink for Heard {
    fn emit(&self, _execution: &Arc<str>, event: Event) {
        self.0.lock().expect("whole").push(format!("{event:?}"));
    }
}

/// What one of them is given, and what is left of it.
struct Side {
    who: &'static str,
    secrets: Arc<Secrets>,
    static_data: Arc<MemoryState>,
    events: Arc<Heard>,
    requests: tempfile::NamedTempFile,
}

impl Side {
    fn new(who: &'static str) -> Self {
        let requests = tempfile::NamedTempFile::new().expect("a file");
        Self { who, secrets: Arc::default(), static_data: Arc::default(), events: Arc::default(), requests }
    }

    fn token(&self) -> String {
        format!("token-of-{}", self.who)
    }

    fn execution(&self) -> Execution {
        let object = |value: Value| value.as_object().cloned().expect("an object");
        let env: Map<String, Value> = object(json!({"SECRET": format!("env-of-{}", self.who)}));
        Execution {
            credentials: FileCredentials::new(object(json!({"httpBearerAuth": {"token": self.token()}}))),
            secrets: self.secrets.clone(),
            variables: FixedVariables::new(json!({"who": self.who}), Some(env)),
            requests: Some(File::create(self.requests.path()).expect("it can be written")),
            static_data: self.static_data.clone(),
            events: self.events.clone(),
            ..Execution::default()
        }
    }

    /// The JSON of the last node's item, and the content of its file.
    async fn run(&self, process: &Process, workflow: &Workflow) -> (Value, Value) {
        let plan = process.plans.of(workflow, &PlanOptions::default());
        let ports = process.ports(self.execution()).expect("nothing is missing");
        let data = if self.who == "ana" { "YW5h" } else { "YmVu" };
        let item = Item::from_value(json!({"json": {}, "binary": {"data": {"data": data, "mimeType": "text/plain"}}}));
        let result = engine::run(plan, RunOptions { input: Some(vec![item].into()), ..RunOptions::new("Start") }, ports.clone()).await;
        last_item(&result, &ports).await
    }
}

async fn last_item(result: &RunResult, ports: &EnginePorts) -> (Value, Value) {
    assert_eq!(result.status, Status::Success, "{:?}", result.error);
    let item = result.nodes["Keep"][0].outputs[0].iter().next().expect("an item").clone();
    let item = item_json(&item, &*ports.ports.blobs).await.expect("its file is there");
    (item["json"].clone(), item["binary"]["data"]["text"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_one_execution_is_seen_in_another() {
    let lab = Lab::start().expect("the servers start");
    let process = Process::new(host::registry());
    let workflow = workflow(&lab);
    let sides = [Side::new("ana"), Side::new("ben")];
    let [ana, ben] = &sides;
    let results = tokio::join!(ana.run(&process, &workflow), ben.run(&process, &workflow));
    for (side, other, (json, file)) in [(ana, ben, results.0), (ben, ana, results.1)] {
        let who = side.who;
        let own = json!({"said": format!("Bearer {}", side.token()), "who": who, "secret": format!("env-of-{who}"), "times": 1});
        assert_eq!((json, file), (own, json!(who)));
        assert_eq!(side.static_data.get(None).lock().expect("whole")["times"], 1);
        assert_eq!(side.secrets.hidden(&format!("{} {}", side.token(), other.token())), format!("*** {}", other.token()));
        let requests = std::fs::read_to_string(side.requests.path()).expect("it was written");
        assert!(requests.lines().count() == 1 && requests.contains("/echo") && !requests.contains("token-of"), "{requests}");
        let events = side.events.0.lock().expect("whole");
        assert_eq!(events.iter().filter(|event| event.contains("NodeFinished")).count(), 3, "{events:?}");
    }
    let plan = || process.plans.of(&workflow, &PlanOptions::default());
    assert!(Arc::ptr_eq(&plan(), &plan()), "the text is planned once");
}
