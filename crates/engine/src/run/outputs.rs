//! What is done with a node's outputs before they are recorded.

use std::sync::Arc;

use node_sdk::json::check_depth;
use node_sdk::{HttpFailure, Item, ItemList, NodeError};
use serde_json::{Map, Value};

use super::pairing::{FillIn, everything, first_origin};
use super::turn::Lists;
use crate::codes;
use crate::plan::PlannedNode;

/// Pairs what is unpaired, adds what `alwaysOutputData` wants, and gives error items n8n's form.
pub(super) fn finish(node: &PlannedNode, inputs: &[ItemList], mut outputs: Option<Lists>) -> Result<Option<Lists>, NodeError> {
    let known = outputs.as_ref().and_then(|lists| FillIn::of(lists, inputs));
    for (index, item) in outputs.iter_mut().flatten().flat_map(ItemList::chunks_mut).flatten().enumerate() {
        if let Some(known) = &known {
            known.pair(item, index);
        }
        settle(item)?;
    }
    if node.settings.always_output && outputs.as_ref().is_none_or(|lists| lists.first().is_none_or(ItemList::is_empty)) {
        let made_up = vec![Item::empty().paired(everything(inputs))].into();
        let lists = outputs.get_or_insert_default();
        match lists.first_mut() {
            Some(first) => *first = made_up,
            None => lists.push(made_up),
        }
    }
    Ok(outputs)
}

/// The same for what a node had put out when the run was stopped. Which items are missing is not known, so nothing is paired by its
/// place, and nothing is made up.
pub(super) fn finish_part(mut lists: Lists) -> Result<Lists, NodeError> {
    lists.iter_mut().flat_map(ItemList::chunks_mut).flatten().try_for_each(settle)?;
    Ok(lists)
}

/// Moves the error items of the node's own outputs to the error output, which stands after them. What the node put there
/// by itself is lost, as in n8n.
///
/// # Errors
/// An item has no JSON to be looked at.
pub(super) fn move_errors(outputs: &mut Lists, error_output: usize, inputs: &[ItemList]) -> Result<(), NodeError> {
    let mut errors = Vec::new();
    for list in outputs.iter_mut().take(error_output) {
        list.iter().try_for_each(is_readable)?;
        if list.iter().any(|item| is_error(item) || item.error.is_some()) {
            errors.extend(list.iter().filter(|item| is_error(item)).cloned());
            let others = list.iter().filter(|item| !is_error(item)).cloned();
            *list = others.map(|item| Item { error: None, ..item }).collect();
        }
    }
    for item in &mut errors {
        // `true` is a mark of our own nodes: the error stands in the item's JSON.
        item.error = item.error.take().filter(|error| **error != Value::Bool(true));
        if item.error.is_none() {
            keep_input_fields(item, inputs);
        }
    }
    outputs.resize_with(outputs.len().max(error_output + 1), ItemList::default);
    outputs[error_output] = errors.into();
    Ok(())
}

/// n8n looks for an error in each item that carries none, whatever stands there.
fn is_readable(item: &Item) -> Result<(), NodeError> {
    let what = match item.json() {
        _ if item.error.is_some() => return Ok(()),
        None => "undefined",
        Some(Value::Null) => "null",
        Some(_) => return Ok(()),
    };
    let help = "n8n fails where a node with an error output puts out an item without JSON, and this follows it. Choose another setting of On Error.";
    Err(NodeError::new(expression::unreadable(what, "error")).named("TypeError").help(help))
}

/// n8n's rule: the item carries an error, or its JSON is `error` alone, or with `message`, or with `message` and `details`. The mark `false` says that
/// it is none: the node gave it further keys, without a value.
fn is_error(item: &Item) -> bool {
    if let Some(error) = &item.error {
        return **error != Value::Bool(false);
    }
    let Some(json) = item.object() else { return false };
    let has = |key: &str| json.get(key).is_some_and(node_sdk::json::truthy);
    let keys: &[&str] = match json.len() {
        1 => &["error"],
        2 => &["error", "message"],
        3 => &["error", "message", "details"],
        _ => return false,
    };
    keys.iter().all(|key| has(key))
}

/// An item whose JSON tells an error, and that says which input item it stands for, keeps that item's fields below its own. One that carries an
/// error beside its JSON does not (recorded: 70 operations of n8n's nodes).
fn keep_input_fields(item: &mut Item, inputs: &[ItemList]) {
    let origin = item.paired_item.as_ref().and_then(first_origin);
    let input = origin.and_then(|(index, slot)| inputs.get(slot)?.get(index)).and_then(Item::object);
    let Some(input) = input else { return };
    let mut merged = input.clone();
    if let Some(own) = item.object() {
        merged.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    item.json = Some(Arc::new(Value::Object(merged)));
}

/// Gives an item with an error n8n's form, `{"error": message}`; JSON null breaks n8n, in these words.
fn settle(item: &mut Item) -> Result<(), NodeError> {
    if matches!(item.json(), Some(Value::Null)) {
        return Err(NodeError::coded(codes::NULL_ITEM, expression::unreadable("null", "$error"))
            .named("TypeError")
            .help("n8n cannot go on after an item whose JSON is null, and this follows it. Let the node before put out an object."));
    }
    let fields = item.object();
    let carried = fields.filter(|json| json.contains_key("$json")).and_then(|json| json.get("$error"));
    if let Some(error) = carried.cloned() {
        item.error = Some(Arc::new(error));
    }
    if let Some(error) = &item.error {
        let mut json = Map::new();
        json.extend(error.get("message").map(|message| ("error".to_owned(), message.clone())));
        if HttpFailure::is_unknown(error) {
            // For the nodes that follow, which see the JSON alone: what may have been done must not simply be done again.
            json.extend(error.get("http").map(|http| ("http".to_owned(), http.clone())));
        }
        item.json = Some(Arc::new(Value::Object(json)));
    }
    Ok(())
}

/// Whether no item is nested deeper than what is read anywhere. Nodes see to that; this finds one that does not.
pub(super) fn are_shallow(lists: &[ItemList]) -> bool {
    lists.iter().flat_map(ItemList::iter).filter_map(Item::json).all(|json| check_depth(json, 0).is_ok())
}

/// Whether n8n takes this for a failed run when it decides on a retry: the first item's JSON has an `error`, be it "" or 0.
pub(super) fn looks_failed(outputs: &[ItemList]) -> bool {
    let first = outputs.first().and_then(|items| items.first()).and_then(Item::object);
    first.and_then(|json| json.get("error")).is_some_and(|error| !matches!(error, Value::Null | Value::Bool(false)))
}

/// Items handed on unchanged: what the node was given on input 0.
pub(super) fn passed_on(inputs: &[ItemList]) -> Lists {
    let items = inputs.iter().take(1).flat_map(ItemList::iter);
    vec![items.enumerate().map(|(index, item)| item.clone().paired(index)).collect()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn error_items_go_to_the_last_output_and_keep_the_input_fields_they_are_paired_with() {
        let inputs = [vec![Item::new(json!({"a": 1})), Item::new(json!({"a": 2}))].into()];
        let paired = Item::new(json!({"error": "no"})).paired(1);
        let unpaired = Item { error: Some(Arc::new(json!({"message": "m"}))), ..Item::new(json!({})) };
        let carried = Item { error: Some(Arc::new(json!({"message": "m"}))), ..Item::new(json!({"error": "m"})).paired(0) };
        let marked = Item { error: Some(Arc::new(json!(false))), ..Item::new(json!({"error": "with a key that has no value"})) };
        let mut outputs = vec![vec![Item::new(json!({"error": "kept", "a": 1})), paired, unpaired, carried, marked.clone()].into()];
        move_errors(&mut outputs, 1, &inputs).unwrap();
        let json = |output: usize| outputs[output].iter().map(|item| item.json().cloned()).collect::<Vec<_>>();
        assert_eq!(json(0), [Some(json!({"error": "kept", "a": 1})), marked.json().cloned()]);
        assert!(outputs[0].iter().all(|item| item.error.is_none()));
        assert_eq!(json(1), [Some(json!({"a": 2, "error": "no"})), Some(json!({})), Some(json!({"error": "m"}))]);
    }

    #[test]
    fn an_item_without_json_fails_the_search_for_errors() {
        let sought = |item: Item| move_errors(&mut vec![vec![item].into()], 1, &[]).map_err(|error| error.message);
        assert_eq!(sought(Item::default()), Err("Cannot read properties of undefined (reading 'error')".to_owned()));
        assert_eq!(sought(Item::new(Value::Null)), Err("Cannot read properties of null (reading 'error')".to_owned()));
        assert_eq!(sought(Item { error: Some(Arc::new(json!("no"))), ..Item::default() }), Ok(()));
    }

    #[test]
    fn which_items_count_as_errors() {
        for (json, expected) in [
            (json!({"error": "x"}), true),
            (json!({"error": ""}), false),
            (json!({"error": "x", "message": "m"}), true),
            (json!({"error": "x", "message": "m", "details": {}}), true),
            (json!({"error": "x", "other": 1}), false),
            (json!({"error": "x", "message": "m", "other": 1}), false),
        ] {
            assert_eq!(is_error(&Item::new(json.clone())), expected, "{json}");
        }
    }
}
