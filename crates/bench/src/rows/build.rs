//! The binary and how it is built.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::program::Program;
use crate::setup::Bench;
use crate::turns::Turns;

/// The last commit before the ground was laid anew, whose build is compared with.
const BEFORE: &str = "7414422";

pub(super) fn size(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let size = std::fs::metadata(&bench.ours.path)?.len() as f64 / 1e6;
    Ok(vec![Figure::absolute("the binary, stripped", Goal::AtMost(26.0), "MB", size, format!("{size:.1} MB"))])
}

/// Builds both from nothing, dependencies included, one after the other.
pub(super) fn from_nothing(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let before = bench.folder.path().join("before");
    git(&root, &["worktree", "add", "--detach", &before.to_string_lossy(), BEFORE])?;
    let turns = Turns::of(1, || build(bench, &root), || build(bench, &before));
    git(&root, &["worktree", "remove", "--force", &before.to_string_lossy()])?;
    let what = "a release build of the program from nothing: CPU";
    Ok(vec![Figure::ratio(what, Goal::AtMost(1.1), "of commit 7414422", &turns?, Unit::Seconds, |seconds| *seconds)])
}

/// Seconds of CPU that a build takes.
fn build(bench: &Bench, source: &Path) -> Result<f64, Failure> {
    let target = tempfile::tempdir_in(bench.folder.path())?;
    let manifest = source.join("Cargo.toml");
    let cargo = Program::new(cargo_path()?)?;
    let (manifest, target) = (manifest.to_string_lossy(), target.path().to_string_lossy());
    let args = ["build", "--release", "--quiet", "--package", "konverte", "--manifest-path", &manifest, "--target-dir", &target];
    Ok(cargo.used(&args)?.cpu_ms / 1000.0)
}

#[expect(clippy::disallowed_methods, reason = "cargo says by the environment which cargo it is")]
fn cargo_path() -> Result<PathBuf, Failure> {
    Ok(std::env::var_os("CARGO").map(PathBuf::from).ok_or("cargo is not known: run it by cargo xtask bench")?)
}

fn git(root: &Path, args: &[&str]) -> Result<(), Failure> {
    let output = Command::new("git").args(args).current_dir(root).output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}
