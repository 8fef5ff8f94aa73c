//! The host's side: each test starts a worker, has it attack, and looks at what came of it.

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use libtest_mimic::{Arguments, Failed, Trial};
use walls::{End, Error, Fault, Frame, Spawn, Worker};

use crate::calls::{CALLS, Fails};

const MEMORY: u64 = 256 << 20;

/// A test: its name, the wall that it needs, and what it does.
type Test = (&'static str, &'static str, fn());

const TESTS: &[Test] = &[
    ("a worker lives", "seccomp", a_worker_lives),
    ("nothing is inherited", "seccomp", nothing_is_inherited),
    ("the system says that it is shut in", "seccomp", the_system_says_so),
    ("a thread from before the walls is shut in", "seccomp", early_thread),
    ("calls of 32 bits", "seccomp", calls_of_32_bits),
    ("no worker without its first wall", "seccomp", no_first_wall),
    ("weak walls", "landlock", weak_walls),
    ("no descriptor comes to the host", "", no_descriptor_comes),
    ("endless frames", "seccomp", endless_frames),
    ("garbage", "seccomp", garbage),
    ("a worker that does not read", "seccomp", a_worker_that_does_not_read),
    ("a sender that is dropped", "seccomp", a_sender_that_is_dropped),
    ("how a worker ends", "seccomp", how_a_worker_ends),
    ("no zombie and no descriptor stays", "seccomp", nothing_stays),
    ("a worker outlives the thread that asked for it", "seccomp", asked_for_by_a_thread),
    ("the end of the host is the worker's", "seccomp", the_host_is_killed),
    ("the end of the socket is the worker's", "seccomp", the_socket_is_closed),
    ("a program that is none", "", no_program),
];

pub(crate) fn run() -> ExitCode {
    let here = walls::here();
    let holds = |name: &str| name.is_empty() || here.walls.iter().any(|wall| wall.name == name && wall.holds);
    let trial = |name: String, wall: &str, test: Box<dyn FnOnce() + Send>| {
        let run = move || {
            test();
            Ok::<(), Failed>(())
        };
        if !holds(wall) {
            eprintln!("SKIPPED for this system has no {wall}: {name}");
        }
        Trial::test(name, run).with_ignored_flag(!holds(wall))
    };
    let mut trials: Vec<_> = TESTS.iter().map(|(name, wall, test)| trial((*name).to_owned(), wall, Box::new(test))).collect();
    for (name, fails, ..) in CALLS {
        trials.push(trial(format!("attack: {name}"), "seccomp", Box::new(|| fails_as_it_must(name, *fails))));
    }
    // One after the other: some look at the memory and the descriptors of this process.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// No test takes long: one that waits for what does not come fails.
fn on_runtime<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), test).await.expect("it takes too long") })
}

fn spawn(words: &[&str], weak: bool) -> Spawn {
    let arguments = ["worker"].iter().chain(words).map(Into::into).collect();
    Spawn { program: std::env::current_exe().unwrap(), arguments, weak, memory: MEMORY }
}

async fn worker() -> Worker {
    spawn(&[], false).start().await.unwrap()
}

/// A frame that tells a worker what to do.
fn order(name: &str) -> Frame {
    Frame::new(format!("{name}|{}", std::process::id()))
}

async fn tell(worker: &Worker, name: &str) {
    worker.sender().send(order(name)).await.unwrap();
}

async fn ask(worker: &mut Worker, name: &str) -> String {
    tell(worker, name).await;
    String::from_utf8(worker.receive().await.unwrap().head).unwrap()
}

fn ended(outcome: walls::Result<Frame>) -> End {
    match outcome {
        Err(Error::Ended(end)) => end,
        other => panic!("it has not ended: {other:?}"),
    }
}

/// Whether a process is there, as a zombie or alive.
fn is_there(id: u32) -> bool {
    fs::exists(format!("/proc/{id}")).unwrap()
}

fn is_soon(condition: impl Fn() -> bool) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(10) {
        if condition() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// What the system says of a process in one line of a file below `/proc`.
fn line_of(file: &str, begin: &str) -> String {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find(|line| line.starts_with(begin)).unwrap();
    line[begin.len()..].split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The memory of this process, in bytes.
fn own_memory() -> usize {
    let pages = line_of("/proc/self/status", "VmRSS:");
    pages.split(' ').next().unwrap().parse::<usize>().unwrap() << 10
}

fn fails_as_it_must(name: &str, fails: Fails) {
    on_runtime(async {
        let mut worker = worker().await;
        tell(&worker, name).await;
        match (fails, worker.receive().await) {
            (Fails::Ended, outcome) => assert_eq!(ended(outcome), End::Wall),
            (Fails::With(error), Ok(frame)) => assert_eq!(frame, Frame::new(format!("error: {error}"))),
            (_, other) => panic!("{other:?}"),
        }
    });
}

fn a_worker_lives() {
    on_runtime(async {
        let mut worker = worker().await;
        assert_eq!(worker.report(), &walls::here());
        assert_eq!(ask(&mut worker, "live").await, "512 true true");
        assert_eq!(ask(&mut worker, "panic").await, "true");
        let mut frame = order("echo");
        frame.attachments = vec![Bytes::new(), vec![7; 5 << 20].into(), Bytes::from_static(b"x")];
        // Both directions at once: neither side waits for the other to read.
        let sending = worker.sender();
        let (sent, received) = tokio::join!(
            async {
                for _ in 0..5 {
                    sending.send(frame.clone()).await.unwrap();
                }
            },
            async {
                for _ in 0..5 {
                    // Nothing is lost when receiving is given up.
                    let none = tokio::time::timeout(Duration::from_micros(300), worker.receive()).await;
                    let next = match none {
                        Ok(frame) => frame,
                        Err(_) => worker.receive().await,
                    };
                    assert_eq!(next.unwrap(), frame);
                }
            }
        );
        let ((), ()) = (sent, received);
    });
}

fn nothing_is_inherited() {
    let secret = tempfile::tempfile().unwrap();
    let heir = OwnedFd::from(secret.try_clone().unwrap());
    rustix::io::fcntl_setfd(&heir, rustix::io::FdFlags::empty()).unwrap();
    assert!(heir.as_raw_fd() > 2);
    on_runtime(async {
        // The second one is on a system that cannot close all descriptors at once.
        for mut worker in [worker().await, spawn(&["unwalled"], true).start().await.unwrap()] {
            assert_eq!(ask(&mut worker, "descriptors").await, "[]");
            assert_eq!(ask(&mut worker, "environment").await, "[]");
        }
    });
}

fn the_system_says_so() {
    on_runtime(async {
        let worker = worker().await;
        let of = |file: &str| format!("/proc/{}/{file}", worker.id());
        assert_eq!(line_of(&of("status"), "Seccomp:"), "2");
        assert_eq!(line_of(&of("status"), "NoNewPrivs:"), "1");
        for capabilities in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
            assert_eq!(line_of(&of("status"), capabilities), "0000000000000000", "{capabilities}");
        }
        assert_eq!(line_of(&of("limits"), "Max core file size"), "0 0 bytes");
        assert_eq!(line_of(&of("limits"), "Max file size"), "0 0 bytes");
        assert_eq!(line_of(&of("limits"), "Max open files"), "3 3 files");
        let data: u64 = line_of(&of("limits"), "Max data size").split(' ').nth(1).unwrap().parse().unwrap();
        assert!((MEMORY..MEMORY + (4 << 30)).contains(&data), "{data}");
        // Root alone may look at the rest of a process whose memory is nobody's business.
        if rustix::process::geteuid().is_root() {
            assert_eq!(fs::read(of("environ")).unwrap(), b"");
            let open = fs::read_dir(of("fd")).unwrap().map(|entry| fs::read_link(entry.unwrap().path()).unwrap().display().to_string());
            let open: Vec<_> = open.collect();
            assert!(open[0].starts_with("socket:") && open[1..] == ["/dev/null", "/dev/null"], "{open:?}");
            assert_eq!(fs::read_link(of("cwd")).unwrap().to_str(), Some("/"));
        } else {
            fs::read_dir(of("fd")).unwrap_err();
        }
    });
}

fn early_thread() {
    on_runtime(async {
        let mut worker = worker().await;
        tell(&worker, "early file in memory").await;
        assert_eq!(ended(worker.receive().await), End::Wall);
    });
}

fn calls_of_32_bits() {
    if cfg!(target_arch = "x86_64") {
        on_runtime(async {
            let mut worker = worker().await;
            tell(&worker, "a call of 32 bits").await;
            // A kernel without them breaks the process by itself.
            assert!(matches!(ended(worker.receive().await), End::Wall | End::Crashed(_)));
        });
    }
}

fn no_first_wall() {
    on_runtime(async {
        let error = spawn(&["unwalled"], false).start().await.unwrap_err();
        assert!(matches!(error, Error::NoWall(_)), "{error}");
        assert!(error.to_string().contains("seccomp is missing"), "{error}");
    });
}

/// What holds without seccomp: nothing is reached, though the process lives on.
fn weak_walls() {
    on_runtime(async {
        let mut worker = spawn(&["unwalled"], true).start().await.unwrap();
        assert!(worker.report().missing().is_some() && worker.report().walls[1].holds);
        for name in
            ["open a file", "write a file", "its own memory as a file", "remove a file", "exec", "TCP socket", "UNIX socket", "file in memory"]
        {
            let outcome = ask(&mut worker, name).await;
            assert!(outcome.starts_with("error: "), "{name}: {outcome}");
        }
        for name in ["ptrace of the host", "mount", "duplicate its socket", "chroot", "load a module"] {
            let outcome = ask(&mut worker, name).await;
            assert!(outcome.starts_with("error: "), "{name}: {outcome}");
        }
    });
}

fn no_descriptor_comes() {
    on_runtime(async {
        let mut worker = spawn(&["unwalled"], true).start().await.unwrap();
        // Other tests open and close descriptors meanwhile: one that leads to /dev/null is what the worker sends.
        let null = || {
            let open = fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
            open.filter(|path| path.to_str() == Some("/dev/null")).count()
        };
        for _ in 0..64 {
            tell(&worker, "send a descriptor for once").await;
            assert_eq!(worker.receive().await.unwrap(), Frame::default());
        }
        assert!(null() < 64);
    });
}

fn endless_frames() {
    on_runtime(async {
        let mut worker = worker().await;
        tell(&worker, "endless frames").await;
        worker.receive().await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = own_memory();
        for _ in 0..200 {
            assert_eq!(worker.receive().await.unwrap().head.len(), 1 << 20);
        }
        let more = own_memory().saturating_sub(before);
        assert!(more < 64 << 20, "{more} bytes more");
        worker.kill();
        let end = loop {
            if let Err(error) = worker.receive().await {
                break error;
            }
        };
        assert!(matches!(end, Error::Ended(End::Killed) | Error::Garbage(_)), "{end:?}");
    });
}

fn garbage() {
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Bytes>();
    let cases = [
        (words(&[u32::MAX, 4, 0]), Fault::Length),
        (words(&[8, u32::MAX, 0]), Fault::Lengths),
        (words(&[8, 0, u32::MAX]), Fault::Attachments),
        (words(&[0]), Fault::Lengths),
        (Bytes::from_static(b"{\"json\": true}"), Fault::Length),
    ];
    on_runtime(async {
        for (bytes, fault) in cases {
            let mut worker = worker().await;
            let mut frame = order("garbage");
            frame.attachments.push(bytes);
            worker.sender().send(frame).await.unwrap();
            let error = worker.receive().await.unwrap_err();
            assert!(matches!(error, Error::Garbage(found) if found == fault), "{error:?}");
            assert_eq!(worker.sender().end().await, End::Killed);
        }
        // A frame that never ends costs what came of it, not what it says.
        let mut worker = worker().await;
        let mut frame = order("garbage");
        frame.attachments.push(words(&[200 << 20, 100 << 20, 0]));
        worker.sender().send(frame).await.unwrap();
        let before = own_memory();
        tokio::time::timeout(Duration::from_millis(100), worker.receive()).await.unwrap_err();
        assert!(own_memory().saturating_sub(before) < 64 << 20);
    });
}

fn large(name: &str) -> Frame {
    let mut frame = order(name);
    frame.attachments = vec![Bytes::from(vec![1_u8; 8 << 20])];
    frame
}

fn a_worker_that_does_not_read() {
    on_runtime(async {
        let mut worker = worker().await;
        // Stopped, it reads nothing.
        let id = rustix::process::Pid::from_raw(i32::try_from(worker.id()).unwrap()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::STOP).unwrap();
        let before = own_memory();
        for _ in 0..50 {
            let sender = worker.sender();
            tokio::time::timeout(Duration::from_millis(2), sender.send(large("echo"))).await.unwrap_err();
        }
        let more = own_memory().saturating_sub(before);
        assert!(more < 64 << 20, "{more} bytes more");
        worker.kill();
        assert!(matches!(worker.sender().send(order("echo")).await, Err(Error::Ended(End::Killed))));
        assert_eq!(ended(worker.receive().await), End::Killed);
    });
}

fn a_sender_that_is_dropped() {
    on_runtime(async {
        let mut worker = worker().await;
        let frame = large("echo");
        for _ in 0..20 {
            let _ = tokio::time::timeout(Duration::from_micros(100), worker.sender().send(frame.clone())).await;
        }
        // The worker is in the middle of a frame, and the next ones are whole.
        let last = order("echo");
        let sender = worker.sender();
        let (sent, received) = tokio::join!(sender.send(last.clone()), async {
            loop {
                let next = worker.receive().await.unwrap();
                if next == last {
                    break;
                }
                assert!(next == frame, "a frame that nobody sent");
            }
        });
        let ((), ()) = (sent.unwrap(), received);
    });
}

fn how_a_worker_ends() {
    on_runtime(async {
        let gave_up = if cfg!(target_env = "musl") { End::Crashed(libc::SIGSEGV) } else { End::GaveUp };
        let cases = [
            ("leave", End::Left(7)),
            ("abort", gave_up),
            ("memory", gave_up),
            ("crash", End::Crashed(libc::SIGSEGV)),
            // Its reader sees that with the next frame.
            ("close its socket", End::Left(1)),
        ];
        for (name, end) in cases {
            let mut worker = worker().await;
            tell(&worker, name).await;
            if name == "close its socket" {
                tokio::time::sleep(Duration::from_millis(50)).await;
                tell(&worker, "spin").await;
            }
            assert_eq!(ended(worker.receive().await), end, "{name}");
            assert_eq!(ended(worker.receive().await), end, "{name}, asked again");
        }
        let mut worker = worker().await;
        let id = rustix::process::Pid::from_raw(i32::try_from(worker.id()).unwrap()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
        assert_eq!(ended(worker.receive().await), End::Outside(libc::SIGKILL));
        worker.kill();
        assert_eq!(worker.sender().end().await, End::Outside(libc::SIGKILL));
    });
}

fn nothing_stays() {
    on_runtime(async {
        let mut ids = Vec::new();
        for _ in 0..20 {
            let worker = worker().await;
            tell(&worker, "spin").await;
            ids.push(worker.id());
        }
        for id in ids {
            assert!(is_soon(|| !is_there(id)), "process {id} is still there");
        }
        // Who is dropped while the worker starts leaves nothing either.
        for wait in 0..20 {
            let _ = tokio::time::timeout(Duration::from_micros(150 * wait), spawn(&["dropped"], false).start()).await;
        }
    });
    let dropped = || {
        let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| fs::read(entry.unwrap().path().join("cmdline")).ok());
        processes.filter(|line| line.windows(16).any(|words| words == b"\0worker\0dropped\0")).count()
    };
    assert!(is_soon(|| dropped() == 0), "{} workers that nobody has", dropped());
}

fn asked_for_by_a_thread() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    let mut worker = std::thread::spawn(move || handle.block_on(worker())).join().unwrap();
    runtime.block_on(async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(ask(&mut worker, "environment").await, "[]");
    });
}

/// What the program does as `host`: says the number of a worker that spins, and waits for its own end.
pub(crate) fn keep_a_worker() -> ExitCode {
    on_runtime(async {
        let worker = worker().await;
        tell(&worker, "spin").await;
        println!("{}", worker.id());
        tokio::time::sleep(Duration::from_secs(30)).await;
    });
    ExitCode::SUCCESS
}

fn the_host_is_killed() {
    let mut host = Command::new(std::env::current_exe().unwrap()).arg("host").stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(host.stdout.take().unwrap()), &mut said).unwrap();
    let worker: u32 = said.trim().parse().unwrap();
    assert!(is_there(worker));
    host.kill().unwrap();
    host.wait().unwrap();
    let gone = || !is_there(worker) || line_of(&format!("/proc/{worker}/status"), "State:").starts_with('Z');
    assert!(is_soon(gone), "the worker spins on");
}

/// Without the death signal: the thread that started the worker lives on.
fn the_socket_is_closed() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["worker", "walls:1000000000"]).stdin(Stdio::from(OwnedFd::from(theirs)));
    let mut worker = command.spawn().unwrap();
    drop(command);
    let order = order("spin").head;
    let length = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let frame = [&length(8 + order.len())[..], &length(order.len()), &order, &length(0)].concat();
    std::io::Write::write_all(&mut &ours, &frame).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert!(worker.try_wait().unwrap().is_none(), "it spins");
    drop(ours);
    let begin = Instant::now();
    assert!(worker.wait().unwrap().success());
    assert!(begin.elapsed() < Duration::from_secs(5));
}

fn no_program() {
    on_runtime(async {
        let nowhere = Spawn { program: "/there/is/none".into(), ..spawn(&[], false) };
        assert!(matches!(nowhere.start().await.unwrap_err(), Error::Start(_)));
        // One that is no worker says nothing, or something else.
        let other = Spawn { program: "/bin/true".into(), ..spawn(&[], false) };
        assert!(matches!(other.start().await.unwrap_err(), Error::Start(_)));
    });
}
