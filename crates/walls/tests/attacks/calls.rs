//! Attacks by one system call.

use std::ffi::CStr;

use Argument::{Host, Int, Long, Text};
use Fails::{Ended, With};

/// How an attack has to fail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fails {
    /// The process is ended.
    Ended,
    /// The system call gives this error.
    With(i32),
}

/// An argument of a system call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Argument {
    Int(i32),
    Long(i64),
    Text(&'static CStr),
    /// The number of the host's process.
    Host,
}

/// Name, how it has to fail, the call and its arguments; those that are not given are 0.
pub(crate) const CALLS: &[(&str, Fails, i64, &[Argument])] = &[
    ("creat", Ended, libc::SYS_mknodat, &[Int(AT), Text(c"/tmp/made"), Int(libc::S_IFREG as i32)]),
    ("open a file", With(libc::ENOENT), libc::SYS_openat, &[Int(AT), Text(c"/etc/passwd")]),
    ("open a path without reading", With(libc::ENOENT), libc::SYS_openat, &[Int(AT), Text(c"/etc/passwd"), Int(libc::O_PATH)]),
    ("write a file", With(libc::ENOENT), libc::SYS_openat, &[Int(AT), Text(c"/tmp/made"), Int(libc::O_CREAT | libc::O_WRONLY), Int(0o600)]),
    ("its own memory as a file", With(libc::ENOENT), libc::SYS_openat, &[Int(AT), Text(c"/proc/self/mem"), Int(libc::O_RDWR)]),
    ("size of a file", With(libc::ENOENT), libc::SYS_newfstatat, &[Int(AT), Text(c"/etc/passwd")]),
    ("openat2", Ended, libc::SYS_openat2, &[Int(AT), Text(c"/etc/passwd"), Int(0), Int(24)]),
    ("handle of a file", Ended, libc::SYS_name_to_handle_at, &[Int(AT), Text(c"/etc/passwd")]),
    ("remove a file", Ended, libc::SYS_unlinkat, &[Int(AT), Text(c"/tmp/made")]),
    ("list a folder", Ended, libc::SYS_getdents64, &[]),
    ("TCP socket", Ended, libc::SYS_socket, &[Int(libc::AF_INET), Int(libc::SOCK_STREAM)]),
    ("UNIX socket", Ended, libc::SYS_socket, &[Int(libc::AF_UNIX), Int(libc::SOCK_STREAM)]),
    ("netlink socket", Ended, libc::SYS_socket, &[Int(libc::AF_NETLINK), Int(libc::SOCK_RAW)]),
    ("connect its socket", Ended, libc::SYS_connect, &[]),
    ("sendto with an address", Ended, libc::SYS_sendto, &[Int(0), Text(c"x"), Int(1), Int(0), Text(c"x"), Int(1)]),
    ("socketpair", Ended, libc::SYS_socketpair, &[Int(libc::AF_UNIX), Int(libc::SOCK_STREAM)]),
    ("exec", Ended, libc::SYS_execve, &[Text(c"/bin/true")]),
    ("execveat", Ended, libc::SYS_execveat, &[Int(AT), Text(c"/bin/true")]),
    #[cfg(target_arch = "x86_64")]
    ("fork", Ended, libc::SYS_fork, &[]),
    #[cfg(target_arch = "x86_64")]
    ("vfork", Ended, libc::SYS_vfork, &[]),
    ("clone without a thread", Ended, libc::SYS_clone, &[Int(libc::SIGCHLD)]),
    ("clone of a thread in a new namespace", Ended, libc::SYS_clone, &[Int(THREAD | libc::CLONE_NEWUSER)]),
    ("clone with a high bit", Ended, libc::SYS_clone, &[Long(THREAD as i64 | 1 << 40)]),
    ("clone3", With(libc::ENOSYS), libc::SYS_clone3, &[Int(0), Int(88)]),
    ("ptrace of the host", Ended, libc::SYS_ptrace, &[Int(libc::PTRACE_ATTACH as i32), Host]),
    ("kill the host", Ended, libc::SYS_kill, &[Host, Int(libc::SIGKILL)]),
    ("stop the host's thread", Ended, libc::SYS_tgkill, &[Host, Host, Int(libc::SIGSTOP)]),
    ("stop a thread by its number", if cfg!(target_env = "musl") { With(libc::EPERM) } else { Ended }, libc::SYS_tkill, &[Host, Int(libc::SIGSTOP)]),
    ("queue a signal", Ended, libc::SYS_rt_sigqueueinfo, &[Host, Int(libc::SIGTERM)]),
    ("the host as a descriptor", Ended, libc::SYS_pidfd_open, &[Host]),
    ("a descriptor of the host", Ended, libc::SYS_pidfd_getfd, &[]),
    ("limits of the host", Ended, libc::SYS_prlimit64, &[Host, Int(libc::RLIMIT_NOFILE as i32)]),
    ("read the host's memory", Ended, libc::SYS_process_vm_readv, &[Host]),
    ("write the host's memory", Ended, libc::SYS_process_vm_writev, &[Host]),
    ("compare with the host", Ended, libc::SYS_kcmp, &[Host, Host]),
    ("executable memory", Ended, libc::SYS_mmap, &[Int(0), Int(4096), Int(WRITE | EXECUTE), Int(PRIVATE | libc::MAP_ANONYMOUS), Int(-1)]),
    ("memory that is shared", Ended, libc::SYS_mmap, &[Int(0), Int(4096), Int(WRITE), Int(libc::MAP_SHARED | libc::MAP_ANONYMOUS), Int(-1)]),
    ("memory of a descriptor", Ended, libc::SYS_mmap, &[Int(0), Int(4096), Int(WRITE), Int(PRIVATE), Int(1)]),
    ("make memory executable", Ended, libc::SYS_mprotect, &[Int(0), Int(4096), Int(libc::PROT_READ | EXECUTE)]),
    ("the same with a key", Ended, libc::SYS_pkey_mprotect, &[Int(0), Int(4096), Int(EXECUTE)]),
    ("shared memory by key", Ended, libc::SYS_shmget, &[Int(0), Int(4096), Int(0o1600)]),
    ("file in memory", Ended, libc::SYS_memfd_create, &[Text(c"x")]),
    ("secret memory", Ended, libc::SYS_memfd_secret, &[]),
    ("io_uring", Ended, libc::SYS_io_uring_setup, &[Int(8)]),
    ("old asynchronous files", Ended, libc::SYS_io_setup, &[Int(8)]),
    ("bpf", Ended, libc::SYS_bpf, &[]),
    ("perf events", Ended, libc::SYS_perf_event_open, &[]),
    ("userfaultfd", Ended, libc::SYS_userfaultfd, &[]),
    ("unshare", Ended, libc::SYS_unshare, &[Int(libc::CLONE_NEWUSER)]),
    ("enter a namespace", Ended, libc::SYS_setns, &[]),
    ("mount", Ended, libc::SYS_mount, &[Text(c"none"), Text(c"/tmp"), Text(c"tmpfs")]),
    ("chroot", Ended, libc::SYS_chroot, &[Text(c"/tmp")]),
    ("load a module", Ended, libc::SYS_init_module, &[Int(0), Int(0), Text(c"")]),
    ("let others look in", Ended, libc::SYS_prctl, &[Int(libc::PR_SET_DUMPABLE), Int(1)]),
    ("outlive the host", Ended, libc::SYS_prctl, &[Int(libc::PR_SET_PDEATHSIG)]),
    ("raise a limit", Ended, libc::SYS_setrlimit, &[Int(libc::RLIMIT_NOFILE as i32)]),
    ("another filter", Ended, libc::SYS_seccomp, &[Int(1)]),
    ("become somebody else", Ended, libc::SYS_setresuid, &[]),
    ("capabilities", Ended, libc::SYS_capset, &[]),
    ("keys of the kernel", Ended, libc::SYS_keyctl, &[]),
    ("personality", Ended, libc::SYS_personality, &[Int(0x40_0000)]),
    ("watch files", Ended, libc::SYS_inotify_init1, &[]),
    ("duplicate its socket", Ended, libc::SYS_dup, &[]),
    ("fcntl", Ended, libc::SYS_fcntl, &[Int(0), Int(libc::F_DUPFD)]),
    ("pipe", Ended, libc::SYS_pipe2, &[]),
    ("event descriptor", Ended, libc::SYS_eventfd2, &[]),
    ("epoll", Ended, libc::SYS_epoll_create1, &[]),
    ("timer descriptor", Ended, libc::SYS_timerfd_create, &[]),
    ("type into a terminal", Ended, libc::SYS_ioctl, &[Int(0), Int(libc::TIOCSTI as i32), Text(c"x")]),
    ("send a descriptor", Ended, libc::SYS_sendmsg, &[]),
    ("receive a descriptor", Ended, libc::SYS_recvmsg, &[]),
    ("a lock with a priority", Ended, libc::SYS_futex, &[Int(0), Int(libc::FUTEX_LOCK_PI)]),
    #[cfg(target_arch = "x86_64")]
    ("a call of x32", Ended, 0x4000_0000 | libc::SYS_getpid, &[]),
    #[cfg(target_arch = "x86_64")]
    ("thread pointer", Ended, libc::SYS_arch_prctl, &[Int(0x1002)]),
    ("a call that there is not", Ended, 9_999, &[]),
];

const AT: i32 = libc::AT_FDCWD;
const WRITE: i32 = libc::PROT_READ | libc::PROT_WRITE;
const EXECUTE: i32 = libc::PROT_EXEC;
const PRIVATE: i32 = libc::MAP_PRIVATE;
/// The flags of a thread.
const THREAD: i32 = 0x3d_0f00;
