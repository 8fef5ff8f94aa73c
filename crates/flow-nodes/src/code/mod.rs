//! Code 1 and 2: user JavaScript, once for all items or once for each.

mod helpers;
pub(crate) mod runner;
pub(crate) mod shape;

use node_sdk::node::{Finding, Level};
use node_sdk::{Effect, Inputs, Item, Needs, NodeError, Outputs, PrepareContext, Prepared, References, RunAll, RunContext, async_trait};
use serde_json::Value;

use crate::row::Row;
use crate::setting;
use crate::unsupported::Unsupported;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Code",
    summary: "Runs JavaScript of your own.",
    // The code may send requests.
    effect: Effect::Once,
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    check,
    runs_code: true,
    code_references,
    effect_at: Some(effect),
    ..Row::new("n8n-nodes-base.code", Needs::All, prepare)
};

fn prepare(cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    let each = text(cx, "mode") == "runOnceForEachItem";
    let ready = Ready { python: is_python(cx), each, source: source(cx).to_owned() };
    Ok(Prepared::All(Box::new(ready)))
}

fn check(cx: &PrepareContext<'_>) -> Vec<Finding> {
    if is_python(cx) {
        return vec![PYTHON.finding()];
    }
    check_code("jsCode", source(cx))
}

fn code_references(cx: &PrepareContext<'_>) -> Option<(String, References)> {
    (!is_python(cx)).then(|| ("jsCode".to_owned(), expression::code_references(source(cx))))
}

fn effect(cx: &PrepareContext<'_>) -> Effect {
    effect_of(source(cx))
}

const PYTHON: Unsupported =
    Unsupported { message: "Python in the Code node is not supported", help: "Write the code in JavaScript.", parameter: "language" };

fn is_python(cx: &PrepareContext<'_>) -> bool {
    cx.parameters.get("language").and_then(Value::as_str).is_some_and(|language| language.starts_with("python"))
}

fn text<'a>(cx: &'a PrepareContext<'_>, name: &str) -> &'a str {
    cx.parameters.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn source<'a>(cx: &'a PrepareContext<'_>) -> &'a str {
    text(cx, "jsCode")
}

/// Code that mentions no helper cannot reach the world.
pub(crate) fn effect_of(source: &str) -> Effect {
    if source.contains("helpers") { Effect::Once } else { Effect::None }
}

/// What `check` says of code that does not parse; a run fails there with n8n's words.
pub(crate) fn check_code(parameter: &str, source: &str) -> Vec<Finding> {
    let found = expression::code::check(source).err().map(|error| Finding {
        code: runner::SYNTAX,
        level: Level::Error,
        message: format!("the code has a syntax error: {}", error.message),
        help: None,
        parameter: Some(parameter.to_owned()),
        offset: error.offset,
    });
    found.into_iter().collect()
}

struct Ready {
    python: bool,
    each: bool,
    source: String,
}

#[async_trait]
impl RunAll for Ready {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        if self.python {
            return Err(PYTHON.error());
        }
        setting::shown(cx.params.raw(), "jsCode")?;
        if self.source.is_empty() {
            return Err(NodeError::new("Unknown error").parameter("jsCode").help("The node has no code. Write some, or take the node out."));
        }
        if !self.each {
            return all_items(cx, self.source.clone()).await.map(Outputs::one);
        }
        let made = self.each_item(cx, &inputs).await;
        runner::end(cx);
        made.map(Outputs::one)
    }
}

/// What the code throws becomes an item where the node goes on after errors. What is wrong with the code's result is not the code's to
/// catch: it ends the node's run, and the engine hands the input on.
pub(crate) async fn all_items(cx: &RunContext, source: String) -> Result<Vec<Item>, NodeError> {
    let ran = match runner::run(cx, source, None).await {
        Ok(ran) => ran,
        Err(thrown) if thrown.is_item(cx) => return Ok(vec![Item::failed(&thrown.into_error())]),
        Err(thrown) => return Err(thrown.into_error()),
    };
    let mut items = shape::all_items(ran.value)?;
    runner::find_files(cx, &mut items).await?;
    Ok(items)
}

impl Ready {
    async fn each_item(&self, cx: &RunContext, inputs: &Inputs) -> Result<Vec<Item>, NodeError> {
        shape::refuse_other_mode(&self.source)?;
        let mut made = shape::EachItem::default();
        for index in 0..inputs.main().len().unwrap_or(0) {
            match runner::run(cx, self.source.clone(), Some(index)).await {
                Ok(ran) => made.push(ran, index),
                Err(thrown) if thrown.is_dry_run() => {}
                Err(thrown) if thrown.is_item(cx) => made.push_failed(&thrown.into_error(), index),
                Err(thrown) => return Err(NodeError { item: Some(index), ..thrown.into_error() }),
            }
        }
        let mut items = made.items()?;
        runner::find_files(cx, &mut items).await?;
        Ok(items)
    }
}

#[cfg(test)]
mod tests;
