//! The descriptions of the nodes: words of our own here, versions and parameters read from `description.json` beside each node.
//! `example.json` holds parameters as one would really set them.

use std::borrow::Cow;

use node_sdk::{Descriptor, Effect, Needs};
use serde_json::Value;

/// Reads an `example.json`; a test wants one of every node.
pub(crate) fn example(json: &str) -> Option<Value> {
    serde_json::from_str(json).ok()
}

/// What a node's file says of it; the rest comes from its description JSON.
pub(crate) struct About {
    /// Full type name.
    pub(crate) name: &'static str,
    /// Name for people.
    pub(crate) display_name: &'static str,
    /// One sentence.
    pub(crate) description: &'static str,
    /// Whether a run can begin here.
    pub(crate) trigger: bool,
    /// What it must see before it puts out anything.
    pub(crate) needs: Needs,
    /// What it does to the world.
    pub(crate) effect: Effect,
    /// n8n's description of its versions.
    pub(crate) json: &'static str,
}

impl About {
    /// A node that does nothing to the world.
    pub(crate) const fn pure(name: &'static str, display_name: &'static str, description: &'static str, needs: Needs, json: &'static str) -> Self {
        Self { name, display_name, description, trigger: false, needs, effect: Effect::None, json }
    }

    /// A node that starts a run.
    pub(crate) const fn trigger(name: &'static str, display_name: &'static str, description: &'static str, json: &'static str) -> Self {
        Self { name, display_name, description, trigger: true, needs: Needs::All, effect: Effect::None, json }
    }

    /// The descriptor. Reads the JSON, so keep what it gives.
    pub(crate) fn read(&self) -> Descriptor {
        #[expect(clippy::expect_used, reason = "the JSON is compiled in; a test reads every one of them")]
        let versions = node_sdk::description::read_groups(self.json).expect("description.json fits the vocabulary");
        Descriptor {
            name: Cow::Borrowed(self.name),
            display_name: Cow::Borrowed(self.display_name),
            description: Cow::Borrowed(self.description),
            trigger: self.trigger,
            needs: self.needs,
            effect: self.effect,
            versions: Cow::Owned(versions),
        }
    }
}
