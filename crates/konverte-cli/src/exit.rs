//! The exit codes that scripts rely on.

use std::process::ExitCode;

/// How the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; also a run that waits, and a check with warnings alone.
    Done = 0,
    /// The workflow ended in an error.
    Failed = 1,
    /// Wrong use.
    Usage = 2,
    /// The file does not check.
    Invalid = 3,
    /// A node is not supported.
    Unsupported = 4,
    /// Out of time.
    Timeout = 5,
    /// SIGHUP: the terminal was closed.
    HungUp = 129,
    /// SIGINT, Ctrl-C.
    Interrupted = 130,
    /// SIGTERM.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
