//! The ports of one try of one node's run: what a node does through them is journaled, and ends when the run is stopped.

mod services;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use node_sdk::NodeError;
use node_sdk::ports::{Clock, HttpClient, HttpError, HttpErrorKind, HttpOptions, HttpRequest, HttpResponse, KnownBy, Random};
use node_sdk::sync::lock;

use super::at_work::{AtWork, Came};
use super::control::Control;
use super::fingerprint;
use super::state::State;
use crate::codes;
use crate::durable::{ExchangeOutcome, StepKey, StepKind, StepResult};

/// Requests, time and chance for a node at work.
pub(super) struct StepPorts {
    state: Arc<State>,
    work: Arc<AtWork>,
    control: Control,
    /// Of the try; each request has its own kind of step.
    key: StepKey,
    /// How many waits it asked for.
    pauses: AtomicUsize,
    /// How many requests were sent, by the first of those that they are counted among.
    sent: Mutex<HashMap<StepKind, usize>>,
}

impl StepPorts {
    pub(super) fn new(state: Arc<State>, work: Arc<AtWork>, control: Control, key: StepKey) -> Self {
        Self { state, work, control, key, pauses: AtomicUsize::new(0), sent: Mutex::default() }
    }

    fn exchange(&self, request: &HttpRequest) -> StepKey {
        let item = sender(request);
        match request.options.known_by {
            KnownBy::Place => self.counted(item, None),
            KnownBy::Request => self.counted(item, Some(fingerprint::address(request))),
            KnownBy::SharedRequest => self.counted(None, Some(fingerprint::address(request))),
        }
    }

    /// The key of the next one of these.
    fn counted(&self, item: Option<usize>, request: Option<Arc<str>>) -> StepKey {
        let kind = |number| StepKind::Exchange { item, request: request.clone(), number };
        let mut sent = lock(&self.sent);
        let count = sent.entry(kind(0)).or_default();
        *count += 1;
        StepKey { kind: kind(*count - 1), ..self.key.clone() }
    }

    fn stopped(&self, reason: &NodeError, maybe_sent: bool) -> HttpError {
        self.work.cut();
        HttpError { kind: HttpErrorKind::Stopped, message: reason.message.clone(), maybe_sent }
    }
}

/// A request on its way, with the item that it is sent for. Where nobody waits for its end any more, as when the process ended that runs the
/// node's code, nobody will know what it did.
struct OnItsWay {
    work: Arc<AtWork>,
    item: Option<usize>,
    /// It changes nothing, whatever becomes of it.
    reads: bool,
    ended: bool,
}

impl OnItsWay {
    fn new(work: &Arc<AtWork>, item: Option<usize>, reads: bool) -> Self {
        Self { work: work.clone(), item, reads, ended: false }
    }

    fn ends(mut self, came: Came) {
        self.ended = true;
        self.work.sent(self.item, came);
    }
}

fn came(result: &Result<HttpResponse, HttpError>, reads: bool) -> Came {
    match result {
        Ok(answer) if !answer.leaves_open() => Came::Answered { good: answer.status < 400 },
        Err(error) if !error.maybe_sent => Came::NotSent,
        _ if reads => Came::NotSent,
        Ok(answer) => Came::Open { good: answer.status < 400 },
        Err(_) => Came::Open { good: false },
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if !self.ended && !self.reads {
            self.work.given_up(self.item);
        }
    }
}

/// The item that it is sent for.
fn sender(request: &HttpRequest) -> Option<usize> {
    request.options.sender.as_ref().and_then(|sender| sender.item)
}

fn divergence(method: &str) -> NodeError {
    let message = format!("The workflow does not do again what it did: a {method} request has another body than the one that was sent in its place");
    let error = NodeError::coded(codes::DIVERGED, message).named("Error");
    let help = "Nothing was sent. Let a node before this one put out what comes of time or chance, or run the workflow anew.";
    NodeError { fatal: true, ..error.help(help) }
}

#[async_trait]
impl HttpClient for StepPorts {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.control.check().map_err(|reason| self.stopped(&reason, false))?;
        if let Some(reason) = self.work.divergence() {
            return Err(self.stopped(&reason, false));
        }
        let (item, method) = (sender(&request), request.method.clone());
        let HttpOptions { only_reads, for_session, .. } = request.options;
        let reads = only_reads || for_session || matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS");
        let key = self.exchange(&request);
        let known_by_place = request.options.known_by == KnownBy::Place;
        let body = (!known_by_place).then(|| fingerprint::body(&request.body));
        let sent = body.clone();
        let work = async { StepResult::Exchange(ExchangeOutcome { result: self.state.ports.http.send(request).await, body: sent }) };
        let on_its_way = OnItsWay::new(&self.work, item, reads);
        // Outside of the step: a request that was given up has no result to keep.
        let done = self.control.guard(self.state.durable.step(key, Box::pin(work))).await;
        let result = match done {
            Err(reason) => Err(self.stopped(&reason, true)),
            Ok(StepResult::Exchange(kept)) if kept.body != body => Err(self.stopped(&self.work.diverge(divergence(&method)), false)),
            Ok(StepResult::Exchange(answer)) => answer.result,
            Ok(_) => {
                let message = "The journal holds something else in the place of an answer".to_owned();
                Err(HttpError { kind: HttpErrorKind::Other, message, maybe_sent: false })
            }
        };
        on_its_way.ends(came(&result, reads));
        result.map_err(|mut error| {
            if let Some(entry) = error.take_entry() {
                self.work.unanswered(error.message.clone(), entry);
            }
            error
        })
    }
}

#[async_trait]
impl Clock for StepPorts {
    fn now_millis(&self) -> i64 {
        self.work.now()
    }

    fn stands_still(&self) -> bool {
        self.state.ports.clock.stands_still()
    }

    /// Ends early when the run is stopped.
    async fn sleep(&self, duration: Duration) {
        if self.control.guard(self.state.ports.clock.sleep(duration)).await.is_err() {
            self.work.cut();
        }
    }

    async fn wait(&self, duration: Duration) -> Result<(), NodeError> {
        let kind = StepKind::Pause(self.pauses.fetch_add(1, Ordering::Relaxed));
        let wait = self.state.durable.sleep(StepKey { kind, ..self.key.clone() }, duration);
        self.control.guard(wait).await.inspect_err(|_| self.work.cut())
    }

    async fn elapse(&self, duration: Duration) {
        if self.control.guard(self.state.ports.clock.elapse(duration)).await.is_err() {
            self.work.cut();
        }
    }

    fn monotonic(&self) -> Duration {
        self.state.ports.clock.monotonic()
    }
}

impl Random for StepPorts {
    fn fill(&self, buffer: &mut [u8]) {
        self.work.random(buffer);
    }
}
