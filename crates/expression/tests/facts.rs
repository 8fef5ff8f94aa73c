//! Replays the recorded facts of n8n's expression language and prints the score of each group.
//!
//! `cargo test -p expression --test facts -- --nocapture`; `FACTS=group` shows what differs in a group.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use expression::Limits;
use expression::scenario::{Defaults, evaluate};
use node_sdk::json::same;
use serde_json::{Value, json};

const NOW: &str = "2026-03-15T12:34:56.789Z";

/// Groups (by their beginning) that are held at a share of their facts.
const FLOORS: &[(&str, f64)] = &[
    ("template-", 1.0),
    ("security", 1.0),
    ("leak-", 1.0),
    ("helpers-", 0.99),
    ("js-", 0.99),
    ("type-", 1.0),
    ("ext-", 0.99),
    ("luxon-", 0.99),
    ("timezone", 1.0),
];

fn data(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/expressions").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn request(row: &Value, scenarios: &Value) -> Value {
    let mut request = json!({
        "expression": row["expression"], "input": row["input"], "itemIndex": row["itemIndex"], "timezone": row["timezone"], "now": NOW,
        "vars": {"brand": "Konverte", "limit": "25", "empty": ""},
        "workflow": {"id": "wf-facts-1", "name": "Konverte facts", "active": false},
        "execution": {"id": "4711", "mode": "test"},
    });
    if let Some(name) = row["scenario"].as_str() {
        request["context"] = scenarios[name].clone();
    }
    if let Some(before) = row.get("before") {
        request["before"] = before.clone();
    }
    request
}

/// Whether the answer is the recorded one. The text of an error counts where it is one of n8n's own.
fn equal(row: &Value, answer: &Value) -> bool {
    let expected = &row["expected"];
    if let Some(error) = expected.get("error") {
        let (ours, theirs) = (answer["error"]["message"].as_str(), error["message"].as_str().unwrap_or_default());
        return ours.is_some_and(|ours| ours == theirs || theirs.starts_with("Expression evaluation failed") || theirs.starts_with("did not"));
    }
    answer.get("error").is_none() && same(expected, &answer["value"]) && answer["type"] == row["valueType"]
}

#[test]
fn facts() {
    let scenarios: Value = serde_json::from_str(&data("scenarios.json")).unwrap();
    let limits = Limits { time: Duration::from_millis(1500), ..Limits::default() };
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits };
    let shown = std::env::var_os("FACTS").map(|group| group.to_string_lossy().into_owned()).filter(|group| !group.is_empty());
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for line in data("facts.ndjson").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let group = row["group"].as_str().unwrap().to_owned();
        if shown.as_ref().is_some_and(|shown| !group.starts_with(shown.as_str())) {
            continue;
        }
        let answer = evaluate(&request(&row, &scenarios), &defaults);
        let good = equal(&row, &answer);
        if !good && shown.is_some() {
            println!("{}  {}\n  expected {} {}\n  got      {answer}", row["id"], row["expression"], row["valueType"], row["expected"]);
        }
        let score = groups.entry(group).or_default();
        score.0 += usize::from(good);
        score.1 += 1;
    }
    let (good, all) = groups.values().fold((0, 0), |sum, score| (sum.0 + score.0, sum.1 + score.1));
    for (group, (good, all)) in &groups {
        println!("{group:40} {good:4} of {all}");
    }
    println!("{good} of {all} expression facts");
    for (prefix, floor) in FLOORS {
        let of = |pick: fn(&(usize, usize)) -> usize| groups.iter().filter(|(g, _)| g.starts_with(prefix)).map(|(_, s)| pick(s)).sum::<usize>();
        let (good, all) = (of(|s| s.0), of(|s| s.1));
        assert!(all == 0 || good as f64 >= floor * all as f64, "{prefix}: {good} of {all}, the floor is {floor}");
    }
}
