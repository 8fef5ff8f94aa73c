//! Sending again after a failure that will pass.
//!
//! A request is sent again when its answer says that it was not done (408, 425, 429; 503 with `Retry-After`), when it never left
//! (refused, unknown host), or, where the caller says that repeating does no harm, on 502, 503, 504 and a broken connection.
//! A time-out is not a reason: whoever sets one wants an end. How long a limit of the server lasts is seen to by [`crate::throttle`].

use std::time::Duration;

use node_sdk::Ports;
use node_sdk::ports::{HttpError, HttpErrorKind, HttpRequest, HttpResponse, Random};

use crate::throttle::{Limit, Refused, retry_after};

/// How often and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all, the first one included.
    pub max_attempts: u32,
    /// The pause before the second attempt; it doubles with each one, and up to half of it is left to chance.
    pub base_delay: Duration,
    /// No pause is longer, whatever `Retry-After` says, but the one that a limit of the server makes.
    pub max_delay: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { max_attempts: 4, base_delay: Duration::from_millis(500), max_delay: Duration::from_secs(30) }
    }
}

/// What became of a request.
#[derive(Debug)]
pub struct Sent {
    /// Of the last attempt.
    pub outcome: Result<HttpResponse, HttpError>,
    /// An attempt before the last one may have been carried out: nobody knows, because no answer said so.
    pub maybe_done: bool,
    /// How often it was sent in all.
    pub attempts: u32,
}

/// Sends a request, again where [`worth_repeating`] says so; `request` writes it down for each attempt. What a limit of the server refuses
/// waits for the end of its window, which is no attempt.
pub async fn send(ports: &Ports, request: impl Fn() -> HttpRequest, retry: &Retry, repeatable: bool, limit: &Limit<'_>) -> Sent {
    let (mut attempt, mut attempts, mut maybe_done) = (1, 0, false);
    loop {
        let round = limit.pass(&*ports.clock).await;
        let outcome = ports.http.send(request()).await;
        attempts += 1;
        let may_repeat = retry.max_attempts > 1 && (repeatable || !is_open(&outcome));
        let refused = if may_repeat { limit.heed(&outcome, round, &*ports.clock) } else { Refused::Not };
        let ends = attempt >= retry.max_attempts || !worth_repeating(&outcome, repeatable);
        if refused == Refused::GivesUp || (refused == Refused::Not && ends) {
            return Sent { outcome, maybe_done, attempts };
        }
        maybe_done |= is_open(&outcome);
        if refused == Refused::Waits {
            continue;
        }
        let asked = outcome.as_ref().ok().and_then(|answer| retry_after(answer, &*ports.clock));
        let pause = asked.unwrap_or_else(|| backoff(retry, attempt, &*ports.random));
        ports.clock.sleep(pause.min(retry.max_delay)).await;
        attempt += 1;
    }
}

/// Whether the same request may be sent once more. `repeatable`: doing it twice does no harm.
fn worth_repeating(outcome: &Result<HttpResponse, HttpError>, repeatable: bool) -> bool {
    use HttpErrorKind::{Aborted, BrokenPipe, Dns, DnsAgain, NoNetwork, Refused, Reset, Unreachable};
    let passes = match outcome {
        Ok(answer) => matches!(answer.status, 408 | 425 | 429 | 502 | 503 | 504),
        Err(error) => matches!(error.kind, Refused | Unreachable | NoNetwork | Dns | DnsAgain | Reset | BrokenPipe | Aborted),
    };
    passes && (repeatable || !is_open(outcome))
}

/// Whether another try may help a node that is told to try again (`retryOnFail`), after this was the last outcome: more than
/// [`send`] repeats by itself, because a person asked for it, but neither what the server refuses as it is, nor what may have been
/// done and does harm when it is done twice.
pub fn worth_another_try(outcome: &Result<HttpResponse, HttpError>, repeatable: bool) -> bool {
    use HttpErrorKind as Kind;
    let may_pass = match outcome {
        Ok(answer) => matches!(answer.status, 408 | 425 | 429 | 500..),
        Err(error) => matches!(
            error.kind,
            Kind::Refused
                | Kind::Unreachable
                | Kind::NoNetwork
                | Kind::Dns
                | Kind::DnsAgain
                | Kind::Reset
                | Kind::BrokenPipe
                | Kind::Aborted
                | Kind::Timeout
                | Kind::ConnectTimeout
                | Kind::BodyTimeout
                | Kind::ProxyRefused
                | Kind::Other
        ),
    };
    may_pass && (repeatable || !is_open(outcome))
}

/// Whether nobody knows if a failed attempt was carried out.
pub fn is_open(outcome: &Result<HttpResponse, HttpError>) -> bool {
    match outcome {
        Ok(answer) => answer.leaves_open(),
        Err(error) => error.maybe_sent,
    }
}

/// The pause after attempt number `attempt` (from 1): doubling, between half and all of it.
fn backoff(retry: &Retry, attempt: u32, random: &dyn Random) -> Duration {
    let full = retry.base_delay.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(retry.max_delay);
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    full.mul_f64(0.5 + 0.5 * f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use node_sdk::ports::Clock;

    use super::*;

    struct At(i64);
    #[async_trait::async_trait]
    impl Clock for At {
        fn now_millis(&self) -> i64 {
            self.0
        }
        async fn sleep(&self, _: Duration) {}
        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }
    struct Bytes(u8);
    impl Random for Bytes {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    fn answer(status: u16, retry_after: Option<&str>) -> HttpResponse {
        let headers = retry_after.map(|v| ("retry-after".to_owned(), v.to_owned())).into_iter().collect();
        HttpResponse { status, status_text: String::new(), url: String::new(), redirected: false, headers, body: bytes::Bytes::new() }
    }

    #[test]
    fn what_may_be_sent_again() {
        let table = [
            (408, None, true, true),
            (425, None, true, true),
            (429, None, true, true),
            (422, None, false, false),
            (503, Some("1"), true, true),
            (503, None, false, true),
            (502, None, false, true),
            (504, None, false, true),
            (500, None, false, false),
            (200, None, false, false),
        ];
        for (status, after, always, repeatable) in table {
            assert_eq!(
                (worth_repeating(&Ok(answer(status, after)), false), worth_repeating(&Ok(answer(status, after)), true)),
                (always, repeatable),
                "{status}"
            );
        }
        for (status, after) in [(429, None), (503, Some("1"))] {
            let behind_a_redirect = Ok(HttpResponse { redirected: true, ..answer(status, after) });
            assert!(!worth_repeating(&behind_a_redirect, false) && worth_repeating(&behind_a_redirect, true), "{status}");
        }
        let fault = |kind, maybe_sent| Err(HttpError { kind, message: String::new(), maybe_sent });
        assert!(worth_repeating(&fault(HttpErrorKind::Refused, false), false));
        assert!(!worth_repeating(&fault(HttpErrorKind::Reset, true), false));
        assert!(worth_repeating(&fault(HttpErrorKind::Reset, true), true));
        assert!(!worth_repeating(&fault(HttpErrorKind::Tls(node_sdk::ports::TlsFault::Expired), false), true));
    }

    #[test]
    fn what_a_node_may_try_again() {
        let of = |status| {
            let outcome = Ok(answer(status, None));
            (worth_another_try(&outcome, false), worth_another_try(&outcome, true))
        };
        for (status, always, repeatable) in [
            (400, false, false),
            (404, false, false),
            (422, false, false),
            (408, true, true),
            (425, true, true),
            (429, true, true),
            (500, true, true),
            (502, false, true),
        ] {
            assert_eq!(of(status), (always, repeatable), "{status}");
        }
        let fault = |kind, maybe_sent| Err(HttpError { kind, message: String::new(), maybe_sent });
        assert!(worth_another_try(&fault(HttpErrorKind::Refused, false), false));
        assert!(!worth_another_try(&fault(HttpErrorKind::Timeout, true), false) && worth_another_try(&fault(HttpErrorKind::Timeout, true), true));
        assert!(!worth_another_try(&fault(HttpErrorKind::Stopped, false), true));
    }

    #[test]
    fn retry_after_in_both_forms() {
        let at = |text| retry_after(&answer(429, Some(text)), &At(1_772_532_000_000)); // Tue, 03 Mar 2026 10:00:00 GMT
        assert_eq!(at("3"), Some(Duration::from_secs(3)));
        assert_eq!(at("Tue, 03 Mar 2026 10:00:05 GMT"), Some(Duration::from_secs(5)));
        assert_eq!((at("Tue, 03 Mar 2026 09:00:00 GMT"), at("0")), (None, None), "no wait is asked for");
        assert_eq!((at("soon"), at("-1")), (None, None));
    }

    #[test]
    fn backoff_doubles_within_its_bounds() {
        let retry = Retry { max_attempts: 9, base_delay: Duration::from_millis(100), max_delay: Duration::from_millis(350) };
        let pauses = |byte| [1, 2, 3, 40].map(|n| backoff(&retry, n, &Bytes(byte)).as_millis());
        assert_eq!(pauses(255), [100, 200, 350, 350]);
        assert_eq!(pauses(0), [50, 100, 175, 175]);
    }
}
