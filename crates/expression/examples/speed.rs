//! CPU per evaluation: `cargo run --release -p expression --example speed`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measurement for the person who runs it")]

use std::sync::Arc;
use std::time::Instant;

use expression::scenario::{Defaults, scope};
use expression::{Evaluator, Limits, Session};
use node_sdk::Expression;
use serde_json::{Value, json};

fn evaluator(items: usize) -> Evaluator {
    let defaults = Defaults { timezone: "Europe/Berlin".into(), now: 1_773_578_096_789, limits: Limits::default() };
    let input: Vec<Value> = (0..items)
        .map(|i| json!({"id": i, "name": format!("User {i}"), "email": format!("user{i}@example.com"), "tags": ["a", "b"], "address": {"city": "Recife", "zip": "50000"}}))
        .collect();
    Evaluator::new(Arc::new(Session::new(Limits::default())), scope(&json!({ "input": input }), &defaults))
}

fn main() {
    first_evaluation();
    per_evaluation();
}

/// CPU time of all threads so far, in microseconds (Linux; 0 elsewhere).
fn cpu() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanos = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok()?.split(' ').next()?.parse::<f64>().ok());
    nanos.sum::<f64>() / 1000.0
}

fn per_evaluation() {
    let count = 100_000;
    for source in [
        "={{ $json.name }}",
        "=Hello {{ $json.name }} of {{ $json.address.city }}",
        "={{ $json.id * 2 }}",
        "={{ $json.name.toUpperCase() + '!' }}",
        "={{ $json.tags.map(t => t + $json.id).join(',') }}",
        "={{ $json.email.extractDomain() }}",
        "={{ $('Source').item.json.id }}",
        "={{ $json.missing.deep }}",
        "={{ $json.missing.deep() }}",
        "={{ $now.toFormat('yyyy-MM-dd') }}",
        "={{ $json }}",
        "={{ (Math.n = $json.id) }}",
    ] {
        let (evaluator, expression) = (evaluator(count), Expression::from(source));
        evaluator.evaluate(&expression, 0, None).unwrap();
        let (since, before) = (Instant::now(), cpu());
        for i in 1..count {
            evaluator.evaluate(&expression, i, None).unwrap();
        }
        let (wall, cpu) = (since.elapsed().as_secs_f64() * 1e6 / count as f64, (cpu() - before) / count as f64);
        println!("{cpu:8.3} us CPU {wall:8.3} us wall  {source}");
    }
}

fn first_evaluation() {
    for source in
        ["={{ $json.id }}", "={{ 1 + 1 }}", "={{ 'a'.toTitleCase() }}", "={{ (1).toLocaleString() }}", "={{ $now }}", "={{ $now.isWeekend() }}"]
    {
        let evaluator = evaluator(1);
        let since = Instant::now();
        evaluator.evaluate(&source.into(), 0, None).unwrap();
        println!("{:8.3} ms  {source}", since.elapsed().as_secs_f64() * 1e3);
    }
}
