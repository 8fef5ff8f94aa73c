//! What the system says of this process.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::failure::Failure;

/// User and system time so far, in milliseconds.
pub(super) fn cpu_ms() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1000.0)
}

/// Memory that is resident now (`VmRSS`), or was at most (`VmHWM`), in MiB. Linux alone says it.
pub(super) fn memory_mib(key: &str) -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).ok_or("the system says nothing of memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

/// Threads that are running at this moment, this one included. Linux alone says it.
pub(super) fn running_threads() -> Result<usize, Failure> {
    let mut running = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let stat = std::fs::read_to_string(task?.path().join("stat")).unwrap_or_default();
        // The name of a thread, in brackets, may hold anything.
        let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
        running += usize::from(state == Some('R'));
    }
    Ok(running)
}
