//! The isolates of a process, for the expressions and the user code of all its executions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use javascript::{Admission, Lease, Pool, PoolOptions};
use node_sdk::Expression;

use crate::error::ExpressionError;
use crate::extensions::Needs;
use crate::js::Isolate;
use crate::limits::Limits;
use crate::program::Program;

/// Bytes that an isolate is charged for before it is measured: it takes 0.3 MB as it starts, 0.4 MB with the surroundings of user code,
/// 1.2 MB with dates and languages too, and has room for data.
pub(crate) const ISOLATE: usize = 4 << 20;

/// At least so many isolates wait before one is frozen, which takes ten times as long as starting one: a run with a few sub-workflows does
/// not come so far.
const ENOUGH: usize = 4;

/// What all executions of a process share: the threads for JavaScript, and isolates that are ready.
pub struct Isolates {
    limits: Limits,
    pool: Pool,
    /// Isolates that no lease has, of executions that do nothing that another could see.
    shared: Mutex<Vec<Isolate>>,
    /// Isolates for user code in which none has run since they were put back; the last one last.
    spare: Mutex<Vec<Isolate>>,
    code_has_run: AtomicBool,
    /// How many isolates may wait before one is frozen for another execution.
    enough: usize,
}

/// What an execution will need, known before it runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Demand {
    /// Isolates that nobody else may have: one where an expression may leave something behind, one where user code runs.
    pub isolates: usize,
}

impl Demand {
    /// What a workflow with these expressions needs; `user_code`: whether code of the user's runs in it.
    pub fn of<'a>(expressions: impl IntoIterator<Item = &'a Expression>, user_code: bool) -> Self {
        let own = expressions.into_iter().any(|expression| !Program::of(expression).purity.effect_free);
        Self { isolates: usize::from(own) + usize::from(user_code) }
    }
}

impl Isolates {
    /// None yet: threads and isolates are started when they are needed.
    pub fn new(limits: Limits, options: PoolOptions) -> Self {
        Self {
            limits,
            pool: Pool::new(options),
            shared: Mutex::default(),
            spare: Mutex::default(),
            code_has_run: AtomicBool::default(),
            enough: options.threads.max(ENOUGH),
        }
    }

    /// What an evaluation may use up.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many threads are lost in JavaScript that does not come back.
    pub fn lost_threads(&self) -> usize {
        self.pool.lost()
    }

    /// Waits at the start of an execution until there is memory for what it needs; one that needs no isolates of its own does not wait.
    pub async fn admit(&self, demand: Demand) -> Admission {
        if demand == Demand::default() { self.admitted() } else { self.pool.admit(demand.isolates * ISOLATE).await }
    }

    /// The admission of an execution that does not wait: a sub-workflow, whose caller may hold what it would wait for. Its isolates are
    /// charged for all the same.
    pub fn admitted(&self) -> Admission {
        self.pool.admitted()
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    fn shared(&self) -> MutexGuard<'_, Vec<Isolate>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An isolate for an execution, in which it leaves nothing behind: the one that it had last, or one that is frozen, or a new one; where
    /// there are enough, one that another execution had, which is frozen now.
    pub(crate) fn take(&self, lease: &Lease, execution: u64) -> Result<Isolate, ExpressionError> {
        let mut shared = self.shared();
        let own = shared.iter().rposition(|isolate| isolate.execution() == execution);
        let at = own.or_else(|| shared.iter().rposition(Isolate::is_frozen));
        let at = at.or_else(|| shared.len().checked_sub(1).filter(|last| *last + 1 >= self.enough));
        let known = at.map(|at| shared.swap_remove(at));
        drop(shared);
        let given = known.filter(|isolate| isolate.execution() == execution || isolate.hand_to(lease, execution).is_ok());
        given.map_or_else(|| Isolate::new(self.limits, execution), Ok)
    }

    /// An isolate for an execution that may leave something behind: the one that it had before, where nobody else had it, or a new one.
    pub(crate) fn take_private(&self, execution: u64) -> Result<Isolate, ExpressionError> {
        let mut shared = self.shared();
        let at = shared.iter().position(|isolate| isolate.execution() == execution && !isolate.is_frozen());
        let known = at.map(|at| shared.swap_remove(at));
        drop(shared);
        known.map_or_else(|| Isolate::new(self.limits, execution), Ok)
    }

    /// Takes an isolate back.
    pub(crate) fn give_back(&self, isolate: Isolate) {
        self.shared().push(isolate);
    }

    /// An execution has ended. What it had alone is kept for others, as many as are enough.
    pub(crate) fn end(&self, execution: u64) {
        let mut shared = self.shared();
        let more = shared.len().saturating_sub(self.enough);
        let ended: Vec<Isolate> = shared.extract_if(.., |isolate| isolate.execution() == execution && !isolate.is_frozen()).take(more).collect();
        drop(shared);
        drop(ended);
    }

    /// An isolate for user code that needs these surroundings. The first one of a process is made for this code alone; later ones are put
    /// back as they were when it has ended, and serve other code.
    pub(crate) fn for_code(&self, needs: Needs) -> Result<Isolate, ExpressionError> {
        let limits = Limits { memory: self.limits.code_memory, ..self.limits };
        let mut spare = self.spare();
        // One with more would do too, but what code finds by a name that it computes would then depend on what ran before it.
        let at = spare.iter().rposition(|isolate| isolate.surroundings() == needs);
        let known = at.map(|at| spare.remove(at));
        drop(spare);
        if let Some(isolate) = known {
            return Ok(isolate);
        }
        if self.code_has_run.swap(true, Ordering::Relaxed) { Isolate::rewindable(limits, needs) } else { Isolate::new(limits, 0) }
    }

    /// Takes back what user code has left. Where too many wait, the one that has waited longest goes.
    pub(crate) fn end_code(&self, lease: &Lease, isolate: Isolate) {
        if !isolate.rewind(lease) {
            return;
        }
        let mut spare = self.spare();
        spare.push(isolate);
        let oldest = (spare.len() > self.enough).then(|| spare.remove(0));
        drop(spare);
        drop(oldest);
    }

    fn spare(&self) -> MutexGuard<'_, Vec<Isolate>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
