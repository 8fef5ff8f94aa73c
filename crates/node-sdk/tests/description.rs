//! n8n's own description JSON: what is made of it, and that nothing of it is lost.

#![allow(clippy::unwrap_used, reason = "tests")]

use node_sdk::description::{read, write};
use node_sdk::{Effect, InputCount, Needs, OutputCount};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A type with two groups of versions, and at each level keys that no field here holds.
const DESCRIPTION: &str = r#"[
  {"displayName": "Own (old)", "name": "pack.own", "description": "Owns.", "group": ["output"], "version": [1], "defaultVersion": 1.2,
   "defaults": {"name": "Own"}, "inputs": ["main"], "outputs": ["main"], "properties": []},
  {"displayName": "Own", "name": "pack.own", "description": "Owns.", "group": ["output"], "version": [1.1, 1.2, 2], "defaultVersion": 1.2,
   "defaults": {"name": "Own", "color": "red"}, "icon": "file:own.svg", "subtitle": "={{ $parameter[\"mode\"] }}", "usableAsTool": true, "polling": true,
   "inputs": ["main", {"type": "ai_tool", "maxConnections": 1}],
   "outputs": [{"type": "main", "displayName": "Done"}, {"type": "main", "displayName": "Rest", "category": "error"}],
   "webhooks": [{"name": "default", "httpMethod": "POST", "path": "hook"}], "requestDefaults": {"baseURL": "https://own.example"},
   "credentials": [{"name": "ownApi", "required": true, "testedBy": "ownTest", "displayOptions": {"show": {"mode": [1]}}}],
   "properties": [
    {"displayName": "My Mode", "name": "mode", "type": "options", "default": 1, "noDataExpression": true,
     "options": [{"name": "One", "value": 1, "action": "Do one", "routing": {"request": {"url": "/one"}}, "displayOptions": {"show": {"a": [true]}, "hideOnCloud": true}},
                 {"name": "None"}]},
    {"displayName": "Place", "name": "place", "type": "resourceLocator", "default": {"mode": "list", "value": ""}, "hint": "Where",
     "modes": [{"name": "list", "type": "list", "typeOptions": {"searchListMethod": "places"}}, {"name": "url", "placeholder": "https://",
       "extractValue": {"type": "regex", "regex": "/(\\\\d+)"}}]},
    {"displayName": "More", "name": "more", "type": "collection", "default": {}, "placeholder": "Add", "options": [
     {"displayName": "Size", "name": "size", "type": "number", "default": 50, "typeOptions": {"minValue": "={{ 1 }}", "maxValue": 9, "loadOptions": {"routing": {}}},
      "routing": {"send": {"type": "query", "property": "limit"}}}]},
    {"displayName": "Rows", "name": "rows", "type": "fixedCollection", "default": {}, "typeOptions": {"multipleValues": true, "sortable": true},
     "options": [{"name": "row", "displayName": "Row", "hint": "One", "values": [
      {"displayName": "Key", "name": "key", "type": "string", "default": "", "required": true, "displayOptions": {"show": {"@version": [{"_cnd": {"gte": 2}}]}}}]}]},
    {"displayName": "Look", "name": "look", "type": "imaginary", "default": null, "options": [1, 2], "disabledOptions": {"hide": {"mode": ["x"]}}}]}]"#;

fn description() -> Value {
    serde_json::from_str(DESCRIPTION).unwrap()
}

#[test]
fn n8n_s_own_form_is_read() {
    let own = read(description()).unwrap();
    assert_eq!(
        (own.name.as_ref(), own.display_name.as_ref(), own.trigger, own.needs, own.effect),
        ("pack.own", "Own", false, Needs::All, Effect::Once)
    );
    assert_eq!((own.default_version(), own.newest(), own.version(7.0).is_none()), (1.2, 2.0, true), "a version rule of its own");
    let group = own.version(0.0).unwrap();
    assert_eq!((group.default_name.as_ref(), group.properties[0].title().as_ref()), ("Own", "My Mode"));
    assert_eq!((group.inputs, group.outputs), (InputCount::One, OutputCount::Fixed(2)));
    let by_parameters = read(json!({"name": "x", "version": 1, "outputs": "={{ [] }}", "group": ["trigger"]})).unwrap();
    assert_eq!((by_parameters.versions[0].outputs, by_parameters.trigger), (OutputCount::ByParameters, true));
    assert_eq!(write(&by_parameters)[0]["outputs"], "={{ [] }}");
}

#[test]
fn a_description_that_is_none_is_refused_with_the_place() {
    let path = |wrong: Value| read(wrong).unwrap_err().path;
    let property = |wrong: Value| path(json!({"name": "x", "properties": [{"name": "a", "type": "string"}, wrong]}));
    assert_eq!(path(json!([{"name": "x", "version": ["1"]}])), "0");
    assert_eq!(property(json!(1)), "properties.1");
    assert_eq!(property(json!({"name": "c", "type": "collection", "options": [{"name": "inner"}]})), "properties.1.options.0");
    assert_eq!(property(json!({"name": "c", "type": "string", "displayOptions": {"show": 1}})), "properties.1.displayOptions.show");
}

/// Every object of the description that is a level with an `extra`.
fn levels(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) if map.contains_key("name") || map.contains_key("show") => {
            found.push(at.to_owned());
            map.iter().for_each(|(key, inner)| levels(inner, &format!("{at}/{key}"), found));
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(i, inner)| levels(inner, &format!("{at}/{i}"), found)),
        _ => {}
    }
}

proptest! {
    /// What is written is what was read, whatever else stands at whatever level.
    #[test]
    fn nothing_of_a_description_is_lost(level in any::<prop::sample::Index>(), key in "x[a-zA-Z]{0,9}", value in "\\PC{0,9}", deep in any::<bool>()) {
        let mut description = description();
        let mut all = Vec::new();
        levels(&description, "", &mut all);
        let place = description.pointer_mut(&all[level.index(all.len())]).unwrap().as_object_mut().unwrap();
        place.insert(key, if deep { json!([{ "inner": value }]) } else { json!(value) });
        let own = read(description.clone()).unwrap();
        prop_assert_eq!(write(&own), description);
        prop_assert_eq!(read(write(&own)).unwrap(), own);
    }
}
