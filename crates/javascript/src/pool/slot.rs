//! Where an isolate stands between two leases, and the leases that wait for it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::answer::{Answer, LeaseError};
use crate::deadline::Stop;
use crate::sync::lock;

type Work<I, T> = Box<dyn FnOnce(&mut I, &Lease) -> T + Send>;

/// Work with its isolate in it.
pub(super) type Run = Box<dyn FnOnce(&Lease) + Send>;

/// A place for an isolate, or for one that is made when it is needed (`I::default()` stands for that): one thread at a time has it.
pub struct Slot<I> {
    inner: Mutex<Inner<I>>,
}

struct Inner<I> {
    /// Away while a thread has it.
    isolate: Option<I>,
    jobs: VecDeque<Box<dyn Job<I>>>,
    /// Whether the slot waits for a thread, or has one.
    scheduled: bool,
    /// Which lease of the slot is under way: one that was given up is none any more.
    turn: u64,
}

impl<I> Default for Slot<I> {
    fn default() -> Self {
        Self { inner: Mutex::new(Inner { isolate: None, jobs: VecDeque::new(), scheduled: false, turn: 0 }) }
    }
}

/// Work that waits, whatever it gives back.
trait Job<I>: Send {
    fn run(self: Box<Self>, isolate: &mut I, lease: &Lease);
    fn refuse(&self, error: LeaseError);
    /// What the one who waits is told if the thread does not come back.
    fn give_up(&self) -> Box<dyn Fn() + Send + Sync>;
}

struct Asked<I, T> {
    work: Work<I, T>,
    answer: Answer<T>,
}

impl<I, T: Send + 'static> Job<I> for Asked<I, T> {
    fn run(self: Box<Self>, isolate: &mut I, lease: &Lease) {
        let Self { work, answer } = *self;
        let done = catch_unwind(AssertUnwindSafe(|| work(isolate, lease)));
        answer.give(done.map_err(|_| LeaseError::Broke));
    }

    fn refuse(&self, error: LeaseError) {
        self.answer.give(Err(error));
    }

    fn give_up(&self) -> Box<dyn Fn() + Send + Sync> {
        let answer = self.answer.clone();
        Box::new(move || answer.give(Err(LeaseError::Lost)))
    }
}

impl<I> Slot<I> {
    fn lock(&self) -> MutexGuard<'_, Inner<I>> {
        lock(&self.inner)
    }
}

impl<I: Default + Send + 'static> Slot<I> {
    /// Adds work; whether the slot has to be given a thread for it.
    pub(super) fn push<T: Send + 'static>(&self, work: Work<I, T>, answer: Answer<T>) -> bool {
        let mut inner = self.lock();
        inner.jobs.push_back(Box::new(Asked { work, answer }));
        !std::mem::replace(&mut inner.scheduled, true)
    }
}

/// A slot, whatever stands in it, for the threads.
pub(super) trait Scheduled: Send + Sync {
    /// Takes its next work, and what watches over it.
    fn next(self: Arc<Self>) -> Option<(Arc<Lease>, Run)>;
    /// After work: whether there is more. Of a lease that was given up nothing is to be done.
    fn more(&self, lease: &Lease) -> bool;
    /// Goes on without what the lost thread has; whether there is more work.
    fn give_up(&self, lease: &Lease) -> bool;
    /// Refuses all work that waits.
    fn refuse(&self, error: LeaseError);
}

impl<I: Default + Send + 'static> Scheduled for Slot<I> {
    fn next(self: Arc<Self>) -> Option<(Arc<Lease>, Run)> {
        let mut inner = self.lock();
        let Some(job) = inner.jobs.pop_front() else {
            inner.scheduled = false;
            return None;
        };
        let mut isolate = inner.isolate.take().unwrap_or_default();
        inner.turn += 1;
        let lease = Arc::new(Lease { turn: inner.turn, until: Mutex::default(), give_up: job.give_up() });
        drop(inner);
        let run = move |lease: &Lease| {
            // What this gives back to those who wait is given before the isolate is: their next lease comes after it in any case.
            job.run(&mut isolate, lease);
            let mut inner = self.lock();
            if inner.turn == lease.turn {
                inner.isolate = Some(isolate);
            }
        };
        Some((lease, Box::new(run)))
    }

    fn more(&self, lease: &Lease) -> bool {
        let mut inner = self.lock();
        inner.turn == lease.turn && {
            inner.scheduled = !inner.jobs.is_empty();
            inner.scheduled
        }
    }

    fn give_up(&self, lease: &Lease) -> bool {
        (lease.give_up)();
        let mut inner = self.lock();
        inner.turn += 1;
        inner.isolate = None;
        inner.scheduled = !inner.jobs.is_empty();
        inner.scheduled
    }

    fn refuse(&self, error: LeaseError) {
        let jobs = {
            let mut inner = self.lock();
            inner.scheduled = false;
            std::mem::take(&mut inner.jobs)
        };
        jobs.iter().for_each(|job| job.refuse(error));
    }
}

/// A thread for a piece of work.
pub struct Lease {
    turn: u64,
    until: Mutex<Option<Watched>>,
    give_up: Box<dyn Fn() + Send + Sync>,
}

/// What the thread is at.
struct Watched {
    /// When it has to be back.
    until: Instant,
    stop: Stop,
    /// How long it may take after it was stopped.
    grace: Duration,
}

impl Lease {
    /// Work in an isolate that ends by itself within `time`, or when it is stopped; not back after `grace` more, the thread is lost.
    pub fn within<T>(&self, time: Duration, grace: Duration, stop: &Stop, work: impl FnOnce() -> T) -> T {
        *self.lock() = Some(Watched { until: Instant::now() + time + grace, stop: stop.clone(), grace });
        let done = work();
        *self.lock() = None;
        done
    }

    /// Whether the thread is overdue.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        let mut watched = self.lock();
        let Some(watched) = watched.as_mut() else { return false };
        if (watched.stop)() {
            watched.until = watched.until.min(now + watched.grace);
        }
        now > watched.until
    }

    fn lock(&self) -> MutexGuard<'_, Option<Watched>> {
        lock(&self.until)
    }
}
