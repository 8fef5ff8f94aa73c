//! Packages from a made-up registry: what is fetched, in which versions, and that a lock brings the same again.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use node_sdk::ports::{HttpErrorKind, HttpRequest, HttpResponse};
use node_testkit::FakeHttp;
use packages::cache::Cache;
use packages::codes;
use packages::hosts::Hosts;
use packages::install::{self, Accepted};
use packages::lock::Lock;
use packages::npmrc::Sources;
use packages::offer::Offer;
use packages::registry::Registry;
use packages::spec::Spec;
use serde_json::{Value, json};
use sha2::Digest;
use tar::{Builder, Header};

const NODE: &str = r#"require("a"); require("b/sub"); require("alias"); require("kafkajs"); require("n8n-workflow"); require("./own")"#;

fn packed(name: &str, version: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let manifest = json!({"name": name, "version": version, "n8n": {"nodes": ["node.js"]}, "license": "MIT",
        "dependencies": {"a": "^1.0.0", "b": "~2.1.0", "alias": "npm:a@^2.0.0", "kafkajs": "2.0.0", "unused": "1.0.0"}});
    let manifest = manifest.to_string();
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in [("package.json", manifest.as_str())].iter().chain(files) {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, format!("package/{path}"), content.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// Name, version, dependencies.
const PUBLISHED: &[(&str, &str, &str)] = &[
    ("nodes", "1.0.0", "{}"),
    ("a", "1.0.0", "{}"),
    ("a", "1.4.0", r#"{"b": "^2.0.0", "c": "*"}"#),
    ("a", "2.3.0", "{}"),
    ("a", "3.0.0", "{}"),
    ("b", "2.1.7", r#"{"a": "2.x"}"#),
    ("b", "2.2.0", "{}"),
    ("d", "1.0.0", "{}"),
    ("c", "0.1.0", r#"{"a": ">=1 <2", "fsevents": "1.0.0"}"#),
];

fn archive(name: &str, version: &str) -> Vec<u8> {
    packed(name, version, &[("node.js", NODE), ("own.js", "1"), ("index.js", version), ("LICENSE", "Free.")])
}

fn answer(request: &HttpRequest) -> HttpResponse {
    let path = request.url.strip_prefix("https://registry.npmjs.org/").unwrap();
    if let Some((name, version)) = path.strip_suffix(".tgz").and_then(|path| path.split_once("/-/")) {
        return HttpResponse { body: archive(name, version).into(), ..FakeHttp::json(200, &Value::Null) };
    }
    let of_name = PUBLISHED.iter().filter(|(name, ..)| *name == path);
    let versions: BTreeMap<&str, Value> = of_name.map(|(name, version, dependencies)| (*version, published(name, version, dependencies))).collect();
    let latest = versions.keys().last().copied();
    if versions.is_empty() {
        FakeHttp::json(404, &json!({}))
    } else {
        FakeHttp::json(200, &json!({"dist-tags": {"latest": latest}, "versions": versions}))
    }
}

fn published(name: &str, version: &str, dependencies: &str) -> Value {
    let integrity = base64::engine::general_purpose::STANDARD.encode(sha2::Sha512::digest(archive(name, version)));
    let url = format!("https://registry.npmjs.org/{name}/-/{version}.tgz");
    let dependencies: Value = serde_json::from_str(dependencies).unwrap();
    json!({"name": name, "version": version, "dependencies": dependencies, "optionalDependencies": {"fsevents": "1.0.0"},
        "peerDependencies": if name == "c" { json!({"alias": "*", "b": "^9.0.0", "d": "1.x", "maybe": "1.0.0"}) } else { json!({}) },
        "peerDependenciesMeta": {"maybe": {"optional": true}},
        "dist": {"tarball": url, "integrity": format!("sha512-{integrity}")}})
}

fn registry(change: impl Fn(&HttpRequest, HttpResponse) -> HttpResponse + Send + Sync + 'static) -> (Registry, Arc<FakeHttp>) {
    let http = Arc::new(FakeHttp::default());
    http.respond(move |request| Ok(change(request, answer(request))));
    (Registry::new(http.clone(), Sources::default()), http)
}

async fn added(registry: &Registry, cache: &Cache) -> packages::Result<Lock> {
    let offer = Offer::fetch(registry, &Spec::parse("nodes").unwrap()).await?;
    let accepted = Accepted { on: "2026-11-29".into(), hosts: Hosts::Any };
    let (package, libraries) = install::fetch(registry, cache, &offer, accepted, &|_| {}).await?;
    let mut lock = Lock::default();
    install::add(&mut lock, "nodes", package, libraries);
    Ok(lock)
}

#[tokio::test]
async fn what_nodes_reach_is_fetched_in_the_versions_that_its_users_need() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, http) = registry(|_, answer| answer);
    let lock = added(&registry, &Cache::new(folder.path())).await.unwrap();
    assert_eq!(lock.libraries.keys().collect::<Vec<_>>(), ["a@1.4.0", "a@2.3.0", "b@2.1.7", "c@0.1.0", "d@1.0.0"]);
    let uses = |library: &packages::lock::Library| json!(library.uses);
    assert_eq!(uses(&lock.packages["nodes"].library), json!({"a": "a@1.4.0", "alias": "a@2.3.0", "b": "b@2.1.7"}));
    assert_eq!(uses(&lock.libraries["a@1.4.0"]), json!({"b": "b@2.1.7", "c": "c@0.1.0"}));
    assert_eq!(uses(&lock.libraries["b@2.1.7"]), json!({"a": "a@2.3.0"}));
    // Of its peers those that the package of nodes depends on are the same ones.
    assert_eq!(uses(&lock.libraries["c@0.1.0"]), json!({"a": "a@1.4.0", "alias": "a@2.3.0", "b": "b@2.1.7", "d": "d@1.0.0"}));
    let asked: Vec<String> = http.requests().into_iter().map(|request| request.url).collect();
    assert!(!asked.iter().any(|url| ["kafkajs", "n8n-workflow", "unused", "fsevents", "maybe"].iter().any(|name| url.contains(name))), "{asked:?}");
}

#[tokio::test]
async fn a_version_that_cannot_be_read_stands_in_no_other_s_way() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, _) = registry(|request, answer| {
        let Ok(mut told) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
        if request.url.ends_with("/a") {
            told["versions"]["1.4.1"] = json!({"name": "a", "version": "1.4.1", "dist": "lost"});
            told["versions"]["0.0.1beta"] = json!({"name": "a", "version": "one", "dist": {"tarball": "x"}});
            // As of packages from before npm looked.
            told["versions"]["2.3.0"]["dependencies"] = json!([]);
        }
        FakeHttp::json(200, &told)
    });
    let lock = added(&registry, &Cache::new(folder.path())).await.unwrap();
    assert_eq!(lock.libraries.keys().collect::<Vec<_>>(), ["a@1.4.0", "a@2.3.0", "b@2.1.7", "c@0.1.0", "d@1.0.0"]);
}

#[tokio::test]
async fn a_lock_brings_the_same_into_an_empty_cache() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, http) = registry(|_, answer| answer);
    let lock = Lock::read(&added(&registry, &Cache::new(folder.path().join("one"))).await.unwrap().write(), "l").unwrap();
    let cache = Cache::new(folder.path().join("two"));
    let whole = || install::is_whole(&cache, &lock, "nodes", &lock.packages["nodes"]);
    assert_eq!(whole().unwrap_err().code, codes::NOT_INSTALLED);
    let before = http.requests().len();
    assert_eq!(install::install(&registry, &cache, &lock, &|_| {}).await.unwrap(), 6);
    assert!(http.requests()[before..].iter().all(|request| request.url.ends_with(".tgz")), "no list of versions is fetched");
    assert_eq!(install::install(&registry, &cache, &lock, &|_| {}).await.unwrap(), 0);
    assert_eq!((install::verify(&cache, &lock), whole()), (Vec::new(), Ok(())));
    let (key, library) = lock.libraries.iter().next().unwrap();
    std::fs::remove_file(cache.of(&library.contents)).unwrap();
    assert!(whole().unwrap_err().message.starts_with(&format!("{key} is not in the cache")));
}

#[tokio::test]
async fn what_is_not_as_promised_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let is = |request: &HttpRequest, part: &str| request.url.contains(part);
    let (changed, _) = registry(move |request, answer| if is(request, "/b/-/") { HttpResponse { body: "x".into(), ..answer } } else { answer });
    assert_eq!(added(&changed, &cache).await.unwrap_err().code, codes::INTEGRITY);
    let (gone, _) = registry(move |request, answer| if request.url.ends_with("/c") { FakeHttp::json(404, &json!({})) } else { answer });
    assert_eq!(added(&gone, &cache).await.unwrap_err().code, codes::REGISTRY);
    let (other, _) = registry(move |request, answer| {
        if request.url.ends_with("/b") { FakeHttp::json(200, &json!({"versions": {"9.0.0": published("b", "9.0.0", "{}")}})) } else { answer }
    });
    let error = added(&other, &cache).await.unwrap_err();
    assert_eq!((error.code, error.help.as_deref()), (codes::VERSION, Some("It has 9.0.0 alone.")));
}

#[tokio::test]
async fn lists_and_archives_come_through_the_proxy_that_npm_would_take() {
    let folder = tempfile::tempdir().unwrap();
    let (_, http) = registry(|_, answer| answer);
    let sources = Sources::from_npmrc([], |name| (name == "HTTPS_PROXY").then(|| "http://proxy.example.com:3128".to_owned()));
    added(&Registry::new(http.clone(), sources), &Cache::new(folder.path())).await.unwrap();
    let requests = http.requests();
    assert!(requests.len() > 5 && requests.iter().all(|request| request.options.proxy.as_deref() == Some("http://proxy.example.com:3128")));
}

#[tokio::test]
async fn a_registry_that_fails_is_asked_three_times() {
    let http = Arc::new(FakeHttp::default());
    http.respond(|_| Err(FakeHttp::failure(HttpErrorKind::Dns, "no such host")));
    let error = Offer::fetch(&Registry::new(http.clone(), Sources::default()), &Spec::parse("nodes").unwrap()).await.unwrap_err();
    assert!(error.code == codes::REGISTRY && error.message.contains("no such host"), "{error}");
    assert_eq!(http.requests().len(), 3);
}

#[tokio::test]
async fn no_more_is_fetched_than_was_agreed_to() {
    let folder = tempfile::tempdir().unwrap();
    let whole = {
        let (registry, _) = registry(|_, answer| answer);
        added(&registry, &Cache::new(folder.path())).await.unwrap();
        registry.fetched()
    };
    for (most, enough) in [(whole, true), (whole - 1, false), (100, false)] {
        let (registry, _) = registry(|_, answer| answer);
        let added = added(&registry.at_most(most), &Cache::new(folder.path())).await;
        assert_eq!(added.map_err(|error| error.code).err(), (!enough).then_some(codes::LARGE), "{most} of {whole} bytes");
    }
}

#[tokio::test]
async fn what_was_compared_with_n8n_needs_no_list_of_versions() {
    let http = Arc::new(FakeHttp::default());
    http.respond(|_| Ok(FakeHttp::json(404, &json!({}))));
    for words in ["n8n-nodes-base", "n8n-nodes-base@2.41.1"] {
        let error = Offer::fetch(&Registry::new(http.clone(), Sources::default()), &Spec::parse(words).unwrap()).await.unwrap_err();
        assert_eq!(error.code, codes::REGISTRY);
    }
    let asked: Vec<String> = http.requests().into_iter().map(|request| request.url).collect();
    assert_eq!(asked, ["https://registry.npmjs.org/n8n-nodes-base/-/n8n-nodes-base-2.41.1.tgz"; 2]);
}
