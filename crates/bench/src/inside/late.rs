//! On a runtime of one thread: how late the timers of others are while an expression takes its time.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use engine::{Isolates, Limits, PoolOptions, RunOptions};
use host::Process;
use node_sdk::Item;
use serde_json::{Value, json};

use super::one::{plan, run_with};
use crate::failure::Failure;
use crate::files::{chain, set};

/// An expression may take so long here.
const LIMIT: Duration = Duration::from_secs(1);

/// Runs a scene; the longest delay of a timer meanwhile.
pub(super) fn run(scene: &str) -> Result<Value, Failure> {
    let workflow = match scene {
        "endless" => chain(&[("Set", "n8n-nodes-base.set", 3.4, set(&[("never", "string", "={{ (() => { for (;;) {} })() }}")]))]),
        "slow" => {
            let slow = "(() => { const end = Date.now() + 500; while (Date.now() < end) {} return 'slow' })()";
            let url = format!("={}/{{{{ $json.id === 1 ? {slow} : 'quick' }}}}", server()?);
            let options = json!({"batching": {"batch": {"batchSize": 1, "batchInterval": 0}}});
            chain(&[("Get", "n8n-nodes-base.httpRequest", 4.2, json!({"url": url, "options": options}))])
        }
        _ => return Err("endless or slow".into()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let limits = Limits { time: LIMIT, ..Limits::default() };
    let process = Process { isolates: Isolates::new(limits, PoolOptions::default()).into(), ..Process::new(host::registry()) };
    let plan = plan(&process, &workflow)?;
    let items = vec![Item::new(json!({"id": 0})), Item::new(json!({"id": 1}))];
    let options = RunOptions { input: Some(items.into()), ..RunOptions::new("Start") };
    let mut late = Duration::ZERO;
    let run = runtime.block_on(async {
        let mut run = std::pin::pin!(run_with(&process, plan, options));
        loop {
            let due = Instant::now() + Duration::from_millis(5);
            tokio::select! {
                run = &mut run => {
                    late = late.max(due.elapsed());
                    return run;
                }
                () = tokio::time::sleep_until(due.into()) => late = late.max(due.elapsed()),
            }
        }
    })?;
    Ok(json!({"lateMs": late.as_secs_f64() * 1000.0, "status": run["status"]}))
}

/// A server that answers every request alike; its address. It ends with the process.
fn server() -> Result<String, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
        }
    });
    Ok(url)
}
