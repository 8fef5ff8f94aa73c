//! Code 1 and 2: user JavaScript, once for all items or once for each.

mod helpers;
pub(crate) mod runner;
mod shape;

use std::sync::LazyLock;

use expression::code::CodeError;
use node_sdk::error::codes;
use node_sdk::node::{Finding, Level};
use node_sdk::{Descriptor, Effect, Inputs, Item, Needs, Node, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::{Map, Value};

use crate::describe::{self, About};
use crate::items;
use crate::unsupported::Unsupported;

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| {
    let about = About {
        name: "n8n-nodes-base.code",
        display_name: "Code",
        description: "Runs JavaScript of your own.",
        trigger: false,
        needs: Needs::All,
        // The code may send requests.
        effect: Effect::Once,
        json: include_str!("description.json"),
    };
    about.read()
});

/// The node type.
pub(crate) struct Code;

impl Node for Code {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn example(&self) -> Option<Value> {
        describe::example(include_str!("example.json"))
    }

    fn prepare(&self, cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        let each = text(cx, "mode") == "runOnceForEachItem";
        let ready = Ready { python: is_python(cx), each, source: source(cx).to_owned() };
        Ok(Prepared::All(Box::new(ready)))
    }

    fn check(&self, cx: &PrepareContext<'_>) -> Vec<Finding> {
        if is_python(cx) {
            return vec![PYTHON.finding()];
        }
        expression::code::check(source(cx)).err().map(syntax).into_iter().collect()
    }

    /// Code that mentions no helper cannot reach the world.
    fn effect(&self, cx: &PrepareContext<'_>) -> Effect {
        if source(cx).contains("helpers") { Effect::Once } else { Effect::None }
    }
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

/// What `check` says of code that does not parse; a run fails there with n8n's words.
fn syntax(error: CodeError) -> Finding {
    Finding {
        code: runner::SYNTAX,
        level: Level::Error,
        message: format!("the code has a syntax error: {}", error.message),
        help: None,
        parameter: Some("jsCode".to_owned()),
        offset: error.offset,
    }
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
        let made = if self.each { self.each_item(cx, &inputs).await } else { self.all_items(cx).await };
        match made {
            Err(error) if cx.continue_on_fail() && !error.fatal && error.code != codes::DRY_RUN_ENDED => Ok(Outputs::one(vec![failed(&error)])),
            made => Ok(Outputs::one(made?)),
        }
    }
}

fn failed(error: &NodeError) -> Item {
    Item::new(Value::Object(Map::from_iter([("error".to_owned(), Value::String(error.message.clone()))])))
}

impl Ready {
    async fn all_items(&self, cx: &RunContext) -> Result<Vec<Item>, NodeError> {
        let value = runner::run(cx, self.source.clone(), None).await.map_err(|thrown| thrown.into_error(None))?;
        let mut items = shape::all_items(value)?;
        runner::find_files(cx, &mut items).await?;
        Ok(items)
    }

    async fn each_item(&self, cx: &RunContext, inputs: &Inputs) -> Result<Vec<Item>, NodeError> {
        shape::refuse_other_mode(&self.source)?;
        let mut made = Vec::with_capacity(inputs.main().len());
        for index in 0..inputs.main().len() {
            match runner::run(cx, self.source.clone(), Some(index)).await {
                Ok(value) => made.extend(shape::one_item(value).map(|item| item.paired(index))),
                // The message of an item that goes on does not name the item.
                Err(thrown) if thrown.is_dry_run() => {}
                Err(thrown) if cx.continue_on_fail() => made.push(failed(&thrown.into_error(None)).paired(items::origin(0, index))),
                Err(thrown) => return Err(thrown.into_error(Some(index))),
            }
        }
        shape::check_each(&made)?;
        runner::find_files(cx, &mut made).await?;
        Ok(made)
    }
}
