//! Files of the kernel: `/proc` shows the memory and the environment of processes, `/sys` and `/dev` what the machine is. They are no files of anybody's
//! work, wherever they are mounted and whatever link leads there.

use std::os::fd::AsFd;
use std::path::Path;

use node_sdk::ports::FileError;

/// Where they stand on every system.
const FOLDERS: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Whether a path without links leads there.
pub(super) fn holds(real: &Path) -> bool {
    FOLDERS.iter().any(|folder| real.starts_with(folder))
}

/// Lets an opened file or folder pass that is not one of them.
///
/// # Errors
/// [`FileError::Outside`].
pub(super) fn refuse(opened: impl AsFd) -> Result<(), FileError> {
    if is_of_kernel(opened) { Err(refused()) } else { Ok(()) }
}

/// Why one of them is not reached.
pub(super) fn refused() -> FileError {
    FileError::Outside(
        "Files of the kernel (/proc, /sys, /dev) are out of a workflow's reach: they show what other programs hold in memory.".to_owned(),
    )
}

#[cfg(target_os = "linux")]
fn is_of_kernel(opened: impl AsFd) -> bool {
    use std::os::fd::AsRawFd as _;
    /// File systems that the kernel makes up, by the numbers of `linux/magic.h`.
    const MADE_UP: [u64; 13] = [
        0x9fa0,      // proc
        0x6265_6572, // sysfs
        0x6462_6720, // debugfs
        0x7472_6163, // tracefs
        0x7363_6673, // securityfs
        0x6265_6570, // configfs
        0x6165_676c, // pstore
        0xde5e_81e4, // efivarfs
        0xf97c_ff8c, // selinux
        0xcafe_4a11, // bpf
        0x0027_e0eb, // cgroup
        0x6367_7270, // cgroup2
        0x1cd1,      // devpts
    ];
    let made_up = rustix::fs::fstatfs(&opened).is_ok_and(|system| MADE_UP.contains(&u64::try_from(system.f_type).unwrap_or_default()));
    // What lies in memory below `/dev` is in a file system like others, and is known by where it really stands.
    let stands = || std::fs::read_link(format!("/proc/self/fd/{}", opened.as_fd().as_raw_fd()));
    made_up || stands().is_ok_and(|real| holds(&real))
}

/// Elsewhere `/dev` alone is there, and holds no regular files.
#[cfg(not(target_os = "linux"))]
fn is_of_kernel(_: impl AsFd) -> bool {
    false
}
