//! The trigger of a workflow that others run.

use node_sdk::{Begins, Inputs, Item, ItemParams, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait, json};
use serde_json::{Map, Value};

use crate::json_text;
use crate::row::Row;

/// The node. It handles the items of its caller, so it needs all of them.
pub(crate) const TRIGGER: Row = Row {
    display_name: "Execute Workflow Trigger",
    summary: "Starts a workflow that another one runs.",
    trigger: true,
    begins: Begins::Empty,
    description: include_str!("trigger.json"),
    example: include_str!("trigger_example.json"),
    ..Row::new("n8n-nodes-base.executeWorkflowTrigger", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(ExecuteWorkflowTrigger)))
}

struct ExecuteWorkflowTrigger;

#[async_trait]
impl RunAll for ExecuteWorkflowTrigger {
    /// The caller's items, cut to the declared fields; a field that a caller does not give is null. Types are not enforced.
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let items = inputs.main().gather().await?;
        let declared = {
            let version = cx.version();
            cx.params.read(0, move |params| declared_fields(version, params)).await?
        };
        Ok(Outputs::one(match &declared {
            None => items,
            Some(fields) => items.into_iter().map(|item| only(fields, item)).collect(),
        }))
    }
}

fn only(fields: &[String], item: Item) -> Item {
    let value = |name: &String| item.object().and_then(|json| json.get(name)).cloned().unwrap_or(Value::Null);
    let json: Map<String, Value> = fields.iter().map(|name| (name.clone(), value(name))).collect();
    Item { json: Some(Value::Object(json).into()), ..item }
}

/// The names of the declared fields; `None` where everything passes.
fn declared_fields(version: f64, params: &ItemParams<'_>) -> Result<Option<Vec<String>>, NodeError> {
    if version < 1.1 {
        return Ok(None);
    }
    match params.string("inputSource")?.as_str() {
        "passthrough" => Ok(None),
        "jsonExample" => {
            let example = json_text::parse(&params.string("jsonExample")?, params)?;
            let fields = example.as_object().ok_or_else(|| NodeError::new("Invalid JSON schema. Missing key `properties` in schema"))?;
            Ok(Some(fields.keys().cloned().collect()))
        }
        _ => {
            let fields = params.value("workflowInputs.values")?;
            let names = fields.as_ref().and_then(Value::as_array).into_iter().flatten();
            Ok(Some(names.filter_map(|field| field.get("name")).map(json::to_js_string).collect()))
        }
    }
}
