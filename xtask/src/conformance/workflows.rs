//! Recorded workflows, in both execution orders: status, order of runs, items, pairing, files, the node that failed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http_lab::recorded::{self, outputs, same, short};
use serde_json::{Map, Value, json};

use super::{Results, Scope, Score, case_name, expected, in_parallel, process, read_json, recorded_cases};

/// Fields of a file that are compared where the recording has them.
const FILE_FIELDS: [&str; 6] = ["mimeType", "fileType", "fileName", "fileExtension", "bytes", "text"];

pub(super) fn score(binary: &Path, data: &Path) -> Result<Score, Box<dyn std::error::Error>> {
    Ok(Score::of("workflows within the node list", all(binary, &cases(data, true)?, &[])))
}

/// Workflows with a node of n8n's, or a version of one, that we do not have ourselves.
pub(super) fn with_n8ns(binary: &Path, data: &Path, from: &[String]) -> Result<Score, Box<dyn std::error::Error>> {
    Ok(Score::of("workflows with core nodes of n8n-nodes-base", all(binary, &cases(data, false)?, from)))
}

/// The workflows within the node list, every so manieth, with n8n's own nodes in the place of ours as far as they run here.
pub(super) fn preferred(binary: &Path, data: &Path, from: &[String], every: usize) -> Result<Score, Box<dyn std::error::Error>> {
    let cases: Vec<PathBuf> = cases(data, true)?.into_iter().step_by(every).collect();
    let words = [from, &["--prefer".to_owned(), "packages".to_owned()]].concat();
    let score = Score::of("workflows with n8n's own nodes in the place of ours", all(binary, &cases, &words));
    Ok(Score { whole: every == 1, ..score })
}

/// The recorded workflows within the node list, or all others.
fn cases(data: &Path, within: bool) -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let scope = Scope::read(&data.join("first-nodes.txt"))?;
    let mut cases = Vec::new();
    for case in recorded_cases(&data.join("workflows"))? {
        if scope.holds(&read_json(&case)?) == within {
            cases.push(case);
        }
    }
    Ok(cases)
}

/// Workflows after bug reports and public files; each has nodes of ours alone.
pub(super) fn bugs(binary: &Path, data: &Path) -> Result<Score, Box<dyn std::error::Error>> {
    Ok(Score::of("workflows from outside", all(binary, &recorded_cases(&data.join("bugs"))?, &[])))
}

/// `more`: words for each run.
fn all(binary: &Path, cases: &[PathBuf], more: &[String]) -> Results {
    in_parallel(cases, 2, |case| (case_name(case), one(binary, case, more).unwrap_or_else(|error| Some(error.to_string()))))
}

/// What differs, if anything.
fn one(binary: &Path, case: &Path, more: &[String]) -> Result<Option<String>, Box<dyn std::error::Error>> {
    let recorded = read_json(&expected(case))?;
    let path = case.to_string_lossy();
    let words: Vec<&str> = ["run", &path, "--output", "json"].into_iter().chain(more.iter().map(String::as_str)).collect();
    let ran = match process::run(binary, &words, None, Duration::from_secs(30)) {
        Ok(ran) => ran,
        Err(why) => return Ok(Some(why)),
    };
    Ok(judged(&recorded, &ran))
}

/// What of a run differs from the recorded one.
pub(super) fn judged(recorded: &Value, ran: &process::Ran) -> Option<String> {
    let Some(got) = ran.json() else {
        let refused = recorded["error"]["beforeRun"] == json!(true) && ran.refused();
        return (!refused).then(|| ran.end());
    };
    difference(recorded, &got)
}

fn difference(recorded: &Value, got: &Value) -> Option<String> {
    if got["status"] != recorded["status"] {
        return Some(format!("status {} instead of {}: {}", got["status"], recorded["status"], short(&got["error"]["message"])));
    }
    if recorded["status"] == json!("error") && got["error"]["node"] != recorded["error"]["node"] {
        return Some(format!("error at {} instead of {}", got["error"]["node"], recorded["error"]["node"]));
    }
    let empty = Map::new();
    let nodes = recorded["nodes"].as_object().unwrap_or(&empty);
    let mine = got["nodes"].as_object().unwrap_or(&empty);
    for (name, node) in nodes {
        let Some(mine) = mine.get(name) else { return Some(format!("{name} did not run")) };
        if let Some(why) = node_difference(node, mine) {
            return Some(format!("{name}: {why}"));
        }
    }
    let besides: BTreeSet<&String> = mine.keys().filter(|name| !nodes.contains_key(*name)).collect();
    if !besides.is_empty() {
        return Some(format!("ran besides: {besides:?}"));
    }
    let order = &recorded["order"];
    (order.as_array().is_some_and(|order| !order.is_empty()) && got["executionOrder"] != *order)
        .then(|| format!("order {}", short(&got["executionOrder"])))
}

fn node_difference(recorded: &Value, mine: &Value) -> Option<String> {
    let any = json!("[any]");
    let (a, b) = (outputs(recorded, recorded::json), outputs(mine, recorded::json));
    if !same(&a, &b, &any) {
        return Some(format!("{} instead of {}", short(&b), short(&a)));
    }
    let (a, b) = (outputs(recorded, files), outputs(mine, files));
    if !files_fit(&a, &b, &any) {
        return Some(format!("files {} instead of {}", short(&b), short(&a)));
    }
    let (a, b) = (outputs(recorded, recorded::pairing), outputs(mine, recorded::pairing));
    (a != b).then(|| format!("pairing {} instead of {}", short(&b), short(&a)))
}

/// An item's files with the fields that count; what a recording masked is left out.
fn files(item: &Value) -> Value {
    let binary = item["binary"].as_object().into_iter().flatten();
    let fields = |file: &Value| -> Value {
        let known = FILE_FIELDS.iter().filter(|field| !file[**field].is_null() && file[**field] != json!("masked"));
        Value::Object(known.map(|field| ((*field).to_owned(), file[*field].clone())).collect())
    };
    Value::Object(binary.map(|(key, file)| (key.clone(), fields(file))).collect())
}

/// Lists are walked in step; of a file, the recorded fields alone are compared.
fn files_fit(recorded: &Value, got: &Value, any: &Value) -> bool {
    match (recorded, got) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| files_fit(a, b, any)),
        (Value::Object(a), Value::Object(b)) => {
            let fits = |key: &String, file: &Value| {
                b.get(key).is_some_and(|mine| file.as_object().into_iter().flatten().all(|(field, value)| same(value, &mine[field], any)))
            };
            a.len() == b.len() && a.iter().all(|(key, file)| fits(key, file))
        }
        _ => false,
    }
}
