//! What is found before a run, and what of it keeps the run from starting.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "a test that cannot be set up must fail; the puppet is shared")]

mod nodes;

use engine::codes;
use engine::{Blocking, CheckOptions, Found, Workflow, check};
use node_sdk::node::Level;
use node_sdk::{ErrorCode, Registry};
use nodes::{Does, node};
use serde_json::{Value, json};

/// Start -> the node; the node gets the fields given.
fn workflow(fields: Value) -> Value {
    let mut node = json!({"name": "Node", "type": "test.puppet", "typeVersion": 1, "parameters": {"value": "x"}});
    for (key, value) in fields.as_object().unwrap() {
        node[key] = value.clone();
    }
    json!({
        "nodes": [{"name": "Start", "type": "test.puppet", "parameters": {"value": "x"}}, node],
        "connections": {"Start": {"main": [[{"node": "Node", "type": "main", "index": 0}]]}}
    })
}

fn found(workflow: Value, use_pins: bool) -> Vec<Found> {
    let text = serde_json::to_string_pretty(&workflow).unwrap();
    let workflow = Workflow::parse(&text, "flow.json").unwrap();
    let registry = Registry::new().with(vec![node(Does::HandsOn)]);
    check(&workflow, &registry, &CheckOptions { start: Some("Start".into()), use_pins, ..CheckOptions::default() })
}

type Expected = (ErrorCode, Level, Option<Blocking>);

#[test]
fn findings_and_what_they_block() {
    const UNSUPPORTED: Option<Blocking> = Some(Blocking::Unsupported);
    let cases: Vec<(Value, Option<Expected>)> = vec![
        (json!({}), None),
        (json!({"type": "n8n-nodes-base.sett"}), Some((codes::UNKNOWN_TYPE, Level::Error, UNSUPPORTED))),
        (json!({"type": "n8n-nodes-base.sett", "disabled": true}), Some((codes::UNKNOWN_TYPE, Level::Error, UNSUPPORTED))),
        (json!({"type": "n8n-nodes-base.slack"}), Some((codes::UNSUPPORTED_TYPE, Level::Error, UNSUPPORTED))),
        (json!({"type": "n8n-nodes-base.slack", "disabled": true}), Some((codes::UNSUPPORTED_TYPE, Level::Note, None))),
        (json!({"type": "community.thing"}), Some((codes::UNSUPPORTED_TYPE, Level::Error, UNSUPPORTED))),
        (json!({"typeVersion": 7}), Some((codes::UNSUPPORTED_VERSION, Level::Error, UNSUPPORTED))),
        (json!({"parameters": {"value": "={{ $json. }}"}}), Some((codes::SYNTAX, Level::Error, None))),
        (json!({"parameters": {"value": "={{ $('Strat').item.json.a }}"}}), Some((codes::UNKNOWN_NODE, Level::Error, None))),
        (json!({"parameters": {"value": "={{ $('Start').item.json.a }}"}}), None),
    ];
    for (fields, expected) in cases {
        let found = found(workflow(fields.clone()), false);
        let seen: Vec<_> = found.iter().map(|f| (f.diagnostic.code.as_str(), f.diagnostic.level, f.blocking)).collect();
        let expected: Vec<_> = expected.iter().map(|(code, level, blocking)| (code.as_str(), *level, *blocking)).collect();
        assert_eq!(seen, expected, "{fields}");
        assert!(found.iter().all(|found| found.diagnostic.at.is_some()), "{fields}: says where");
    }
}

#[test]
fn a_pinned_node_need_not_be_supported() {
    let mut flow = workflow(json!({"type": "n8n-nodes-base.slack"}));
    flow["pinData"] = json!({"Node": [{"json": {}}]});
    assert!(found(flow.clone(), true).iter().all(|found| found.blocking.is_none()));
    assert!(found(flow, false).iter().any(|found| found.blocking.is_some()));
}

#[test]
fn what_cannot_be_reached_does_not_block() {
    let mut flow = workflow(json!({"type": "community.thing"}));
    flow["connections"] = json!({});
    assert!(found(flow, true).iter().all(|found| found.blocking.is_none()));
}

#[test]
fn connections_to_nothing_are_said_with_their_place() {
    let mut flow = workflow(json!({}));
    flow["connections"]["Start"]["main"][0][0]["node"] = json!("Nod");
    let found = found(flow, true);
    let [only] = &found[..] else { panic!("{found:?}") };
    assert_eq!((only.diagnostic.code.as_str(), only.blocking), (codes::CONNECTION.as_str(), None));
    assert_eq!(only.diagnostic.help.as_deref(), Some("Did you mean \"Node\"?"));
    assert!(only.diagnostic.at.is_some());
}

#[test]
fn connections_to_inputs_and_outputs_that_are_not_there_are_reported() {
    let joined = |kind: &str, output: usize, index: usize| {
        let mut outputs = vec![json!([]); output];
        outputs.push(json!([{"node": "Node", "type": kind, "index": index}]));
        let mut flow = workflow(json!({}));
        flow["connections"] = json!({"Start": {kind: outputs}});
        flow
    };
    let cases =
        [(joined("main", 0, 99), "no input 99"), (joined("main", 3, 0), "no output 3"), (joined("__proto__", 0, 0), "\"__proto__\" is no kind")];
    for (flow, message) in cases {
        let found = found(flow, true);
        let [only] = &found[..] else { panic!("{message}: {found:?}") };
        assert_eq!((only.diagnostic.code.as_str(), only.diagnostic.level, only.blocking), (codes::PORT.as_str(), Level::Warning, None));
        assert!(only.diagnostic.message.contains(message) && only.diagnostic.at.is_some(), "{only:?}");
    }
    for fine in [joined("main", 0, 0), joined("ai_tool", 5, 0)] {
        assert!(found(fine, true).iter().all(|found| found.diagnostic.code != codes::PORT.as_str()));
    }
}

#[test]
fn a_sub_node_has_the_path_of_the_node_that_it_serves() {
    let part = |name: &str, value: &str| json!({"name": name, "type": "test.puppet", "parameters": {"value": value}});
    let to = |kind: &str, node: &str| json!({kind: [[{"node": node, "type": kind, "index": 0}]]});
    let flow = |memory: &str| {
        json!({
            "nodes": [part("Start", "x"), part("Agent", "x"), part("Store", "x"), part("Memory", memory), part("After", "x")],
            "connections": {
                "Start": to("main", "Agent"), "Agent": to("main", "After"), "Store": to("ai_tool", "Agent"), "Memory": to("ai_embedding", "Store"),
            },
        })
    };
    assert_eq!(found(flow("={{ $('Start').item.json.a }}"), true), [], "over the store to the agent");
    for beside in ["={{ $('After').item.json.a }}", "={{ $('Store').item.json.a }}"] {
        let found = found(flow(beside), true);
        let [only] = &found[..] else { panic!("{found:?}") };
        assert_eq!(only.diagnostic.code, codes::NOT_ABOVE.as_str());
    }
}

#[test]
fn nodes_that_no_run_gets_to_are_said_once_for_each_part() {
    let part = |name: &str| json!({"name": name, "type": "test.puppet", "parameters": {"value": "x"}});
    let to = |node: &str| json!({"main": [[{"node": node, "type": "main", "index": 0}]]});
    let flow = json!({
        "nodes": [part("Start"), part("Lost"), part("Behind"), part("Round"), part("About"), {"name": "Off", "type": "test.puppet", "disabled": true}],
        "connections": {"Lost": to("Behind"), "Round": to("About"), "About": to("Round")},
    });
    let found = found(flow, true);
    let named: Vec<_> = found.iter().map(|found| (found.diagnostic.code.as_str(), found.diagnostic.node.as_deref().unwrap())).collect();
    assert_eq!(named, [(codes::UNREACHED.as_str(), "Lost"), (codes::UNREACHED.as_str(), "Round")]);
}
