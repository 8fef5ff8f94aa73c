//! Credential types of packages: data, functions that a runner runs, and which types win.

#![expect(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test may panic; the package is shared")]

mod common;

use std::sync::Arc;

use async_trait::async_trait;
use common::{node, write};
use node_sdk::credential::{CredentialCall, CredentialPlace, Session, TokenOptions};
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, KnownBy};
use node_sdk::{CredentialType, Inputs, NodeError, Outputs, Registry, RunContext};
use node_testkit::{FakeHttp, FakePorts};
use package_nodes::{CredentialJob, Installed, Job, Provider, Runner, Tester};
use packages::place::Place;
use serde_json::{Map, Value, json};

/// Stands for a worker: says what it was asked to run.
struct Functions;

#[async_trait]
impl Runner for Functions {
    async fn run(&self, _: &Job, _: &RunContext, _: Inputs) -> Result<Outputs, NodeError> {
        Ok(Outputs::one(Vec::new()))
    }

    async fn authenticate(&self, job: &CredentialJob, call: &CredentialCall<'_>, mut options: Value) -> Result<Value, NodeError> {
        options["headers"]["X-Class"] = format!("{} {} {}", job.entry.file, job.entry.class, call.text("key")).into();
        Ok(options)
    }

    async fn pre_authenticate(&self, _: &CredentialJob, call: &CredentialCall<'_>) -> Result<Map<String, Value>, NodeError> {
        let request = HttpRequest {
            method: "POST".into(),
            url: "https://acme.test/login".into(),
            headers: Vec::new(),
            body: HttpBody::Empty,
            options: HttpOptions::default(),
        };
        call.http.send(request).await.map_err(|error| NodeError::new(error.message))?;
        Ok(map(json!({"session": "s1"})))
    }

    async fn test(&self, _: &CredentialJob, tester: &Tester, call: &CredentialCall<'_>) -> Result<String, NodeError> {
        Ok(format!("{} {} {} {}", tester.entry.name, tester.version, tester.function, call.text("key")))
    }
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn types() -> Value {
    let key = json!({"displayName": "Key", "name": "key", "type": "string", "default": "k"});
    let own = json!({"displayName": "Own", "name": "own", "type": "string", "default": "o", "doNotInherit": true});
    let session = json!({"displayName": "Session", "name": "session", "type": "hidden", "default": "", "typeOptions": {"expirable": true}});
    let rule = |value: &str| json!({"type": "generic", "properties": {"headers": {"X-Key": value}}});
    json!([
        {"name": "acmeApi", "displayName": "Acme", "properties": [key, own], "authenticate": rule("={{$credentials.key}}")},
        {"name": "acmeChildApi", "displayName": "Child", "extends": ["acmeApi"], "properties": [], "authenticate": rule("=child {{$credentials.key}}")},
        {"name": "acmeCodeApi", "displayName": "Code", "properties": [key], "authenticate": {}},
        {"name": "acmeSessionApi", "displayName": "Session", "properties": [key, session], "authenticate": rule("={{$credentials.session}}"),
            "test": {"request": {"baseURL": "https://acme.test", "url": "/me"}, "rules": [
                {"type": "responseSuccessBody", "properties": {"key": "error.kind", "value": "no", "message": "Wrong key"}}]}},
        {"name": "acmeOAuth2Api", "displayName": "OAuth2", "extends": ["oAuth2Api"], "properties": [
            {"displayName": "Token", "name": "accessTokenUrl", "type": "hidden", "default": "=https://{{$self[\"key\"]}}.test/token"}, key]},
        {"name": "githubApi", "displayName": "Other", "properties": [key], "authenticate": rule("other")},
    ])
}

/// A registry with the package's types before konverte's, as the program has them.
fn registry() -> (Registry, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let uses = |name: &str, tested: Value| json!({"credentials": [{"name": name, "required": true, "testedBy": tested}]});
    let defaults = json!({"requestDefaults": {"baseURL": "https://acme.test/v1"}});
    let mut asks = uses("acmeApi", json!({"request": {"url": "/ping"}}));
    asks.as_object_mut().unwrap().extend(map(defaults));
    write(
        folder.path(),
        &json!([node("asks", &json!(1), &json!([]), &asks), node("calls", &json!([1, 1.1]), &json!([]), &uses("acmeCodeApi", json!("acmeTest")))]),
    );
    let types = types();
    let names = types.as_array().unwrap().iter().map(|kind| kind["name"].as_str().unwrap());
    let known = names
        .map(|name| (name.to_owned(), json!({"className": name.to_uppercase(), "sourcePath": format!("dist/credentials/{name}.credentials.js")})));
    let known = Value::Object(known.collect());
    let put = |path: &str, text: String| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("dist/types/credentials.json", types.to_string());
    put("dist/known/credentials.json", known.to_string());
    known.as_object().unwrap().values().for_each(|known| put(known["sourcePath"].as_str().unwrap(), String::new()));
    let provider = Provider::new(Installed::new(Place::Package(folder.path().to_owned()), Ok("nowhere".into())), Some(Arc::new(Functions)));
    (Registry::new().with(credential_types::provider()).with(provider), folder)
}

async fn with<T>(ports: &FakePorts, kind: &dyn CredentialType, fields: Value, work: impl AsyncFnOnce(&CredentialCall<'_>) -> T) -> T {
    let fields = kind.complete(&map(fields));
    let (http, clock, random) = (&*ports.http, &*ports.clock, &*ports.random);
    let (sender, known_by, dry_run, token) = (None, KnownBy::Place, false, &TokenOptions::default());
    let (learned, signed_in) = (&|_: &str| {}, &|_: &Map<String, Value>| {});
    let call = CredentialCall { fields: &fields, method: "GET", token, http, clock, random, sender, known_by, learned, signed_in, dry_run };
    work(&call).await
}

async fn headers(kind: &dyn CredentialType, fields: Value) -> Vec<(String, String)> {
    with(&FakePorts::default(), kind, fields, async |call| kind.grant(call).await.unwrap().headers).await
}

async fn test(ports: &FakePorts, kind: &dyn CredentialType, fields: Value) -> Result<String, NodeError> {
    let place = CredentialPlace { node: "N", parameters: &Map::new() };
    let verdicts = with(ports, kind, fields, async |call| kind.test(call, &[place]).await).await;
    verdicts.into_iter().next().unwrap().result.map(|proof| proof.message)
}

#[tokio::test]
async fn rules_and_fields_are_inherited_and_a_package_wins_over_what_konverte_knows() {
    let (registry, _folder) = registry();
    let kind = |name: &str| registry.credential(name).unwrap();
    assert_eq!(headers(&*kind("acmeApi"), json!({})).await, [("X-Key".to_owned(), "k".to_owned())]);
    let child = kind("acmeChildApi");
    assert_eq!(headers(&*child, json!({"key": "c"})).await, [("X-Key".to_owned(), "child c".to_owned())]);
    assert!(!child.properties().iter().any(|property| property["name"] == "own"), "it says that it is not inherited");
    assert_eq!(headers(&*kind("githubApi"), json!({})).await, [("X-Key".to_owned(), "other".to_owned())]);
    assert_eq!(headers(&*kind("gitlabApi"), json!({"accessToken": "t"})).await, [("Private-Token".to_owned(), "t".to_owned())]);
    assert_eq!(registry.credentials().iter().filter(|kind| kind.name() == "githubApi").count(), 1);
    let oauth2 = kind("acmeOAuth2Api");
    let fields = oauth2.complete(&map(json!({"oauthTokenData": {"access_token": "a", "refresh_token": "r"}})));
    assert_eq!((&fields["accessTokenUrl"], oauth2.session(&fields)), (&json!("https://k.test/token"), Session::Held));
}

#[tokio::test]
async fn functions_of_a_package_are_run() {
    let (registry, _folder) = registry();
    let kind = |name: &str| registry.credential(name).unwrap();
    let code = kind("acmeCodeApi");
    assert!(code.rewrites() && code.refusal().is_none());
    let ports = FakePorts::default();
    let options = with(&ports, &*code, json!({"key": "c"}), async |call| code.rewrite(call, json!({"url": "u", "headers": {}})).await).await.unwrap();
    assert_eq!(options, json!({"url": "u", "headers": {"X-Class": "dist/credentials/acmeCodeApi.credentials.js ACMECODEAPI c"}}));
    assert_eq!(test(&ports, &*code, json!({})).await.unwrap(), "calls 1.1 acmeTest k");
    let session = kind("acmeSessionApi");
    assert_eq!(session.session(&session.complete(&Map::new())), Session::Missing);
    ports.http.respond(|request| Ok(FakeHttp::json(200, &json!({"error": {"kind": if request.url.ends_with("/me") { "no" } else { "" }}}))));
    let error = test(&ports, &*session, json!({})).await.unwrap_err();
    assert_eq!(error.description.as_deref(), Some("Wrong key"));
    let sent = ports.http.requests();
    assert_eq!(sent.iter().map(|request| request.url.as_str()).collect::<Vec<_>>(), ["https://acme.test/login", "https://acme.test/me"]);
    assert!(sent[1].headers.contains(&("X-Key".into(), "s1".into())));
    assert!(test(&ports, &*kind("acmeApi"), json!({})).await.is_ok());
    assert_eq!(ports.http.requests()[2].url, "https://acme.test/v1/ping", "the node's address");
}
