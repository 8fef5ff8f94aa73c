//! The wall on macOS: a sandbox profile that denies everything. Nobody has tried it on such a machine yet.

use std::ffi::{CStr, c_char, c_int};
use std::io;
use std::ptr;

use rustix::process::{Resource, Rlimit, chdir, setrlimit};

use crate::Wall;

const NAME: &str = "sandbox";

/// Descriptors that are open go on working; everything else is denied.
const PROFILE: &CStr = c"(version 1)(deny default)";

/// Shuts this process in. What fails here is refused; a wall that is missing is told.
pub(crate) fn shut_in(_memory: u64) -> io::Result<Vec<Wall>> {
    close_others()?;
    chdir("/")?;
    // The system does not heed a limit of memory.
    for (resource, most) in [(Resource::Core, 0), (Resource::Fsize, 0), (Resource::Nofile, 3)] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(vec![put_up()])
}

/// A profile is for the whole process, so it cannot be tried here: all versions that konverte runs on have it.
pub(crate) fn probe() -> Vec<Wall> {
    vec![Wall::holds(NAME, "everything but the open socket is denied (untested)")]
}

#[allow(unsafe_code)]
fn put_up() -> Wall {
    unsafe extern "C" {
        fn sandbox_init(profile: *const c_char, flags: u64, error: *mut *mut c_char) -> c_int;
    }
    let mut error = ptr::null_mut();
    // SAFETY: the profile ends with a zero, flags 0 say that it is a text, and `error` is where the address of a message goes.
    if unsafe { sandbox_init(PROFILE.as_ptr(), 0, &raw mut error) } == 0 {
        return Wall::holds(NAME, "everything but the open socket is denied (untested)");
    }
    // SAFETY: what is there is a text of the system; it is not freed, for the process ends.
    let why = if error.is_null() { "refused".into() } else { unsafe { CStr::from_ptr(error) }.to_string_lossy() };
    Wall::missing(NAME, why)
}

/// Closes all descriptors above standard error.
#[allow(unsafe_code)]
fn close_others() -> io::Result<()> {
    let open = std::fs::read_dir("/dev/fd")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    for descriptor in open.filter(|descriptor| *descriptor > 2).collect::<Vec<c_int>>() {
        // SAFETY: nothing in this process owns a descriptor yet; that of the folder is closed already, so closing it again fails.
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
