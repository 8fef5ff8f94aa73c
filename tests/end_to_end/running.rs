//! `konverte run`: where it begins, what it may reach, what it writes, how it ends.

use serde_json::{Value, json};

use crate::support::{Folder, action, chain, command, finish, http, konverte, konverte_with_stdin, pipe, set};

#[test]
fn the_json_has_the_promised_shape() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[set("A", "x", "={{ $json.n }}")]));
    let ran = konverte(&["run", &file, "--input", r#"[{"n": 1}, {"n": 2}]"#]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let result = ran.json();
    assert_eq!(result["status"], "success");
    assert_eq!(result["executionOrder"], json!(["Start", "A"]));
    let run = &result["nodes"]["A"]["runs"][0];
    assert_eq!(run["source"], json!([{"node": "Start", "output": 0, "run": 0}]));
    assert_eq!(run["outputs"], json!([[{"json": {"x": "1"}, "pairedItem": {"item": 0}}, {"json": {"x": "2"}, "pairedItem": {"item": 1}}]]));
    assert_eq!(run["items"], json!({"in": 2, "out": 2}));
    assert_eq!(result["nodes"]["Start"]["runs"][0]["source"], json!([]));
    assert!(run["durationMs"].is_number() && result["startedAt"].as_str().is_some_and(|time| time.ends_with('Z')));
    let counts = konverte(&["run", &file, "--items", "none"]).json();
    assert!(counts["nodes"]["A"]["runs"][0].get("outputs").is_none());
    let last = konverte(&["run", &file, "--items", "last"]).json();
    assert!(last["nodes"]["Start"]["runs"][0].get("outputs").is_none() && last["nodes"]["A"]["runs"][0].get("outputs").is_some());
}

#[test]
fn input_comes_in_every_form_and_pins_can_be_left() {
    let folder = Folder::new();
    let mut workflow = chain(&[]);
    workflow["pinData"] = json!({"Start": [{"json": {"pinned": true}}]});
    let file = folder.workflow(&workflow);
    let items = |args: &[&str]| konverte(&[&["run", &file, "--output", "ndjson"], args].concat()).lines();
    assert_eq!(items(&[]), [json!({"pinned": true})]);
    assert_eq!(items(&["--no-pin"]), [json!({})]);
    assert_eq!(items(&["--input", r#"{"a": 1}"#]), [json!({"a": 1})]);
    assert_eq!(
        items(&["--input", &folder.file("rows.csv", "a,b\n1,x\n2,\"y, z\"\n")]),
        [json!({"a": "1", "b": "x"}), json!({"a": "2", "b": "y, z"})]
    );
    assert_eq!(items(&["--input", &folder.file("rows.ndjson", "{\"a\":1}\n{\"a\":2}\n")]), [json!({"a": 1}), json!({"a": 2})]);
    assert_eq!(items(&["--input", r#"[{"json": {"a": 1}, "pairedItem": 0}]"#]), [json!({"a": 1})]);
    let piped = konverte_with_stdin(&["run", &file, "--output", "ndjson", "--input", "-"], r#"[{"a": 3}]"#);
    assert_eq!(piped.lines(), [json!({"a": 3})]);
    assert!(konverte(&["run", &file]).stderr.contains("pinned data"));
}

#[test]
fn destination_stops_after_its_node() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[set("A", "x", "1"), set("B", "y", "2")]));
    assert_eq!(konverte(&["run", &file, "--destination", "A"]).json()["executionOrder"], json!(["Start", "A"]));
    let mut apart = chain(&[set("A", "x", "1"), json!({"name": "B", "type": "n8n-nodes-base.airtable", "typeVersion": 1, "parameters": {}})]);
    let file = folder.workflow(&apart);
    assert_eq!(konverte(&["run", &file, "--destination", "A"]).code, 0, "what stands behind it need not be supported");
    konverte(&["run", &file]).refused(4, "airtable");
    apart["nodes"][2] = set("B", "y", "2");
    apart["connections"]["A"] = json!({});
    let file = folder.workflow(&apart);
    konverte(&["run", &file, "--destination", "B"]).refused(2, "does not lead to \"B\"");
    assert_eq!(konverte(&["run", &file, "--start", "B", "--destination", "B"]).code, 0);
}

#[test]
fn the_environment_and_variables_show_what_is_allowed() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[set("A", "x", "={{ $env.COLOUR }} {{ $vars.size }}")]));
    let vars = folder.file("vars.json", r#"{"size": "large"}"#);
    let ran = finish(
        command(&["run", &file, "--allow-env", "COLOUR", "--vars", &vars, "--output", "ndjson"]).env("COLOUR", "blue").output().expect("runs"),
    );
    assert_eq!(ran.lines(), [json!({"x": "blue large"})], "{}", ran.stderr);
    let refused = finish(command(&["run", &file, "--output", "ndjson"]).env("COLOUR", "blue").output().expect("runs"));
    refused.says(1, "access to env vars denied");
    refused.says(1, "--allow-env NAME");
    let env = folder.file(".env", "COLOUR=green\n");
    assert_eq!(konverte(&["run", &file, "--env-file", &env, "--output", "ndjson"]).lines(), [json!({"x": "green "})]);
}

#[test]
fn a_dry_run_lists_what_would_leave() {
    let folder = Folder::new();
    let credentials = folder.file("credentials.json", r#"{"konverteApi": {"url": "https://app.example.com", "accessToken": "t0ken"}}"#);
    let create = action("Contacts", "Contact Create", json!({"account_id": 1, "inbox_id": 2, "name": "={{ $json.name }}"}));
    let file = folder.workflow(&chain(&[create, http("https://elsewhere.example.com/x"), set("After", "y", "1")]));
    let ran = konverte(&["run", &file, "--dry-run", "--credentials", &credentials, "--input", r#"[{"name": "Ana"}]"#, "--output", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let result = ran.json();
    let plan = result["plan"].as_array().expect("a plan").clone();
    assert_eq!(plan.len(), 2, "{plan:?}");
    assert_eq!(plan[0]["url"], "https://app.example.com/api/v1/accounts/1/contacts");
    assert_eq!((&plan[0]["node"], &plan[0]["method"], &plan[0]["answered"]), (&json!("Action"), &json!("POST"), &json!("emulator")));
    assert_eq!(plan[0]["body"]["name"], "Ana");
    assert_eq!((&plan[1]["node"], &plan[1]["answered"]), (&json!("Fetch"), &json!("ended")));
    assert!(result["nodes"].get("After").is_none(), "the branch ends");
    assert!(!ran.stdout.contains("t0ken") && !ran.stderr.contains("t0ken"));
}

#[test]
fn sub_workflows_are_found_by_id_name_and_path() {
    let folder = Folder::new();
    let sub = |id: &str, name: &str| {
        let mut sub = chain(&[set("Inner", "from", "sub")]);
        sub["nodes"][0] = json!({"name": "Start", "type": "n8n-nodes-base.executeWorkflowTrigger", "typeVersion": 1.1, "position": [0, 0], "parameters": {"inputSource": "passthrough"}});
        (sub["id"], sub["name"]) = (id.into(), name.into());
        sub.to_string()
    };
    folder.file("one.json", sub("first", "The first"));
    let call = |reference: &str| json!({"name": "Call", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.2, "parameters": {"workflowId": {"__rl": true, "mode": "id", "value": reference}, "options": {}}});
    for reference in ["first", "The first", "one.json"] {
        let file = folder.workflow(&chain(&[call(reference)]));
        assert_eq!(konverte(&["run", &file, "--output", "ndjson"]).lines(), [json!({"from": "sub"})], "{reference}");
    }
    folder.file("two.json", sub("first", "Another"));
    let file = folder.workflow(&chain(&[call("first")]));
    let ran = konverte(&["run", &file]);
    assert!(ran.code != 0 && ran.stderr.contains("one.json") && ran.stderr.contains("two.json"), "{}", ran.stderr);
}

#[test]
fn sub_workflows_that_cannot_be_read_are_named_and_nothing_else_is_opened() {
    let folder = Folder::new();
    let call = |parameters: Value| json!({"name": "Call", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1, "parameters": parameters});
    let inside = folder.path().join("inside");
    std::fs::create_dir(&inside).expect("a folder");
    let run = |parameters: Value| {
        let file = inside.join("main.json");
        std::fs::write(&file, chain(&[call(parameters)]).to_string()).expect("written");
        konverte(&["run", file.to_str().expect("UTF-8"), "--timeout", "20s", "--output", "ndjson"])
    };
    folder.file("secret.json", "{\"password\": s3cret");
    for path in ["../secret.json", folder.path().join("secret.json").to_str().expect("UTF-8")] {
        let ran = run(json!({"source": "localFile", "workflowPath": path}));
        ran.says(1, "is outside of the folders");
        assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
        run(json!({"workflowId": format!("={{{{ '{path}' }}}}")})).says(1, "is outside of the folders");
    }
    folder.file("inside/sub.json", "{\"nodes\": [}");
    pipe(&inside.join("pipe.json"));
    run(json!({"workflowId": "sub"})).says(1, "sub.json cannot be read as JSON");
    run(json!({"workflowId": "pipe.json"})).says(1, "Workflow does not exist.");
    let checked = konverte(&["check", inside.join("main.json").to_str().expect("UTF-8")]);
    assert!(checked.code == 3 && checked.stdout.contains("sub.json"), "{}", checked.stdout);
}

#[test]
fn a_sub_workflow_has_the_time_zone_of_the_run() {
    let folder = Folder::new();
    let mut sub = chain(&[set("Inner", "zone", "={{ $now.zoneName }}")]);
    sub["nodes"][0] =
        json!({"name": "Start", "type": "n8n-nodes-base.executeWorkflowTrigger", "typeVersion": 1.1, "parameters": {"inputSource": "passthrough"}});
    sub["name"] = "zone".into();
    folder.file("sub.json", sub.to_string());
    let call = json!({"name": "Call", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1, "parameters": {"workflowId": "zone"}});
    let file = folder.workflow(&chain(&[call]));
    assert_eq!(konverte(&["run", &file, "--timezone", "Asia/Tokyo", "--output", "ndjson"]).lines(), [json!({"zone": "Asia/Tokyo"})]);
}

#[test]
fn files_of_input_reach_a_start_node_that_reads_them() {
    let folder = Folder::new();
    let code = "return [{json: {size: (await this.helpers.getBinaryDataBuffer(0, 'data')).length}}]";
    let read = json!({"name": "Read", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": code}});
    let file = folder.workflow(&chain(&[read]));
    let input = r#"[{"json": {}, "binary": {"data": {"data": "aGVsbG8=", "mimeType": "text/plain", "fileName": "a.txt"}}}]"#;
    let ran = konverte(&["run", &file, "--start", "Read", "--input", input, "--output", "ndjson"]);
    assert_eq!(ran.lines(), [json!({"size": 5})], "{}", ran.stderr);
}

#[test]
fn action_packs_become_nodes() {
    let folder = Folder::new();
    let lab = http_lab::Lab::start().expect("the servers start");
    let packs = folder.path().join("packs");
    std::fs::create_dir(&packs).expect("a folder");
    std::fs::copy(crate::support::repository("tests/end_to_end/notes-pack.json"), packs.join("notes.json")).expect("the pack");
    let credentials = folder.file("credentials.json", json!({"notesApi": {"url": lab.origin("HTTP"), "accessToken": "n0te"}}).to_string());
    let node = json!({"name": "Note", "type": "notes", "typeVersion": 1, "parameters": {"resource": "Notes", "operation": "Create A Note", "text": "={{ $json.text }}"}});
    let file = folder.workflow(&chain(&[node]));
    let ran =
        konverte(&["run", &file, "--nodes", packs.to_str().expect("UTF-8"), "--credentials", &credentials, "--input", r#"[{"text": "hello"}]"#]);
    let sent = lab.requests();
    assert_eq!(sent.len(), 1, "{}", ran.stderr);
    assert_eq!((sent[0]["method"].as_str(), sent[0]["target"].as_str()), (Some("POST"), Some("/notes")));
    konverte(&["run", &file]).refused(4, "notes");
    std::fs::write(packs.join("bad.json"), "{\"node\": 1}").expect("written");
    konverte(&["run", &file, "--nodes", packs.to_str().expect("UTF-8")]).says(2, "bad.json");
}

#[test]
fn the_report_is_one_safe_page() {
    let folder = Folder::new();
    let report = folder.path().join("report.html");
    let file = folder.workflow(&chain(&[set("<script>alert(1)</script>", "x", "<img src=x onerror=alert(1)>")]));
    let ran = konverte(&["run", &file, "--report", report.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let page = std::fs::read_to_string(report).expect("the report");
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("http://") || page.matches("http://").count() == 1,
        "only the SVG namespace is a URL"
    );
    assert!(page.contains("1 item") && page.contains("&lt;script&gt;") && page.contains("<svg"));
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_the_run() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[]));
    let nowhere = folder.path().join("nowhere/report.html");
    konverte(&["run", &file, "--report", nowhere.to_str().expect("UTF-8")]).refused(2, "cannot be written");
}

#[test]
fn wrong_use_ends_with_two() {
    konverte(&["run"]).says(2, "required");
    konverte(&["run", "x.json", "--no-such-option"]).says(2, "unexpected argument");
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[]));
    konverte(&["run", &file, "--timezone", "Mars/Olympus"]).refused(2, "no time zone");
    assert_eq!(konverte(&["--help"]).code, 0);
}

#[test]
fn logs_can_be_json() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[set("A", "x", "={{ $json.a.b }}")]));
    let ran = konverte(&["--log-format", "json", "run", &file]);
    assert_eq!(ran.code, 0);
    for line in ran.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        assert!(line["message"].is_string(), "{line}");
    }
}

#[test]
fn sub_workflows_that_nobody_waits_for_end_before_the_program_does() {
    let code = "await new Promise((done) => setTimeout(done, 50)); console.log('the last one'); return [];";
    let mut below = json!({"name": "Last", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": code}});
    for depth in 0..3 {
        let mut workflow = chain(&[below]);
        workflow["nodes"][0]["type"] = "n8n-nodes-base.executeWorkflowTrigger".into();
        below = json!({"name": format!("Call {depth}"), "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.1, "parameters": {
            "source": "parameter", "workflowJson": workflow.to_string(), "options": {"waitForSubWorkflow": false},
        }});
    }
    let folder = Folder::new();
    konverte(&["run", &folder.workflow(&chain(&[below]))]).says(0, "the last one");
}
