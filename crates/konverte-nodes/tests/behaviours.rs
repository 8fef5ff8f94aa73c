//! The recorded behaviours of n8n's node, as far as they are the executor's: the same requests, and out of the recorded answers the
//! same items or the same error. What the engine adds (pairing, error outputs, retries) is replayed end to end elsewhere.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::{Arc, Mutex};

use common::{Answer, N8N, Place, World, answer, body};
use node_sdk::context::OnError;
use node_sdk::params::{Evaluated, NonFinite};
use node_sdk::ports::{HttpError, HttpErrorKind, HttpRequest};
use node_sdk::{Item, Kind};
use serde_json::{Value, json};

/// Cases that are not the executor's, by what their name holds, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("redirect", "the HTTP port follows redirects"),
    ("gzip", "the HTTP port decodes"),
    ("status 304", "the HTTP port's, like a redirect"),
    ("ErrorOutput", "the engine sorts items to the error output"),
    ("alwaysOutputData", "the engine adds an item"),
    ("retryOnFail", "the engine runs the node again"),
    ("executeOnce", "the engine hands in one item"),
    ("disabled node", "the engine does not run it"),
    ("pinData", "the engine does not run it"),
    ("invalid expression syntax", "the evaluator's"),
    ("JSON null", "the engine stumbles over an item that is null"),
    ("array of scalars", "the engine stumbles over an item that is null"),
    ("self-pairing", "the node after it fails"),
    ("required string path param", "the engine does not start"),
    ("DateTime", "deliberate difference: dates go out as ISO text, not as the library's inner fields"),
    ("array of dates", "deliberate difference: dates go out as ISO text, not as the library's inner fields"),
];

#[tokio::test]
async fn recorded_behaviours() {
    let cases = common::data("n8n/behaviours.json");
    let (mut replayed, mut wrong) = (0, Vec::new());
    for case in cases.as_array().unwrap() {
        let name = case["case"].as_str().unwrap();
        if ELSEWHERE.iter().any(|(part, _)| name.contains(part)) {
            continue;
        }
        replayed += 1;
        if let Err(why) = replay(case).await {
            wrong.push(format!("{name}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {replayed} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(replayed >= 90, "only {replayed} replayed");
}

async fn replay(case: &Value) -> Result<(), String> {
    let case: Value = serde_json::from_str(&case.to_string().replace("SERVER", "server.test")).unwrap();
    let node = case["workflow"]["nodes"].as_array().unwrap().iter().find(|node| node["name"] == "C").unwrap();
    let credential = Some(case["credential"].clone()).filter(|value| !value.is_null());
    let waiting = Mutex::new(case["requests"].as_array().unwrap().clone());
    let timeout = case["parameters"]["requestOptions"]["timeout"].is_number();
    let world = World::with(move |request| serve(&waiting, request, timeout), credential);
    let mut place = Place::new(N8N, node["parameters"].clone());
    place.credentials = node.get("credentials").cloned().unwrap_or_else(|| json!({}));
    place.expressions = expressions;
    if node["onError"] == "continueRegularOutput" || node["continueOnFail"] == true {
        place.on_error = OnError::ContinueRegularOutput;
    }
    let items = case["input"].as_array().into_iter().flatten().cloned().map(Item::new).collect();
    let outcome = place.run(&world, items).await;
    same_requests(&case, &world)?;
    match outcome {
        Ok(outputs) => {
            same("status", &json!("success"), &case["status"])?;
            let got: Vec<Value> = outputs.lists.unwrap()[0].iter().map(shown).collect();
            let want: Vec<Value> =
                case["C"]["outputs"][0].as_array().into_iter().flatten().map(|item| shown(&Item::from_value(item.clone()))).collect();
            same("items", &got.into(), &want.into())
        }
        Err(error) => {
            same("status", &json!("error"), &case["status"])?;
            let want = &case["error"];
            same("message", &json!(error.message), &want["message"])?;
            if want.get("name").is_some() {
                same("name", &json!(error.name), &want["name"])?;
                same("description", &json!(error.description), &want["description"])?;
            }
            if want.get("httpCode").is_some() && want["httpCode"] != "200" {
                same("httpCode", &error.data["httpCode"], &want["httpCode"])?;
                same("context", &error.data["context"], &want["context"])?;
            }
            Ok(())
        }
    }
}

/// The recorded answer to the same request, each once.
fn serve(waiting: &Mutex<Vec<Value>>, request: &HttpRequest, timeout: bool) -> Answer {
    let fault = |kind, message: &str| Err(HttpError { kind, message: message.to_owned(), maybe_sent: false });
    if request.options.proxy.as_deref() == Some("not a url") {
        return fault(HttpErrorKind::Proxy, "not a URL");
    }
    let Ok(url) = url::Url::parse(&request.url) else { return fault(HttpErrorKind::InvalidUrl, "Invalid URL") };
    if url.port() == Some(1) {
        return fault(HttpErrorKind::Refused, "connect ECONNREFUSED 127.0.0.1:1");
    }
    if url.host_str() == Some("no-such-host.invalid") {
        return fault(HttpErrorKind::Dns, "getaddrinfo ENOTFOUND no-such-host.invalid");
    }
    let target = target(&url, request);
    let mut waiting = waiting.lock().unwrap();
    let found = waiting.iter().position(|r| r["m"] == request.method && r["url"] == target && r["body"] == body(request));
    let Some(recorded) = found.map(|index| waiting.remove(index)) else { return fault(HttpErrorKind::Other, "not recorded") };
    let given = &recorded["answer"];
    if given["reset"] == true {
        return match (timeout, given["headers"].as_object().is_some_and(|headers| !headers.is_empty())) {
            (true, true) => fault(HttpErrorKind::BodyTimeout, "timeout"),
            (true, false) => fault(HttpErrorKind::Timeout, "timeout of 200ms exceeded"),
            (false, _) => fault(HttpErrorKind::Reset, "socket hang up"),
        };
    }
    let content: Vec<u8> = match given["bodyBase64"].as_str() {
        Some("iVBOR//+AA==") => vec![0x89, b'P', b'N', b'G', 0xff, 0xfe, 0],
        Some("eyJhIjoi5CJ9") => b"{\"a\":\"\xe4\"}".to_vec(),
        Some(other) => panic!("no such bytes: {other}"),
        None => given["body"].as_str().unwrap_or_default().as_bytes().to_vec(),
    };
    Ok(answer(given["status"].as_u64().unwrap() as u16, &[], content))
}

fn target(url: &url::Url, request: &HttpRequest) -> String {
    if request.options.proxy.is_some() {
        return url.to_string();
    }
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// A 401 is sent once where n8n sends it twice: the one difference that is meant.
fn same_requests(case: &Value, world: &Arc<World>) -> Result<(), String> {
    let recorded = case["requests"].as_array().unwrap();
    let line = |method: &str, target: &str, body: &str| format!("{method} {target} {body}");
    let mut want: Vec<String> =
        recorded.iter().map(|r| line(r["m"].as_str().unwrap(), r["url"].as_str().unwrap(), r["body"].as_str().unwrap())).collect();
    let sent = world.requests();
    let reached = sent.iter().filter_map(|r| Some((r, url::Url::parse(&r.url).ok()?))).filter(|_| !recorded.is_empty());
    let mut got: Vec<String> = reached.map(|(r, url)| line(&r.method, &target(&url, r), &body(r))).collect();
    want.sort();
    got.sort();
    if recorded.iter().any(|r| r["answer"]["status"] == 401) {
        want.dedup();
        got.dedup();
    }
    same("requests", &json!(got), &json!(want))
}

fn shown(item: &Item) -> Value {
    let mut value = item.to_value();
    let map = value.as_object_mut().unwrap();
    map.shift_remove("pairedItem");
    // The engine writes the error's message into the JSON.
    if map.contains_key("error") {
        map.shift_remove("json");
    }
    if let Some(error) = map.get_mut("error").and_then(Value::as_object_mut) {
        error.shift_remove("timestamp");
    }
    value
}

fn same(what: &str, got: &Value, want: &Value) -> Result<(), String> {
    if node_sdk::json::same(got, want) { Ok(()) } else { Err(format!("{what} {got} instead of {want}")) }
}

/// The expressions of the recorded cases and what they gave.
fn expressions(source: &str, json: &Value) -> Evaluated {
    let value = |value| Evaluated { value, kind: Kind::Json };
    let undefined = || Evaluated { value: Value::Null, kind: Kind::Undefined };
    match source {
        "={{ $json.id === 2 ? \"{bad\" : \"{}\" }}" => value(json!(if json["id"] == 2 { "{bad" } else { "{}" })),
        "={{ $json.id === 2 ? (() => { throw new Error(\"boom\") })() : \"x\" }}" => {
            if json["id"] == 2 {
                undefined()
            } else {
                value(json!("x"))
            }
        }
        "={{ ({a:1}) }}" => value(json!({"a": 1})),
        "={{ [1,2] }}" => value(json!([1, 2])),
        "={\"a\": {{ $json.id }}, \"n\":\"{{ $json.name }}\"}" => value(format!("{{\"a\": {}, \"n\":{}}}", json["id"], json["name"]).into()),
        "={{ \"12\" }}" => value(json!("12")),
        "={{ 34 }}" => value(json!(34)),
        "={{ true }}" => value(json!(true)),
        "={{ null }}" => value(json!(null)),
        "={{ undefined }}" | "={{ $json.nope.deep }}" | "={{ (() => { throw new Error(\"boom\") })() }}" => undefined(),
        "={{ {a:[1]} }}" => value(json!({"a": [1]})),
        "={{ [\"a\",\"b c\"] }}" => value(json!(["a", "b c"])),
        "={{ ({a:{b:1} }) }}" => value(json!({"a": {"b": 1}})),
        "={{ \"\" }}" => value(json!("")),
        "={{ [{a:1},{b:[2,3]}] }}" => value(json!([{"a": 1}, {"b": [2, 3]}])),
        "={{ [] }}" => value(json!([])),
        "={{ ({}) }}" => value(json!({})),
        "={{ NaN }}" => Evaluated { value: Value::Null, kind: Kind::NonFinite(NonFinite::NaN) },
        "={{ 1e21 }}" => value(json!(1e21)),
        other => common::plain(other, json),
    }
}
