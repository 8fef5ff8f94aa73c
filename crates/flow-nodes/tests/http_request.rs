//! HTTP Request: what the recordings cannot show, because it needs a token server, a slow one, or many items.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use node_sdk::Provider;
use node_sdk::ports::{HttpBody, HttpErrorKind, HttpRequest};
use node_testkit::{FakeHttp, Harness};
use serde_json::{Map, Value, json};

fn http(parameters: Value) -> Harness {
    Harness::new(flow_nodes::provider().find("n8n-nodes-base.httpRequest").unwrap()).version(4.2).parameters(parameters)
}

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn items(count: usize) -> Vec<Value> {
    (0..count).map(|i| json!({ "i": i })).collect()
}

fn header(request: &HttpRequest, name: &str) -> String {
    let found = request.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn text(request: &HttpRequest) -> String {
    match &request.body {
        HttpBody::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        _ => String::new(),
    }
}

/// A server that gives a new token each time, and takes only the newest.
fn token_server(harness: &Harness, used_up: usize) {
    let given = Arc::new(AtomicUsize::new(0));
    harness.ports().http.respond(move |request| {
        if request.url.ends_with("/token") {
            return Ok(FakeHttp::json(200, &json!({"access_token": format!("t{}", given.fetch_add(1, Ordering::Relaxed) + 1)})));
        }
        let old = (1..=used_up).any(|n| header(request, "authorization") == format!("Bearer t{n}"));
        Ok(FakeHttp::json(if old { 401 } else { 200 }, &json!({"with": header(request, "authorization")})))
    });
}

const OAUTH2: &str = "oAuth2Api";

fn oauth2(credential: Value, count: usize) -> Harness {
    let harness = http(json!({"url": "http://h/a", "authentication": "genericCredentialType", "genericAuthType": OAUTH2})).input(items(count));
    harness.ports().credentials.set(OAUTH2, fields(credential));
    harness
}

#[test]
fn client_credentials_fetch_one_token_for_all_items() {
    let credential =
        json!({"grantType": "clientCredentials", "accessTokenUrl": "http://h/token", "clientId": "i d", "clientSecret": "s", "scope": "a b"});
    let harness = oauth2(credential, 3);
    token_server(&harness, 0);
    let ports = harness.ports();
    let ran = harness.run();
    assert_eq!(ran.json(0), vec![json!({"with": "Bearer t1"}); 3]);
    let asked = ports.http.requests();
    assert_eq!(asked.len(), 4);
    assert_eq!(
        (text(&asked[0]), header(&asked[0], "authorization")),
        ("grant_type=client_credentials&scope=a%20b".into(), "Basic aSUyMGQ6cw==".into())
    );
}

#[test]
fn a_token_that_is_used_up_is_renewed_once() {
    let credential =
        json!({"grantType": "clientCredentials", "accessTokenUrl": "http://h/token", "clientId": "i", "clientSecret": "s", "authentication": "body"});
    let harness = oauth2(credential, 2);
    token_server(&harness, 1);
    let ports = harness.ports();
    assert_eq!(harness.run().json(0), vec![json!({"with": "Bearer t2"}); 2]);
    let tokens: Vec<_> = ports.http.requests().into_iter().filter(|request| request.url.ends_with("/token")).collect();
    assert_eq!(tokens.len(), 2);
    assert_eq!(text(&tokens[0]), "grant_type=client_credentials&client_id=i&client_secret=s");
}

#[test]
fn a_token_that_is_given_is_used() {
    let harness = oauth2(json!({"oauthTokenData": {"access_token": "given"}}), 1);
    token_server(&harness, 0);
    assert_eq!(harness.run().json(0), [json!({"with": "Bearer given"})]);
    let none = oauth2(json!({"grantType": "authorizationCode"}), 1).run();
    assert_eq!(none.message(), "The credential of type \"oAuth2Api\" holds no access token");
}

#[test]
fn credentials_that_we_cannot_use_are_named() {
    for (kind, name) in [("genericCredentialType", "oAuth1Api"), ("predefinedCredentialType", "aws"), ("predefinedCredentialType", "madeUpApi")] {
        let parameters = json!({"url": "http://h/", "authentication": kind, "genericAuthType": name, "nodeCredentialType": name});
        let harness = http(parameters).input(items(1));
        let ports = harness.ports();
        assert!(harness.run().message().starts_with(&format!("The credential type \"{name}\" cannot be used: ")));
        assert!(ports.http.requests().is_empty());
    }
}

#[test]
fn secrets_are_in_no_error() {
    let harness = http(json!({"url": "http://h/", "authentication": "genericCredentialType", "genericAuthType": "httpBearerAuth"})).input(items(1));
    let ports = harness.ports();
    ports.credentials.set("httpBearerAuth", fields(json!({"token": "s3cr3t"})));
    ports.http.respond(|_| Ok(FakeHttp::json(401, &json!({"message": "no"}))));
    let ran = harness.field("onError", json!("continueRegularOutput")).run();
    assert!(!format!("{ran:?}").contains("s3cr3t"));
}

#[test]
fn an_item_that_cannot_be_sent_ends_the_run_but_not_what_has_begun() {
    let harness = http(json!({"url": "={{ $json.i === 2 ? '' : 'http://h/' + $json.i }}"})).input(items(5));
    let ports = harness.ports();
    let ran = harness.run();
    assert_eq!((ran.message(), ran.error.as_ref().unwrap().item), ("URL parameter cannot be empty", Some(2)));
    assert_eq!(ports.http.requests().len(), 2);
}

#[test]
fn the_first_failing_item_is_the_error_of_the_run_and_all_are_sent() {
    let harness = http(json!({"url": "=http://h/{{ $json.i }}"})).input(items(70));
    let ports = harness.ports();
    ports.http.respond(|request| match request.url.rsplit('/').next() {
        Some("3") => Err(FakeHttp::failure(HttpErrorKind::Refused, "connect ECONNREFUSED h:80")),
        Some("1") => Ok(FakeHttp::json(503, &json!({"error": {"message": "busy"}}))),
        _ => Ok(FakeHttp::json(200, &json!({}))),
    });
    let error = harness.run().error.unwrap();
    assert_eq!((error.item, error.code.0, error.description.as_deref()), (Some(1), "KV0414", Some("busy")));
    assert_eq!(ports.http.requests().len(), 70);
}

#[test]
fn pauses_between_batches_and_pages() {
    let pages = json!({"pagination": {"parameters": {"parameters": [{"type": "qs", "name": "p", "value": "={{ $pageCount }}"}]}, "paginationCompleteWhen": "other",
        "completeExpression": "={{ $pageCount >= 3 }}", "requestInterval": 50}});
    let harness = http(json!({"url": "http://h/", "options": {"pagination": pages, "batching": {"batch": {"batchSize": 2, "batchInterval": 700}}}}));
    let harness = harness.input(items(3));
    let ports = harness.ports();
    ports.http.respond(|request| Ok(FakeHttp::json(200, &json!([request.url]))));
    assert_eq!(harness.run().json(0).len(), 9);
    let mut sleeps = ports.clock.sleeps();
    sleeps.sort_unstable();
    assert_eq!(sleeps, [[50; 6].as_slice(), &[700]].concat().into_iter().map(Duration::from_millis).collect::<Vec<_>>());
}

#[test]
fn json_beyond_the_limits() {
    let harness = http(json!({"url": "http://h/"})).input(items(1));
    harness.ports().http.respond(|_| {
        let mut answer = FakeHttp::json(200, &json!(null));
        answer.body = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000)).into();
        Ok(answer)
    });
    let error = harness.run().error.unwrap();
    assert_eq!((error.code.0, error.message.as_str()), ("KV0406", "Invalid JSON in response body"));
    assert!(error.help.unwrap().contains("deeper than 128"));
    let surrogate = http(json!({"url": "http://h/"})).input(items(1));
    surrogate.ports().http.respond(|_| {
        let mut answer = FakeHttp::json(200, &json!(null));
        answer.body = r#"{"a":"\ud83d","b":1e309,"__proto__":1}"#.into();
        Ok(answer)
    });
    assert_eq!(surrogate.run().json(0), [json!({"a": "\u{fffd}", "b": null, "__proto__": 1})]);
}

#[test]
fn failed_items_go_to_the_error_output_with_their_input() {
    for version in [4.2, 4.5] {
        let harness = http(json!({"url": "=http://h/{{ $json.i }}"})).version(version).input(items(2)).field("onError", json!("continueErrorOutput"));
        harness.ports().http.respond(|request| Ok(FakeHttp::json(if request.url.ends_with('1') { 500 } else { 200 }, &json!({"message": "m"}))));
        let ran = harness.run();
        assert_eq!(ran.json(0), [json!({"message": "m"})]);
        let failed = &ran.json(1)[0];
        assert_eq!((&failed["i"], &failed["error"]["status"]), (&json!(1), &json!(500)));
        assert_eq!(failed.get("details").is_some(), version == 4.5);
        assert!(ran.outputs[1][0].error.is_none());
    }
}
