//! Execute Workflow, and the trigger that the other workflow begins with.

mod call;
mod inputs;
mod trigger;

use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::ports::{SubworkflowCall, SubworkflowSource};
use node_sdk::{
    Effect, Gathered, Inputs, Item, ItemList, Needs, NodeError, Outputs, PairedItem, PrepareContext, Prepared, RunAll, RunContext, async_trait,
};

use crate::row::Row;
pub(crate) use trigger::TRIGGER;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Execute Workflow",
    summary: "Runs another workflow and goes on with what it puts out.",
    effect: Effect::Once,
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    workflows,
    ..Row::new("n8n-nodes-base.executeWorkflow", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(ExecuteWorkflow)))
}

fn workflows(cx: &PrepareContext<'_>) -> Vec<String> {
    call::named(cx.parameters).into_iter().collect()
}

struct ExecuteWorkflow;

#[async_trait]
impl RunAll for ExecuteWorkflow {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = Arc::new(inputs.gather().await?);
        let given = inputs::mapped(cx, inputs.clone()).await?;
        if cx.params.read(0, |params| params.string("mode")).await? == "each" { each(cx, &inputs, given).await } else { once(cx, given).await }
    }
}

/// One call with all items.
async fn once(cx: &RunContext, given: Vec<Item>) -> Result<Outputs, NodeError> {
    let count = given.len();
    match run(cx, 0, &given).await {
        Ok(Some(mut lists)) => {
            for list in &mut lists {
                pair(list, count);
            }
            Ok(Outputs::lists(lists))
        }
        Ok(None) => Ok(Outputs::one(given)),
        Err(error) if cx.continue_on_fail() && !error.fatal => Ok(Outputs::one(vec![Item::failed(&error).paired(PairedItem::all(count))])),
        Err(error) => Err(error),
    }
}

/// Items that do not say where they came from: one for one where there are as many, else from all.
fn pair(list: &mut ItemList, count: usize) {
    let same = list.len() == Some(count);
    for (index, item) in list.chunks_mut().flatten().enumerate() {
        item.paired_item.get_or_insert_with(|| if same { PairedItem::item(index) } else { PairedItem::all(count) });
    }
}

/// A call for each item. Before 1.3 an item's error goes to the output with the item's number: a defect of n8n's that files rely on.
async fn each(cx: &RunContext, inputs: &Gathered, given: Vec<Item>) -> Result<Outputs, NodeError> {
    let mut lists: Vec<Vec<Item>> = Vec::new();
    for (index, item) in given.into_iter().enumerate() {
        match run(cx, index, std::slice::from_ref(&item)).await {
            Ok(Some(made)) => {
                for (output, list) in made.into_iter().enumerate() {
                    output_list(&mut lists, output).extend(list.iter().map(|item| item.clone().paired(index)));
                }
            }
            Ok(None) => output_list(&mut lists, 0).push(inputs.main()[index].clone()),
            // The run was stopped: what the calls before came to is put out.
            Err(error) if error.fatal => break,
            Err(error) if cx.continue_on_fail() => {
                let output = if cx.version() < 1.3 { index } else { 0 };
                output_list(&mut lists, output).push(Item::failed(&error).paired(index));
            }
            Err(error) => return Err(with_item(error, index)),
        }
    }
    Ok(Outputs::lists(lists))
}

/// Of a file that cannot be taken the message itself says which item named it.
fn of_item(error: NodeError, index: usize) -> NodeError {
    NodeError { message: format!("{}, [item {index}]", error.message), ..error }
}

/// The run's error says which item it was; what went wrong there is the description.
fn with_item(error: NodeError, index: usize) -> NodeError {
    let description = error.message.clone();
    NodeError { message: format!("Error executing workflow with item at index {index}"), ..error }.description(description).item(index)
}

fn output_list(lists: &mut Vec<Vec<Item>>, output: usize) -> &mut Vec<Item> {
    if lists.len() <= output {
        lists.resize_with(output + 1, Vec::new);
    }
    &mut lists[output]
}

/// What the other workflow put out; `None` where it is not waited for.
async fn run(cx: &RunContext, index: usize, given: &[Item]) -> Result<Option<Vec<ItemList>>, NodeError> {
    let wait = cx.params.read(index, |params| params.bool("options.waitForSubWorkflow", true)).await?;
    let source = call::source(cx, index).await?;
    let is_file = matches!(source, SubworkflowSource::File(_));
    let call = SubworkflowCall { source, items: given.to_vec(), wait };
    let ran = cx.ports.subworkflows.run(call).await;
    let lists = ran.map_err(|error| if is_file && error.code == codes::SUBWORKFLOW && !error.below { of_item(error, index) } else { error })?;
    Ok(wait.then_some(lists))
}

#[cfg(test)]
mod tests;
