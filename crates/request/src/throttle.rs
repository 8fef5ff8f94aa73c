//! One wait for all requests that a server's limit concerns.
//!
//! Nothing is slowed down ahead of time: requests leave at full speed until the server refuses one because there were too many. Where it is
//! known how long that lasts, by `Retry-After` or by the server's window, all requests of the same key wait for the same moment, those in
//! flight included, and then use the next window up.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use node_sdk::ports::{Clock, HttpError, HttpResponse};
use node_sdk::sync::lock;

/// No wait is longer, whatever `Retry-After` says: such an answer is an error.
pub const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Where the server's window is not known, no wait grows beyond this by itself.
const GROWN: Duration = Duration::from_secs(60);

/// So many windows in a row may pass without a request that was let through; then the answer is an error.
pub const FRUITLESS: u32 = 10;

/// What is known of a server's limits in one run, for each key.
#[derive(Debug, Default)]
pub struct Throttle {
    gates: Mutex<HashMap<String, Gate>>,
}

/// The requests of one key.
#[derive(Debug, Clone, Copy, Default)]
struct Gate {
    /// How often they had to wait.
    round: u64,
    /// They wait until then, on the monotonic clock.
    until: Duration,
    /// Waits in a row after which none was let through.
    fruitless: u32,
}

/// What one request knows of its limit.
pub struct Limit<'a> {
    /// What the requests of the run know.
    pub throttle: &'a Throttle,
    /// Requests of one key are counted together.
    pub key: &'a str,
    /// How long the server counts, where that is known.
    pub window: Option<Duration>,
    /// What a refusal with another status than 429 says, where there is such a one.
    pub words: &'a str,
    /// Is told once of each wait: how long it is, and whether the server asked for it.
    pub tell: &'a (dyn Fn(Duration, bool) + Send + Sync),
}

/// How a refused request goes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It waits with all others.
    Waits,
    /// It has waited often enough, or longer than anybody wants to.
    GivesUp,
    /// It is no refusal, or nobody knows how long it lasts.
    Not,
}

impl Limit<'_> {
    /// Waits until requests of the key may leave, and gives the round that this one belongs to.
    pub(crate) async fn pass(&self, clock: &dyn Clock) -> u64 {
        let mut slept = Duration::ZERO;
        loop {
            let Gate { round, until, .. } = self.gate(|gate| *gate);
            // A clock that stands still does not move on in a wait.
            let now = clock.monotonic().max(slept);
            if now >= until {
                return round;
            }
            clock.sleep(until - now).await;
            slept = until;
            if clock.stands_still() {
                // Whoever comes later does not wait for what is over.
                self.gate(|gate| {
                    if gate.round == round {
                        gate.until = Duration::ZERO
                    }
                });
            }
        }
    }

    /// Looks at what came of a request of this round: a refusal lets all wait.
    pub(crate) fn heed(&self, outcome: &Result<HttpResponse, HttpError>, round: u64, clock: &dyn Clock) -> Refused {
        let Some(answer) = outcome.as_ref().ok().filter(|answer| self.is_refusal(answer)) else {
            self.gate(|gate| {
                if gate.round == round && outcome.is_ok() {
                    gate.fruitless = 0
                }
            });
            return Refused::Not;
        };
        let Some((pause, asked)) = self.pause(answer, clock) else { return Refused::Not };
        if pause > LONGEST {
            return Refused::GivesUp;
        }
        let until = clock.monotonic() + pause;
        let (first, waits) = self.gate(|gate| {
            // Who was sent before the others had to wait waits with them.
            if gate.round != round {
                return (false, true);
            }
            if gate.fruitless >= FRUITLESS {
                return (false, false);
            }
            *gate = Gate { round: round + 1, until, fruitless: gate.fruitless + 1 };
            (true, true)
        });
        if first {
            (self.tell)(pause, asked);
        }
        if waits { Refused::Waits } else { Refused::GivesUp }
    }

    /// How long to wait after this refusal, and whether the server asked for that: the window where it asks for nothing, and at least that
    /// where what it asked for was not enough.
    fn pause(&self, answer: &HttpResponse, clock: &dyn Clock) -> Option<(Duration, bool)> {
        let Some(asked) = retry_after(answer, clock) else { return Some((self.window?, false)) };
        let fruitless = self.gate(|gate| gate.fruitless);
        let grown = || Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(fruitless)).min(GROWN);
        let least = if fruitless > 0 { self.window.unwrap_or_else(grown) } else { Duration::ZERO };
        Some((asked.max(least), asked >= least))
    }

    fn is_refusal(&self, answer: &HttpResponse) -> bool {
        let says = || String::from_utf8_lossy(&answer.body).contains(self.words);
        answer.status == 429 || (!self.words.is_empty() && (400..500).contains(&answer.status) && says())
    }

    fn gate<T>(&self, look: impl FnOnce(&mut Gate) -> T) -> T {
        look(lock(&self.throttle.gates).entry(self.key.to_owned()).or_default())
    }
}

/// What `Retry-After` asks for: seconds, or a date. Anything else counts as absent, and so does what asks for no wait: 0, or a date that is past.
pub(crate) fn retry_after(answer: &HttpResponse, clock: &dyn Clock) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok().filter(|pause| !pause.is_zero());
    }
    let at = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = Duration::from_millis(u64::try_from(clock.now_millis()).unwrap_or(0));
    at.checked_sub(now).filter(|pause| !pause.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A clock that stands still, and lets nobody wait.
    struct Still;
    #[async_trait::async_trait]
    impl Clock for Still {
        fn now_millis(&self) -> i64 {
            0
        }
        fn stands_still(&self) -> bool {
            true
        }
        async fn sleep(&self, _: Duration) {}
        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }

    fn answer(status: u16, retry_after: &str, body: &'static str) -> Result<HttpResponse, HttpError> {
        let headers = vec![("retry-after".to_owned(), retry_after.to_owned())];
        let body = bytes::Bytes::from_static(body.as_bytes());
        Ok(HttpResponse { status, status_text: String::new(), url: String::new(), redirected: false, headers, body })
    }

    #[tokio::test]
    async fn what_is_no_limit_or_lasts_too_long_is_not_waited_for() {
        let (throttle, told) = (Throttle::default(), AtomicUsize::new(0));
        let tell = |_, _| _ = told.fetch_add(1, Ordering::Relaxed);
        let limit = |window| Limit { throttle: &throttle, key: "k", window, words: "Too many", tell: &tell };
        let minute = Some(Duration::from_secs(60));
        for (window, outcome, want) in [
            (minute, answer(200, "", ""), Refused::Not),
            (minute, answer(422, "", "Name is blank"), Refused::Not),
            (None, answer(429, "soon", ""), Refused::Not),
            (minute, answer(429, "86400", ""), Refused::GivesUp),
            (None, answer(429, "5", ""), Refused::Waits),
        ] {
            assert_eq!(limit(window).heed(&outcome, 0, &Still), want, "{outcome:?}");
        }
        let round = limit(minute).pass(&Still).await;
        assert_eq!((round, limit(minute).heed(&answer(422, "", "{\"error\":\"Too many messages\"}"), round, &Still)), (1, Refused::Waits));
        assert_eq!(limit(minute).heed(&answer(429, "", ""), round, &Still), Refused::Waits);
        assert_eq!((limit(minute).pass(&Still).await, told.load(Ordering::Relaxed)), (2, 2), "two of one round wait once");
        assert_eq!(limit(minute).gate(|gate| gate.until), Duration::ZERO, "after a wait that takes no time nobody waits any more");
    }

    #[tokio::test]
    async fn a_wait_that_was_too_short_is_followed_by_the_window() {
        let minute = Some(Duration::from_secs(60));
        let past = "Tue, 03 Mar 1969 10:00:00 GMT";
        for (window, asks, want) in [
            (minute, "0", [(60, false), (60, false), (60, false)]),
            (minute, past, [(60, false), (60, false), (60, false)]),
            (minute, "1", [(1, true), (60, false), (60, false)]),
            (minute, "90", [(90, true), (90, true), (90, true)]),
            (None, "1", [(1, true), (2, false), (4, false)]),
        ] {
            let (throttle, told) = (Throttle::default(), Mutex::new(Vec::new()));
            let tell = |pause: Duration, asked| lock(&told).push((pause.as_secs(), asked));
            let limit = Limit { throttle: &throttle, key: "k", window, words: "", tell: &tell };
            for _ in 0..3 {
                assert_eq!(limit.heed(&answer(429, asks, ""), limit.pass(&Still).await, &Still), Refused::Waits);
            }
            assert_eq!(*lock(&told), want, "{asks}");
            // What is let through begins anew.
            limit.heed(&answer(200, "", ""), limit.pass(&Still).await, &Still);
            limit.heed(&answer(429, asks, ""), limit.pass(&Still).await, &Still);
            assert_eq!(lock(&told)[3], want[0], "{asks}");
        }
        let throttle = Throttle::default();
        let limit = Limit { throttle: &throttle, key: "k", window: None, words: "", tell: &|_, _| () };
        assert_eq!(limit.heed(&answer(429, "0", ""), 0, &Still), Refused::Not, "nobody knows how long: the usual tries with their pauses");
    }

    #[tokio::test]
    async fn a_server_that_lets_nothing_through_ends_the_waiting() {
        let throttle = Throttle::default();
        let limit = Limit { throttle: &throttle, key: "k", window: Some(Duration::from_secs(60)), words: "", tell: &|_, _| () };
        for _ in 0..2 {
            let mut waits = 0;
            while limit.heed(&answer(429, "", ""), limit.pass(&Still).await, &Still) == Refused::Waits {
                waits += 1;
            }
            // Once given up, the next one does not wait again; what is let through begins the count anew.
            assert_eq!(waits, FRUITLESS);
            assert_eq!(limit.heed(&answer(429, "", ""), limit.pass(&Still).await, &Still), Refused::GivesUp);
            limit.heed(&answer(200, "", ""), limit.pass(&Still).await, &Still);
        }
    }
}
