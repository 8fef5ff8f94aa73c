//! When the work in an isolate has to end.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Says whether work shall end at once: asked while it runs, by the thread that runs it and by others.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// Work that nothing but its time ends.
pub fn never() -> Stop {
    Arc::new(|| false)
}

/// When the work in an isolate has to end.
#[derive(Default)]
pub struct Deadline {
    until: Cell<Option<Instant>>,
    stop: RefCell<Option<Stop>>,
    over: Cell<bool>,
}

impl Deadline {
    /// Whether the work has to end now: its time is over, or it was stopped. Once it was, it stays so until other work begins.
    pub fn is_over(&self) -> bool {
        let over = self.until.get().is_some_and(|until| Instant::now() >= until || self.stop.borrow().as_ref().is_some_and(|stop| stop()));
        self.over.set(self.over.get() || over);
        over
    }

    /// Whether [`Self::is_over`] was true since the work began.
    pub fn was_over(&self) -> bool {
        self.over.get()
    }

    /// Begins work.
    pub(crate) fn begin(&self, time: Duration, stop: &Stop) {
        self.until.set(Some(Instant::now() + time));
        self.stop.replace(Some(stop.clone()));
        self.over.set(false);
    }

    /// Ends it.
    pub(crate) fn end(&self) {
        self.until.set(None);
        self.stop.replace(None);
    }
}
