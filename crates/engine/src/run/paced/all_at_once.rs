//! One item after the other begins, timed as n8n times its requests.
//!
//! n8n starts the requests of all items at once. With batching it only *waits before an item* whose index is a multiple of the
//! batch size; it does not wait for the batch, so batches overlap when answers are slow.

use std::future::Future;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::poll_fn;
use futures_util::stream::{FuturesUnordered, StreamExt};
use node_sdk::ports::Clock;

use super::meanwhile;

/// Begins the items in their order, and gives their results in this order; `None`: it did not begin.
///
/// `pause_before(index)` says how long to wait, `prepare(index)` gets what `start(index, _)` begins with. Each has begun before the next
/// one is prepared. Where `goes_on` says no, no further item begins; those in flight are awaited.
pub(super) async fn run<D, T, F, W, P>(
    count: usize,
    in_flight: usize,
    clock: &dyn Clock,
    goes_on: impl Fn() -> bool,
    mut pause_before: impl FnMut(usize) -> W,
    mut prepare: impl FnMut(usize) -> P,
    mut start: impl FnMut(usize, D) -> F,
) -> Vec<Option<T>>
where
    F: Future<Output = T>,
    W: Future<Output = Option<Duration>>,
    P: Future<Output = D>,
{
    let mut running = FuturesUnordered::new();
    let mut results: Vec<Option<T>> = std::iter::repeat_with(|| None).take(count).collect();
    let keep = |results: &mut [Option<T>], (index, value): (usize, T)| results[index] = Some(value);
    for index in 0..count {
        let pause = meanwhile(pause_before(index), &mut running, |done| keep(&mut results, done)).await;
        if let Some(pause) = pause {
            meanwhile(clock.sleep(pause), &mut running, |done| keep(&mut results, done)).await;
        }
        while running.len() >= in_flight.max(1) {
            running.next().await.into_iter().for_each(|done| keep(&mut results, done));
        }
        if !goes_on() {
            break;
        }
        let what = meanwhile(prepare(index), &mut running, |done| keep(&mut results, done)).await;
        let future = start(index, what);
        running.push(async move { (index, future.await) });
        poll_fn(|cx| {
            while let Poll::Ready(Some(done)) = running.poll_next_unpin(cx) {
                keep(&mut results, done);
            }
            Poll::Ready(())
        })
        .await;
    }
    while let Some(done) = running.next().await {
        keep(&mut results, done);
    }
    results
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use node_sdk::paced::Batching;
    use tokio::time::Instant;

    use super::super::test_clock::Tokio;
    use super::*;

    /// When each item begins that takes so long, in milliseconds.
    async fn begins(count: usize, batching: Option<Batching>, in_flight: usize, takes: u64) -> Vec<u128> {
        let t0 = Instant::now();
        let begun = Mutex::new(Vec::new());
        let pause = |index| std::future::ready(batching.and_then(|batching| batching.pause_before(index)));
        let start = |index, ()| {
            let begun = &begun;
            async move {
                begun.lock().unwrap().push(t0.elapsed().as_millis());
                tokio::time::sleep(Duration::from_millis(takes)).await;
                index
            }
        };
        let results = run(count, in_flight, &Tokio, || true, pause, |_| std::future::ready(()), start).await;
        assert_eq!(results, (0..count).map(Some).collect::<Vec<_>>());
        begun.into_inner().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn batches_overlap() {
        let batching = Some(Batching::new(2.0, 100.0));
        assert_eq!(begins(5, batching, 64, 1000).await, [0, 0, 100, 100, 200]);
        assert_eq!(begins(5, batching, 64, 10).await, [0, 0, 100, 100, 200]);
        assert_eq!(begins(4, Some(Batching::new(0.0, 0.0)), 64, 50).await, [0, 0, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_in_flight_than_told() {
        assert_eq!(begins(5, None, 2, 100).await, [0, 0, 100, 100, 200]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_in_flight_goes_on_while_the_next_item_is_prepared() {
        let t0 = Instant::now();
        let prepare = |index| tokio::time::sleep(Duration::from_millis(if index == 1 { 100 } else { 0 }));
        let start = |_, ()| async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            t0.elapsed().as_millis()
        };
        let ended = run(2, 8, &Tokio, || true, |_| std::future::ready(None), prepare, start).await;
        assert_eq!(ended, [Some(10), Some(110)]);
    }

    #[tokio::test]
    async fn stops_starting_but_awaits_what_began() {
        let (begun, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let goes_on = || begun.load(Ordering::Relaxed) < 2;
        let start = |index, ()| {
            begun.fetch_add(1, Ordering::Relaxed);
            let ended = &ended;
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                ended.fetch_add(1, Ordering::Relaxed);
                index
            }
        };
        let results = run(5, 8, &Tokio, goes_on, |_| std::future::ready(None), |_| std::future::ready(()), start).await;
        assert_eq!((results, ended.into_inner()), (vec![Some(0), Some(1), None, None, None], 2));
    }
}
