//! Items in each form that n8n writes.

#![allow(clippy::unwrap_used, reason = "tests")]

use node_sdk::{Item, PairedItem};
use serde_json::json;

#[test]
fn every_form_is_read_and_written_back() {
    for value in [
        json!({"json": {"a": 1}}),
        json!({"json": 42}),
        json!({"json": null, "pairedItem": 3}),
        json!({"json": [1], "pairedItem": {"item": 0}}),
        json!({"json": {}, "pairedItem": {"item": 2, "input": 1, "sourceOverwrite": {"node": "A"}}}),
        json!({"json": {}, "pairedItem": [{"item": 0}, 1, {"item": 2, "input": 1}]}),
        json!({"json": {}, "pairedItem": -1}),
        json!({"pairedItem": 1.5, "kept": true}),
        json!({"json": {"__proto__": 1}, "error": {"message": "bad"}, "index": 7}),
        json!({"json": {}, "binary": {"data": {"mimeType": "text/csv", "fileType": "text", "fileName": "a.csv", "data": "YQ=="}}}),
        json!({}),
    ] {
        assert_eq!(Item::from_value(value.clone()).to_value(), value);
    }
    assert_eq!(Item::from_value(json!("scalar")).json(), Some(&json!("scalar")));
}

#[test]
fn origins_are_what_pairs() {
    let origins = |value| PairedItem::from_value(value).map(|paired| paired.origins());
    assert_eq!(origins(json!([{"item": 4}, 1, {"item": 2, "input": 1}, -1, 1.5])), Some(vec![(4, 0), (1, 0), (2, 1)]));
    assert_eq!(origins(json!("text")), None);
}

#[test]
fn copies_share_until_one_is_edited() {
    let item = Item::new(json!({"a": 1}));
    let mut copy = item.clone();
    assert!(std::ptr::eq(item.json().unwrap(), copy.json().unwrap()));
    copy.json_mut()["a"] = json!(2);
    assert_eq!((item.json().unwrap()["a"].as_i64(), copy.json().unwrap()["a"].as_i64()), (Some(1), Some(2)));
    assert_eq!(Item::default().json_mut(), &json!({}));
}
