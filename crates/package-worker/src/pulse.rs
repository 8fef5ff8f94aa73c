//! Whether a session's JavaScript is at work, as other threads see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::out::Out;
use crate::protocol::{FromWorker, Payload, SessionId};

/// How long JavaScript may take to end after its time is over: the engine looks at the clock between steps, and most are short.
const GRACE: Duration = Duration::from_secs(2);
/// How often somebody looks.
const LOOK: Duration = Duration::from_secs(1);
/// Stack of the thread that looks.
const STACK: usize = 64 << 10;

/// Since when a session's JavaScript is at work without a pause, and whether the session is over.
pub(crate) struct Pulse {
    origin: Instant,
    /// Milliseconds after the origin, and one; 0: it waits.
    since: AtomicU64,
    closed: AtomicBool,
}

impl Pulse {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { origin: Instant::now(), since: AtomicU64::new(0), closed: AtomicBool::new(false) })
    }

    /// Work begins.
    pub(crate) fn begin(&self) {
        self.since.store(self.now(), Ordering::Relaxed);
    }

    /// It waits for the host, or has nothing to do.
    pub(crate) fn rest(&self) {
        self.since.store(0, Ordering::Relaxed);
    }

    /// The session is over: what is at work ends as soon as it can.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Whether the session is over.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    fn now(&self) -> u64 {
        self.origin.elapsed().as_millis() as u64 + 1
    }

    fn works_for(&self) -> Duration {
        let since = self.since.load(Ordering::Relaxed);
        Duration::from_millis(if since == 0 { 0 } else { self.now().saturating_sub(since) })
    }
}

/// Watches a session until its thread has ended. Where its JavaScript does not come back long after its slice, it is in a call that the engine
/// cannot interrupt: only the end of the process ends it, and the host is told.
pub(crate) fn watch(session: SessionId, slice: Duration, pulse: &Arc<Pulse>, out: Out) {
    let pulse = Arc::downgrade(pulse);
    let look = move || {
        loop {
            thread::sleep(LOOK.min(slice));
            let Some(pulse) = pulse.upgrade() else { return };
            if pulse.works_for() > slice + GRACE {
                return out.send(&FromWorker::Stuck { session }, Payload::default());
            }
        }
    };
    // Without a thread the host's limits on the whole run remain.
    _ = thread::Builder::new().name(format!("watch-{session}")).stack_size(STACK).spawn(look);
}
