//! Runs the binary as a stranger would: no environment, a time limit.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a run of the binary left.
pub(super) struct Ran {
    /// `None`: it was stopped from outside.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Runs the binary; `Err` says why there is nothing to look at.
pub(super) fn run(binary: &Path, args: &[&str], stdin: Option<String>, limit: Duration) -> Result<Ran, String> {
    let mut command = Command::new(binary);
    command.args(args).env_clear().env("TZ", "UTC").env("PATH", "/usr/bin:/bin");
    command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() }).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    if let (Some(text), Some(mut pipe)) = (stdin, child.stdin.take()) {
        thread::spawn(move || pipe.write_all(text.as_bytes()));
    }
    let stdout = child.stdout.take().map(reader);
    let stderr = child.stderr.take().map(reader);
    let end = Instant::now() + limit;
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if Instant::now() > end => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("time-out".into());
            }
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    let collect = |handle: Option<thread::JoinHandle<String>>| handle.and_then(|handle| handle.join().ok()).unwrap_or_default();
    Ok(Ran { code: status.code(), stdout: collect(stdout), stderr: collect(stderr) })
}

fn reader(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Ran {
    /// The run's JSON; `None` where standard output holds none with `nodes`.
    pub(super) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_str::<serde_json::Value>(&self.stdout).ok().filter(|value| value.get("nodes").is_some_and(|nodes| nodes.is_object()))
    }

    /// Whether it refused the file before anything ran.
    pub(super) fn refused(&self) -> bool {
        matches!(self.code, Some(3 | 4))
    }

    /// For a person: how it ended.
    pub(super) fn end(&self) -> String {
        let first: String = self.stderr.trim().chars().take(160).collect();
        format!("exit {}: {}", self.code.map_or("by signal".to_owned(), |code| code.to_string()), first.replace('\n', " "))
    }
}
