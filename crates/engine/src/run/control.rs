//! What can end a run from outside: a person, or the clock.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use node_sdk::NodeError;
use node_sdk::ports::Clock;

use crate::cancel::Cancel;
use crate::codes;

/// How long a node may take to hand over what it has done when the run is stopped.
const MOMENT: Duration = Duration::from_millis(250);

/// Watches for cancellation and for the deadline; shared with sub-workflows.
#[derive(Clone)]
pub(crate) struct Control {
    clock: Arc<dyn Clock>,
    cancel: Cancel,
    /// Reading of the monotonic clock at which the run must end, and the time it was given.
    deadline: Option<(Duration, Duration)>,
}

impl Control {
    pub(crate) fn new(clock: Arc<dyn Clock>, cancel: Cancel, timeout: Option<Duration>) -> Self {
        Self { clock, cancel, deadline: None }.within(timeout)
    }

    /// The same bounds, and no more than this time from now.
    pub(crate) fn within(self, timeout: Option<Duration>) -> Self {
        let own = timeout.map(|given| (self.clock.monotonic().saturating_add(given), given));
        let deadline = self.deadline.into_iter().chain(own).min();
        Self { deadline, ..self }
    }

    /// The reason to stop, where there is one.
    pub(crate) fn check(&self) -> Result<(), NodeError> {
        if self.cancel.is_cancelled() {
            return Err(canceled());
        }
        match self.deadline {
            Some((deadline, given)) if self.clock.monotonic() >= deadline => Err(out_of_time(given)),
            _ => Ok(()),
        }
    }

    /// The work's result, unless the run is stopped first; the work is dropped then.
    pub(crate) async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, NodeError> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            reason = self.stopped() => Err(reason),
        }
    }

    /// The work's result. When the run is stopped first, the work has a moment to hand over what it has done.
    pub(crate) async fn let_finish<T>(&self, work: impl Future<Output = T>) -> Result<T, NodeError> {
        let mut work = pin!(work);
        let reason = tokio::select! {
            biased;
            done = work.as_mut() => return Ok(done),
            reason = self.stopped() => reason,
        };
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = self.clock.elapse(MOMENT) => Err(reason),
        }
    }

    /// Comes back when the run is to stop, with the reason.
    async fn stopped(&self) -> NodeError {
        let late = async {
            match self.deadline {
                Some((deadline, given)) => {
                    self.clock.elapse(deadline.saturating_sub(self.clock.monotonic())).await;
                    given
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => canceled(),
            given = late => out_of_time(given),
        }
    }
}

/// Whether the error is a stop of this run; that of a sub-workflow which ran out of its own time is not fatal.
pub(crate) fn is_stop(error: &NodeError) -> bool {
    error.fatal && (error.code == codes::TIMEOUT || error.code == codes::CANCELED)
}

fn canceled() -> NodeError {
    let error = NodeError::coded(codes::CANCELED, "The run was stopped from outside").named("Error");
    NodeError { fatal: true, ..error }
}

fn out_of_time(given: Duration) -> NodeError {
    let message = format!("The run was stopped after {given:?}, the time it was given");
    let error = NodeError::coded(codes::TIMEOUT, message).named("Error").help("Give it more time, or let it handle fewer items.");
    NodeError { fatal: true, ..error }
}
