//! Omitted parameters, filled in.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::display::{Scope, is_shown};
use crate::descriptor::VersionGroup;
use crate::property::{DefaultValue, FieldGroup, Property, PropertyKind};

/// The parameters as a run of n8n sees them.
///
/// Every shown parameter that the file omits has its default; so has `null`, but for numbers, booleans and choices,
/// which keep it. What is not shown or not known is gone. Inside a collection only what was set is there; the fields
/// of a fixedCollection's groups are filled in like the parameters themselves; one that is *as written* stays so. Keys come in the order in which n8n resolves them: that
/// of the schema, but a parameter after those that its display rules name.
pub fn with_defaults(group: &VersionGroup, raw: &Map<String, Value>, version: f64) -> Map<String, Value> {
    fill(&group.properties, raw, None, version, false)
}

/// One level. `root`: the simple parameters of the node itself, once they are known.
fn fill(
    properties: &[Property],
    raw: &Map<String, Value>,
    root: Option<&Map<String, Value>>,
    version: f64,
    in_collection: bool,
) -> Map<String, Value> {
    let order = resolve_order(properties);
    let simple = fill_simple(properties, &order, raw, root, version, in_collection);
    let root = root.unwrap_or(&simple);
    let scope = Scope { siblings: &simple, root, version };
    let mut filled = Map::new();
    for property in order.iter().map(|index| &properties[*index]) {
        let given = raw.get(property.name.as_ref());
        if (in_collection && given.is_none()) || !is_shown(property.display.as_ref(), scope) {
            continue;
        }
        let value = match &property.kind {
            PropertyKind::Collection(fields) => collection(property, fields, given, root, version),
            PropertyKind::FixedCollection(groups) => Some(fixed_collection(property, groups, given, root, version)),
            _ => simple_value(property, given),
        };
        if let Some(value) = value {
            filled.insert(property.name.clone().into_owned(), value);
        }
    }
    filled
}

/// The values that display rules look at: those of simple parameters, shown or not; of parameters that share a name the shown one's.
fn fill_simple(
    properties: &[Property],
    order: &[usize],
    raw: &Map<String, Value>,
    root: Option<&Map<String, Value>>,
    version: f64,
    in_collection: bool,
) -> Map<String, Value> {
    let mut names: HashMap<&str, usize> = HashMap::with_capacity(properties.len());
    for property in properties {
        *names.entry(&property.name).or_default() += 1;
    }
    let mut simple = Map::new();
    for property in order.iter().map(|index| &properties[*index]) {
        let given = raw.get(property.name.as_ref());
        let compound = matches!(property.kind, PropertyKind::Collection(_) | PropertyKind::FixedCollection(_));
        if compound || (in_collection && given.is_none()) {
            continue;
        }
        let shared = names.get(property.name.as_ref()).is_some_and(|count| *count > 1);
        let scope = Scope { siblings: &simple, root: root.unwrap_or(&simple), version };
        if shared && !is_shown(property.display.as_ref(), scope) {
            continue;
        }
        if let Some(value) = simple_value(property, given) {
            simple.insert(property.name.clone().into_owned(), value);
        }
    }
    simple
}

fn simple_value(property: &Property, given: Option<&Value>) -> Option<Value> {
    let keeps_null = property.type_options.as_written
        || matches!(property.kind, PropertyKind::Boolean | PropertyKind::Number | PropertyKind::Options(_) | PropertyKind::ResourceLocator(_));
    match given {
        Some(value) if keeps_null || !value.is_null() => Some(value.clone()),
        _ => default_of(property),
    }
}

fn default_of(property: &Property) -> Option<Value> {
    let default = property.default.to_value()?;
    match (&property.kind, default) {
        (PropertyKind::ResourceLocator(_), Value::Object(fields)) => {
            let mut locator = Map::new();
            locator.insert("__rl".into(), Value::Bool(true));
            locator.extend(fields);
            Some(Value::Object(locator))
        }
        (_, default) => Some(default),
    }
}

fn collection(property: &Property, fields: &[Property], given: Option<&Value>, root: &Map<String, Value>, version: f64) -> Option<Value> {
    match given {
        Some(value) if property.type_options.multiple() || (property.type_options.as_written && !value.is_null()) => Some(value.clone()),
        Some(Value::Object(map)) => Some(Value::Object(fill(fields, map, Some(root), version, true))),
        None | Some(Value::Null) => match property.default.to_value() {
            Some(Value::Array(list)) if property.type_options.multiple() => Some(Value::Array(list)),
            _ if property.type_options.multiple() => Some(Value::Array(Vec::new())),
            default => default,
        },
        // An expression for the whole, or a mistake: n8n finds no field in it.
        Some(_) => Some(Value::Object(Map::new())),
    }
}

fn fixed_collection(property: &Property, groups: &[FieldGroup], given: Option<&Value>, root: &Map<String, Value>, version: f64) -> Value {
    let default = match given {
        None => property.default.to_value(),
        Some(_) => None,
    };
    let mut filled = Map::new();
    let Some(Value::Object(values)) = given.or(default.as_ref()) else { return Value::Object(filled) };
    let nothing = Map::new();
    for (name, value) in values {
        let Some(group) = groups.iter().find(|group| group.name == *name) else { continue };
        let fields = |value: &Value| fill(&group.values, value.as_object().unwrap_or(&nothing), Some(root), version, false);
        if property.type_options.multiple() {
            let list = match value {
                Value::Array(list) => list.iter().map(|value| Value::Object(fields(value))).collect(),
                _ => Vec::new(),
            };
            filled.insert(name.clone(), Value::Array(list));
        } else {
            let one = fields(value);
            if !one.is_empty() {
                filled.insert(name.clone(), Value::Object(one));
            }
        }
    }
    Value::Object(filled)
}

/// The order of resolution: that of the schema, but each parameter after those its display rules name.
fn resolve_order(properties: &[Property]) -> Vec<usize> {
    let mut needs: HashMap<&str, Vec<&str>> = HashMap::with_capacity(properties.len());
    for property in properties {
        let rules = property.display.iter().flat_map(|display| display.show.iter().chain(display.hide.iter()));
        let known = needs.entry(&property.name).or_default();
        // A table of actions has hundreds of properties with the same name and the same two rules.
        for path in rules.map(|rule| rule.path.as_ref()) {
            if !known.contains(&path) {
                known.push(path);
            }
        }
    }
    let mut order = Vec::with_capacity(properties.len());
    let mut resolved: HashSet<&str> = HashSet::with_capacity(properties.len());
    let mut waiting: VecDeque<usize> = (0..properties.len()).collect();
    let mut turns_without_progress = 0;
    while let Some(index) = waiting.pop_front() {
        let name = properties[index].name.as_ref();
        let ready = needs[name].iter().all(|path| !needs.contains_key(path) || resolved.contains(path));
        // Parameters that wait for each other: n8n refuses the node; here they come in the schema's order.
        if ready || turns_without_progress > waiting.len() {
            order.push(index);
            resolved.insert(name);
            turns_without_progress = 0;
        } else {
            waiting.push_back(index);
            turns_without_progress += 1;
        }
    }
    order
}

/// A default that is stated as a sample text which is not given here: the parameter is absent, yet never empty.
pub(super) fn has_sample(property: &Property) -> bool {
    property.default == DefaultValue::Omitted
}
