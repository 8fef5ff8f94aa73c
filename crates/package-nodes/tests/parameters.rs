//! What node code is given for parameters, resolved by the real engine.

#![expect(clippy::unwrap_used, unreachable_pub, reason = "a test may panic; the package is shared")]

mod common;

use common::{Asking, node, provider};
use node_sdk::Provider as _;
use node_testkit::{Harness, Ran};
use serde_json::{Value, json};

fn properties() -> Value {
    let url = json!({"type": "regex", "regex": "https://acme.test/(?=t)t/([a-z0-9]{2,})"});
    let modes = json!([{"name": "id", "type": "string"}, {"name": "url", "type": "string", "extractValue": url}]);
    let field = json!([{"displayName": "Key", "name": "key", "type": "string", "default": "k|text"},
        {"displayName": "Type", "name": "type", "type": "hidden", "default": "={{$parameter[\"&key\"].split(\"|\")[1]}}"},
        {"displayName": "Wide", "name": "wide", "type": "boolean", "default": false}]);
    json!([
        {"displayName": "Mode", "name": "mode", "type": "options", "default": "a", "options": [{"name": "A", "value": "a"}, {"name": "B", "value": "b"}]},
        {"displayName": "Text", "name": "text", "type": "string", "default": "plain"},
        {"displayName": "Only B", "name": "onlyB", "type": "string", "default": "", "displayOptions": {"show": {"mode": ["b"]}}},
        {"displayName": "Count", "name": "count", "type": "number", "default": 5, "validateType": "number"},
        {"displayName": "Table", "name": "table", "type": "resourceLocator", "default": {"mode": "id", "value": ""}, "modes": modes},
        {"displayName": "More", "name": "more", "type": "collection", "default": {}, "options": [
            {"displayName": "Limit", "name": "limit", "type": "number", "default": 9},
            {"displayName": "Other Table", "name": "other", "type": "resourceLocator", "default": {"mode": "id", "value": ""}, "modes": modes},
        ]},
        {"displayName": "Fields", "name": "fields", "type": "fixedCollection", "default": {}, "typeOptions": {"multipleValues": true},
            "options": [{"name": "field", "displayName": "Field", "values": field}]},
        {"displayName": "Columns", "name": "columns", "type": "resourceMapper", "default": {"mappingMode": "defineBelow", "value": null}},
    ])
}

fn ask(name: &str, options: Value, parameters: Value) -> Ran {
    let nodes = json!([node("asker", &json!([1, 2]), &properties(), &json!({}))]);
    let (provider, _folder) = provider(&nodes, Asking::new(name, options));
    let node = provider.find_version("@acme/n8n-nodes-acme.asker", 2.0).unwrap();
    Harness::new(node).parameters(parameters).input([json!({"n": 1, "id": "ab"}), json!({"n": 2, "id": "cd"})]).run()
}

/// What is given for the second item.
fn second(name: &str, options: Value, parameters: Value) -> Value {
    let ran = ask(name, options, parameters);
    assert_eq!(ran.error, None);
    let mut given = ran.json(0)[1].clone();
    given["got"].take()
}

#[test]
fn values_are_resolved_for_their_item() {
    let none = || json!(null);
    assert_eq!(second("text", none(), json!({"text": "={{ $json.n }} of {{ $json.id }}"})), "2 of cd");
    assert_eq!(second("text", none(), json!({})), "plain");
    assert_eq!(second("more", none(), json!({"more": {"limit": "={{ $json.n }}"}})), json!({"limit": 2}));
    assert_eq!(second("more.limit", none(), json!({"more": {"limit": "={{ $json.n }}"}})), 2);
    assert_eq!(second("text", json!({"rawExpressions": true}), json!({"text": "={{ $json.n }}"})), "={{ $json.n }}");
    assert_eq!(second("text", json!({"ensureType": "number"}), json!({"text": "={{ $json.n }}0"})), 20);
    assert_eq!(second("text", none(), json!({"text": "={{ new Date(0) }}"})), json!({"$date": "1970-01-01T00:00:00.000Z"}));
    let zoned = "={{ DateTime.fromMillis(0) }}";
    assert_eq!(second("text", none(), json!({"text": zoned})), "1970-01-01T00:00:00.000Z");
    assert_eq!(second("more", none(), json!({"more": {"limit": zoned}})), json!({"limit": "1970-01-01T00:00:00.000Z"}));
    assert_eq!(second("count", none(), json!({"count": "={{ 1 / 0 }}"})), json!({"$number": "Infinity"}));
}

#[test]
fn a_default_reaches_no_further_than_its_node() {
    let reaching = |default: Value| {
        let property = json!([{"displayName": "Own", "name": "own", "type": "string", "default": "={{ $json.id }}"},
            {"displayName": "Text", "name": "text", "type": "string", "default": default}]);
        move |name: &str, parameters: Value| {
            let (provider, _folder) = provider(&json!([node("asker", &json!([1]), &property, &json!({}))]), Asking::new(name, json!(null)));
            let node = provider.find_version("@acme/n8n-nodes-acme.asker", 1.0).unwrap();
            Harness::new(node).parameters(parameters).input([json!({"id": "ab", "to": "={{ $env.A }}"})]).run()
        }
    };
    let ran = reaching(json!("={{ $env.SECRET }}"))("own", json!({}));
    let error = ran.error.unwrap();
    assert_eq!((error.code.as_str(), error.parameter.as_deref()), ("KV0321", Some("text")));
    assert!(error.message.contains("$env"), "{}", error.message);
    assert!(reaching(json!({"deep": ["{{ $('X') }}", "={{ $('X').first() }}"]}))("own", json!({})).error.is_some());
    // What the file says is its author's, and what a default finds in its node's parameters is too.
    let ran = reaching(json!("={{ $vars.a }}"))("text", json!({"text": "={{ [$vars.a, 1] }}"}));
    assert_eq!(ran.error, None);
    let ran = reaching(json!("={{ $parameter.own + 1 }}"))("text", json!({"own": "={{ $vars.a ?? 'none' }}"}));
    assert_eq!(ran.json(0)[0]["got"], "none1");
}

#[test]
fn what_is_not_shown_or_not_set_is_missing() {
    for (name, parameters) in [
        ("onlyB", json!({})),
        ("onlyB", json!({"onlyB": "left over"})),
        ("more.limit", json!({})),
        ("unknown", json!({"unknown": 1})),
        ("text.length", json!({})),
    ] {
        let ran = ask(name, json!(null), parameters);
        assert_eq!(ran.json(0)[0], json!({"missing": format!("Could not get parameter \"{name}\"")}), "{name}");
    }
    assert_eq!(second("onlyB", json!(null), json!({"mode": "b"})), "");
    assert_eq!(ask("text", json!(null), json!({"text": "={{ undefined }}"})).json(0)[0], json!({"undefined": true}));
}

#[test]
fn only_what_is_the_same_for_all_items_is_a_literal() {
    let literal = |name: &str, parameters: Value| ask(name, json!(null), parameters).json(0)[0]["literal"].clone();
    assert_eq!(literal("text", json!({})), true);
    assert_eq!(literal("more", json!({"more": {"limit": 3}})), true);
    assert_eq!(literal("more", json!({"more": {"limit": "={{ 3 }}"}})), false);
    assert_eq!(literal("count", json!({"count": "3"})), false, "its type is checked");
}

#[test]
fn types_are_checked() {
    assert_eq!(second("count", json!(null), json!({"count": "={{ $json.n + '0' }}"})), 20);
    let ran = ask("count", json!(null), json!({"count": "={{ $json.id }}"}));
    assert_eq!(ran.message(), "Invalid input for 'Count' [item 0]");
    let ran = ask("text", json!({"ensureType": "array"}), json!({}));
    assert_eq!(ran.message(), "The parameter \"text\" has to be a list, but is \"plain\"");
    assert_eq!(ran.error.unwrap().parameter.as_deref(), Some("text"));
}

#[test]
fn ids_are_taken_out_of_addresses() {
    let extract = || json!({"extractValue": true});
    let locator = |mode: &str, value: Value| json!({"__rl": true, "mode": mode, "value": value});
    assert_eq!(second("table", extract(), json!({"table": locator("id", json!("={{ $json.id }}"))})), "cd");
    assert_eq!(second("table", extract(), json!({"table": locator("url", json!("=https://acme.test/t/{{ $json.id }}?x"))})), "cd");
    assert_eq!(second("table", extract(), json!({"table": "={{ $json.id }}"})), "cd", "older files have the plain id");
    assert_eq!(second("table", extract(), json!({"table": locator("id", json!(7))})), 7);
    assert_eq!(second("more.other", extract(), json!({"more": {"other": locator("url", json!("https://acme.test/t/x9"))}})), "x9");
    assert_eq!(second("table", json!(null), json!({"table": locator("id", json!("x"))}))["mode"], "id");
    let ran = ask("table", extract(), json!({"table": locator("url", json!("https://other.test/x"))}));
    assert_eq!(ran.message(), "The parameter \"table\" holds nothing of the kind \"url\": https://other.test/x");
}

#[test]
fn expressions_see_the_fields_beside_them() {
    let fields = |entry: Value| json!({"fields": {"field": [{"key": "a|b"}, entry]}});
    assert_eq!(
        second("fields.field", json!(null), fields(json!({}))),
        json!([{"key": "a|b", "type": "b", "wide": false}, {"key": "k|text", "type": "text", "wide": false}])
    );
    assert_eq!(second("fields.field[1].type", json!(null), fields(json!({"key": "={{ $json.id }}|id{{ $json.n }}"}))), "id2");
}

#[test]
fn values_of_a_mapper_have_the_types_of_their_columns() {
    let mapper = |value: Value, converts: bool| {
        let schema = json!([{"id": "n", "type": "number"}, {"id": "t", "type": "string"}]);
        json!({"columns": {"mappingMode": "defineBelow", "value": value, "schema": schema, "attemptToConvertTypes": converts}})
    };
    let value = || json!({"n": "={{ $json.n + '' }}", "t": "={{ $json.n }}", "other": "1"});
    assert_eq!(second("columns.value", json!(null), mapper(value(), true)), json!({"n": 2, "t": 2, "other": "1"}));
    assert_eq!(second("columns", json!(null), mapper(value(), true))["value"]["n"], "2");
    let ran = ask("columns.value", json!(null), mapper(value(), false));
    assert_eq!(ran.message(), "Invalid input for 'n' [item 0]");
    assert_eq!(second("columns.value", json!(null), mapper(json!({"n": null, "t": "x"}), true)), json!({"t": "x"}));
}
