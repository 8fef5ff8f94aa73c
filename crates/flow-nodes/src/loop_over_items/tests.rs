//! What the recordings of n8n do not show.

use serde_json::json;

use crate::testing::{numbers, run};

const NODE: &str = "splitInBatches";

#[test]
fn sizes_are_what_javascript_makes_of_them() {
    for (size, batch) in [("$json.none", &[][..]), ("0", &[]), ("-1", &[]), ("'x'", &[]), ("0.5", &[]), ("'2'", &[0, 1]), ("Infinity", &[0, 1, 2])] {
        let ran = run(NODE, 3.0, &json!({"batchSize": format!("={{{{ {size} }}}}")}), json!([numbers(3)]));
        let handed_on: Vec<_> = ran.json(1).iter().map(|item| item["i"].as_i64().unwrap()).collect();
        assert_eq!(handed_on, batch, "a batch of {size}");
    }
    // The older versions have their batches on output 0; what no batch is goes nowhere.
    for version in [1.0, 2.0] {
        let of = |size: f64| run(NODE, version, &json!({"batchSize": size}), json!([numbers(3)]));
        assert_eq!((of(2.0).json(0), of(0.0).json(0).len()), (numbers(2), 0), "version {version}");
    }
}
