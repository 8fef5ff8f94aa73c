//! What the recordings of n8n do not show.

use serde_json::json;

use crate::testing::puts_out;

const NODE: &str = "if";

/// What conditions leave out is filled in: capitals count.
#[test]
fn capitals_count() {
    let capital = json!([{"leftValue": "={{ $json.t }}", "rightValue": "Yes", "operator": {"type": "string", "operation": "equals"}}]);
    let texts = || json!([[{"t": "Yes"}, {"t": "yes"}]]);
    puts_out(
        NODE,
        vec![(2.0, json!({"conditions": {"options": {"typeValidation": "loose"}, "conditions": capital}}), texts(), json!([{"t": "Yes"}]))],
    );
}
