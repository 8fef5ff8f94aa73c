//! Credentials that are missing or wrong, and secrets, which stand in no output.

use std::process::Stdio;

use serde_json::{Value, json};

use super::{Said, at, pretty, run};
use crate::support::{Folder, Server, action, chain, command, finish, http, konverte, set};

const SECRET: &str = "t0p-s3cret-Tok3n";

fn profile() -> Value {
    action("Profile", "Fetch Profile", json!({"requestOptions": {"retry": {"maxAttempts": 1}}}))
}

#[test]
fn a_node_without_its_credential_fails_when_it_runs() {
    let workflow = chain(&[profile()]);
    let ran = run(&workflow, &[]);
    let said = Said { code: "KV0310", words: &["credentials"], help: "--credentials FILE", ..Said::default() };
    let error = ran.failed(&Said { at: &at(&workflow, "\"Action\"", 0), ..said });
    assert_eq!(error["node"], "Action");
    assert_eq!(ran.json()["executionOrder"], json!(["Start", "Action"]), "it runs until there");
    let mut basic = http("http://127.0.0.1:9/");
    basic["parameters"]["authentication"] = "genericCredentialType".into();
    basic["parameters"]["genericAuthType"] = "httpBasicAuth".into();
    basic["credentials"] = json!({"httpBasicAuth": {"id": "7", "name": "Main"}});
    run(&chain(&[basic]), &[]).failed(&Said { code: "KV0310", words: &["httpBasicAuth"], help: "httpBasicAuth", ..Said::default() });
    let folder = Folder::new();
    let checked = konverte(&["check", &folder.file("workflow.json", pretty(&workflow)), "--format", "json"]);
    assert_eq!(checked.code, 0, "a warning alone: {}", checked.stdout);
    assert!(checked.lines().iter().any(|line| line["code"] == "KV0110" && line["level"] == "warning"), "{}", checked.stdout);
}

#[test]
fn a_run_says_what_a_credential_lacks() {
    let mut bearer = http("http://127.0.0.1:9/");
    bearer["parameters"]["authentication"] = "genericCredentialType".into();
    bearer["parameters"]["genericAuthType"] = "httpHeaderAuth".into();
    let folder = Folder::new();
    let answers = folder.file("answers.json", "[{}]");
    let said = |fields: Value, code: i32| {
        let credentials = folder.file("credentials.json", json!({"httpHeaderAuth": fields}).to_string());
        let file = folder.workflow(&chain(&[bearer.clone()]));
        let ran = konverte(&["run", &file, "--credentials", &credentials, "--answers", &answers]);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        ran.stderr
    };
    let misspelt = said(json!({"name": "X-Key", "valeu": "v"}), 1);
    assert!(misspelt.contains("did you mean `value`?") && misspelt.contains("is not whole, so nothing is sent"), "{misspelt}");
    assert!(!said(json!({"name": "X-Key", "value": "v"}), 0).contains("KV0311"));
}

#[test]
fn a_credentials_file_that_cannot_be_used() {
    let workflow = chain(&[profile()]);
    let folder = Folder::new();
    let with = |content: &str| run(&workflow, &["--credentials", &folder.file("credentials.json", content)]);
    for (content, words) in [
        ("7", "object"),
        (r#"[{"id": "1", "name": "Main", "type": "t", "data": "U2FsdGVk"}]"#, "is encrypted (`Main`)"),
        (r#"{"konverteApi": 1}"#, "konverteApi"),
    ] {
        with(content).blocked(2, &Said { code: "KV0703", words: &[words], ..Said::default() });
    }
    for (reference, words) in [(json!({"$env": "NO_SUCH_VARIABLE"}), "NO_SUCH_VARIABLE"), (json!({"$file": "no-such-file"}), "no-such-file")] {
        let content = json!({"konverteApi": {"url": "http://127.0.0.1:9", "accessToken": reference}}).to_string();
        with(&content).failed(&Said { code: "KV0311", words: &[words], ..Said::default() });
    }
    with("{\"konverteApi\":\n }").blocked(2, &Said { code: "KV0703", at: "credentials.json:2:2", ..Said::default() });
}

#[test]
fn an_entry_that_cannot_be_filled_in_fails_the_nodes_that_need_it_alone() {
    let folder = Folder::new();
    let workflow = chain(&[profile()]);
    let entry = json!({"url": "http://127.0.0.1:9", "accessToken": {"$env": "NO_SUCH_VARIABLE"}});
    let given = folder.file("credentials.json", json!({"konverteApi": entry}).to_string());
    let said = Said { code: "KV0311", words: &["`accessToken`", "`konverteApi`", "NO_SUCH_VARIABLE"], ..Said::default() };
    run(&workflow, &["--credentials", &given]).failed(&said);
    let checked = konverte(&["check", &folder.workflow(&workflow), "--credentials", &given, "--format", "json"]);
    assert!(checked.lines().iter().any(|line| line["code"] == "KV0311" && line["level"] == "warning"), "{}", checked.stdout);
    assert_eq!(run(&chain(&[]), &["--credentials", &given]).code, 0, "no node needs it");
}

#[test]
fn a_wrong_token_gets_the_servers_words_and_advice() {
    let mut server = command(&["sandbox"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the emulator starts");
    let mut url = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(server.stdout.take().expect("a pipe")), &mut url).expect("its address");
    let folder = Folder::new();
    let failed = |token: &str, node: Value| {
        let credentials = folder.file("credentials.json", json!({"konverteApi": {"url": url.trim(), "accessToken": token}}).to_string());
        run(&chain(&[node]), &["--credentials", &credentials])
    };
    let wrong = failed(SECRET, profile());
    // The wrong kind: the platform's API does not take a user's token.
    let kind =
        failed("sandbox-admin", action("Users", "Create A User", json!({"name": "Ana", "email": "ana@example.com", "password": "Secr3t!pass"})));
    server.kill().expect("ends");
    server.wait().expect("ended");
    let error = wrong.failed(&Said { code: "KV0410", help: "token", ..Said::default() });
    assert_eq!(error["http"]["status"], 401);
    assert!(!wrong.stdout.contains(SECRET) && !wrong.stderr.contains(SECRET));
    kind.failed(&Said { help: "token", ..Said::default() });
}

/// Everything that the program writes, in every form it has.
fn all_outputs(workflow: &Value, credentials: &Value, args: &[&str]) -> Vec<(String, String)> {
    let folder = Folder::new();
    let (file, given) = (folder.file("workflow.json", pretty(workflow)), folder.file("credentials.json", credentials.to_string()));
    let report = folder.path().join("report.html").to_str().expect("UTF-8").to_owned();
    let mut outputs = Vec::new();
    for form in ["json", "summary", "ndjson"] {
        for log in ["text", "json"] {
            let ran = konverte(
                &[&["--log-format", log, "--verbose", "run", &file, "--credentials", &given, "--output", form, "--report", &report], args].concat(),
            );
            outputs.push((format!("{form}, {log}"), format!("{}{}", ran.stdout, ran.stderr)));
        }
    }
    outputs.push(("report".into(), std::fs::read_to_string(&report).unwrap_or_default()));
    outputs
}

#[track_caller]
fn no_secret(workflow: &Value, credentials: &Value, args: &[&str]) {
    for (form, text) in all_outputs(workflow, credentials, args) {
        assert!(!text.contains(SECRET), "{form}: {text}");
    }
}

#[test]
fn a_token_stands_in_no_output_whatever_fails() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let ours = |url: &str| json!({"konverteApi": {"url": url, "accessToken": SECRET}});
    // A server that repeats the token, as text and in JSON.
    let words =
        Server::answering(401, "application/json", &json!({"error": format!("Invalid token {SECRET}"), "seen": [{"token": SECRET}]}).to_string());
    let page = Server::answering(200, "text/html", &format!("<p>{SECRET}</p>"));
    // An answer is cut where it is long, here in the token.
    let long = Server::answering(403, "text/plain", &format!("{}{SECRET}", "x".repeat(1990)));
    for text in all_outputs(&chain(&[profile()]), &ours(&long.url()), &[]) {
        assert!(!text.1.contains("xt0p-"), "{}: {}", text.0, text.1);
    }
    for url in [lab.origin("CLOSED"), lab.origin("HTTPS"), &words.url(), &page.url(), &format!("{}/hangup?", lab.origin("HTTP"))] {
        no_secret(&chain(&[profile()]), &ours(url), &[]);
    }
    no_secret(&chain(&[profile()]), &ours(&words.url()), &["--max-response", "3"]);
    no_secret(&chain(&[profile()]), &ours(&words.url()), &["--dry-run"]);
}

#[test]
fn a_token_that_was_fetched_in_the_run_is_hidden_as_those_given_are() {
    let tokens = Server::answering(200, "application/json", &json!({"access_token": SECRET}).to_string());
    let words = Server::answering(403, "application/json", &json!({"error": format!("bad token {SECRET}")}).to_string());
    let client = json!({"grantType": "clientCredentials", "accessTokenUrl": tokens.url(), "clientId": "c", "clientSecret": "other"});
    let mut node = signed_in();
    node["parameters"]["url"] = words.url().into();
    no_secret(&chain(&[node]), &json!({"oAuth2Api": client}), &[]);
}

/// A call of a workflow with this node, that nobody waits for.
fn not_waited_for(node: Value) -> Value {
    let mut below = chain(&[node]);
    below["nodes"][0]["type"] = "n8n-nodes-base.executeWorkflowTrigger".into();
    let parameters = json!({"source": "parameter", "workflowJson": below.to_string(), "options": {"waitForSubWorkflow": false}});
    json!({"name": "Call", "type": "n8n-nodes-base.executeWorkflow", "typeVersion": 1.1, "parameters": parameters})
}

#[test]
fn a_token_that_a_server_repeats_is_hidden_in_help_data_and_what_is_told_meanwhile() {
    // n8n's sentence for a 422 hides the server's words, so that they stand in the help.
    let said = json!({"error": format!("Invalid token {SECRET}"), "errors": [format!("tok {SECRET}")], SECRET: 1});
    let server = Server::answering(422, "application/json", &said.to_string());
    let given = json!({"konverteApi": {"url": server.url(), "accessToken": SECRET}});
    let mut n8n_mode = profile();
    n8n_mode["type"] = "n8n-nodes-base.chatWoot".into();
    let folder = Folder::new();
    let credentials = folder.file("credentials.json", given.to_string());
    let ran = konverte(&["run", &folder.workflow(&chain(&[n8n_mode.clone()])), "--credentials", &credentials, "--output", "json"]);
    assert!(ran.json()["error"]["help"].as_str().is_some_and(|help| help.contains("Invalid token ***")), "{}", ran.stdout);
    let check = ["check", &folder.workflow(&chain(&[profile()])), "--credentials", &credentials, "--test-credentials", "--format", "json"];
    let checked = konverte(&check);
    assert!(checked.code == 3 && !checked.stdout.contains(SECRET), "{}", checked.stdout);
    for node in [n8n_mode, profile()] {
        for on_error in ["stopWorkflow", "continueRegularOutput", "continueErrorOutput"] {
            let mut node = node.clone();
            node["onError"] = on_error.into();
            no_secret(&chain(&[node]), &given, &[]);
        }
        let called = chain(&[not_waited_for(node)]);
        let told = konverte(&["run", &folder.workflow(&called), "--credentials", &credentials]);
        told.says(0, "A sub-workflow that was not waited for failed");
        no_secret(&called, &given, &[]);
    }
    // What user code logs, and what an expression failed with: the data came from the server.
    let log = json!({"name": "Log", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": format!("console.log('{SECRET}'); return []")}});
    no_secret(&chain(&[set("Set", "a", &format!("={{{{ null['{SECRET}'] }}}}"))]), &given, &["--items", "none", "--input", "{}"]);
    no_secret(&chain(&[log]), &given, &["--items", "none"]);
}

#[test]
fn secrets_of_generic_credentials_stand_in_no_output_either() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let words = Server::answering(403, "text/plain", &format!("not you, {SECRET}"));
    for (type_name, fields) in [
        ("httpBasicAuth", json!({"user": "ana", "password": SECRET})),
        ("httpHeaderAuth", json!({"name": "X-Key", "value": SECRET})),
        ("httpQueryAuth", json!({"name": "key", "value": SECRET})),
        ("httpBearerAuth", json!({"token": SECRET})),
        ("httpCustomAuth", json!({"json": json!({"headers": {"X-Key": SECRET}, "qs": {"key": SECRET}}).to_string()})),
    ] {
        for (url, args) in [(lab.origin("CLOSED").to_owned(), &[] as &[&str]), (words.url(), &[]), (words.url(), &["--dry-run"])] {
            let mut node = http(&url);
            node["parameters"]["authentication"] = "genericCredentialType".into();
            node["parameters"]["genericAuthType"] = type_name.into();
            node["credentials"] = json!({type_name: {"id": "1", "name": "x"}});
            no_secret(&chain(&[node]), &json!({type_name: fields.clone()}), args);
        }
    }
}

#[test]
fn a_secret_of_the_environment_is_used_and_not_shown() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let folder = Folder::new();
    let file = folder.file("workflow.json", pretty(&chain(&[profile()])));
    let given = json!({"konverteApi": {"url": lab.origin("HTTP"), "accessToken": {"$env": "TOKEN"}}}).to_string();
    let credentials = folder.file("credentials.json", given);
    let ran = finish(command(&["run", &file, "--credentials", &credentials, "--output", "json"]).env("TOKEN", SECRET).output().expect("runs"));
    assert!(lab.requests()[0].to_string().contains(SECRET), "it is sent");
    assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET));
}

/// An HTTP Request with OAuth 2.
fn signed_in() -> Value {
    let mut node = http("http://127.0.0.1:1/x");
    node["parameters"]["authentication"] = "genericCredentialType".into();
    node["parameters"]["genericAuthType"] = "oAuth2Api".into();
    node
}

#[test]
fn check_says_of_every_type_what_is_missing_and_what_could_not_be_tested() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[signed_in(), profile()]));
    let found = |credentials: Value, test: bool| {
        let credentials = folder.file("credentials.json", credentials.to_string());
        let args = ["check", &file, "--format", "json", "--credentials", &credentials, "--test-credentials"];
        let checked = konverte(&args[..args.len() - usize::from(!test)]);
        let said =
            checked.lines().iter().map(|line| format!("{} {}", line["code"].as_str().unwrap_or_default(), line["message"])).collect::<Vec<_>>();
        (checked.code, said.join("\n"))
    };
    let (code, said) = found(json!({}), false);
    assert!(code == 0 && said.contains("KV0110") && said.contains("oAuth2Api") && said.contains("konverteApi"), "{said}");
    let client = json!({"grantType": "clientCredentials", "accessTokenUrl": "http://127.0.0.1:1/token", "clientId": "c", "clientSecret": "s3cret"});
    let (_, said) = found(json!({"oAuth2Api": {"clientid": "c"}, "konverteApi": {"url": "http://127.0.0.1:1"}}), false);
    for words in ["`clientid` is not a field", "holds no access token", "`accessToken` is missing"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let (code, said) = found(json!({"oAuth2Api": client}), true);
    assert!(code == 3 && said.contains("No OAuth 2 token could be had") && !said.contains("s3cret"), "{said}");
    let (_, said) = found(json!({"oAuth2Api": {"accessToken": "t0ken"}}), true);
    assert!(said.contains("not tested"), "{said}");
}

#[test]
fn a_native_credential_is_looked_at_before_anything_is_sent() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[profile()]));
    for (fields, words) in [
        (json!({"url": "http://127.0.0.1:1"}), "`accessToken` is missing"),
        (json!({"url": "http://127.0.0.1:1", "accessToken": ["s3cret"]}), "`accessToken` is not text"),
        (json!({"url": "http://127.0.0.1:1", "accessToken": {"$env": "A", "$file": "b"}}), "`accessToken` is not text"),
        (json!({"url": 5, "accessToken": "s3cret"}), "`url` is not an address"),
        (json!({"url": "ftp://x", "accessToken": "s3cret"}), "`url` is not an address"),
    ] {
        let credentials = folder.file("credentials.json", json!({"konverteApi": fields}).to_string());
        let ran = konverte(&["run", &file, "--credentials", &credentials, "--output", "ndjson"]);
        ran.says(1, words);
        assert!(ran.stderr.contains("KV0311") && !ran.stderr.contains("s3cret"), "{}", ran.stderr);
    }
}

#[test]
fn a_dry_run_lists_the_request_for_a_token_and_the_one_that_needs_it() {
    let folder = Folder::new();
    let client = json!({"grantType": "clientCredentials", "accessTokenUrl": "http://127.0.0.1:1/token", "clientId": "c", "clientSecret": "s3cret"});
    let credentials = folder.file("credentials.json", json!({"oAuth2Api": client}).to_string());
    let node = signed_in();
    let file = folder.workflow(&chain(std::slice::from_ref(&node)));
    let ran = konverte(&["run", &file, "--credentials", &credentials, "--dry-run", "--output", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let plan = ran.json()["plan"].as_array().expect("a plan").clone();
    assert_eq!(plan.iter().map(|request| request["method"].as_str().unwrap_or_default()).collect::<Vec<_>>(), ["POST", "GET"]);
    assert!(plan.iter().all(|request| request["node"] == node["name"]), "{plan:?}");
}
