//! One engine with its context: its limits, and the state that lives with it.

use std::rc::Rc;
use std::time::Duration;

use rquickjs::{Context, Ctx, Runtime};

use crate::deadline::{Deadline, Stop};
use crate::fault::Fault;
use crate::text_search;

/// What an isolate may take, whatever runs in it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Heap in bytes.
    pub memory: usize,
    /// Stack in bytes. A thread that enters the isolate has room for it and for what runs around it.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 128 << 20, stack: 1 << 20 }
    }
}

/// Bytes from which on the engine looks for circles of garbage: what an isolate is loaded with has none.
const FIRST_COLLECTION: usize = 2 << 20;

/// One engine with its context, and the state `S` of its host functions.
///
/// The state stands before the context, so that it is dropped first: it holds values of the engine.
pub struct Isolate<S> {
    state: S,
    deadline: Rc<Deadline>,
    context: Context,
}

#[allow(unsafe_code)]
// SAFETY: an isolate owns all that the engine allocates and all `Rc`s of its state: they are made inside of `new` and reached through
// `enter` alone, whose work is `Send` and hands out what is `Send`, so no part of them stays behind when it moves (no part of an
// isolate is kept in thread-local variables). It is not `Sync`: one thread at a time is in it. QuickJS keeps nothing by thread but the top
// of its stack, which `enter` sets.
unsafe impl<S> Send for Isolate<S> {}

impl<S> Isolate<S> {
    /// Starts an engine and makes its state.
    pub fn new<E: From<Fault>>(limits: Limits, make: impl FnOnce(&Ctx<'_>, &Rc<Deadline>) -> Result<S, E> + Send) -> Result<Self, E> {
        let cannot_start = |error: rquickjs::Error| Fault::engine(format!("the JavaScript engine does not start: {error}"));
        let runtime = Runtime::new().map_err(cannot_start)?;
        runtime.set_memory_limit(limits.memory);
        runtime.set_max_stack_size(limits.stack);
        runtime.set_gc_threshold(FIRST_COLLECTION);
        let deadline = Rc::<Deadline>::default();
        let asked = deadline.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || asked.is_over())));
        let context = Context::full(&runtime).map_err(cannot_start)?;
        let state = context.with(|ctx| {
            text_search::install(&ctx, deadline.clone()).map_err(cannot_start)?;
            make(&ctx, &deadline)
        })?;
        Ok(Self { state, deadline, context })
    }

    /// Works in the engine for a limited time. The engine looks at the clock between bytecodes only: a long native call does not come
    /// back in time.
    pub fn enter<T: Send>(&self, time: Duration, stop: &Stop, work: impl FnOnce(&Ctx<'_>, &S) -> T + Send) -> T {
        self.take_stack();
        self.deadline.begin(time, stop);
        let done = self.context.with(|ctx| work(&ctx, &self.state));
        self.deadline.end();
        done
    }

    /// Whether the last work ran out of time or was stopped.
    pub fn ran_out(&self) -> bool {
        self.deadline.was_over()
    }

    /// Bytes that the engine holds. Finding out takes as long as going through all its objects.
    pub fn memory(&self) -> usize {
        usize::try_from(self.context.runtime().memory_usage().malloc_size).unwrap_or_default()
    }

    /// The stack of this thread is the one that the engine measures from now on.
    #[allow(unsafe_code)]
    fn take_stack(&self) {
        // SAFETY: the context is alive, and this thread is the only one in it.
        unsafe { rquickjs::qjs::JS_UpdateStackTop(rquickjs::qjs::JS_GetRuntime(self.context.as_raw().as_ptr())) };
    }
}
