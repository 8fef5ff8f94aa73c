//! What becomes of an answer.

use std::cmp::Ordering;

use node_sdk::json::{same, to_number, truthy};
use node_sdk::{Item, NodeError, RunContext};
use serde_json::{Map, Value};

use super::places::get;
use super::routing::Step;
use super::{One, failure};
use crate::functions::Answer;

/// The items of an answer, by the steps of the description.
pub(super) async fn items(one: &One, cx: &RunContext, steps: &[Step], answer: &Answer) -> Result<Vec<Item>, NodeError> {
    let mut items: Vec<Item> = match &answer.full["body"] {
        Value::Array(list) if steps.is_empty() => list.iter().cloned().map(Item::new).collect(),
        other => vec![Item::new(other.clone())],
    };
    for step in steps {
        let mut scope = step.scope.clone();
        scope.insert("$response".into(), answer.full.clone());
        if let Some(enabled) = step.what.get("enabled")
            && !one.read(cx, enabled.clone(), scope.clone()).await?.as_ref().is_some_and(truthy)
        {
            continue;
        }
        items = match step.what["type"].as_str() {
            Some(kind) => known(one, cx, (kind, &step.what["properties"]), scope, items, answer).await?,
            None => {
                let made = one.run.functions.after(&one.input, &step.place, items, answer).await;
                made.map_err(|error| failure::of_answer(failure::of_function(cx, error, one.input.index), answer))?
            }
        };
    }
    Ok(items)
}

async fn known(
    one: &One,
    cx: &RunContext,
    (kind, what): (&str, &Value),
    mut scope: Map<String, Value>,
    items: Vec<Item>,
    answer: &Answer,
) -> Result<Vec<Item>, NodeError> {
    let text = async |key: &str, scope: &Map<String, Value>| -> Result<String, NodeError> {
        Ok(one.read(cx, what[key].clone(), scope.clone()).await?.as_ref().map(node_sdk::json::to_js_string).unwrap_or_default())
    };
    Ok(match kind {
        "rootProperty" => {
            let property = text("property", &scope).await?;
            let mut made = Vec::new();
            for item in items {
                match item.json().and_then(|json| get(json, &property)) {
                    Some(Value::Array(list)) => made.extend(list.iter().cloned().map(Item::new)),
                    value => made.push(value.cloned().map_or_else(Item::default, Item::new)),
                }
            }
            made
        }
        // Undefined is no JSON.
        "set" => vec![one.read(cx, what["value"].clone(), scope).await?.map_or_else(Item::default, Item::new)],
        "setKeyValue" => {
            let mut made = Vec::new();
            for item in items {
                scope.insert("$responseItem".into(), item.json().cloned().unwrap_or_default());
                let values = what.as_object().cloned().unwrap_or_default();
                made.push(Item::new(one.read(cx, values.into(), scope.clone()).await?.unwrap_or_default()));
            }
            made
        }
        "filter" => {
            let mut made = Vec::new();
            for item in items {
                scope.insert("$responseItem".into(), item.json().cloned().unwrap_or_default());
                if one.read(cx, what["pass"].clone(), scope.clone()).await?.as_ref().is_some_and(truthy) {
                    made.push(item);
                }
            }
            made
        }
        "limit" => {
            let most = one.read(cx, what["maxResults"].clone(), scope).await?.as_ref().and_then(to_number);
            let most = most.map_or(usize::MAX, |most| most as usize);
            items.into_iter().take(most).collect()
        }
        "sort" => {
            let key = text("key", &scope).await?;
            let mut items = items;
            let of = |item: &Item| item.json().and_then(|json| get(json, &key)).cloned();
            items.sort_by(|a, b| by(of(a).as_ref(), of(b).as_ref()));
            items
        }
        "binaryData" => {
            let name = text("destinationProperty", &scope).await?;
            vec![file(cx, &name, answer).await?]
        }
        _ => items,
    })
}

/// Texts without regard to case.
fn by(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Some(a), Some(b)) if same(a, b) => Ordering::Equal,
        (Some(a), Some(b)) => to_number(a).partial_cmp(&to_number(b)).unwrap_or(Ordering::Equal),
        _ => Ordering::Equal,
    }
}

/// An item with the answer as a file.
async fn file(cx: &RunContext, name: &str, answer: &Answer) -> Result<Item, NodeError> {
    let content = answer.bytes.clone().unwrap_or_else(|| node_sdk::json::to_js_string(&answer.full["body"]).into());
    let mut file = request::file::described(None, answer.full["headers"]["content-type"].as_str(), &content);
    let blob = cx.ports.blobs.put(content).await.map_err(|error| NodeError::new(format!("The file cannot be stored: {error}")))?;
    (file.data, file.blob) = (None, Some(blob));
    let mut item = Item::new(Value::Object(Map::new()));
    item.binary = Some(std::sync::Arc::new([(name.to_owned(), file)].into_iter().collect()));
    Ok(item)
}
