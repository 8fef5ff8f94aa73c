//! Servers that cannot be reached.

use serde_json::{Value, json};

use super::{Said, at, run};
use crate::support::{Folder, Ran, Server, action, chain, http};

fn ours(url: &str, args: &[&str]) -> Ran {
    let folder = Folder::new();
    let credentials = folder.file("credentials.json", json!({"konverteApi": {"url": url, "accessToken": "t0ken-1234"}}).to_string());
    let mut node = action("Profile", "Fetch Profile", json!({}));
    node["parameters"]["requestOptions"] = json!({"timeout": 200});
    run(&chain(&[node]), &[&["--credentials", &credentials], args].concat())
}

fn fetch(url: &str, options: Value) -> (Value, Ran) {
    let mut node = http(url);
    node["parameters"]["options"] = options;
    let workflow = chain(&[node]);
    let ran = run(&workflow, &[]);
    (workflow, ran)
}

#[test]
fn nobody_listens() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let said = Said { code: "KV0400", ..Said::default() };
    let error = ours(lab.origin("CLOSED"), &[]).failed(&said);
    assert_eq!((&error["node"], &error["item"], &error["http"]), (&json!("Action"), &json!(0), &Value::Null));
    let (workflow, ran) = fetch(lab.origin("CLOSED"), json!({}));
    ran.failed(&Said { at: &at(&workflow, "\"Fetch\"", 0), ..said });
}

#[test]
fn a_name_that_is_no_hosts() {
    for ran in [ours("http://no-such-host.invalid", &[]), fetch("http://no-such-host.invalid/", json!({})).1] {
        let error = ran.failed(&Said::default());
        assert!(error["code"].as_str().is_some_and(|code| code.starts_with("KV040")), "{error}");
    }
}

#[test]
fn a_certificate_that_nobody_knows() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let said = Said { code: "KV0403", ..Said::default() };
    ours(lab.origin("HTTPS"), &[]).failed(&said);
    fetch(&format!("{}/json/obj", lab.origin("HTTPS")), json!({})).1.failed(&said);
    assert_eq!(fetch(&format!("{}/json/obj", lab.origin("HTTPS")), json!({"allowUnauthorizedCerts": true})).1.code, 0);
    // TLS spoken to a server that has none.
    let plain = lab.origin("HTTP").replace("http:", "https:");
    for ran in [ours(&plain, &[]), fetch(&plain, json!({})).1] {
        let error = ran.failed(&Said::default());
        assert!(error["code"].as_str().is_some_and(|code| code.starts_with("KV040")), "{error}");
    }
}

#[test]
fn an_answer_that_takes_too_long() {
    let lab = http_lab::Lab::start().expect("the servers start");
    ours(&format!("{}/slow/2000?", lab.origin("HTTP")), &[]).failed(&Said { code: "KV0404", ..Said::default() });
    fetch(&format!("{}/slow/2000", lab.origin("HTTP")), json!({"timeout": 200})).1.failed(&Said { code: "KV0404", ..Said::default() });
    fetch(&format!("{}/slow_body/2000", lab.origin("HTTP")), json!({"timeout": 200})).1.failed(&Said { code: "KV0404", ..Said::default() });
}

#[test]
fn a_connection_that_breaks() {
    let lab = http_lab::Lab::start().expect("the servers start");
    for path in ["reset", "hangup", "truncated"] {
        let error = fetch(&format!("{}/{path}", lab.origin("HTTP")), json!({})).1.failed(&Said::default());
        assert!(error["code"].as_str().is_some_and(|code| code.starts_with("KV04")), "{path}: {error}");
    }
}

#[test]
fn an_answer_that_breaks_the_rules_of_http() {
    for answer in ["SSH-2.0-Server\r\n\r\n", "HTTP/1.1 99 Odd\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"] {
        let server = Server::sending(answer.to_owned());
        let said = Said { code: "KV0408", ..Said::default() };
        ours(&server.url(), &[]).failed(&said);
        fetch(&server.url(), json!({})).1.failed(&said);
    }
}

#[test]
fn redirects_in_a_circle() {
    let server = Server::sending("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned());
    fetch(&server.url(), json!({})).1.failed(&Said { code: "KV0409", help: "Max Redirects", ..Said::default() });
}

#[test]
fn logs_name_no_files_of_the_machine_that_built_the_program() {
    let server = Server::answering(200, "application/json", "{}");
    let ran = run(&chain(&[http(&server.url())]), &["--verbose"]);
    assert!(ran.stderr.contains("node finished") && !ran.stderr.contains(".rs\""), "{}", ran.stderr);
}

#[test]
fn an_error_goes_where_the_node_says() {
    let lab = http_lab::Lab::start().expect("the servers start");
    let with = |on_error: &str| {
        let mut node = http(lab.origin("CLOSED"));
        node["onError"] = on_error.into();
        run(&chain(&[node, crate::support::set("After", "x", "1")]), &[])
    };
    let ran = with("continueRegularOutput");
    assert_eq!((ran.code, &ran.json()["executionOrder"]), (0, &json!(["Start", "Fetch", "After"])));
    let ran = with("continueErrorOutput");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.json()["nodes"]["Fetch"]["runs"][0]["outputs"][1].as_array().map(Vec::len), Some(1), "{}", ran.stdout);
}
