//! The threads, and the one that watches over them.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use super::PoolOptions;
use super::answer::LeaseError;
use super::slot::{Lease, Run, Scheduled};
use crate::sync::{lock, wait, wait_for};

/// How often the clock is looked at while there is work.
const LOOK: Duration = Duration::from_millis(20);

pub(super) struct Threads {
    options: PoolOptions,
    state: Mutex<State>,
    /// There is work, or the end.
    work: Condvar,
    /// There is something to watch, or the end.
    watch: Condvar,
}

#[derive(Default)]
struct State {
    /// Slots that wait for a thread.
    ready: VecDeque<Arc<dyn Scheduled>>,
    running: Vec<(Arc<dyn Scheduled>, Arc<Lease>)>,
    /// Threads that are there, without those that another has the place of.
    threads: usize,
    /// Those of them that wait for work.
    idle: usize,
    /// Threads that did not come back and that another has the place of.
    lost: usize,
    /// Threads that did not come back when as many were lost as may be: they keep their place.
    stuck: usize,
    watcher: Watcher,
    closed: bool,
}

/// The thread that watches.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Watcher {
    #[default]
    NotStarted,
    /// Nothing was under way when it looked last.
    Asleep,
    Awake,
}

impl State {
    /// A thread that was given up is back; whether it has a place among those that work. Where one keeps its place it is this one, as good
    /// as another: nothing tells them apart.
    fn comes_back(&mut self) -> bool {
        let has_place = self.stuck > 0;
        if has_place {
            self.stuck -= 1;
        } else {
            self.lost -= 1;
        }
        has_place
    }
}

impl Threads {
    pub(super) fn new(options: PoolOptions) -> Self {
        Self { options, state: Mutex::default(), work: Condvar::new(), watch: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(super) fn lost(&self) -> usize {
        self.lock().lost
    }

    /// Ends the threads as soon as they are back.
    pub(super) fn close(&self) {
        let ready = {
            let mut state = self.lock();
            state.closed = true;
            std::mem::take(&mut state.ready)
        };
        ready.iter().for_each(|slot| slot.refuse(LeaseError::Refused));
        self.work.notify_all();
        self.watch.notify_all();
    }

    /// A slot has work.
    pub(super) fn submit(self: &Arc<Self>, slot: Arc<dyn Scheduled>) {
        let mut state = self.lock();
        if state.closed || state.lost >= self.options.lost {
            drop(state);
            return slot.refuse(LeaseError::Refused);
        }
        state.ready.push_back(slot);
        let started = self.start_if_needed(&mut state);
        // A thread that cannot be started is no loss while there are others.
        let refused = if !started && state.threads == 0 { std::mem::take(&mut state.ready) } else { VecDeque::new() };
        drop(state);
        refused.iter().for_each(|slot| slot.refuse(LeaseError::NoThread));
        self.work.notify_one();
    }

    /// Starts a thread where work waits that none is there for; false where that fails.
    fn start_if_needed(self: &Arc<Self>, state: &mut State) -> bool {
        if state.ready.len() <= state.idle || state.threads >= self.options.threads {
            return true;
        }
        let threads = self.clone();
        let builder = thread::Builder::new().name("javascript".into()).stack_size(self.options.stack);
        let started = builder.spawn(move || threads.run()).is_ok();
        state.threads += usize::from(started);
        started
    }

    fn run(self: Arc<Self>) {
        while let Some((slot, lease, work)) = self.next() {
            work(&lease);
            if !self.back(&slot, &lease) {
                return;
            }
        }
    }

    /// Waits for work; `None` at the end.
    fn next(self: &Arc<Self>) -> Option<(Arc<dyn Scheduled>, Arc<Lease>, Run)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                state.threads -= 1;
                return None;
            }
            if let Some(slot) = state.ready.pop_front() {
                let Some((lease, work)) = slot.clone().next() else { continue };
                state.running.push((slot.clone(), lease.clone()));
                self.wake_watcher(&mut state);
                return Some((slot, lease, work));
            }
            state.idle += 1;
            state = wait(&self.work, state);
            state.idle -= 1;
        }
    }

    /// After work; false where the thread was given up meanwhile, and another has its place.
    fn back(&self, slot: &Arc<dyn Scheduled>, lease: &Arc<Lease>) -> bool {
        let mut state = self.lock();
        let Some(at) = state.running.iter().position(|(_, running)| Arc::ptr_eq(running, lease)) else {
            return state.comes_back();
        };
        state.running.swap_remove(at);
        if !slot.more(lease) {
            return true;
        }
        if state.lost < self.options.lost && !state.closed {
            state.ready.push_back(slot.clone());
        } else {
            drop(state);
            slot.refuse(LeaseError::Refused);
        }
        true
    }

    fn wake_watcher(self: &Arc<Self>, state: &mut State) {
        match state.watcher {
            Watcher::Awake => {}
            Watcher::Asleep => self.watch.notify_one(),
            Watcher::NotStarted => {
                let threads = self.clone();
                // Without it, work that does not come back is waited for: better than no work at all.
                if thread::Builder::new().name("javascript-watch".into()).stack_size(256 << 10).spawn(move || threads.look()).is_err() {
                    return;
                }
            }
        }
        state.watcher = Watcher::Awake;
    }

    /// Looks again and again for threads that are overdue.
    fn look(self: Arc<Self>) {
        let mut state = self.lock();
        while !state.closed {
            if state.running.is_empty() {
                state.watcher = Watcher::Asleep;
                state = wait(&self.watch, state);
                continue;
            }
            state = wait_for(&self.watch, state, LOOK);
            let now = Instant::now();
            let mut refused = Vec::new();
            while let Some(at) = state.running.iter().position(|(_, lease)| lease.is_overdue(now)) {
                let (slot, lease) = state.running.swap_remove(at);
                refused.extend(self.lose(&mut state, slot, &lease));
            }
            if !refused.is_empty() {
                // Not under the lock: refusing drops the work of a slot, and with it perhaps the last handle of the pool, whose end takes the lock.
                drop(state);
                refused.into_iter().for_each(|(slot, error)| slot.refuse(error));
                state = self.lock();
            }
        }
    }

    /// Gives a thread up; the slots that get none any more.
    fn lose(self: &Arc<Self>, state: &mut State, slot: Arc<dyn Scheduled>, lease: &Lease) -> Vec<(Arc<dyn Scheduled>, LeaseError)> {
        if slot.give_up(lease) {
            state.ready.push_back(slot);
        }
        if state.lost < self.options.lost {
            state.threads -= 1;
            state.lost += 1;
        } else {
            state.stuck += 1;
        }
        self.work.notify_one();
        let error = if state.lost >= self.options.lost {
            LeaseError::Refused
        } else if !self.start_if_needed(state) && state.threads == 0 {
            LeaseError::NoThread
        } else {
            return Vec::new();
        };
        std::mem::take(&mut state.ready).into_iter().map(|slot| (slot, error)).collect()
    }
}
