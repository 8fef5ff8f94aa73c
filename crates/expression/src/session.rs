//! The JavaScript state of one execution.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use javascript::{Admission, Lease, LeaseError, Leased, PoolOptions, Slot, Stop, never};

use crate::charged::Charged;
use crate::error::{ErrorKind, ExpressionError};
use crate::extensions::Needs;
use crate::isolates::{ISOLATE, Isolates};
use crate::js::{Begin, Clocks, Isolate, Next, UserCode};
use crate::limits::Limits;
use crate::program::Program;
use crate::view::Scope;

/// The JavaScript state of one execution.
///
/// n8n keeps it: what an expression does to `Math` is seen by the next one of the same execution, and by no other. An execution whose
/// expressions are proven to leave nothing behind has no isolate of its own: each lease takes one that is ready.
pub struct Session {
    isolates: Arc<Isolates>,
    stop: Stop,
    slot: Arc<Slot<Home>>,
    own: Arc<Own>,
    /// The isolate of the user code that ran last for an item, and the node run it was for, until that ends.
    code: Mutex<Option<(CodeKey, CodeSlot)>>,
}

/// What is an execution's own.
pub(crate) struct Own {
    /// Different for each execution of the process.
    number: u64,
    /// Whether an expression has run that may have changed what all share (`Math.max = …`): from then on the execution has an isolate of
    /// its own. Even what is proven pure may give another value later, and nothing is evaluated ahead of its item any more.
    disturbed: AtomicBool,
    /// The memory that its isolates are charged to.
    admission: Arc<Admission>,
}

impl Own {
    fn charge(&self) -> Charged {
        Charged::new(self.admission.charge(ISOLATE))
    }
}

/// The isolate that is an execution's own, and what it is charged for.
pub(crate) type Home = Option<(Isolate, Charged)>;

/// Where the isolate of user code stands.
pub(crate) type CodeSlot = Arc<Slot<Home>>;

/// Runs of user code in the same node run share an isolate.
pub(crate) type CodeKey = (Arc<str>, usize);

impl Session {
    /// A session for one who has no process to share with.
    pub fn new(limits: Limits) -> Self {
        let isolates = Isolates::new(limits, PoolOptions::default());
        let admission = isolates.admitted();
        Self::of(Arc::new(isolates), never(), admission)
    }

    /// A session whose evaluations end, with [`ErrorKind::Timeout`], as soon as `stop` says so. User code is stopped by dropping
    /// the future that runs it. `admission`: what its isolates are charged to ([`Isolates::admit`]).
    pub fn of(isolates: Arc<Isolates>, stop: Stop, admission: Admission) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let own = Arc::new(Own { number, disturbed: AtomicBool::new(false), admission: Arc::new(admission) });
        Self { isolates, stop, own, slot: Arc::default(), code: Mutex::default() }
    }

    /// What an evaluation may use up.
    pub fn limits(&self) -> &Limits {
        self.isolates.limits()
    }

    pub(crate) fn stop(&self) -> &Stop {
        &self.stop
    }

    pub(crate) fn is_disturbed(&self) -> bool {
        self.own.disturbed.load(Ordering::SeqCst)
    }

    /// Asks for a thread and an isolate of this execution.
    pub(crate) fn lease<T: Send + 'static>(&self, work: impl FnOnce(&mut Held, &Lease) -> T + Send + 'static) -> Leased<Result<T, ExpressionError>> {
        let (isolates, own) = (self.isolates.clone(), self.own.clone());
        self.isolates.pool().lease(&self.slot, move |home: &mut Home, lease| {
            let mut held = Held::take(lease, home.take(), isolates, own)?;
            let done = work(&mut held, lease);
            *home = held.leave();
            Ok(done)
        })
    }

    /// Where user code of this node run finds its isolate: the last one, if it served the same node run, else a new one.
    pub(crate) fn code_slot(&self, scope: &Scope) -> CodeSlot {
        match self.take_code() {
            Some(((node, run), slot)) if node == scope.node && run == scope.run_index => return slot,
            Some((_, slot)) => self.put_back(&slot),
            None => {}
        }
        CodeSlot::default()
    }

    /// A node run whose user code ran for each item has ended: its isolate is put back for other code.
    pub fn end_code(&self) {
        if let Some((_, slot)) = self.take_code() {
            self.put_back(&slot);
        }
    }

    fn take_code(&self) -> Option<(CodeKey, CodeSlot)> {
        self.code.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Nothing runs any more in what stands there.
    fn put_back(&self, slot: &CodeSlot) {
        let isolates = self.isolates.clone();
        let end = move |home: &mut Home, lease: &Lease| home.take().into_iter().for_each(|(isolate, _)| isolates.end_code(lease, isolate));
        drop(self.isolates.pool().lease(slot, end));
    }

    /// Keeps the isolate that user code has left, for the next item.
    pub(crate) fn keep_code(&self, key: CodeKey, slot: CodeSlot) {
        *self.code.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, slot));
    }

    /// Asks for a thread for a step of user code; its time that is left comes with how it ended.
    pub(crate) fn lease_code(
        &self,
        slot: &CodeSlot,
        code: Arc<UserCode>,
        begin: Begin,
        clocks: Clocks,
    ) -> Leased<Result<(Next, Duration), ExpressionError>> {
        let (isolates, own) = (self.isolates.clone(), self.own.clone());
        self.isolates.pool().lease(slot, move |home: &mut Home, lease| {
            let (isolate, mut charged) = match home.take() {
                Some(home) => home,
                None => (isolates.for_code(Needs::of_code(&code.source))?, own.charge()),
            };
            let since = Instant::now();
            let (next, left) = isolate.step(lease, &code, begin, clocks);
            match &next {
                // Nothing goes on after a limit, and the isolate may be none any more.
                Next::Done(Err(error)) if error.limit.is_some() => {}
                // Code for each item goes on with the next one.
                Next::Done(_) if code.item.is_none() => isolates.end_code(lease, isolate),
                _ => {
                    charged.worked(since, &isolate);
                    *home = Some((isolate, charged));
                }
            }
            Ok((next, left))
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end_code();
        self.isolates.end(self.own.number);
    }
}

/// The isolate that a lease has.
pub(crate) struct Held {
    isolates: Arc<Isolates>,
    own: Arc<Own>,
    isolate: Isolate,
    /// Since when it has the isolate.
    since: Instant,
    /// Of one that is the execution's own.
    charged: Option<Charged>,
}

impl Held {
    fn take(lease: &Lease, home: Home, isolates: Arc<Isolates>, own: Arc<Own>) -> Result<Self, ExpressionError> {
        let (isolate, charged) = match home {
            Some((isolate, charged)) => (isolate, Some(charged)),
            None if own.disturbed.load(Ordering::SeqCst) => (isolates.take_private(own.number)?, Some(own.charge())),
            None => (isolates.take(lease, own.number)?, None),
        };
        Ok(Self { isolates, own, isolate, since: Instant::now(), charged })
    }

    pub(crate) fn isolate(&self) -> &Isolate {
        &self.isolate
    }

    /// Before a text is evaluated: where it may leave something behind, the execution has an isolate of its own from here on.
    pub(crate) fn prepare(&mut self, program: &Program) -> Result<(), ExpressionError> {
        if program.purity.effect_free || self.own.disturbed.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        if self.isolate.is_frozen() {
            let shared = std::mem::replace(&mut self.isolate, self.isolates.take_private(self.own.number)?);
            self.isolates.give_back(shared);
        }
        self.charged = Some(self.own.charge());
        Ok(())
    }

    /// What stays with the execution. One that has run out of memory goes, and one that leaves nothing behind is for whoever comes next.
    fn leave(self) -> Home {
        let Self { isolates, own, isolate, since, charged } = self;
        if isolate.is_spoiled() {
            return None;
        }
        if own.disturbed.load(Ordering::SeqCst) {
            let mut charged = charged.unwrap_or_else(|| own.charge());
            charged.worked(since, &isolate);
            return Some((isolate, charged));
        }
        isolates.give_back(isolate);
        None
    }
}

/// What a lease came to, its own errors in our words.
pub(crate) fn ended<T>(leased: Result<Result<T, ExpressionError>, LeaseError>) -> Result<T, ExpressionError> {
    leased.unwrap_or_else(|error| Err(error.into()))
}

impl From<LeaseError> for ExpressionError {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Lost => Self::new(ErrorKind::Timeout, "Expression timed out"),
            LeaseError::Refused => Self::new(ErrorKind::Refused, "No JavaScript can run: too many evaluations do not come back"),
            LeaseError::NoThread => Self::new(ErrorKind::NoEngine, "No JavaScript can run: the system gives no thread for it"),
            LeaseError::Broke => {
                Self::new(ErrorKind::Evaluation, "Expression evaluation failed: the evaluation broke; this is a defect of the program")
            }
        }
    }
}
