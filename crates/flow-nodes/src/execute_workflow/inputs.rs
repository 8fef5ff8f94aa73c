//! The items that the other workflow is given.

use std::collections::HashSet;
use std::sync::Arc;

use node_sdk::error::codes;
use node_sdk::json::{check_depth, truthy};
use node_sdk::schema::Column;
use node_sdk::{Gathered, Item, ItemParams, NodeError, RunContext};
use serde_json::{Map, Value};

/// The input items; since 1.2 with the fields of `workflowInputs` written over theirs, and without those that were removed there.
pub(super) async fn mapped(cx: &RunContext, inputs: Arc<Gathered>) -> Result<Vec<Item>, NodeError> {
    let count = inputs.main().len();
    if cx.version() < 1.2 || !cx.params.raw().contains_key("workflowInputs") {
        return Ok(inputs.main().iter().enumerate().map(|(index, item)| item.clone().paired(index)).collect());
    }
    let schema: Arc<[Value]> = cx.params.read(0, schema).await?.into();
    let removed = schema.iter().filter(|field| flag(field, "removed")).filter_map(|field| text(field, "displayName").map(str::to_owned));
    let removed: Arc<HashSet<String>> = Arc::new(removed.collect());
    cx.params.read_each(count, move |params| item(params, inputs.main()[params.index()].clone(), &schema, &removed)).await
}

fn item(params: &ItemParams<'_>, item: Item, schema: &[Value], removed: &HashSet<String>) -> Result<Item, NodeError> {
    let mut item = item.paired(params.index());
    let values = params.value("workflowInputs.value")?;
    if values == Some(Value::Null) && params.raw("workflowInputs.schema").is_some() {
        // n8n looks for the fields of nothing, and breaks.
        let error = NodeError::new("Cannot convert undefined or null to object").named("TypeError");
        return Err(error.parameter("workflowInputs.value").item(params.index()));
    }
    if let Value::Object(json) = item.json_mut() {
        if let Some(Value::Object(values)) = values {
            write(json, values, schema, params)?;
        }
        json.retain(|key, _| !removed.contains(key));
    }
    Ok(item)
}

/// What the file knows of the other workflow's fields.
fn schema(params: &ItemParams<'_>) -> Result<Vec<Value>, NodeError> {
    Ok(match params.value("workflowInputs.schema")? {
        Some(Value::Array(schema)) => schema,
        _ => Vec::new(),
    })
}

fn flag(field: &Value, name: &str) -> bool {
    field.get(name).is_some_and(truthy)
}

fn text<'a>(field: &'a Value, name: &str) -> Option<&'a str> {
    field.get(name).and_then(Value::as_str)
}

/// Writes the values into an item, each in the type that the schema has for it. Null in a field with a type leaves the field out.
fn write(json: &mut Map<String, Value>, values: Map<String, Value>, schema: &[Value], params: &ItemParams<'_>) -> Result<(), NodeError> {
    let mapper = |name: &str| params.raw(&format!("workflowInputs.{name}"));
    for (key, value) in values {
        check_depth(&value, 1).map_err(|error| error.parameter(format!("workflowInputs.value.{key}")).item(params.index()))?;
        let Some(column) = Column::in_schema(schema, &key, |switch| mapper(switch).is_some_and(truthy)) else {
            json.insert(key, value);
            continue;
        };
        let typed = column.fit(&key, value).map_err(|why| {
            let message = format!("Invalid input for '{key}' [item {}]", params.index());
            let error = NodeError::coded(codes::PARAMETER, message).named("ExpressionError").description(why);
            error.parameter(format!("workflowInputs.value.{key}")).item(params.index())
        })?;
        match typed {
            Some(typed) => json.insert(key, typed),
            None => json.shift_remove(&key),
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use node_sdk::{Evaluated, Evaluator, Expression, Parameters, Params};
    use serde_json::json;

    use super::*;

    /// Everything is resolved already.
    struct NoExpressions;

    impl Evaluator for NoExpressions {
        fn evaluate(&self, source: &Expression, _item: usize, _extra: Option<&Map<String, Value>>) -> Result<Evaluated, NodeError> {
            Err(NodeError::new(source.text()))
        }
    }

    /// What becomes of `{text, count, any, old}` of the item under these switches.
    fn written(switches: Value, values: Value) -> Result<Value, String> {
        let raw = Map::from_iter([("workflowInputs".to_owned(), switches)]);
        let params = Params::new(Arc::new(Parameters::new(raw)), Arc::new(NoExpressions));
        let schema = [json!({"id": "text", "type": "string"}), json!({"id": "count", "type": "number"}), json!({"id": "any"})];
        let mut json = json!({"count": 0, "old": 1}).as_object().unwrap().clone();
        let result = write(&mut json, values.as_object().unwrap().clone(), &schema, &params.at(2));
        result.map(|()| Value::Object(json)).map_err(|error| format!("{}: {}", error.message, error.description.unwrap()))
    }

    #[test]
    fn values_in_the_types_of_their_fields() {
        let convert = |text: bool| json!({"attemptToConvertTypes": true, "convertFieldsToString": text});
        let values = || json!({"text": 77, "count": "3", "any": "4"});
        assert_eq!(written(convert(true), values()), Ok(json!({"count": 3, "old": 1, "text": "77", "any": "4"})));
        assert_eq!(written(convert(false), values()), Ok(json!({"count": 3, "old": 1, "text": 77, "any": "4"})));
        assert_eq!(written(convert(true), json!({"count": null, "any": null})), Ok(json!({"old": 1, "any": null})), "nothing hides the old value");
        let refused = || Err("Invalid input for 'count' [item 2]: 'count' expects a number but we got '3'".to_owned());
        assert_eq!(written(json!({"attemptToConvertTypes": false}), values()), refused());
        assert_eq!(written(json!({}), values()), refused(), "strict is what n8n takes where nothing is said");
        let strict_text = json!({"attemptToConvertTypes": false, "convertFieldsToString": true});
        let refused = Err("Invalid input for 'text' [item 2]: 'text' expects a string but we got '77'".to_owned());
        assert_eq!(written(strict_text, values()), refused, "strict comes before text");
    }
}
