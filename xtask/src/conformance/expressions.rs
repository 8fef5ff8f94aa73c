//! Recorded expressions through `konverte eval --batch`.

use std::path::Path;
use std::time::Duration;

use http_lab::recorded::short;
use node_sdk::json::same;
use serde_json::{Value, json};

use super::{Results, Score, process, read_json};

/// The recordings' clock.
const NOW: &str = "2026-03-15T12:34:56.789Z";

pub(super) fn score(binary: &Path, data: &Path) -> Result<Score, Box<dyn std::error::Error>> {
    Ok(Score::of("expression facts", all(binary, data, "expressions/facts.ndjson")?))
}

/// Expressions of public files that were found to differ once.
pub(super) fn bugs(binary: &Path, data: &Path) -> Result<Score, Box<dyn std::error::Error>> {
    Ok(Score::of("expressions from outside", all(binary, data, "bugs/expressions.ndjson")?))
}

/// Evaluates the rows of one file.
fn all(binary: &Path, data: &Path, facts: &str) -> Result<Results, Box<dyn std::error::Error>> {
    let scenarios = read_json(&data.join("expressions/scenarios.json"))?;
    let facts = std::fs::read_to_string(data.join(facts))?;
    // Half of a cut emoji is U+FFFD on both sides (docs/differences.md).
    let rows = facts.lines().filter(|line| !line.trim().is_empty()).map(node_sdk::json::parse_text).collect::<Result<Vec<Value>, _>>()?;
    let requests: String = rows.iter().map(|row| format!("{}\n", request(row, &scenarios))).collect();
    let ran = process::run(binary, &["eval", "--batch"], Some(requests), Duration::from_secs(600))?;
    let answers: Vec<&str> = ran.stdout.lines().filter(|line| !line.trim().is_empty()).collect();
    if answers.len() != rows.len() {
        return Err(format!("{} answers for {} expressions; {}", answers.len(), rows.len(), ran.end()).into());
    }
    let mut results = Vec::new();
    for (row, answer) in rows.iter().zip(answers) {
        let answer: Value = serde_json::from_str(answer)?;
        let why =
            (!equal(row, &answer)).then(|| format!("{} gives {} instead of {}", short(&row["expression"]), short(&answer), short(&row["expected"])));
        results.push((row["id"].as_str().unwrap_or_default().replace('/', "-"), why));
    }
    Ok(results)
}

fn request(row: &Value, scenarios: &Value) -> Value {
    let mut request = json!({
        "expression": row["expression"], "input": row["input"], "itemIndex": row["itemIndex"].as_u64().unwrap_or(0), "timezone": row["timezone"], "now": NOW,
        "vars": {"brand": "Konverte", "limit": "25", "empty": ""},
        "workflow": {"id": "wf-facts-1", "name": "Konverte facts", "active": false}, "execution": {"id": "4711", "mode": "test"},
    });
    if let Some(scenario) = row["scenario"].as_str() {
        request["context"] = scenarios[scenario].clone();
    }
    if row["before"].is_array() {
        request["before"] = row["before"].clone();
    }
    request
}

/// An error is an error whatever its text; a value must have its type too.
fn equal(row: &Value, answer: &Value) -> bool {
    let recorded = &row["expected"];
    let only_error = recorded.as_object().is_some_and(|map| map.len() == 1 && map.contains_key("error"));
    if only_error || answer.get("error").is_some() {
        return only_error && answer.get("error").is_some();
    }
    let value = answer.get("value").unwrap_or(&Value::Null);
    same(recorded, value) && answer["type"] == row["valueType"]
}
