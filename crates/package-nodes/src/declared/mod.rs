//! Nodes that are only a description: it says which request each item becomes (`routing`), and what becomes of the answer. Functions that
//! stand in it run in the box.
//!
//! [`routing`] reads the description and the parameters of an item, [`exchange`] sends, page by page where that is wanted, [`receive`] makes
//! items of an answer, [`pages`] sees that lists end, [`failure`] has n8n's words for what fails.

mod exchange;
mod failure;
mod pages;
mod places;
mod receive;
mod routing;

use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::paced::{self, Batching, Failed, Order, Pace, PacedRun, Stops};
use node_sdk::ports::Room;
use node_sdk::schema::{Scope, is_shown};
use node_sdk::{Item, ItemParams, NodeError, PairedItem, RunContext, RunPaced, VersionGroup};
use request::helper::marks;
use serde_json::{Map, Value};

use crate::functions::{Functions, IN_FLIGHT, Input, Options};
use crate::refusal::refuse_to_wait;
use crate::run::{Job, Runner};
use crate::running::hosts;

/// n8n's defaults inside `batching.batch`.
const BATCH: (f64, f64) = (50.0, 1000.0);

/// A node at its place.
pub(crate) struct Declared {
    pub(crate) job: Arc<Job>,
    pub(crate) runner: Arc<dyn Runner>,
}

#[async_trait]
impl RunPaced for Declared {
    /// The items are n8n's, which know nothing of it.
    fn leaves_outcomes_untold(&self) -> bool {
        true
    }

    async fn begin(&self, cx: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError> {
        refuse_to_wait(&self.job, cx).await?;
        let batching = cx.params.read(0, batching).await?;
        let credential = self.group(cx).and_then(|group| credential(group, cx));
        let functions = self.runner.clone().functions(&self.job, cx);
        Ok(Arc::new(Run { job: self.job.clone(), credential, functions, batching, room: hosts::room() }))
    }
}

impl Declared {
    fn group(&self, cx: &RunContext) -> Option<&VersionGroup> {
        self.job.descriptor.version(cx.version())
    }
}

fn batching(first: &ItemParams<'_>) -> Result<Option<Batching>, NodeError> {
    if first.raw("requestOptions.batching.batch").is_none() {
        return Ok(None);
    }
    let size = first.number("requestOptions.batching.batch.batchSize", BATCH.0)?;
    let interval = first.number("requestOptions.batching.batch.batchInterval", BATCH.1)?;
    Ok(Some(Batching::new(size, interval)))
}

/// The type of the credential that requests are sent with: of those that are shown the one that the node holds.
fn credential(group: &VersionGroup, cx: &RunContext) -> Option<String> {
    let values = cx.params.raw();
    let scope = Scope { siblings: values, root: values, version: cx.version() };
    let shown = group.credentials.iter().filter(|used| is_shown(used.display.as_ref(), scope));
    let held = shown.filter(|used| cx.node.credentials.contains_key(used.name.as_ref()));
    held.map(|used| used.name.to_string()).next()
}

/// One run of the node.
struct Run {
    job: Arc<Job>,
    credential: Option<String>,
    functions: Arc<dyn Functions>,
    batching: Option<Batching>,
    room: Arc<Room>,
}

impl PacedRun for Run {
    fn pace(&self) -> Pace {
        Pace { in_flight: IN_FLIGHT, batching: self.batching, order: Order::Free, stops: Stops::Never }
    }

    fn draft(self: Arc<Self>, _: &RunContext, params: &ItemParams<'_>, item: &Item) -> Result<Box<dyn paced::SendItem>, Failed> {
        Ok(Box::new(One { run: self, input: Input { index: params.index(), item: item.clone() } }))
    }
}

/// One item of a run.
struct One {
    run: Arc<Run>,
    input: Input,
}

#[async_trait]
impl paced::SendItem for One {
    async fn send(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failed> {
        let cx = &hosts::guarded(cx, &self.run.job.package, &self.run.room);
        let _under_way = self.run.functions.under_way();
        self.items(cx).await.map_err(|error| failed(cx, error))
    }
}

/// An item that failed: n8n waits for all, whatever it was that failed.
fn failed(cx: &RunContext, error: NodeError) -> Failed {
    let item = cx.continue_on_fail().then(|| unpaired(request::failure::item(cx, &error)));
    item.map_or_else(|| Failed::new(error.clone()), |item| Failed::new(error.clone()).item(item))
}

/// n8n's node does not pair its items.
fn unpaired(item: Item) -> Item {
    if item.paired_item.is_none() { item.paired(PairedItem::List(Vec::new())) } else { item }
}

impl One {
    async fn items(&self, cx: &RunContext) -> Result<Vec<Item>, NodeError> {
        let plan = self.plan(cx).await?;
        let mut options = Options { options: escaped(plan.options.clone()), buffers: Vec::new() };
        if !plan.before.is_empty() {
            let made = self.run.functions.before(&self.input, &plan.before, options).await;
            options = made.map_err(|error| failure::of_function(cx, error, self.input.index))?;
        }
        let mut items = exchange::all(self, cx, &plan, options).await?;
        if let Some(most) = plan.most {
            items.truncate(most);
        }
        Ok(items.into_iter().map(unpaired).collect())
    }

    /// A value of the description with its expressions resolved for the item.
    async fn read(&self, cx: &RunContext, value: Value, scope: Map<String, Value>) -> Result<Option<Value>, NodeError> {
        cx.params.read(self.input.index, move |params| routing::resolved(params, &value, &scope)).await
    }

    async fn plan(&self, cx: &RunContext) -> Result<routing::Plan, NodeError> {
        let mut scope = Map::new();
        scope.insert("$version".into(), node_sdk::json::number(cx.version()));
        scope.insert("$credentials".into(), self.fields(cx).await?.into());
        let (job, version) = (self.run.job.clone(), cx.version());
        cx.params
            .read(self.input.index, move |params| {
                let mut reader = routing::Reader { params, version, scope: scope.clone(), plan: routing::Plan::default() };
                if let Some(group) = job.descriptor.version(version) {
                    reader.read(group)?;
                }
                request_options(params, &mut reader.plan.options)?;
                Ok(reader.plan)
            })
            .await
    }

    /// The fields of the credential, which expressions of the description may name.
    async fn fields(&self, cx: &RunContext) -> Result<Map<String, Value>, NodeError> {
        let Some(name) = &self.run.credential else { return Ok(Map::new()) };
        let kind = request::auth::credential_type(cx, name)?;
        request::auth::fields(cx, self.input.index, (name, &*kind)).await
    }
}

/// Options that are data: nothing in them is a mark.
fn escaped(options: Map<String, Value>) -> Map<String, Value> {
    options.into_iter().map(|(name, value)| (name, marks::escaped(value))).collect()
}

/// What the node's own request options say.
fn request_options(params: &ItemParams<'_>, options: &mut Map<String, Value>) -> Result<(), NodeError> {
    if params.bool("requestOptions.allowUnauthorizedCerts", false)? {
        options.insert("skipSslCertificateValidation".into(), true.into());
    }
    let proxy = params.string("requestOptions.proxy")?;
    if !proxy.is_empty() {
        options.insert("proxy".into(), proxy.into());
    }
    let timeout = params.number("requestOptions.timeout", 0.0)?;
    if timeout > 0.0 {
        options.insert("timeout".into(), node_sdk::json::number(timeout));
    }
    Ok(())
}
