//! What the engine does with the items of a paced node: which begin, what ends the run, what is put out.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "a test that cannot be set up must fail")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use node_sdk::paced::{Failed, Order, Pace, PacedRun, RunPaced, SendItem, Stops};
use node_sdk::{
    Descriptor, Effect, Item, ItemParams, Needs, Node, NodeError, PrepareContext, Prepared, Property, RunContext, VersionGroup, async_trait, rows,
};
use node_testkit::{Harness, Ran};
use serde_json::{Value, json};

/// Sends nothing, and does with each item what its `does` says: `done`, `unsent`, `refused`, `again`.
#[derive(Clone)]
struct Sender {
    pace: Pace,
    /// Items that were sent, each time.
    sent: Arc<Mutex<Vec<usize>>>,
}

struct SenderNode(Descriptor, Sender);

impl Node for SenderNode {
    fn descriptor(&self) -> &Descriptor {
        &self.0
    }

    fn prepare(&self, _: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::Paced(Box::new(self.1.clone())))
    }
}

#[async_trait]
impl RunPaced for Sender {
    async fn begin(&self, _: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError> {
        Ok(Arc::new(self.clone()))
    }

    fn repeats_items(&self) -> bool {
        true
    }
}

impl PacedRun for Sender {
    fn pace(&self) -> Pace {
        self.pace
    }

    fn draft(self: Arc<Self>, _: &RunContext, params: &ItemParams<'_>, item: &Item) -> Result<Box<dyn SendItem>, Failed> {
        let does = params.string("does").map_err(Failed::unsent)?;
        if does == "unsent" {
            return Err(Failed::unsent(NodeError::new("unsent")));
        }
        let record = item.json().unwrap()["record"].as_str().map(str::to_owned);
        Ok(Box::new(Sending { node: self, does, record, index: params.index(), tries: AtomicUsize::new(0) }))
    }
}

struct Sending {
    node: Arc<Sender>,
    does: String,
    record: Option<String>,
    index: usize,
    tries: AtomicUsize,
}

#[async_trait]
impl SendItem for Sending {
    fn record(&self) -> Option<&str> {
        self.record.as_deref()
    }

    async fn send(&mut self, _: &RunContext) -> Result<Vec<Item>, Failed> {
        self.node.sent.lock().unwrap().push(self.index);
        // So that items are in flight side by side.
        tokio::task::yield_now().await;
        let before = self.tries.fetch_add(1, Ordering::Relaxed);
        match self.does.as_str() {
            "refused" => Err(Failed::new(NodeError::new("refused"))),
            "again" if before == 0 => Err(Failed::new(NodeError::new("again")).again(true)),
            _ => Ok(vec![Item::new(json!(self.index))]),
        }
    }
}

fn pace(order: Order, stops: Stops) -> Pace {
    Pace { in_flight: 2, batching: None, order, stops }
}

/// What came of it, and which items were sent, in their order.
fn run(pace: Pace, does: &[&str], change: impl FnOnce(Harness) -> Harness) -> (Ran, Vec<usize>) {
    let sent = Arc::<Mutex<Vec<usize>>>::default();
    let descriptor = Descriptor {
        name: "test.sender".into(),
        display_name: "Sender".into(),
        description: "Does what its items say.".into(),
        trigger: false,
        needs: Needs::Item,
        effect: Effect::Once,
        versions: vec![VersionGroup::new(&[1.0], rows![Property::string("does")])].into(),
    };
    let node = Arc::new(SenderNode(descriptor, Sender { pace, sent: sent.clone() }));
    let items = does.iter().map(|does| json!({"does": does, "record": does.strip_prefix("of ")}));
    let ran = change(Harness::new(node).parameters(json!({"does": "={{ $json.does }}"})).input(items)).run();
    let sent = sent.lock().unwrap().clone();
    (ran, sent)
}

#[test]
fn which_errors_keep_later_items_from_beginning_and_which_ends_the_run() {
    let items = ["done", "refused", "unsent", "done", "done"];
    for (stops, message, sent) in
        [(Stops::Never, "refused", vec![0, 1, 3, 4]), (Stops::Unsent, "unsent", vec![0, 1]), (Stops::Any, "refused", vec![0, 1])]
    {
        let (ran, was_sent) = run(pace(Order::Free, stops), &items, |harness| harness);
        let item = if message == "unsent" { 2 } else { 1 };
        assert_eq!((ran.message(), ran.error.as_ref().unwrap().item, was_sent), (message, Some(item), sent), "{stops:?}");
    }
}

#[test]
fn a_node_that_goes_on_puts_an_item_in_the_place_of_each_that_failed() {
    let items = ["done", "unsent", "refused", "done"];
    let (ran, _) = run(pace(Order::Free, Stops::Any), &items, |harness| harness.field("onError", json!("continueRegularOutput")));
    let put_out: Vec<Value> = ran.json(0);
    assert_eq!(put_out, [json!(0), json!({"error": "unsent"}), json!({"error": "refused"}), json!(3)]);
    let paired: Vec<_> = ran.outputs[0].iter().map(|item| item.paired_item.as_ref().unwrap().origins()[0].0).collect();
    assert_eq!(paired, [0, 1, 2, 3]);
}

#[test]
fn only_items_that_failed_are_tried_again() {
    let harness = |harness: Harness| harness.field("retryOnFail", json!(true)).field("waitBetweenTries", json!(40));
    let ports = Mutex::new(None);
    let (ran, sent) = run(pace(Order::Free, Stops::Any), &["done", "again", "done"], |made| {
        *ports.lock().unwrap() = Some(made.ports());
        harness(made)
    });
    assert_eq!(ran.json(0), [0, 1, 2]);
    assert_eq!((sent.iter().filter(|index| **index == 1).count(), sent.len()), (2, 4));
    assert_eq!(ports.into_inner().unwrap().unwrap().clock.sleeps(), [Duration::from_millis(40)]);
}

#[test]
fn items_of_a_record_wait_for_each_other_and_others_overtake_them() {
    let (ran, sent) = run(pace(Order::ByRecord, Stops::Any), &["of a", "of a", "done", "of b"], |harness| harness);
    let place = |item: usize| sent.iter().position(|index| *index == item);
    assert!(place(0) < place(2) && place(2) < place(1), "{sent:?}");
    assert_eq!(ran.json(0), [0, 1, 2, 3]);
}
