//! Attacks on the installer, the resolver, the lock and the cache: none succeeds.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use node_sdk::ports::HttpResponse;
use node_testkit::FakeHttp;
use packages::archive::{self, Files};
use packages::cache::Cache;
use packages::codes;
use packages::hosts::Hosts;
use packages::install::{self, Accepted};
use packages::integrity::Integrity;
use packages::lock::{Library, Licence, Lock, Package, Source};
use packages::npmrc::Sources;
use packages::offer::Offer;
use packages::registry::Registry;
use packages::spec::Spec;
use serde_json::{Value, json};
use sha1::Digest as _;
use tar::{Builder, Header};

type Tar = Builder<GzEncoder<Vec<u8>>>;

fn tar() -> Tar {
    Builder::new(GzEncoder::new(Vec::new(), Compression::fast()))
}

fn file(tar: &mut Tar, path: &str, content: &[u8]) {
    let mut header = Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_cksum();
    tar.append_data(&mut header, format!("package/{path}"), content).unwrap();
}

fn packed(tar: Tar) -> Vec<u8> {
    tar.into_inner().unwrap().finish().unwrap()
}

#[track_caller]
fn refused(archive: &[u8], says: &str) {
    let error = archive::unpack(archive, "p").unwrap_err();
    assert!(error.code == codes::ARCHIVE && error.message.contains(says), "{error}");
}

#[test]
fn two_files_that_are_one_somewhere_are_refused() {
    for (paths, says) in [(["a.js", "a.js/b.js"], "below a file"), (["a.js", "A.js"], "one file on some systems"), (["é/a.js", "É/a.js"], "one file")]
    {
        let mut tar = tar();
        paths.iter().for_each(|path| file(&mut tar, path, b"1"));
        refused(&packed(tar), says);
    }
}

#[test]
fn a_path_cannot_forge_a_line_of_the_list() {
    let mut tar = tar();
    file(&mut tar, "a.js\nb.js", b"1");
    refused(&packed(tar), "leads out of it");
    let files = |entries: &[(&str, &'static str)]| -> Files { entries.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())).collect() };
    let one = files(&[("a.js", "1"), ("b.js", "2")]);
    for other in [files(&[("a.js", "2"), ("b.js", "1")]), files(&[("a.js", "12")]), files(&[("a.js", "1"), ("b", "2")])] {
        assert_ne!(packages::cache::contents(&one), packages::cache::contents(&other));
    }
}

#[test]
fn a_node_file_is_of_its_package_alone() {
    let manifest = r#"{"name": "p", "version": "1.0.0", "n8n": {"nodes": ["../../etc/passwd.js", "/etc/passwd.json", "a.js"]}}"#;
    let code = r#"require("../outside.js"); require("../../../../etc/passwd.json")"#;
    let files: Files = [("package.json", manifest), ("a.js", code)].map(|(path, text)| (path.to_owned(), text.into())).into();
    let offer = Offer::of(files, Source::Folder { folder: "p".into() }, "p").unwrap();
    assert_eq!(Vec::from_iter(&offer.reached.files), ["a.js"]);
}

/// A registry that has a package `nodes` with this manifest and code, and answers all other questions with `other`.
fn registry(manifest: &Value, code: &str, other: impl Fn(&str) -> Option<Value> + Send + Sync + 'static) -> (Registry, Arc<FakeHttp>) {
    let mut tar = tar();
    file(&mut tar, "package.json", manifest.to_string().as_bytes());
    file(&mut tar, "node.js", code.as_bytes());
    let archive = packed(tar);
    let versions = json!({"dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version("nodes", &archive)}});
    let http = Arc::new(FakeHttp::default());
    http.respond(move |request| {
        let path = request.url.strip_prefix("https://registry.npmjs.org/").unwrap_or(&request.url);
        Ok(match path {
            "nodes" => FakeHttp::json(200, &versions),
            "archive.tgz" => HttpResponse { body: archive.clone().into(), ..FakeHttp::json(200, &Value::Null) },
            path => other(path).map_or_else(|| FakeHttp::json(404, &json!({})), |answer| FakeHttp::json(200, &answer)),
        })
    });
    (Registry::new(http.clone(), Sources::default()), http)
}

fn version(name: &str, archive: &[u8]) -> Value {
    let integrity = String::from(Integrity::of(archive));
    json!({"name": name, "version": "1.0.0", "dist": {"tarball": "https://registry.npmjs.org/archive.tgz", "integrity": integrity}})
}

fn manifest(dependencies: &Value) -> Value {
    json!({"name": "nodes", "version": "1.0.0", "n8n": {"nodes": ["node.js"]}, "dependencies": dependencies})
}

async fn added(registry: &Registry, cache: &Path) -> packages::Result<Lock> {
    let offer = Offer::fetch(registry, &Spec::parse("nodes").unwrap()).await?;
    let accepted = Accepted { on: "2026-11-29".into(), hosts: Hosts::Any };
    let (package, libraries) = install::fetch(registry, &Cache::new(cache), &offer, accepted, &|_| {}).await?;
    let mut lock = Lock::default();
    install::add(&mut lock, "nodes", package, libraries);
    Ok(lock)
}

#[tokio::test]
async fn a_dependency_that_leads_elsewhere_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    for range in ["npm:../../x@1", "git+ssh://git@evil.example/x", "file:../../../etc", "https://evil.example/x.tgz", "npm:@x/../y@1"] {
        let (registry, http) = registry(&manifest(&json!({"a": range})), "require('a')", |_| None);
        let error = added(&registry, folder.path()).await.unwrap_err();
        assert_eq!(error.code, codes::VERSION, "{range}");
        assert!(error.message.contains(&format!("nodes@1.0.0 depends on `a` as `{range}`")), "{error}");
        assert_eq!(http.requests().len(), 2, "{range}: nothing else was asked for");
    }
    let (registry, _) = registry(&manifest(&json!({"../../a": "1"})), "require('../../a')", |_| None);
    assert!(added(&registry, folder.path()).await.unwrap().libraries.is_empty(), "what is no name is not a dependency");
}

#[tokio::test]
async fn nothing_takes_the_place_of_what_the_host_has() {
    let folder = tempfile::tempdir().unwrap();
    let dependencies = json!({"n8n-workflow": "npm:evil@1", "@n8n/di": "npm:evil@1"});
    let (registry, http) = registry(&manifest(&dependencies), "require('n8n-workflow'); require('@n8n/di')", |_| None);
    let lock = added(&registry, folder.path()).await.unwrap();
    assert!(lock.libraries.is_empty() && lock.packages["nodes"].library.uses.is_empty(), "{}", lock.write());
    assert!(http.requests().iter().all(|request| !request.url.contains("evil")));
}

#[tokio::test]
async fn a_package_is_the_one_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (name, version) in [("n8n-nodes-base", "1.0.0"), ("nodes", "2.0.0"), ("../../nodes", "1.0.0"), ("nodes", "../..")] {
        let other = json!({"name": name, "version": version, "n8n": {"nodes": ["node.js"]}});
        let (registry, _) = registry(&other, "", |_| None);
        let error = added(&registry, folder.path()).await.unwrap_err();
        assert!([codes::ARCHIVE, codes::NAME].contains(&error.code), "{name} {version}: {error}");
    }
}

#[tokio::test]
async fn a_weak_hash_is_not_relied_on_twice() {
    let mut tar = tar();
    file(&mut tar, "package.json", manifest(&json!({})).to_string().as_bytes());
    file(&mut tar, "node.js", b"");
    let archive = packed(tar);
    let digest: String = sha1::Sha1::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
    let http = Arc::new(FakeHttp::default());
    let body = archive.clone();
    http.respond(move |request| {
        let dist = json!({"tarball": "https://registry.npmjs.org/archive.tgz", "shasum": digest});
        let versions = json!({"dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"name": "nodes", "version": "1.0.0", "dist": dist}}});
        let body = if request.url.ends_with(".tgz") { body.clone() } else { versions.to_string().into_bytes() };
        Ok(HttpResponse { body: body.into(), ..FakeHttp::json(200, &Value::Null) })
    });
    let folder = tempfile::tempdir().unwrap();
    let lock = added(&Registry::new(http, Sources::default()), folder.path()).await.unwrap();
    assert!(
        matches!(&lock.packages["nodes"].library.archive, Source::Registry { integrity, .. } if String::from(integrity.clone()).starts_with("sha256-"))
    );
    assert_eq!(Integrity::parse("md5-1B2M2Y8AsgTpgAmY7PhCfg==").unwrap_err().code, codes::INTEGRITY);
}

fn library(contents: &Integrity, uses: &[(&str, &str)]) -> Library {
    let archive = Source::Registry { url: "https://r.example/a.tgz".into(), integrity: Integrity::of(b"a") };
    Library { archive, contents: contents.clone(), uses: uses.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())).collect() }
}

fn package(uses: &[(&str, &str)]) -> Package {
    let licence = Licence { name: "MIT".into(), text: Integrity::of(b""), accepted: "2026-11-29".into() };
    Package { version: "1.0.0".into(), library: library(&Integrity::of(b"p"), uses), licence, hosts: Hosts::Any }
}

#[test]
fn a_lock_that_was_edited_leads_nowhere() {
    let mut lock = Lock::default();
    lock.packages.insert("nodes".into(), package(&[("a", "a@1.0.0")]));
    lock.libraries.insert("a@1.0.0".into(), library(&Integrity::of(b"x"), &[]));
    let text = lock.write();
    assert_eq!(Lock::read(&text, "l").unwrap(), lock);
    let sha1 = "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let contents = String::from(Integrity::of(b"x"));
    for (from, to) in [
        (r#""nodes": {"#, r#""../../nodes": {"#),
        (r#""nodes": {"#, r#""nodes/../../x": {"#),
        (r#""version": "1.0.0""#, r#""version": "../../x""#),
        ("a@1.0.0", "../a@1.0.0"),
        ("a@1.0.0", "a@../1.0.0"),
        (r#""a": "a@"#, r#""../a": "a@"#),
        ("https://r.example/a.tgz", "file:///etc/passwd"),
        ("https://r.example/a.tgz", "../a.tgz"),
        (contents.as_str(), sha1),
        (r#""any""#, r#"["*"]"#),
        (r#""any""#, r#"["a.example/../b"]"#),
        (r#""hosts""#, r#""run": "rm -rf /", "hosts""#),
    ] {
        let edited = text.replace(from, to);
        assert_ne!(edited, text, "{from}");
        assert_eq!(Lock::read(&edited, "l").unwrap_err().code, codes::LOCK, "{to}");
    }
}

#[test]
fn a_package_changes_nothing_of_what_another_one_uses() {
    let (good, evil) = (Integrity::of(b"good"), Integrity::of(b"evil"));
    let mut lock = Lock::default();
    let first = [("a@1.0.0".to_owned(), library(&good, &[("b", "b@1.0.0")])), ("b@1.0.0".to_owned(), library(&good, &[]))];
    install::add(&mut lock, "first", package(&[("a", "a@1.0.0")]), first.into());
    let before = lock.clone();
    let second = [("a@1.0.0".to_owned(), library(&good, &[("b", "b@1.0.0")])), ("b@1.0.0".to_owned(), library(&evil, &[("a", "a@1.0.0")]))];
    install::add(&mut lock, "second", package(&[("a", "a@1.0.0")]), second.clone().into());
    for key in ["a@1.0.0", "b@1.0.0"] {
        assert_eq!(lock.libraries[key], before.libraries[key], "{key}");
    }
    assert_eq!(lock.packages["second"].library.uses["a"], "a@1.0.0~2", "what uses the other one is another one");
    assert_eq!(lock.libraries["a@1.0.0~2"].uses["b"], "b@1.0.0~2");
    assert_eq!((&lock.libraries["b@1.0.0~2"].contents, lock.libraries["b@1.0.0~2"].uses["a"].as_str()), (&evil, "a@1.0.0~2"));
    let again = lock.clone();
    install::add(&mut lock, "second", package(&[("a", "a@1.0.0")]), second.into());
    assert_eq!(lock, again, "added once more it is the same");
    assert_eq!(Lock::read(&lock.write(), "l").unwrap(), lock);
    assert!(lock.remove("second"));
    assert_eq!(lock, before);
}

#[test]
fn what_was_changed_in_the_cache_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    let files = |code: &'static str| -> Files { [("package.json", "{}"), ("a.js", code)].map(|(path, text)| (path.to_owned(), text.into())).into() };
    let (good, evil) = (cache.put(&files("good")).unwrap(), cache.put(&files("evil")).unwrap());
    let open = cache.open(&good, "p").unwrap();
    fs::copy(cache.of(&evil), cache.of(&good)).unwrap();
    assert_eq!(cache.open(&good, "p").unwrap_err().code, codes::INTEGRITY, "another package in its place");
    assert_eq!(cache.read(&good, "p").unwrap_err().code, codes::INTEGRITY);
    assert_eq!(open.read("a.js").unwrap_err().code, codes::INTEGRITY, "after it was opened");
    assert_eq!(open.read("../../etc/passwd").unwrap(), None);
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    let outside = root.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("secret.json"), "{}").unwrap();
    for (number, link) in ["dist", "secret.json", "dist/data.js", "LICENSE"].into_iter().enumerate() {
        let package = root.path().join(number.to_string());
        fs::create_dir_all(package.join("lib")).unwrap();
        fs::write(package.join("package.json"), manifest(&json!({})).to_string()).unwrap();
        fs::write(package.join("node.js"), "").unwrap();
        let place = package.join(link.replace("dist/", "lib/"));
        symlink(if link == "dist" { outside.clone() } else { outside.join("secret.json") }, place).unwrap();
        let error = Offer::read(&package).unwrap_err();
        assert!(error.code == codes::FOLDER && error.message.contains("a link"), "{link}: {error}");
    }
}

#[test]
fn a_library_in_a_folder_is_the_one_that_is_needed() {
    let root = tempfile::tempdir().unwrap();
    let package = root.path().join("node_modules/nodes");
    let write = |path: &str, text: &str| {
        let path = root.path().join("node_modules").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("nodes/package.json", &manifest(&json!({"a": "1", "b": "npm:real@1", "gone": "1"})).to_string());
    write("nodes/node.js", "require('a'); require('b'); require('gone')");
    write("a/package.json", r#"{"name": "evil", "version": "1.0.0"}"#);
    write("b/package.json", r#"{"name": "real", "version": "1.0.0"}"#);
    let error = Offer::read(&package).unwrap_err();
    assert!(error.code == codes::FOLDER && error.message.contains("evil and not a"), "{error}");
    write("a/package.json", r#"{"name": "a", "version": "../../1"}"#);
    assert_eq!(Offer::read(&package).unwrap_err().code, codes::NAME);
    write("a/package.json", r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "1"}}"#);
    write("a/node_modules/b/package.json", r#"{"name": "b", "version": "1.0.0"}"#);
    let offer = Offer::read(root.path()).unwrap();
    let installed = offer.installed.unwrap();
    assert_eq!(installed.libraries.keys().collect::<Vec<_>>(), ["a@1.0.0", "b@1.0.0", "real@1.0.0"]);
    assert_eq!(json!(installed.uses), json!({"a": "a@1.0.0", "b": "real@1.0.0"}));
    assert_eq!(json!(installed.libraries["a@1.0.0"].uses), json!({"b": "b@1.0.0"}), "the nearest `node_modules` counts");
    assert_eq!(installed.missing.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["gone"]);
}
