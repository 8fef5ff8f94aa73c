//! What can end a run from outside: a person, or the clock.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
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
            () = self.reached(self.clock.monotonic().saturating_add(MOMENT)) => Err(reason),
        }
    }

    /// Comes back when the run is to stop, with the reason.
    ///
    /// It looks by itself at what it waits for: the runtime grants each poll so much, and where work beside it has used that up neither a timer of the
    /// runtime nor its `select` says that the time has come. Work that never rests uses it up each time.
    async fn stopped(&self) -> NodeError {
        let mut cancelled = pin!(self.cancel.cancelled());
        let mut late = pin!(self.late());
        poll_fn(|cx| match self.check() {
            Err(reason) => Poll::Ready(reason),
            Ok(()) if cancelled.as_mut().poll(cx).is_ready() => Poll::Ready(canceled()),
            Ok(()) => late.as_mut().poll(cx),
        })
        .await
    }

    /// Comes back when the deadline has passed.
    async fn late(&self) -> NodeError {
        match self.deadline {
            Some((deadline, given)) => {
                self.reached(deadline).await;
                out_of_time(given)
            }
            None => std::future::pending().await,
        }
    }

    /// Comes back at this reading of the monotonic clock. It looks at the clock by itself, as [`Self::stopped`] does.
    async fn reached(&self, end: Duration) {
        let mut timer = pin!(self.clock.elapse(end.saturating_sub(self.clock.monotonic())));
        poll_fn(|cx| if self.clock.monotonic() >= end { Poll::Ready(()) } else { timer.as_mut().poll(cx) }).await;
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    struct Real(Instant);

    #[async_trait::async_trait]
    impl Clock for Real {
        fn now_millis(&self) -> i64 {
            0
        }
        async fn sleep(&self, duration: Duration) {
            tokio::time::sleep(duration).await;
        }
        fn monotonic(&self) -> Duration {
            self.0.elapsed()
        }
    }

    #[tokio::test]
    async fn work_that_never_rests_is_stopped_in_time() {
        let clock = Arc::new(Real(Instant::now()));
        let control = Control::new(clock.clone(), Cancel::default(), Some(Duration::from_millis(50)));
        // It leaves nothing of what the runtime grants a poll.
        let busy = || async {
            while clock.monotonic() < Duration::from_secs(3) {
                tokio::task::coop::consume_budget().await;
            }
        };
        assert_eq!(control.guard(busy()).await.unwrap_err().code, codes::TIMEOUT);
        assert_eq!(control.let_finish(busy()).await.unwrap_err().code, codes::TIMEOUT);
        assert!(clock.monotonic() < Duration::from_secs(2));
    }
}
