//! Recorded credential types: the requests that HTTP Request sends with each, sign-ins among them, and the test of each.
//!
//! Answers come from a file and the clock stands still, so no request leaves and signatures are the recorded ones.

use std::path::Path;
use std::time::Duration;

use http_lab::recorded::short;
use serde_json::{Map, Value, json};

use super::{Score, in_parallel, process};

/// Stands for the private key in the fields of the cases, and in recorded texts for what differed between two plays.
const KEY: &str = "<KEY>";
const MASK: &str = "<MASK>";
/// Words of the transport.
const IGNORED: [&str; 6] = ["host", "connection", "content-length", "accept-encoding", "user-agent", "transfer-encoding"];

pub(super) fn score(binary: &Path, data: &Path) -> Result<Score, Box<dyn std::error::Error>> {
    let folder = data.join("credentials");
    let key = std::fs::read_to_string(folder.join("key.pem"))?;
    let mut cases = Vec::new();
    for file in ["requests.ndjson", "tests.ndjson"] {
        for line in std::fs::read_to_string(folder.join(file))?.lines() {
            cases.push(serde_json::from_str::<Value>(line)?);
        }
    }
    let results = in_parallel(&cases, 2, |case| {
        let name = case["name"].as_str().unwrap_or_default().to_owned();
        (name, one(binary, case, &key).unwrap_or_else(|error| Some(error.to_string())))
    });
    Ok(Score::of("requests and tests of credential types", results))
}

/// What differs, if anything.
fn one(binary: &Path, case: &Value, key: &str) -> Result<Option<String>, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let kind = case["type"].as_str().unwrap_or_default();
    let mut fields = case["fields"].clone();
    if fields["privateKey"] == json!(KEY) {
        fields["privateKey"] = key.into();
    }
    for (name, value) in [("workflow", workflow(case)), ("credentials", json!({ kind: fields })), ("answers", case["answers"].clone())] {
        std::fs::write(path(name), value.to_string())?;
    }
    let (workflow, credentials, answers, requests) = (path("workflow"), path("credentials"), path("answers"), path("requests"));
    let now = case["now"].as_str().unwrap_or_default();
    let is_run = case["parameters"].is_object();
    let command = if is_run { ["run", "--output=json"] } else { ["check", "--test-credentials"] };
    let files = ["--credentials", &credentials, "--answers", &answers, "--requests", &requests, "--now", now];
    let args: Vec<&str> = command.into_iter().chain([workflow.as_str()]).chain(files).collect();
    let ran = match process::run(binary, &args, None, Duration::from_secs(30)) {
        Ok(ran) => ran,
        Err(why) => return Ok(Some(why)),
    };
    let expected = &case["expected"];
    let mut sent = read_lines(&requests)?;
    if !is_run {
        // A test's request that is refused is sent once more; the recording counts them as one.
        sent.dedup_by(|a, b| same(a, b));
    }
    if let Some(why) = requests_differ(&expected["requests"], &sent) {
        return Ok(Some(why));
    }
    if is_run {
        let status = ran.json().map(|run| run["status"].clone());
        return Ok((status.as_ref() != Some(&expected["status"])).then(|| ran.end()));
    }
    let holds = if expected["holds"] == json!(true) { Some(0) } else { Some(3) };
    Ok((ran.code != holds).then(|| ran.end()))
}

fn workflow(case: &Value) -> Value {
    let kind = case["type"].as_str().unwrap_or_default();
    let mut parameters = case["parameters"].clone();
    if parameters.is_null() {
        parameters =
            json!({"url": "https://api.example.com", "authentication": "predefinedCredentialType", "nodeCredentialType": kind, "options": {}});
    }
    json!({
        "name": "credentials",
        "nodes": [
            {"id": "s", "name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}},
            {"id": "n", "name": "N", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [200, 0], "parameters": parameters,
                "credentials": {kind: {"id": "1", "name": kind}}},
        ],
        "connections": {"Start": {"main": [[{"node": "N", "type": "main", "index": 0}]]}},
    })
}

fn read_lines(path: &str) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(Vec::new()) };
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn same(a: &Value, b: &Value) -> bool {
    ["method", "url", "headers", "json", "form", "text"].iter().all(|key| a[*key] == b[*key])
}

fn requests_differ(recorded: &Value, sent: &[Value]) -> Option<String> {
    let recorded = recorded.as_array().map_or(&[][..], Vec::as_slice);
    for (index, want) in recorded.iter().enumerate() {
        let at = format!("request {} of {}", index + 1, recorded.len());
        let Some(got) = sent.get(index) else { return Some(format!("{at} was not sent: {}", short(want))) };
        let want =
            [("method", &want["method"]), ("url", &want["url"]), ("headers", &json!(headers(&want["headers"]))), ("body", &body(&want["body"]))]
                .map(pair);
        let got = [("method", &got["method"]), ("url", &got["url"]), ("headers", &json!(headers(&got["headers"]))), ("body", &body(got))].map(pair);
        if let Some((want, got)) = want.iter().zip(&got).find(|(want, got)| !fits(&want.1, &got.1)) {
            return Some(format!("{at}: {} {} instead of {}", want.0, short(&got.1), short(&want.1)));
        }
    }
    sent.get(recorded.len()).map(|more| format!("a request besides: {}", short(more)))
}

fn pair((name, value): (&'static str, &Value)) -> (&'static str, Value) {
    (name, value.clone())
}

fn headers(headers: &Value) -> Map<String, Value> {
    let all = headers.as_object().into_iter().flatten().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let mut list: Vec<_> = all.filter(|(name, _)| !IGNORED.contains(&name.as_str())).collect();
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list.into_iter().collect()
}

/// The body in the form that says most.
fn body(request: &Value) -> Value {
    ["json", "form", "text"].iter().map(|key| request[*key].clone()).find(|value| !value.is_null() && *value != json!("")).unwrap_or_default()
}

/// Whether a value is the recorded one, in which a mask stands for anything.
fn fits(recorded: &Value, got: &Value) -> bool {
    match (recorded, got) {
        (Value::String(recorded), Value::String(got)) => match recorded.split_once(MASK) {
            None => recorded == got,
            Some((start, rest)) => got.starts_with(start) && got.ends_with(rest.rsplit(MASK).next().unwrap_or_default()),
        },
        (Value::Object(a), Value::Object(b)) => a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| fits(value, other))),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fits(a, b)),
        _ => node_sdk::json::same(recorded, got),
    }
}
