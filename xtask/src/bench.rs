//! `cargo xtask bench`: builds the program and what measures it, both for release, and runs the latter.

use std::process::Command;

use crate::shell::{Outcome, binary, release_binary, succeeds};

pub(crate) fn run(args: &[String]) -> Outcome {
    let program = release_binary("konverte", &["bench"])?;
    Ok(succeeds(Command::new(binary("release", "bench")?).arg(program).args(args))?)
}
