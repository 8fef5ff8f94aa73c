//! Every request that was captured from n8n: method, path, query, the three headers and the body's bytes.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{N8N, Place, World, body, data, header, ok};
use node_sdk::Item;
use serde_json::json;

#[tokio::test]
async fn all_captured_requests_are_equal() {
    let captures = data("n8n/wire.json");
    let mut equal = 0;
    for capture in captures.as_array().unwrap() {
        let world = World::new(|_| ok(json!({"ok": true})));
        let name = format!("{} / {} ({})", capture["resource"], capture["operation"], capture["variation"]);
        let outputs = Place::new(N8N, capture["parameters"].clone()).run(&world, vec![Item::empty()]).await;
        assert_eq!(common::jsons(&outputs.unwrap()), [json!({"ok": true})], "{name}");
        let requests = world.requests();
        let [request] = requests.as_slice() else { panic!("{name}: {} requests", requests.len()) };
        let want = &capture["request"];
        let text = |key: &str| want[key].as_str().unwrap();
        let url = request.url.strip_prefix("http://server.test").unwrap();
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        assert_eq!((request.method.as_str(), path, query), (text("method"), text("path"), text("query").trim_start_matches('?')), "{name}");
        for wanted in ["accept", "content-type", "api-access-token"] {
            assert_eq!(header(request, wanted), want["headers"][wanted].as_str(), "{name}: {wanted}");
        }
        assert_eq!(body(request), want["rawBody"].as_str().unwrap_or_default(), "{name}");
        equal += 1;
    }
    assert_eq!(equal, 230);
}
