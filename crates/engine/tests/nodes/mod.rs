//! A node for tests that does what it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use engine::Cancel;
use node_sdk::error::codes;
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, Sender, SubworkflowCall, SubworkflowSource};
use node_sdk::{
    Descriptor, Effect, Item, ItemParams, Items, Needs, Node, NodeError, PrepareContext, Prepared, Property, RunContext, RunItem, VersionGroup,
    async_trait,
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
        needs: Needs::Item,
        effect: if matches!(does, Does::HandsOn) { Effect::None } else { Effect::Once },
        versions: vec![VersionGroup::new(&[1.0], const { &[Property::string("value")] })].into(),
    };
    Arc::new(Puppet { descriptor, does })
}

impl Node for Puppet {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn prepare(&self, _cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::Item(Box::new(Run { does: self.does.clone(), failed: AtomicUsize::new(0) })))
    }
}

struct Run {
    does: Does,
    failed: AtomicUsize,
}

#[async_trait]
impl RunItem for Run {
    async fn run_item(&self, cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize) -> Result<Items, NodeError> {
        let no = || Err(NodeError::new("no"));
        match &self.does {
            Does::HandsOn => Ok(Items::one(item)),
            Does::FailsAt(at) if index == *at => no(),
            Does::FailsTimes(times) if self.failed.fetch_add(1, Ordering::Relaxed) < *times => no(),
            Does::FailsAt(_) | Does::FailsTimes(_) => Ok(Items::one(item)),
            Does::PutsOut(items) => Ok(Items::many(items.as_array().unwrap().iter().cloned().map(Item::new))),
            Does::Panics => panic!("the puppet breaks"),
            Does::EndsDryRun => Err(NodeError::coded(codes::DRY_RUN_ENDED, "")),
            Does::Sends => {
                let (method, url) = ("POST".to_owned(), "http://localhost/".to_owned());
                let options = HttpOptions { sender: Some(Sender { node: cx.node.name.clone(), item: index }), ..HttpOptions::default() };
                let request = HttpRequest { method, url, headers: Vec::new(), body: HttpBody::Empty, options };
                let answer = cx.ports.http.send(request).await.map_err(|error| error.stop().unwrap_or_else(|| NodeError::new(error.message)))?;
                Ok(Items::one(Item::new(answer.status.into())))
            }
            Does::Sleeps => {
                cx.ports.clock.sleep(Duration::from_secs(3600)).await;
                Ok(Items::one(item))
            }
            Does::Cancels(cancel) => {
                cancel.cancel();
                std::future::pending().await
            }
            Does::Calls => {
                let value = params.string("value")?;
                let inline = serde_json::from_str(&value).map(SubworkflowSource::Inline);
                let source = inline.unwrap_or(SubworkflowSource::Reference(value));
                let call = SubworkflowCall { source, items: vec![item], wait: true };
                Ok(Items::many(cx.ports.subworkflows.run(call).await?.into_iter().flatten()))
            }
            Does::Evaluates => Ok(Items::one(Item::new(json!({"value": params.value("value")?})))),
        }
    }
}
