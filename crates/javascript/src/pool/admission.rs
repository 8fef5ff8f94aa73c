//! The memory that isolates may take: executions wait for it at their start, and never later.
//!
//! An execution is admitted with the bytes that it is known to need. They are its own until its end, and so are more where its isolates
//! take more ([`Admission::charge`]): that waits for nothing, but the next execution waits until they are given back.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Poll, Waker};

use crate::sync::lock;

pub(super) struct Memory {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    used: usize,
    /// Who waits, in the order in which they came.
    waiting: VecDeque<(u64, Option<Waker>)>,
    last: u64,
}

impl State {
    /// The one that waits longest, to look again.
    fn first(&mut self) -> Option<Waker> {
        self.waiting.front_mut().and_then(|(_, waker)| waker.take())
    }
}

/// The memory of an execution, until it is dropped: what was asked for at its start, or what its isolates take where that is more.
pub struct Admission {
    memory: Arc<Memory>,
    asked: usize,
    taken: Mutex<usize>,
}

/// What an isolate takes of its execution's memory, until it is dropped.
pub struct Charge {
    admission: Arc<Admission>,
    bytes: usize,
}

impl Memory {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(super) fn admitted(self: &Arc<Self>, asked: usize) -> Admission {
        self.lock().used += asked;
        Admission { memory: self.clone(), asked, taken: Mutex::default() }
    }

    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.lock().used
    }

    pub(super) async fn admit(self: &Arc<Self>, bytes: usize) -> Admission {
        let ticket = Ticket { memory: self.clone(), number: self.queue() };
        poll_fn(|cx| {
            let mut state = self.lock();
            let first = state.waiting.front().is_some_and(|(number, _)| *number == ticket.number);
            if first && (state.used == 0 || state.used + bytes <= self.most) {
                return Poll::Ready(());
            }
            if let Some((_, waker)) = state.waiting.iter_mut().find(|(number, _)| *number == ticket.number) {
                *waker = Some(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
        // Before the ticket is given back: the next one shall see it.
        self.admitted(bytes)
    }

    fn queue(&self) -> u64 {
        let mut state = self.lock();
        state.last += 1;
        let number = state.last;
        state.waiting.push_back((number, None));
        number
    }
}

/// A place among those who wait.
struct Ticket {
    memory: Arc<Memory>,
    number: u64,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.memory.lock();
        state.waiting.retain(|(number, _)| *number != self.number);
        let next = state.first();
        drop(state);
        next.into_iter().for_each(Waker::wake);
    }
}

impl Admission {
    /// Memory for an isolate, without waiting.
    pub fn charge(self: &Arc<Self>, bytes: usize) -> Charge {
        self.change(0, bytes);
        Charge { admission: self.clone(), bytes }
    }

    /// One of its isolates takes other bytes than before.
    fn change(&self, before: usize, now: usize) {
        let mut taken = lock(&self.taken);
        let held = self.asked.max(*taken);
        *taken = *taken - before + now;
        self.memory.change(held, self.asked.max(*taken));
    }
}

impl Memory {
    /// An execution has other bytes than before.
    fn change(&self, before: usize, now: usize) {
        let mut state = self.lock();
        state.used = state.used - before + now;
        let next = if now < before { state.first() } else { None };
        drop(state);
        next.into_iter().for_each(Waker::wake);
    }
}

impl Charge {
    /// Other bytes than before, without waiting.
    pub fn set(&mut self, bytes: usize) {
        self.admission.change(self.bytes, bytes);
        self.bytes = bytes;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.admission.change(self.bytes, 0);
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        // No charge is left: each holds the admission.
        self.memory.change(self.asked, 0);
    }
}
