//! The worker's side of the tests: shuts itself in, and then does what it is told to, which is mostly something that must fail.

#![allow(unsafe_code, reason = "attacks are raw system calls")]

use std::ffi::OsString;
use std::io;
use std::ptr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use walls::{Frame, Writer};

use crate::calls::{Argument, CALLS};

/// What it is told: the head of a frame, and the number of the host's process.
type Work = Box<dyn FnOnce() + Send>;

/// `words` are those of the command line behind `worker`; the last one is for the walls.
pub(crate) fn run(words: &[OsString]) -> std::process::ExitCode {
    if words.iter().any(|word| word == "unwalled") {
        without_seccomp();
    }
    // A thread that is there before the walls are.
    let (early, work) = mpsc::channel::<Work>();
    thread::spawn(move || work.into_iter().for_each(|work| work()));
    let Ok(socket) = walls::shut_in(words.last().map(OsString::as_os_str)) else { return std::process::ExitCode::FAILURE };
    let writer = socket.writer();
    socket.serve(move |frame| {
        let writer = writer.clone();
        let told = String::from_utf8(frame.head.clone()).unwrap();
        let (name, host) = told.split_once('|').map(|(name, host)| (name.to_owned(), host.parse().unwrap())).unwrap();
        let early_one = name.strip_prefix("early ").map(str::to_owned);
        let work: Work = Box::new(move || obey(&name, host, frame, &writer));
        match early_one {
            Some(name) => {
                let work: Work = Box::new(move || attack(&name, host));
                early.send(work).unwrap();
            }
            None => drop(thread::Builder::new().name("attack".to_owned()).spawn(work).unwrap()),
        }
    })
}

fn say(writer: &Writer, text: impl Into<Vec<u8>>) {
    writer.send(Frame::new(text)).unwrap();
}

fn obey(name: &str, host: i32, frame: Frame, writer: &Writer) {
    match name {
        "echo" => writer.send(frame).unwrap(),
        "environment" => say(writer, environment()),
        "descriptors" => say(writer, descriptors()),
        "live" => say(writer, live()),
        "spin" => spin(),
        "abort" => std::process::abort(),
        "crash" => crash(),
        "panic" => {
            let panicked = thread::spawn(|| panic!("in a worker")).join().is_err();
            say(writer, format!("{panicked}"));
        }
        "memory" => memory(),
        "leave" => std::process::exit(7),
        "close its socket" => {
            call(libc::SYS_close, &[], host).unwrap();
            spin();
        }
        "endless frames" => loop {
            say(writer, vec![b'x'; 1 << 20]);
        },
        "garbage" => raw(&frame.attachments[0]),
        "send a descriptor for once" => send_descriptor(),
        _ => match attempt(name, host) {
            Ok(value) => say(writer, format!("done: {value}")),
            Err(error) => say(writer, format!("error: {}", error.raw_os_error().unwrap())),
        },
    }
}

/// An attack whose outcome nobody hears, unless it ends the process.
fn attack(name: &str, host: i32) {
    let _ = attempt(name, host);
}

fn attempt(name: &str, host: i32) -> io::Result<i64> {
    #[cfg(target_arch = "x86_64")]
    if name == "a call of 32 bits" {
        return Ok(old_call());
    }
    let (_, _, number, arguments) = CALLS.iter().find(|(known, ..)| *known == name).unwrap();
    call(*number, arguments, host)
}

fn call(number: i64, arguments: &[Argument], host: i32) -> io::Result<i64> {
    let mut words = [0_i64; 6];
    for (word, argument) in words.iter_mut().zip(arguments) {
        *word = match argument {
            Argument::Int(value) => i64::from(*value),
            Argument::Long(value) => *value,
            Argument::Text(text) => text.as_ptr() as i64,
            Argument::Host => i64::from(host),
        };
    }
    let [a, b, c, d, e, f] = words;
    // SAFETY: none: it must fail.
    let value = unsafe { libc::syscall(number, a, b, c, d, e, f) };
    if value == -1 { Err(io::Error::last_os_error()) } else { Ok(value) }
}

/// The calls of 32 bits, which a filter for 64 bits knows by other numbers: 20 is `getpid` there, and `writev` here.
#[cfg(target_arch = "x86_64")]
fn old_call() -> i64 {
    let value: i64;
    // SAFETY: `getpid` touches no memory.
    unsafe { std::arch::asm!("int 0x80", inlateout("rax") 20_i64 => value, out("r8") _, out("r9") _, out("r10") _, out("r11") _) };
    value
}

#[expect(clippy::disallowed_methods, reason = "the environment must be empty")]
fn environment() -> String {
    format!("{:?}", std::env::vars_os().collect::<Vec<_>>())
}

/// What other descriptors than the three there are.
fn descriptors() -> String {
    let open = (3..4096).filter(|descriptor| {
        let mut byte = 0_u8;
        // SAFETY: it has room for the one byte.
        let read = unsafe { libc::read(*descriptor, ptr::from_mut(&mut byte).cast(), 1) };
        read != -1 || io::Error::last_os_error().raw_os_error() != Some(libc::EBADF)
    });
    format!("{:?}", open.collect::<Vec<_>>())
}

/// What workers do in earnest: threads with names, locks, memory large and small, time, sleep, chance.
fn live() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads: Vec<_> = (0..8_u32)
        .map(|index| {
            thread::Builder::new().name(format!("thread {index}")).spawn(move || {
                let mut pieces: Vec<Vec<u8>> = (0..64).map(|piece| vec![index as u8; 1 << (piece % 20)]).collect();
                pieces.iter_mut().for_each(|piece| piece.resize(3 * piece.len(), 0));
                thread::sleep(Duration::from_millis(2));
                std::collections::HashMap::from([(index, pieces.len())])[&index]
            })
        })
        .collect();
    let pieces: usize = threads.into_iter().map(|thread| thread.unwrap().join().unwrap()).sum();
    let begin = std::time::Instant::now();
    thread::sleep(Duration::from_millis(1));
    format!("{pieces} {} {}", cores > 0, begin.elapsed() >= Duration::from_millis(1))
}

fn spin() {
    loop {
        std::hint::spin_loop();
    }
}

fn crash() {
    // SAFETY: none: it is the crash.
    unsafe { ptr::null_mut::<u8>().wrapping_add(8).write_volatile(1) }
}

/// Takes memory until there is none.
fn memory() {
    let mut all = Vec::new();
    loop {
        all.push(vec![1_u8; 16 << 20]);
    }
}

fn raw(bytes: &[u8]) {
    // SAFETY: the bytes are there.
    unsafe { libc::write(0, bytes.as_ptr().cast(), bytes.len()) };
}

/// A frame with a descriptor beside it, which only a worker without walls can send.
fn send_descriptor() {
    let frame = [8_u32.to_le_bytes(), 0_u32.to_le_bytes(), 0_u32.to_le_bytes()].concat();
    let mut piece = libc::iovec { iov_base: frame.as_ptr().cast_mut().cast(), iov_len: frame.len() };
    let mut control = [0_u64; 3];
    // SAFETY: the message and what it points to live until it is sent; `control` has room for a header and one number, well aligned.
    unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut piece;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(4) as _;
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(4) as _;
        libc::CMSG_DATA(header).cast::<i32>().write_unaligned(1);
        libc::sendmsg(0, &raw const message, 0);
    }
}

/// A system without seccomp, and an old one: the two calls that set a filter say that they are not there, as does the one that closes descriptors.
fn without_seccomp() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule};
    let set = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, libc::PR_SET_SECCOMP as u64).unwrap();
    let rules = [(libc::SYS_seccomp, Vec::new()), (libc::SYS_close_range, Vec::new()), (libc::SYS_prctl, vec![SeccompRule::new(vec![set]).unwrap()])];
    let arch = std::env::consts::ARCH.try_into().unwrap();
    let filter = SeccompFilter::new(rules.into(), SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32), arch).unwrap();
    let filter: BpfProgram = filter.try_into().unwrap();
    seccompiler::apply_filter(&filter).unwrap();
}
