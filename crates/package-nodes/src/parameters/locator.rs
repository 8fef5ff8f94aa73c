//! Taking the id out of a resource locator.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use fancy_regex::Regex;
use node_sdk::VersionGroup;
use node_sdk::property::{LocatorMode, Property, PropertyKind};
use node_sdk::schema::{Scope, is_shown};
use node_sdk::sync::lock;
use serde_json::{Map, Value};

use super::path;

/// Patterns that were asked for, compiled once for a place; `None`: one that cannot be read.
#[derive(Debug, Default)]
pub(super) struct Patterns(Mutex<HashMap<String, Option<Arc<Regex>>>>);

impl Patterns {
    fn of(&self, pattern: &str) -> Option<Arc<Regex>> {
        let mut known = lock(&self.0);
        if let Some(known) = known.get(pattern) {
            return known.clone();
        }
        let made = Regex::new(pattern).ok().map(Arc::new);
        known.insert(pattern.to_owned(), made.clone());
        made
    }

    /// The value of a locator, its id taken out of an address where its mode has a pattern for that. Other values are as they are; `Err`: the
    /// end of a sentence about the parameter. `None` is undefined.
    pub(super) fn extract(&self, value: Value, modes: &[LocatorMode]) -> Result<Option<Value>, String> {
        let Value::Object(mut locator) = value else { return Ok(Some(value)) };
        if !locator.get("__rl").is_some_and(node_sdk::json::truthy) {
            return Ok(Some(Value::Object(locator)));
        }
        let mode = locator.get("mode").and_then(Value::as_str).unwrap_or_default();
        let pattern = modes.iter().find(|known| known.name == mode).and_then(|mode| mode.extract_value.as_ref()?.get("regex")?.as_str());
        let pattern = pattern.and_then(|pattern| self.of(pattern));
        let mode = mode.to_owned();
        let Some(held) = locator.shift_remove("value") else { return Ok(None) };
        let (Some(pattern), false) = (pattern, held.is_null()) else { return Ok(Some(held)) };
        let text = node_sdk::json::to_js_string(&held);
        let id = pattern.captures(&text).ok().flatten().and_then(|found| found.get(1).map(|id| id.as_str().to_owned()));
        id.map(|id| Some(Value::String(id))).ok_or_else(|| format!("holds nothing of the kind \"{mode}\": {text}"))
    }
}

/// The modes of the locator at a path; none where it is not a locator.
pub(super) fn modes<'a>(group: &'a VersionGroup, path: &str, root: &Map<String, Value>, version: f64) -> &'a [LocatorMode] {
    match property(group, path, root, version).map(|property| &property.kind) {
        Some(PropertyKind::ResourceLocator(modes)) => modes,
        _ => &[],
    }
}

/// Whether conditions stand at a path.
pub(super) fn is_filter(group: &VersionGroup, path: &str, root: &Map<String, Value>, version: f64) -> bool {
    property(group, path, root, version).is_some_and(|property| matches!(property.kind, PropertyKind::Filter))
}

/// The property at a path, through collections and their groups; of those that share a name the one that is shown.
fn property<'a>(group: &'a VersionGroup, path: &str, root: &Map<String, Value>, version: f64) -> Option<&'a Property> {
    let names = path::steps(path).into_iter().filter(|step| step.parse::<usize>().is_err());
    let mut names = names.peekable();
    let mut found = named(&group.properties, names.next()?, root, root, version)?;
    let mut values = root.get(found.name.as_ref());
    while names.peek().is_some() {
        let nothing = Map::new();
        let within = |values: Option<&'_ Value>| match values {
            Some(Value::Array(list)) => list.first().and_then(Value::as_object).cloned(),
            other => other.and_then(Value::as_object).cloned(),
        };
        let fields = match &found.kind {
            PropertyKind::Collection(fields) => fields,
            PropertyKind::FixedCollection(groups) => {
                let name = names.next()?;
                values = values.and_then(|values| values.get(name));
                &groups.iter().find(|group| group.name == name)?.values
            }
            _ => return None,
        };
        let siblings = within(values).unwrap_or(nothing);
        found = named(fields, names.next()?, &siblings, root, version)?;
        values = values.and_then(|values| values.get(found.name.as_ref()));
    }
    Some(found)
}

fn named<'a>(properties: &'a [Property], name: &str, siblings: &Map<String, Value>, root: &Map<String, Value>, version: f64) -> Option<&'a Property> {
    let scope = Scope { siblings, root, version };
    let all = || properties.iter().filter(|property| property.name == name);
    all().find(|property| is_shown(property.display.as_ref(), scope)).or_else(|| all().next())
}
