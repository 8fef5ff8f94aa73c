//! What a node's settings make of what it puts out; each fact was measured on n8n.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "a test that cannot be set up must fail; the puppet is shared")]

mod nodes;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use engine::{Cancel, Status, codes};
use node_sdk::Event;
use node_testkit::{FakeHttp, Harness, Ran};
use nodes::{Does, node};
use serde_json::{Value, json};

fn three() -> [Value; 3] {
    [json!({"i": 0}), json!({"i": 1}), json!({"i": 2})]
}

/// Fails for item 1 and hands the others on.
fn failing() -> Harness {
    Harness::new(node(Does::FailsAt(1))).input(three())
}

fn outputs(ran: &Ran) -> Vec<Vec<Value>> {
    (0..ran.outputs.len()).map(|output| ran.json(output)).collect()
}

fn pairs(ran: &Ran, output: usize) -> Vec<Value> {
    ran.outputs[output].iter().map(|item| item.paired_item.as_ref().map_or(Value::Null, |paired| paired.to_value())).collect()
}

#[test]
fn an_error_stops_the_run() {
    let ran = failing().run();
    assert_eq!((ran.result.status, ran.message()), (Status::Error, "no"));
    assert_eq!(ran.error.as_ref().and_then(|error| error.item), Some(1));
    assert_eq!(ran.error.as_ref().and_then(|error| error.node.as_deref()), Some("Node"));
    assert!(ran.outputs.is_empty());
}

#[test]
fn a_failed_item_goes_on_in_its_place() {
    for field in [("onError", json!("continueRegularOutput")), ("continueOnFail", json!(true))] {
        let ran = failing().field(field.0, field.1).run();
        assert_eq!(outputs(&ran), [[json!({"i": 0}), json!({"error": "no"}), json!({"i": 2})]]);
        assert_eq!(pairs(&ran, 0), [json!({"item": 0}), json!({"item": 1}), json!({"item": 2})]);
        assert_eq!(ran.result.status, Status::Success);
    }
}

#[test]
fn the_error_output_holds_the_failed_items_with_the_fields_they_had() {
    let ran = failing().field("onError", json!("continueErrorOutput")).run();
    assert_eq!(outputs(&ran), [vec![json!({"i": 0}), json!({"i": 2})], vec![json!({"i": 1, "error": "no"})]]);
}

#[test]
fn a_node_that_throws_and_goes_on_hands_its_input_on() {
    // The node is told to stop, so it throws; the older setting makes the run go on.
    let ran = failing().field("onError", json!("stopWorkflow")).field("continueOnFail", json!(true)).run();
    assert_eq!(outputs(&ran), [three()]);
    assert_eq!(ran.message(), "no");
    // It was the last run of all.
    assert_eq!(ran.result.status, Status::Error);
}

#[test]
fn retries_wait_and_are_counted() {
    for (tries, wait, expected) in [(json!(null), json!(null), vec![1000; 2]), (json!(9), json!(9000), vec![5000; 4]), (json!(1), json!(7), vec![7])]
    {
        let harness = failing().field("retryOnFail", json!(true)).field("maxTries", tries).field("waitBetweenTries", wait);
        let ports = harness.ports();
        assert_eq!(harness.run().message(), "no");
        let slept: Vec<u64> = ports.clock.sleeps().iter().map(|slept| slept.as_millis() as u64).collect();
        assert_eq!(slept, expected);
    }
    let ran = Harness::new(node(Does::FailsTimes(2))).input(three()).field("retryOnFail", json!(true)).run();
    assert_eq!(outputs(&ran), [three()]);
}

#[test]
fn only_the_first_item() {
    let ran = Harness::new(node(Does::HandsOn)).input(three()).field("executeOnce", json!(true)).run();
    assert_eq!(outputs(&ran), [[json!({"i": 0})]]);
}

#[test]
fn always_output_data_makes_one_item_paired_with_all() {
    let ran = Harness::new(node(Does::PutsOut(json!([])))).input(three()).field("alwaysOutputData", json!(true)).run();
    assert_eq!(outputs(&ran), [[json!({})]]);
    let all = json!([{"item": 0, "input": 0}, {"item": 1, "input": 0}, {"item": 2, "input": 0}]);
    assert_eq!(pairs(&ran, 0), [all]);
}

#[test]
fn a_disabled_node_hands_on_and_pays_no_heed_to_execute_once() {
    let ran = failing().field("disabled", json!(true)).field("executeOnce", json!(true)).run();
    assert_eq!(outputs(&ran), [three()]);
}

#[test]
fn json_null_breaks_the_run_without_a_record() {
    let ran = Harness::new(node(Does::PutsOut(json!([null])))).input(three()).field("onError", json!("continueRegularOutput")).run();
    assert_eq!(ran.message(), "Cannot read properties of null (reading '$error')");
    assert_eq!(ran.result.status, Status::Error);
    assert!(!ran.result.nodes.contains_key("Node"));
}

#[test]
fn a_panic_fails_the_node_alone() {
    let ran = Harness::new(node(Does::Panics)).input(three()).field("onError", json!("continueRegularOutput")).run();
    assert_eq!(ran.error.as_ref().map(|error| error.code.clone()), Some(codes::NODE_BROKE));
    assert_eq!(outputs(&ran), [three()]);
}

#[test]
fn a_dry_run_ends_branches_without_an_error() {
    let ran = Harness::new(node(Does::EndsDryRun)).input(three()).run();
    assert_eq!((ran.result.status, outputs(&ran)), (Status::Success, vec![vec![]]));
}

#[test]
fn a_request_that_the_node_gave_up_may_have_been_done() {
    let harness = Harness::new(node(Does::GivesUp)).input(three());
    harness.ports().http.hang();
    let ran = harness.run();
    let error = ran.error.as_ref().unwrap();
    assert!(error.description.as_ref().unwrap().contains("not known what they did: 1."), "{error:?}");
    assert_eq!((ran.result.unknown_outcomes(), ran.message()), (1, "no"));
    let ran = Harness::new(node(Does::Sends)).input(three()).run();
    assert_eq!(ran.result.unknown_outcomes(), 0);
}

#[test]
fn time_and_people_stop_a_run_and_what_was_done_stays() {
    let ran = Harness::new(node(Does::Sleeps)).input(three()).options(|options| options.timeout = Some(Duration::from_secs(5))).run();
    assert_eq!((ran.result.status, ran.error.as_ref().map(|error| error.code.clone())), (Status::Canceled, Some(codes::TIMEOUT)));
    assert_eq!(ran.result.order.len(), 3, "the nodes before have run, and it is told which one was at work");

    let cancel = Cancel::default();
    let harness = Harness::new(node(Does::Cancels(cancel.clone()))).input(three()).options(|options| options.cancel = cancel);
    let ran = harness.run();
    assert_eq!((ran.result.status, ran.error.as_ref().map(|error| error.code.clone())), (Status::Canceled, Some(codes::CANCELED)));
}

#[test]
fn what_a_node_did_before_the_run_was_stopped_is_put_out() {
    let cancel = Cancel::default();
    let given = cancel.clone();
    let harness = Harness::new(node(Does::Sends)).input((0..5).map(|i| json!({"i": i}))).options(|options| options.cancel = given);
    let sent = AtomicUsize::new(0);
    harness.ports().http.respond(move |_| {
        if sent.fetch_add(1, Ordering::Relaxed) == 2 {
            cancel.cancel();
        }
        Ok(FakeHttp::json(200, &json!({})))
    });
    let ran = harness.run();
    let error = ran.error.as_ref().unwrap();
    assert_eq!((ran.result.status, error.code.clone(), error.node.as_deref()), (Status::Canceled, codes::CANCELED, Some("Node")));
    assert_eq!(ran.json(0), [200, 200, 200]);
}

#[test]
fn many_items_are_handled_in_chunks_that_tell_of_themselves() {
    let ran = Harness::new(node(Does::HandsOn)).input((0..1200).map(|i| json!({"i": i}))).run();
    assert_eq!(ran.json(0)[1199], json!({"i": 1199}));
    let progress: Vec<usize> = ran
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Progress { done, total: 1200, .. } => Some(*done),
            _ => None,
        })
        .collect();
    assert_eq!(progress, [500, 1000, 1200]);
}

#[test]
fn what_n8n_swallows_is_said_once_and_is_an_error_when_strict() {
    let harness = || Harness::new(node(Does::Evaluates)).parameters(json!({"value": "={{ $json.no.deep }}"})).input(three());
    let ran = harness().run();
    assert_eq!(outputs(&ran), [[json!({"value": null}), json!({"value": null}), json!({"value": null})]]);
    let notices: Vec<_> = ran
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Notice { parameter, item, .. } => Some((parameter.as_deref(), *item)),
            _ => None,
        })
        .collect();
    assert_eq!(notices, [(Some("value"), Some(0))]);
    let strict = harness().options(|options| options.strict = true).run();
    assert_eq!(strict.error.as_ref().map(|error| error.code.as_str()), Some("KV0306"));
}
