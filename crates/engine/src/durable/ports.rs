//! The ports of one try of one node's run: what a node does through them is journaled, and ends when the run is stopped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use node_sdk::NodeError;
use node_sdk::ports::{Clock, HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpResponse, Random};

use super::{Done, Part, StepKey};
use crate::run::{Control, State, lock};

/// Requests, time and chance for a node at work.
pub(crate) struct StepPorts {
    state: Arc<State>,
    control: Control,
    /// Of the try; each request has its own part.
    key: StepKey,
    /// How many requests were sent for each item.
    sent: Mutex<HashMap<Option<usize>, usize>>,
}

impl StepPorts {
    pub(crate) fn new(state: Arc<State>, control: Control, key: StepKey) -> Self {
        Self { state, control, key, sent: Mutex::default() }
    }

    fn exchange(&self, item: Option<usize>) -> StepKey {
        let mut sent = lock(&self.sent);
        let count = sent.entry(item).or_default();
        *count += 1;
        StepKey { part: Part::Exchange { item, number: *count - 1 }, ..self.key.clone() }
    }

    fn stopped(&self, reason: &NodeError, maybe_sent: bool) -> HttpError {
        self.state.at_work.cut();
        HttpError { kind: HttpErrorKind::Stopped, message: reason.message.clone(), maybe_sent }
    }
}

#[async_trait]
impl HttpClient for StepPorts {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.control.check().map_err(|reason| self.stopped(&reason, false))?;
        let item = request.options.sender.as_ref().map(|sender| sender.item);
        let key = self.exchange(item);
        let work = async { Done::Answer(self.state.ports.http.send(request).await) };
        // Outside of the step: a request that was given up has no result to keep.
        let done = self.control.guard(self.state.durable.step(key, Box::pin(work))).await;
        let result = match done {
            Err(reason) => Err(self.stopped(&reason, true)),
            Ok(Done::Answer(answer)) => answer,
            Ok(Done::Run(_) | Done::Cut) => {
                let message = "The journal holds something else in the place of an answer".to_owned();
                Err(HttpError { kind: HttpErrorKind::Other, message, maybe_sent: false })
            }
        };
        self.state.at_work.sent(item, &result);
        result
    }
}

#[async_trait]
impl Clock for StepPorts {
    fn now_millis(&self) -> i64 {
        self.state.now()
    }

    /// Ends early when the run is stopped.
    async fn sleep(&self, duration: Duration) {
        if self.control.guard(self.state.ports.clock.sleep(duration)).await.is_err() {
            self.state.at_work.cut();
        }
    }

    fn monotonic(&self) -> Duration {
        self.state.ports.clock.monotonic()
    }
}

impl Random for StepPorts {
    fn fill(&self, buffer: &mut [u8]) {
        self.state.random(buffer);
    }
}
