//! What earlier runs have seen, kept in the workflow's static data.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use node_sdk::{Inputs, ItemParams, NodeError, Outputs, RunContext, json};
use serde_json::{Map, Value};

use crate::{date, items, js};

/// The key in the static data.
const KEY: &str = "removeDuplicates";
/// So many values are remembered where `historySize` says nothing.
const HISTORY: f64 = 10_000.0;

/// Items that no earlier run has seen on output 0, the others on output 1.
pub(super) fn unseen(cx: &RunContext, inputs: &Inputs) -> Result<Outputs, NodeError> {
    let first = cx.params.at(0);
    let state = state(cx, &first)?;
    let mut state = lock(&state);
    match first.string("logic")?.as_str() {
        "removeItemsUpToStoredIncrementalKey" => by_mark(cx, inputs, &mut state, "incrementalDedupeValue", number),
        "removeItemsUpToStoredDate" => by_mark(cx, inputs, &mut state, "dateDedupeValue", |params, path| point_in_time(cx, params, path)),
        _ => by_value(cx, inputs, &mut state),
    }
}

/// Forgets everything.
pub(super) fn clear(cx: &RunContext) -> Result<(), NodeError> {
    let state = state(cx, &cx.params.at(0))?;
    lock(&state).shift_remove(KEY);
    Ok(())
}

/// The static data of the node, or of the workflow where the option `scope` says so.
fn state(cx: &RunContext, params: &ItemParams<'_>) -> Result<Arc<Mutex<Map<String, Value>>>, NodeError> {
    let workflow = params.string("options.scope")? == "workflow";
    Ok(cx.ports.static_state.get((!workflow).then_some(cx.node.name.as_str())))
}

fn lock(state: &Mutex<Map<String, Value>>) -> MutexGuard<'_, Map<String, Value>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// By the value of each item. Items of one run that share a value stay together.
fn by_value(cx: &RunContext, inputs: &Inputs, state: &mut Map<String, Value>) -> Result<Outputs, NodeError> {
    let mut groups: IndexMap<String, Vec<usize>> = IndexMap::new();
    for index in 0..inputs.main().len() {
        groups.entry(cx.params.at(index).string("dedupeValue")?).or_default().push(index);
    }
    let limit = cx.params.at(0).number("options.historySize", HISTORY)?.max(0.0) as usize;
    let mut known: indexmap::IndexSet<String> = match state.get(KEY) {
        Some(Value::Array(list)) => list.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => indexmap::IndexSet::new(),
    };
    if known.len() + inputs.main().len() > limit {
        let message = "The number of items to be processed exceeds the maximum history size. Please increase the history size or reduce the number of items to be processed.";
        return Err(NodeError::new(message).parameter("options.historySize"));
    }
    let (mut fresh, mut seen) = (Vec::new(), Vec::new());
    for (value, members) in groups {
        let list = if known.insert(value) { &mut fresh } else { &mut seen };
        list.extend(members.into_iter().map(|index| items::passed(inputs, 0, index)));
    }
    state.insert(KEY.to_owned(), known.into_iter().map(Value::String).collect());
    Ok(Outputs::lists(vec![fresh, seen]))
}

/// By a number that grows: what is above the highest of the runs before is new.
fn by_mark(
    cx: &RunContext,
    inputs: &Inputs,
    state: &mut Map<String, Value>,
    path: &str,
    read: impl Fn(&ItemParams<'_>, &str) -> Result<f64, NodeError>,
) -> Result<Outputs, NodeError> {
    let stored = state.get(KEY).and_then(Value::as_f64).unwrap_or(f64::NEG_INFINITY);
    let mut highest = stored;
    let (mut fresh, mut seen) = (Vec::new(), Vec::new());
    for index in 0..inputs.main().len() {
        let value = read(&cx.params.at(index), path)?;
        highest = highest.max(value);
        let list = if value > stored { &mut fresh } else { &mut seen };
        list.push(items::passed(inputs, 0, index));
    }
    if highest.is_finite() {
        state.insert(KEY.to_owned(), json::number(highest));
    }
    Ok(Outputs::lists(vec![fresh, seen]))
}

fn number(params: &ItemParams<'_>, path: &str) -> Result<f64, NodeError> {
    let value = params.value(path)?;
    let number = js::to_number(value.as_ref());
    let blank = matches!(&value, Some(Value::String(text)) if text.trim().is_empty());
    if number.is_nan() || blank || matches!(value, None | Some(Value::Null)) {
        let message = format!("The value '{}' is not a number", js::text(value.as_ref()));
        return Err(NodeError::new(message).parameter(path).item(params.index()));
    }
    Ok(number)
}

fn point_in_time(cx: &RunContext, params: &ItemParams<'_>, path: &str) -> Result<f64, NodeError> {
    let value = params.value(path)?.unwrap_or(Value::Null);
    let millis = date::millis(&value, &date::zone(cx));
    millis.ok_or_else(|| NodeError::new(format!("The value '{}' is not a valid date", js::text(Some(&value)))).parameter(path).item(params.index()))
}
