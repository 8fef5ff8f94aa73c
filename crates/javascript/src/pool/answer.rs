//! What comes of a lease, and the waiting for it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use crate::sync::{lock, wait};

/// Why a lease came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeaseError {
    /// The thread did not come back in time: the work is in a native call that cannot be interrupted.
    #[error("JavaScript did not come back")]
    Lost,
    /// Too many threads are lost: the work did not begin.
    #[error("too many threads are lost in JavaScript that does not come back")]
    Refused,
    /// No thread could be started: the work did not begin.
    #[error("no thread for JavaScript")]
    NoThread,
    /// The work broke: a defect of the program.
    #[error("the work on a thread for JavaScript broke")]
    Broke,
}

struct Cell<T> {
    value: Option<Result<T, LeaseError>>,
    answered: bool,
    waker: Option<Waker>,
}

struct Shared<T> {
    cell: Mutex<Cell<T>>,
    there: Condvar,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, Cell<T>> {
        lock(&self.cell)
    }
}

/// The end that answers. The first answer counts.
pub(super) struct Answer<T>(Arc<Shared<T>>);

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Answer<T> {
    pub(super) fn give(&self, value: Result<T, LeaseError>) {
        let mut cell = self.0.lock();
        if cell.answered {
            return;
        }
        cell.answered = true;
        cell.value = Some(value);
        let waker = cell.waker.take();
        drop(cell);
        self.0.there.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// A lease that was asked for: a future of what its work gives back. Dropping it does not end the work.
pub struct Leased<T>(Arc<Shared<T>>);

impl<T> Leased<T> {
    /// Waits on this thread, for callers without a runtime. Not for a thread of a runtime, which others need.
    pub fn wait(self) -> Result<T, LeaseError> {
        let mut cell = self.0.lock();
        loop {
            if let Some(value) = cell.value.take() {
                return value;
            }
            cell = wait(&self.0.there, cell);
        }
    }
}

impl<T> Future for Leased<T> {
    type Output = Result<T, LeaseError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut cell = self.0.lock();
        match cell.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                cell.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

pub(super) fn pair<T>() -> (Answer<T>, Leased<T>) {
    let shared = Arc::new(Shared { cell: Mutex::new(Cell { value: None, answered: false, waker: None }), there: Condvar::new() });
    (Answer(shared.clone()), Leased(shared))
}
