//! Each of the 115 actions in native mode, through the engine, against the emulator on a socket: asserted on its state.

use std::sync::Arc;

use konverte_sandbox::examples::{self, Example};
use konverte_sandbox::{ORIGIN, Options, Sandbox, serve};
use node_sdk::action::Shape;
use serde_json::{Map, Value, json};

use crate::support::{Folder, chain, konverte};

#[test]
fn every_action_does_what_its_example_says() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let differences: Vec<String> = examples::all().iter().flat_map(|example| round_trip(example, &runtime)).collect();
    assert_eq!(examples::all().len(), 115);
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// What differs for one action; each has an emulator of its own.
fn round_trip(example: &Example, runtime: &tokio::runtime::Runtime) -> Vec<String> {
    let action = example.action().expect("a row");
    let sandbox = Arc::new(Sandbox::new(Options::default()).expect("the seed"));
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = runtime.spawn(serve(listener, sandbox.clone()));

    let folder = Folder::new();
    let mut parameters =
        Map::from_iter([("resource".to_owned(), action.resource.as_ref().into()), ("operation".to_owned(), action.operation.as_ref().into())]);
    parameters.extend(example.parameters.clone());
    let file = folder.workflow(&chain(&[json!({"name": "Action", "type": "konverte", "typeVersion": 1, "parameters": parameters})]));
    let token = sandbox.tokens().for_action(action).unwrap_or("sandbox-admin").to_owned();
    let credentials = folder.file("credentials.json", json!({"konverteApi": {"url": format!("http://{address}"), "accessToken": token}}).to_string());
    let input = folder.file("input.json", json!([{"json": {}, "binary": files(example)}]).to_string());
    let ran = konverte(&["run", &file, "--credentials", &credentials, "--input", &input, "--output", "json"]);
    server.abort();

    let name = format!("{}/{}", action.resource, action.operation);
    if ran.code != 0 {
        return vec![format!("{name}: {}", ran.stderr)];
    }
    // Addresses in answers are the server's own; the examples were written for the emulator in the process.
    let result: Value = serde_json::from_str(&ran.stdout.replace(&format!("http://{address}"), ORIGIN)).expect("JSON");
    let items: Vec<Value> =
        result["nodes"]["Action"]["runs"][0]["outputs"][0].as_array().into_iter().flatten().map(|item| item["json"].clone()).collect();
    let answer = if action.success.shape == Shape::Array { Value::Array(items) } else { items.into_iter().next().unwrap_or_default() };
    example.differences(&answer, &sandbox.state()).into_iter().map(|why| format!("{name}: {why}")).collect()
}

/// The example's files as an item carries them.
fn files(example: &Example) -> Value {
    let file = |file: &Value| json!({"mimeType": file["mimeType"], "fileName": file["fileName"], "data": file["base64"]});
    Value::Object(example.files.iter().map(|(name, content)| (name.clone(), file(content))).collect())
}
