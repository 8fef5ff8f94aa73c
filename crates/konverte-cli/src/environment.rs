//! The environment of the process: the one place that reads it.

/// A variable.
#[expect(clippy::disallowed_methods, reason = "this is the crate that reads the environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The path of this program.
pub(crate) fn program() -> Option<std::path::PathBuf> {
    std::env::current_exe().ok()
}
