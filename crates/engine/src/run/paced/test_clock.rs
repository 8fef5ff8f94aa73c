//! For tests: a clock whose pauses are tokio's, so that a test can stop time.

use std::time::Duration;

use node_sdk::ports::Clock;

/// The clock.
pub(super) struct Tokio;

#[async_trait::async_trait]
impl Clock for Tokio {
    fn now_millis(&self) -> i64 {
        0
    }
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}
