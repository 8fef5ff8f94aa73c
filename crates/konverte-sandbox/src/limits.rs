//! The rate limits of the real server (its 4.15 figures), in fixed windows of one minute. Those of transcripts, uploads, sign-in and
//! the website's widget are left out: no action has such a route.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::failure::Failure;
use crate::fault::throttled;
use crate::http::{Request, Response};
use crate::router::segments;

const WINDOW: Duration = Duration::from_secs(60);

/// Counts requests.
#[derive(Debug)]
pub(crate) struct Limits {
    started: Instant,
    /// Time that passed for those who ask, and for no clock.
    passed: Duration,
    window: u64,
    counts: HashMap<String, u32>,
}

/// One count that a request adds to.
struct Rule {
    counter: String,
    most: u32,
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), passed: Duration::ZERO, window: 0, counts: HashMap::new() }
    }

    /// So much time passes at once.
    pub(crate) fn pass(&mut self, time: Duration) {
        self.passed = self.passed.saturating_add(time);
    }

    /// The answer to a request that is one too many.
    pub(crate) fn check(&mut self, request: &Request, path: &str) -> Option<Response> {
        let window = (self.started.elapsed() + self.passed).as_secs() / WINDOW.as_secs();
        if window != self.window {
            self.window = window;
            self.counts.clear();
        }
        let over = rules(request, path).into_iter().filter(|rule| self.count(rule)).last();
        over.map(|rule| {
            // Messages are counted by the application itself, everything else in front of it.
            if rule.counter.starts_with("messages") { Failure::custom("Too many messages").0 } else { throttled() }
        })
    }

    /// Counts the request, and says whether it is one too many.
    fn count(&mut self, rule: &Rule) -> bool {
        let count = self.counts.entry(rule.counter.clone()).or_default();
        *count += 1;
        *count > rule.most
    }
}

/// The limits that a request counts for.
fn rules(request: &Request, path: &str) -> Vec<Rule> {
    let token = request.token().unwrap_or_default();
    let rule = |counter: String, most: u32| Rule { counter, most };
    let mut rules = vec![rule("all".into(), 3000)];
    let segments: Vec<&str> = segments(path).collect();
    match segments.as_slice() {
        ["api", "v1", "accounts", account, "contacts", "search"] => rules.push(rule(format!("search {account}"), 100)),
        ["api", "v1", "accounts", _, "conversations", "meta"] => rules.push(rule(format!("meta {token}"), 30)),
        ["api", "v1", "accounts", account, "conversations", conversation, "messages"] if request.method == "POST" => {
            rules.push(rule(format!("messages {account} {conversation}"), 200));
        }
        ["api", "v2", "accounts", account, "reports", ..] => {
            rules.push(rule(format!("reports of account {account}"), 1000));
            rules.push(rule(format!("reports of token {token}"), 100));
        }
        _ => {}
    }
    rules
}
