//! Rows that are measured within a process: what they start is in `inside`.

use node_sdk::error::codes;
use serde_json::Value;

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::program::Program;
use crate::setup::Bench;
use crate::turns::{Turns, median};

/// What a piece of work says, in a process of its own.
fn inside(args: &[&str]) -> Result<Value, Failure> {
    let program = Program::new(std::env::current_exe()?)?;
    let (_, said) = program.used_and_said(&[&["inside"], args].concat())?;
    Ok(serde_json::from_str(&said)?)
}

fn number(outcome: &Value, key: &str) -> f64 {
    outcome[key].as_f64().unwrap_or(f64::NAN)
}

/// Bytes that two isolates take, as executions ask for them.
const TWO_ISOLATES: &str = "8388608";

/// Executions side by side and one by one.
pub(super) fn many(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let count = bench.amount(1000, 100);
    let text = count.to_string();
    let turns = Turns::of(bench.amount(9, 3), || inside(&["many", "side-by-side", &text]), || inside(&["many", "one-by-one", &text]))?;
    let with_two = inside(&["many", "side-by-side", &text, "memory", TWO_ISOLATES])?;
    let one_by_one = &turns.theirs[0];
    let same = |outcomes: &[Value]| outcomes.iter().map(|outcome| same_results(outcome, one_by_one)).min().unwrap_or(0);
    let (same, same_with_two) = (same(&turns.ours), same(&[with_two]));
    let memory = median(turns.ours.iter().map(|outcome| number(outcome, "peakOverIdleMib")).collect());
    let what = format!("{count} executions side by side");
    let all = Goal::AtLeast(count as f64);
    Ok(vec![
        Figure::absolute(format!("{what}: results as one by one"), all, "", same as f64, same.to_string()),
        Figure::absolute(format!("{what}, memory for two isolates: the same"), all, "", same_with_two as f64, same_with_two.to_string()),
        Figure::absolute(format!("{what}: memory over idle"), Goal::AtMost(256.0), "MiB", memory, format!("{memory:.0} MiB")),
        Figure::ratio(format!("{what}: CPU"), Goal::AtMost(1.05), "of one by one", &turns, Unit::Milliseconds, |outcome| number(outcome, "cpuMs")),
    ])
}

/// How many executions put out the same, and the right thing.
fn same_results(outcome: &Value, other: &Value) -> usize {
    let results = |outcome: &Value| outcome["results"].as_array().cloned().unwrap_or_default();
    results(outcome).iter().zip(&results(other)).filter(|(ours, theirs)| ours == theirs && is_right(ours)).count()
}

/// Whether an execution came to its end and found JavaScript's own objects as they are made.
fn is_right(items: &Value) -> bool {
    let json = &items[0][0]["json"];
    let undisturbed = |key: &str| json[key].as_str().is_none_or(|seen| matches!(seen, "undefined" | "1"));
    json["id"].is_number() && undisturbed("seen") && undisturbed("code")
}

/// Timers beside expressions that take long.
pub(super) fn late(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let scenes = [
        ("endless", "error", "one thread, an endless expression in one execution: delay of timers"),
        ("slow", "success", "one thread, two requests, one with a slow expression: delay of timers"),
    ];
    let measure = |(scene, status, what): (&str, &str, &str)| {
        let outcomes = (0..bench.amount(5, 1)).map(|_| inside(&["late", scene])).collect::<Result<Vec<_>, _>>()?;
        if let Some(other) = outcomes.iter().find(|outcome| outcome["status"] != status) {
            return Err(format!("{scene}: the execution ended with {}", other["status"]).into());
        }
        let late = median(outcomes.iter().map(|outcome| number(outcome, "lateMs")).collect());
        Ok(Figure::absolute(what, Goal::AtMost(50.0), "ms", late, format!("{late:.1} ms")))
    };
    scenes.into_iter().map(measure).collect()
}

/// Expressions that cannot be interrupted.
pub(super) fn stuck(_: &Bench) -> Result<Vec<Figure>, Failure> {
    let outcome = inside(&["stuck"])?;
    let lost = number(&outcome, "lost");
    let codes: Vec<&str> = outcome["codes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let count = |code: &str| codes.iter().filter(|other| **other == code).count();
    let (over, refused) = (count(codes::EXPRESSION_LIMIT.as_str()), count(codes::NO_JAVASCRIPT.as_str()));
    let native_ms = number(&outcome, "nativeMs");
    let goes_on = outcome["native"][0][0]["json"]["value"] == "native";
    Ok(vec![
        Figure::absolute("20 expressions that cannot be interrupted: threads lost", Goal::AtMost(8.0), "", lost, lost.to_string()),
        Figure::absolute(
            "the same: executions that say it",
            Goal::AtLeast(20.0),
            "",
            (over + refused) as f64,
            format!("{over} out of time, {refused} refused"),
        ),
        Figure::absolute(
            // The lost threads take the cores meanwhile.
            "the same: an execution of plain paths goes on and ends",
            Goal::AtMost(1000.0),
            "ms",
            if goes_on { native_ms } else { f64::INFINITY },
            format!("{native_ms:.1} ms"),
        ),
    ])
}
