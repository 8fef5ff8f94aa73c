//! The threads that run JavaScript, for a whole process: about as many as cores, however many isolates there are.
//!
//! An isolate stands in a [`Slot`] and needs no thread there. A *lease* gives it one for a piece of work ([`Pool::lease`]): leases of one
//! slot run one after the other, in the order in which they were asked for, and slots take turns. Waiting for a thread is no part of the
//! work's time.
//!
//! The engine cannot be interrupted within a native call. A thread that is overdue ([`Lease::within`]) is *lost*: whoever waits goes on
//! with an error, the slot goes on without its isolate, and another thread takes the place. Running threads and lost ones are counted
//! apart, so there are never more than both bounds together. Where as many are lost as may be, no lease begins, and all that wait are
//! refused, until a thread comes back.
//!
//! ```
//! use std::sync::Arc;
//! use javascript::{Pool, PoolOptions, Slot};
//!
//! let pool = Pool::new(PoolOptions::default());
//! let counter = Arc::new(Slot::<u32>::default());
//! for expected in 1..=3 {
//!     let lease = pool.lease(&counter, |count, _| { *count += 1; *count });
//!     assert_eq!(lease.wait().unwrap(), expected);
//! }
//! assert_eq!(pool.lost(), 0);
//! ```

mod admission;
mod answer;
mod slot;
mod threads;

use std::sync::Arc;

use admission::Memory;
pub use admission::{Admission, Charge};
pub use answer::{LeaseError, Leased};
pub use slot::{Lease, Slot};
use threads::Threads;

/// How large a pool is.
#[derive(Debug, Clone, Copy)]
pub struct PoolOptions {
    /// Threads that run JavaScript at once; at least one.
    pub threads: usize,
    /// How many threads may be lost beside them; at least one.
    pub lost: usize,
    /// Stack of a thread in bytes: that of an isolate, and room for what runs around it.
    pub stack: usize,
    /// Bytes that the isolates of all executions may take before a new execution waits ([`Pool::admit`]).
    pub memory: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threads, lost: 8, stack: 9 << 20, memory: 512 << 20 }
    }
}

/// The threads of a process that run JavaScript, and the memory that isolates may take. Threads start when they are first needed, and
/// end with the pool.
pub struct Pool {
    threads: Arc<Threads>,
    memory: Arc<Memory>,
}

impl Pool {
    /// A pool; it starts nothing.
    pub fn new(options: PoolOptions) -> Self {
        let options = PoolOptions { threads: options.threads.max(1), lost: options.lost.max(1), ..options };
        Self { threads: Arc::new(Threads::new(options)), memory: Memory::new(options.memory) }
    }

    /// Asks for a thread for what stands in the slot. The work is done whether or not anybody waits for it.
    pub fn lease<I, T>(&self, slot: &Arc<Slot<I>>, work: impl FnOnce(&mut I, &Lease) -> T + Send + 'static) -> Leased<T>
    where
        I: Default + Send + 'static,
        T: Send + 'static,
    {
        let (answer, leased) = answer::pair();
        if slot.push(Box::new(work), answer) {
            self.threads.submit(slot.clone());
        }
        leased
    }

    /// How many threads are lost at the moment; at most [`PoolOptions::lost`].
    pub fn lost(&self) -> usize {
        self.threads.lost()
    }

    /// Waits until so many bytes of the memory are free, or nobody else has any. An execution asks once, at its start, for all that it is
    /// known to need; nothing waits later ([`Admission::charge`]).
    pub async fn admit(&self, bytes: usize) -> Admission {
        self.memory.admit(bytes).await
    }

    /// The admission of an execution that asks for nothing beforehand, and does not wait.
    pub fn admitted(&self) -> Admission {
        self.memory.admitted(0)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.threads.close();
    }
}

#[cfg(test)]
mod tests;
