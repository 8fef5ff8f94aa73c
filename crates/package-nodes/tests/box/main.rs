//! Attacks on the box by the code of a package, and on the host by a worker that lies; and what well-meaning code finds there. This program is host and worker: started with `worker` it is
//! the worker of a package, started with `liar` it says to its host what no worker says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "it is a test, with a `main` of its own")]

mod attacks;
mod behaviour;
mod beside;
mod compiled;
mod crossing;
mod declared;
mod liar;
mod lies;
mod project;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.first().and_then(|word| word.to_str()) {
        Some("worker") => {
            _ = package_worker::serve(words.last().map(AsRef::as_ref));
            return ExitCode::FAILURE;
        }
        Some("liar") => return liar::run(words[1].to_str().unwrap_or_default()),
        _ => {}
    }
    let arguments = Arguments { test_threads: Some(2), ..Arguments::from_args() };
    if !walls::here().walls.iter().any(|wall| wall.name == "seccomp" && wall.holds) {
        eprintln!("SKIPPED: this system has no seccomp, so no worker starts");
        return ExitCode::SUCCESS;
    }
    let trial = |(name, test): &(&'static str, fn())| {
        let test = *test;
        Trial::test(*name, move || {
            test();
            Ok::<(), Failed>(())
        })
    };
    let all = [attacks::TESTS, lies::TESTS, compiled::TESTS, crossing::TESTS, behaviour::TESTS, beside::TESTS, declared::TESTS];
    libtest_mimic::run(&arguments, all.into_iter().flatten().map(trial).collect()).exit_code()
}
