//! Measured behaviours of n8n's Konverte node: the recorded answers to the same requests, then requests, items and status.
//!
//! One difference is deliberate and not counted: a 401 is sent once where n8n sends it twice.

use std::path::Path;
use std::time::Duration;

use http_lab::recorded::{short, trimmed};
use node_sdk::json::same;
use serde_json::{Value, json};

use super::server::{Seen, Server, fill};
use super::{Score, in_parallel, process, read_json};

pub(super) fn score(binary: &Path, data: &Path) -> Result<Score, Box<dyn std::error::Error>> {
    let cases = read_json(&data.join("n8n/behaviours.json"))?;
    let cases = cases.as_array().ok_or("behaviours.json must be a list")?;
    let results = in_parallel(cases, 4, |case| {
        let name = case["case"].as_str().unwrap_or_default().to_owned();
        (name, one(binary, case).unwrap_or_else(|error| Some(error.to_string())))
    });
    Ok(Score::of("behaviours of the Konverte node", results))
}

fn one(binary: &Path, case: &Value) -> Result<Option<String>, Box<dyn std::error::Error>> {
    let mut filled = Value::Null;
    let server = Server::start(|port| {
        filled = serde_json::from_str(&fill(&case.to_string(), port)).unwrap_or_default();
        filled["requests"].as_array().cloned().unwrap_or_default()
    })?;
    let case = &filled;
    let folder = tempfile::tempdir()?;
    let write = |name: &str, value: &Value| -> std::io::Result<String> {
        let path = folder.path().join(name);
        std::fs::write(&path, value.to_string())?;
        Ok(path.to_string_lossy().into_owned())
    };
    let workflow = write("workflow.json", &case["workflow"])?;
    let mut args = vec!["run".to_owned(), workflow, "--output".into(), "json".into()];
    if !case["input"].is_null() {
        args.extend(["--input".into(), write("input.json", &case["input"])?]);
    }
    if case["credential"].as_object().is_some_and(|credential| !credential.is_empty()) {
        args.extend(["--credentials".into(), write("credentials.json", &json!({"chatwootApi": case["credential"]}))?]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = match process::run(binary, &args, None, Duration::from_secs(90)) {
        Ok(ran) => ran,
        Err(why) => return Ok(Some(why)),
    };
    if let Some(why) = request_difference(case, server.seen()) {
        return Ok(Some(why));
    }
    let Some(got) = ran.json() else {
        let refused = case["harnessError"].as_str().is_some_and(|text| !text.is_empty()) || case["harnessError"].is_object();
        return Ok((!(refused && ran.refused())).then(|| ran.end()));
    };
    Ok(item_difference(case, &got))
}

fn request_difference(case: &Value, mut seen: Vec<Seen>) -> Option<String> {
    let recorded = case["requests"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut sent: Vec<Seen> = recorded.clone().map(|request| (text(&request["m"]), text(&request["url"]), text(&request["body"]))).collect();
    sent.sort();
    seen.sort();
    if recorded.into_iter().any(|request| request["answer"]["status"] == json!(401)) {
        sent.dedup();
        seen.dedup();
    }
    (sent != seen).then(|| format!("{} requests {:?} instead of {} {:?}", seen.len(), seen.first(), sent.len(), sent.first()))
}

fn item_difference(case: &Value, got: &Value) -> Option<String> {
    if got["status"] != case["status"] {
        return Some(format!("status {} instead of {}: {}", got["status"], case["status"], short(&got["error"])));
    }
    let run = |node: &str, last: bool| {
        let runs = got["nodes"][node]["runs"].as_array();
        runs.and_then(|runs| if last { runs.last() } else { runs.first() }).map_or(Value::Null, |run| run["outputs"].clone())
    };
    if case["C"].is_object() {
        let (recorded, mine) = (trimmed(&case["C"]["outputs"], item), trimmed(&run("C", false), item));
        if !same(&recorded, &mine) {
            return Some(format!("items {} instead of {}", short(&mine), short(&recorded)));
        }
    }
    for node in ["After", "Err"] {
        let first = run(node, true).as_array().and_then(|outputs| outputs.first().cloned()).unwrap_or_default();
        let (recorded, mine) = (trimmed(&json!([case[node]]), item), trimmed(&json!([first]), item));
        if !same(&recorded, &mine) {
            return Some(format!("{node} {} instead of {}", short(&mine), short(&recorded)));
        }
    }
    None
}

/// An item's JSON and pairing, as it is written.
fn item(item: &Value) -> Value {
    let mut kept = json!({"json": item["json"]});
    if !item["pairedItem"].is_null() {
        kept["pairedItem"] = item["pairedItem"].clone();
    }
    kept
}
