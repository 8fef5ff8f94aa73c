//! Seccomp: the system calls that a worker needs, and no others.
//!
//! Another call *ends the process*. What runs in a worker needs none, so whoever makes one has broken out of the engine; an error number would let
//! it go on looking for a gap, and the host would not hear of it. Some get an error number, for libc and the allocator make them unasked and can
//! do without: looking for files (there are none: `ENOENT`), `clone3` (its flags lie in memory, where no filter sees them; libc then takes `clone`),
//! and what `abort` of musl begins with (the number of a thread does not say whose it is; it crashes then).

use std::collections::BTreeMap;

use seccompiler::SeccompCmpArgLen::{Dword, Qword};
use seccompiler::SeccompCmpOp::{self, Eq, MaskedEq};
use seccompiler::{BackendError, BpfProgram, SeccompAction, SeccompCondition, SeccompFilter, SeccompRule};

use crate::Wall;

const NAME: &str = "seccomp";

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Shuts in all threads of this process, and those that they start.
pub(super) fn put_up() -> Wall {
    wall(filters(SeccompAction::KillProcess), seccompiler::apply_filter_all_threads)
}

/// Shuts in this thread alone, and ends nothing: it has yet to end itself, in a process that lives on.
pub(super) fn probe() -> Wall {
    wall(filters(SeccompAction::Errno(libc::EPERM as u32)), seccompiler::apply_filter)
}

fn wall(filters: Result<Vec<BpfProgram>, BackendError>, apply: impl Fn(&[seccompiler::sock_filter]) -> seccompiler::Result<()>) -> Wall {
    let applied = filters.map_err(seccompiler::Error::from).and_then(|filters| filters.iter().try_for_each(|filter| apply(filter)));
    match applied {
        Ok(()) => Wall::holds(NAME, "no file, socket, process or executable memory can be asked for"),
        Err(error) => Wall::missing(NAME, error.to_string()),
    }
}

/// Of several filters the strictest answer counts. The last one forbids adding more.
fn filters(otherwise: SeccompAction) -> Result<Vec<BpfProgram>, BackendError> {
    let refused = REFUSED.iter().map(|(calls, error)| filter(rules(calls), SeccompAction::Allow, SeccompAction::Errno(*error as u32)));
    let mut allowed = rules(ALLOWED);
    allowed.extend(REFUSED.iter().flat_map(|(calls, _)| rules(calls)));
    allowed.extend(conditional()?);
    refused.chain([filter(allowed, otherwise, SeccompAction::Allow)]).collect()
}

/// Another architecture's calls end the process in any case (`int 0x80` on x86-64).
fn filter(rules: Rules, otherwise: SeccompAction, matched: SeccompAction) -> Result<BpfProgram, BackendError> {
    SeccompFilter::new(rules, otherwise, matched, std::env::consts::ARCH.try_into()?)?.try_into()
}

fn rules(calls: &[i64]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

/// Memory, threads, time, chance, signals of its own, and the descriptors that are there. No call among them makes another descriptor.
const ALLOWED: &[i64] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_getcpu,
    // How much memory there is: `qsort` of glibc asks.
    libc::SYS_sysinfo,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_exit,
    libc::SYS_exit_group,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
];

/// What fails, and how.
const REFUSED: &[(&[i64], i32)] = &[
    (FILES, libc::ENOENT),
    (&[libc::SYS_clone3], libc::ENOSYS),
    #[cfg(target_env = "musl")]
    (&[libc::SYS_tkill], libc::EPERM),
];

/// What libc and the allocator look up in files, mostly how many processors and memory nodes there are.
const FILES: &[i64] = &[
    libc::SYS_openat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
];

/// What a thread of glibc or musl is started with; musl adds `CLONE_DETACHED`, which means nothing. Anything less would be a process.
const THREAD: i32 = libc::CLONE_VM
    | libc::CLONE_FS
    | libc::CLONE_FILES
    | libc::CLONE_SIGHAND
    | libc::CLONE_THREAD
    | libc::CLONE_SYSVSEM
    | libc::CLONE_SETTLS
    | libc::CLONE_PARENT_SETTID
    | libc::CLONE_CHILD_CLEARTID;

/// `PR_SET_VMA`, by which the allocator names its memory.
const PR_SET_VMA: i32 = 0x5356_4d41;

/// The operations on futexes that locks and queues of libc and of Rust use. Those that pass on priorities are not among them.
const FUTEX: &[i32] = &[
    libc::FUTEX_WAIT,
    libc::FUTEX_WAKE,
    libc::FUTEX_REQUEUE,
    libc::FUTEX_CMP_REQUEUE,
    libc::FUTEX_WAKE_OP,
    libc::FUTEX_WAIT_BITSET,
    libc::FUTEX_WAKE_BITSET,
];

/// Calls whose arguments decide.
fn conditional() -> Result<Rules, BackendError> {
    let private = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
    let mapping = (libc::MAP_TYPE | libc::MAP_ANONYMOUS) as u64;
    let not_executable = |argument| is(argument, MaskedEq(libc::PROT_EXEC as u64), 0);
    let futex = FUTEX.iter().map(|operation| rule([is(1, MaskedEq(libc::FUTEX_CMD_MASK as u32 as u64), *operation as u64)]));
    Ok(Rules::from([
        // Memory that several processes share is counted by no limit.
        (libc::SYS_mmap, vec![rule([not_executable(2), is(3, MaskedEq(mapping), private)])?]),
        (libc::SYS_mprotect, vec![rule([not_executable(2)])?]),
        (libc::SYS_clone, vec![rule([Ok(SeccompCondition::new(0, Qword, MaskedEq(!(libc::CLONE_DETACHED as u64)), THREAD as u64)?)])?]),
        (libc::SYS_futex, futex.collect::<Result<_, _>>()?),
        (libc::SYS_prctl, vec![rule([is(0, Eq, libc::PR_SET_NAME as u64)])?, rule([is(0, Eq, PR_SET_VMA as u64)])?]),
        // How `abort` ends the process.
        (libc::SYS_tgkill, vec![rule([is(0, Eq, u64::from(std::process::id()))])?]),
    ]))
}

/// A condition on the low half of an argument, which is all that the kernel reads of an `int`.
fn is(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, Dword, operator, value)
}

fn rule<const N: usize>(conditions: [Result<SeccompCondition, BackendError>; N]) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(conditions.into_iter().collect::<Result<_, _>>()?)
}
