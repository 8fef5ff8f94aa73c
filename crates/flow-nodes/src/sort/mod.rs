//! Sort: by fields, at random, or by code.

use std::sync::Arc;

use node_sdk::{
    Gathered, Inputs, ItemParams, Needs, NodeError, Outputs, PrepareContext, Prepared, References, RunAll, RunContext, async_trait, ports::Random,
};
use serde_json::Value;
use std::cmp::Ordering;

use crate::code::runner;
use crate::row::Row;
use crate::{compare, js, path};

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Sort",
    summary: "Changes the order of the items.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    code_references,
    ..Row::new("n8n-nodes-base.sort", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(Sort)))
}

fn code_references(cx: &PrepareContext<'_>) -> Option<(String, References)> {
    let text = |name: &str| cx.parameters.get(name).and_then(Value::as_str);
    let code = text("code").filter(|_| text("type") == Some("code"))?;
    Some(("code".to_owned(), expression::code_references(code)))
}

struct Sort;

#[async_trait]
impl RunAll for Sort {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = Arc::new(inputs.gather().await?);
        let order = match cx.params.read(0, |params| params.string("type")).await?.as_str() {
            "random" => shuffled(inputs.main().len(), cx.ports.random.as_ref()),
            "code" => by_code(cx, &cx.params.read(0, |params| params.string("code")).await?).await?,
            _ => {
                let inputs = inputs.clone();
                cx.params.read(0, move |params| by_fields(params, &inputs)).await?
            }
        };
        Ok(Outputs::one(order.into_iter().map(|index| inputs.main()[index].clone()).collect::<Vec<_>>()))
    }
}

/// Fisher and Yates.
fn shuffled(count: usize, random: &dyn Random) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        order.swap(last, (u64::from_le_bytes(bytes) % (last as u64 + 1)) as usize);
    }
    order
}

/// The values of one field, texts in lower case.
struct Column {
    values: Vec<Option<Value>>,
    descending: bool,
}

fn by_fields(params: &ItemParams<'_>, inputs: &Gathered) -> Result<Vec<usize>, NodeError> {
    let fields = params.value("sortFieldsUi.sortField")?;
    let Some(fields) = fields.as_ref().and_then(Value::as_array).filter(|fields| !fields.is_empty()) else {
        return Err(NodeError::new("No sorting specified. Please add a field to sort by").parameter("sortFieldsUi"));
    };
    let dots = !params.bool("options.disableDotNotation", false)?;
    let columns = fields.iter().map(|field| column(field, inputs, dots)).collect::<Result<Vec<_>, _>>()?;
    let order = |a, b| columns.iter().map(|column| column.order(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
    Ok(compare::sorted_like_v8(inputs.main().len(), order))
}

fn column(field: &Value, inputs: &Gathered, dots: bool) -> Result<Column, NodeError> {
    let name = js::text(field.get("fieldName"));
    let lower = |value: &Value| match value {
        Value::String(text) => Value::String(text.to_lowercase()),
        other => other.clone(),
    };
    let value = |item: &node_sdk::Item| item.json().and_then(|json| path::get_field(json, &name, dots)).map(lower);
    let values: Vec<Option<Value>> = inputs.main().iter().map(value).collect();
    if values.iter().all(Option::is_none) {
        let error = NodeError::new(format!("Couldn't find the field '{name}' in the input data"));
        let hint = "If you're trying to use a nested field, make sure you turn off 'disable dot notation' in the node options";
        return Err(if !dots && name.contains('.') { error.description(hint) } else { error });
    }
    Ok(Column { values, descending: field.get("order").is_some_and(|order| order != "ascending") })
}

impl Column {
    /// What is not less is greater, also where the two cannot be compared: n8n's order, which can contradict itself.
    fn order(&self, a: usize, b: usize) -> Ordering {
        let (a, b) = (self.values[a].as_ref(), self.values[b].as_ref());
        if compare::equal(a, b) {
            return Ordering::Equal;
        }
        let order = if compare::less(a, b) { Ordering::Less } else { Ordering::Greater };
        if self.descending { order.reverse() } else { order }
    }
}

/// The code compares two items, `a` and `b`, and returns a number.
async fn by_code(cx: &RunContext, code: &str) -> Result<Vec<usize>, NodeError> {
    let has_return = code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "return");
    if !has_return {
        return Err(NodeError::new("Sort code doesn't return. Please add a 'return' statement to your code").parameter("code"));
    }
    let source = format!("const $compare = (a, b) => {{ {code}\n}}; return items.map((_, i) => i).sort((x, y) => $compare(items[x], items[y]))");
    let order = runner::run(cx, source, None).await.map_err(runner::Thrown::into_plain_error)?.value;
    let indexes = match order {
        expression::code::CodeValue::Json(Value::Array(list)) => list.iter().filter_map(Value::as_u64).map(|i| i as usize).collect(),
        _ => Vec::new(),
    };
    Ok(indexes)
}

#[cfg(test)]
mod tests;
