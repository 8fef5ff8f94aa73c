//! Running other programs, and where things are.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a chore ends with: `false` where something is wrong and was said.
pub(crate) type Outcome = Result<bool, Box<dyn std::error::Error>>;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// This toolchain's cargo, in the root.
#[expect(clippy::disallowed_methods, reason = "cargo says by the environment which cargo it is")]
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Runs a command with its output shown; whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> std::io::Result<bool> {
    Ok(command.status()?.success())
}

/// Runs a command and gives its output as text; an error where it fails.
pub(crate) fn text(command: &mut Command) -> Result<String, Box<dyn std::error::Error>> {
    let Output { status, stdout, stderr } = command.output()?;
    if !status.success() {
        return Err(format!("{:?}: {}", command.get_program(), String::from_utf8_lossy(&stderr)).into());
    }
    Ok(String::from_utf8(stdout)?)
}

/// Files under version control, or about to be, relative to the root.
pub(crate) fn tracked_files() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let listing = text(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root()))?;
    Ok(listing.lines().filter(|file| root().join(file).is_file()).map(str::to_owned).collect())
}

/// Builds the release binary of a package and gives its path. `beside`: packages that are built with it, so that what they share is built once.
pub(crate) fn release_binary(package: &str, beside: &[&str]) -> Result<PathBuf, Box<dyn std::error::Error>> {
    eprintln!("building the release binary");
    let mut build = cargo(&["build", "--release", "--quiet", "--package", package]);
    build.args(beside.iter().flat_map(|package| ["--package", package]));
    if !succeeds(&mut build)? {
        return Err("the release binary does not build".into());
    }
    binary("release", package)
}

/// Where cargo puts a binary in a profile.
pub(crate) fn binary(profile: &str, name: &str) -> Result<PathBuf, Box<dyn std::error::Error>> {
    Ok(target()?.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let metadata: serde_json::Value = serde_json::from_str(&text(&mut cargo(&["metadata", "--format-version", "1", "--no-deps"]))?)?;
    Ok(metadata["target_directory"].as_str().ok_or("cargo metadata names no target directory")?.into())
}
