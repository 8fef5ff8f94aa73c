//! `cargo xtask bench`: what the release binary costs, measured in one run on this machine.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::shell::{Outcome, release_binary};

const COLD_RUNS: usize = 21;
const LONG_CHAIN: usize = 10_000;
const ALL_TO_ALL: usize = 200;
const CREATES: usize = 10_000;
const ITEMS: usize = 100_000;

pub(crate) fn run() -> Outcome {
    let bench = Bench { binary: release_binary()?, folder: tempfile::tempdir()? };
    let size = std::fs::metadata(&bench.binary)?.len();
    println!("binary, stripped: {:.1} MB (goal 30)", size as f64 / 1e6);
    bench.two_nodes()?;
    bench.large_graphs()?;
    bench.expressions()?;
    bench.creates()?;
    Ok(true)
}

struct Bench {
    binary: PathBuf,
    folder: tempfile::TempDir,
}

/// What a process used.
struct Used {
    wall_ms: f64,
    cpu_ms: f64,
    peak_mib: f64,
    stdout: String,
}

impl Bench {
    fn file(&self, name: &str, content: &str) -> std::io::Result<String> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content)?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// One cold start of a workflow with two nodes.
    fn two_nodes(&self) -> Result<(), Box<dyn std::error::Error>> {
        let set =
            json!({"assignments": {"assignments": [{"id": "1", "name": "hello", "type": "string", "value": "={{ 'wor' + 'ld' }}"}]}, "options": {}});
        let file = self.file("two-nodes.json", &chain(&[("Edit", "n8n-nodes-base.set", 3.4, set)]).to_string())?;
        let mut runs = Vec::new();
        for _ in 0..COLD_RUNS {
            runs.push(self.measure(&["run", &file, "--output", "json"])?);
        }
        runs.sort_by(|a, b| a.wall_ms.total_cmp(&b.wall_ms));
        let median = &runs[COLD_RUNS / 2];
        println!(
            "two nodes, cold: {:.1} ms wall, {:.1} ms CPU, {:.1} MiB peak (goal 20 ms, 20 MB; median of {COLD_RUNS})",
            median.wall_ms, median.cpu_ms, median.peak_mib
        );
        Ok(())
    }

    /// Time grows with nodes and connections, not with their square.
    fn large_graphs(&self) -> Result<(), Box<dyn std::error::Error>> {
        let names: Vec<String> = (1..LONG_CHAIN).map(|number| format!("Node {number}")).collect();
        let set = json!({"assignments": {"assignments": [{"id": "1", "name": "n", "type": "number", "value": "={{ $json.n + 1 }}"}]}, "options": {}});
        let nodes: Vec<_> = names.iter().map(|name| (name.as_str(), "n8n-nodes-base.set", 3.4, set.clone())).collect();
        let long = self.file("long.json", &chain(&nodes).to_string())?;
        let names: Vec<String> = (1..=ALL_TO_ALL).map(|number| format!("Node {number}")).collect();
        let mut linked = chain(&names.iter().map(|name| (name.as_str(), "n8n-nodes-base.noOp", 1.0, json!({}))).collect::<Vec<_>>());
        let all: Vec<Value> = names.iter().map(|name| json!({"node": name, "type": "main", "index": 0})).collect();
        for name in &names {
            linked["connections"][name] = json!({"main": [all]});
        }
        let linked = self.file("linked.json", &linked.to_string())?;
        let ways = [
            (format!("chain of {LONG_CHAIN} nodes, check"), vec!["check", &long]),
            (format!("chain of {LONG_CHAIN} nodes, run"), vec!["run", &long, "--output", "json"]),
            (format!("{ALL_TO_ALL} nodes linked all to all, check"), vec!["check", &linked]),
        ];
        for (what, args) in ways {
            let used = self.measure(&args)?;
            println!("{what}: {:.0} ms wall, {:.0} MiB peak (goal 1000 ms)", used.wall_ms, used.peak_mib);
        }
        Ok(())
    }

    /// CPU of Set with three expressions, beside the same run with a node that does nothing.
    fn expressions(&self) -> Result<(), Box<dyn std::error::Error>> {
        let mut input = String::new();
        for i in 0..ITEMS {
            let _ = writeln!(input, r#"{{"id":{i},"name":"Person {i}","email":"person{i}@example.com","plan":"pro","age":{}}}"#, i % 90);
        }
        let input = self.file("items.ndjson", &input)?;
        let assignment = |name: &str, kind: &str, value: &str| json!({"id": name, "name": name, "type": kind, "value": value});
        let assignments = [
            assignment("name", "string", "={{ $json.name }}"),
            assignment("mail", "string", "={{ $json.email.toUpperCase() }}"),
            assignment("next", "number", "={{ $json.age * 2 + 1 }}"),
        ];
        let set = json!({"assignments": {"assignments": assignments}, "options": {}});
        let with = self.file("set.json", &chain(&[("Work", "n8n-nodes-base.set", 3.4, set)]).to_string())?;
        let without = self.file("no-op.json", &chain(&[("Work", "n8n-nodes-base.noOp", 1.0, json!({}))]).to_string())?;
        let mut cost = [0.0; 2];
        let mut peak = 0.0;
        for (slot, file) in [without, with].iter().enumerate() {
            let used = self.measure(&["run", file, "--input", &input, "--output", "json", "--items", "none"])?;
            cost[slot] = used.cpu_ms;
            peak = used.peak_mib;
        }
        let each = |ms: f64| ms * 1000.0 / ITEMS as f64;
        println!(
            "Set with three expressions, {ITEMS} items: {:.2} µs CPU an item (the whole run {:.2}, without Set {:.2}), {peak:.0} MiB peak",
            each(cost[1] - cost[0]),
            each(cost[1]),
            each(cost[0])
        );
        Ok(())
    }

    /// Creates against the emulator as a server of its own.
    fn creates(&self) -> Result<(), Box<dyn std::error::Error>> {
        let rows: String = (0..CREATES).fold(String::new(), |mut rows, i| {
            let _ = writeln!(rows, r#"{{"name":"Contact {i}","email":"contact{i}@example.com"}}"#);
            rows
        });
        let input = self.file("creates.ndjson", &rows)?;
        let ways = [
            (
                "n8n's node, batch 50, interval 0",
                "@devlikeapro/n8n-nodes-chatwoot.chatWoot",
                json!({"batching": {"batch": {"batchSize": 50, "batchInterval": 0}}}),
            ),
            ("native, concurrency 1", "konverte", json!({"concurrency": 1})),
            ("native, concurrency 8", "konverte", json!({"concurrency": 8})),
            ("native, concurrency 64", "konverte", json!({"concurrency": 64})),
        ];
        for (what, kind, options) in ways {
            let (mut server, url) = self.emulator()?;
            let credentials = self.file("credentials.json", &json!({"konverteApi": {"url": url, "accessToken": "sandbox-admin"}}).to_string())?;
            let parameters = json!({
                "resource": "Contacts", "operation": "Contact Create", "account_id": 1, "inbox_id": 1,
                "name": "={{ $json.name }}", "email": "={{ $json.email }}", "requestOptions": options,
            });
            let file = self.file("create.json", &chain(&[("Create", kind, 1.0, parameters)]).to_string())?;
            let used = self.measure(&["run", &file, "--input", &input, "--credentials", &credentials, "--output", "json", "--items", "none"]);
            let _ = server.kill();
            let _ = server.wait();
            let used = used?;
            let result: Value = serde_json::from_str(&used.stdout)?;
            if result["status"] != "success" {
                return Err(format!("{what}: {}", result["error"]).into());
            }
            let took = result["nodes"]["Create"]["runs"][0]["durationMs"].as_f64().unwrap_or(f64::NAN);
            println!(
                "{CREATES} creates, {what}: {:.0} actions/s, {:.0} µs CPU each, {:.0} MiB peak",
                CREATES as f64 / took * 1000.0,
                used.cpu_ms * 1000.0 / CREATES as f64,
                used.peak_mib
            );
        }
        Ok(())
    }

    /// The emulator on a free port, and its address.
    fn emulator(&self) -> Result<(Child, String), Box<dyn std::error::Error>> {
        let mut child = Command::new(&self.binary).arg("sandbox").stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok((child, line.trim().to_owned()))
    }

    /// Runs the binary by way of this program, so that what it used can be told from everything else.
    fn measure(&self, args: &[&str]) -> Result<Used, Box<dyn std::error::Error>> {
        let report = self.folder.path().join("used.json");
        let output = Command::new(std::env::current_exe()?).arg("measured").arg(&report).arg(&self.binary).args(args).output()?;
        let used: Value = serde_json::from_str(&std::fs::read_to_string(report)?)?;
        let number = |key: &str| used[key].as_f64().unwrap_or(f64::NAN);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(Used { wall_ms: number("wallMs"), cpu_ms: number("cpuMs"), peak_mib: number("peakMib"), stdout: String::from_utf8(output.stdout)? })
    }
}

/// A manual trigger and nodes behind it, one after the other.
fn chain(nodes: &[(&str, &str, f64, Value)]) -> Value {
    let mut list =
        vec![json!({"id": "0", "name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}})];
    let mut connections = serde_json::Map::new();
    let mut before = "Start".to_owned();
    for (index, (name, kind, version, parameters)) in nodes.iter().enumerate() {
        list.push(json!({"id": format!("{}", index + 1), "name": name, "type": kind, "typeVersion": version, "position": [(index + 1) * 220, 0], "parameters": parameters}));
        connections.insert(before, json!({"main": [[{"node": name, "type": "main", "index": 0}]]}));
        before = (*name).to_owned();
    }
    json!({"name": "bench", "nodes": list, "connections": connections, "settings": {"executionOrder": "v1"}})
}

/// The other side of [`Bench::measure`]: runs a command as this process's only child and writes what it used.
pub(crate) fn measured(args: &[String]) -> Outcome {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let [report, program, rest @ ..] = args else { return Err("measured REPORT PROGRAM ARGS".into()) };
    let start = std::time::Instant::now();
    let status = Command::new(program).args(rest).status()?;
    let wall = start.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1000.0;
    let used = json!({"wallMs": wall.as_secs_f64() * 1000.0, "cpuMs": cpu, "peakMib": usage.max_rss() as f64 / 1024.0});
    std::fs::write(Path::new(report), used.to_string())?;
    Ok(status.success())
}
