//! Stop and Error: fails with a message of the workflow's own.

use node_sdk::{Evaluated, Inputs, ItemParams, Kind, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait, json};
use request::common_errors;
use serde_json::Value;

use crate::row::Row;
use crate::{json_text, text};

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Stop and Error",
    summary: "Ends the run with an error message.",
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.stopAndError", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(StopAndError)))
}

struct StopAndError;

#[async_trait]
impl RunAll for StopAndError {
    async fn run_all(&self, cx: &RunContext, _: Inputs) -> Result<Outputs, NodeError> {
        Err(explained(cx.params.read(0, error).await?))
    }
}

fn error(params: &ItemParams<'_>) -> Result<NodeError, NodeError> {
    if params.string("errorType")? != "errorObject" {
        return Ok(from_message(params.evaluated("errorMessage")?));
    }
    let given = params.evaluated("errorObject")?.map(|given| text::of(&given)).unwrap_or_default();
    Ok(from_object(&json_text::parse(&given, params)?))
}

/// A message may be any value; where there is none, the error says that.
fn from_message(given: Option<Evaluated>) -> NodeError {
    match given {
        Some(Evaluated { value: object @ (Value::Object(_) | Value::Array(_)), .. }) => from_object(&object),
        Some(given) if !given.value.is_null() || matches!(given.kind, Kind::NonFinite(_)) => NodeError::new(text::of(&given)),
        none => text::no_text(none.filter(|given| given.kind != Kind::Undefined).map(|given| given.value).as_ref(), "errorMessage"),
    }
}

/// With n8n's words in the place of a message that names a common error.
fn explained(error: NodeError) -> NodeError {
    match common_errors::in_message(&error.message) {
        Some(words) => NodeError { message: words.to_owned(), ..error },
        None => error,
    }
}

/// The message is the first of `message`, `description` and `error` that is a text and not empty, else the object itself.
fn from_object(object: &Value) -> NodeError {
    let field = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let message = ["message", "description", "error"].into_iter().find_map(field);
    let error = NodeError::new(message.unwrap_or_else(|| format!("Error: {}", json::stringify(object))));
    match field("description") {
        Some(description) => error.description(description),
        None => error,
    }
}

#[cfg(test)]
mod tests;
