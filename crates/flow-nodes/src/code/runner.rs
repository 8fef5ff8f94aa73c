//! Running user code where the node stands.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use expression::code::{CodeError, CodeRun, Ran, Surroundings};
use node_sdk::error::codes;
use node_sdk::{BlobRef, ErrorCode, Event, Item, ItemList, NodeError, RunContext};

use serde_json::{Map, Value};

use super::helpers;

/// CPU time that one run of the code may take; waiting for requests does not count.
const TIME: Duration = Duration::from_secs(60);

/// User code does not parse.
pub(crate) const SYNTAX: ErrorCode = ErrorCode::new("KV0308");

/// What user code threw.
pub(crate) struct Thrown {
    error: CodeError,
    /// A dry run let no request of the code leave: what came after does not count as a failure.
    dry_run_ended: bool,
    /// Where the code stands.
    parameter: &'static str,
}

/// Runs JavaScript as a Code node does: for one item, or once for all.
pub(crate) async fn run(cx: &RunContext, source: String, item: Option<usize>) -> Result<Ran, Thrown> {
    run_in(cx, Surroundings::Code, source, item, Map::new()).await
}

/// Runs JavaScript in these surroundings, with more names.
pub(crate) async fn run_in(
    cx: &RunContext,
    surroundings: Surroundings,
    source: String,
    item: Option<usize>,
    given: Map<String, Value>,
) -> Result<Ran, Thrown> {
    let parameter = if surroundings == Surroundings::Function { "functionCode" } else { "jsCode" };
    let Some(evaluator) = evaluator(cx) else {
        let error = CodeError { message: "User code cannot run here".to_owned(), ..CodeError::default() };
        return Err(Thrown { error, dry_run_ended: false, parameter });
    };
    let session = evaluator.session().clone();
    let scope = evaluator.scope().clone();
    let (events, execution, node) = (cx.events.clone(), cx.execution.clone(), Arc::<str>::from(cx.node.name.as_str()));
    let console = Arc::new(move |_: &str, line: &str| events.emit(&execution.path, Event::Log { node: node.clone(), line: line.to_owned() }));
    let (helpers, refused) = helpers::bridge(cx, scope.inputs.first().cloned().unwrap_or_default(), item);
    let code = CodeRun { surroundings, source, item, given, scope, helpers, console, time: TIME, clock: cx.ports.clock.clone() };
    let made = expression::code::run(&session, code).await;
    made.map_err(|error| Thrown { error, dry_run_ended: refused.load(Ordering::Relaxed), parameter })
}

/// The code has run for all items that it runs for.
pub(crate) fn end(cx: &RunContext) {
    if let Some(evaluator) = evaluator(cx) {
        evaluator.session().end_code();
    }
}

/// What evaluates expressions and code where the node stands.
fn evaluator(cx: &RunContext) -> Option<&expression::Evaluator> {
    cx.params.expressions().user_code()?.downcast_ref()
}

impl Thrown {
    /// Whether it becomes an item. A limit and what cannot be handed on end the node's run instead, as they do in n8n.
    pub(crate) fn is_item(&self, cx: &RunContext) -> bool {
        cx.continue_on_fail() && !self.dry_run_ended && self.error.limit.is_none() && !self.error.on_return
    }

    /// The message of what was thrown, where it has one.
    pub(crate) fn message(&self) -> Option<&str> {
        (!self.error.bare).then_some(self.error.message.as_str())
    }

    /// Whether a dry run ended the code.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run_ended
    }

    /// The error of code that stands in another node: without a line.
    pub(crate) fn into_plain_error(self) -> NodeError {
        let message = self.error.message.clone();
        NodeError { message, ..self.into_error() }
    }

    /// The error as n8n shows it: with the line.
    pub(crate) fn into_error(self) -> NodeError {
        let Self { error, dry_run_ended, parameter } = self;
        if dry_run_ended {
            return NodeError::coded(codes::DRY_RUN_ENDED, error.message);
        }
        let code = match error.limit {
            Some(limit) => limit.code(),
            None if error.syntax => SYNTAX,
            None => codes::CODE_THREW,
        };
        let place = error.line.map_or_else(String::new, |line| format!(" [line {line}]"));
        let help = error.help();
        let class = Some(error.name).filter(|name| !name.is_empty() && name != "Error");
        let mut failure = NodeError::coded(code, format!("{}{place}", error.message)).named("Error").parameter(parameter);
        failure.description = error.description.or(class);
        failure.help = help;
        failure.offset = error.offset;
        failure
    }
}

/// Code gives files back by the key of their content: finds the content again. A key counts for nothing where the content stands beside it;
/// one that is none of this run's is an error where it does not.
pub(crate) async fn find_files(cx: &RunContext, items: &mut [Item]) -> Result<(), NodeError> {
    for (index, item) in items.iter_mut().enumerate() {
        let Some(files) = item.binary.as_mut() else { continue };
        for (name, file) in Arc::make_mut(files) {
            // Content that stands there itself is what the code means, also where it copied a key along.
            if file.data.is_some() {
                file.blob = None;
            }
            let Some(blob) = file.blob.as_mut() else { continue };
            if let Some(found) = known(cx, &blob.id) {
                *blob = found;
            } else {
                let content = cx.ports.blobs.get(blob).await.map_err(|error| {
                    let message = format!("The file \"{name}\" of item {index} that the code returned cannot be read: {error}");
                    NodeError::new(message).help("Return files as they came in, or make them with `this.helpers.prepareBinaryData`.")
                })?;
                blob.len = content.len() as u64;
            }
        }
    }
    Ok(())
}

/// The content with that key, if an item that came in has it.
pub(super) fn known(cx: &RunContext, id: &str) -> Option<BlobRef> {
    let inputs = &evaluator(cx)?.scope().inputs;
    let files = inputs.iter().flat_map(ItemList::iter).filter_map(|item| item.binary.as_deref()).flat_map(|files| files.values());
    files.filter_map(|file| file.blob.as_ref()).find(|blob| &*blob.id == id).cloned()
}
