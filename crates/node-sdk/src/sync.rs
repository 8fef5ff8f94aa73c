//! What threads share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks. A thread that broke while it held the lock left the data as good as it was: nobody here leaves a value half changed.
pub fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
