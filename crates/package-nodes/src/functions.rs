//! The functions that stand in the description of a declarative node, and what they are given.

use async_trait::async_trait;
use bytes::Bytes;
use node_sdk::error::codes;
use node_sdk::{Item, NodeError};
use serde_json::{Map, Value};

/// Items of a node that are at work side by side: n8n starts all requests at once; we keep to so many.
pub(crate) const IN_FLIGHT: usize = 64;

/// A place in a description: the keys and indices that lead to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Place(Vec<Value>);

impl Place {
    pub(crate) fn new(key: &str) -> Self {
        Self(vec![key.into()])
    }

    pub(crate) fn below(&self, key: &str) -> Self {
        Self(self.0.iter().cloned().chain([key.into()]).collect())
    }

    pub(crate) fn at(&self, index: usize) -> Self {
        Self(self.0.iter().cloned().chain([index.into()]).collect())
    }

    /// With dots between the keys.
    pub(crate) fn shown(&self) -> String {
        self.0.iter().map(node_sdk::json::to_js_string).collect::<Vec<_>>().join(".")
    }

    /// As a list.
    pub fn to_value(&self) -> Value {
        Value::Array(self.0.clone())
    }
}

/// An answer as the description and its functions see it: `{body, headers, statusCode, statusMessage}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The whole; its `body` is null where it is bytes.
    pub full: Value,
    /// The body where bytes were asked for.
    pub bytes: Option<Bytes>,
}

/// Options of a request, as `httpRequest` takes them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// By their names.
    pub options: Map<String, Value>,
    /// What `{"$buffer": N}` in them stands for.
    pub buffers: Vec<Bytes>,
}

/// The functions that stand in the description of a declarative node, at its disposal for one run. Options are n8n's of `httpRequest`, with the
/// bytes that `{"$buffer": N}` in them stands for.
#[async_trait]
pub trait Functions: Send + Sync {
    /// An item is under way until what this gives is dropped: as long as another one than those that functions work for is, a function may wait for it.
    fn under_way(&self) -> Box<dyn Send>;

    /// Has functions change the options of an item's request, one after the other (`preSend`).
    ///
    /// # Errors
    /// What one of them threw, or why it cannot run.
    async fn before(&self, item: &Input, places: &[Place], options: Options) -> Result<Options, NodeError>;

    /// Has a function make items of the items of an answer (`postReceive`).
    ///
    /// # Errors
    /// What it threw, or why it cannot run.
    async fn after(&self, item: &Input, place: &Place, items: Vec<Item>, answer: &Answer) -> Result<Vec<Item>, NodeError>;

    /// Has a function ask for page after page (`pagination`): each time it asks, `request` sends and makes items.
    ///
    /// # Errors
    /// What it threw, or why it cannot run.
    async fn pages(&self, item: &Input, place: &Place, options: Options, request: &dyn Request) -> Result<Vec<Item>, NodeError>;
}

/// Of a runner that runs none.
pub(crate) struct NoFunctions;

impl NoFunctions {
    fn error() -> NodeError {
        NodeError::coded(codes::UNAVAILABLE, "Functions of a node's description cannot run here")
    }
}

#[async_trait]
impl Functions for NoFunctions {
    fn under_way(&self) -> Box<dyn Send> {
        Box::new(())
    }

    async fn before(&self, _: &Input, _: &[Place], _: Options) -> Result<Options, NodeError> {
        Err(Self::error())
    }

    async fn after(&self, _: &Input, _: &Place, _: Vec<Item>, _: &Answer) -> Result<Vec<Item>, NodeError> {
        Err(Self::error())
    }

    async fn pages(&self, _: &Input, _: &Place, _: Options, _: &dyn Request) -> Result<Vec<Item>, NodeError> {
        Err(Self::error())
    }
}

/// An item that came in.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its place among them.
    pub index: usize,
    /// The item.
    pub item: Item,
}

/// Sends a request for a function that asks for pages.
#[async_trait]
pub trait Request: Send + Sync {
    /// Sends it, and makes items of the answer. Whether the function `paused` before it asked is known to it.
    ///
    /// # Errors
    /// There is no answer, or it is no success.
    async fn send(&self, options: Options, paused: bool) -> Result<Vec<Item>, NodeError>;
}
