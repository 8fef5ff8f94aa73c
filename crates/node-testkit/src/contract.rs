//! What every node must keep.

use std::collections::HashSet;
use std::sync::Arc;

use node_sdk::json::MAX_DEPTH;
use node_sdk::property::{DisplayOptions, Property, PropertyKind};
use node_sdk::{Descriptor, Needs, Node, NodeInfo, Parameters, PrepareContext, Prepared, VersionGroup, schema};
use serde_json::{Map, Value};

use crate::harness::Harness;

/// Panics, and says why, where a node breaks the contract.
///
/// Its description is whole; versions are listed once and in order; no two parameters of one name are shown always;
/// display rules name parameters that are there; choices hold the default; it can be prepared with its defaults (or says
/// in an error why not) as what its descriptor promises; and given empty items, or one as deep as items may be, it ends, with items that are no
/// deeper or with an error.
pub fn assert_node_contract(node: &Arc<dyn Node>) {
    let descriptor = node.descriptor();
    assert_described(descriptor);
    for group in descriptor.versions.iter() {
        assert_properties(descriptor, group);
        for version in group.versions.iter() {
            assert_prepares(node, group, *version);
            assert_runs(node, *version);
        }
    }
}

fn assert_described(descriptor: &Descriptor) {
    let name = &descriptor.name;
    assert!(!name.is_empty() && !name.contains(char::is_whitespace), "{name:?} is no type name");
    assert!(!descriptor.display_name.is_empty(), "{name}: has no name for people");
    assert!(!descriptor.description.is_empty(), "{name}: has no description");
    let versions: Vec<f64> = descriptor.all_versions().collect();
    assert!(!versions.is_empty(), "{name}: has no version");
    assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{name}: versions {versions:?} are not in order");
}

fn assert_properties(descriptor: &Descriptor, group: &VersionGroup) {
    let name = &descriptor.name;
    let mut always = HashSet::new();
    let known: HashSet<&str> = group.properties.iter().map(|property| &*property.name).collect();
    for property in group.properties.iter().filter(|property| !matches!(property.kind, PropertyKind::Notice)) {
        assert!(!property.name.is_empty(), "{name}: a parameter has no name");
        let unconditional = property.display.is_none();
        assert!(!unconditional || always.insert(&*property.name), "{name}: two parameters {:?} are shown always", property.name);
        assert_rules(name, property.display.as_ref(), &property.name, &known);
        assert_default(name, property);
    }
}

/// Rules of parameters at the root name their siblings.
fn assert_rules(node: &str, display: Option<&DisplayOptions>, property: &str, known: &HashSet<&str>) {
    for rule in display.into_iter().flat_map(|display| display.show.iter().chain(display.hide.iter())) {
        let path = rule.path.trim_start_matches('/');
        let root = path.split('.').next().unwrap_or(path);
        assert!(path.starts_with('@') || known.contains(root), "{node}: {property} is shown by {path:?}, which is no parameter");
        assert!(!rule.any_of.is_empty(), "{node}: {property} has a rule for {path:?} that nothing satisfies");
    }
}

fn assert_default(node: &str, property: &Property) {
    let PropertyKind::Options(choices) = &property.kind else { return };
    let Some(default) = property.default.to_value() else { return };
    let from_service = property.type_options.loads_options() || choices.is_empty();
    let is_offered = choices.iter().any(|choice| choice.value.to_value().as_ref() == Some(&default));
    assert!(from_service || default == "" || is_offered, "{node}: {} has the default {default}, which is no choice", property.name);
}

fn assert_prepares(node: &Arc<dyn Node>, group: &VersionGroup, version: f64) {
    let descriptor = node.descriptor();
    let info = Arc::new(NodeInfo { name: "Node".into(), type_name: descriptor.name.to_string(), type_version: version, ..NodeInfo::default() });
    let parameters = Parameters::new(schema::with_defaults(group, &Map::new(), version));
    let cx = PrepareContext { node: &info, parameters: &parameters };
    let (inputs, outputs, effect) = (node.inputs(&cx), node.outputs(&cx), node.effect(&cx));
    let name = format!("{} {version}", descriptor.name);
    assert!(inputs <= 100 && outputs <= 100, "{name}: {inputs} inputs and {outputs} outputs");
    let names = node.output_names(&cx);
    assert!(names.is_empty() || names.len() >= outputs, "{name}: has names for {} of its {outputs} outputs", names.len());
    assert!(effect <= descriptor.effect, "{name}: its effect {effect:?} is more than the worst case it states, {:?}", descriptor.effect);
    let _ = node.check(&cx);
    match node.prepare(&cx) {
        // Another version of it may need all.
        Ok(Prepared::Item(_) | Prepared::Paced(_)) => {}
        Ok(Prepared::Trigger(_)) => assert!(descriptor.trigger, "{name}: is prepared as a trigger, yet states that it is none"),
        Ok(Prepared::All(_)) => assert_eq!(descriptor.needs, Needs::All, "{name}: takes all items, yet states that one is enough"),
        Err(error) => assert!(!error.message.is_empty(), "{name}: cannot be prepared and does not say why"),
    }
}

/// One empty item, then ten, then one that is deep: it must end by itself, and an error must have a message or n8n's lack of one.
fn assert_runs(node: &Arc<dyn Node>, version: f64) {
    let name = format!("{} {version}", node.descriptor().name);
    let empty = || Value::Object(Map::new());
    let deep = (0..MAX_DEPTH).fold(Value::Null, |inner, _| Value::Object(Map::from_iter([("a".to_owned(), inner)])));
    for (what, items) in [("an empty item", vec![empty()]), ("ten empty items", vec![empty(); 10]), ("a deep item", vec![deep])] {
        let harness = Harness::new(node.clone()).version(version);
        let ran = if node.descriptor().trigger { harness.run() } else { harness.input(items).run() };
        let broke = ran.error.as_ref().is_some_and(|error| error.code == engine::codes::NODE_BROKE);
        assert!(!broke, "{name}: panics with {what}, or puts out what is nested too deep");
    }
}
