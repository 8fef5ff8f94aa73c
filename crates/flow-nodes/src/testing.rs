//! For tests: a node of this crate inside the real engine, and rows that say what it does. The rows of a node stand in its own folder.

use node_sdk::Provider;
use node_testkit::{Harness, Ran};
use serde_json::{Value, json};

/// A node, by its name without n8n's package.
pub(crate) fn node(name: &str) -> Harness {
    let found = crate::provider().find(&format!("n8n-nodes-base.{name}"));
    Harness::new(found.expect("there is such a node"))
}

/// `{"i": 0}`, `{"i": 1}`, …
pub(crate) fn numbers(count: usize) -> Vec<Value> {
    (0..count).map(|i| json!({ "i": i })).collect()
}

/// Runs a node of this version; each of `inputs` is a list of items.
pub(crate) fn run(name: &str, version: f64, parameters: &Value, inputs: Value) -> Ran {
    let harness = node(name).version(version).parameters(parameters.clone());
    let list = |value: Value| value.as_array().cloned().expect("a list");
    list(inputs).into_iter().fold(harness, |harness, items| harness.input(list(items))).run()
}

/// Rows of version, parameters, inputs, and the first output.
pub(crate) fn puts_out(node: &str, rows: Vec<(f64, Value, Value, Value)>) {
    for (version, parameters, inputs, expected) in rows {
        let ran = run(node, version, &parameters, inputs);
        assert_eq!(Value::Array(ran.json(0)), expected, "{node} {version} {parameters}: {:?}", ran.error);
    }
}

/// Rows of version, parameters, inputs, and the error's message.
pub(crate) fn fails(node: &str, rows: Vec<(f64, Value, Value, &str)>) {
    for (version, parameters, inputs, expected) in rows {
        let ran = run(node, version, &parameters, inputs);
        assert_eq!(ran.message(), expected, "{node} {version} {parameters}");
    }
}

/// Runs the node over two items whose `v` differ in type, with this setting of `onError`.
pub(crate) fn after_error(name: &str, version: f64, parameters: &Value, on_error: &str) -> Ran {
    node(name).version(version).parameters(parameters.clone()).field("onError", json!(on_error)).input(two_kinds()).run()
}

fn two_kinds() -> [Value; 2] {
    [json!({"v": 1, "l": [1]}), json!({"v": "2", "l": [2]})]
}

/// Rows of version and parameters with which the node does not catch its error: the engine hands the input on.
pub(crate) fn hands_its_input_on(node: &str, rows: Vec<(f64, Value)>) {
    for (version, parameters) in rows {
        for on_error in ["continueRegularOutput", "continueErrorOutput"] {
            let ran = after_error(node, version, &parameters, on_error);
            let shown = format!("{node} {version} {parameters} {on_error}");
            assert!(ran.error.is_some(), "{shown}");
            assert_eq!(ran.json(0), two_kinds(), "{shown}");
            assert!(ran.json(1).is_empty(), "{shown}");
        }
    }
}

/// Rows of version, parameters and messages with which the node makes an item of each error.
pub(crate) fn makes_items_of_errors(node: &str, rows: Vec<(f64, Value, Vec<&str>)>) {
    for (version, parameters, messages) in rows {
        let expected: Vec<_> = messages.iter().map(|message| json!({ "error": message })).collect();
        let ran = after_error(node, version, &parameters, "continueRegularOutput");
        assert!(ran.error.is_none(), "{node} {parameters}: {:?}", ran.error);
        assert_eq!(ran.json(0), expected, "{node} {parameters}");
        let apart = after_error(node, version, &parameters, "continueErrorOutput");
        let failed: Vec<_> = apart.outputs.last().expect("an output").iter().map(|item| item.json().expect("it has JSON")["error"].clone()).collect();
        assert_eq!((apart.json(0).len(), failed), (0, messages.iter().map(|message| json!(message)).collect()), "{node} {parameters}");
    }
}
