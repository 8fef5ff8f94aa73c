//! Expressions within a native call of JavaScript that goes on for ever and cannot be interrupted.

use std::time::{Duration, Instant};

use engine::{Isolates, Limits, PoolOptions, RunOptions};
use host::Process;
use node_sdk::Item;
use serde_json::{Value, json};

use super::one::{last_items, plan, run_with};
use super::system::running_threads;
use crate::failure::Failure;
use crate::files::{chain, set};

const EXECUTIONS: usize = 20;
const STUCK: &str = "={{ [].join.call({ length: 9e15 }, '') }}";

/// Runs them side by side, then one with plain paths alone.
pub(super) fn run() -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let limits = Limits { time: Duration::from_millis(100), grace: Duration::from_millis(100), ..Limits::default() };
    let process = Process { isolates: Isolates::new(limits, PoolOptions::default()).into(), ..Process::new(host::registry()) };
    let node = |value: &str| chain(&[("Set", "n8n-nodes-base.set", 3.4, set(&[("value", "string", value)]))]);
    let (stuck, native) = (plan(&process, &node(STUCK))?, plan(&process, &node("={{ $json.name }}"))?);
    let options = || RunOptions { input: Some(vec![Item::new(json!({"name": "native"}))].into()), ..RunOptions::new("Start") };
    runtime.block_on(async {
        let runs = (0..EXECUTIONS).map(|_| run_with(&process, stuck.clone(), options()));
        let mut codes = Vec::new();
        for run in futures_util::future::join_all(runs).await {
            codes.push(run?["error"]["code"].clone());
        }
        // This thread runs too. Others may for a moment, those that are lost always do.
        let mut lost = usize::MAX;
        for _ in 0..50 {
            lost = lost.min(running_threads()?.saturating_sub(1));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let start = Instant::now();
        let run = run_with(&process, native, options()).await?;
        let native_ms = start.elapsed().as_secs_f64() * 1000.0;
        Ok(json!({"codes": codes, "lost": lost, "native": last_items(&run), "nativeMs": native_ms}))
    })
}
