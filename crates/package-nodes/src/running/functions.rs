//! The functions of a declarative node: one job of its worker has them at hand for a run of the node, and does what it is told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use node_sdk::json::stringify;
use node_sdk::sync::lock;
use node_sdk::{Item, NodeError, RunContext};
use package_worker::protocol::{Job as Task, Payload};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};

use super::attending::{Order as Work, work};
use super::calls::Calls;
use super::crossing::{Answer, failed, parsed};
use super::files::Files;
use super::sessions::Owner;
use super::thrown::thrown;
use super::workers::Workers;
use super::{codes, hosts, node};
use crate::Job;
use crate::functions::{Answer as Response, Functions, IN_FLIGHT, Input, Options, Place, Request};

/// The functions of one run of a node. Its job begins with the first that is called.
pub(super) struct Held {
    workers: Arc<Workers>,
    job: Arc<Job>,
    cx: RunContext,
    desk: Arc<Desk>,
    begun: OnceLock<()>,
}

/// Orders, until they are done.
#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    /// Something has changed.
    news: Notify,
    /// No more orders come.
    closing: Notify,
    files: Files,
}

#[derive(Default)]
struct State {
    orders: BTreeMap<u64, Order>,
    /// Those that nobody has taken yet.
    open: VecDeque<u64>,
    last: u64,
    /// How many the job has been given.
    given: u64,
    /// The job has nothing to do until it gets another one.
    idle: bool,
    /// How many items have begun, and how many of them are under way.
    begun: usize,
    under_way: usize,
    /// No more come.
    closed: bool,
    /// Why nothing is done any more.
    over: Option<NodeError>,
}

struct Order {
    what: Value,
    body: Option<bytes::Bytes>,
    said: mpsc::UnboundedSender<Said>,
}

impl State {
    /// Whether what is at work waits for what never comes: no other item is under way, and none begins until one of these has ended.
    fn is_stuck(&self, items: Option<usize>) -> bool {
        let others = self.under_way > self.orders.len();
        let begins = self.under_way < IN_FLIGHT && items.is_some_and(|items| self.begun < items);
        self.idle && !self.orders.is_empty() && !others && !begins
    }
}

/// An item that is under way.
struct UnderWay(Arc<Desk>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&self.0.state).under_way -= 1;
        self.0.news.notify_one();
    }
}

/// What the job says of an order.
enum Said {
    Done(Result<(Value, Vec<bytes::Bytes>), NodeError>),
    /// It has to be sent for it, and whether it paused before.
    Send(Options, bool, oneshot::Sender<Result<Vec<Item>, NodeError>>),
}

impl Held {
    pub(super) fn new(workers: Arc<Workers>, job: Arc<Job>, cx: RunContext) -> Self {
        Self { workers, job, cx, desk: Arc::default(), begun: OnceLock::new() }
    }

    /// Has something done; `request` sends for it.
    async fn order(
        &self,
        input: &Input,
        mut what: Value,
        body: Option<bytes::Bytes>,
        request: Option<&dyn Request>,
    ) -> Result<(Value, Vec<bytes::Bytes>), NodeError> {
        what["item"] = input.index.into();
        what["input"] = self.desk.files.shown(&input.item);
        let (said, mut heard) = mpsc::unbounded_channel();
        self.desk.put(what, body, said)?;
        self.begun.get_or_init(|| drop(tokio::spawn(attend(self.workers.clone(), self.job.clone(), self.cx.clone(), self.desk.clone()))));
        while let Some(said) = heard.recv().await {
            match said {
                Said::Done(done) => return done,
                Said::Send(options, paused, answer) => {
                    let made = match request {
                        Some(request) => request.send(options, paused).await,
                        None => Err(NodeError::new("this.makeRoutingRequest is there for the pages of a list alone")),
                    };
                    // One that goes on all the same waits for an answer that never comes.
                    if let Err(error) = &made
                        && error.code == codes::ENDLESS
                    {
                        return Err(error.clone());
                    }
                    let _ = answer.send(made);
                }
            }
        }
        Err(NodeError::new("The function was not called"))
    }

    fn items(&self, made: &Value) -> Result<Vec<Item>, NodeError> {
        let items = parsed(&Payload::json(made["items"].as_str().unwrap_or_default().to_owned()))?;
        let Value::Array(items) = items else { return Ok(Vec::new()) };
        Ok(items.into_iter().map(|item| self.desk.files.taken(item)).collect())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.desk.close();
    }
}

#[async_trait]
impl Functions for Held {
    fn under_way(&self) -> Box<dyn Send> {
        let mut state = lock(&self.desk.state);
        state.begun += 1;
        state.under_way += 1;
        Box::new(UnderWay(self.desk.clone()))
    }

    async fn before(&self, item: &Input, places: &[Place], options: Options) -> Result<Options, NodeError> {
        let places: Vec<Value> = places.iter().map(Place::to_value).collect();
        let what = json!({"do": "before", "places": places, "options": options.options});
        let (mut made, buffers) = self.order(item, what, None, None).await?;
        Ok(Options { options: made["options"].take().as_object().cloned().unwrap_or_default(), buffers })
    }

    async fn after(&self, item: &Input, place: &Place, items: Vec<Item>, answer: &Response) -> Result<Vec<Item>, NodeError> {
        let shown = |item: &Item| request::helper::marks::escaped(self.desk.files.shown(item));
        let items: Vec<Value> = items.iter().map(shown).collect();
        let response = request::helper::marks::escaped(answer.full.clone());
        let what = json!({"do": "after", "place": place.to_value(), "items": items, "response": response, "bytes": answer.bytes.is_some()});
        let (made, _) = self.order(item, what, answer.bytes.clone(), None).await?;
        self.items(&made)
    }

    async fn pages(&self, item: &Input, place: &Place, options: Options, request: &dyn Request) -> Result<Vec<Item>, NodeError> {
        let what = json!({"do": "pages", "place": place.to_value(), "options": options.options});
        let (made, _) = self.order(item, what, None, Some(request)).await?;
        self.items(&made)
    }
}

/// The job: it takes orders until none come any more.
async fn attend(workers: Arc<Workers>, job: Arc<Job>, cx: RunContext, desk: Arc<Desk>) {
    let failed = match begin(&workers, &job, &cx, &desk).await {
        Ok(()) => NodeError::new("The functions of the node have ended"),
        Err(error) => error,
    };
    desk.fail(&failed);
}

async fn begin(workers: &Workers, job: &Job, cx: &RunContext, desk: &Desk) -> Result<(), NodeError> {
    let modules = workers.modules(&job.package)?;
    let cx = &hosts::guarded(cx, &job.package, &hosts::room());
    let calls = &Calls::new(job, cx, &desk.files).with_user_code(workers.user_code.clone());
    let order = Work {
        package: &job.package.name,
        modules: &modules,
        owner: Owner::workflow(&cx.workflow),
        now: cx.ports.clock.stands_still().then(|| cx.ports.clock.now_millis()),
        job: Task::Functions,
        payload: Payload::json(stringify(&node::about(job, &modules, cx, &[]))),
    };
    let explained = |payload: &Payload| calls.explained(thrown(&modules, payload));
    let answer = |name: String, payload: Payload| async move {
        match name.as_str() {
            "order" => desk.next(&payload, cx.count).await,
            "idle" => desk.idle(&payload),
            "did" => desk.did(&payload, &explained),
            "body" => desk.body(&payload),
            "routing" => desk.routing(&payload).await,
            _ => calls.answer(name, payload).await,
        }
    };
    tokio::select! {
        done = work(workers, &order, || calls.sent(), answer) => match done {
            Ok((true, _)) => Ok(()),
            Ok((false, payload)) => Err(explained(&payload)),
            Err(error) => Err(error),
        },
        () = desk.left() => Ok(()),
    }
}

/// The arguments of a call.
fn asked(payload: &Payload) -> Value {
    match parsed(payload) {
        Ok(Value::Array(mut arguments)) if !arguments.is_empty() => arguments.swap_remove(0),
        _ => Value::Null,
    }
}

fn done(value: &Value) -> Answer {
    (true, Payload::json(value.to_string()))
}

impl Desk {
    fn put(&self, mut what: Value, body: Option<bytes::Bytes>, said: mpsc::UnboundedSender<Said>) -> Result<(), NodeError> {
        let mut state = lock(&self.state);
        if let Some(error) = &state.over {
            return Err(error.clone());
        }
        state.last += 1;
        let id = state.last;
        what["id"] = id.into();
        state.orders.insert(id, Order { what, body, said });
        state.open.push_back(id);
        drop(state);
        self.news.notify_one();
        Ok(())
    }

    fn close(&self) {
        lock(&self.state).closed = true;
        self.news.notify_one();
        self.closing.notify_one();
    }

    /// Comes where functions are at work that nobody waits for any more.
    async fn left(&self) {
        self.closing.notified().await;
        if lock(&self.state).orders.is_empty() {
            std::future::pending().await
        }
    }

    /// The next order; a job that begins again gets those too that were under way.
    async fn next(&self, payload: &Payload, items: Option<usize>) -> Answer {
        if asked(payload)["fresh"] == true {
            let mut state = lock(&self.state);
            state.open = state.orders.keys().copied().collect();
            (state.given, state.idle) = (0, false);
        }
        loop {
            {
                let mut state = lock(&self.state);
                let next = match state.open.pop_front() {
                    Some(id) => Some(state.orders.get(&id).map(|order| order.what.clone()).unwrap_or_default()),
                    None => state.is_stuck(items).then(|| json!({"do": "end"})),
                };
                if let Some(what) = next {
                    state.given += 1;
                    state.idle = false;
                    return done(&what);
                }
                if state.closed {
                    return done(&Value::Null);
                }
            }
            self.news.notified().await;
        }
    }

    /// The job rests after so many orders. It may have been given another one meanwhile.
    fn idle(&self, payload: &Payload) -> Answer {
        let mut state = lock(&self.state);
        state.idle = asked(payload)["given"].as_u64() == Some(state.given);
        drop(state);
        self.news.notify_one();
        done(&Value::Null)
    }

    fn did(&self, payload: &Payload, thrown: &impl Fn(&Payload) -> NodeError) -> Answer {
        let mut told = asked(payload);
        let order = told["id"].as_u64().and_then(|id| lock(&self.state).orders.remove(&id));
        let Some(order) = order else { return failed(&NodeError::new("There is no such order")) };
        let result = match told["thrown"].as_str() {
            Some(error) => Err(thrown(&Payload::json(error.to_owned()))),
            None => Ok((told.take(), payload.buffers.clone())),
        };
        let _ = order.said.send(Said::Done(result));
        done(&Value::Null)
    }

    /// The body of the answer that an order is about.
    fn body(&self, payload: &Payload) -> Answer {
        let body = asked(payload)["id"].as_u64().and_then(|id| lock(&self.state).orders.get(&id)?.body.clone());
        match body {
            Some(body) => (true, Payload { json: r#"{"$buffer": 0}"#.into(), buffers: vec![body] }),
            None => failed(&NodeError::new("There is no such answer")),
        }
    }

    async fn routing(&self, payload: &Payload) -> Answer {
        let mut told = asked(payload);
        let said = told["id"].as_u64().and_then(|id| Some(lock(&self.state).orders.get(&id)?.said.clone()));
        let options = Options { options: told["options"].take().as_object().cloned().unwrap_or_default(), buffers: payload.buffers.clone() };
        let paused = told["paused"] == true;
        let (answer, answered) = oneshot::channel();
        let asked = said.is_some_and(|said| said.send(Said::Send(options, paused, answer)).is_ok());
        match answered.await {
            Ok(Ok(items)) if asked => {
                let items: Vec<Value> = items.iter().map(|item| self.files.shown(item)).collect();
                done(&Value::String(stringify(&Value::Array(items))))
            }
            Ok(Err(error)) => failed(&error),
            // Nobody waits for it any more.
            _ => std::future::pending().await,
        }
    }

    /// Nobody does what is still open.
    fn fail(&self, error: &NodeError) {
        let mut state = lock(&self.state);
        state.over = Some(error.clone());
        let orders = std::mem::take(&mut state.orders);
        drop(state);
        for order in orders.into_values() {
            let _ = order.said.send(Said::Done(Err(error.clone())));
        }
    }
}
