//! What the recordings of n8n do not show.

use serde_json::{Value, json};

use crate::testing::{fails, puts_out};

const NODE: &str = "set";

#[test]
fn in_old_versions() {
    let fields = |values: Value| json!({"include": "none", "fields": {"values": values}, "options": {}});
    let object = |text: &str| fields(json!([{"name": "o", "type": "objectValue", "objectValue": text}]));
    let text = || fields(json!([{"name": "s", "type": "stringValue", "stringValue": "={{ $json.none ?? null }}"}]));
    let item = || json!([[{"l": {"k": [1]}}]]);
    puts_out(
        NODE,
        vec![
            (3.0, object("={\"x\": {{ $json.l }}, y: 'z',}"), item(), json!([{"o": {"x": {"k": [1]}, "y": "z"}}])),
            (3.0, text(), item(), json!([{"s": "null"}])),
            (3.2, text(), item(), json!([{"s": null}])),
            (3.2, object("={{ $json.none }}"), item(), json!([{"o": null}])),
        ],
    );
    fails(
        NODE,
        vec![
            (3.1, text(), item(), "'s' expects a string but we got 'null' [item 0]"),
            (3.2, object("={ \"a\": \"{{ $json.l }}\" }"), item(), "The entry \"o\" inside 'Fields to Set' in item 0 contains invalid JSON"),
            (3.2, object("={{ [1] }}"), item(), "The entry \"o\" inside 'Fields to Set' in item 0 does not contain a valid JSON object"),
        ],
    );
}

#[test]
fn names_and_copies() {
    let one = |name: &str, more: Value| {
        let mut parameters =
            json!({"assignments": {"assignments": [{"id": "1", "name": name, "type": "number", "value": 1}]}, "options": {"dotNotation": false}});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let raw = json!({"mode": "raw", "jsonOutput": "{\"a\": 1}", "duplicateItem": true, "duplicateCount": 1});
    puts_out(
        NODE,
        vec![
            (3.4, one("['a.b']", json!({})), json!([[{}]]), json!([{"a.b": 1}])),
            (
                3.4,
                one("a.b", json!({"includeOtherFields": true, "include": "except", "excludeFields": "[\"c.d\"]"})),
                json!([[{"c.d": 2, "e": 3}]]),
                json!([{"e": 3, "a.b": 1}]),
            ),
            (3.4, raw, json!([[{}]]), json!([{"a": 1}, {"a": 1}])),
        ],
    );
}

/// What JavaScript makes of values where a text is wanted, or the error that it ends in.
#[test]
fn names_that_are_no_text() {
    let item = || json!([[{"l": [1, 2], "id": 7, "none": null}]]);
    let named = |name: &str| json!({"assignments": {"assignments": [{"id": "1", "name": name, "type": "number", "value": 1}]}, "options": {}});
    let kept = |names: &str| json!({"includeOtherFields": true, "include": "selected", "includeFields": names, "options": {}});
    puts_out(
        NODE,
        vec![
            (3.4, named("={{ $json.none }}"), item(), json!([{"null": 1}])),
            (3.4, named("={{ $json.nope }}"), item(), json!([{"undefined": 1}])),
            (3.4, named("={{ $json.id }}"), item(), json!([{"7": 1}])),
            (3.4, named("={{ {} }}"), item(), json!([{"object Object": 1}])),
        ],
    );
    fails(
        NODE,
        vec![
            (3.4, kept("={{ $json.l }}"), item(), "this.getNodeParameter(...).split is not a function"),
            (3.4, kept("={{ $json.none }}"), item(), "Cannot read properties of null (reading 'split')"),
        ],
    );
}

/// What an expression puts together is mended, in items as they come; a large number is JavaScript's.
#[test]
fn json_that_an_expression_put_together() {
    let raw = |text: &str| json!({"mode": "raw", "jsonOutput": text, "options": {}});
    let item = || json!([[{"t": "one\ntwo \"three\"", "n": 3, "l": ["x"]}]]);
    puts_out(
        NODE,
        vec![
            (
                3.4,
                raw("={ \"a\": \"{{ $json.t }}.\", b: {{ $json.nope }}, 'c': [{{ $json.n }} 4 // x\n] "),
                item(),
                json!([{"a": "one\ntwo \"three\".", "b": null, "c": [3, 4]}]),
            ),
            (3.4, json!({"mode": "raw"}), item(), json!([{"my_field_1": "value", "my_field_2": 1}])),
            (3.4, raw("={ \"id\": 9007199254740993, \"n\": {{ $json.n }} }"), item(), json!([{"id": 9007199254740992_f64, "n": 3}])),
        ],
    );
    fails(
        NODE,
        vec![
            (3.4, raw("={ \"a\": \"{{ $json.l }}\" }"), item(), "The 'JSON Output' in item 0 contains invalid JSON"),
            (
                3.4,
                raw(&format!("={{ \"a\": {}{{{{ 1 }}}}{} }}", "[".repeat(128), "]".repeat(128))),
                item(),
                "A value that the node reads or puts out is nested deeper than 128 levels",
            ),
            (3.4, raw("={{ $json.nope }}"), item(), "Cannot convert undefined or null to object"),
            (3.4, raw("={{ $json.n }}"), item(), "The 'JSON Output' in item 0 does not contain a valid JSON object"),
            (3.4, raw("={\"a\": 1}\n{\"a\": 2}{{ '' }}"), item(), "The 'JSON Output' in item 0 does not contain a valid JSON object"),
        ],
    );
}
