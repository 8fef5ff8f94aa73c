//! Credential types of packages: data, functions that a runner runs, and whose names are whose.

#![expect(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test may panic; the package is shared")]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use common::{NAME, node, write};
use node_sdk::credential::{CredentialCall, CredentialPlace, Session, TokenOptions};
use node_sdk::ports::{HttpBody, HttpOptions, HttpRequest, KnownBy};
use node_sdk::{CredentialType, Inputs, NodeError, Outputs, Registry, RunContext};
use node_testkit::{FakeHttp, FakePorts};
use package_nodes::{CredentialJob, Installed, Job, Provider, Runner, Tester};
use packages::cache::Cache;
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
        Ok(map(json!({"session": "s1", "key": "mine", "address": "https://evil.example", "other": 1})))
    }

    async fn test(&self, _: &CredentialJob, tester: &Tester, call: &CredentialCall<'_>) -> Result<String, NodeError> {
        Ok(format!("{} {} {} {}", tester.entry.name, tester.version, tester.function, call.text("key")))
    }
}

/// What ports were told to hide.
static LEARNED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn types() -> Value {
    let key = json!({"displayName": "Key", "name": "key", "type": "string", "default": "k"});
    let site = json!({"displayName": "Site", "name": "site", "type": "string", "default": ""});
    let own = json!({"displayName": "Own", "name": "own", "type": "string", "default": "o", "doNotInherit": true});
    let session = json!({"displayName": "Session", "name": "session", "type": "hidden", "default": "", "typeOptions": {"expirable": true}});
    let rule = |value: &str| json!({"type": "generic", "properties": {"headers": {"X-Key": value}}});
    json!([
        {"name": "acmeApi", "displayName": "Acme", "properties": [key, own, site], "authenticate": rule("={{$credentials.key}}")},
        {"name": "acmeChildApi", "displayName": "Child", "extends": ["acmeApi"], "properties": [], "authenticate": rule("=child {{$credentials.key}}")},
        {"name": "acmeCodeApi", "displayName": "Code", "properties": [key], "authenticate": {}},
        {"name": "acmeSessionApi", "displayName": "Session", "properties": [key, session, site], "authenticate": rule("={{$credentials.session}}"),
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
        NAME,
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
    let (sender, known_by, token) = (None, KnownBy::Place, &TokenOptions::default());
    let (learned, signed_in) = (&|secret: &str| LEARNED.lock().unwrap().push(secret.to_owned()), &|_: &Map<String, Value>| {});
    let call = CredentialCall { fields: &fields, method: "GET", token, http, clock, random, sender, known_by, learned, signed_in };
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
async fn rules_and_fields_are_inherited() {
    let (registry, _folder) = registry();
    let kind = |name: &str| registry.credential(name).unwrap();
    assert_eq!(headers(&*kind("acmeApi"), json!({})).await, [("X-Key".to_owned(), "k".to_owned())]);
    let child = kind("acmeChildApi");
    assert_eq!(headers(&*child, json!({"key": "c"})).await, [("X-Key".to_owned(), "child c".to_owned())]);
    assert!(!child.properties().iter().any(|property| property["name"] == "own"), "it says that it is not inherited");
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
    let site = || json!({"site": "https://acme.test"});
    assert!(test(&ports, &*session, json!({})).await.unwrap_err().message.contains("may not send requests to acme.test"));
    let error = test(&ports, &*session, site()).await.unwrap_err();
    assert_eq!(error.description.as_deref(), Some("Wrong key"));
    let sent = ports.http.requests();
    assert_eq!(sent.iter().map(|request| request.url.as_str()).collect::<Vec<_>>(), ["https://acme.test/login", "https://acme.test/me"]);
    assert!(sent[1].headers.contains(&("X-Key".into(), "s1".into())));
    assert!(test(&ports, &*kind("acmeApi"), site()).await.is_ok());
    assert_eq!(ports.http.requests()[2].url, "https://acme.test/v1/ping", "the node's address");
}

/// A package with a node type and credential types whose rule says whose they are.
fn package(cache: &Cache, name: &str, kinds: &[&str]) -> Value {
    let rule = json!({"type": "generic", "properties": {"headers": {"X-Of": name}}});
    let key = json!({"displayName": "Key", "name": "key", "type": "string", "default": ""});
    let types: Vec<Value> = kinds.iter().map(|kind| json!({"name": kind, "displayName": kind, "properties": [key], "authenticate": rule})).collect();
    let known = |kind: &&str| ((*kind).to_owned(), json!({"className": kind, "sourcePath": format!("{kind}.credentials.js")}));
    let known: Map<String, Value> = kinds.iter().map(known).collect();
    let mut files: BTreeMap<String, bytes::Bytes> = kinds.iter().map(|kind| (format!("{kind}.credentials.js"), bytes::Bytes::new())).collect();
    for (path, text) in [
        ("package.json", json!({"name": name, "version": "1.0.0", "n8n": {"nodes": ["it.node.js"]}})),
        ("dist/types/nodes.json", json!([node("it", &json!(1), &json!([]), &json!({}))])),
        ("dist/types/credentials.json", json!(types)),
        ("dist/known/credentials.json", Value::Object(known)),
        ("it.node.js", json!("")),
    ] {
        files.insert(path.to_owned(), text.to_string().into());
    }
    let contents = String::from(cache.put(&files).unwrap());
    json!({"version": "1.0.0", "archive": {"folder": "/x"}, "contents": contents, "licence": {"name": "MIT", "text": contents, "accepted": "2026-11-29"}, "hosts": []})
}

/// A registry with packages of these names and credential types, and their folder.
fn locked(packages: &[(&str, &[&str])]) -> (Registry, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path().join("cache"));
    let held: Map<String, Value> = packages.iter().map(|(name, kinds)| ((*name).to_owned(), package(&cache, name, kinds))).collect();
    let lock = folder.path().join("packages.lock.json");
    std::fs::write(&lock, json!({"lockVersion": 1, "packages": held}).to_string()).unwrap();
    let provider = Provider::new(Installed::new(Place::Lock(lock), Ok(cache.folder().to_owned())), Some(Arc::new(Functions)));
    (Registry::new().with(credential_types::provider()).with(provider), folder)
}

#[tokio::test]
async fn no_package_takes_a_name_that_is_anothers() {
    // `lockstepApi` is a name that n8n does not have, `telegramApi` one of n8n's that konverte does not know.
    let evil: &[&str] = &["githubApi", "telegramApi", "httpHeaderAuth", "lockstepApi", "evilApi"];
    let (without, _other) = locked(&[("a-evil", evil), ("b-good", &["lockstepApi"])]);
    let (with, _folder) = locked(&[("a-evil", evil), ("b-good", &["lockstepApi"]), ("n8n-nodes-base", &["githubApi", "telegramApi"])]);
    let (http, evil, good, base) = ("n8n-nodes-base.httpRequest", "a-evil.it", "b-good.it", "n8n-nodes-base.it");
    for (registry, node, kind, whose) in [
        (&without, http, "githubApi", ""),
        (&without, evil, "githubApi", ""),
        (&without, http, "httpHeaderAuth", ""),
        (&without, http, "telegramApi", "refused: packages add n8n-nodes-base"),
        (&without, evil, "telegramApi", "refused: packages add n8n-nodes-base"),
        (&with, http, "githubApi", "n8n-nodes-base"),
        (&with, evil, "githubApi", "n8n-nodes-base"),
        (&with, base, "telegramApi", "n8n-nodes-base"),
        (&with, http, "httpHeaderAuth", ""),
        (&with, evil, "lockstepApi", "a-evil"),
        (&with, good, "lockstepApi", "b-good"),
        (&with, http, "lockstepApi", "refused: a-evil and b-good"),
        (&with, base, "lockstepApi", "refused: a-evil and b-good"),
        (&with, http, "evilApi", "a-evil"),
        (&with, good, "evilApi", "a-evil"),
    ] {
        let found = registry.credential_for(node, kind).unwrap();
        match (whose.strip_prefix("refused: "), found.refusal()) {
            (Some(says), Some(why)) => assert!(why.contains(says), "{node} {kind}: {why}"),
            (None, None) => assert_eq!(found.package().unwrap_or_default(), whose, "{node} {kind}"),
            (_, refusal) => panic!("{node} {kind}: {refusal:?} of {:?}", found.package()),
        }
    }
}

#[tokio::test]
async fn code_makes_no_address_and_what_it_fetches_is_hidden() {
    let (registry, _folder) = registry();
    let kind = registry.credential("acmeSessionApi").unwrap();
    let fields = json!({"site": "https://acme.test"});
    let session = with(&FakePorts::default(), &*kind, fields, async |call| kind.sign_in(call).await).await.unwrap();
    assert_eq!(Value::Object(session), json!({"session": "s1"}), "neither fields of people's nor others");
    assert!(LEARNED.lock().unwrap().contains(&"s1".to_owned()));
}
