//! The descriptions of our nodes say what n8n's own say: same versions, inputs, outputs, credentials and properties.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;

use node_sdk::Provider;
use node_sdk::description::{read, read_groups, write, write_groups};
use serde_json::Value;

const NODE_TYPES: &str = include_str!("../../../tests/data/n8n/node-types.json");
const NODE_VERSIONS: &str = include_str!("../../../tests/data/n8n/node-versions.json");
/// The scope: a type and the lowest version of it on each line.
const SCOPE: &str = include_str!("../../../tests/data/first-nodes.txt");

fn recorded() -> HashMap<String, Value> {
    serde_json::from_str(NODE_TYPES).unwrap()
}

fn versions(group: &Value) -> Vec<f64> {
    group["versions"].as_array().unwrap().iter().map(|version| version.as_f64().unwrap()).collect()
}

/// What n8n says of a type, in the groups that reach this version.
fn expected(types: &HashMap<String, Value>, name: &str, lowest: f64) -> Vec<Value> {
    types[name].as_array().unwrap().iter().filter(|group| versions(group).last() >= Some(&lowest)).cloned().collect()
}

/// Where the two differ first.
fn difference(ours: &Value, theirs: &Value, path: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.map(|key| (key, a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null)))
                .find_map(|(key, a, b)| difference(a, b, &format!("{path}.{key}")))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(i, (a, b))| difference(a, b, &format!("{path}.{i}")))
        }
        // Not required is the same as not said.
        (Value::Null, Value::Bool(false)) => None,
        _ => (!node_sdk::json::same(ours, theirs)).then(|| format!("{path}: {ours} instead of {theirs}")),
    }
}

/// The recorded types leave out notices, which are parameters all the same (the Code node's is seen in `$('Code').params`), and
/// the names for people, which an error may hold.
fn as_recorded(mut groups: Value) -> Value {
    for group in groups.as_array_mut().unwrap() {
        group.as_object_mut().unwrap().remove("anyVersion");
        let properties = group["properties"].as_array_mut().unwrap();
        properties.retain(|property| property["type"] != "notice");
        for property in properties {
            property.as_object_mut().unwrap().remove("displayName");
        }
    }
    groups
}

#[test]
fn every_description_is_n8ns() {
    let types = recorded();
    let provider = flow_nodes::provider();
    for line in SCOPE.lines().filter(|line| !line.trim().is_empty()) {
        let (name, lowest) = line.split_once(' ').unwrap_or((line, "0"));
        let name = format!("n8n-nodes-base.{}", name.trim());
        let node = provider.find(&name).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(node.descriptor().name, name.as_str());
        let ours = as_recorded(write_groups(&node.descriptor().versions));
        let theirs = Value::Array(expected(&types, &name, lowest.trim().parse().unwrap()));
        assert_eq!(difference(&ours, &theirs, &name), None);
    }
}

#[test]
fn a_description_that_was_written_is_read_as_it_was() {
    for node in flow_nodes::provider().list() {
        let descriptor = node.descriptor();
        let again = read_groups(&write_groups(&descriptor.versions).to_string()).unwrap();
        assert_eq!(again.as_slice(), descriptor.versions.as_ref(), "{}", descriptor.name);
        // n8n's form has names for people everywhere, and is stable once it has them.
        let whole = read(write(descriptor)).unwrap();
        assert_eq!(read(write(&whole)).unwrap(), whole, "{}", descriptor.name);
    }
}

/// Which versions run, and what none means. Types of which we have only the later versions have them as listed.
#[test]
fn every_type_takes_the_versions_that_n8n_takes() {
    let rules: Value = serde_json::from_str(NODE_VERSIONS).unwrap();
    for node in flow_nodes::provider().list() {
        let descriptor = node.descriptor();
        let rule = &rules["types"][descriptor.name.as_ref()];
        let Some(kind) = rule["rule"].as_str() else { continue };
        let name = &descriptor.name;
        assert_eq!(descriptor.version(77.0).is_some(), kind == "any", "{name}");
        let without = descriptor.version(0.0).unwrap();
        assert!(rule["newest"].as_f64().is_none_or(|newest| without.versions.contains(&newest)), "{name}");
        let all: Vec<f64> = descriptor.all_versions().collect();
        let theirs = rule["versions"].as_array().unwrap().iter().map(|version| version.as_f64().unwrap());
        assert!(theirs.filter(|version| *version >= all[0]).eq(all.iter().copied()), "{name}");
    }
}

#[test]
fn a_type_is_found_by_its_own_name_and_no_other() {
    let provider = flow_nodes::provider();
    for node in provider.list() {
        let name = node.descriptor().name.to_string();
        assert_eq!(provider.find(&name).unwrap().descriptor().name, name.as_str());
    }
    assert!(provider.find("n8n-nodes-base.nope").is_none());
}
