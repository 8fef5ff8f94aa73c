//! What the recordings of n8n do not show.

use serde_json::json;

use crate::testing::{numbers, run};

const NODE: &str = "limit";

#[test]
fn numbers_are_what_javascript_makes_of_them() {
    let kept = |limit: &str, keep: &str| {
        let ran = run(NODE, 1.0, &json!({"maxItems": format!("={{{{ {limit} }}}}"), "keep": keep}), json!([numbers(3)]));
        ran.json(0).iter().map(|item| item["i"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    for (limit, first, last) in [
        ("$json.none", &[0, 1, 2][..], &[0, 1, 2][..]),
        ("null", &[], &[]),
        ("'abc'", &[], &[0, 1, 2]),
        ("NaN", &[], &[0, 1, 2]),
        ("Infinity", &[0, 1, 2], &[0, 1, 2]),
        ("-1", &[0, 1], &[]),
        ("1.9", &[0], &[1, 2]),
        ("'2'", &[0, 1], &[1, 2]),
    ] {
        assert_eq!(kept(limit, "firstItems"), first, "the first {limit}");
        assert_eq!(kept(limit, "lastItems"), last, "the last {limit}");
    }
}
