//! What counts as the same as n8n in a recorded case of HTTP Request: status, items, files and pairing of each node, and the
//! requests that were sent. `{"any": true}` in what was recorded is met by any value, but not by its absence.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::recorded::{json, outputs, pairing, same, short};

/// Headers that say how a request travels, not what it says.
const IGNORED: [&str; 11] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "accept-language",
    "keep-alive",
    "proxy-connection",
    "te",
    "expect",
    "date",
];
const BINARY_FIELDS: [&str; 5] = ["mimeType", "fileType", "fileName", "fileExtension", "fileSize"];
/// Requests that begin this long (milliseconds) after the one before begin a new group.
const GAP: u64 = 150;

/// One side of an item.
type View = fn(&Value) -> Value;
const VIEWS: [(&str, View); 3] = [("items", json), ("files", files), ("pairing", pairing)];

/// What differs in status, items, files, pairing, failing node or order; `None`: nothing does.
pub fn items(expected: &Value, ours: &Value) -> Option<String> {
    if ours["status"] != expected["status"] {
        return Some(format!("status {} instead of {}: {}", ours["status"], expected["status"], ours["error"]["message"]));
    }
    let any = json!({"any": true});
    for (name, node) in expected["nodes"].as_object().into_iter().flatten() {
        let Some(mine) = ours["nodes"].get(name) else {
            let runs = || node["runs"].as_array().into_iter().flatten();
            let silent = runs().all(|run| lists(run).all(|list| list.is_empty())) && runs().any(|run| !run["error"].is_null());
            if silent {
                continue;
            }
            return Some(format!("{name} did not run"));
        };
        for (what, view) in VIEWS {
            let (a, b) = (outputs(node, view), outputs(mine, view));
            if !same(&a, &b, &any) {
                return Some(format!("{name} {what}: {} instead of {}", short(&b), short(&a)));
            }
        }
    }
    if expected["status"] == "error" && expected["error"]["node"] != ours["error"]["node"] {
        return Some(format!("error at {} instead of {}", ours["error"]["node"], expected["error"]["node"]));
    }
    if ours["executionOrder"] != expected["order"] {
        return Some(format!("order {} instead of {}", ours["executionOrder"], expected["order"]));
    }
    let extra = ours["nodes"].as_object().into_iter().flatten().find(|(name, node)| {
        let runs = || node["runs"].as_array().into_iter().flatten();
        expected["nodes"].get(name.as_str()).is_none() && runs().any(|run| lists(run).any(|list| !list.is_empty()))
    });
    extra.map(|(name, _)| format!("ran besides: {name}"))
}

fn lists(run: &Value) -> impl Iterator<Item = &Vec<Value>> {
    run["outputs"].as_array().into_iter().flatten().filter_map(Value::as_array)
}

fn files(item: &Value) -> Value {
    let file = |file: &Value| {
        let mut map: Map<String, Value> =
            BINARY_FIELDS.iter().filter(|field| !file[**field].is_null()).map(|field| ((*field).to_owned(), file[*field].clone())).collect();
        let hash = file["sha256"].as_str().map_or_else(|| sha256(&content(file)), str::to_owned);
        map.insert("sha256".into(), hash.into());
        Value::Object(map)
    };
    item["binary"].as_object().into_iter().flatten().map(|(name, value)| (name.clone(), file(value))).collect::<Map<_, _>>().into()
}

fn content(file: &Value) -> Vec<u8> {
    if let Some(text) = file["text"].as_str() {
        return text.as_bytes().to_vec();
    }
    let base64 = file["base64"].as_str().or_else(|| file["data"].as_str()).unwrap_or_default();
    BASE64_STANDARD.decode(base64).unwrap_or_default()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What differs in the requests; `None`: nothing does.
pub fn requests(expected: &Value, log: &[Value]) -> Option<String> {
    let recorded: Vec<&Value> = expected["requests"].as_array().into_iter().flatten().collect();
    let own_agent = |request: &&Value| {
        let agent = headers(request).find(|(name, _)| name == "user-agent").map(|(_, value)| value).unwrap_or_default();
        !["n8n", "axios/*", ""].contains(&agent.as_str())
    };
    let own: Vec<bool> = recorded.iter().map(own_agent).collect();
    let any = own.contains(&true);
    let mut a: Vec<Value> = recorded.iter().zip(&own).map(|(request, own)| sent(request, *own)).collect();
    let mut b: Vec<Value> = log.iter().map(|request| sent(request, any)).collect();
    if expected["ordered"] != true {
        let key = |request: &Value| json!([request["target"], request["method"], request["body"], request["headers"], request["parts"]]).to_string();
        a.sort_by_key(key);
        b.sort_by_key(key);
    }
    if a.len() != b.len() {
        return Some(format!("{} requests instead of {}", b.len(), a.len()));
    }
    for (i, (x, y)) in a.iter().zip(&b).enumerate() {
        let differs = x.as_object().into_iter().flatten().find(|(key, value)| y[key.as_str()] != **value);
        if let Some((key, value)) = differs {
            return Some(format!("request {} {key}: {} instead of {}", i + 1, short(&y[key.as_str()]), short(value)));
        }
    }
    let groups = expected.get("groups").filter(|groups| **groups != groups_of(log));
    groups.map(|groups| format!("requests began in groups of {} instead of {groups}", groups_of(log)))
}

fn headers(request: &Value) -> impl Iterator<Item = (String, String)> + '_ {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    request["headers"].as_array().into_iter().flatten().map(move |pair| (text(&pair[0]).to_lowercase(), text(&pair[1])))
}

fn sent(request: &Value, agent: bool) -> Value {
    let mut heads: BTreeMap<String, Value> = BTreeMap::new();
    for (name, value) in headers(request) {
        if IGNORED.contains(&name.as_str()) || (name == "user-agent" && !agent) {
            continue;
        }
        let value = match name.as_str() {
            "content-type" => without_spaces(&value, ';').to_lowercase().into(),
            "accept" => without_spaces(&value, ',').into(),
            "authorization" if value.starts_with("Digest ") => digest_fields(&value["Digest ".len()..]),
            _ => Value::String(value),
        };
        match heads.get_mut(&name) {
            Some(Value::String(before)) if name != "cookie" => *before = format!("{before}, {}", value.as_str().unwrap_or_default()),
            _ => {
                heads.insert(name, value);
            }
        }
    }
    let parts = request.get("parts").map_or(Value::Null, |parts| parts.as_array().into_iter().flatten().map(part).collect());
    json!({"on": request["on"], "method": request["method"], "target": request["target"], "headers": heads, "body": request["body"], "bodyBase64": request["bodyBase64"], "parts": parts})
}

fn without_spaces(text: &str, separator: char) -> String {
    text.split(separator).map(str::trim).collect::<Vec<_>>().join(&separator.to_string())
}

/// The fields of a digest, but for those that change.
fn digest_fields(text: &str) -> Value {
    let text = text.replace('"', "");
    let mut fields: Vec<&str> = text.split(',').map(str::trim).collect();
    fields.retain(|field| !["nc", "cnonce", "response", "algorithm"].iter().any(|name| field.starts_with(name)));
    fields.sort_unstable();
    json!(fields)
}

fn part(part: &Value) -> Value {
    let heads: BTreeMap<String, String> = headers(part).filter(|(name, _)| name != "content-length").collect();
    json!([heads, part["body"], part["bodyBase64"]])
}

/// How many requests began together.
fn groups_of(log: &[Value]) -> Value {
    let mut starts: Vec<u64> = log.iter().filter_map(|request| request["startMs"].as_u64()).collect();
    starts.sort_unstable();
    let mut groups: Vec<u64> = Vec::new();
    for (i, start) in starts.iter().enumerate() {
        match groups.last_mut() {
            Some(last) if start - starts[i - 1] < GAP => *last += 1,
            _ => groups.push(1),
        }
    }
    json!(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_in_any_order() {
        let request = |target: &str, ms: u64| json!({"on": "http", "method": "GET", "target": target, "headers": [["Host", "x"], ["Accept", "a, b"]], "body": "", "startMs": ms});
        let expected = json!({"requests": [request("/1", 0), request("/2", 0)], "ordered": false, "groups": [1, 1]});
        assert_eq!(requests(&expected, &[request("/2", 0), request("/1", 300)]), None);
        assert!(requests(&expected, &[request("/2", 0), request("/1", 10)]).unwrap().contains("groups"));
        assert!(requests(&expected, &[request("/2", 0)]).is_some());
    }
}
