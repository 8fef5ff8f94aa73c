//! A program under measurement.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::{Value, json};

use crate::failure::Failure;

/// A built program.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
}

/// What a process used, with those that it started.
pub(crate) struct Used {
    /// User and system time.
    pub(crate) cpu_ms: f64,
    /// The most memory that was resident, of the one that had most.
    pub(crate) peak_mib: f64,
}

impl Program {
    /// A program that is there.
    pub(crate) fn new(path: PathBuf) -> Result<Self, Failure> {
        let path = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path })
    }

    /// A copy of it. How much of a file counts as resident memory depends on how the file was written, so what is compared is written alike.
    pub(crate) fn copied(&self, to: PathBuf) -> Result<Self, Failure> {
        std::fs::copy(&self.path, &to)?;
        Ok(Self { path: to })
    }

    /// What a run to the end uses; its output goes nowhere. An error where it fails.
    pub(crate) fn used(&self, args: &[&str]) -> Result<Used, Failure> {
        self.used_with(&[], args)
    }

    /// The same with some variables of the environment.
    pub(crate) fn used_with(&self, variables: &[(&str, &str)], args: &[&str]) -> Result<Used, Failure> {
        self.run(variables, args, Stdio::null()).map(|(used, _)| used)
    }

    /// The same, with its standard output.
    pub(crate) fn used_and_said(&self, args: &[&str]) -> Result<(Used, String), Failure> {
        self.run(&[], args, Stdio::piped())
    }

    /// Runs it as the only child of a process, so that what it used can be told from everything else.
    fn run(&self, variables: &[(&str, &str)], args: &[&str], stdout: Stdio) -> Result<(Used, String), Failure> {
        let report = tempfile::NamedTempFile::new()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.envs(variables.iter().copied());
        command.arg("measured").arg(report.path()).arg(&self.path).args(args).stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
        let output = command.spawn()?.wait_with_output()?;
        if !output.status.success() {
            return Err(format!("{} {}: {}", self.path.display(), args.join(" "), String::from_utf8_lossy(&output.stderr)).into());
        }
        let used: Value = serde_json::from_str(&std::fs::read_to_string(report.path())?)?;
        let number = |key: &str| used[key].as_f64().unwrap_or(f64::NAN);
        let used = Used { cpu_ms: number("cpuMs"), peak_mib: number("peakMib") };
        Ok((used, String::from_utf8(output.stdout)?))
    }

    /// The most memory of the process and those that it starts, each at its own peak, in MiB: looked up while they run. Linux alone has it.
    pub(crate) fn peak_together(&self, args: &[&str]) -> Result<f64, Failure> {
        let mut child = Command::new(&self.path).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut peaks = BTreeMap::new();
        while child.try_wait()?.is_none() {
            for process in std::iter::once(child.id()).chain(children(child.id())) {
                peaks.extend(peak_kib(process).map(|peak| (process, peak)));
            }
        }
        Ok(peaks.values().sum::<f64>() / 1024.0)
    }

    /// The emulator as a server on a free port, and its address.
    pub(crate) fn emulator(&self) -> Result<Emulator, Failure> {
        let mut child = Command::new(&self.path).arg("sandbox").stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the emulator has no output")?).read_line(&mut line)?;
        Ok(Emulator { child, url: line.trim().to_owned() })
    }
}

/// The processes that a process has started.
fn children(process: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

/// The most memory that was resident of a process.
fn peak_kib(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}

/// An emulator that runs until it is dropped.
pub(crate) struct Emulator {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other side of [`Program::run`]: `REPORT PROGRAM ARGS`, runs a program and writes what it used, with all processes that it has started.
pub(crate) fn measured(args: &[String]) -> Result<bool, Failure> {
    let [report, program, rest @ ..] = args else { return Err("measured REPORT PROGRAM ARGS".into()) };
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_child_subreaper(true)?;
    let status = Command::new(program).args(rest).status()?;
    // Those that the program did not wait for.
    while nix::sys::wait::wait().is_ok() {}
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1000.0;
    let used = json!({"cpuMs": cpu, "peakMib": usage.max_rss() as f64 / 1024.0});
    std::fs::write(Path::new(report), used.to_string())?;
    Ok(status.success())
}
