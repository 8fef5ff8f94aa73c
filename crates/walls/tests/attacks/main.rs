//! Attacks on the walls. This program is host and worker: started with `worker` it shuts itself in and does what its host says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, reason = "it is a test, with a `main` of its own")]

#[cfg(target_os = "linux")]
mod attacker;
#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod host;

/// As in the program: an allocator asks the system for other things than libc's does.
#[cfg(not(target_env = "musl"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.first().and_then(|word| word.to_str()) {
        Some("worker") => attacker::run(&words[1..]),
        Some("host") => host::keep_a_worker(),
        _ => host::run(),
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("SKIPPED: attacks on the walls are written for Linux");
}
