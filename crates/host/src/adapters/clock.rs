//! The system's clock, one that stands still, and that one beside an emulator.

use std::sync::Arc;
use std::time::{Duration, Instant};

use konverte_sandbox::Sandbox;
use node_sdk::async_trait;
use node_sdk::ports::Clock;

/// Real time.
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Measures from now on.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock port's system implementation")]
    fn now_millis(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |elapsed| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// The time of day stands still, and waits take no time; what is measured, and the time-outs, are real.
pub struct StandingClock {
    now_millis: i64,
    real: SystemClock,
}

impl StandingClock {
    /// It is this time, in milliseconds since 1970, until the end.
    pub fn new(now_millis: i64) -> Self {
        Self { now_millis, real: SystemClock::new() }
    }
}

#[async_trait]
impl Clock for StandingClock {
    fn now_millis(&self) -> i64 {
        self.now_millis
    }

    fn stands_still(&self) -> bool {
        true
    }

    /// Others have their turn, as in a wait.
    async fn sleep(&self, _duration: Duration) {
        tokio::task::yield_now().await;
    }

    fn monotonic(&self) -> Duration {
        self.real.monotonic()
    }

    async fn elapse(&self, duration: Duration) {
        self.real.sleep(duration).await;
    }
}

/// A clock that stands still, for an execution whose requests the emulator answers: there a wait takes its time, so that a rate limit is over
/// after it.
pub(crate) struct BesideEmulator {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) emulator: Arc<Sandbox>,
}

#[async_trait]
impl Clock for BesideEmulator {
    fn now_millis(&self) -> i64 {
        self.clock.now_millis()
    }

    fn stands_still(&self) -> bool {
        true
    }

    async fn sleep(&self, duration: Duration) {
        self.emulator.pass(duration);
        self.clock.sleep(duration).await;
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    async fn elapse(&self, duration: Duration) {
        self.clock.elapse(duration).await;
    }
}
