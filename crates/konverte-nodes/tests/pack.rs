//! Action packs: the example, what is refused and where, the schema.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::path::PathBuf;
use std::sync::Arc;

use common::{Place, World, body, header, jsons, ok};
use konverte_nodes::pack::{load, read, schema};
use konverte_nodes::{actions, service::KONVERTE};
use node_sdk::{Item, Node};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/action-pack")
}

#[tokio::test]
async fn the_example_runs() {
    let provider = load(&folder()).unwrap();
    let world = World::new(|request| match request.method.as_str() {
        "GET" => ok(json!({"data": [{"id": 1}], "more": false})),
        _ => ok(json!({"id": 2})),
    });
    let mut place = Place::new("petstore", json!({"resource": "Pets", "operation": "Add Pet", "name": "Mia", "tags": "[\"small\"]"}));
    place.credentials = json!({"petstoreApi": {"id": "1", "name": "Shop"}});
    let outputs = place.run_of(&provider, &world, vec![Item::empty()]).await.unwrap();
    assert_eq!(jsons(&outputs), [json!({"id": 2})]);
    place.parameters = json!({"resource": "Pets", "operation": "List Pets", "kind": "cat", "requestOptions": {"returnAll": true}});
    place.run_of(&provider, &world, vec![Item::empty()]).await.unwrap();
    let requests = world.requests();
    assert_eq!((requests[0].url.as_str(), body(&requests[0]).as_str()), ("http://server.test/v1/pets", r#"{"name":"Mia","tags":["small"]}"#));
    assert_eq!(header(&requests[0], "authorization"), Some("Bearer tok-123"));
    assert_eq!(requests[0].options.secret_headers, ["Authorization"]);
    assert_eq!(requests[1].url, "http://server.test/v1/pets?kind=cat&page=1");
}

#[tokio::test]
async fn an_action_without_tokens_needs_no_credential() {
    let text = std::fs::read_to_string(folder().join("petstore.json")).unwrap();
    let text =
        text.replacen("      \"tokens\": [\"user\"],\n", "", 1).replacen("\"credential\"", "\"url\": \"https://pets.test/\", \"credential\"", 1);
    let provider: Vec<Arc<dyn Node>> = vec![Arc::new(read("pets.json", &text).unwrap())];
    let mut place = Place::new("petstore", json!({"resource": "Pets", "operation": "List Pets"}));
    place.credentials = json!({});
    let without = World::with(|_| ok(json!({})), None);
    place.run_of(&provider, &without, vec![Item::empty()]).await.unwrap();
    // A credential says where, and keeps its token.
    let with = World::new(|_| ok(json!({})));
    place.run_of(&provider, &with, vec![Item::empty()]).await.unwrap();
    let (without, with) = (&without.requests()[0], &with.requests()[0]);
    assert_eq!((without.url.as_str(), with.url.as_str()), ("https://pets.test/v1/pets", "http://server.test/v1/pets"));
    assert_eq!((header(without, "authorization"), header(with, "authorization")), (None, None));
    place.parameters = json!({"resource": "Pets", "operation": "Remove Pet", "id": 1});
    let world = World::with(|_| ok(json!({})), None);
    assert_eq!(place.run_of(&provider, &world, vec![Item::empty()]).await.unwrap_err().code.as_str(), "KV0310");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let text = std::fs::read_to_string(folder().join("petstore.json")).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        read("pets.json", &text.replacen(from, to, 1)).err().unwrap().to_string()
    };
    assert!(refused("\"actions\": [", "\"actions\": [,").starts_with("pets.json: line 8, column"));
    let path = refused("/v1/pets/{id}", "/v1/pets/{pet}");
    assert!(path.starts_with("pets.json: line 4") && path.contains(", column 15: actions[2].path (\"Remove Pet\"): {pet} is no parameter"), "{path}");
    assert!(
        refused("\"method\": \"POST\"", "\"method\": \"SEND\"")
            .ends_with(": actions[1].method (\"Add Pet\"): \"SEND\" is none of \"GET\", \"POST\", \"PUT\", \"PATCH\", \"DELETE\"")
    );
    assert!(refused("\"repeatNote\"", "\"repeatnote\"").contains("actions[2] (\"Remove Pet\"): Additional properties are not allowed ('repeatnote'"));
    assert!(refused("\"in\": \"path\", \"type\": \"integer\"", "\"in\": \"path\", \"type\": \"options\"").contains("needs \"choices\""));
    assert!(refused("\"Add Pet\"", "\"List Pets\"").contains("is there twice"));
    assert!(refused("\"node\": \"petstore\"", "\"node\": \"konverte\"").contains(": node: "));
    const REPEAT: &str = "\"repeatNote\"";
    for (from, to, place) in [
        ("\"header\": \"Authorization\"", "\"header\": \"X\\r\\nY\"", "credential.header"),
        ("\"header\": \"Authorization\"", "\"header\": \"Host\"", "credential.header"),
        ("\"prefix\": \"Bearer \"", "\"prefix\": \"Bearer\\r\\nX: \"", "credential.prefix"),
        ("/v1/pets/{id}", "/../v1/pets/{id}", "actions[2].path"),
        ("\"Add Pet\"", "\"Add\\u0007Pet\"", "actions[1].operation"),
        ("\"name\": \"name\"", "\"name\": \"__proto__\"", "actions[1].params[0].name"),
        (
            REPEAT,
            r#""native": {"files": [{"name": "constructor", "field": "f", "maxFiles": 1, "maxBytes": 9}]}, "repeatNote""#,
            "actions[2].native.files[0].name",
        ),
        (
            REPEAT,
            r#""native": {"files": [{"name": "id", "field": "f", "maxFiles": 1, "maxBytes": 9}]}, "repeatNote""#,
            "actions[2].native.files[0].name",
        ),
    ] {
        let said = refused(from, to);
        assert!(said.contains(&format!(": {place}")), "{said}");
    }
    let untyped = refused("\"type\": \"string\"", "\"type\": \"text\"");
    assert!(untyped.starts_with("pets.json: line ") && untyped.contains(".type ("), "{untyped}");
    assert!(load(&folder().join("nowhere")).err().unwrap().to_string().contains("nowhere"));
}

/// What a pack says is owned by those who use it: it can be read again and again, and the last user takes it along.
#[tokio::test]
async fn a_pack_that_nobody_uses_is_gone() {
    let text = std::fs::read_to_string(folder().join("petstore.json")).unwrap();
    let world = World::new(|_| ok(json!({"id": 2})));
    let mut place = Place::new("petstore", json!({"resource": "Pets", "operation": "Add Pet", "name": "Mia"}));
    place.credentials = json!({"petstoreApi": {"id": "1", "name": "Shop"}});
    let node = read("pets.json", &text).unwrap();
    let service = Arc::downgrade(node.service());
    let provider: Vec<Arc<dyn Node>> = vec![Arc::new(node)];
    place.run_of(&provider, &world, vec![Item::empty()]).await.unwrap();
    assert_eq!(service.strong_count(), 1);
    drop(provider);
    assert!(service.upgrade().is_none());
}

#[test]
fn the_schema_takes_the_example_and_every_row_of_ours() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let example: Value = serde_json::from_str(&std::fs::read_to_string(folder().join("petstore.json")).unwrap()).unwrap();
    let ours = json!({
        "node": "x",
        "credential": {"type": "xApi", "header": KONVERTE.auth.header},
        "actions": actions().collect::<Vec<_>>(),
    });
    for pack in [&example, &ours] {
        let wrong: Vec<String> = validator.iter_errors(pack).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
    let mut wrong = example.clone();
    wrong["actions"][0]["verb"] = json!("GET");
    assert!(!validator.is_valid(&wrong));
    // And what the schema takes can be read.
    read("ours.json", &ours.to_string()).map(|_| ()).unwrap();
}
