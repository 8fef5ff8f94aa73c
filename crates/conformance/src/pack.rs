//! Makes the files of cases out of the facts that were recorded of n8n, without what no play needs.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value, json};

use crate::cases::ENDING;
use crate::failure::Failure;

/// `facts/cases/PACKAGE/*.ndjson` becomes `data/operations/PACKAGE.ndjson.gz`, the polls by hand of `facts/triggers/PACKAGE/*.ndjson` become
/// `data/polls/PACKAGE.ndjson.gz`, and `facts/credentials/PACKAGE.ndjson` becomes `data/credentials/PACKAGE.ndjson.gz`. `left_out`: a file that names node types to leave out, a line each.
pub(crate) fn pack(facts: &Path, data: &Path, left_out: Option<&Path>) -> Result<(), Failure> {
    let left_out = left_out.map(fs::read_to_string).transpose()?.unwrap_or_default();
    let left_out: Vec<&str> = left_out.split_whitespace().collect();
    for folder in sorted(&facts.join("cases"))? {
        let mut cases = Vec::new();
        for file in sorted(&folder)? {
            let facts = lines(&file)?.into_iter().filter(|case| !left_out.contains(&case["type"].as_str().unwrap_or_default()));
            cases.extend(facts.filter(|case| case["variant"].is_string()).map(|case| operation(&name(&folder), &case)));
        }
        write(&data.join("operations"), &name(&folder), cases)?;
    }
    for folder in sorted(&facts.join("triggers"))? {
        let mut cases = Vec::new();
        for file in sorted(&folder)? {
            cases.extend(lines(&file)?.iter().filter(|case| case["kind"] == "poll manual").map(|case| poll(&name(&folder), case)));
        }
        write(&data.join("polls"), &name(&folder), cases)?;
    }
    for file in sorted(&facts.join("credentials"))? {
        let cases = lines(&file)?.iter().flat_map(credentials).collect();
        write(&data.join("credentials"), &name(&file), cases)?;
    }
    Ok(())
}

/// What lies in a folder, in the order of its names.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listed = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = listed.map(|entry| Ok(entry?.path())).collect::<Result<_, Failure>>()?;
    paths.sort();
    Ok(paths)
}

/// The name of a package, out of a file's or a folder's.
fn name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.strip_suffix(".ndjson").unwrap_or(&name).to_owned()
}

fn lines(path: &Path) -> Result<Vec<Value>, Failure> {
    fs::read_to_string(path)?.lines().map(|line| Ok(node_sdk::json::parse_text(line)?)).collect()
}

/// Writes the cases of a package, each with a name of its own.
fn write(folder: &Path, package: &str, mut cases: Vec<Value>) -> Result<(), Failure> {
    if cases.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join(format!("{package}{ENDING}")))?;
    // Without a time, so that the same cases make the same file.
    let mut file = GzBuilder::new().write(file, Compression::best());
    let mut seen: HashMap<String, usize> = HashMap::new();
    for case in &mut cases {
        let name = case["name"].as_str().unwrap_or_default().to_owned();
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            case["name"] = format!("{name} #{count}").into();
        }
        writeln!(file, "{case}")?;
    }
    file.finish()?;
    Ok(())
}

/// A case of a node of a package. Its name begins with that of the type, which stands for itself alone in the recordings.
fn operation(package: &str, case: &Value) -> Value {
    let mut node = json!({"type": case["type"], "typeVersion": case["typeVersion"]});
    case["node"].as_object().into_iter().flatten().for_each(|(key, value)| node[key] = value.clone());
    let expected = ["requests", "outputs", "error", "status", "savedCredentials"];
    let mut packed = json!({
        "name": format!("{}.{}", package.replace('+', "/"), case["name"].as_str().unwrap_or_default()),
        "node": node,
        "items": case["items"],
        "credentials": fields(&case["credentials"]),
        "answers": case["answers"],
        "now": case["now"],
        "expected": picked(&case["expected"], &expected),
    });
    if case["order"].is_string() {
        packed["order"] = case["order"].clone();
    }
    packed
}

/// A poll by hand: it has no items, and says what it keeps.
fn poll(package: &str, case: &Value) -> Value {
    let mut packed = operation(package, case);
    if let Value::Object(packed) = &mut packed {
        packed.shift_remove("items");
    }
    let step = &case["expected"]["steps"][0];
    (packed["expected"]["outputs"], packed["expected"]["staticData"]) = (step["outputs"].clone(), step["staticData"].clone());
    packed
}

fn picked(of: &Value, keys: &[&str]) -> Value {
    let there = keys.iter().filter_map(|key| Some(((*key).to_owned(), of.get(*key)?.clone())));
    Value::Object(there.collect())
}

/// The fields of each credential.
fn fields(credentials: &Value) -> Map<String, Value> {
    credentials.as_object().into_iter().flatten().map(|(name, credential)| (name.clone(), credential["fields"].clone())).collect()
}

/// The cases of a credential type that can be played: by an HTTP Request that sends what the recorded call sent, or by the type's test.
fn credentials(kind: &Value) -> Vec<Value> {
    let cases = kind["cases"].as_array().into_iter().flatten();
    cases.filter_map(|case| if case["call"] == "test" { test(kind, case) } else { request(kind, case) }).collect()
}

fn test(kind: &Value, case: &Value) -> Option<Value> {
    let holds = case["expected"]["testStatus"].as_str()? == "OK";
    let parameters = json!({"url": "https://api.example.com"});
    Some(credential(kind, case, parameters, json!({"requests": case["expected"]["requests"], "holds": holds})))
}

fn request(kind: &Value, case: &Value) -> Option<Value> {
    let url = case["options"]["url"].as_str().filter(|url| !url.is_empty())?;
    let own = &case["expected"];
    let of_node = own.get("httpRequest");
    let mut expected = picked(own, if of_node.is_some() { &[] } else { &["requests", "status", "savedCredentials"] });
    of_node.and_then(Value::as_object).into_iter().flatten().for_each(|(key, value)| expected[key] = value.clone());
    if expected.get("status").is_none() {
        expected["status"] = own["status"].clone();
    }
    let nothing_sent = expected["requests"].as_array().is_none_or(Vec::is_empty);
    if kind["genericAuth"] == true || kind["authenticate"] == "none" || nothing_sent {
        return None;
    }
    let accept = own["requests"].as_array().into_iter().flatten().find(|request| request["url"].as_str().is_some_and(|sent| sent.starts_with(url)));
    let accept = accept.and_then(|request| request["headers"].get("accept"));
    Some(credential(kind, case, sends(&case["options"], accept), expected))
}

/// The parameters of an HTTP Request that sends what these options of a helper send.
fn sends(options: &Value, accept: Option<&Value>) -> Value {
    let pairs = |map: &Map<String, Value>| -> Value {
        let list: Vec<Value> = map.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        json!({ "parameters": list })
    };
    let mut parameters = json!({"method": options["method"], "url": options["url"]});
    if let Some(query) = options["qs"].as_object().filter(|query| !query.is_empty()) {
        (parameters["sendQuery"], parameters["queryParameters"]) = (true.into(), pairs(query));
    }
    if let Some(accept) = accept {
        parameters["sendHeaders"] = true.into();
        parameters["headerParameters"] = json!({"parameters": [{"name": "accept", "value": accept}]});
    }
    if let Some(body) = options.get("body") {
        parameters["sendBody"] = true.into();
        (parameters["contentType"], parameters["specifyBody"], parameters["jsonBody"]) = ("json".into(), "json".into(), body.to_string().into());
    }
    if let Some(form) = options["form"].as_object() {
        parameters["sendBody"] = true.into();
        (parameters["contentType"], parameters["bodyParameters"]) = ("form-urlencoded".into(), pairs(form));
    }
    parameters
}

fn credential(kind: &Value, case: &Value, mut parameters: Value, expected: Value) -> Value {
    let name = kind["type"].as_str().unwrap_or_default();
    parameters["authentication"] = "predefinedCredentialType".into();
    parameters["nodeCredentialType"] = name.into();
    parameters["options"] = json!({});
    let reference: BTreeMap<&str, Value> = [(name, json!({"id": format!("h-{name}"), "name": name}))].into();
    json!({
        "name": format!("{name}: {}", case["name"].as_str().unwrap_or_default()),
        "node": {"type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "parameters": parameters, "credentials": reference},
        "items": [{"json": {}}],
        "credentials": {name: case["fields"]},
        "answers": case["answers"],
        "now": case["now"],
        "expected": expected,
    })
}
