//! Duplicates within the input.
//!
//! n8n sorts the items by the compared fields and drops those that equal the one before. With fields of mixed types its order can
//! contradict itself, so the sorting is done its way too.

use std::cmp::Ordering;
use std::collections::HashSet;

use std::sync::Arc;

use node_sdk::{Gathered, Item, ItemParams, NodeError, Outputs, RunContext};
use serde_json::{Map, Value};

use crate::{compare, js, path};

/// The first of each group of equal items, in the order of the input.
pub(super) async fn unique(cx: &RunContext, inputs: Arc<Gathered>) -> Result<Outputs, NodeError> {
    let version = cx.version();
    cx.params.read(0, move |params| compared(params, &inputs, version)).await
}

fn compared(params: &ItemParams<'_>, inputs: &Gathered, version: f64) -> Result<Outputs, NodeError> {
    let input = inputs.main();
    let dots = !params.bool("options.disableDotNotation", false)?;
    let keys = keys(params, input, dots)?;
    let rows: Vec<Vec<Option<&Value>>> =
        input.iter().map(|item| keys.iter().map(|key| item.json().and_then(|json| path::get_field(json, key, dots))).collect()).collect();
    let order = compare::sorted_like_v8(input.len(), |a, b| row_order(&rows[a], &rows[b]));
    check_types(&keys, &rows, &order, dots, version)?;
    let removed = duplicates(&rows, &order);
    let kept = (0..input.len()).filter(|index| !removed.contains(index));
    let list: Vec<Item> = if params.bool("options.removeOtherFields", false)? && params.string("compare")? != "allFields" {
        // The pairing counts the items that are left: n8n's defect.
        kept.enumerate().map(|(place, index)| picked(&input[index], &keys).paired(place)).collect()
    } else {
        kept.map(|index| inputs.main()[index].clone()).collect()
    };
    Ok(Outputs::one(list))
}

/// The fields that are compared.
fn keys(params: &ItemParams<'_>, input: &[Item], dots: bool) -> Result<Vec<String>, NodeError> {
    let names = |field: &str, label: &str, missing: &str| {
        let names = path::names(params.value(field)?.as_ref(), label)?;
        if names.is_empty() { Err(NodeError::new(missing).parameter(field)) } else { Ok(names) }
    };
    match params.string("compare")?.as_str() {
        "selectedFields" => {
            let compared = names("fieldsToCompare", "Fields To Compare", "No fields specified. Please add a field to compare on")?;
            Ok(compared.iter().map(|name| name.trim().to_owned()).collect())
        }
        "allFieldsExcept" => {
            let excluded = names("fieldsToExclude", "Fields To Exclude", "No fields specified. Please add a field to exclude from comparison")?;
            let of = if dots { &input[..input.len().min(1)] } else { input };
            Ok(field_names(of, dots).into_iter().filter(|key| !excluded.contains(key)).collect())
        }
        _ => Ok(field_names(input, dots)),
    }
}

/// The names of all fields, in the order in which they are met; with dots those of the innermost fields, as paths.
fn field_names(input: &[Item], dots: bool) -> Vec<String> {
    let mut names = indexmap::IndexSet::new();
    for json in input.iter().filter_map(Item::object) {
        if dots {
            for (key, value) in json {
                flatten(key.clone(), value, &mut names);
            }
        } else {
            names.extend(json.keys().cloned());
        }
    }
    names.into_iter().collect()
}

fn flatten(prefix: String, value: &Value, names: &mut indexmap::IndexSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| flatten(format!("{prefix}.{key}"), value, names)),
        Value::Array(list) => list.iter().enumerate().for_each(|(key, value)| flatten(format!("{prefix}.{key}"), value, names)),
        _ => drop(names.insert(prefix)),
    }
}

fn row_order(a: &[Option<&Value>], b: &[Option<&Value>]) -> Ordering {
    let different = a.iter().zip(b).find(|(a, b)| !compare::equal(**a, **b));
    different.map_or(Ordering::Equal, |(a, b)| if compare::less(*a, *b) { Ordering::Less } else { Ordering::Greater })
}

/// Each field must be there in every item, and of one type (null fits any type from version 1.1 on).
fn check_types(keys: &[String], rows: &[Vec<Option<&Value>>], order: &[usize], dots: bool, version: f64) -> Result<(), NodeError> {
    for (at, key) in keys.iter().enumerate() {
        if key.is_empty() {
            return Err(NodeError::new("Name of field to compare is blank"));
        }
        let mut seen: Option<&str> = None;
        for (place, row) in order.iter().enumerate() {
            let Some(value) = rows[*row][at] else { return Err(missing(key, dots)) };
            if value.is_null() && version > 1.0 {
                continue;
            }
            let kind = js::type_of(Some(value));
            if let Some(before) = seen.filter(|before| *before != kind) {
                let mut description = "The type of this field varies between items".to_owned();
                if version > 1.0 {
                    // Places in the sorted list: n8n's numbers.
                    let last = place - 1;
                    description.push_str(&format!(", in item [{last}] it's a {before} and in item [{place}] it's a {kind} "));
                }
                return Err(NodeError::new(format!("'{key}' isn't always the same type")).description(description));
            }
            seen = Some(kind);
        }
    }
    Ok(())
}

fn missing(key: &str, dots: bool) -> NodeError {
    let error = NodeError::new(format!("'{key}' field is missing from some input items"));
    let hint = "If you're trying to use a nested field, make sure you turn off 'disable dot notation' in the node options";
    if !dots && key.contains('.') { error.description(hint) } else { error }
}

fn duplicates(rows: &[Vec<Option<&Value>>], order: &[usize]) -> HashSet<usize> {
    let mut removed = HashSet::new();
    let mut kept = order.first().copied();
    for index in order.iter().skip(1) {
        let same = kept.is_some_and(|kept| rows[kept].iter().zip(&rows[*index]).all(|(a, b)| compare::equal(*a, *b)));
        if same {
            removed.insert(*index);
        } else {
            kept = Some(*index);
        }
    }
    removed
}

/// The compared fields alone.
fn picked(item: &Item, keys: &[String]) -> Item {
    let mut json = Map::new();
    for key in keys {
        if let Some(value) = item.json().and_then(|json| path::get(json, key)) {
            // A path that leads to a value is short enough to write it.
            let _ = path::set(&mut json, key, value.clone());
        }
    }
    Item::new(Value::Object(json))
}
