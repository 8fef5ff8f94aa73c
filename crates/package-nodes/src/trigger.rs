//! Triggers of packages, as a run from the shell begins with them where it is given no items.
//!
//! n8n's own rule: one that polls is asked once; one that listens is begun and gives what comes first; one that is called hands on the one empty
//! item that a run by hand begins with.

use std::sync::Arc;

use async_trait::async_trait;
use node_sdk::error::codes;
use node_sdk::{Begins, Item, NodeError, Outputs, RunContext, RunTrigger, VersionGroup};
use serde_json::{Value, json};

use crate::run::{Job, Runner};

/// What to do where nothing can come.
pub(crate) const GIVE: &str = "Give what it would put out: `--input`, or pinned data in the file.";

/// How a trigger begins a run, by what its description says.
pub(crate) fn begins(group: Option<&VersionGroup>) -> Begins {
    let said = |key: &str| group.and_then(|group| group.extra.as_ref()?.get(key));
    let is_called = said("webhooks").and_then(Value::as_array).is_some_and(|webhooks| !webhooks.is_empty());
    match said("polling") == Some(&Value::Bool(true)) {
        true => Begins::Polls,
        false if is_called => Begins::Empty,
        false => Begins::ByItself,
    }
}

/// One that is called: nobody calls it here.
pub(crate) struct Called;

#[async_trait]
impl RunTrigger for Called {
    async fn run_by_hand(&self, _: &RunContext) -> Result<Outputs, NodeError> {
        Ok(Outputs::one(vec![Item::new(json!({}))]))
    }
}

/// One that needs what no box has.
pub(crate) struct Unable(pub(crate) String);

#[async_trait]
impl RunTrigger for Unable {
    async fn run_by_hand(&self, cx: &RunContext) -> Result<Outputs, NodeError> {
        Err(NodeError::coded(codes::UNAVAILABLE, format!("\"{}\" cannot begin a run: {}", cx.node.name, self.0)).help(GIVE))
    }
}

/// One whose code is run: it polls, or listens.
pub(crate) struct Asked {
    pub(crate) job: Job,
    pub(crate) runner: Arc<dyn Runner>,
    pub(crate) polls: bool,
}

#[async_trait]
impl RunTrigger for Asked {
    async fn run_by_hand(&self, cx: &RunContext) -> Result<Outputs, NodeError> {
        let begun = self.runner.begin(&self.job, cx).await;
        begun.map_err(|error| if self.polls || error.help.is_some() { error } else { error.help(GIVE) })
    }
}
