//! What threads share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Locks. A thread that broke while it held the lock left the data as good as it was: nobody here leaves a value half changed.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until it is told to look again.
pub(crate) fn wait<'a, T>(told: &Condvar, held: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    told.wait(held).unwrap_or_else(PoisonError::into_inner)
}

/// Waits until it is told to look again, or the time is over.
pub(crate) fn wait_for<'a, T>(told: &Condvar, held: MutexGuard<'a, T>, time: Duration) -> MutexGuard<'a, T> {
    told.wait_timeout(held, time).unwrap_or_else(PoisonError::into_inner).0
}
