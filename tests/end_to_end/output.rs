//! What standard output carries.

use serde_json::{Value, json};

#[cfg(target_os = "linux")]
use crate::support::at_a_terminal;
use crate::support::{Folder, Ran, chain, command, finish, http, konverte, set};

fn run(workflow: &Value, args: &[&str]) -> Ran {
    let folder = Folder::new();
    konverte(&[&["run", &folder.workflow(workflow)], args].concat())
}

fn node(name: &str, kind: &str, version: f64, parameters: Value) -> Value {
    json!({"name": name, "type": format!("n8n-nodes-base.{kind}"), "typeVersion": version, "parameters": parameters})
}

fn big(field: &str) -> Value {
    let condition = json!({"id": "1", "leftValue": format!("={{{{ $json.{field} }}}}"), "rightValue": 1,
        "operator": {"type": "number", "operation": "gt"}});
    let options = json!({"caseSensitive": true, "leftValue": "", "typeValidation": "strict", "version": 2});
    json!({"conditions": {"options": options, "conditions": [condition], "combinator": "and"}, "options": {}})
}

#[test]
fn ndjson_is_the_last_nodes_items_and_not_what_a_filter_discards() {
    let items = r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#;
    let filter = chain(&[node("F", "filter", 2.2, big("n"))]);
    let ran = run(&filter, &["--input", items, "--output", "ndjson"]);
    assert_eq!(ran.lines(), [json!({"n": 2}), json!({"n": 3})], "{}", ran.stderr);
    let both = chain(&[node("I", "if", 2.2, big("n"))]);
    assert_eq!(
        run(&both, &["--input", items, "--output", "ndjson"]).lines(),
        [json!({"n": 2}), json!({"n": 3}), json!({"n": 1})],
        "one output after the other"
    );
    let two = chain(&[set("A", "x", "1"), set("B", "y", "2")]);
    assert_eq!(run(&two, &["--output", "ndjson", "--destination", "A"]).lines(), [json!({"x": "1"})]);
    assert!(run(&two, &["--output", "ndjson"]).stderr.contains("success"), "the outcome goes to standard error");
}

#[test]
fn a_run_that_failed_has_no_outputs_and_one_that_went_on_has_both() {
    let stop = node("Stop", "stopAndError", 1.0, json!({"errorMessage": "enough"}));
    let ran = run(&chain(&[stop]), &["--output", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let result = ran.json();
    assert_eq!((&result["status"], &result["error"]["message"], &result["error"]["node"]), (&json!("error"), &json!("enough"), &json!("Stop")));
    let failed = &result["nodes"]["Stop"]["runs"][0];
    assert_eq!((&failed["outputs"], &failed["error"]["message"]), (&json!([]), &json!("enough")));
    for key in ["code", "message", "help", "node", "parameter", "item", "at", "http"] {
        assert!(result["error"].get(key).is_some(), "{key} is missing in {}", result["error"]);
    }
    let lab = http_lab::Lab::start().expect("the servers start");
    let mut fetch = http(lab.origin("CLOSED"));
    fetch["onError"] = "continueRegularOutput".into();
    let went_on = run(&chain(&[fetch]), &["--output", "json"]).json();
    let went_on = &went_on["nodes"]["Fetch"]["runs"][0];
    assert_eq!(went_on["outputs"][0].as_array().map(Vec::len), Some(1), "{went_on}");
}

#[test]
fn an_input_that_got_nothing_is_null() {
    let mut workflow = chain(&[node("I", "if", 2.2, big("n")), node("M", "merge", 3.0, json!({}))]);
    workflow["connections"]["I"] = json!({"main": [[{"node": "M", "type": "main", "index": 0}], [{"node": "M", "type": "main", "index": 1}]]});
    let result = run(&workflow, &["--input", r#"[{"n": 5}]"#, "--output", "json"]).json();
    assert_eq!(result["nodes"]["M"]["runs"][0]["source"], json!([{"node": "I", "output": 0, "run": 0}, null]), "{result}");
    assert_eq!(result["nodes"]["Start"]["runs"][0]["source"], json!([]));
}

#[test]
fn files_are_shown_with_their_fields_and_content() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let file = |name: &str| {
        let mut fetch = http(&format!("{}/file/{name}", lab.origin("HTTP")));
        fetch["parameters"]["options"] = json!({"response": {"response": {"responseFormat": "file", "outputPropertyName": "data"}}});
        let ran = run(&chain(&[fetch]), &["--output", "json"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.json()["nodes"]["Fetch"]["runs"][0]["outputs"][0][0]["binary"]["data"].clone()
    };
    let text = file("csv");
    assert_eq!((&text["mimeType"], &text["fileName"], &text["fileExtension"]), (&json!("text/csv"), &json!("t.csv"), &json!("csv")));
    assert_eq!((&text["fileSize"], &text["bytes"], &text["text"]), (&json!("8 B"), &json!(8), &json!("a,b\n1,2\n")));
    let bytes = file("octet");
    assert_eq!((&bytes["base64"], &bytes["bytes"], bytes.get("text")), (&json!("AAEC/w=="), &json!(4), None));
}

#[test]
fn items_that_are_no_objects_and_whole_items_pass() {
    let passed = |input: &str| {
        run(&chain(&[node("N", "noOp", 1.0, json!({}))]), &["--input", input, "--output", "json"]).json()["nodes"]["N"]["runs"][0]["outputs"][0]
            .clone()
    };
    assert_eq!(passed("[1, \"x\"]")[1]["json"], "x");
    assert_eq!(passed(r#"[{"json": {"a": 1}}, {"json": 2, "other": 3}]"#)[0]["json"], json!({"json": {"a": 1}}), "not every entry is a whole item");
    assert_eq!(passed("[]"), Value::Null, "no items, no run of the next node");
}

#[test]
fn the_summary_names_nodes_and_counts() {
    let ran = run(&chain(&[set("A", "x", "1")]), &["--input", "[{}, {}]", "--output", "summary"]);
    assert!(ran.stdout.contains(" A ") && ran.stdout.contains(" 2 ") && ran.stdout.contains("test: "), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'), "colour only on a terminal");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_said_and_of_a_run_that_it_is_done() {
    let full = |args: &[&str]| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
        finish(command(args).stdout(full).output().expect("the program starts"))
    };
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[]));
    for form in ["json", "ndjson", "summary"] {
        full(&["run", &file, "--output", form]).says(1, "The run is done, and what it sent was sent");
    }
    konverte(&["run", &file, "--report", "/dev/full"]).says(1, "The run is done");
    let stopped = json!({"name": "Stop", "type": "n8n-nodes-base.stopAndError", "typeVersion": 1, "parameters": {"errorMessage": "the run's own"}});
    full(&["run", &folder.workflow(&chain(&[stopped])), "--output", "json"]).says(1, "the run's own");
    for args in [&["graph", &*file] as &[&str], &["explain", "KV0302"], &["nodes", "list"], &["completions", "bash"], &["eval", "1"]] {
        let ran = full(args);
        ran.says(2, "Standard output cannot be written");
        ran.says(2, "Make room, or name another place.");
        assert!(!ran.stderr.contains("run"), "{}", ran.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_node_that_takes_long_is_shown_with_however_few_items() {
    let folder = Folder::new();
    let shown = |milliseconds: u64| {
        let code = format!("await new Promise((go) => setTimeout(go, {milliseconds}));\nreturn $input.all();");
        let mut nodes = vec![node("Slow", "code", 2.0, json!({"jsCode": code}))];
        nodes.push(node("Quick", "noOp", 1.0, json!({})));
        let ran = at_a_terminal(command(&["run", &folder.workflow(&chain(&nodes)), "--output", "json"]), "");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ["Slow", "Quick"].map(|name| ran.stderr.contains(name))
    };
    assert_eq!(shown(3_000), [true, false]);
    assert_eq!(shown(10), [false, false]);
}
