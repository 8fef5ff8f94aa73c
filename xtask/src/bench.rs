//! `cargo xtask bench`: builds the program and what measures it, both in release, and runs the latter.

use crate::shell::{Outcome, cargo, release_binary, succeeds};

pub(crate) fn run(args: &[String]) -> Outcome {
    let program = release_binary()?;
    let mut bench = cargo(&["run", "--release", "--quiet", "--package", "bench", "--"]);
    Ok(succeeds(bench.arg(program).args(args))?)
}
