//! One request an item, timed as n8n times them.
//!
//! n8n starts the requests of all items at once. With batching it only *waits before an item* whose index is a multiple of the
//! batch size; it does not wait for the batch, so batches overlap when answers are slow.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{Either, poll_fn, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use node_sdk::ports::Clock;

/// The longest timer of Node.js, in milliseconds.
const LONGEST: f64 = 2_147_483_647.0;

/// Batch size and pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// Items a batch, at least 1.
    pub size: usize,
    /// The pause before each batch but the first. Zero: no batching at all.
    pub interval: Duration,
}

impl Batching {
    /// From n8n's `batchSize` and `batchInterval` (milliseconds): a size of 0 or less means 1, an interval of 0 or less none.
    pub fn new(size: f64, interval_ms: f64) -> Self {
        let size = if size >= 1.0 { size as usize } else { 1 };
        let interval = if interval_ms > 0.0 { Duration::from_millis(interval_ms.min(LONGEST) as u64) } else { Duration::ZERO };
        Self { size, interval }
    }

    /// How long to wait before item `index` begins.
    pub fn pause_before(&self, index: usize) -> Option<Duration> {
        (index > 0 && !self.interval.is_zero() && index.is_multiple_of(self.size)).then_some(self.interval)
    }
}

/// When items begin.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Pauses between batches.
    pub batching: Option<Batching>,
    /// At most so many items are in flight; at least 1.
    pub in_flight: usize,
}

/// Runs `start(0)`, `start(1)`, … concurrently and gives their results in this order.
///
/// Each future has begun before the next one is made. Where `start` gives `None` no further item begins; those in flight are
/// awaited. The result is as long as the number of items begun.
pub async fn run<T, F>(count: usize, pace: Pace, clock: &dyn Clock, start: impl FnMut(usize) -> Option<F>) -> Vec<T>
where
    F: Future<Output = T>,
{
    let pause = |index| pace.batching.and_then(|batching| batching.pause_before(index));
    run_paced(count, pace.in_flight, clock, pause, start).await
}

/// [`run`], where each item says by itself how long to wait before it begins.
pub async fn run_paced<T, F>(
    count: usize,
    in_flight: usize,
    clock: &dyn Clock,
    mut pause_before: impl FnMut(usize) -> Option<Duration>,
    mut start: impl FnMut(usize) -> Option<F>,
) -> Vec<T>
where
    F: Future<Output = T>,
{
    let mut running = FuturesUnordered::new();
    let mut results: Vec<Option<T>> = Vec::with_capacity(count);
    for index in 0..count {
        if let Some(pause) = pause_before(index) {
            sleep(clock, pause, &mut running, |done| keep(&mut results, Some(done))).await;
        }
        while running.len() >= in_flight.max(1) {
            let done = running.next().await;
            keep(&mut results, done);
        }
        let Some(future) = start(index) else { break };
        results.push(None);
        running.push(async move { (index, future.await) });
        poll_fn(|cx| {
            while let Poll::Ready(Some(done)) = running.poll_next_unpin(cx) {
                keep(&mut results, Some(done));
            }
            Poll::Ready(())
        })
        .await;
    }
    while let Some(done) = running.next().await {
        keep(&mut results, Some(done));
    }
    results.into_iter().flatten().collect()
}

/// Waits, while what is running goes on.
pub(crate) async fn sleep<F: Future>(clock: &dyn Clock, pause: Duration, running: &mut FuturesUnordered<F>, mut done: impl FnMut(F::Output)) {
    let mut sleep = pin!(clock.sleep(pause));
    while !running.is_empty() {
        match select(sleep.as_mut(), running.next()).await {
            Either::Left(_) => return,
            Either::Right((result, _)) => result.into_iter().for_each(&mut done),
        }
    }
    sleep.await;
}

fn keep<T>(results: &mut [Option<T>], done: Option<(usize, T)>) {
    if let Some((index, value)) = done {
        results[index] = Some(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::time::Instant;

    struct Tokio;
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

    async fn begins(count: usize, pace: Pace, takes: u64) -> Vec<u128> {
        let t0 = Instant::now();
        let begun = Mutex::new(Vec::new());
        let results = run(count, pace, &Tokio, |i| {
            let begun = &begun;
            Some(async move {
                begun.lock().unwrap().push(t0.elapsed().as_millis());
                tokio::time::sleep(Duration::from_millis(takes)).await;
                i
            })
        })
        .await;
        assert_eq!(results, (0..count).collect::<Vec<_>>());
        begun.into_inner().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn batches_overlap() {
        let pace = Pace { batching: Some(Batching::new(2.0, 100.0)), in_flight: 64 };
        assert_eq!(begins(5, pace, 1000).await, [0, 0, 100, 100, 200]);
        assert_eq!(begins(5, pace, 10).await, [0, 0, 100, 100, 200]);
        let unbounded = Pace { batching: Some(Batching::new(0.0, 0.0)), in_flight: 64 };
        assert_eq!(begins(4, unbounded, 50).await, [0, 0, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_in_flight_than_told() {
        assert_eq!(begins(5, Pace { batching: None, in_flight: 2 }, 100).await, [0, 0, 100, 100, 200]);
    }

    #[tokio::test]
    async fn stops_starting_but_awaits_what_began() {
        let ended = AtomicUsize::new(0);
        let results = run(5, Pace { batching: None, in_flight: 8 }, &Tokio, |i| {
            let ended = &ended;
            (i < 2).then_some(async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                ended.fetch_add(1, Ordering::Relaxed);
                i
            })
        })
        .await;
        assert_eq!((results, ended.into_inner()), (vec![0, 1], 2));
    }
}
