//! Nodes that send requests for each item, at n8n's pace.

use std::sync::Arc;
use std::time::Duration;

use crate::context::RunContext;
use crate::error::{NodeError, codes};
use crate::item::Item;
use crate::json::check_depth;
use crate::params::ItemParams;
use crate::ports::{HttpError, HttpErrorKind};

/// A node that sends requests for each of its items.
///
/// It says how an item becomes a request, and sends it. The engine owns the rest: pauses, how many are in flight, order, tries, what
/// becomes of an error, pairing, progress.
///
/// ```
/// use std::sync::Arc;
///
/// use node_sdk::paced::{Failed, Order, Pace, PacedRun, RunPaced, SendItem, Stops};
/// use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest};
/// use node_sdk::{Item, ItemParams, NodeError, RunContext, async_trait};
///
/// /// Fetches an address for each item, and puts out the status of the answer.
/// struct Fetch;
///
/// #[async_trait]
/// impl RunPaced for Fetch {
///     async fn begin(&self, _: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError> {
///         Ok(Arc::new(Fetch))
///     }
/// }
///
/// impl PacedRun for Fetch {
///     fn pace(&self) -> Pace {
///         Pace { in_flight: 8, batching: None, order: Order::Free, stops: Stops::Any }
///     }
///
///     fn draft(self: Arc<Self>, cx: &RunContext, params: &ItemParams<'_>, _: &Item) -> Result<Box<dyn SendItem>, Failed> {
///         let url = params.string("url").map_err(Failed::unsent)?;
///         let options = HttpOptions { sender: Some(cx.sender(params.index())), ..HttpOptions::default() };
///         Ok(Box::new(Request(HttpRequest { method: "GET".into(), url, headers: Vec::new(), body: HttpBody::Empty, options })))
///     }
/// }
///
/// struct Request(HttpRequest);
///
/// #[async_trait]
/// impl SendItem for Request {
///     async fn send(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failed> {
///         let answer = cx.ports.http.send(self.0.clone()).await.map_err(Failed::unanswered)?;
///         Ok(vec![Item::new(answer.status.into())])
///     }
/// }
/// ```
#[async_trait::async_trait]
pub trait RunPaced: Send + Sync {
    /// Begins a run of the node: gets what all its items share, such as a credential, tokens, and options that are read once.
    async fn begin(&self, cx: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError>;

    /// Whether `retryOnFail` repeats the items that failed ([`Failed::again`]), each in its turn. Else the engine runs the node again with
    /// all items, also with those that were done.
    fn repeats_items(&self) -> bool {
        false
    }

    /// Whether it goes on after requests of which nobody knows if they were done, and its items do not say so. Then the engine counts
    /// them for those who read the result.
    fn leaves_outcomes_untold(&self) -> bool {
        false
    }
}

/// One run of a paced node.
pub trait PacedRun: Send + Sync {
    /// When items begin, and what ends the run.
    fn pace(&self) -> Pace;

    /// The batching that an item asks for, where each may ask for another one.
    fn batching(&self, params: &ItemParams<'_>) -> Option<Batching> {
        let _ = params;
        self.pace().batching
    }

    /// Reads everything that the requests of an item need. It reads and does nothing else: it may be called twice
    /// ([`crate::Params::read`]). The engine calls it in the order of the items.
    fn draft(self: Arc<Self>, cx: &RunContext, params: &ItemParams<'_>, item: &Item) -> Result<Box<dyn SendItem>, Failed>;
}

/// An item that is ready to be sent.
#[async_trait::async_trait]
pub trait SendItem: Send {
    /// The record that it writes to: the items of a record are sent one after the other ([`Order::ByRecord`]).
    fn record(&self) -> Option<&str> {
        None
    }

    /// Sends its requests, and makes items of the answers. An item that does not say what it comes from is paired with the one that was
    /// sent for; one whose pairing is an empty list is left unpaired. Called again where the node repeats items that failed.
    async fn send(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failed>;
}

/// When the items of a paced node begin.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// At most so many items are in flight; at least 1.
    pub in_flight: usize,
    /// Pauses between batches.
    pub batching: Option<Batching>,
    /// Which item is next.
    pub order: Order,
    /// Which errors keep later items from beginning. What is in flight is awaited all the same.
    pub stops: Stops,
}

/// Which item is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The one behind the last that has begun.
    Free,
    /// The same, but the items of a record wait for each other, and others overtake them. With batching none overtakes another.
    ByRecord,
}

/// Which errors keep later items from beginning, in a node that does not go on after errors. A stop of the run always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stops {
    /// None: the node waits for all items, and ends with the error of the first one that failed.
    Never,
    /// Those of items that were not sent, which then also end the run before all others.
    Unsent,
    /// Any.
    Any,
}

/// Why an item failed.
#[derive(Debug)]
pub struct Failed {
    /// The error that ends the node's run.
    pub error: Box<NodeError>,
    /// What stands for the item where the node goes on after errors; `None`: n8n's common form, `{"error": message}`.
    pub item: Option<Box<Item>>,
    /// It ends the node's run there too: the end of a dry run.
    pub ends: bool,
    /// Nothing of it was sent: a parameter, a file or a credential is not right.
    pub unsent: bool,
    /// Another try may help, and does no harm.
    pub again: bool,
}

impl Failed {
    /// An item that was sent.
    pub fn new(error: NodeError) -> Self {
        Self { error: Box::new(error), item: None, ends: false, unsent: false, again: false }
    }

    /// An item of which nothing was sent.
    pub fn unsent(error: NodeError) -> Self {
        Self { unsent: true, ..Self::new(error) }
    }

    /// An item whose request came to no answer. A dry run ends there.
    pub fn unanswered(error: HttpError) -> Self {
        let ends = error.kind == HttpErrorKind::HeldBack;
        let code = if ends { codes::DRY_RUN_ENDED } else { codes::NODE_FAILED };
        let told = error.stop().unwrap_or_else(|| NodeError::coded(code, error.message));
        Self { ends, ..Self::new(told) }
    }

    /// With the item that stands for it where the node goes on after errors. One that is nested too deep, as what a server said may be,
    /// gives way to n8n's common form.
    #[must_use]
    pub fn item(self, item: Item) -> Self {
        let shallow = item.json().is_none_or(|json| check_depth(json, 0).is_ok());
        Self { item: shallow.then(|| Box::new(item)), ..self }
    }

    /// With whether another try may help.
    #[must_use]
    pub fn again(self, again: bool) -> Self {
        Self { again, ..self }
    }
}

/// The longest timer of Node.js, in milliseconds.
const LONGEST: f64 = 2_147_483_647.0;

/// n8n's batching: it waits before each item whose index is a multiple of the batch size, and not for the batch, so batches overlap
/// when answers are slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// Items a batch, at least 1.
    pub size: usize,
    /// The pause before each batch but the first. Zero: no batching at all.
    pub interval: Duration,
}

impl Batching {
    /// From n8n's `batchSize` and `batchInterval` (milliseconds): a size of 0 or less means 1, an interval of 0 or less none.
    pub fn new(size: f64, interval_ms: f64) -> Self {
        let size = if size >= 1.0 { size as usize } else { 1 };
        let interval = if interval_ms > 0.0 { Duration::from_millis(interval_ms.min(LONGEST) as u64) } else { Duration::ZERO };
        Self { size, interval }
    }

    /// How long to wait before item `index` begins.
    pub fn pause_before(&self, index: usize) -> Option<Duration> {
        (index > 0 && !self.interval.is_zero() && index.is_multiple_of(self.size)).then_some(self.interval)
    }
}
