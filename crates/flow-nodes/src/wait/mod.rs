//! Wait: for a time, or until a date. The first item decides.

use std::time::Duration;

use node_sdk::error::codes;
use node_sdk::node::{Finding, Level};
use node_sdk::{Event, Inputs, ItemParams, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::Value;

use crate::row::Row;
use crate::{date, js};

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Wait",
    summary: "Waits for a time, or until a date, and hands its items on.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    check,
    ..Row::new("n8n-nodes-base.wait", Needs::All, prepare)
};

/// Waits from this length on are told: a run that stands still looks like one that hangs.
const TOLD: Duration = Duration::from_secs(5);

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(Wait)))
}

fn check(cx: &PrepareContext<'_>) -> Vec<Finding> {
    let resume = cx.parameters.get("resume").and_then(Value::as_str).unwrap_or_default();
    if !is_called(resume) {
        return Vec::new();
    }
    let NodeError { code, message, help, parameter, .. } = called(resume);
    vec![Finding { code, level: Level::Error, message, help, parameter, offset: None }]
}

struct Wait;

#[async_trait]
impl RunAll for Wait {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let wait = match cx.params.read(0, |params| params.string("resume")).await?.as_str() {
            resume if is_called(resume) => return Err(called(resume)),
            "specificTime" => until(cx, &cx.params.read(0, |params| params.value("dateTime")).await?.unwrap_or_default())?,
            _ => cx.params.read(0, interval).await?,
        };
        if wait >= TOLD {
            let does = if cx.dry_run { "would wait" } else { "waits" };
            cx.emit(Event::Log { node: cx.node.name.as_str().into(), line: format!("{does} {}", words(wait)) });
        }
        if !cx.dry_run && !wait.is_zero() {
            cx.ports.clock.wait(wait).await?;
        }
        Ok(Outputs::one(inputs.main().gather().await?))
    }
}

/// Whether a call from outside ends the wait.
fn is_called(resume: &str) -> bool {
    matches!(resume, "webhook" | "form")
}

fn called(resume: &str) -> NodeError {
    let message = format!("A Wait for a {resume} cannot be woken: this run has no server that could be called, and keeps no journal to go on from");
    let help = "Wait for a time or until a date, or pin the node's output to run the rest.";
    NodeError::coded(codes::WAITS_OUTSIDE, message).parameter("resume").help(help)
}

/// How long `amount` of `unit` is.
fn interval(params: &ItemParams<'_>) -> Result<Duration, NodeError> {
    let seconds = match params.string("unit")?.as_str() {
        "seconds" => 1.0,
        "minutes" => 60.0,
        "hours" => 3600.0,
        "days" => 86_400.0,
        _ => return Err(NodeError::new("Invalid wait unit. Valid units are 'seconds', 'minutes', 'hours', or 'days'.").parameter("unit")),
    };
    let given = params.evaluated("amount")?;
    let amount = js::number(given.as_ref());
    if !given.is_some_and(|given| given.value.is_number()) || amount < 0.0 {
        return Err(NodeError::new("The time to wait must be a number that is 0 or more").parameter("amount"));
    }
    // What is beyond all clocks is waited for until the run is stopped.
    Ok(Duration::try_from_secs_f64(amount * seconds).unwrap_or(Duration::MAX))
}

/// How long it is until a date; what is past is not waited for.
fn until(cx: &RunContext, given: &Value) -> Result<Duration, NodeError> {
    let millis = date::millis(given, &date::zone(cx)).ok_or_else(|| {
        let message =
            "Cannot put execution to wait because `dateTime` parameter is not a valid date. Please pick a specific date and time to wait until.";
        NodeError::new(message).parameter("dateTime")
    })?;
    let left = millis - cx.ports.clock.now_millis() as f64;
    Ok(Duration::try_from_secs_f64(left.max(0.0) / 1000.0).unwrap_or(Duration::MAX))
}

/// A length for people: its two largest units.
fn words(wait: Duration) -> String {
    let seconds = wait.as_secs();
    let units = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(units.len() - 1);
    let shown = units[first..].iter().take(2).filter(|(count, _)| *count > 0);
    shown.map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_two_units() {
        for (seconds, expected) in [(5, "5 s"), (60, "1 min"), (3661, "1 h 1 min"), (90_000, "1 d 1 h"), (86_401, "1 d")] {
            assert_eq!(words(Duration::from_secs(seconds)), expected);
        }
    }
}
