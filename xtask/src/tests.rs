//! `cargo xtask test`: everything that must hold, with totals at the end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use service_lab::{Browser, Database};

use crate::conformance::Programs;
use crate::packages::Packages;
use crate::shell::{Outcome, binary, cargo, succeeds};
use crate::{check, conformance, generate};

/// How long all of it may take, from nothing, on two cores.
const GOAL: Duration = Duration::from_secs(20 * 60);

/// Of the recorded cases of node packages every so manieth is played; `cargo xtask conformance packages package-credentials` plays all.
const SAMPLE: usize = 8;

pub(crate) fn run() -> Outcome {
    let mut times = Times::default();
    // A test that does not build fails below, and says so again.
    times.of("building the tests", || succeeds(&mut cargo(&["test", "--workspace", "--no-run", "--quiet"])))?;
    // The tests have built these; their speed does not matter here.
    let programs = Programs::built(binary("debug", "konverte")?);
    let packages = times.of("node packages", || Packages::bring(&programs.konverte))?;
    times.of("database server and browser", install_missing);
    let (ran, failed, succeeded) = times.of("tests", || cargo_test(&packages))?;
    let same = times.of("recordings of n8n", || conformance::play(&programs, Some((&packages, SAMPLE)), &[], false))?;
    let fresh = times.of("generated files", || generate::run(true))?;
    let checked = times.of("checks", check::run)?;
    println!();
    println!("tests: {ran} passed, {failed} failed");
    println!("recordings of n8n: {}", if same { "as many the same as they must be" } else { "fewer the same than must be" });
    println!("generated files: {}", if fresh { "fresh" } else { "stale" });
    println!("checks: {}", if checked { "passed" } else { "failed" });
    times.print();
    Ok(succeeded && same && fresh && checked)
}

/// Brings a PostgreSQL server and a browser where the system can; what needs one is skipped otherwise.
fn install_missing() {
    if !Database::is_there() && !install("postgresql") {
        println!("SKIPPED: all that needs a PostgreSQL server: there is none, and it cannot be installed. Debian's package is `postgresql`");
    }
    if !Browser::is_there() && !install("chromium") {
        println!("SKIPPED: what looks at pages in a browser: there is no Chromium, and it cannot be installed. Debian's package is `chromium`");
    }
}

/// Whether a package of Debian could be installed. Whoever is not root is not asked for a password, and goes without.
fn install(package: &str) -> bool {
    let apt = |args: &[&str]| {
        let ran = Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive").output();
        ran.is_ok_and(|output| output.status.success())
    };
    // A new machine has no list of what there is.
    apt(&["update", "-q"]);
    apt(&["install", "-y", "-q", "--no-install-recommends", package])
}

/// How long each part took.
#[derive(Default)]
struct Times(Vec<(&'static str, Duration)>);

impl Times {
    fn of<T>(&mut self, part: &'static str, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let done = work();
        let time = begin.elapsed();
        // At once: whoever ends a chore that takes too long sees how far it came.
        println!("time: {part} {}", minutes(time));
        self.0.push((part, time));
        done
    }

    fn print(&self) {
        let all: Duration = self.0.iter().map(|(_, time)| time).sum();
        let parts: Vec<String> = self.0.iter().map(|(part, time)| format!("{part} {}", minutes(*time))).collect();
        println!("time: {} min ({})", minutes(all), parts.join(", "));
        if all > GOAL {
            println!("time: more than the {} minutes that it should take", GOAL.as_secs() / 60);
        }
    }
}

fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

/// All tests of the workspace; sums up the result lines while it passes them on.
fn cargo_test(packages: &Packages) -> Result<(usize, usize, bool), Box<dyn std::error::Error>> {
    let mut command = cargo(&["test", "--workspace", "--no-fail-fast"]);
    packages.tell(&mut command);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().ok_or("cargo test has no output")?;
    let (mut passed, mut failed) = (0, 0);
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if let Some(counts) = line.strip_prefix("test result: ") {
            passed += number_before(counts, " passed");
            failed += number_before(counts, " failed");
        }
        if !line.ends_with("... ok") && !line.trim().is_empty() {
            println!("{line}");
        }
    }
    Ok((passed, failed, child.wait()?.success()))
}

fn number_before(text: &str, word: &str) -> usize {
    let before = text.split(word).next().unwrap_or_default();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
