//! Replaying recorded cases through the program, each against servers of its own.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use node_sdk::sync::lock;

use crate::{Lab, compare};

/// A case may take this long.
const LIMIT: Duration = Duration::from_secs(40);
/// Requests that arrive at the very end are waited for so long.
const LATE: Duration = Duration::from_millis(300);

/// A workflow with its credentials, and what n8n made of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// File name without extension.
    pub name: String,
    /// `{description, workflow, credentials}`, a JSON text with placeholders.
    case: String,
    /// `{status, error, order, nodes, requests, ordered, groups}`, likewise.
    expected: String,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The case.
    pub name: String,
    /// What differs in the items; `None`: nothing.
    pub items: Option<String>,
    /// What differs in the requests; `None`: nothing.
    pub requests: Option<String>,
}

impl Outcome {
    /// Whether it is all as n8n had it.
    pub fn is_same(&self) -> bool {
        self.items.is_none() && self.requests.is_none()
    }
}

/// The outcomes of many cases.
#[derive(Debug, Default)]
pub struct Score(pub Vec<Outcome>);

impl Score {
    /// How many are the same as n8n's.
    pub fn good(&self) -> usize {
        self.0.iter().filter(|outcome| outcome.is_same()).count()
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} HTTP cases give n8n's items and requests", self.good(), self.0.len())
    }
}

/// Reads the cases of a folder, by name.
pub fn read(folder: &Path) -> io::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(name) = file.strip_suffix(".json").filter(|name| !name.ends_with(".expected")) else { continue };
        let expected = path.with_file_name(format!("{name}.expected.json"));
        if expected.exists() {
            cases.push(Case { name: name.to_owned(), case: fs::read_to_string(&path)?, expected: fs::read_to_string(expected)? });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

/// Runs all cases through `program run`, `at_once` at the same time.
pub fn play_all(program: &Path, cases: &[Case], at_once: usize) -> Score {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::with_capacity(cases.len()));
    thread::scope(|scope| {
        for _ in 0..at_once.max(1) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let failed = |error: io::Error| Outcome { name: case.name.clone(), items: Some(error.to_string()), requests: None };
                    let outcome = play(program, case).unwrap_or_else(failed);
                    lock(&outcomes).push(outcome);
                }
            });
        }
    });
    let mut outcomes = lock(&outcomes).split_off(0);
    outcomes.sort_by(|a, b| a.name.cmp(&b.name));
    Score(outcomes)
}

/// Runs one case.
pub fn play(program: &Path, case: &Case) -> io::Result<Outcome> {
    let lab = Lab::start()?;
    let filled: Value = serde_json::from_str(&lab.fill(&case.case))?;
    let expected: Value = serde_json::from_str(&lab.fill(&case.expected))?;
    let folder = tempfile::tempdir()?;
    let (workflow, credentials) = (folder.path().join("workflow.json"), folder.path().join("credentials.json"));
    fs::write(&workflow, filled["workflow"].to_string())?;
    fs::write(&credentials, filled["credentials"].to_string())?;
    let (out, err) = (folder.path().join("out"), folder.path().join("err"));
    let mut command = Command::new(program);
    command.arg("run").arg(&workflow).arg("--credentials").arg(&credentials).args(["--output", "json"]);
    command.env_clear().env("TZ", "UTC").env("PATH", "/usr/bin:/bin").env("HOME", folder.path());
    let child = command.stdin(Stdio::null()).stdout(fs::File::create(&out)?).stderr(fs::File::create(&err)?).spawn()?;
    let outcome = |items, requests| Outcome { name: case.name.clone(), items, requests };
    let Some(code) = wait(child)? else { return Ok(outcome(Some("out of time".into()), None)) };
    let ours: Value = serde_json::from_str(&fs::read_to_string(&out)?).unwrap_or_default();
    if ours.get("nodes").is_none() {
        if expected["error"]["beforeRun"] == true && matches!(code, 3 | 4) {
            return Ok(outcome(None, compare::requests(&expected, &lab.requests())));
        }
        let said: String = fs::read_to_string(&err)?.chars().take(200).collect();
        return Ok(outcome(Some(format!("exit {code}: {}", said.trim())), None));
    }
    let end = Instant::now() + LATE;
    let wanted = expected["requests"].as_array().map_or(0, Vec::len);
    while lab.requests().len() < wanted && Instant::now() < end {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(outcome(compare::items(&expected, &ours), compare::requests(&expected, &lab.requests())))
}

/// The exit code; `None`: it took too long and was ended.
fn wait(mut child: Child) -> io::Result<Option<i32>> {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.code().unwrap_or(-1)));
        }
        if Instant::now() > end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}
