//! Respond to Webhook: hands its items on, and says what whoever called the workflow gets. The first item decides.

mod body;
mod jwt;

use node_sdk::json::check_depth;
use node_sdk::{
    Effect, Inputs, Item, ItemParams, Needs, NodeError, Outputs, PairedItem, PrepareContext, Prepared, Response, ResponseBody, RunAll, RunContext,
    async_trait,
};
use serde_json::{Map, Value, json};

use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Respond to Webhook",
    summary: "Answers whoever called the workflow, and hands its items on.",
    // The first answer counts.
    effect: Effect::Repeatable,
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    outputs,
    output_names: Some(output_names),
    ..Row::new("n8n-nodes-base.respondToWebhook", Needs::All, prepare)
};

/// Types of nodes that a caller waits at: without one above it there is nobody to answer.
const CALLED: [&str; 4] = ["n8n-nodes-base.webhook", "n8n-nodes-base.formTrigger", "n8n-nodes-base.wait", "@n8n/n8n-nodes-langchain.chatTrigger"];

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(Ready { shows_response: shows_response(cx) })))
}

fn outputs(cx: &PrepareContext<'_>) -> usize {
    1 + usize::from(shows_response(cx))
}

fn output_names(cx: &PrepareContext<'_>) -> Vec<String> {
    if shows_response(cx) { vec!["Input Data".to_owned(), "Response".to_owned()] } else { Vec::new() }
}

/// Whether the answer comes out of a second output: in version 1.3, later where it is switched on.
fn shows_response(cx: &PrepareContext<'_>) -> bool {
    let switched_on = cx.parameters.get("enableResponseOutput").is_some_and(|on| on == true);
    cx.node.type_version == 1.3 || switched_on
}

struct Ready {
    shows_response: bool,
}

#[async_trait]
impl RunAll for Ready {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let items = inputs.main().gather().await?;
        let count = items.len();
        let response = match answer(cx, &items).await {
            Ok(response) => response,
            Err(error) if cx.continue_on_fail() && !error.fatal => {
                let item = Item::failed(&error).paired(PairedItem::all(count));
                return Ok(Outputs::one(vec![item]));
            }
            Err(error) => return Err(error),
        };
        let mut lists = vec![items];
        if self.shows_response {
            let response = shown(&response);
            check_depth(&response, 1)?;
            lists.push(vec![Item::new(json!({"response": response}))]);
        }
        Ok(Outputs::lists(lists).answering(body::as_sent(response)))
    }
}

/// What the node says; the rest of the headers is the server's to add.
async fn answer(cx: &RunContext, items: &[Item]) -> Result<Response, NodeError> {
    if cx.version() >= 1.1 && !(cx.above)().iter().any(|kind| CALLED.contains(&kind.as_str())) {
        let description = "Insert a Webhook node to your workflow and set the “Respond” parameter to “Using Respond to Webhook Node” ";
        return Err(NodeError::new("No Webhook node found in the workflow").description(description));
    }
    let read = |params: &ItemParams<'_>| {
        Ok((params.value("options.responseHeaders.entries")?, params.string("respondWith")?, params.string("options.responseKey")?))
    };
    let (entries, with, key) = cx.params.read(0, read).await?;
    let mut headers = body::headers(entries.as_ref());
    let mut status = None;
    let body = match with.as_str() {
        "allIncomingItems" => {
            let all = items.iter().map(|item| item.json().cloned().unwrap_or_default()).collect();
            ResponseBody::Json(body::under(&key, all)?)
        }
        "json" => cx.params.read(0, body::json).await?,
        "text" => cx.params.read(0, body::text).await?,
        "jwt" => ResponseBody::Json(jwt::signed(cx).await?),
        "binary" => body::file(cx, items, &mut headers).await?,
        "noData" => ResponseBody::Empty,
        "redirect" => {
            status = Some(307);
            body::put(&mut headers, "location", cx.params.read(0, body::address).await?);
            ResponseBody::Empty
        }
        _ => ResponseBody::Json(body::under(&key, items.first().and_then(Item::json).cloned().unwrap_or_default())?),
    };
    let status = body::status(cx.params.read(0, |params| params.value("options.responseCode")).await?.as_ref())?.or(status).unwrap_or(200);
    Ok(Response { status, headers, body })
}

/// The answer as the second output has it; of a file nothing is shown.
fn shown(response: &Response) -> Value {
    let headers: Map<String, Value> = response.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let mut shown = Map::new();
    match &response.body {
        ResponseBody::Json(value) => shown.insert("body".into(), value.clone()),
        ResponseBody::Text(text) => shown.insert("body".into(), text.as_str().into()),
        ResponseBody::Empty | ResponseBody::Bytes(_) => None,
    };
    shown.insert("headers".into(), headers.into());
    shown.insert("statusCode".into(), response.status.into());
    Value::Object(shown)
}
