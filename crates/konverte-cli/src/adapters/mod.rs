//! One file for each port of a run: what the binary links behind it.

pub(crate) mod answers;
pub(crate) mod blobs;
pub(crate) mod clock;
pub(crate) mod credentials;
pub(crate) mod http;
pub(crate) mod random;
pub(crate) mod requests;
pub(crate) mod variables;
pub(crate) mod workflows;

/// A variable of the process's environment, the one place that reads it.
#[expect(clippy::disallowed_methods, reason = "this is the crate that reads the environment")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
