//! How a worker ended.

/// How a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum End {
    /// It ended itself.
    #[error("it left with status {0}")]
    Left(i32),
    /// It made a system call that no package needs.
    #[error("its wall ended it (a forbidden system call)")]
    Wall,
    /// No memory was left for it, or konverte has a fault.
    #[error("it gave up, mostly because no memory was left (SIGABRT)")]
    GaveUp,
    /// It broke.
    #[error("it crashed (signal {0})")]
    Crashed(i32),
    /// The host ended it.
    #[error("it was ended")]
    Killed,
    /// Neither the host nor its walls ended it.
    #[error("something ended it from outside (signal {0}), mostly the system when memory runs out")]
    Outside(i32),
    /// Something else took the news of its end.
    #[error("it is not known how")]
    Unknown,
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
impl End {
    /// `killed`: the host has ended it, if nothing else did before.
    pub(crate) fn of(status: std::process::ExitStatus, killed: bool) -> Self {
        use std::os::unix::process::ExitStatusExt;
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Left(code),
            (_, Some(libc::SIGSYS)) => Self::Wall,
            (_, Some(libc::SIGABRT)) => Self::GaveUp,
            (_, Some(signal @ (libc::SIGSEGV | libc::SIGBUS | libc::SIGILL | libc::SIGFPE | libc::SIGTRAP))) => Self::Crashed(signal),
            (_, Some(libc::SIGKILL)) if killed => Self::Killed,
            (_, Some(signal)) => Self::Outside(signal),
            (None, None) => Self::Unknown,
        }
    }
}
