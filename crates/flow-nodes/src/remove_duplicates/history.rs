//! What earlier runs have seen, kept in the workflow's static data as `{mode, data}`.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex};

use indexmap::{IndexMap, IndexSet};
use jiff::tz::TimeZone;
use node_sdk::sync::lock;
use node_sdk::{Gathered, ItemParams, NodeError, Outputs, RunContext, json};
use serde_json::{Map, Value, json};

use crate::{date, js, path};

/// The key in the static data.
const KEY: &str = "removeDuplicates";
/// So many values are remembered where `historySize` says nothing.
const HISTORY: f64 = 10_000.0;

/// Items that no earlier run has seen on output 0, the others on output 1.
pub(super) async fn unseen(cx: &RunContext, inputs: &Gathered) -> Result<Outputs, NodeError> {
    let state = state(cx).await?;
    let count = inputs.main().len();
    match cx.params.read(0, |params| params.string("logic")).await?.as_str() {
        "removeItemsUpToStoredIncrementalKey" => {
            let values = cx.params.read_each(count, number).await?;
            by_mark(inputs, &mut lock(&state), "latestIncrementalKey", values)
        }
        "removeItemsUpToStoredDate" => {
            let values = cx.params.read_each(count, point_in_time).await?;
            by_mark(inputs, &mut lock(&state), "latestDate", values)
        }
        _ => {
            let values = cx.params.read_each(count, |params| params.string("dedupeValue")).await?;
            let limit = cx.params.read(0, |params| params.number("options.historySize", HISTORY)).await?;
            by_value(inputs, &mut lock(&state), values, limit.max(0.0) as usize)
        }
    }
}

/// Forgets everything.
pub(super) async fn clear(cx: &RunContext) -> Result<(), NodeError> {
    let state = state(cx).await?;
    lock(&state).shift_remove(KEY);
    Ok(())
}

/// The static data of the node, or of the workflow where the option `scope` says so.
async fn state(cx: &RunContext) -> Result<Arc<Mutex<Map<String, Value>>>, NodeError> {
    let workflow = match cx.params.read(0, |params| params.string("options.scope")).await?.as_str() {
        "" | "node" => false,
        "workflow" => true,
        scope => {
            let message = format!("The scope '{scope}' is not supported. Please select either \"node\" or \"workflow\".");
            return Err(NodeError::new(message).parameter("options.scope"));
        }
    };
    Ok(cx.ports.static_state.get((!workflow).then_some(cx.node.name.as_str())))
}

/// What is remembered; another mode's memory is of no use.
fn remembered<'a>(state: &'a Map<String, Value>, mode: &str) -> Result<Option<&'a Value>, NodeError> {
    let Some(memory) = state.get(KEY) else { return Ok(None) };
    if memory.get("mode").is_none_or(|known| known != mode) {
        // The marks around the operation's name differ: n8n's text.
        let message = "Deduplication data was originally saved with an incompatible setting of the ‘Keep Items Where’ parameter. Try `Clean Database’ operation to reset.";
        return Err(NodeError::new(message));
    }
    Ok(memory.get("data"))
}

fn remember(state: &mut Map<String, Value>, mode: &str, data: Value) {
    state.insert(KEY.to_owned(), json!({"mode": mode, "data": data}));
}

/// Items by a key, in the order of a JavaScript object's keys: whole numbers first, by size. Items that share one stay together.
fn grouped(keys: impl Iterator<Item = String>) -> IndexMap<String, Vec<usize>> {
    let mut groups: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (index, key) in keys.enumerate() {
        groups.entry(key).or_default().push(index);
    }
    groups.sort_by_cached_key(|key, _| path::index(key).unwrap_or(usize::MAX));
    groups
}

fn outputs(inputs: &Gathered, groups: &IndexMap<String, Vec<usize>>, fresh: &[&String], seen: &[&String]) -> Outputs {
    let list = |keys: &[&String]| {
        let members = keys.iter().filter_map(|key| groups.get(*key)).flatten();
        members.map(|index| inputs.main()[*index].clone()).collect::<Vec<_>>()
    };
    Outputs::lists(vec![list(fresh), list(seen)])
}

/// By the value of each item.
fn by_value(inputs: &Gathered, state: &mut Map<String, Value>, values: Vec<String>, limit: usize) -> Result<Outputs, NodeError> {
    const MODE: &str = "entries";
    let count = values.len();
    let groups = grouped(values.into_iter());
    let mut known: IndexSet<String> = match remembered(state, MODE)? {
        Some(Value::Array(list)) => list.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => IndexSet::new(),
    };
    if known.len() + count > limit {
        let message = "The number of items to be processed exceeds the maximum history size. Please increase the history size or reduce the number of items to be processed.";
        return Err(NodeError::new(message).parameter("options.historySize"));
    }
    let (fresh, seen): (Vec<_>, Vec<_>) = groups.keys().partition(|value| known.insert((*value).clone()));
    remember(state, MODE, known.into_iter().map(Value::String).collect());
    Ok(outputs(inputs, &groups, &fresh, &seen))
}

/// By a number that grows: what is above the highest of the runs before is new. Beside a mark of before, the items come by size.
fn by_mark(inputs: &Gathered, state: &mut Map<String, Value>, mode: &str, values: Vec<(String, f64)>) -> Result<Outputs, NodeError> {
    let groups = grouped(values.iter().map(|(key, _)| key.clone()));
    let marks: IndexMap<String, f64> = values.into_iter().collect();
    let mut keys: Vec<&String> = groups.keys().collect();
    let stored = remembered(state, mode)?.and_then(Value::as_f64);
    if stored.is_some() {
        keys.sort_by(|a, b| marks[*a].partial_cmp(&marks[*b]).unwrap_or(Ordering::Equal));
    }
    let (fresh, seen): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| stored.is_none_or(|stored| marks[*key] > stored));
    let highest = marks.values().copied().chain(stored).fold(f64::NEG_INFINITY, f64::max);
    remember(state, mode, json::number(highest));
    Ok(outputs(inputs, &groups, &fresh, &seen))
}

fn number(params: &ItemParams<'_>) -> Result<(String, f64), NodeError> {
    const PATH: &str = "incrementalDedupeValue";
    let value = params.value(PATH)?;
    let number = js::to_number(value.as_ref());
    if number.is_nan() {
        let message = format!("The value '{}' is not a number. Please provide a number.", js::text(value.as_ref()));
        return Err(NodeError::new(message).parameter(PATH).item(params.index()));
    }
    Ok((json::to_js_string(&json::number(number)), number))
}

fn point_in_time(params: &ItemParams<'_>) -> Result<(String, f64), NodeError> {
    const PATH: &str = "dateDedupeValue";
    let text = params.string(PATH)?;
    match date::millis(&Value::String(text.clone()), &TimeZone::UTC) {
        Some(millis) => Ok((text, millis)),
        None => {
            let message = format!("The value '{text}' is not a valid date. Please provide a valid date.");
            Err(NodeError::new(message).parameter(PATH).item(params.index()))
        }
    }
}
