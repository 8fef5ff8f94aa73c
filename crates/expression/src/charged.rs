//! What an isolate of an execution's own is charged for.

use std::time::{Duration, Instant};

use javascript::Charge;

use crate::isolates::ISOLATE;
use crate::js::Isolate;

/// An isolate is measured when it has worked so many times as long as measuring takes.
const PACE: u32 = 50;

/// What an isolate of an execution's own is charged for: the estimate, or what it holds between two leases where that is more.
///
/// A Code node may take 1 GiB, and with many executions it is not the ones at work that are many, for they have a thread, but those whose
/// code waits.
pub(crate) struct Charged {
    charge: Charge,
    /// How long it has worked since it was measured.
    worked: Duration,
    /// How long measuring took.
    measuring: Duration,
}

impl Charged {
    /// For an isolate that begins.
    pub(crate) fn new(charge: Charge) -> Self {
        Self { charge, worked: Duration::ZERO, measuring: Duration::from_micros(200) }
    }

    /// The isolate has worked since then.
    pub(crate) fn worked(&mut self, since: Instant, isolate: &Isolate) {
        let now = Instant::now();
        self.worked += now - since;
        if self.worked > self.measuring * PACE {
            self.charge.set(isolate.memory().max(ISOLATE));
            (self.worked, self.measuring) = (Duration::ZERO, now.elapsed());
        }
    }
}
