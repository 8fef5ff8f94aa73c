//! The items that the other workflow is given.

use std::collections::HashSet;

use node_sdk::{Item, ItemParams, NodeError, RunContext};
use serde_json::Value;

/// The input items; since 1.2 with the fields of `workflowInputs` written over theirs, and without those that were removed there.
pub(super) fn mapped(cx: &RunContext, input: &[Item]) -> Result<Vec<Item>, NodeError> {
    let params = &cx.params;
    let paired = |(index, item): (usize, &Item)| item.clone().paired(index);
    if cx.version() < 1.2 || params.at(0).raw("workflowInputs.value").is_none_or(Value::is_null) {
        return Ok(input.iter().enumerate().map(paired).collect());
    }
    let removed = removed_fields(&params.at(0))?;
    let mut mapped = Vec::with_capacity(input.len());
    for (index, item) in input.iter().enumerate() {
        let mut item = paired((index, item));
        let values = params.at(index).value("workflowInputs.value")?;
        if let (Value::Object(json), Some(Value::Object(values))) = (item.json_mut(), values) {
            json.extend(values);
            json.retain(|key, _| !removed.contains(key));
        }
        mapped.push(item);
    }
    Ok(mapped)
}

fn removed_fields(params: &ItemParams<'_>) -> Result<HashSet<String>, NodeError> {
    let Some(Value::Array(schema)) = params.value("workflowInputs.schema")? else { return Ok(HashSet::new()) };
    let removed = schema.iter().filter(|field| field.get("removed").is_some_and(node_sdk::json::truthy));
    Ok(removed.filter_map(|field| field.get("displayName").and_then(Value::as_str).map(str::to_owned)).collect())
}
