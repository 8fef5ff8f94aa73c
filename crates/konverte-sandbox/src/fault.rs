//! Faults on purpose: which requests fail, how, and how often.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use node_sdk::ErrorCode;

use crate::http::{Outcome, Response};
use crate::router::segments;

/// How late a slow answer is.
pub const SLOW: Duration = Duration::from_secs(2);

/// Lets requests of a route fail. Written `ROUTE=KIND[:RATE]`, for example `/api/v1/accounts/*/contacts=429:0.2`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// A path, where `*` or `{name}` stands for one segment and a `*` at the end for any number of them.
    pub route: String,
    /// How they fail.
    pub kind: FaultKind,
    /// Which share of them fails, from 0 to 1.
    pub rate: f64,
}

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 as text without `Retry-After`, as the real server throttles. The request is not done.
    TooManyRequests,
    /// 500 with the server's JSON. The request is not done.
    ServerError,
    /// 503 with a proxy's HTML page and `Retry-After: 1`. The request is not done.
    Unavailable,
    /// The right answer, [`SLOW`] late.
    Slow,
    /// The connection closes without an answer. The request is not done, which its sender cannot know.
    Reset,
    /// The connection closes without an answer. The request is done, which its sender cannot know.
    Lost,
}

/// A fault that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a fault: write ROUTE=KIND or ROUTE=KIND:RATE, with KIND one of 429, 500, 503, slow, reset, lost and RATE from 0 to 1")]
pub struct FaultError(String);

impl FaultError {
    /// Its code.
    pub const CODE: ErrorCode = ErrorCode::new("KV0602");
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || FaultError(text.to_owned());
        let (route, fault) = text.rsplit_once('=').ok_or_else(error)?;
        let (kind, rate) = fault.split_once(':').unwrap_or((fault, "1"));
        let kind = match kind {
            "429" => FaultKind::TooManyRequests,
            "500" => FaultKind::ServerError,
            "503" => FaultKind::Unavailable,
            "slow" => FaultKind::Slow,
            "reset" => FaultKind::Reset,
            "lost" => FaultKind::Lost,
            _ => return Err(error()),
        };
        let rate: f64 = rate.parse().map_err(|_| error())?;
        let route_ok = route == "*" || route.starts_with('/');
        if route_ok && (0.0..=1.0).contains(&rate) { Ok(Self { route: route.to_owned(), kind, rate }) } else { Err(error()) }
    }
}

/// As it is written in an option.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            FaultKind::TooManyRequests => "429",
            FaultKind::ServerError => "500",
            FaultKind::Unavailable => "503",
            FaultKind::Slow => "slow",
            FaultKind::Reset => "reset",
            FaultKind::Lost => "lost",
        };
        write!(f, "{}={kind}", self.route)?;
        if self.rate < 1.0 { write!(f, ":{}", self.rate) } else { Ok(()) }
    }
}

/// How often a fault came to pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strikes {
    /// Requests to its route.
    pub requests: u64,
    /// Those of them that it let fail.
    pub struck: u64,
}

impl Fault {
    /// Whether the path belongs to the route.
    pub(crate) fn concerns(&self, path: &str) -> bool {
        if self.route == "*" {
            return true;
        }
        let pattern: Vec<&str> = segments(&self.route).collect();
        let path: Vec<&str> = segments(path).collect();
        let (pattern, open) = match pattern.split_last() {
            Some((&"*", rest)) if path.len() > rest.len() => (rest, true),
            _ => (&pattern[..], false),
        };
        let same = |(part, segment): (&&str, &&str)| *part == "*" || part.starts_with('{') || part == segment;
        (open || pattern.len() == path.len()) && pattern.iter().zip(&path).all(same)
    }

    /// Whether the request with this number fails: the same for the same seed.
    pub(crate) fn strikes(&self, seed: u64, number: u64) -> bool {
        let share = splitmix(seed ^ splitmix(number)) as f64 / u64::MAX as f64;
        self.rate >= 1.0 || share < self.rate
    }
}

impl FaultKind {
    /// How the request ends; `None` where it is done first.
    pub(crate) fn outcome(self) -> Option<Outcome> {
        let server_error = serde_json::json!({ "status": 500, "error": "Internal Server Error" });
        match self {
            Self::TooManyRequests => Some(Outcome::Answer(throttled())),
            Self::ServerError => Some(Outcome::Answer(Response::json_of(500, &server_error))),
            Self::Unavailable => {
                let page = "<html><head><title>503 Service Temporarily Unavailable</title></head></html>\n";
                let mut response = Response::new(503, "text/html", page);
                response.headers.push(("retry-after", "1".into()));
                Some(Outcome::Answer(response))
            }
            Self::Slow | Self::Lost => None,
            Self::Reset => Some(Outcome::Reset),
        }
    }
}

/// The answer to one request too many.
pub(crate) fn throttled() -> Response {
    Response::new(429, "text/plain", "Retry later\n")
}

/// Sebastiano Vigna's splitmix64: spreads consecutive numbers over all 64 bits.
fn splitmix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_and_refused() {
        let fault: Fault = "/api/v1/accounts/*/contacts=429:0.25".parse().unwrap();
        assert_eq!(fault, Fault { route: "/api/v1/accounts/*/contacts".into(), kind: FaultKind::TooManyRequests, rate: 0.25 });
        assert_eq!("*=reset".parse::<Fault>().unwrap().rate, 1.0);
        for text in ["/api/v1/accounts/*/contacts=429:0.25", "*=500", "*=503", "*=slow:0", "*=reset:0.1", "/x=lost"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        for wrong in ["", "*", "*=418", "*=500:2", "*=500:x", "contacts=500"] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_route_is_a_pattern() {
        let concerns = |route: &str, path: &str| Fault { route: route.into(), kind: FaultKind::Slow, rate: 1.0 }.concerns(path);
        assert!(concerns("*", "/anything"));
        assert!(concerns("/api/v1/accounts/{account_id}/contacts", "/api/v1/accounts/1/contacts/"));
        assert!(concerns("/platform/*", "/platform/api/v1/users"));
        assert!(concerns("/api/v1/accounts/*/contacts/*", "/api/v1/accounts/1/contacts/7"));
        assert!(!concerns("/api/v1/accounts/*/contacts", "/api/v1/accounts/1/contacts/7"));
        assert!(!concerns("/platform/*", "/api/v1/profile"));
    }
}
