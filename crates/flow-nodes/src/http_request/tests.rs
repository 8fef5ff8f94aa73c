//! HTTP Request: what the recordings cannot show, because it needs a token server, a slow one, or many items.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use node_sdk::ports::{HttpBody, HttpErrorKind, HttpRequest};
use node_testkit::{FakeHttp, Harness};
use serde_json::{Map, Value, json};

use crate::testing::{node, numbers};

fn http(parameters: Value) -> Harness {
    node("httpRequest").with(credential_types::provider()).version(4.2).parameters(parameters)
}

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
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
    let harness = http(json!({"url": "http://h/a", "authentication": "genericCredentialType", "genericAuthType": OAUTH2})).input(numbers(count));
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
    assert_eq!((text(&asked[0]), header(&asked[0], "authorization")), ("grant_type=client_credentials&scope=a%20b".into(), "Basic aSBkOnM=".into()));
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

fn service(kind: &str, credential: Value, count: usize) -> Harness {
    let harness = http(json!({"url": "http://h/a", "authentication": "predefinedCredentialType", "nodeCredentialType": kind})).input(numbers(count));
    harness.ports().credentials.set(kind, fields(credential));
    harness
}

#[test]
fn a_session_that_is_over_is_begun_anew_once_for_all_items() {
    let harness = service("metabaseApi", json!({"url": "http://m", "username": "u", "password": "p"}), 3);
    let begun = Arc::new(AtomicUsize::new(0));
    harness.ports().http.respond(move |request| {
        if request.url == "http://m/api/session" {
            return Ok(FakeHttp::json(200, &json!({"id": format!("s{}", begun.fetch_add(1, Ordering::Relaxed) + 1)})));
        }
        let session = header(request, "x-metabase-session");
        Ok(FakeHttp::json(if session == "s1" { 401 } else { 200 }, &json!({"with": session})))
    });
    let ports = harness.ports();
    assert_eq!(harness.run().json(0), vec![json!({"with": "s2"}); 3]);
    assert_eq!(ports.http.requests().iter().filter(|request| request.url.starts_with("http://m")).count(), 2);
}

/// A server that takes `Bearer new` alone, and gives it for the refresh token `r`.
fn refreshing(harness: &Harness) {
    harness.ports().http.respond(|request| {
        if request.url == "https://oauth2.googleapis.com/token" {
            let good = text(request).contains("refresh_token=r&");
            return Ok(FakeHttp::json(
                if good { 200 } else { 400 },
                &json!({"access_token": "new", "refresh_token": "r2", "error": "invalid_grant"}),
            ));
        }
        Ok(FakeHttp::json(if header(request, "authorization") == "Bearer new" { 200 } else { 401 }, &json!({})))
    });
}

#[test]
fn a_token_that_is_over_is_renewed_once_for_all_items_and_kept() {
    let harness =
        service("gmailOAuth2", json!({"clientId": "c", "clientSecret": "s", "oauthTokenData": {"access_token": "old", "refresh_token": "r"}}), 3);
    refreshing(&harness);
    let ports = harness.ports();
    assert!(harness.run().error.is_none());
    let sent = ports.http.requests();
    assert_eq!(header(&sent[0], "authorization"), "Bearer old");
    let renewals: Vec<_> = sent.iter().filter(|request| request.url.ends_with("/token")).map(text).collect();
    assert_eq!(renewals, ["refresh_token=r&grant_type=refresh_token&client_id=c&client_secret=s"]);
    let kept = ports.credentials.fields("gmailOAuth2");
    assert_eq!((&kept["oauthTokenData"]["access_token"], &kept["oauthTokenData"]["refresh_token"]), (&json!("new"), &json!("r2")));
}

#[test]
fn nothing_is_sent_with_a_credential_without_its_fields() {
    let harness = service("githubApi", json!({"acessToken": "t"}), 1);
    let ports = harness.ports();
    let error = harness.run().error.unwrap();
    assert_eq!((error.code.as_str(), ports.http.requests().len()), ("KV0311", 0));
    assert!(error.message.ends_with("nothing is sent with it: the field `accessToken` is missing"), "{}", error.message);
    assert!(error.help.unwrap().ends_with("`acessToken` is none of them."));
}

#[test]
fn a_token_that_nobody_renews_fails_the_item_and_help_says_what_to_do() {
    let harness = service("gmailOAuth2", json!({"oauthTokenData": {"access_token": "old"}}), 1);
    refreshing(&harness);
    let ports = harness.ports();
    let error = harness.run().error.unwrap();
    assert_eq!((error.code.as_str(), ports.http.requests().len()), ("KV0410", 1), "without a refresh token");
    assert!(error.help.unwrap().contains("holds no refresh token"));
    let used_up =
        service("gmailOAuth2", json!({"clientId": "c", "clientSecret": "s", "oauthTokenData": {"access_token": "old", "refresh_token": "x"}}), 1);
    refreshing(&used_up);
    let error = used_up.run().error.unwrap();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("KV0311", "The OAuth 2 token could not be renewed: invalid_grant"));
    let refused =
        service("gmailOAuth2", json!({"clientId": "c", "clientSecret": "s", "oauthTokenData": {"access_token": "old", "refresh_token": "r"}}), 1);
    refused.ports().http.respond(|request| {
        let renews = request.url == "https://oauth2.googleapis.com/token";
        Ok(FakeHttp::json(if renews { 200 } else { 401 }, &json!({"access_token": "new"})))
    });
    assert!(refused.run().error.unwrap().help.unwrap().contains("renewed just now"), "the new token is refused too");
    let none = service("gmailOAuth2", json!({"clientId": "c"}), 1).run();
    assert_eq!(none.message(), "The credential of type \"gmailOAuth2\" holds no access token");
    let twice = service("metabaseApi", json!({"url": "http://m", "username": "u", "password": "p", "sessionToken": "s0"}), 1);
    twice.ports().http.respond(|request| {
        let begins = request.url == "http://m/api/session";
        Ok(FakeHttp::json(if begins { 200 } else { 401 }, &json!({"id": "s1"})))
    });
    let ports = twice.ports();
    assert_eq!(twice.run().error.unwrap().code.as_str(), "KV0410", "refused with a new session too");
    assert_eq!(ports.http.requests().len(), 3);
}

#[test]
fn expressions_in_a_credential_are_evaluated_for_the_item() {
    let harness = service("githubApi", json!({"accessToken": "={{ $json.i }}"}), 2);
    let ports = harness.ports();
    assert!(harness.run().error.is_none());
    let mut sent: Vec<_> = ports.http.requests().iter().map(|request| header(request, "authorization")).collect();
    sent.sort();
    assert_eq!(sent, ["token 0", "token 1"]);
}

#[test]
fn a_type_that_comes_at_run_time_opens_a_request() {
    let types = json!({"acmeApi": {"properties": [{"name": "site", "type": "string", "default": "eu"}],
        "authenticate": {"type": "generic", "properties": {"headers": {"X-Key": "={{$credentials.key}}"}, "qs": {"site": "={{$credentials.site}}"}}}}});
    let harness = service("acmeApi", json!({"key": "k"}), 1).with(credential_types::from_json(&fields(types)).unwrap());
    let ports = harness.ports();
    assert!(harness.run().error.is_none());
    let sent = &ports.http.requests()[0];
    assert_eq!((sent.url.as_str(), header(sent, "x-key")), ("http://h/a?site=eu", "k".to_owned()));
}

#[test]
fn credentials_that_we_cannot_use_are_named() {
    for (kind, name) in [
        ("genericCredentialType", "httpTemplatedCustomAuth"),
        ("predefinedCredentialType", "ghostAdminApi"),
        ("predefinedCredentialType", "madeUpApi"),
    ] {
        let parameters = json!({"url": "http://h/", "authentication": kind, "genericAuthType": name, "nodeCredentialType": name});
        let harness = http(parameters).input(numbers(1));
        let ports = harness.ports();
        assert!(harness.run().message().starts_with(&format!("The credential type \"{name}\" cannot be used: ")));
        assert!(ports.http.requests().is_empty());
    }
}

#[test]
fn secrets_are_in_no_error() {
    let harness = http(json!({"url": "http://h/", "authentication": "genericCredentialType", "genericAuthType": "httpBearerAuth"})).input(numbers(1));
    let ports = harness.ports();
    ports.credentials.set("httpBearerAuth", fields(json!({"token": "s3cr3t"})));
    ports.http.respond(|_| Ok(FakeHttp::json(401, &json!({"message": "no"}))));
    let ran = harness.field("onError", json!("continueRegularOutput")).run();
    assert!(!format!("{ran:?}").contains("s3cr3t"));
}

#[test]
fn an_item_that_cannot_be_sent_ends_the_run_but_not_what_has_begun() {
    let harness = http(json!({"url": "={{ $json.i === 2 ? '' : 'http://h/' + $json.i }}"})).input(numbers(5));
    let ports = harness.ports();
    let ran = harness.run();
    assert_eq!((ran.message(), ran.error.as_ref().unwrap().item), ("URL parameter cannot be empty", Some(2)));
    assert_eq!(ports.http.requests().len(), 2);
}

#[test]
fn the_first_failing_item_is_the_error_of_the_run_and_all_are_sent() {
    let harness = http(json!({"url": "=http://h/{{ $json.i }}"})).input(numbers(70));
    let ports = harness.ports();
    ports.http.respond(|request| match request.url.rsplit('/').next() {
        Some("3") => Err(FakeHttp::failure(HttpErrorKind::Refused, "connect ECONNREFUSED h:80")),
        Some("1") => Ok(FakeHttp::json(503, &json!({"error": {"message": "busy"}}))),
        _ => Ok(FakeHttp::json(200, &json!({}))),
    });
    let error = harness.run().error.unwrap();
    let said = error.description.as_deref().and_then(|text| text.lines().next());
    assert_eq!((error.item, error.code.as_str(), said), (Some(1), "KV0414", Some("busy")));
    assert_eq!(ports.http.requests().len(), 70);
}

#[test]
fn pauses_between_batches_and_pages() {
    let pages = json!({"pagination": {"parameters": {"parameters": [{"type": "qs", "name": "p", "value": "={{ $pageCount }}"}]}, "paginationCompleteWhen": "other",
        "completeExpression": "={{ $pageCount >= 3 }}", "requestInterval": 50}});
    let harness = http(json!({"url": "http://h/", "options": {"pagination": pages, "batching": {"batch": {"batchSize": 2, "batchInterval": 700}}}}));
    let harness = harness.input(numbers(3));
    let ports = harness.ports();
    ports.http.respond(|request| Ok(FakeHttp::json(200, &json!([request.url]))));
    assert_eq!(harness.run().json(0).len(), 9);
    let mut sleeps = ports.clock.sleeps();
    sleeps.sort_unstable();
    assert_eq!(sleeps, [[50; 6].as_slice(), &[700]].concat().into_iter().map(Duration::from_millis).collect::<Vec<_>>());
}

#[test]
fn a_batch_size_that_is_no_number_is_one() {
    for (batch, expected) in
        [(json!({"batchSize": "={{ $json.none }}", "batchInterval": 700}), 2), (json!({"batchSize": 1, "batchInterval": "={{ 'x' }}"}), 0)]
    {
        let harness = http(json!({"url": "http://h/", "options": {"batching": {"batch": batch}}})).input(numbers(3));
        let ports = harness.ports();
        ports.http.respond(|_| Ok(FakeHttp::json(200, &json!({}))));
        assert!(harness.run().error.is_none());
        assert_eq!(ports.clock.sleeps(), vec![Duration::from_millis(700); expected], "{batch}");
    }
}

#[test]
fn json_beyond_the_limits() {
    let harness = http(json!({"url": "http://h/"})).input(numbers(1));
    harness.ports().http.respond(|_| {
        let mut answer = FakeHttp::json(200, &json!(null));
        answer.body = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000)).into();
        Ok(answer)
    });
    let error = harness.run().error.unwrap();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("KV0406", "Invalid JSON in response body"));
    assert!(error.description.unwrap().contains("deeper than 128"));
    let surrogate = http(json!({"url": "http://h/"})).input(numbers(1));
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
        let harness =
            http(json!({"url": "=http://h/{{ $json.i }}"})).version(version).input(numbers(2)).field("onError", json!("continueErrorOutput"));
        harness.ports().http.respond(|request| Ok(FakeHttp::json(if request.url.ends_with('1') { 500 } else { 200 }, &json!({"message": "m"}))));
        let ran = harness.run();
        assert_eq!(ran.json(0), [json!({"message": "m"})]);
        let failed = &ran.json(1)[0];
        assert_eq!((&failed["i"], &failed["error"]["status"]), (&json!(1), &json!(500)));
        assert_eq!(failed.get("details").is_some(), version == 4.5);
        assert!(ran.outputs[1][0].error.is_none());
    }
}

/// What is sent for one item: the content type, and the body or the names and contents of its parts.
fn sent(version: f64, parameters: Value, custom: Option<Value>) -> (String, String) {
    let harness = http(parameters).version(version).input(numbers(1));
    let ports = harness.ports();
    if let Some(json) = custom {
        ports.credentials.set("httpCustomAuth", fields(json!({"json": json.to_string()})));
    }
    let ran = harness.run();
    assert!(ran.error.is_none(), "{:?}", ran.error);
    let request = ports.http.requests().remove(0);
    let body = match &request.body {
        HttpBody::Multipart(parts) => parts.iter().map(|part| format!("{}={};", part.name, String::from_utf8_lossy(&part.content))).collect(),
        _ => text(&request),
    };
    (header(&request, "content-type"), body)
}

#[test]
fn bodies() {
    let pairs = |content: &str, more: Value| {
        let list = json!([{"name": "a", "value": "1"}, {"name": "b", "value": "2"}, {"name": "a", "value": "3"}]);
        let mut parameters =
            json!({"url": "http://h/", "method": "POST", "sendBody": true, "contentType": content, "bodyParameters": {"parameters": list}});
        parameters.as_object_mut().unwrap().extend(fields(more));
        parameters
    };
    let custom = json!({"authentication": "genericCredentialType", "genericAuthType": "httpCustomAuth"});
    let auth = json!({"body": {"a": "auth", "k": "K"}});
    for (version, parameters, auth, content_type, body) in [
        (4.1, pairs("multipart-form-data", json!({})), None, "", "a=3;b=2;"),
        (4.2, pairs("multipart-form-data", json!({})), None, "", "a=1;b=2;a=3;"),
        (4.2, pairs("form-urlencoded", json!({"method": "DELETE"})), None, "application/json", r#"{"a":"3","b":"2"}"#),
        (4.2, pairs("raw", json!({"method": "DELETE", "rawContentType": "text/x", "body": "t"})), None, "text/x", ""),
        (4.2, pairs("json", custom.clone()), Some(auth.clone()), "application/json", r#"{"a":"auth","b":"2","k":"K"}"#),
        (4.2, pairs("form-urlencoded", custom.clone()), Some(auth.clone()), "application/json", r#"{"a":"3","k":"K","b":"2"}"#),
        (4.2, pairs("multipart-form-data", custom), Some(auth), "", "a=1;b=2;a=3;"),
    ] {
        assert_eq!(sent(version, parameters.clone(), auth), (content_type.to_owned(), body.to_owned()), "{version} {parameters}");
    }
}

#[test]
fn ends_of_a_walk() {
    let walk = |pages: Value, never_error: bool, answers: Vec<(u16, Value)>| {
        let mut pagination = json!({"parameters": {"parameters": [{"type": "qs", "name": "p", "value": "={{ $pageCount }}"}]}});
        pagination.as_object_mut().unwrap().extend(fields(pages));
        let options = json!({"pagination": {"pagination": pagination}, "response": {"response": {"neverError": never_error}}});
        let harness = http(json!({"url": "http://h/", "options": options})).input(numbers(1));
        let left = std::sync::Mutex::new(answers.into_iter());
        harness.ports().http.respond(move |_| {
            let (status, body) = left.lock().unwrap().next().unwrap_or((200, json!([])));
            Ok(FakeHttp::json(status, &body))
        });
        let ran = harness.run();
        (ran.json(0), ran.error.map(|error| error.message).unwrap_or_default())
    };
    let page = |n: u32| json!([{"n": n}]);
    let other = |expression: &str| json!({"paginationCompleteWhen": "other", "completeExpression": expression});
    let limit = json!({"limitPagesFetched": true, "maxRequests": 2});
    // The last page that may be asked for is put out whatever its status; so is an error's page that is empty.
    assert_eq!(walk(limit, false, vec![(200, page(1)), (500, json!([{"n": "error"}]))]).0.len(), 2);
    assert_eq!(walk(json!({}), false, vec![(200, page(1)), (404, json!([]))]), (vec![json!({"n": 1})], String::new()));
    // An error's page that another one would follow is an error, even where any status is an answer.
    let (_, message) = walk(json!({}), true, vec![(200, page(1)), (404, page(2))]);
    assert_eq!(message, "The resource you are requesting could not be found");
    assert_eq!(walk(other("={{ $response.statusCode == 404 }}"), true, vec![(200, page(1)), (404, page(2))]).0.len(), 2);
    assert!(!walk(other("={{ $response.statusCode == 404 }}"), false, vec![(200, page(1)), (404, page(2))]).1.is_empty());
    let named = |name: &str, value: &str| json!({"parameters": {"parameters": [{"type": "qs", "name": name, "value": value}]}});
    assert_eq!(walk(named("", "1"), false, vec![]).1, "Parameter name must be set for parameter [1] in pagination settings");
    assert!(walk(named("p", ""), false, vec![]).1.ends_with("omitting it will result in an infinite loop"));
}

#[test]
fn empty_answers_that_are_json() {
    for (options, expected) in [(json!({}), json!({})), (json!({"responseFormat": "json"}), json!({}))] {
        let harness = http(json!({"url": "http://h/", "options": {"response": {"response": options}}})).input(numbers(1));
        harness.ports().http.respond(|_| {
            let mut answer = FakeHttp::json(200, &json!(null));
            answer.body = " \n".into();
            Ok(answer)
        });
        assert_eq!(harness.run().json(0), [expected]);
    }
}

#[test]
fn a_next_url_that_the_first_page_cannot_have_is_no_fault_but_on_later_pages_it_is_in_a_strict_run() {
    let walk = |bodies: [Value; 2]| {
        let pagination = json!({"paginationMode": "responseContainsNextURL", "nextURL": "={{ $response.body.links.next }}",
            "paginationCompleteWhen": "other", "completeExpression": "={{ $pageCount === 2 }}"});
        let harness = http(json!({"url": "http://h/", "options": {"pagination": {"pagination": pagination}}})).input(numbers(1));
        let left = std::sync::Mutex::new(bodies.into_iter());
        harness.ports().http.respond(move |_| Ok(FakeHttp::json(200, &left.lock().unwrap().next().unwrap_or_default())));
        let ran = harness.options(|options| options.strict = true).run();
        (ran.json(0).len(), ran.error.map(|error| error.code.to_string()))
    };
    assert_eq!(walk([json!({"links": {"next": "http://h/2"}}), json!({})]), (2, None));
    assert_eq!(walk([json!({"n": 1}), json!({})]), (0, Some("KV0306".to_owned())));
}
