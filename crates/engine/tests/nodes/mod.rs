//! A node for tests that does what it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use engine::Cancel;
use node_sdk::error::codes;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, SubworkflowCall, SubworkflowSource};
use node_sdk::{
    Descriptor, Effect, Inputs, Item, ItemList, ItemParams, Needs, Node, NodeError, Output, Outputs, PrepareContext, Prepared, Property, RunAll,
    RunContext, RunItem, VersionGroup, async_trait, rows,
};
use serde_json::{Value, json};

/// What the node does with each item.
#[derive(Clone)]
pub enum Does {
    /// Puts it out.
    HandsOn,
    /// Fails for the item of this index, and hands the others on.
    FailsAt(usize),
    /// Fails so many times, then hands on.
    FailsTimes(usize),
    /// Puts out these, whatever came.
    PutsOut(Value),
    /// Breaks.
    Panics,
    /// Sends a request, and puts out its answer.
    Sends,
    /// Sends a request, and fails before its answer comes.
    GivesUp,
    /// Would send something.
    EndsDryRun,
    /// Takes an hour.
    Sleeps,
    /// Pulls the switch, then waits for ever.
    Cancels(Cancel),
    /// Puts out the parameter `value`.
    Evaluates,
    /// Hands the item to the workflow that the parameter `value` names, or is.
    Calls,
}

struct Puppet {
    descriptor: Descriptor,
    does: Does,
}

/// A node that does this.
pub fn node(does: Does) -> Arc<dyn Node> {
    named("test.puppet", does)
}

/// A node of this type that does this.
pub fn named(type_name: &'static str, does: Does) -> Arc<dyn Node> {
    let descriptor = Descriptor {
        name: type_name.into(),
        display_name: "Puppet".into(),
        description: "Does what it is told.".into(),
        trigger: false,
        needs: Needs::All,
        effect: if matches!(does, Does::HandsOn) { Effect::None } else { Effect::Once },
        versions: vec![VersionGroup::new(&[1.0], rows![Property::string("value")])].into(),
    };
    Arc::new(Puppet { descriptor, does })
}

impl Node for Puppet {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn prepare(&self, _cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(match &self.does {
            Does::Sends | Does::GivesUp | Does::Sleeps | Does::Cancels(_) | Does::Calls => Prepared::All(Box::new(Waits(self.does.clone()))),
            does => Prepared::Item(Arc::new(Run { does: does.clone(), failed: AtomicUsize::new(0) })),
        })
    }
}

struct Run {
    does: Does,
    failed: AtomicUsize,
}

impl RunItem for Run {
    fn run_item(&self, _cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError> {
        let no = || Err(NodeError::new("no"));
        match &self.does {
            Does::FailsAt(at) if index == *at => {
                out.push(item);
                return no();
            }
            Does::FailsTimes(times) if self.failed.fetch_add(1, Ordering::Relaxed) < *times => return no(),
            Does::PutsOut(items) => items.as_array().unwrap().iter().for_each(|json| out.push(Item::new(json.clone()))),
            Does::Panics => panic!("the puppet breaks"),
            Does::EndsDryRun => return Err(NodeError::coded(codes::DRY_RUN_ENDED, "")),
            Does::Evaluates => out.push(Item::new(json!({"value": params.value("value")?}))),
            _ => out.push(item),
        }
        Ok(())
    }
}

/// What waits, for one item after the other.
struct Waits(Does);

#[async_trait]
impl RunAll for Waits {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let mut out = Vec::new();
        for (index, item) in inputs.main().gather().await?.iter().enumerate() {
            match self.item(cx, item, index).await {
                Ok(items) => out.extend(items.into_iter().map(|item| item.paired(index))),
                Err(error) if error.fatal && !out.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(Outputs::one(out))
    }
}

impl Waits {
    async fn item(&self, cx: &RunContext, item: &Item, index: usize) -> Result<Vec<Item>, NodeError> {
        match &self.0 {
            Does::Sends | Does::GivesUp => {
                let (method, url) = ("POST".to_owned(), "http://localhost/".to_owned());
                let options = HttpOptions { sender: Some(cx.sender(index)), ..HttpOptions::default() };
                let request = HttpRequest { method, url, headers: Vec::new(), body: HttpBody::Empty, options };
                let sent = cx.ports.http.send(request);
                let answer = match self.0 {
                    Does::GivesUp => tokio::select! {
                        biased;
                        answer = sent => answer,
                        () = std::future::ready(()) => return Err(NodeError::new("no")),
                    },
                    _ => sent.await,
                };
                let answer = answer.map_err(|error| error.stop().unwrap_or_else(|| NodeError::new(error.message)))?;
                Ok(vec![Item::new(answer.status.into())])
            }
            Does::Cancels(cancel) => {
                cancel.cancel();
                std::future::pending().await
            }
            Does::Calls => {
                let value = cx.params.read(index, |params| params.string("value")).await?;
                let inline = serde_json::from_str(&value).map(SubworkflowSource::Inline);
                let source = inline.unwrap_or(SubworkflowSource::Reference(value));
                let call = SubworkflowCall { source, items: vec![item.clone()], wait: true };
                Ok(cx.ports.subworkflows.run(call).await?.iter().flat_map(ItemList::iter).cloned().collect())
            }
            _ => {
                cx.ports.clock.sleep(Duration::from_secs(3600)).await;
                Ok(vec![item.clone()])
            }
        }
    }
}
