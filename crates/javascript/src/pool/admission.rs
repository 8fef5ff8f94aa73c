//! The memory that isolates may take: executions wait for it at their start, and never later.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

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

/// Bytes of the memory that are an execution's until it is dropped.
pub struct Admission {
    memory: Arc<Memory>,
    bytes: usize,
}

impl Memory {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn charge(self: &Arc<Self>, bytes: usize) -> Admission {
        self.lock().used += bytes;
        Admission { memory: self.clone(), bytes }
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
        self.charge(bytes)
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

impl Drop for Admission {
    fn drop(&mut self) {
        let mut state = self.memory.lock();
        state.used -= self.bytes;
        let next = state.first();
        drop(state);
        next.into_iter().for_each(Waker::wake);
    }
}
