//! Where a run begins, what is connected to what, what a type name means, what fits a schema.

#![allow(clippy::unwrap_used, reason = "tests")]

use node_sdk::description::read_groups;
use node_sdk::names::did_you_mean;
use node_sdk::{Descriptor, Effect, Needs};
use serde_json::{Value, json};
use workflow::Workflow;
use workflow::names::{Unknown, unknown};
use workflow::schema::{NodeType, Validator, node_schema};
use workflow::start::StartError;

fn nodes(list: &[(&str, &str, bool)], pinned: &[&str]) -> Workflow {
    let nodes: Vec<Value> = list.iter().map(|(name, kind, disabled)| json!({"name": name, "type": kind, "disabled": disabled})).collect();
    let pins: serde_json::Map<String, Value> = pinned.iter().map(|name| ((*name).to_owned(), json!([{}]))).collect();
    Workflow::from_value(json!({"nodes": nodes, "pinData": pins})).unwrap()
}

const MANUAL: &str = "n8n-nodes-base.manualTrigger";
const HOOK: &str = "n8n-nodes-base.webhook";
const SUB: &str = "n8n-nodes-base.executeWorkflowTrigger";

#[test]
fn the_start_follows_n8n_s_rule() {
    let all = |list: &[(&str, &str, bool)], pinned: &[&str], name: Option<&str>, pins: bool| {
        nodes(list, pinned).start_node(name, pins, |node| node.type_name == "cron" || node.type_name == HOOK).map(|node| node.name.clone())
    };
    let started = |list: &[(&str, &str, bool)], pinned: &[&str]| all(list, pinned, None, true);
    assert_eq!(started(&[("A", "set", false), ("B", MANUAL, true), ("C", MANUAL, false)], &[]).unwrap(), "B");
    assert_eq!(started(&[("B", MANUAL, false), ("C", SUB, false)], &[]).unwrap(), "C");
    assert_eq!(started(&[("A", "n8n-nodes-base.start", false), ("B", "cron", false)], &[]).unwrap(), "A");
    assert_eq!(started(&[("A", "cron", true), ("B", "cron", false)], &[]).unwrap(), "B");
    let two = [("A", "cron", false), ("B", "cron", false)];
    assert_eq!(started(&two, &["B"]).unwrap(), "B");
    assert_eq!(started(&two, &["A", "B"]).unwrap_err(), StartError::Several { candidates: vec!["A".into(), "B".into()] });
    let called = [("A", HOOK, false), ("B", "cron", false)];
    assert_eq!(started(&called, &["A", "B"]).unwrap(), "B");
    assert!(matches!(started(&called, &[]), Err(StartError::Several { .. })), "nothing pinned: the choice is the user's");
    assert_eq!(started(&called, &["A"]).unwrap(), "A");
    assert!(matches!(started(&[("A", HOOK, false), ("B", HOOK, false)], &[]), Err(StartError::Several { .. })));
    assert!(matches!(all(&two, &["B"], None, false), Err(StartError::Several { .. })));
    assert_eq!(all(&two, &[], Some("B"), true).unwrap(), "B");
    assert_eq!(started(&[("A", "set", false)], &[]).unwrap_err(), StartError::None);
    let typo = nodes(&[("Create user", "set", false)], &[]);
    assert_eq!(
        typo.start_node(Some("create usr"), true, |_| false).unwrap_err(),
        StartError::Unknown { name: "create usr".into(), suggestion: Some("Create user".into()) }
    );
}

#[test]
fn unknown_types_are_told_apart() {
    let ours = ["konverte", "n8n-nodes-base.set"];
    assert!(matches!(unknown("n8n-nodes-base.slack", ours), Unknown::OfN8n { versions } if !versions.is_empty()));
    assert!(matches!(unknown("n8n-nodes-base.slackTool", ours), Unknown::OfN8n { .. }), "n8n derives it for agents");
    assert!(matches!(unknown("n8n-nodes-base.ifTool", ours), Unknown::NotInN8n { .. }), "agents cannot use it");
    assert_eq!(unknown("n8n-nodes-base.sett", ours), Unknown::NotInN8n { suggestion: Some("n8n-nodes-base.set".into()) });
    assert_eq!(unknown("konvert", ours), Unknown::Community { suggestion: Some("konverte".into()) });
    assert_eq!(unknown("zzz", ours), Unknown::Community { suggestion: None });
    assert_eq!(did_you_mean("Crete A Usr", ["Create A User", "Delete A User"]), Some("Create A User"));
}

fn sample() -> Descriptor {
    let groups = read_groups(
        r#"[{"versions": [1], "properties": [
        {"name": "mode", "type": "options", "default": "a", "options": ["a", "b"], "displayOptions": {"show": {"x": [1]}}},
        {"name": "mode", "type": "options", "default": "c", "options": ["c"], "displayOptions": {"show": {"x": [2]}}},
        {"name": "count", "type": "number", "default": 1},
        {"name": "resource", "type": "options", "default": "team", "options": ["team", "contact"]},
        {"name": "operation", "type": "options", "default": "add a", "options": [
            "add a", "add b", "add c", "add d", "add e", "add f", "add g", "add h", "add i", "add j", "add k", "add l", "add m", "add n", "add o", "add p", "add q", "add r", "add s", "add t", "add u"]},
        {"name": "rows", "type": "fixedCollection", "default": {}, "typeOptions": {"multipleValues": true}, "options": [
            {"name": "row", "values": [{"name": "on", "type": "boolean", "default": false}]}]}]}]"#,
    )
    .unwrap();
    Descriptor {
        name: "n8n-nodes-base.sample".into(),
        display_name: "Sample".into(),
        description: "For this test.".into(),
        trigger: false,
        needs: Needs::Item,
        effect: Effect::None,
        versions: groups.into(),
    }
}

#[test]
fn files_are_checked_against_the_schema() {
    let descriptor = sample();
    let node_type = NodeType::new(&descriptor, &[], "nodes/sample.schema.json".into());
    let validator = Validator::new(std::slice::from_ref(&node_type)).unwrap();
    let check = |parameters: Value| {
        let text = json!({"nodes": [{"name": "S", "type": "n8n-nodes-base.sample", "typeVersion": 1, "parameters": parameters}], "connections": {}})
            .to_string();
        let workflow = Workflow::parse(&text, "f.json").unwrap();
        validator.check(&workflow)
    };
    let findings = |parameters| check(parameters).into_iter().map(|m| (m.parameter.unwrap(), m.message)).collect::<Vec<_>>();
    assert_eq!(check(json!({"operation": "addd b"}))[0].help.as_deref(), Some("Did you mean \"add b\"?"));
    assert_eq!(findings(json!({"mode": "c", "count": "5", "rows": {"row": [{"on": "={{ true }}"}]}, "unknown": 1})), []);
    assert_eq!(findings(json!({"mode": "={{ 1 }}", "count": null})), []);
    for (parameters, path, message) in [
        (json!({"mode": "z"}), "mode", "\"z\" is none of a, b, c or an expression"),
        (json!({"operation": "addd b"}), "operation", "\"addd b\" is none of 21 choices or an expression"),
        // Of the operations nothing is known then.
        (json!({"resource": "teams", "operation": "drop"}), "resource", "\"teams\" is none of team, contact or an expression"),
        (json!({"count": "five"}), "count", "\"five\" is not a number or an expression"),
        (json!({"rows": {"row": {}}}), "rows", "{} is not a list or an expression"),
    ] {
        assert_eq!(findings(parameters), [(path.to_owned(), format!("\"S\": {path}: {message}"))]);
    }
    assert!(jsonschema::meta::is_valid(&node_schema(&node_type)));
}
