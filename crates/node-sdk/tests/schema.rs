//! Schemas against the parameters that a run of n8n sees.

#![allow(clippy::unwrap_used, reason = "tests")]

use node_sdk::VersionGroup;
use node_sdk::description::{read_groups, write_groups};
use node_sdk::schema::{Check, issues, validate_type, with_defaults};
use serde_json::{Map, Value, json};

/// A node with each shape that defaults and display rules have.
const DESCRIPTION: &str = r#"[{"versions": [1, 2], "defaultName": "Sample", "inputs": ["main"], "outputs": "by parameters",
  "outputNames": ["a"], "requiredInputs": 1, "group": ["transform"],
  "credentials": [{"name": "basic", "required": true, "displayOptions": {"show": {"mode": ["one"]}}}],
  "properties": [
    {"name": "late", "type": "string", "default": "x", "displayOptions": {"show": {"mode": ["one"]}}},
    {"name": "mode", "type": "options", "default": "one", "options": ["one", "two"], "optionsShown": {"two": {"show": {"@version": [2]}}}},
    {"name": "target", "type": "string", "default": "first", "displayOptions": {"show": {"mode": ["one"]}}},
    {"name": "target", "type": "number", "default": 7, "displayOptions": {"show": {"mode": ["two"]}}},
    {"name": "new", "type": "boolean", "default": true, "displayOptions": {"show": {"@version": [{"_cnd": {"gte": 2}}]}}},
    {"name": "hidden", "type": "string", "default": "", "displayOptions": {"hide": {"mode": ["two"]}}},
    {"name": "sample", "type": "json", "default": {"omitted": "sample text"}, "required": true},
    {"name": "place", "type": "resourceLocator", "default": {"mode": "list", "value": ""}, "modes": [{"name": "list", "type": "list"}]},
    {"name": "options", "type": "collection", "default": {}, "options": [
      {"name": "deep", "type": "fixedCollection", "default": {}, "options": [{"name": "group", "values": [
        {"name": "size", "type": "number", "default": 50}, {"name": "forOne", "type": "string", "default": "", "displayOptions": {"show": {"/mode": ["one"]}}}]}]},
      {"name": "flag", "type": "boolean", "default": false}]},
    {"name": "rows", "type": "fixedCollection", "default": {}, "typeOptions": {"multipleValues": true}, "options": [{"name": "row", "values": [
        {"name": "key", "type": "string", "default": "k", "required": true},
        {"name": "kind", "type": "options", "default": "text", "options": ["text", "none"]},
        {"name": "value", "type": "string", "default": "", "displayOptions": {"show": {"kind": ["text"]}}}]}]}
  ]}]"#;

fn filled(raw: Value, version: f64) -> (VersionGroup, Map<String, Value>) {
    let group = read_groups(DESCRIPTION).unwrap().remove(0);
    let filled = with_defaults(&group, raw.as_object().unwrap(), version);
    (group, filled)
}

#[test]
fn omitted_parameters_are_filled_in() {
    let locator = json!({"__rl": true, "mode": "list", "value": ""});
    for (raw, version, expected) in [
        (json!({}), 1.0, json!({"mode": "one", "target": "first", "hidden": "", "place": locator, "options": {}, "rows": {}, "late": "x"})),
        (
            json!({"mode": "two", "late": "gone", "unknown": 1}),
            2.0,
            json!({"mode": "two", "target": 7, "new": true, "place": locator, "options": {}, "rows": {}}),
        ),
        (
            json!({"mode": "={{ 1 }}", "target": "given"}),
            1.0,
            json!({"mode": "={{ 1 }}", "target": "given", "hidden": "", "place": locator, "options": {}, "rows": {}, "late": "x"}),
        ),
        (
            json!({"options": {"deep": {"group": {}}}, "rows": {"row": [{}, {"kind": "none", "value": "gone"}]}, "place": null}),
            1.0,
            json!({"mode": "one", "target": "first", "hidden": "", "place": null, "options": {"deep": {"group": {"size": 50, "forOne": ""}}},
                "rows": {"row": [{"key": "k", "kind": "text", "value": ""}, {"key": "k", "kind": "none"}]}, "late": "x"}),
        ),
        (
            json!({"options": "={{ {} }}", "rows": "text", "mode": null}),
            1.0,
            json!({"mode": null, "hidden": "", "place": locator, "options": {}, "rows": {}}),
        ),
    ] {
        let (_, filled) = filled(raw, version);
        assert_eq!(Value::Object(filled.clone()), expected);
        let keys = |value: &Map<String, Value>| value.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&filled), keys(expected.as_object().unwrap()), "the order of resolution");
    }
}

#[test]
fn empty_required_parameters_are_issues() {
    let (group, parameters) = filled(json!({"rows": {"row": [{"key": ""}, {"key": "={{ '' }}"}, {}]}}), 1.0);
    let found = issues(&group, &parameters, 1.0);
    assert_eq!(found.len(), 1, "an expression passes, and so does a sample default");
    assert_eq!(
        (found[0].parameter.as_str(), found[0].message.as_str(), found[0].missing),
        ("rows.row.0.key", "Parameter \"Key\" is required.", true)
    );
}

#[test]
fn descriptions_are_read_and_written_back() {
    let groups = read_groups(DESCRIPTION).unwrap();
    assert_eq!(write_groups(&groups), serde_json::from_str::<Value>(DESCRIPTION).unwrap());
    assert_eq!(read_groups("[{\"properties\": [{\"name\": 1}]}]").unwrap_err().path, "0.properties.0");
    assert!(read_groups("[").unwrap_err().to_string().contains("line 1"));
}

#[test]
fn values_are_checked_and_converted() {
    let lax = Check::default();
    let strict = Check { strict: true, ..lax };
    let texts = Check { parse_strings: true, ..lax };
    for (value, kind, check, expected) in [
        (json!("12.5"), "number", &lax, Ok(json!(12.5))),
        (json!("12"), "number", &strict, Err("'x' expects a number but we got '12'")),
        (json!(true), "number", &lax, Ok(json!(1))),
        (json!("TRUE"), "boolean", &lax, Ok(json!(true))),
        (json!("0"), "boolean", &lax, Ok(json!(false))),
        (json!(""), "boolean", &lax, Err("'x' expects a boolean but we got ''")),
        (json!({"a": 5.0}), "string", &texts, Ok(json!("{\"a\":5}"))),
        (json!([1]), "string", &lax, Ok(json!([1]))),
        (json!("{a: 1, 'b': [2,],}"), "object", &lax, Ok(json!({"a": 1, "b": [2]}))),
        (json!("{\"a\": 1,, }"), "object", &lax, Err("'x' expects a object but we got '{\"a\": 1,, }'")),
        (json!([1]), "object", &lax, Err("'x' expects a object but we got array")),
        (json!("['a']"), "array", &lax, Ok(json!(["a"]))),
        (json!({}), "array", &lax, Err("'x' expects a array but we got object")),
        (json!("2024-03-01"), "dateTime", &lax, Ok(json!("2024-03-01T00:00:00.000Z"))),
        (json!("12:30"), "time", &lax, Ok(json!("12:30"))),
        (json!("noon"), "time", &lax, Err("'x' expects time (hh:mm:(:ss)) but we got 'noon'.")),
        (json!("example.com"), "url", &lax, Ok(json!("https://example.com"))),
        (json!("a.b.c"), "jwt", &lax, Ok(json!("a.b.c"))),
        (json!("a b"), "jwt", &lax, Err("Value is not a valid JWT token")),
        (
            json!("9"),
            "options",
            &Check { choices: &[json!(1), json!(2)], ..lax },
            Err("'x' expects one of the following values: [1, 2] but we got '9'"),
        ),
        (json!("anything"), "unheard-of", &strict, Ok(json!("anything"))),
        (
            json!("[{\"fieldLabel\": \"<b>\", \"fieldType\": \"dropdown\", \"fieldOptions\": [{\"option\": \"a\"}]}]"),
            "form-fields",
            &lax,
            Ok(json!([{"fieldLabel": "&lt;b&gt;", "fieldType": "dropdown", "fieldOptions": {"values": [{"option": "a"}]}}])),
        ),
        (json!("[{\"x\": 1}]"), "form-fields", &lax, Err("Key 'x' in field 0 is not valid for form fields")),
    ] {
        assert_eq!(validate_type("x", &value, kind, check), expected.map_err(str::to_owned), "{value} as {kind}");
    }
    assert!(validate_type("x", &json!("soon"), "dateTime", &lax).unwrap_err().starts_with("'x' expects a dateTime but we got 'soon' <br/>"));
    let literal = |levels: usize| json!(format!("{}1{}", "{a:'}',b:".repeat(levels), "}".repeat(levels)));
    assert!(validate_type("x", &literal(128), "object", &lax).is_ok());
    assert!(validate_type("x", &literal(129), "object", &lax).is_err() && validate_type("x", &literal(50_000), "object", &lax).is_err());
    let deep = "[".repeat(20_000);
    assert!(validate_type("x", &json!(deep), "array", &lax).is_err() && validate_type("x", &json!(deep), "object", &lax).is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_is_converted_or_refused(text in "[0-9A-Za-z:+./, ()TZ{}\\[\\]'\"-]{0,28}") {
        for kind in ["dateTime", "number", "boolean", "time", "array", "object", "url", "jwt", "form-fields"] {
            if let Ok(value) = validate_type("x", &json!(text), kind, &Check::default()) {
                // What was converted is of the type, so it passes again unchanged.
                if kind != "form-fields" {
                    proptest::prop_assert_eq!(validate_type("x", &value, kind, &Check::default()), Ok(value));
                }
            }
        }
    }
}
