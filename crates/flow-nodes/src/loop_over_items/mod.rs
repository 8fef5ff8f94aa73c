//! Loop Over Items: hands its items on in batches, and all that came back when none is left. Version 3 has the batches on output 1 and what came
//! back on output 0; version 2 the other way round; version 1 has the batches alone, and does not go on when none is left.
//!
//! The items that are left and those that came back are kept between the runs of the node ([`RunContext::kept`]);
//! `$('Loop Over Items').context` shows `noItemsLeft`, `currentRunIndex`, `maxRunIndex` and `done`.

use node_sdk::property::Text;
use node_sdk::sync::lock;
use node_sdk::{
    Gathered, Inputs, Item, Needs, NodeError, Outputs, PairedItem, PairedRef, PrepareContext, Prepared, RunAll, RunContext, Source, async_trait,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, VecDeque};

use crate::js;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Loop Over Items",
    summary: "Hands items on in batches until none is left.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.splitInBatches", Needs::All, prepare)
};

const LEFT: &str = node_sdk::context::TO_HAND_ON;
const DONE: &str = "done";

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(LoopOverItems)))
}

struct LoopOverItems;

#[async_trait]
impl RunAll for LoopOverItems {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = inputs.gather().await?;
        let (size, reset) = cx.params.read(0, |params| Ok((params.evaluated("batchSize")?, params.value("options.reset")?))).await?;
        let (size, reset) = (js::number(size.as_ref()), reset == Some(Value::Bool(true)));
        let (mut context, mut kept) = (lock(&cx.state), lock(&cx.kept));
        let source = cx.sources.first().cloned().flatten();
        let batch = if reset || !kept.contains_key(LEFT) {
            begin(&mut context, &mut kept, &inputs, size, source.as_ref())
        } else {
            next(&mut context, &mut kept, &inputs, size, source.as_ref())
        };
        context.insert("noItemsLeft".into(), kept.get(LEFT).is_none_or(VecDeque::is_empty).into());
        // A node without a version (0) is of the newest.
        if (1.0..2.0).contains(&cx.version()) {
            return Ok(if batch.is_empty() { Outputs::nothing() } else { Outputs::one(batch) });
        }
        context.insert("done".into(), batch.is_empty().into());
        let done = kept.get(DONE).filter(|_| batch.is_empty()).map(|done| done.iter().cloned().collect()).unwrap_or_default();
        Ok(Outputs::lists(if (1.0..3.0).contains(&cx.version()) { vec![batch, done] } else { vec![done, batch] }))
    }
}

type Kept = BTreeMap<Text, VecDeque<Item>>;

/// The first run: the input is what is to be looped over.
fn begin(context: &mut Map<String, Value>, kept: &mut Kept, inputs: &Gathered, size: f64, source: Option<&Source>) -> Vec<Item> {
    let count = inputs.main().len();
    context.insert("currentRunIndex".into(), 0.into());
    context.insert("maxRunIndex".into(), node_sdk::json::number((count as f64 / size).ceil()));
    context.insert("sourceData".into(), source_json(source));
    let mut left: VecDeque<Item> = (0..count).map(|index| inputs.main()[index].clone()).collect();
    let batch = left.drain(..batch(size, count)).collect();
    kept.insert(LEFT.into(), left);
    kept.insert(DONE.into(), VecDeque::new());
    batch
}

/// A later run: the input has come back from the loop.
fn next(context: &mut Map<String, Value>, kept: &mut Kept, inputs: &Gathered, size: f64, source: Option<&Source>) -> Vec<Item> {
    let run = context.get("currentRunIndex").and_then(Value::as_u64).unwrap_or(0) + 1;
    context.insert("currentRunIndex".into(), run.into());
    let came_back = (0..inputs.main().len()).map(|index| overwrite(inputs.main()[index].clone(), &source_json(source)));
    kept.entry(DONE.into()).or_default().extend(came_back);
    let first_source = context.get("sourceData").cloned().unwrap_or(Value::Null);
    let left = kept.entry(LEFT.into()).or_default();
    let count = batch(size, left.len());
    left.drain(..count).map(|item| overwrite(item, &first_source)).collect()
}

/// How many of the items that are left make a batch. What is no number and what is below 1 is none, with which the loop is done.
fn batch(size: f64, left: usize) -> usize {
    (size as usize).min(left)
}

fn source_json(source: Option<&Source>) -> Value {
    source.map_or(
        Value::Null,
        |source| json!({"previousNode": source.node.as_ref(), "previousNodeOutput": source.output, "previousNodeRun": source.run}),
    )
}

/// The item's pairing counts in the run of another node than the one before: `sourceOverwrite` names it.
fn overwrite(mut item: Item, source: &Value) -> Item {
    let index = item.paired_item.as_ref().and_then(|paired| paired.origins().first().map(|(item, _)| *item)).unwrap_or(0);
    let extra = BTreeMap::from([("sourceOverwrite".to_owned(), source.clone())]);
    item.paired_item = Some(PairedItem::Object(PairedRef { item: index, input: None, extra }));
    item
}

#[cfg(test)]
mod tests;
