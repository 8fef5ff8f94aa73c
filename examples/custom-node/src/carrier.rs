//! The node `example.carrier`: asks a service who carries each phone number.

use std::borrow::Cow;
use std::sync::Arc;

use node_sdk::paced::{Batching, Failed, Order, Pace, PacedRun, RunPaced, SendItem, Stops};
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest};
use node_sdk::{
    Descriptor, Effect, Item, ItemParams, Needs, Node, NodeError, PrepareContext, Prepared, Property, RunContext, VersionGroup, async_trait, json,
    rows,
};
use serde_json::Value;

static DESCRIPTOR: Descriptor = Descriptor {
    name: Cow::Borrowed("example.carrier"),
    display_name: Cow::Borrowed("Carrier"),
    description: Cow::Borrowed("Asks who carries a phone number."),
    trigger: false,
    needs: Needs::Item,
    effect: Effect::Repeatable,
    versions: Cow::Borrowed(&[VersionGroup::new(
        &[1.0],
        rows![
            Property::string("url").required().describe("The service's address for a number; mostly an expression."),
            Property::number("pause").default_int(0).describe("Milliseconds before every tenth number."),
        ],
    )]),
};

/// The node type.
pub(crate) struct Carrier;

impl Node for Carrier {
    fn descriptor(&self) -> &Descriptor {
        &DESCRIPTOR
    }

    fn prepare(&self, _cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        Ok(Prepared::Paced(Box::new(Self)))
    }
}

#[async_trait]
impl RunPaced for Carrier {
    async fn begin(&self, cx: &RunContext) -> Result<Arc<dyn PacedRun>, NodeError> {
        let pause = cx.params.read(0, |first| first.number("pause", 0.0)).await?;
        Ok(Arc::new(Run { batching: Batching::new(10.0, pause) }))
    }
}

/// What the items of a run share.
struct Run {
    batching: Batching,
}

impl PacedRun for Run {
    fn pace(&self) -> Pace {
        Pace { in_flight: 4, batching: Some(self.batching), order: Order::Free, stops: Stops::Any }
    }

    fn draft(self: Arc<Self>, cx: &RunContext, params: &ItemParams<'_>, item: &Item) -> Result<Box<dyn SendItem>, Failed> {
        let url = params.string("url").map_err(Failed::unsent)?;
        let options = HttpOptions { sender: Some(cx.sender(params.index())), ..HttpOptions::default() };
        let request = HttpRequest { method: "GET".to_owned(), url, headers: Vec::new(), body: HttpBody::Empty, options };
        Ok(Box::new(Lookup { request, item: item.clone() }))
    }
}

/// One item.
struct Lookup {
    request: HttpRequest,
    item: Item,
}

#[async_trait]
impl SendItem for Lookup {
    async fn send(&mut self, cx: &RunContext) -> Result<Vec<Item>, Failed> {
        let answer = cx.ports.http.send(self.request.clone()).await.map_err(Failed::unanswered)?;
        let body = json::parse_answer(&String::from_utf8_lossy(&answer.body)).unwrap_or(Value::Null);
        let Some(carrier) = body.get("carrier") else {
            return Err(Failed::new(NodeError::new(format!("The service does not know the number ({})", answer.status))));
        };
        let mut item = self.item.clone();
        item.json_mut()["carrier"] = carrier.clone();
        Ok(vec![item])
    }
}

#[cfg(test)]
mod tests {
    use node_testkit::{FakeHttp, Harness, assert_node_contract};
    use serde_json::json;

    use super::*;

    #[test]
    fn it_keeps_the_contract() {
        assert_node_contract(&(Arc::new(Carrier) as Arc<dyn Node>));
    }

    #[test]
    fn each_number_is_asked_for_in_its_turn() {
        let parameters = json!({"url": "=http://carriers.test/{{ $json.tel }}", "pause": 500});
        let numbers = (0..12).map(|i| json!({"tel": i}));
        let harness = Harness::new(Arc::new(Carrier)).parameters(parameters).field("onError", json!("continueRegularOutput")).input(numbers);
        let ports = harness.ports();
        ports.http.respond(|request| {
            let known = !request.url.ends_with("/7");
            Ok(FakeHttp::json(if known { 200 } else { 404 }, &if known { json!({"carrier": "Fala"}) } else { json!({}) }))
        });
        let ran = harness.run();
        assert_eq!((ran.json(0).len(), ran.json(0)[6].clone()), (12, json!({"tel": 6, "carrier": "Fala"})));
        assert_eq!(ran.json(0)[7], json!({"error": "The service does not know the number (404)"}));
        assert_eq!(ports.clock.sleeps().len(), 1, "a pause before the tenth number");
        assert!(ports.http.requests().iter().enumerate().all(|(i, request)| request.url == format!("http://carriers.test/{i}")));
    }
}
