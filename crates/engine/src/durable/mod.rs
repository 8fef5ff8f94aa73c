//! What a run needs so that it can survive a crash.
//!
//! Nodes and expressions take requests, the time of day and chance from here alone. Three kinds of work are told apart:
//!
//! * each request, mail or list of statements that a node sends ([`StepKind::Exchange`]): of 5,000 items that died at 3,000 the next
//!   process sends 2,000;
//! * a node's run, or a chunk of it, that has an effect (`Descriptor::effect`), or that asked for time or chance
//!   ([`StepKind::Chunk`]), with what it changed in the static data;
//! * everything else is computed again and comes out the same.
//!
//! The first two are *steps*, and so are the wait before another try of a node and the one that a Wait node asks for
//! ([`Durable::sleep`]): they may be long, and are not begun anew.
//! Not everything that takes time is one. A pause between requests (batching, `Retry-After`) is a part of the step that pauses: it
//! protects the server, so a process that does the step again pauses again. The monotonic clock measures durations, which are of this
//! process, and the time-out, so a run that goes on has its whole time again. Nothing of them gets into an item.
//!
//! A journal that keeps what steps came to can run the same interpreter again and come to the same place, and no node knows.
//! [`InMemory`] keeps nothing.

mod record;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use node_sdk::error::codes;
use node_sdk::ports::{Clock, HttpError, HttpResponse, MailReceipt, Random, ServiceError, SqlOutcome, SubworkflowSource};
use node_sdk::sync::lock;
use node_sdk::{Item, ItemList, NodeError, Outputs};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Names one step of a run: stable over restarts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepKey {
    /// Which execution inside the run: empty for the run itself; for a sub-workflow's the calls that led to it, as
    /// [`Durable::child`] is told them.
    pub execution: Arc<str>,
    /// The node.
    pub node: Arc<str>,
    /// The run of that node.
    pub run: usize,
    /// The try of that run, from 0 (`retryOnFail`).
    pub attempt: usize,
    /// What it is.
    pub kind: StepKind,
}

/// What a step of a node's run is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StepKind {
    /// A chunk of its items, from 0; the whole run of a node that takes all at once.
    Chunk(usize),
    /// A request, told from the others of the node's run as [`node_sdk::ports::KnownBy`] says; a mail or statements, told by their place.
    Exchange {
        /// The input item that it is sent for, where it is sent for one.
        item: Option<usize>,
        /// A hash of its method and address, where the order of requests is not the same each time.
        request: Option<Arc<str>>,
        /// Its number among those for that item, or among equal ones, from 0: pages, attempts, the answer to a challenge.
        number: usize,
    },
    /// The wait before this try.
    Wait,
    /// A wait that the node itself asks for (Wait), from 0.
    Pause(usize),
}

/// What a step came to. It can be written to a journal and read back, with the handles of files; their content is the
/// business of [`node_sdk::Blobs`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum StepResult {
    /// What a node's work came to.
    Run(NodeOutcome),
    /// What a request came to.
    Exchange(ExchangeOutcome),
    /// What became of a mail.
    Mail(Result<MailReceipt, ServiceError>),
    /// What became of statements for a database.
    Sql(Result<Vec<SqlOutcome>, ServiceError>),
    /// The run was stopped while the work went on. It may have done a part, and what it came to must not be kept.
    Cut,
}

/// What a request came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExchangeOutcome {
    /// The answer, or why there is none.
    pub result: Result<HttpResponse, HttpError>,
    /// A hash of the body that was sent, where the request is known by its address: one that has the same key and another body is not
    /// the same request, and ends the run. Headers are not in it, for they hold signatures, tokens, keys made by chance.
    pub body: Option<String>,
}

/// What a node's run, or a chunk of it, came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NodeOutcome {
    /// What it put out.
    #[serde(with = "record::outputs")]
    pub result: Result<Outputs, NodeError>,
    /// The sub-workflows that it called and does not wait for. They begin when this is kept, and again in each replay: what
    /// they had done is told by their own steps.
    pub begun: Vec<StartedSubworkflow>,
    /// The maps of static data that it had asked for, as it left them. They are put back where it does not run again.
    pub static_data: Vec<StaticMap>,
}

/// A map of the static data, as a step left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StaticMap {
    /// The workflow whose it is, where it is one that was called; `None`: the execution's own.
    pub workflow: Option<String>,
    /// The node whose it is; `None`: the workflow's own.
    pub node: Option<String>,
    /// Whether it is no static data but what the execution tells of itself, `$execution.customData`.
    #[serde(default)]
    pub custom: bool,
    /// What it holds.
    pub data: Map<String, Value>,
}

/// A sub-workflow that nobody waits for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StartedSubworkflow {
    /// Names its execution as the keys of its steps do.
    pub execution: Arc<str>,
    /// Which.
    pub source: SubworkflowSource,
    /// Items for its trigger.
    #[serde(with = "record::items")]
    pub items: Vec<Item>,
}

/// A run's link to its journal.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
/// use std::time::Duration;
/// use engine::{StepResult, Durable, InMemory, StepKind, StepKey};
/// use futures_util::future::BoxFuture;
/// use node_sdk::{ItemList, NodeError, async_trait};
/// use serde_json::Value;
///
/// /// Keeps what steps came to, for as long as it lives; the rest is as without a journal.
/// struct Kept {
///     steps: Mutex<HashMap<StepKey, StepResult>>,
///     rest: InMemory,
/// }
///
/// #[async_trait]
/// impl Durable for Kept {
///     async fn step(&self, key: StepKey, work: BoxFuture<'_, StepResult>) -> StepResult {
///         let kept = self.steps.lock().unwrap().get(&key).cloned();
///         if let Some(done) = kept {
///             return done;
///         }
///         let done = work.await;
///         // What was stopped on the way is no result.
///         if !matches!(done, StepResult::Cut) {
///             self.steps.lock().unwrap().insert(key, done.clone());
///         }
///         done
///     }
///     async fn sleep(&self, key: StepKey, duration: Duration) {
///         self.rest.sleep(key, duration).await;
///     }
///     async fn signal(&self, key: StepKey) -> Result<Value, NodeError> {
///         self.rest.signal(key).await
///     }
///     async fn child(&self, execution: &str, work: BoxFuture<'_, Result<Vec<ItemList>, NodeError>>) -> Result<Vec<ItemList>, NodeError> {
///         self.rest.child(execution, work).await
///     }
///     fn now(&self) -> i64 {
///         self.rest.now()
///     }
///     fn random(&self, buffer: &mut [u8]) {
///         self.rest.random(buffer);
///     }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let ports = node_testkit::FakePorts::default().ports();
/// # let rest = InMemory::new(ports.clock.clone(), ports.random.clone());
/// let journal = Kept { steps: Mutex::default(), rest };
/// let key = StepKey { execution: "".into(), node: "Send".into(), run: 0, attempt: 0, kind: StepKind::Chunk(0) };
/// let made = engine::NodeOutcome { result: Ok(node_sdk::Outputs::nothing()), begun: Vec::new(), static_data: Vec::new() };
/// journal.step(key.clone(), Box::pin(async { StepResult::Run(made) })).await;
/// let again = journal.step(key, Box::pin(async { unreachable!("it was done before") })).await;
/// assert!(matches!(again, StepResult::Run(_)));
/// # });
/// ```
#[async_trait]
pub trait Durable: Send + Sync {
    /// Does the work, or gives back what it came to when it was done before.
    ///
    /// The work of a [`StepKind::Chunk`] may hold steps of its own, for each request one. A journal that cannot nest them lets such
    /// work run, its requests answered, and keeps what it comes to.
    async fn step(&self, key: StepKey, work: BoxFuture<'_, StepResult>) -> StepResult;
    /// Waits, over restarts too.
    async fn sleep(&self, key: StepKey, duration: Duration);
    /// Waits for a value from outside (a webhook that resumes the run).
    async fn signal(&self, key: StepKey) -> Result<Value, NodeError>;
    /// Runs a sub-workflow as an execution of its own, waited for or not. `execution` names it as the keys of its steps do. The work is
    /// done in each replay: what it comes to is in its own steps, and there is nothing to keep of it beside.
    async fn child(&self, execution: &str, work: BoxFuture<'_, Result<Vec<ItemList>, NodeError>>) -> Result<Vec<ItemList>, NodeError>;
    /// Milliseconds since 1970-01-01 UTC. Nothing of it needs to be kept, nor of [`Durable::random`]: what a node made of it
    /// is a step, and the rest (when a run began, its id) is the run's own record.
    fn now(&self) -> i64;
    /// Fills the buffer with chance.
    fn random(&self, buffer: &mut [u8]);
}

/// A step whose work is a node's. `cut` says of its result that it is only a part, because the run was stopped meanwhile: it is
/// the node's last word all the same.
pub(crate) async fn run_step<W>(
    durable: &dyn Durable,
    key: StepKey,
    work: W,
    cut: impl Fn(&Result<Outputs, NodeError>) -> bool + Send + Sync,
) -> NodeOutcome
where
    W: Future<Output = NodeOutcome> + Send,
{
    let part = Mutex::new(None);
    let work = async {
        let made = work.await;
        if cut(&made.result) {
            *lock(&part) = Some(made.result);
            return StepResult::Cut;
        }
        StepResult::Run(made)
    };
    let done = durable.step(key, Box::pin(work)).await;
    let broken = || Err(NodeError::coded(crate::codes::NODE_BROKE, "The journal holds something else in the place of a node's run"));
    let last_word = |result| NodeOutcome { result, begun: Vec::new(), static_data: Vec::new() };
    match done {
        StepResult::Run(made) => made,
        StepResult::Cut => last_word(lock(&part).take().unwrap_or_else(broken)),
        StepResult::Exchange(_) | StepResult::Mail(_) | StepResult::Sql(_) => last_word(broken()),
    }
}

/// Keeps nothing: a run that ends with its process.
pub struct InMemory {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl InMemory {
    /// Time and chance come from these ports.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random }
    }
}

#[async_trait]
impl Durable for InMemory {
    async fn step(&self, _key: StepKey, work: BoxFuture<'_, StepResult>) -> StepResult {
        work.await
    }

    async fn sleep(&self, _key: StepKey, duration: Duration) {
        self.clock.sleep(duration).await;
    }

    async fn signal(&self, key: StepKey) -> Result<Value, NodeError> {
        let message = format!("\"{}\" waits for a call from outside, and this run cannot be resumed", key.node);
        Err(NodeError::coded(codes::UNAVAILABLE, message).help("Run it with a data folder, so that it can be resumed."))
    }

    async fn child(&self, _execution: &str, work: BoxFuture<'_, Result<Vec<ItemList>, NodeError>>) -> Result<Vec<ItemList>, NodeError> {
        work.await
    }

    fn now(&self) -> i64 {
        self.clock.now_millis()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.random.fill(buffer);
    }
}
