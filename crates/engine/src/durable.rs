//! What a run needs so that it can survive a crash.
//!
//! The interpreter takes time, chance and the results of effects from here alone. An implementation that keeps them
//! in a journal can run the same interpreter again and come to the same place; [`InMemory`] keeps nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use node_sdk::error::codes;
use node_sdk::ports::{Clock, Random};
use node_sdk::{Item, NodeError, Outputs};
use serde_json::Value;

/// Names one step of a run: stable over restarts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StepKey {
    /// Which execution inside the run: empty for the run itself; for a sub-workflow's the calls that led to it, as
    /// [`Durable::child`] is told them. Their random ids would not do: a restart makes others.
    pub execution: Arc<str>,
    /// The node.
    pub node: Arc<str>,
    /// The run of that node.
    pub run: usize,
    /// The try of that run, from 0 (`retryOnFail`).
    pub attempt: usize,
    /// The chunk of its items, from 0.
    pub chunk: usize,
}

/// What a step came to.
pub type StepResult = Result<Outputs, NodeError>;

/// A run's link to its journal.
#[async_trait]
pub trait Durable: Send + Sync {
    /// Does something with an effect, or gives back what it came to when it was done before.
    async fn step(&self, key: StepKey, work: BoxFuture<'_, StepResult>) -> StepResult;
    /// Waits, over restarts too.
    async fn sleep(&self, key: StepKey, duration: Duration);
    /// Waits for a value from outside (a webhook that resumes the run).
    async fn signal(&self, key: StepKey) -> Result<Value, NodeError>;
    /// Runs a sub-workflow as an execution of its own. `execution` names it as the keys of its steps do.
    async fn child(&self, execution: &str, work: BoxFuture<'_, Result<Vec<Vec<Item>>, NodeError>>) -> Result<Vec<Vec<Item>>, NodeError>;
    /// Milliseconds since 1970-01-01 UTC. Asked inside a step's work, as [`Durable::random`] can be too, the answer is a part
    /// of what that step came to: a journal need not keep it.
    fn now(&self) -> i64;
    /// Fills the buffer with chance.
    fn random(&self, buffer: &mut [u8]);
}

/// Time and chance as nodes ask for them, from the run's journal. How long something takes is measured anew.
pub(crate) struct DurablePorts {
    pub(crate) durable: Arc<dyn Durable>,
    pub(crate) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Clock for DurablePorts {
    fn now_millis(&self) -> i64 {
        self.durable.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration).await;
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }
}

impl Random for DurablePorts {
    fn fill(&self, buffer: &mut [u8]) {
        self.durable.random(buffer);
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

    async fn child(&self, _execution: &str, work: BoxFuture<'_, Result<Vec<Vec<Item>>, NodeError>>) -> Result<Vec<Vec<Item>>, NodeError> {
        work.await
    }

    fn now(&self) -> i64 {
        self.clock.now_millis()
    }

    fn random(&self, buffer: &mut [u8]) {
        self.random.fill(buffer);
    }
}
