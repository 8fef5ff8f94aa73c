//! Answers of servers that are no answer to use, for the Konverte node and for HTTP Request.

use serde_json::{Value, json};

use super::{Said, run, text};
use crate::support::{Folder, Server, action, chain, http};

/// What the Konverte node and HTTP Request make of this answer.
fn both(server: &Server, args: &[&str]) -> [crate::support::Ran; 2] {
    let folder = Folder::new();
    let credentials = folder.file("credentials.json", json!({"konverteApi": {"url": server.url(), "accessToken": "t0ken-1234"}}).to_string());
    let mut fetch = http(&server.url());
    fetch["parameters"]["options"] = json!({"response": {"response": {"responseFormat": "json"}}});
    [chain(&[action("Profile", "Fetch Profile", json!({}))]), chain(&[fetch])]
        .map(|workflow| run(&workflow, &[&["--credentials", &credentials], args].concat()))
}

fn item(ran: &crate::support::Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let result = ran.json();
    let node = text(&result["executionOrder"][1]).to_owned();
    result["nodes"][node]["runs"][0]["outputs"][0][0]["json"].clone()
}

#[test]
fn html_instead_of_json() {
    for kind in ["text/html", "application/json"] {
        let [ours, fetch] = both(&Server::answering(200, kind, "<!DOCTYPE html><p>Sign in</p>"), &[]);
        let error = ours.failed(&Said { code: "KV0406", words: &["where JSON was expected"], help: "URL", ..Said::default() });
        assert_eq!((&error["item"], &error["http"]["status"]), (&json!(0), &json!(200)));
        assert!(text(&error["http"]["body"]).contains("Sign in"));
        fetch.failed(&Said { code: "KV0406", words: &["JSON"], ..Said::default() });
    }
}

#[test]
fn json_nested_too_deep_is_refused_and_nothing_crashes() {
    for levels in [129, 20_000] {
        let body = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        for ran in both(&Server::answering(200, "application/json", &body), &[]) {
            let error = ran.failed(&Said { code: "KV0406", ..Said::default() });
            assert!(error.to_string().contains("deeper than 128"), "{error}");
        }
    }
    let body = format!("{}1{}", "{\"a\":".repeat(20_000), "}".repeat(20_000));
    for ran in both(&Server::answering(200, "application/json", &body), &[]) {
        ran.failed(&Said { code: "KV0406", ..Said::default() });
    }
    let body = format!("{{\"a\":{}1{}}}", "[".repeat(127), "]".repeat(127));
    for ran in both(&Server::answering(200, "application/json", &body), &[]) {
        assert!(ran.code == 0 && ran.stdout.contains("[[[[1]]]]"), "{}", ran.stderr);
    }
}

#[test]
fn odd_values_are_data() {
    let body = r#"{"t": "cut \ud83d!", "__proto__": {"x": 1}, "constructor": "c", "huge": 1e309, "low": -1e309}"#;
    for ran in both(&Server::answering(200, "application/json", body), &[]) {
        let expected = json!({"t": "cut \u{fffd}!", "__proto__": {"x": 1}, "constructor": "c", "huge": null, "low": null});
        assert_eq!(item(&ran), expected);
    }
}

#[test]
fn an_answer_over_the_limit_fails_its_item() {
    let body = format!("{{\"a\": \"{}\"}}", "x".repeat(5_000));
    let server = Server::answering(200, "application/json", &body);
    for ran in both(&server, &["--max-response", "4KiB"]) {
        let error = ran.failed(&Said { code: "KV0405", help: "--max-response", ..Said::default() });
        assert_eq!(error["item"], 0);
    }
    for ran in both(&server, &["--max-response", "8KiB"]) {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
}

#[test]
fn a_422_carries_the_servers_words() {
    let body = json!({"message": "Name is too short, Phone number should be in e164 format", "attributes": ["name"]}).to_string();
    let [ours, fetch] = both(&Server::answering(422, "application/json", &body), &[]);
    let error = ours.failed(&Said { code: "KV0412", words: &["Phone number should be in e164 format"], ..Said::default() });
    assert_eq!((&error["http"]["status"], &error["http"]["body"]["attributes"]), (&json!(422), &json!(["name"])));
    let error = fetch.failed(&Said { code: "KV0412", ..Said::default() });
    assert!(error.to_string().contains("Phone number should be in e164 format"), "{error}");
    // A word of advice where we know the rule; and the place of the parameter.
    let weak = chain(&[action("Users", "Create A User", json!({"name": "Ana", "email": "ana@example.com", "password": "short"}))]);
    let error =
        run(&weak, &["--sandbox"]).failed(&Said { code: "KV0412", words: &["Password is too short"], help: "6 characters", ..Said::default() });
    assert_eq!((&error["node"], &error["parameter"], &error["item"]), (&json!("Action"), &json!("password"), &json!(0)));
}

#[test]
fn what_a_server_says_when_it_breaks() {
    let [ours, fetch] = both(&Server::answering(500, "text/html", "<h1>It broke</h1>"), &[]);
    for ran in [ours, fetch] {
        let error = ran.failed(&Said { code: "KV0414", ..Said::default() });
        assert_eq!((&error["http"]["status"], &error["http"]["body"]), (&json!(500), &json!("<h1>It broke</h1>")));
    }
}
