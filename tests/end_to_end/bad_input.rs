//! What comes back for everything that can be wrong with a file, its data, its servers and its user code.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Folder, action, chain, http, konverte, konverte_with_stdin, set};

fn run(workflow: &Value, args: &[&str]) -> crate::support::Ran {
    let folder = Folder::new();
    let file = folder.workflow(workflow);
    konverte(&[&["run", &file, "--output", "json"], args].concat())
}

fn run_text(text: impl AsRef<[u8]>) -> crate::support::Ran {
    let folder = Folder::new();
    konverte(&["run", &folder.file("file.json", text)])
}

#[test]
fn a_file_that_is_no_workflow_is_refused_with_its_place() {
    konverte(&["run", "no-such-file.json"]).refused(3, "there is no file no-such-file.json");
    konverte(&["run", "."]).refused(3, "is a folder");
    run_text("").refused(3, "is empty");
    run_text(b"\xff\xfe{}").refused(3, "UTF-8");
    run_text("{\n  \"nodes\": [,]\n}").refused(3, "file.json:2:13");
    run_text("{\"a\": 1}").refused(3, "no workflow");
    run_text(format!("{{\"nodes\": {}{}}}", "[".repeat(20_000), "]".repeat(20_000))).refused(3, "deeper than 128");
    run_text("{\"nodes\": [], \"x\": 1e309}").refused(3, "1e309");
}

#[test]
fn names_that_are_not_there_come_with_what_was_meant() {
    let typo = json!({"name": "A", "type": "n8n-nodes-base.sett", "typeVersion": 1, "parameters": {}});
    run(&chain(&[typo]), &[]).refused(4, "Did you mean n8n-nodes-base.set?");
    let known = json!({"name": "A", "type": "n8n-nodes-base.airtable", "typeVersion": 1, "parameters": {}});
    run(&chain(&[known]), &[]).refused(4, "airtable");
    run(&chain(&[action("Contacts", "Contact Creat", json!({}))]), &[]).refused(3, "Did you mean \"Contact Create\"?");
    run(&chain(&[action("Teamz", "List All Teams", json!({}))]), &[]).refused(3, "Did you mean \"Teams\"?");
    run(&chain(&[]), &["--start", "Strat"]).refused(2, "Did you mean \"Start\"?");
    run(&chain(&[]), &["--destination", "Strat"]).refused(2, "Did you mean \"Start\"?");
}

#[test]
fn the_shape_of_the_graph() {
    let mut duplicate = chain(&[set("A", "x", "1")]);
    duplicate["nodes"][1]["name"] = "Start".into();
    run(&duplicate, &[]).refused(3, "two nodes are named \"Start\"");

    let mut missing = chain(&[]);
    missing["connections"] = json!({"Start": {"main": [[{"node": "Gone", "type": "main", "index": 0}]]}});
    let ran = run(&missing, &[]);
    ran.says(1, "\"Gone\"");
    let result = ran.json();
    assert_eq!(result["error"]["node"], "Start", "the source is named");
    assert_eq!(result["nodes"]["Start"]["runs"][0]["error"], Value::Null, "and its own run is a success");

    let mut cycle = chain(&[json!({"name": "A", "type": "n8n-nodes-base.noOp", "typeVersion": 1, "parameters": {}})]);
    cycle["connections"]["A"] = json!({"main": [[{"node": "A", "type": "main", "index": 0}]]});
    let ran = run(&cycle, &["--timeout", "300ms", "--items", "none"]);
    ran.says(5, "stopped");
    assert_eq!(ran.json()["status"], "canceled");

    let mut triggers = chain(&[]);
    triggers["nodes"] = json!([
        {"name": "One", "type": "n8n-nodes-base.scheduleTrigger", "typeVersion": 1.2, "position": [0, 0], "parameters": {}},
        {"name": "Two", "type": "n8n-nodes-base.errorTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}}]);
    run(&triggers, &[]).refused(2, "One, Two");
    run(&json!({"nodes": [], "connections": {}}), &[]).refused(2, "no trigger");
}

#[test]
fn parameters_that_cannot_work() {
    run(&chain(&[action("Contacts", "Contact Create", json!({"account_id": "abc", "inbox_id": 1}))]), &["--sandbox"]).refused(3, "account_id");
    let n8n = json!({"name": "A", "type": "n8n-nodes-chatwoot.chatWoot", "typeVersion": 1,
        "parameters": {"resource": "Contacts API", "operation": "Create A Contact", "inbox_identifier": ""}});
    run(&chain(&[n8n]), &["--sandbox"]).refused(3, "required");
    run(&chain(&[action("Custom Filters", "Create A Custom Filter", json!({"account_id": 1, "name": "x", "query": "{not json"}))]), &["--sandbox"])
        .refused(3, "query");
}

#[test]
fn an_expression_with_a_syntax_error_points_into_the_string() {
    let workflow = chain(&[set("A", "x", "={{ $json. }}")]);
    let ran = run(&workflow, &[]);
    ran.says(1, "invalid syntax");
    assert_eq!(ran.json()["error"]["node"], "A");
    run(&workflow, &["--strict"]).refused(3, "syntax error");
}

#[test]
fn a_runtime_error_in_an_expression_is_said_once_and_strict_makes_it_an_error() {
    let workflow = chain(&[set("A", "x", "={{ $json.a.b }}")]);
    let ran = run(&workflow, &["--input", "[{}, {}, {}]"]);
    ran.says(0, "item 0: Cannot read properties of undefined (reading 'b')");
    assert_eq!(ran.stderr.matches("Cannot read properties").count(), 1, "once for the node: {}", ran.stderr);
    run(&workflow, &["--strict"]).says(1, "Cannot read properties of undefined (reading 'b')");
}

#[test]
fn credentials_and_tokens() {
    let profile = chain(&[action("Profile", "Fetch Profile", json!({}))]);
    run(&profile, &[]).says(1, "--credentials FILE");
    let folder = Folder::new();
    let wrong = folder.file("credentials.json", r#"{"konverteApi": {"url": "http://127.0.0.1:9", "accessToken": {"$env": "NO_SUCH_VARIABLE"}}}"#);
    run(&profile, &["--credentials", &wrong]).refused(2, "NO_SUCH_VARIABLE is not set");
    run(&profile, &["--credentials", &folder.file("list.json", "[]")]).refused(2, "one JSON object");
}

#[test]
fn servers_that_do_not_answer_as_they_should() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let at = |server: &str, path: &str| chain(&[http(&format!("{}{path}", lab.origin(server)))]);
    let failed = |workflow: &Value, args: &[&str]| {
        let ran = run(workflow, args);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        ran.json()["error"].clone()
    };
    assert_eq!(failed(&at("CLOSED", "/"), &[])["code"], "KV0400", "nobody listens");
    assert_eq!(failed(&at("HTTPS", "/json/1"), &[])["code"], "KV0403", "a certificate that nobody knows");
    let mut slow = at("HTTP", "/slow/3000");
    slow["nodes"][1]["parameters"]["options"] = json!({"timeout": 100});
    assert_eq!(failed(&slow, &[])["code"], "KV0404", "time-out");
    let mut html = at("HTTP", "/html");
    html["nodes"][1]["parameters"]["options"] = json!({"response": {"response": {"responseFormat": "json"}}});
    assert_eq!(failed(&html, &[])["code"], "KV0406", "HTML instead of JSON");
    assert_eq!(failed(&at("HTTP", "/json/1"), &["--max-response", "2"])["code"], "KV0405", "an answer over the limit");
}

#[test]
fn the_servers_own_words_are_passed_on() {
    let sandbox = crate::support::konverte;
    let folder = Folder::new();
    let weak = folder.workflow(&chain(&[action("Users", "Create A User", json!({"name": "Ana", "email": "ana@example.com", "password": "short"}))]));
    let ran = sandbox(&["run", &weak, "--sandbox", "--output", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let error = ran.json()["error"].clone();
    assert_eq!(error["http"]["status"], 422);
    assert!(ran.stderr.to_lowercase().contains("password"), "{}", ran.stderr);
}

#[test]
fn data_that_looks_dangerous_is_data() {
    let copy = chain(&[set("A", "x", "={{ $json.t }}")]);
    let first = |input: &str| {
        let ran = run(&copy, &["--input", input]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.json()["nodes"]["A"]["runs"][0]["outputs"][0][0]["json"]["x"].clone()
    };
    assert_eq!(first(r#"[{"t": "cut \ud83d!"}]"#), "cut \u{fffd}!");
    assert_eq!(first(r#"[{"t": "={{ 1 + 1 }}"}]"#), "={{ 1 + 1 }}", "text from data is never evaluated");
    let ran = run(&chain(&[]), &["--input", r#"[{"__proto__": {"x": 1}, "constructor": 2, "n": 9223372036854775807}]"#]);
    let item = ran.json()["nodes"]["Start"]["runs"][0]["outputs"][0][0]["json"].clone();
    assert_eq!(item, json!({"__proto__": {"x": 1}, "constructor": 2, "n": i64::MAX}));
}

#[test]
fn input_that_does_not_parse_is_refused_with_its_place() {
    let folder = Folder::new();
    let workflow = folder.workflow(&chain(&[]));
    let run = |input: &str| konverte(&["run", &workflow, "--input", input]);
    run("[{\"a\": 1e309}]").refused(2, "1e309");
    run(&folder.file("in.json", "[{\"a\": 1},\n {\"a\": }]")).refused(2, "in.json:2:8");
    run(&folder.file("deep.json", format!("{}{}", "[".repeat(20_000), "]".repeat(20_000)))).refused(2, "deeper than 128");
    run(&folder.file("in.ndjson", "{\"a\": 1}\n{\"a\": 2\n")).refused(2, "in.ndjson:2:");
    run(&folder.file("in.csv", "a,b\n1,2,3\n")).refused(2, "a row has 3 fields");
    run("no-such-file.json").refused(2, "cannot be read");
    konverte_with_stdin(&["run", &workflow, "--input", "-"], "").refused(2, "is empty");
}

#[test]
fn expressions_stay_within_their_limits_and_leave_the_next_one_untouched() {
    let mut two = chain(&[set("Bad", "x", "={{ (() => { const f = () => f() + 1; return f() })() }}"), set("Next", "y", "={{ 1 + 1 }}")]);
    two["nodes"][1]["onError"] = "continueRegularOutput".into();
    for bad in [
        "={{ (() => { while (true) {} })() }}",
        "={{ (() => { const f = () => f() + 1; return f() })() }}",
        "={{ (() => { const a = []; while (true) a.push('x'.repeat(1e6)) })() }}",
    ] {
        two["nodes"][1]["parameters"]["assignments"]["assignments"][0]["value"] = bad.into();
        let ran = run(&two, &[]);
        assert_eq!(ran.code, 0, "{bad}: {}", ran.stderr);
        assert_eq!(ran.json()["nodes"]["Next"]["runs"][0]["outputs"][0][0]["json"]["y"], "2", "{bad}");
    }
}

#[test]
fn a_native_call_that_cannot_be_interrupted_does_not_hold_the_process() {
    let hangs = chain(&[set("A", "x", "={{ 'a'.repeat(4e5).indexOf('a'.repeat(2e5) + 'b') }}")]);
    let start = Instant::now();
    let ran = run(&hangs, &["--timeout", "1s"]);
    assert!(matches!(ran.code, 1 | 5), "{}", ran.stderr);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}
