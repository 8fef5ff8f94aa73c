//! The commands beside `run`.

use serde_json::{Value, json};

use crate::support::{Emulator, Folder, action, chain, command, finish, konverte, konverte_with_stdin, repository, set};

#[test]
fn check_says_one_object_for_each_finding() {
    let folder = Folder::new();
    let good = folder.file("good.json", chain(&[set("A", "x", "={{ $json.a }}")]).to_string());
    let bad = folder.file("bad.json", chain(&[set("A", "x", "={{ $json. }}")]).to_string());
    assert_eq!(konverte(&["check", &good]).code, 0);
    let ran = konverte(&["check", &good, &bad, "--format", "json"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let findings = ran.lines();
    let finding = findings.iter().find(|finding| finding["level"] == "error").expect("an error");
    for key in ["code", "level", "message", "help", "node", "parameter", "at"] {
        assert!(finding.get(key).is_some(), "{key} is missing in {finding}");
    }
    assert_eq!(finding["node"], "A");
    let at = finding["at"].as_str().expect("a place");
    assert!(at.contains("bad.json:1:"), "{finding}");
    let text = konverte(&["check", &bad]).stdout;
    assert!(text.contains(&format!("[{at}]")) && text.contains("\n 1 │"), "the same place, though the long line is cut: {text}");
    let unknown =
        folder.file("unknown.json", chain(&[json!({"name": "A", "type": "n8n-nodes-base.nothing", "typeVersion": 1, "parameters": {}})]).to_string());
    assert_eq!(konverte(&["check", &bad, &unknown]).code, 4, "what is not supported wins");
}

#[test]
fn check_tests_credentials_against_their_service() {
    let emulator = Emulator::start(&[]);
    let folder = Folder::new();
    let mut workflow = chain(&[crate::support::action("Profile", "Fetch Profile", json!({}))]);
    workflow["nodes"][1]["credentials"] = json!({"konverteApi": {"id": "1", "name": "x"}});
    let file = folder.workflow(&workflow);
    let test = |token: &str| konverte(&["check", &file, "--credentials", &emulator.credentials(&folder, token), "--test-credentials"]);
    let (good, bad) = (test("sandbox-admin"), test("wrong-token"));
    assert_eq!(good.code, 0, "{}{}", good.stdout, good.stderr);
    assert_eq!(bad.code, 3, "{}{}", bad.stdout, bad.stderr);
    assert!(!bad.stdout.contains("wrong-token"), "no secret is printed");
    // To the application API a platform app's token looks like a bot's.
    for (token, code, words) in [
        ("sandbox-platform", 0, "The token of a platform app. \"Create A User\" takes it."),
        ("sandbox-bot", 3, "The token of an agent bot. \"Create A User\" does not take it"),
    ] {
        let credentials = emulator.credentials(&folder, token);
        let ran =
            konverte(&["check", &repository("workflows/sign-up.json"), "--credentials", &credentials, "--test-credentials", "--format", "json"]);
        let said = ran.lines();
        assert_eq!(ran.code, code, "{}", ran.stdout);
        assert!(said.iter().any(|line| line["message"].as_str().is_some_and(|message| message.contains(words))), "{}", ran.stdout);
    }
}

#[test]
fn the_test_of_a_credential_heeds_role_and_account() {
    let emulator = Emulator::start(&[]);
    let folder = Folder::new();
    for (token, account, refusal) in [
        ("sandbox-admin", json!(1), None),
        ("sandbox-admin", json!("={{ $json.account }}"), None),
        ("sandbox-admin", json!("9"), Some("will refuse it: the user does not belong to account 9.")),
        ("sandbox-agent", json!(1), Some("will refuse it: it is for administrators of account 1.")),
        ("sandbox-agent", json!("={{ $json.account }}"), Some("will refuse it: it is for administrators of the account.")),
    ] {
        let mut workflow = chain(&[crate::support::action("Webhooks", "List All Webhooks", json!({"account_id": account}))]);
        workflow["nodes"][1]["credentials"] = json!({"konverteApi": {"id": "1", "name": "x"}});
        let file = folder.workflow(&workflow);
        let ran = konverte(&["check", &file, "--credentials", &emulator.credentials(&folder, token), "--test-credentials", "--format", "json"]);
        let said = ran.lines().pop().expect("the proof");
        assert_eq!((ran.code, said["level"].as_str()), (0, Some(if refusal.is_some() { "warning" } else { "note" })), "{}", ran.stdout);
        assert!(said["message"].as_str().is_some_and(|message| message.ends_with(refusal.unwrap_or("takes it."))), "{said}");
    }
}

#[test]
fn what_is_found_in_a_sub_workflow_points_into_its_own_file() {
    let folder = Folder::new();
    let credentials = folder.file("credentials.json", r#"{"other": {"user": "x"}}"#);
    let ran = konverte(&["check", &repository("workflows/new-customer.json"), "--credentials", &credentials]);
    assert!(ran.stdout.contains("sub/open-ticket.json:") && ran.stdout.contains("\"name\": \"Create contact\""), "{}", ran.stdout);
}

#[test]
fn the_time_zones_of_the_machine_do_not_matter() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("Europe")).expect("a folder");
    // A zone file with one offset: an hour and 23 minutes.
    let counts = [0u32, 0, 0, 0, 1, 4].map(u32::to_be_bytes).concat();
    let file = [b"TZif\0".as_slice(), &[0; 15], &counts, &4980i32.to_be_bytes(), &[0, 0], b"ABC\0"].concat();
    folder.file("Europe/Berlin", &file);
    let expression = "[$now.setZone('Europe/Berlin').offset, new Date(0).getHours(), $now.toLocal().offset, `${new Date(0)}`]";
    let here = command(&["eval", expression, "--now", "2026-03-15T12:00:00Z"]).output().expect("the program starts");
    let there = command(&["eval", expression, "--now", "2026-03-15T12:00:00Z"])
        .env("TZDIR", folder.path())
        .env("ZONEINFO", folder.path())
        .env("TZ", "Europe/Berlin")
        .output()
        .expect("the program starts");
    let (here, there) = (finish(here).json(), finish(there).json());
    assert_eq!(here, there);
    assert_eq!((&here[0], &here[1]), (&json!(60), &json!(0)));
}

#[test]
fn eval_shows_the_variables_that_are_allowed() {
    let folder = Folder::new();
    let file = folder.file("env", "A=from the file\n");
    assert_eq!(konverte(&["eval", "{{ $env.A }}", "--env-file", &file]).stdout, "\"from the file\"\n");
    let shown = command(&["eval", "{{ $env.B }}", "--allow-env", "B,C"]).env("B", "from outside").output().expect("the program starts");
    assert_eq!(String::from_utf8_lossy(&shown.stdout), "\"from outside\"\n");
    assert!(konverte(&["eval", "{{ $env.A }}"]).stderr.contains("access to env vars denied"));
}

#[test]
fn eval_prints_values_and_answers_batches_in_order() {
    assert_eq!(konverte(&["eval", "{{ $json.a + 1 }}", "--input", r#"{"a": 2}"#]).stdout, "3\n");
    assert_eq!(konverte(&["eval", "$json.a", "--input", r#"[{"a": 1}, {"a": 2}]"#, "--item", "1"]).stdout, "2\n");
    assert_eq!(konverte(&["eval", "{{ $now.toISO() }}", "--now", "2026-03-15T12:34:56.789Z"]).stdout, "\"2026-03-15T12:34:56.789Z\"\n");
    konverte(&["eval", "{{ $json. }}"]).says(1, "invalid syntax");
    for (typed, code, at) in
        [("{{ $json.a + }}", "KV0303", json!("expression:1:14")), ("1 +", "KV0303", json!("expression:1:3")), ("$('X').item", "KV0302", Value::Null)]
    {
        let said: Value = serde_json::from_str(konverte(&["--log-format", "json", "eval", typed]).stderr.trim()).expect("JSON");
        assert_eq!((&said["code"], &said["at"]), (&json!(code), &at), "{said}");
    }
    konverte(&["eval", "[1].isEven()"]).says(1, "does not fit this value");
    konverte(&["eval", "(() => { while (true) {} })()"]).says(1, "KV0304");
    konverte(&["eval", "{{ 1 }}", "--timezone", "Mars/Olympus"]).refused(2, "no time zone");
    konverte(&["eval", "{{ 1 }}", "--now", "noon"]).refused(2, "not a time");
    let rows = [
        json!({"expression": "={{ $json.a }}", "input": {"a": 1}}).to_string(),
        "this is no JSON".to_owned(),
        json!({"expression": "={{ undefined }}"}).to_string(),
        json!({"expression": "={{ 0 / 0 }}"}).to_string(),
        json!({"expression": "={{ $env.X }}"}).to_string(),
    ];
    let answers = konverte_with_stdin(&["eval", "--batch"], &(rows.join("\n") + "\n")).lines();
    assert_eq!(answers[0], json!({"value": 1, "type": "number"}));
    assert!(answers[1]["error"]["message"].is_string());
    assert_eq!(answers[2]["type"], "undefined");
    assert_eq!(answers[3], json!({"value": {"number": "NaN"}, "type": "number"}));
    assert_eq!(answers[4]["error"]["message"], "access to env vars denied");
}

#[test]
fn nodes_are_listed_and_shown() {
    let list = konverte(&["nodes"]).stdout;
    assert!(list.contains("HTTP Request") && list.contains("`httpRequest`") && list.contains("Create A User"));
    let all: Value = konverte(&["nodes", "list", "--format", "json"]).json();
    assert!(all.as_array().is_some_and(|nodes| nodes.len() > 20));
    let action = konverte(&["nodes", "show", "konverte/Contacts/Contact Create"]).stdout;
    assert!(action.contains("inbox_id") && action.contains("\"type\": \"konverte\""));
    assert!(konverte(&["nodes", "show", "set"]).stdout.contains("assignments"));
    let pack = konverte(&["nodes", "show", "petstore", "--nodes", &repository("examples/action-pack")]).stdout;
    assert!(pack.contains("\"operation\": \"List Pets\"") && pack.contains("petstoreApi"), "{pack}");
    konverte(&["nodes", "show", "sett"]).refused(2, "Did you mean n8n-nodes-base.set");
    konverte(&["nodes", "show", "Add New Agent"]).refused(2, "konverte/Agents/Add New Agent To Account");
}

#[test]
fn graph_draws_and_explain_explains() {
    let file = repository("workflows/sign-up.json");
    assert!(konverte(&["graph", &file]).stdout.starts_with("<svg"));
    assert!(konverte(&["graph", &file, "--format", "mermaid"]).stdout.starts_with("flowchart LR"));
    let folder = Folder::new();
    let picture = folder.path().join("picture.svg");
    assert_eq!(konverte(&["graph", &file, "-o", picture.to_str().expect("UTF-8")]).stdout, "");
    assert!(std::fs::read_to_string(picture).is_ok_and(|text| text.contains("</svg>")));
    assert!(konverte(&["explain", "kv0702"]).stdout.contains("KV0702"));
    konverte(&["explain", "KV9999"]).refused(2, "no error code");
    assert!(konverte(&["completions", "bash"]).stdout.contains("konverte"));
}

#[test]
fn the_emulator_shows_its_seed_and_refuses_nonsense() {
    let seed: Value = konverte(&["sandbox", "--show-seed"]).json();
    assert!(seed.is_object());
    konverte(&["sandbox", "--fault", "nonsense"]).refused(2, "nonsense");
    konverte(&["sandbox", "--seed", "no-such-seed.json"]).refused(2, "--show-seed > seed.json");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    konverte(&["sandbox", "--port", &port]).refused(2, "cannot start");
    konverte(&["nodes", "show", "n8n-nodes-base.slack"]).refused(2, "n8n has it");
}

#[test]
fn secrets_stay_off_the_screen() {
    let folder = Folder::new();
    let flow = folder.workflow(&chain(&[]));
    let broken = folder.file("slip.json", "{\"konverteApi\":{\"url\":\"x\",\"accessToken\":\"SECRETz\",}\n}");
    for form in ["text", "json"] {
        let ran = konverte(&["--log-format", form, "run", &flow, "--credentials", &broken]);
        ran.refused(2, "slip.json:1:51");
        assert!(!ran.stderr.contains("SECRETz"), "{}", ran.stderr);
    }
}

#[test]
fn a_misspelt_parameter_of_konverte_is_an_error() {
    let folder = Folder::new();
    let check = |parameters: Value| {
        let file = folder.workflow(&chain(&[action("Users", "Create A User", parameters)]));
        konverte(&["check", &file, "--format", "json"])
    };
    let ran = check(json!({"name": "Ana", "email": "a@b.c", "password": "x", "custom_atributes": {}}));
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    let found = ran.lines().into_iter().find(|found| found["code"] == "KV0113").expect("said");
    assert_eq!(found["help"], "Did you mean \"custom_attributes\"?");
    let ran = check(json!({"name": "Ana", "email": "a@b.c", "password": "x", "account_id": 1, "requestOptions": {}}));
    assert_eq!(ran.code, 0, "a parameter of another action is a warning: {}", ran.stdout);
    assert!(ran.stdout.contains("KV0113"), "{}", ran.stdout);
}

#[test]
fn with_json_logs_every_line_is_an_object() {
    let folder = Folder::new();
    let flow = folder.workflow(&chain(&[set("A", "x", "={{ $json. }}")]));
    for args in [&["run", &flow][..], &["run", &flow, "--no-such"], &["check", "/no/such.json"], &["run"]] {
        let ran = konverte(&[&["--log-format", "json"], args].concat());
        for line in ran.stderr.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()), "{args:?}: {line}");
        }
    }
}

#[test]
fn a_wrong_command_line_is_an_error_like_any_other() {
    for args in
        [&["run", "x.json", "--no-such-option-of-this-program-and-its-commands"][..], &["run"], &["run", "x.json", "--output", "paper"], &["nods"]]
    {
        let at = |columns: &str| finish(command(args).env("COLUMNS", columns).output().expect("it starts"));
        for columns in [40, 60, 80] {
            let ran = at(&columns.to_string());
            ran.refused(2, "KV0700");
            assert!(ran.stderr.contains("--help") && !ran.stderr.contains("error:"), "{}", ran.stderr);
            assert!(ran.stderr.lines().all(|line| line.chars().count() <= columns), "{columns}: {}", ran.stderr);
        }
        let said: Value = serde_json::from_str(konverte(&[args, &["--log-format", "json"]].concat()).stderr.trim()).expect("JSON");
        assert_eq!(said["code"], "KV0700");
    }
}
