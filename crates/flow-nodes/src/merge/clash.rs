//! What becomes of a field that several items have.

use std::sync::Arc;

use indexmap::IndexMap;
use node_sdk::{Binary, Item, ItemParams, NodeError, PairedItem};
use serde_json::{Map, Value, map::Entry};

use crate::path;

/// The option `clashHandling`.
#[derive(Debug, Default)]
pub(super) struct Clash {
    /// `addSuffix`, `preferInput1`, `preferInput2` ..., `preferLast`; `None` where the file has no clash handling, "" where it has and
    /// leaves this out.
    pub(super) resolve: Option<String>,
    shallow: bool,
    /// Null and "" do not replace a value.
    keep_over_empty: bool,
}

impl Clash {
    pub(super) fn read(params: &ItemParams<'_>) -> Result<Self, NodeError> {
        let path = |field: &str| format!("options.clashHandling.values.{field}");
        let word = |field: &str| Ok::<_, NodeError>(params.value(&path(field))?.and_then(|value| value.as_str().map(str::to_owned)));
        Ok(Self {
            resolve: word("resolveClash")?,
            shallow: word("mergeMode")?.is_some_and(|mode| mode == "shallowMerge"),
            keep_over_empty: params.bool(&path("overrideEmpty"), false)?,
        })
    }

    /// Whether this is how clashes are resolved.
    pub(super) fn is(&self, word: &str) -> bool {
        self.resolve.as_deref() == Some(word)
    }

    /// The items in one, later ones over earlier ones. Each origin is kept in the order of `pairing`.
    pub(super) fn merge<'a>(&self, items: impl IntoIterator<Item = &'a Item> + Clone, pairing: Vec<PairedItem>) -> Item {
        let mut json = Map::new();
        for (at, source) in items.clone().into_iter().filter_map(Item::object).enumerate() {
            if at == 0 {
                json = source.clone();
            } else {
                self.merge_into(&mut json, source);
            }
        }
        let mut files: IndexMap<String, Binary> = IndexMap::new();
        for source in items.into_iter().filter_map(|item| item.binary.as_deref()) {
            files.extend(source.iter().map(|(name, file)| (name.clone(), file.clone())));
        }
        let mut item = Item::new(Value::Object(json)).paired(PairedItem::List(pairing));
        item.binary = (!files.is_empty()).then(|| Arc::new(files));
        item
    }

    fn merge_into(&self, target: &mut Map<String, Value>, source: &Map<String, Value>) {
        for (key, value) in source {
            match target.entry(key.clone()) {
                Entry::Vacant(slot) => drop(slot.insert(value.clone())),
                Entry::Occupied(mut slot) => self.merge_value(slot.get_mut(), value),
            }
        }
    }

    /// lodash's deep merge: objects by key, lists by index, all else replaced.
    fn merge_value(&self, target: &mut Value, source: &Value) {
        if self.keep_over_empty && (source.is_null() || source == "") {
            return;
        }
        match (target, source) {
            (Value::Object(target), Value::Object(source)) if !self.shallow => self.merge_into(target, source),
            (Value::Array(target), Value::Array(source)) if !self.shallow => {
                for (index, value) in source.iter().enumerate() {
                    match target.get_mut(index) {
                        Some(slot) => self.merge_value(slot, value),
                        None => target.push(value.clone()),
                    }
                }
            }
            // A list stays one: of the object's keys JSON shows those that are places in it.
            (Value::Array(target), Value::Object(source)) if !self.shallow => {
                for (key, value) in source {
                    if let Some(slot) = path::index(key).and_then(|at| target.get_mut(at)) {
                        self.merge_value(slot, value);
                    }
                }
            }
            (target, source) => *target = source.clone(),
        }
    }
}

/// The item with `_1`, `_2` and so on added to the names of all its fields.
pub(super) fn with_suffix(item: &Item, number: usize) -> Item {
    let json = item.object().map(|json| json.iter().map(|(key, value)| (format!("{key}_{number}"), value.clone())).collect());
    Item { json: Some(Arc::new(Value::Object(json.unwrap_or_default()))), ..item.clone() }
}

/// The pairing that an item has.
pub(super) fn origin(item: &Item) -> Option<PairedItem> {
    item.paired_item.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merging_is_deep_and_can_leave_values_alone() {
        let a = Item::new(json!({"n": "c", "o": {"x": 1}, "l": [1, 2]}));
        let b = Item::new(json!({"n": "", "o": {"y": 9}, "l": [3], "w": null}));
        let deep = Clash::default().merge([&a, &b], vec![]);
        assert_eq!(deep.json(), Some(&json!({"n": "", "o": {"x": 1, "y": 9}, "l": [3, 2], "w": null})));
        let kept = Clash { keep_over_empty: true, ..Clash::default() }.merge([&a, &b], vec![]);
        assert_eq!(kept.json(), Some(&json!({"n": "c", "o": {"x": 1, "y": 9}, "l": [3, 2], "w": null})));
        let list = Clash::default().merge([&Item::new(json!({"l": [1, 2]})), &Item::new(json!({"l": {"1": 5, "x": 6}}))], vec![]);
        assert_eq!(list.json(), Some(&json!({"l": [1, 5]})));
        let shallow = Clash { shallow: true, ..Clash::default() }.merge([&a, &b], vec![]);
        assert_eq!(shallow.json(), Some(&json!({"n": "", "o": {"y": 9}, "l": [3], "w": null})));
    }
}
