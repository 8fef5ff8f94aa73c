//! The walls on Linux: seccomp, without which no worker starts, and landlock behind it.

mod landlock;
mod seccomp;

use std::io;

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, chdir, getrlimit, set_dumpable_behavior, set_parent_process_death_signal, setrlimit,
};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};

use crate::Wall;

/// Shuts this process in. What fails here is refused; walls that are missing are told.
pub(crate) fn shut_in(memory: u64) -> io::Result<Vec<Wall>> {
    close_others()?;
    chdir("/")?;
    // No dump of its memory, and nobody of the same user looks into it by ptrace or /proc.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // Root in a container is root: a worker has no use for it.
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    let memory = memory.saturating_add(reserved());
    let landlock = landlock::put_up();
    limits(memory)?;
    Ok(vec![seccomp::put_up(), landlock])
}

/// Puts the walls up around this thread alone, which should end.
pub(crate) fn probe() -> Vec<Wall> {
    let landlock = landlock::put_up();
    vec![seccomp::probe(), landlock]
}

/// No memory dumps, no files written, no descriptor beyond the three there are, no more memory: all that is private and can be written
/// counts, used or not. `RLIMIT_NPROC` is left alone, for it counts all processes of the user.
fn limits(memory: u64) -> io::Result<()> {
    for (resource, most) in [(Resource::Core, 0), (Resource::Fsize, 0), (Resource::Nofile, 3), (Resource::Data, memory)] {
        // What the host itself may not have, the worker cannot be given.
        let most = getrlimit(resource).maximum.map_or(most, |maximum| most.min(maximum));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// What the allocator has reserved at its start, in bytes: mimalloc takes 1 GiB of addresses.
fn reserved() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmData:")?.trim().strip_suffix(" kB")?.parse().ok());
    kibibytes.unwrap_or(0_u64) << 10
}

/// Closes all descriptors above standard error: the host's own are marked, those of whoever started the host may not be.
#[allow(unsafe_code)]
fn close_others() -> io::Result<()> {
    // SAFETY: numbers alone are passed. Nothing in this process owns a descriptor yet: it has just started and has one thread.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, 3 as libc::c_uint, libc::c_uint::MAX, 0 as libc::c_uint) };
    if closed == 0 {
        return Ok(());
    }
    // Before Linux 5.9, or where a container does not let it through.
    let open = std::fs::read_dir("/proc/self/fd")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    for descriptor in open.filter(|descriptor| *descriptor > 2).collect::<Vec<libc::c_int>>() {
        // SAFETY: as above; the descriptor that read the folder is closed already, so closing it again fails.
        unsafe { libc::close(descriptor) };
    }
    Ok(())
}

/// Ends the process at once. What is registered to run at an exit might wait for a lock that a thread holds which does not come back.
#[allow(unsafe_code)]
pub(crate) fn exit(status: i32) -> ! {
    // SAFETY: it takes a number and does not return.
    unsafe { libc::_exit(status) }
}
