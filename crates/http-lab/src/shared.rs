//! What all connections see.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use crate::log::Log;
use node_sdk::sync::lock;

/// What all connections see.
pub(crate) struct Shared {
    /// `HTTP`, `HTTP2`, `HTTPS`, `PROXY`, `CLOSED` and their origins.
    pub(crate) origins: Vec<(&'static str, String)>,
    pub(crate) log: Log,
    /// How often each key of `/retry` was asked for.
    counts: Mutex<HashMap<String, u64>>,
    pub(crate) stopped: AtomicBool,
}

impl Shared {
    pub(crate) fn new(origins: Vec<(&'static str, String)>) -> Self {
        Self { origins, log: Log::default(), counts: Mutex::default(), stopped: AtomicBool::new(false) }
    }

    pub(crate) fn origin(&self, name: &str) -> &str {
        self.origins.iter().find(|(n, _)| *n == name).map_or("", |(_, origin)| origin)
    }

    /// How often this key has been asked for, this time included.
    pub(crate) fn count(&self, key: &str) -> u64 {
        let mut counts = lock(&self.counts);
        let count = counts.entry(key.to_owned()).or_insert(0);
        *count += 1;
        *count
    }
}
