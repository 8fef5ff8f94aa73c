//! The project's own chores: `cargo xtask gen|check|test|bench|conformance|closure`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the person who runs it")]

mod bench;
mod check;
mod closure;
mod conformance;
mod generate;
mod packages;
mod shell;
mod tests;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask CHORE

  gen [--check]        write schemas/ and docs/reference/; with --check say only whether they are fresh
  check                dependency rule, import circles, machine paths, error pages, formatting, clippy
  test                 all tests, conformance, gen --check, check; prints totals
  bench [ROW...]       the table of figures of the release binary; --help lists rows and options
  conformance [NAME]   how much is the same as n8n: behaviours, workflows, http, expressions, bugs, bug-expressions, credentials, packages,
                       package-credentials (-v lists the differences, --every=N plays every N-th case of packages,
                       --binary=PATH another build)
  closure              what n8n-nodes-base needs, worked out anew from the registry and written into crates/packages
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (chore, rest) = args.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let outcome = match chore {
        "gen" => generate::run(rest.iter().any(|arg| arg == "--check")),
        "check" => check::run(),
        "test" => tests::run(),
        "bench" => bench::run(rest),
        "conformance" => conformance::run(rest),
        "closure" => closure::run(),
        _ => {
            eprint!("{HELP}");
            return if chore.is_empty() || chore == "help" || chore == "--help" { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask {chore}: {error}");
            ExitCode::FAILURE
        }
    }
}
