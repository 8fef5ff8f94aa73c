use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::deadline::never;

const GRACE: Duration = Duration::from_millis(20);

fn pool(threads: usize, lost: usize) -> Pool {
    Pool::new(PoolOptions { threads, lost, stack: 1 << 20, memory: 100 })
}

/// Work that holds its thread until the sender is dropped.
fn stuck(pool: &Pool, slot: &Arc<Slot<u32>>) -> (mpsc::Sender<()>, Leased<()>) {
    let (hold, held) = mpsc::channel::<()>();
    let leased = pool.lease(slot, move |_, lease| lease.within(Duration::ZERO, GRACE, &never(), || _ = held.recv()));
    (hold, leased)
}

#[test]
fn leases_of_a_slot_are_in_order_and_slots_take_turns() {
    let pool = pool(1, 8);
    let log: Arc<std::sync::Mutex<Vec<(usize, u32)>>> = Arc::default();
    let slots: Vec<_> = (0..3).map(|_| Arc::new(Slot::<u32>::default())).collect();
    let gate = Arc::new(Slot::<u32>::default());
    let (open, closed) = mpsc::channel::<()>();
    let first = pool.lease(&gate, move |_, _| _ = closed.recv());
    let leases: Vec<_> = (0..3)
        .flat_map(|at| (0..3).map(move |_| at))
        .map(|at| {
            let log = log.clone();
            pool.lease(&slots[at], move |count, _| {
                *count += 1;
                log.lock().unwrap().push((at, *count));
            })
        })
        .collect();
    drop(open);
    first.wait().unwrap();
    leases.into_iter().for_each(|lease| lease.wait().unwrap());
    let expected: Vec<_> = (1..=3).flat_map(|count| (0..3).map(move |at| (at, count))).collect();
    assert_eq!(*log.lock().unwrap(), expected);
}

#[test]
fn lost_threads_are_replaced_and_come_back() {
    let pool = pool(1, 3);
    let slot = Arc::new(Slot::default());
    pool.lease(&slot, |count, _| *count = 5).wait().unwrap();
    let (hold, leased) = stuck(&pool, &slot);
    let behind = pool.lease(&slot, |count, _| *count);
    assert_eq!((leased.wait(), pool.lost()), (Err(LeaseError::Lost), 1));
    assert_eq!(behind.wait(), Ok(0), "the slot goes on without what the lost thread has");
    drop(hold);
    let until = Instant::now() + Duration::from_secs(5);
    while pool.lost() > 0 && Instant::now() < until {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!((pool.lost(), pool.lease(&slot, |count, _| *count).wait()), (0, Ok(0)), "what it brings back is not taken");
}

#[test]
fn no_more_threads_are_lost_than_may_be() {
    let pool = pool(2, 3);
    let stuck: Vec<_> = (0..20).map(|_| stuck(&pool, &Arc::default())).collect();
    let (mut holds, mut ends) = (Vec::new(), Vec::new());
    for (hold, leased) in stuck {
        holds.push(hold);
        ends.push(leased.wait());
    }
    // The other one that ran when the third was lost did not come back either.
    let given_up = ends.iter().filter(|end| **end == Err(LeaseError::Lost)).count();
    assert!((3..=4).contains(&given_up) && pool.lost() == 3, "{given_up}, {}", pool.lost());
    assert!(ends.iter().all(|end| matches!(end, Err(LeaseError::Lost | LeaseError::Refused))));
    let slot = Arc::<Slot<u32>>::default();
    assert_eq!(pool.lease(&slot, |_, _| ()).wait(), Err(LeaseError::Refused));
    holds.clear();
    let until = Instant::now() + Duration::from_secs(5);
    while pool.lost() > 0 && Instant::now() < until {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(pool.lease(&slot, |_, _| 7).wait(), Ok(7));
}

#[test]
fn more_threads_run_than_may_be_lost() {
    let pool = pool(12, 2);
    let meet = Arc::new(std::sync::Barrier::new(12));
    let leases: Vec<_> = (0..12)
        .map(|_| {
            let meet = meet.clone();
            pool.lease(&Arc::<Slot<u32>>::default(), move |_, _| _ = meet.wait())
        })
        .collect();
    leases.into_iter().for_each(|lease| lease.wait().unwrap());
}

#[test]
fn work_that_breaks_harms_nobody_else() {
    let pool = pool(1, 8);
    let slot = Arc::<Slot<u32>>::default();
    let broken: Leased<()> = pool.lease(&slot, |_, _| std::panic::resume_unwind(Box::new("broken")));
    assert_eq!((broken.wait(), pool.lease(&slot, |_, _| 1).wait()), (Err(LeaseError::Broke), Ok(1)));
}

#[test]
fn executions_wait_for_memory_in_the_order_in_which_they_come() {
    let pool = pool(1, 8);
    let poll =
        |future: &mut std::pin::Pin<Box<dyn Future<Output = Admission> + '_>>| match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(admission) => Some(admission),
            Poll::Pending => None,
        };
    let mut asked: Vec<_> =
        [500, 60, 30].into_iter().map(|bytes| -> std::pin::Pin<Box<dyn Future<Output = Admission> + '_>> { Box::pin(pool.admit(bytes)) }).collect();
    let alone = poll(&mut asked[0]);
    assert!(alone.is_some(), "one may always run");
    assert!(poll(&mut asked[1]).is_none() && poll(&mut asked[2]).is_none());
    drop(alone);
    let late = Arc::new(pool.admitted());
    let charge = late.charge(50);
    assert!(poll(&mut asked[2]).is_none(), "not before the one that came first");
    assert!(poll(&mut asked[1]).is_none());
    drop(charge);
    let both = (poll(&mut asked[1]), poll(&mut asked[2]));
    assert!(both.0.is_some() && both.1.is_some());
}

#[test]
fn an_execution_has_what_it_asked_for_or_what_its_isolates_take() {
    let pool = pool(1, 8);
    let used = || pool.memory.used();
    let execution = Arc::new(pool.memory.admitted(40));
    let mut first = execution.charge(30);
    let second = execution.charge(30);
    assert_eq!(used(), 60);
    first.set(90);
    assert_eq!(used(), 120, "one that runs waits for nothing");
    drop(second);
    drop(first);
    assert_eq!(used(), 40, "what was asked for stays");
    drop(execution);
    assert_eq!(used(), 0);
}
