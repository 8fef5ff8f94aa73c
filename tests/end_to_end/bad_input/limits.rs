//! Numbers and names in a file that would take the host's memory or the stack, and numbers at the edge of JavaScript's.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{Said, at, run};
use crate::support::{Folder, Ran, Server, chain, finish, http, konverte, set};

#[test]
fn nothing_nests_deeper_than_what_is_read() {
    let fine = run(&chain(&[set("A", &format!("a{}", ".a".repeat(90)), "x")]), &[]);
    assert_eq!(fine.code, 0, "{}", fine.stderr);
    for dots in [128, 20_000] {
        let error = run(&chain(&[set("A", &format!("a{}", ".a".repeat(dots)), "x")]), &[]).failed(&Said {
            code: "KV0301",
            words: &["128"],
            ..Said::default()
        });
        assert_eq!((&error["node"], &error["item"], &error["parameter"]), (&json!("A"), &json!(0), &json!("assignments")));
    }
    let mut wraps = set("A", "a", "={{ $json }}");
    wraps["parameters"]["assignments"]["assignments"][0]["type"] = "object".into();
    let mut cycle = chain(&[wraps]);
    cycle["connections"]["A"] = json!({"main": [[{"node": "A", "type": "main", "index": 0}]]});
    let ran = run(&cycle, &["--timeout", "60s"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("KV0210") && ran.stderr.contains("deeper than 128"), "{}", ran.stderr);
}

#[test]
fn a_loop_that_grows_without_end_is_stopped_before_it_takes_all_memory() {
    let mut grows = chain(&[json!({"name": "A", "type": "n8n-nodes-base.noOp", "typeVersion": 1, "parameters": {}})]);
    let itself = json!({"node": "A", "type": "main", "index": 0});
    grows["connections"]["A"] = json!({"main": [vec![itself; 5000]]});
    let ran = run(&grows, &["--items", "none"]);
    ran.failed(&Said { code: "KV0211", words: &["1000000"], help: "loop", ..Said::default() });
}

#[test]
fn a_workflow_that_calls_itself_is_named_once() {
    let folder = Folder::new();
    let trigger =
        json!({"name": "T", "type": "n8n-nodes-base.executeWorkflowTrigger", "typeVersion": 1.1, "parameters": {"inputSource": "passthrough"}});
    let parameters = json!({"workflowId": {"__rl": true, "mode": "id", "value": "me"}});
    let call = json!({"name": "E", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.2, "parameters": parameters});
    let to_call = json!({"T": {"main": [[{"node": "E", "type": "main", "index": 0}]]}});
    let file = folder.file("me.json", json!({"id": "me", "name": "me", "nodes": [trigger, call], "connections": to_call}).to_string());
    let ran = konverte(&["run", &file, "--output", "json"]);
    let help = ran.json()["error"]["help"].as_str().unwrap_or_default().to_owned();
    assert!(help.matches("It happened").count() == 1 && help.contains("100 levels deep"), "{help}\n{}", ran.stderr);
}

fn node(kind: &str, version: f64, parameters: Value) -> Value {
    json!({"name": "A", "type": format!("n8n-nodes-base.{kind}"), "typeVersion": version, "parameters": parameters})
}

#[test]
fn a_number_in_the_file_takes_no_memory() {
    let mut workflow = chain(&[node("noOp", 1.0, json!({}))]);
    workflow["connections"]["Start"]["main"][0][0]["index"] = 99_999_999.into();
    run(&workflow, &[]).blocked(3, &Said { code: "KV0011", at: &at(&workflow, "99999999", 0), words: &["1000"], ..Said::default() });
    let copies = json!({"duplicateItem": true, "duplicateCount": 1e8, "assignments": {"assignments": []}, "options": {}});
    for (kind, version, parameters, parameter) in [
        ("merge", 3.0, json!({"numberInputs": 1e9}), "numberInputs"),
        ("switch", 3.2, json!({"mode": "expression", "numberOutputs": 1e9, "output": 0}), "numberOutputs"),
        ("set", 3.4, copies, "duplicateCount"),
    ] {
        let error = run(&chain(&[node(kind, version, parameters)]), &[]).failed(&Said { code: "KV0301", words: &["possible"], ..Said::default() });
        assert_eq!(error["parameter"], parameter);
    }
}

#[test]
fn a_time_out_of_any_length() {
    let server = Server::answering(200, "application/json", r#"{"n": 9007199254740993, "one": 1.0, "low": -0.0, "exact": 9007199254740991}"#);
    let mut fetch = http(&server.url());
    fetch["parameters"]["options"]["timeout"] = json!(1e30);
    let ran = run(&chain(&[fetch]), &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains(r#"{"n":9007199254740992,"one":1,"low":0,"exact":9007199254740991}"#), "{}", ran.stdout);
}

#[test]
fn numbers_are_written_as_javascript_does() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[]));
    let input = r#"[{"a": 1.0, "b": 100.0, "c": -0.0, "d": 1e21, "e": 0.5, "f": 7}]"#;
    for form in ["json", "ndjson"] {
        let ran = konverte(&["run", &file, "--input", input, "--output", form]);
        assert!(ran.stdout.contains(r#"{"a":1,"b":100,"c":0,"d":1e+21,"e":0.5,"f":7}"#), "{}{}", ran.stdout, ran.stderr);
    }
    assert_eq!(konverte(&["eval", "{{ 2 ** 53 }}"]).stdout, "9007199254740992\n");
}

/// A run of the program that may take so much memory, in MiB: it is the system that refuses more.
fn within(mib: usize, args: &[&str]) -> Ran {
    let mut command = Command::new("sh");
    let limit = format!("ulimit -d {} && exec \"$0\" \"$@\"", mib << 10);
    command.args(["-c", &limit, env!("CARGO_BIN_EXE_konverte")]).args(args).env_clear().env("PATH", "/usr/bin:/bin");
    finish(command.stdin(Stdio::null()).output().expect("the program starts"))
}

/// Values that are small in JavaScript and take gigabytes outside of it.
const GROWING: [&str; 8] = [
    "new Array(2 ** 30)",
    "new Array(2 ** 31)",
    "(() => { class A extends Array {} const a = new A(); a.length = 2 ** 31; return a })()",
    "(() => { const a = []; a[4e8] = 1; return a })()",
    "Array(400).fill('x'.repeat(2e7))",
    "[new Map([[1, Array(400).fill('x'.repeat(2e7))]])]",
    "(() => { let a = []; for (let i = 0; i < 28; i++) a = [a, a]; return a })()",
    "(() => { const wide = () => ({get a() { return wide() }, get b() { return wide() } }); return wide() })()",
];

#[test]
fn what_leaves_an_expression_takes_no_more_memory_than_its_limit() {
    let folder = Folder::new();
    for value in GROWING {
        let ran = within(700, &["eval", &format!("={{{{ {value} }}}}")]);
        assert!(ran.code == 1 && (ran.stderr.contains("KV0304") || ran.stderr.contains("call stack")), "{value}: {} {}", ran.code, ran.stderr);
    }
    let requests: String = GROWING.iter().map(|value| format!("{}\n", json!({"expression": format!("={{{{ {value} }}}}")}))).collect();
    let requests = folder.file("requests.ndjson", requests + "{\"expression\":\"={{ 1 }}\"}\n");
    let mut batch = Command::new("sh");
    batch.args(["-c", "ulimit -d 900000 && exec \"$0\" eval --batch < \"$1\"", env!("CARGO_BIN_EXE_konverte"), &requests]);
    let ran = finish(batch.output().expect("the program starts"));
    let answers = ran.lines();
    assert_eq!((ran.code, answers.len(), &answers[GROWING.len()]["value"]), (0, GROWING.len() + 1, &json!(1)), "{}", ran.stderr);
    assert!(answers[..GROWING.len()].iter().all(|answer| answer["error"].is_object()), "{answers:?}");
}

#[test]
fn what_leaves_code_takes_no_more_memory_than_its_limit() {
    let folder = Folder::new();
    for (index, value) in GROWING.iter().enumerate() {
        let code = node("code", 2.0, json!({"jsCode": format!("return [{{json: {{value: {value}}}}}]")}));
        let file = folder.file(&format!("{index}.json"), chain(&[code]).to_string());
        let ran = within(1800, &["run", &file, "--output", "json"]);
        let ended = ran.stderr.contains("KV0304") || ran.stderr.contains("nested too deep") || value.contains("Map");
        assert!(ended && ran.code < 2, "{value}: {} {}", ran.code, ran.stderr);
    }
}
