//! What evaluations may use up.

use std::time::Duration;

/// What an evaluation may use up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time for one evaluation.
    pub time: Duration,
    /// How much longer the caller waits for a thread that does not come back.
    pub grace: Duration,
    /// Heap of the JavaScript engine in bytes.
    pub memory: usize,
    /// Heap of the engine of a Code node in bytes: all items at once, and what the code makes of them.
    pub code_memory: usize,
    /// Time that the code of a Code node may wait for its own timers while none of its requests is open.
    pub code_idle: Duration,
    /// Stack of the JavaScript engine in bytes.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(5),
            grace: Duration::from_millis(250),
            memory: 128 << 20,
            code_memory: 1 << 30,
            code_idle: Duration::from_secs(300),
            stack: 1 << 20,
        }
    }
}

impl Limits {
    /// Bytes that an expression may hand over, as they are held outside of the engine, where its own limit does not hold. Data
    /// takes more room there, and a list of items may leave as it came.
    pub(crate) fn handed_over(&self) -> usize {
        self.memory.saturating_mul(2)
    }
}
