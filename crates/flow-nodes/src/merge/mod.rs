//! Merge 3: appends, combines or chooses between its inputs.

mod clash;
mod combine;
mod fields;
mod fuzzy;

use node_sdk::node::{Finding, RequiredInputs};
use node_sdk::{
    Gathered, Inputs, Item, ItemParams, Needs, NodeError, Outputs, PairedItem, PrepareContext, Prepared, RunAll, RunContext, async_trait,
};

use crate::row::Row;
use crate::unsupported::Unsupported;
use crate::{js, ports};

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Merge",
    summary: "Brings the items of several inputs together.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    inputs,
    required_inputs,
    check,
    ..Row::new("n8n-nodes-base.merge", Needs::All, prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    ports::check(js::to_number(cx.parameters.get("numberInputs")), "numberInputs")?;
    Ok(Prepared::All(Box::new(Ready { inputs: inputs(cx) })))
}

fn inputs(cx: &PrepareContext<'_>) -> usize {
    let count = js::to_number(cx.parameters.get("numberInputs"));
    if count.is_nan() { 2 } else { ports::limited(count).max(1) }
}

/// Choosing a branch waits for inputs 1 and 2, however many there are.
fn required_inputs(cx: &PrepareContext<'_>) -> RequiredInputs {
    let chooses = cx.parameters.get("mode").is_some_and(|mode| mode == "chooseBranch");
    if chooses { RequiredInputs::These(vec![0, 1]) } else { RequiredInputs::Any }
}

fn check(cx: &PrepareContext<'_>) -> Vec<Finding> {
    let sql = cx.parameters.get("mode").is_some_and(|mode| mode == "combineBySql");
    if sql { vec![SQL.finding()] } else { Vec::new() }
}

struct Ready {
    inputs: usize,
}

#[async_trait]
impl RunAll for Ready {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = inputs.gather().await?;
        let count = self.inputs;
        cx.params.read(0, move |params| merged(params, (0..count).map(|input| entries(&inputs, input)).collect())).await.map(Outputs::one)
    }
}

fn merged(params: &ItemParams<'_>, entries: Vec<Vec<Item>>) -> Result<Vec<Item>, NodeError> {
    Ok(match params.string("mode")?.as_str() {
        "chooseBranch" if params.string("output")? == "empty" => vec![Item::empty().paired(of_the_first_two(&entries))],
        "chooseBranch" => branch(entries, params.number("useDataOfInput", 1.0)?)?,
        "combineBySql" => return Err(SQL.error()),
        "combine" => match params.string("combineBy")?.as_str() {
            "combineAll" => combine::all(params, &entries)?,
            "combineByPosition" => combine::by_position(params, &entries)?,
            _ => fields::combine(params, entries)?,
        },
        _ => entries.into_iter().flatten().collect(),
    })
}

/// The items of an input, each paired with its place.
fn entries(inputs: &Gathered, input: usize) -> Vec<Item> {
    inputs.get(input).to_vec()
}

/// n8n has two inputs in mind here, however many there are.
fn of_the_first_two(entries: &[Vec<Item>]) -> PairedItem {
    PairedItem::List(entries.iter().take(2).flatten().filter_map(|item| item.paired_item.clone()).collect())
}

/// Inputs are counted from 1.
fn branch(mut entries: Vec<Vec<Item>>, number: f64) -> Result<Vec<Item>, NodeError> {
    let count = entries.len();
    if number < 1.0 || number > count as f64 || number.fract() != 0.0 {
        let error = NodeError::new(format!("Input {number} doesn't exist")).parameter("useDataOfInput");
        return Err(error.description(format!("The node has only {count} inputs, so selecting input {number} is not possible.")));
    }
    Ok(std::mem::take(&mut entries[number as usize - 1]))
}

const SQL: Unsupported = Unsupported {
    message: "Merge cannot combine with an SQL query yet",
    help: "Combine by matching fields, by position or all combinations, or do it in a Code node.",
    parameter: "mode",
};

#[cfg(test)]
mod tests;
