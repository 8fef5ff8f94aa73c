//! Which workflow is meant.

use node_sdk::error::codes;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, SubworkflowSource};
use node_sdk::{ItemParams, NodeError, RunContext};
use serde_json::{Map, Value};

use crate::json_text;

/// By reference, inline, as a local file, or behind a URL.
pub(super) async fn source(cx: &RunContext, index: usize) -> Result<SubworkflowSource, NodeError> {
    Ok(match cx.params.read(index, |params| params.string("source")).await?.as_str() {
        "parameter" => SubworkflowSource::Inline(cx.params.read(index, inline).await?),
        "localFile" => SubworkflowSource::File(cx.params.read(index, |params| params.string("workflowPath")).await?),
        "url" => SubworkflowSource::Inline(fetch(cx, index).await?),
        _ => SubworkflowSource::Reference(cx.params.read(index, |params| params.locator("workflowId")).await?),
    })
}

/// The workflow's id, name or path, where no expression is in it.
pub(super) fn named(parameters: &Map<String, Value>) -> Option<String> {
    let source = parameters.get("source").and_then(Value::as_str).unwrap_or("database");
    let named = parameters.get("workflowId").filter(|_| source == "database")?;
    let text = named.get("value").unwrap_or(named).as_str()?;
    (!text.is_empty() && !text.starts_with('=')).then(|| text.to_owned())
}

/// A literal object is taken as it is; an expression that gives an object is text to n8n, and so it fails there too.
fn inline(params: &ItemParams<'_>) -> Result<Value, NodeError> {
    match params.raw("workflowJson") {
        Some(object @ Value::Object(_)) => Ok(object.clone()),
        _ => json_text::parse(&params.string("workflowJson")?, params),
    }
}

async fn fetch(cx: &RunContext, index: usize) -> Result<Value, NodeError> {
    let url = cx.params.read(index, |params| params.string("workflowUrl")).await?;
    let headers = vec![("accept".to_owned(), "application/json,text/*;q=0.99".to_owned())];
    let options = HttpOptions { sender: Some(cx.sender(index)), ..HttpOptions::default() };
    let request = HttpRequest { method: "GET".to_owned(), url, headers, body: HttpBody::Empty, options };
    let response = cx.ports.http.send(request).await.map_err(|error| NodeError::coded(codes::SUBWORKFLOW, error.message).parameter("workflowUrl"))?;
    if response.status >= 400 {
        let message = format!("Request failed with status code {}", response.status);
        return Err(NodeError::coded(codes::SUBWORKFLOW, message).parameter("workflowUrl"));
    }
    let text = String::from_utf8_lossy(&response.body).into_owned();
    cx.params.read(index, move |params| json_text::parse(&text, params)).await
}
