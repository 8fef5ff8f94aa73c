//! A run that is done again from its journal comes to the same result and does nothing to the world a second time.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot be set up must fail")]

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::{Durable, Host, Plan, PlanOptions, RunOptions, ShownItems, Status, StepKey, StepResult, Workflow, WorkflowSource, WriteOptions, write};
use futures_util::future::BoxFuture;
use node_sdk::event::NoEvents;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, SubworkflowCall, SubworkflowSource};
use node_sdk::{
    Descriptor, Effect, Inputs, Item, ItemParams, Items, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, Registry, RunAll, RunContext,
    RunItem, RunTrigger, VersionGroup, async_trait,
};
use node_testkit::FakePorts;
use serde_json::{Map, Value, json};

/// Keeps what each step came to, and what time and chance gave between the steps.
#[derive(Default)]
struct Journal {
    steps: Mutex<HashMap<StepKey, StepResult>>,
    between: Mutex<VecDeque<i64>>,
    kept: Mutex<VecDeque<i64>>,
    replaying: bool,
    /// How many steps are at work; what they ask for is a part of what they come to.
    inside: AtomicU8,
    ticks: AtomicI64,
}

impl Journal {
    /// The journal of a process that starts again.
    fn again(&self) -> Self {
        let steps = Mutex::new(self.steps.lock().unwrap().clone());
        // Other time and other chance than the first run had, were they asked.
        Self { steps, between: Mutex::new(self.kept.lock().unwrap().clone()), replaying: true, ticks: AtomicI64::new(1_000_000), ..Self::default() }
    }

    fn next(&self) -> i64 {
        if self.inside.load(Ordering::SeqCst) > 0 {
            return self.ticks.fetch_add(1, Ordering::SeqCst);
        }
        let known = self.between.lock().unwrap().pop_front();
        assert!(known.is_some() || !self.replaying, "time or chance is asked for that the first run did not ask for");
        let value = known.unwrap_or_else(|| self.ticks.fetch_add(1, Ordering::SeqCst));
        self.kept.lock().unwrap().push_back(value);
        value
    }
}

#[async_trait]
impl Durable for Journal {
    async fn step(&self, key: StepKey, work: BoxFuture<'_, StepResult>) -> StepResult {
        if self.replaying {
            return self.steps.lock().unwrap().get(&key).cloned().unwrap_or_else(|| panic!("{key:?} was not done before"));
        }
        self.inside.fetch_add(1, Ordering::SeqCst);
        let result = work.await;
        self.inside.fetch_sub(1, Ordering::SeqCst);
        let before = self.steps.lock().unwrap().insert(key.clone(), result.clone());
        assert!(before.is_none(), "{key:?} names two steps");
        result
    }

    async fn sleep(&self, _key: StepKey, _duration: Duration) {}

    async fn signal(&self, _key: StepKey) -> Result<Value, NodeError> {
        Err(NodeError::new("nobody calls"))
    }

    async fn child(&self, _execution: &str, work: BoxFuture<'_, Result<Vec<Vec<Item>>, NodeError>>) -> Result<Vec<Vec<Item>>, NodeError> {
        work.await
    }

    fn now(&self) -> i64 {
        self.next()
    }

    fn random(&self, buffer: &mut [u8]) {
        buffer.fill(self.next() as u8);
    }
}

/// What the nodes of this test do.
#[derive(Clone, Copy)]
enum Does {
    /// Begins a sub-workflow.
    Begins,
    /// Sends each item.
    Sends,
    /// Sends all items at once; the first time that is answered with a failure.
    FailsOnce,
    /// Writes down time and chance.
    Looks,
    /// Hands each item to the sub-workflow.
    Calls,
}

struct Actor(Descriptor, Does);

fn node(name: &'static str, does: Does) -> Arc<dyn Node> {
    let effect = if matches!(does, Does::Sends | Does::FailsOnce) { Effect::Once } else { Effect::None };
    let descriptor = Descriptor {
        name: name.into(),
        display_name: name.into(),
        description: "Of this test.".into(),
        trigger: matches!(does, Does::Begins),
        needs: if matches!(does, Does::Sends) { Needs::Item } else { Needs::All },
        effect,
        versions: vec![VersionGroup::new(&[1.0], &[])].into(),
    };
    Arc::new(Actor(descriptor, does))
}

impl Node for Actor {
    fn descriptor(&self) -> &Descriptor {
        &self.0
    }

    fn prepare(&self, _cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(match self.1 {
            Does::Begins => Prepared::Trigger(Box::new(Acts(self.1))),
            Does::Sends => Prepared::Item(Box::new(Acts(self.1))),
            _ => Prepared::All(Box::new(Acts(self.1))),
        })
    }
}

struct Acts(Does);

async fn send(cx: &RunContext, item: &Item) -> Result<Value, NodeError> {
    let (method, url) = ("POST".to_owned(), "http://localhost/".to_owned());
    let request = HttpRequest { method, url, headers: Vec::new(), body: HttpBody::Empty, options: HttpOptions::default() };
    let answer = cx.ports.http.send(request).await.map_err(|error| NodeError::new(error.to_string()))?;
    let body: Value = serde_json::from_slice(&answer.body).map_err(|error| NodeError::new(error.to_string()))?;
    Ok(json!({"answer": body, "item": item.json()}))
}

#[async_trait]
impl RunTrigger for Acts {
    async fn run_by_hand(&self, _cx: &RunContext) -> Result<Vec<Item>, NodeError> {
        Ok(vec![Item::empty()])
    }
}

#[async_trait]
impl RunItem for Acts {
    async fn run_item(&self, cx: &RunContext, _params: &ItemParams<'_>, item: Item, _index: usize) -> Result<Items, NodeError> {
        Ok(Items::one(Item::new(send(cx, &item).await?)))
    }
}

#[async_trait]
impl RunAll for Acts {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let mut made = Vec::new();
        match self.0 {
            Does::FailsOnce => {
                let answer = send(cx, &Item::empty()).await?;
                if answer["answer"]["number"].as_u64().is_some_and(|number| number % 2 == 1) {
                    return Err(NodeError::new("busy"));
                }
                made.push(Item::new(answer));
            }
            Does::Calls => {
                for item in inputs.main() {
                    let source = SubworkflowSource::Reference("below".into());
                    let call = SubworkflowCall { source, items: vec![item.clone()], wait: true, caller: cx.node.name.clone() };
                    made.extend(cx.ports.subworkflows.run(call).await?.into_iter().flatten());
                }
            }
            _ => {
                let mut chance = [0];
                cx.ports.random.fill(&mut chance);
                made.push(Item::new(json!({"now": cx.ports.clock.now_millis(), "chance": chance[0]})));
                made.extend(inputs.main().iter().cloned());
            }
        }
        Ok(Outputs::one(made))
    }
}

/// Both levels have nodes of the same names.
fn workflow(names: &[(&str, &str)]) -> Workflow {
    let nodes: Vec<Value> = names
        .iter()
        .map(|(name, kind)| json!({"name": name, "type": kind, "position": [0, 0], "retryOnFail": *kind == "test.failsOnce", "maxTries": 2}))
        .collect();
    let to = |next: &str| json!({"main": [[{"node": next, "type": "main", "index": 0}]]});
    let connections: Map<String, Value> = names.windows(2).map(|pair| (pair[0].0.to_owned(), to(pair[1].0))).collect();
    Workflow::from_value(json!({"nodes": nodes, "connections": connections, "settings": {"executionOrder": "v1"}})).unwrap()
}

struct Below;

#[async_trait]
impl WorkflowSource for Below {
    async fn find(&self, _reference: &str) -> Result<Option<Arc<Workflow>>, NodeError> {
        let trigger = "n8n-nodes-base.executeWorkflowTrigger";
        Ok(Some(Arc::new(workflow(&[("Begin", trigger), ("Send", "test.sends"), ("Retry", "test.failsOnce")]))))
    }

    async fn file(&self, _path: &str) -> Result<Arc<Workflow>, NodeError> {
        Err(NodeError::new("no files"))
    }
}

/// The run's status and JSON but for how long things took, and how many requests it sent.
async fn run(journal: Arc<Journal>) -> (Status, Value, usize) {
    let registry = Registry::new().with(vec![
        node("n8n-nodes-base.executeWorkflowTrigger", Does::Begins),
        node("test.sends", Does::Sends),
        node("test.failsOnce", Does::FailsOnce),
        node("test.looks", Does::Looks),
        node("test.calls", Does::Calls),
    ]);
    let top = workflow(&[
        ("Look", "test.looks"),
        ("Send", "test.sends"),
        ("Below", "test.calls"),
        ("Retry", "test.failsOnce"),
        ("Look again", "test.looks"),
    ]);
    let plan = Arc::new(Plan::new(&top, &registry, &PlanOptions::default()));
    let fakes = FakePorts::default();
    let sent = AtomicI64::new(0);
    fakes.http.respond(move |_| Ok(node_testkit::FakeHttp::json(200, &json!({"number": sent.fetch_add(1, Ordering::SeqCst)}))));
    let host = Host { registry, ports: fakes.ports(), workflows: Arc::new(Below), events: Arc::new(NoEvents), durable: journal };
    // More items than a chunk holds.
    let input = (0..1200).map(|i| Item::new(json!({"i": i}))).collect();
    let result = engine::run(plan, RunOptions { input: Some(input), ..RunOptions::new("Look") }, host).await;
    let mut text = Vec::new();
    let options = WriteOptions { items: ShownItems::All, locate: &|_| None, blobs: &*fakes.blobs, extra: Map::new() };
    write(&result, &options, &mut text).await.unwrap();
    let mut json: Value = serde_json::from_slice(&text).unwrap();
    for run in json["nodes"].as_object_mut().unwrap().values_mut().flat_map(|node| node["runs"].as_array_mut().unwrap()) {
        run.as_object_mut().unwrap().shift_remove("durationMs");
    }
    (result.status, json, fakes.http.requests().len())
}

#[tokio::test]
async fn a_run_is_done_again_from_its_journal_without_a_second_effect() {
    let journal = Arc::new(Journal::default());
    let (status, first, sent) = run(journal.clone()).await;
    assert_eq!(status, Status::Success, "{}", first["error"]);
    assert!(sent > 1000, "{sent}");
    let again = Arc::new(journal.again());
    let (_, second, sent) = run(again.clone()).await;
    assert_eq!(sent, 0, "nothing is sent a second time");
    assert!(first == second, "the same result");
    assert!(again.between.lock().unwrap().is_empty(), "as often asked for time and chance");
}
