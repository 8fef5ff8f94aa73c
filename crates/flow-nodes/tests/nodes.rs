//! What the recordings of n8n cannot show: the contract of every node, what is kept between runs, what is refused.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use node_sdk::Provider;
use node_testkit::{Harness, assert_node_contract};
use serde_json::{Value, json};

fn node(name: &str) -> Harness {
    Harness::new(flow_nodes::provider().find(&format!("n8n-nodes-base.{name}")).unwrap())
}

fn numbers(count: i64) -> Vec<Value> {
    (0..count).map(|i| json!({ "i": i })).collect()
}

#[test]
fn every_node_keeps_the_contract() {
    for node in flow_nodes::provider().list() {
        assert_node_contract(&node);
    }
}

#[test]
fn a_random_order_loses_nothing() {
    let ran = node("sort").parameters(json!({"type": "random"})).input(numbers(50)).run();
    let mut items = ran.json(0);
    items.sort_by_key(|item| item["i"].as_i64());
    assert_eq!(items, numbers(50));
}

#[test]
fn what_is_not_supported_is_said_clearly() {
    let sql = node("merge").parameters(json!({"mode": "combineBySql", "query": "SELECT 1"})).input(numbers(1)).input(numbers(1)).run();
    assert_eq!(sql.message(), "Merge cannot combine with an SQL query yet");
    let python = node("code").parameters(json!({"language": "pythonNative", "pythonCode": "return []"})).input(numbers(1)).run();
    assert_eq!(python.message(), "Python in the Code node is not supported");
}

#[test]
fn items_of_one_run_that_share_a_value_stay_together() {
    let parameters = json!({"operation": "removeItemsSeenInPreviousExecutions", "dedupeValue": "={{ $json.i % 2 }}"});
    let ran = node("removeDuplicates").parameters(parameters).input(numbers(3)).run();
    assert_eq!(ran.json(0), [json!({"i": 0}), json!({"i": 2}), json!({"i": 1})]);
    assert!(ran.json(1).is_empty());
}

#[test]
fn user_code_loses_nothing_silently() {
    let code = |code: &str| node("code").parameters(json!({"jsCode": code})).input(numbers(1)).run();
    assert_eq!(code("return [{ json: { cut: 'a\\ud83d' } }]").json(0), [json!({"cut": "a\u{fffd}"})]);
    let deep = code("let deep = 0; for (let i = 0; i < 200; i++) deep = [deep]; return [{ json: { deep } }]");
    assert_eq!(deep.message(), "What the code returns cannot be passed on: lists and objects are nested deeper than 128");
}

#[test]
fn json_in_a_parameter_is_read_as_javascript_reads_it() {
    let stop = |object: &str| node("stopAndError").parameters(json!({"errorType": "errorObject", "errorObject": object})).input(numbers(1)).run();
    assert_eq!(stop(r#"{"message": "cut \ud83d"}"#).message(), "cut \u{fffd}");
    let deep = format!(r#"{{"message": {}{}}}"#, "[".repeat(200), "]".repeat(200));
    assert!(stop(&deep).message().contains("nested deeper than 128"), "{}", stop(&deep).message());
}

#[test]
fn user_code_reads_and_makes_files() {
    let make = "const file = await this.helpers.prepareBinaryData(Buffer.from('a;b'), 'x.csv');
        return [{ json: {}, binary: { file } }]";
    let ran = node("code").parameters(json!({"jsCode": make})).input(numbers(1)).run();
    let file = &ran.outputs[0][0].binary.as_ref().unwrap()["file"];
    assert_eq!((file.mime_type.as_str(), file.file_size.as_deref()), ("text/csv", Some("3 B")));
    assert_eq!(file.blob.as_ref().map(|blob| blob.len), Some(3));
}

#[test]
fn a_file_of_another_run_is_none() {
    let made = |rest: &str| {
        let code = format!("return [{{ json: {{}}, binary: {{ f: {{ id: 'filesystem-v2:/etc/passwd', mimeType: 'text/plain'{rest} }} }} }}]");
        node("code").parameters(json!({ "jsCode": code })).input(numbers(1)).run()
    };
    assert!(made("").message().contains("The file \"f\" of item 0"), "{}", made("").message());
    let beside = made(", data: 'aGk='");
    assert_eq!(beside.outputs[0][0].binary.as_ref().unwrap()["f"].blob.as_ref().map(|blob| (&*blob.id, blob.len)), Some(("0", 2)));
}

#[test]
fn code_that_mentions_no_helper_has_no_effect() {
    use node_sdk::{Effect, NodeInfo, PrepareContext};
    let code = flow_nodes::provider().find("n8n-nodes-base.code").unwrap();
    let effect = |source: &str| {
        let info = std::sync::Arc::new(NodeInfo { type_version: 2.0, ..NodeInfo::default() });
        let parameters = std::sync::Arc::new(json!({ "jsCode": source }).as_object().cloned().unwrap());
        code.effect(&PrepareContext { node: &info, parameters: &parameters })
    };
    assert_eq!(effect("return items"), Effect::None);
    assert_eq!(effect("return await this.helpers.httpRequest({})"), Effect::Once);
}
