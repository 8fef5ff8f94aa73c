//! What is found out of packages by running them in the box. This program is host and worker.

#![expect(clippy::print_stderr, reason = "a test that is skipped says why")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use node_sdk::Provider as _;
use package_nodes::running::ran;
use package_nodes::{Installed, Provider, Workers, prepare};
use packages::archive::Files;
use packages::cache::Cache;
use packages::described::Described;
use packages::facts::{Fact, Facts, Kind};
use packages::hosts::Hosts;
use packages::integrity::Integrity;
use packages::lock::{Library, Licence, Lock, Package, Source};
use packages::place::Place;
use serde_json::json;

/// The word that makes this program a worker.
const WORKER: &str = "worker";

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == WORKER) {
        return if package_worker::serve(words.next().as_deref()).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let trials = vec![
        Trial::test("types_that_are_no_data_are_found_out_and_libraries_run_when_they_are_used", own_package),
        Trial::test("a_package_whose_files_all_fail_is_none", no_types),
        Trial::test("node_types_of_n8n_nodes_base_load", n8n_nodes_base),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn workers() -> Workers {
    Workers::new(std::env::current_exe().unwrap(), vec![WORKER.into()], false)
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn library(cache: &Cache, files: &[(&str, &str)], uses: &[(&str, &str)]) -> Library {
    let files: Files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned().into())).collect();
    let uses = uses.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())).collect();
    Library { archive: Source::Folder { folder: "nowhere".into() }, contents: cache.put(&files).unwrap(), uses }
}

fn lock(package: Library, libraries: &[(&str, Library)]) -> Arc<Lock> {
    let licence = Licence { name: "MIT".into(), text: Integrity::of(b""), accepted: "2026-01-01".into() };
    let package = Package { version: "1.0.0".into(), library: package, licence, hosts: Hosts::Any };
    let mut lock = Lock::default();
    lock.packages.insert("n8n-nodes-p".into(), package);
    lock.libraries.extend(libraries.iter().map(|(key, library)| ((*key).to_owned(), library.clone())));
    Arc::new(lock)
}

const NODE: &str = r#"
const used = require("used"), broken = require("broken"), marked = require("marked");
require("effect");
const listed = Object.getOwnPropertyNames(marked).filter((key) => Object.getOwnPropertyDescriptor(marked, key).configurable);
const before = [[...globalThis.ran], typeof used, typeof marked, marked.__esModule, broken.name, require("used") === used, listed];
const called = used(2);
const description = (version, more) => ({ displayName: "A", name: "a", group: ["output"], version, description: "", defaults: { name: "A" },
  inputs: ["main"], outputs: ["main"], properties: [], ...more });
exports.A = class {
  constructor() {
    this.description = { defaultVersion: 2, name: "a" };
    const told = { ran: before, called, more: marked.more, after: globalThis.ran };
    this.nodeVersions = { 1: { description: description([1, 1.1], {}) }, 2: { description: description(2, { defaultVersion: 2, description: JSON.stringify(told) }) } };
  }
};"#;

const DATABASE: &str = r#"
const pg = require("pg-promise");
exports.D = class { description = { displayName: "D", name: "d", group: ["output"], version: 1, description: "", defaults: { name: "D" }, inputs: ["main"], outputs: ["main"], properties: [] } };"#;

const CREDENTIAL: &str = r#"
exports.C = class {
  constructor() { this.name = "c"; this.displayName = "C"; this.properties = [{ displayName: "K", name: "k", type: "string", default: "={{1}}" }]; }
  async authenticate(fields, options) { return options; }
};"#;

fn own_package() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let cache = Cache::new(folder.path());
    let note = |name: &str, rest: &str| format!("(globalThis.ran ??= []).push('{name}'); {rest}");
    let used = note("used", "module.exports = function (n) { return n + 1; };");
    let marked = note("marked", "exports.__esModule = true; exports.more = 'more';");
    // What cannot be run at the install is run where it is asked for.
    let broken = "if (!globalThis.ran) throw new Error('alone'); module.exports = { name: 'broken' };";
    let manifest = r#"{"name": "n8n-nodes-p", "version": "1.0.0", "n8n": {"nodes": ["dist/A.node.js", "dist/T.node.js", "dist/D.node.js"], "credentials": ["dist/C.credentials.js"]}}"#;
    let files = [
        ("package.json", manifest),
        ("dist/A.node.js", &NODE.replace("const used", "globalThis.ran = []; const used")),
        ("dist/T.node.js", "throw new Error('it throws')"),
        ("dist/D.node.js", DATABASE),
        ("dist/C.credentials.js", CREDENTIAL),
    ];
    let uses = [("used", "used@1.0.0"), ("marked", "marked@1.0.0"), ("effect", "effect@1.0.0"), ("broken", "broken@1.0.0")];
    let package = library(&cache, &files, &uses);
    let one = |text: &str| library(&cache, &[("index.js", text)], &[]);
    let libraries =
        [("used@1.0.0", one(&used)), ("marked@1.0.0", one(&marked)), ("effect@1.0.0", one(&note("effect", ""))), ("broken@1.0.0", one(broken))];
    let lock = lock(package, &libraries);
    let workers = workers();
    let prepared = wait(prepare(&workers, &lock, &cache, "n8n-nodes-p"))?;
    assert!(prepared.not_started.is_none(), "{:?}", prepared.not_started);
    assert_eq!(prepared.left_out, [("dist/T.node.js".to_owned(), "it throws".to_owned())]);

    let identity = lock.identity("n8n-nodes-p", &lock.packages["n8n-nodes-p"]);
    let facts = Facts::kept(&cache, &identity)?.unwrap().0;
    assert_eq!(facts["used@1.0.0/index.js"], Fact { kind: Kind::Function, es_module: false, keys: None });
    assert_eq!(facts["marked@1.0.0/index.js"], Fact { kind: Kind::Object, es_module: true, keys: Some(vec!["more".into()]) });
    assert!(!facts.contains_key("broken@1.0.0/index.js"));

    let described = Described::load(&cache, "n8n-nodes-p", &lock.packages["n8n-nodes-p"].library.contents, || identity.clone())?;
    let node = described.node("a").unwrap();
    assert_eq!((node.groups.len(), node.default_version, node.class.as_str()), (2, Some(2.0), "A"));
    let told: serde_json::Value = serde_json::from_str(&described.descriptor(&node)?.description).unwrap();
    let before = json!([["effect"], "function", "object", true, "broken", true, ["__esModule", "more"]]);
    assert_eq!(told, json!({"ran": before, "called": 3, "more": "more", "after": ["effect", "used", "marked"]}));
    let file = folder.path().join("packages.lock.json");
    std::fs::write(&file, lock.write())?;
    let provider = Provider::new(Installed::new(Place::Lock(file), Ok(folder.path().to_owned())), None);
    let refusal = |name: &str| provider.find(&format!("n8n-nodes-p.{name}")).unwrap().refusal();
    let why = "the node needs pg-promise, which opens sockets (Postgres), and packages run in a box";
    assert_eq!((refusal("a"), refusal("d").as_deref()), (None, Some(why)));

    let credential = described.credential_description(&described.credential("c").unwrap())?;
    assert_eq!((&credential["authenticate"], &credential["properties"][0]["default"]), (&json!({}), &json!("={{1}}")));
    Ok(())
}

fn no_types() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let cache = Cache::new(folder.path());
    let manifest = r#"{"name": "n8n-nodes-p", "version": "1.0.0", "n8n": {"nodes": ["a.node.js"]}}"#;
    let package = library(&cache, &[("package.json", manifest), ("a.node.js", "while (true);")], &[]);
    let library = package.clone();
    let throws = self::library(&cache, &[("package.json", manifest), ("a.node.js", "null.x")], &[]);
    for (package, why) in [(library, "works for too long"), (throws, "null")] {
        let error = wait(prepare(&workers(), &lock(package, &[]), &cache, "n8n-nodes-p")).unwrap_err();
        assert!(error.code == packages::codes::NO_NODES && error.message.contains(why), "{}", error.message);
    }
    Ok(())
}

fn n8n_nodes_base() -> Result<(), Failed> {
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says where the package is")]
    let variable = |name: &str| std::env::var(name).ok();
    if variable("KONVERTE_TEST_PACKAGES").as_deref() != Some("1") {
        eprintln!("skipped: KONVERTE_TEST_PACKAGES=1 says that n8n's licence is accepted, for non-commercial use");
        return Ok(());
    }
    let (Some(project), Some(cache)) = (variable("KONVERTE_TEST_PROJECT"), variable("KONVERTE_CACHE")) else {
        eprintln!("skipped: KONVERTE_TEST_PROJECT and KONVERTE_CACHE say where n8n-nodes-base is installed");
        return Ok(());
    };
    let lock = Arc::new(Lock::open(&PathBuf::from(project).join(packages::lock::FILE))?.unwrap());
    let (sources, left_out) = wait(ran(&workers(), &lock, &Cache::new(cache), "n8n-nodes-base"))?.map_err(|error| error.message.to_string())?;
    eprintln!("{} node types, {} credential types; not: {left_out:#?}", sources.nodes.len(), sources.credentials.len());
    assert!(sources.nodes.len() >= 438 && sources.credentials.len() >= 408);
    Ok(())
}
