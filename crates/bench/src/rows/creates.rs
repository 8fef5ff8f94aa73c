//! Requests: creates against the emulator in a process of its own, beside a plain loop that sends the same.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::figure::{Figure, Goal, Unit};
use crate::files::chain;
use crate::setup::Bench;
use crate::turns::Turns;

const TOKEN: &str = "sandbox-admin";

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    // Without it the client cannot be made, although nothing here is encrypted; a second call finds it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let count = bench.amount(10_000, 500);
    let mut rows = String::new();
    for i in 0..count {
        writeln!(rows, r#"{{"name":"Contact {i}","email":"contact{i}@example.com"}}"#)?;
    }
    let input = bench.file("creates.ndjson", &rows)?;
    let at = |concurrency: usize| {
        let turns = Turns::of(bench.amount(5, 3), || by_nodes(bench, &input, count, concurrency), || by_loop(bench, count, concurrency))?;
        let what = format!("{count} creates, {concurrency} at a time");
        Ok(Figure::ratio(what, Goal::AtLeast(0.9), "of a plain loop", &turns, Unit::EachSecond, |rate| *rate))
    };
    [1, 8, 64].into_iter().map(at).collect()
}

/// Creates a second by the program's node, while the node runs.
fn by_nodes(bench: &Bench, input: &str, count: usize, concurrency: usize) -> Result<f64, Failure> {
    let emulator = bench.ours.emulator()?;
    let credentials = bench.file("credentials.json", &json!({"konverteApi": {"url": emulator.url, "accessToken": TOKEN}}).to_string())?;
    let parameters = json!({
        "resource": "Contacts", "operation": "Contact Create", "account_id": 1, "inbox_id": 1,
        "name": "={{ $json.name }}", "email": "={{ $json.email }}", "requestOptions": {"concurrency": concurrency},
    });
    let file = bench.file("create.json", &chain(&[("Create", "konverte", 1.0, parameters)]).to_string())?;
    let args = ["run", &file, "--input", input, "--credentials", &credentials, "--output", "json", "--items", "none"];
    let (_, said) = bench.ours.used_and_said(&args)?;
    let result: Value = serde_json::from_str(&said)?;
    let milliseconds = result["nodes"]["Create"]["runs"][0]["durationMs"].as_f64().ok_or("the result says no duration")?;
    rate(count, milliseconds / 1000.0)
}

/// Creates a second by a loop over an HTTP client.
fn by_loop(bench: &Bench, count: usize, concurrency: usize) -> Result<f64, Failure> {
    let emulator = bench.ours.emulator()?;
    let url = format!("{}/api/v1/accounts/1/contacts", emulator.url);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let seconds = runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        let start = Instant::now();
        let requests = stream::iter(0..count).map(|i| {
            let body = json!({"inbox_id": 1, "name": format!("Contact {i}"), "email": format!("contact{i}@example.com")}).to_string();
            let request = client.post(&url).header("api-access-token", TOKEN).header("content-type", "application/json").body(body);
            async { request.send().await?.error_for_status()?.bytes().await }
        });
        requests.buffer_unordered(concurrency).try_for_each(|_| async { Ok(()) }).await?;
        Ok::<_, reqwest::Error>(start.elapsed().as_secs_f64())
    })?;
    rate(count, seconds)
}

fn rate(count: usize, seconds: f64) -> Result<f64, Failure> {
    if seconds > 0.0 { Ok(count as f64 / seconds) } else { Err("it took no time".into()) }
}
