//! `cargo xtask test`: everything that must hold, with totals at the end.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::shell::{Outcome, binary, cargo};
use crate::{check, conformance, generate};

pub(crate) fn run() -> Outcome {
    let (ran, failed, succeeded) = cargo_test()?;
    // The tests have built this binary; its speed does not matter here.
    let same = conformance::run(&[format!("--binary={}", binary("debug", "konverte")?.display())])?;
    let fresh = generate::run(true)?;
    let checked = check::run()?;
    println!();
    println!("tests: {ran} passed, {failed} failed");
    println!("recordings of n8n: {}", if same { "as many the same as they must be" } else { "fewer the same than must be" });
    println!("generated files: {}", if fresh { "fresh" } else { "stale" });
    println!("checks: {}", if checked { "passed" } else { "failed" });
    Ok(succeeded && same && fresh && checked)
}

/// All tests of the workspace; sums up the result lines while it passes them on.
fn cargo_test() -> Result<(usize, usize, bool), Box<dyn std::error::Error>> {
    let mut child = cargo(&["test", "--workspace", "--no-fail-fast"]).stdout(Stdio::piped()).spawn()?;
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
