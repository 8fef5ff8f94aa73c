//! Items that may belong to one record: those of a record run one after the other, in their order, and all others side by side.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::task::Poll;

use futures_util::future::poll_fn;
use futures_util::stream::{FuturesUnordered, StreamExt};
use node_sdk::ports::Clock;

use node_sdk::paced::Pace;

use super::meanwhile;

/// Items that wait for their record at most, so that those behind them are looked at: they hold what they will send.
const WAITING: usize = 4096;

/// When an item may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// As soon as there is room.
    Free,
    /// When those before it are done that name the same record.
    Record(String),
    /// When all before it have begun: it ends the run, perhaps, and must not overtake them.
    Last,
}

/// An item that has not begun.
struct Waiting<D> {
    index: usize,
    record: Option<String>,
    what: D,
}

/// Which items begin next.
struct Queue<D> {
    /// Records that an item is busy with, and the items that wait for them.
    records: HashMap<String, VecDeque<(usize, D)>>,
    /// Items that waited and may begin.
    ready: VecDeque<Waiting<D>>,
    /// An item whose start is [`Start::Last`]; nothing is looked at behind it.
    last: Option<Waiting<D>>,
    waiting: usize,
}

impl<D> Queue<D> {
    /// Takes up an item; gives it back where it may begin at once.
    fn take(&mut self, index: usize, start: Start, what: D) -> Option<Waiting<D>> {
        match start {
            Start::Free => Some(Waiting { index, record: None, what }),
            Start::Last => {
                self.last = Some(Waiting { index, record: None, what });
                None
            }
            Start::Record(record) => {
                if let Some(line) = self.records.get_mut(&record) {
                    line.push_back((index, what));
                    self.waiting += 1;
                    return None;
                }
                self.records.insert(record.clone(), VecDeque::new());
                Some(Waiting { index, record: Some(record), what })
            }
        }
    }

    /// An item of this record is done: the next one may begin.
    fn done(&mut self, record: Option<String>) {
        let Some(record) = record else { return };
        match self.records.get_mut(&record).and_then(VecDeque::pop_front) {
            Some((index, what)) => self.ready.push_back(Waiting { index, record: Some(record), what }),
            None => _ = self.records.remove(&record),
        }
    }

    /// An item that waited and may begin now.
    fn next(&mut self) -> Option<Waiting<D>> {
        if let Some(ready) = self.ready.pop_front() {
            self.waiting -= 1;
            return Some(ready);
        }
        if self.waiting == 0 { self.last.take() } else { None }
    }
}

/// Runs items concurrently: `prepare(0)`, `prepare(1)`, … say when each may begin and with what, and `start` begins it.
///
/// Where `goes_on` says no, no further item begins; those in flight are awaited. With pauses between batches no item overtakes one that
/// waits. The results are in the items' order; `None`: it did not begin.
pub(super) async fn run<D, T, F, P>(
    count: usize,
    pace: Pace,
    clock: &dyn Clock,
    goes_on: impl Fn() -> bool,
    mut prepare: impl FnMut(usize) -> P,
    mut start: impl FnMut(usize, D) -> F,
) -> Vec<Option<T>>
where
    F: Future<Output = T>,
    P: Future<Output = (Start, D)>,
{
    let mut running = FuturesUnordered::new();
    let mut results: Vec<Option<T>> = std::iter::repeat_with(|| None).take(count).collect();
    let mut queue = Queue { records: HashMap::new(), ready: VecDeque::new(), last: None, waiting: 0 };
    let most_waiting = if pace.batching.is_some() { 0 } else { WAITING };
    let mut next = 0;
    loop {
        while running.len() < pace.in_flight.max(1) && goes_on() {
            let ready = match queue.next() {
                Some(ready) => Some(ready),
                None if next == count || queue.last.is_some() || queue.waiting > most_waiting => break,
                None => {
                    if let Some(pause) = pace.batching.and_then(|batching| batching.pause_before(next)) {
                        meanwhile(clock.sleep(pause), &mut running, |done| settle(&mut results, &mut queue, done)).await;
                        if !goes_on() {
                            break;
                        }
                    }
                    let (start, what) = meanwhile(prepare(next), &mut running, |done| settle(&mut results, &mut queue, done)).await;
                    next += 1;
                    queue.take(next - 1, start, what)
                }
            };
            if let Some(Waiting { index, record, what }) = ready {
                let future = start(index, what);
                running.push(async move { (index, record, future.await) });
            }
            poll_fn(|cx| {
                while let Poll::Ready(Some(done)) = running.poll_next_unpin(cx) {
                    settle(&mut results, &mut queue, done);
                }
                Poll::Ready(())
            })
            .await;
        }
        match running.next().await {
            Some(done) => settle(&mut results, &mut queue, done),
            None => return results,
        }
    }
}

fn settle<D, T>(results: &mut [Option<T>], queue: &mut Queue<D>, (index, record, result): (usize, Option<String>, T)) {
    results[index] = Some(result);
    queue.done(record);
}

#[cfg(test)]
mod tests {
    use super::super::test_clock::Tokio;
    use super::*;
    use node_sdk::paced::{Batching, Order, Stops};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;
    use tokio::time::Instant;

    fn pace(batching: Option<Batching>, in_flight: usize) -> Pace {
        Pace { in_flight, batching, order: Order::ByRecord, stops: Stops::Any }
    }

    /// Records of items, how long each takes in milliseconds: (item, when it began).
    async fn begins(items: &[(&str, u64)], pace: Pace) -> Vec<(usize, u128)> {
        let t0 = Instant::now();
        let begun = Mutex::new(Vec::new());
        let start = |index: usize| match items[index].0 {
            "" => Start::Free,
            "!" => Start::Last,
            record => Start::Record(record.to_owned()),
        };
        let results = run(
            items.len(),
            pace,
            &Tokio,
            || true,
            |index| std::future::ready((start(index), items[index].1)),
            |index, takes| {
                let begun = &begun;
                async move {
                    begun.lock().unwrap().push((index, t0.elapsed().as_millis()));
                    tokio::time::sleep(Duration::from_millis(takes)).await;
                    index
                }
            },
        )
        .await;
        assert_eq!(results, (0..items.len()).map(Some).collect::<Vec<_>>());
        begun.into_inner().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_keeps_its_order_and_others_overtake_it() {
        let two = pace(None, 2);
        let items = [("a", 100), ("a", 10), ("a", 10), ("b", 100), ("b", 10), ("", 10), ("c", 10)];
        // Two at once all the time: "a" and "b" begin, and when both go on, what is free goes with them.
        assert_eq!(begins(&items, two).await, [(0, 0), (3, 0), (1, 100), (4, 100), (2, 110), (5, 110), (6, 120)]);
        let all = [("a", 10); 4];
        assert_eq!(begins(&all, pace(None, 8)).await, [(0, 0), (1, 10), (2, 20), (3, 30)]);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_overtakes_what_ends_the_run_and_what_waits_in_a_batch() {
        let items = [("a", 100), ("a", 10), ("!", 10), ("", 10)];
        assert_eq!(begins(&items, pace(None, 8)).await, [(0, 0), (1, 100), (2, 100), (3, 100)]);
        let batched = pace(Some(Batching::new(2.0, 30.0)), 8);
        assert_eq!(begins(&[("a", 100), ("a", 10), ("", 10), ("", 10)], batched).await, [(0, 0), (1, 100), (2, 130), (3, 130)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_does_not_begin_after_a_stop() {
        let stopped = AtomicBool::new(false);
        let goes_on = || !stopped.load(Ordering::Relaxed);
        let results = run(
            4,
            pace(None, 8),
            &Tokio,
            goes_on,
            |index| std::future::ready((Start::Record((index % 2).to_string()), ())),
            |index, ()| {
                let stopped = &stopped;
                async move {
                    tokio::time::sleep(Duration::from_millis(10 * (index as u64 + 1))).await;
                    stopped.store(true, Ordering::Relaxed);
                    index
                }
            },
        )
        .await;
        assert_eq!(results, [Some(0), Some(1), None, None]);
    }
}
