//! The program plays cases of a package that is made up here: it tells what differs, and no case finds what another one has left.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use packages::archive::Files;
use packages::cache::Cache;
use packages::hosts::Hosts;
use packages::integrity::Integrity;
use packages::lock::{Library, Licence, Lock, Package, Source};
use serde_json::{Value, json};

/// Counts its runs, as long as its module is kept, and asks a service.
const NODE: &str = "let runs = 0;
exports.Count = class {
  async execute() {
    const answer = await this.helpers.httpRequest({ url: 'https://count.example/', json: true });
    return [[{ json: { runs: ++runs, answer } }]];
  }
};";

/// A lock and a cache with the package.
fn install(folder: &Path) {
    let node = json!([{"name": "count", "displayName": "Count", "group": ["transform"], "version": 1, "description": "", "defaults": {"name": "Count"},
        "inputs": ["main"], "outputs": ["main"], "properties": []}]);
    let files: Files = [
        ("package.json", json!({"name": "n8n-nodes-p", "version": "1.0.0", "n8n": {"nodes": ["nodes/Count.node.js"]}}).to_string()),
        ("nodes/Count.node.js", NODE.to_owned()),
        ("dist/types/nodes.json", node.to_string()),
        ("dist/types/credentials.json", "[]".to_owned()),
        ("dist/known/nodes.json", json!({"count": {"className": "Count", "sourcePath": "nodes/Count.node.js"}}).to_string()),
        ("dist/known/credentials.json", "{}".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.into()))
    .collect();
    let contents = Cache::new(folder.join("cache")).put(&files).unwrap();
    let library = Library { archive: Source::Folder { folder: "nowhere".into() }, contents, uses: [].into() };
    let licence = Licence { name: "MIT".into(), text: Integrity::of(b""), accepted: "2026-01-01".into() };
    let package = Package { version: "1.0.0".into(), library, licence, hosts: Hosts::Any };
    let mut lock = Lock::default();
    lock.packages.insert("n8n-nodes-p".into(), package);
    std::fs::write(folder.join("packages.lock.json"), lock.write()).unwrap();
}

fn case(name: &str, changed: Value) -> Value {
    let request = json!({"method": "GET", "url": "https://count.example/", "headers": {"accept": "application/json"}});
    let items = json!([[{"json": {"runs": 1, "answer": {"is": 1}}, "pairedItem": {"item": 0}}]]);
    let mut case = json!({
        "name": name,
        "node": {"type": "n8n-nodes-p.count", "typeVersion": 1, "parameters": {}},
        "items": [{"json": {}}],
        "credentials": {},
        "answers": [{"match": "", "json": {"is": 1}}],
        "now": "2026-03-14T09:26:53.589Z",
        "expected": {"requests": [request], "outputs": items, "error": null, "status": "success"},
    });
    for (path, value) in changed.as_object().into_iter().flatten() {
        *case.pointer_mut(path).unwrap() = value.clone();
    }
    case
}

#[test]
fn cases_are_played_apart_and_what_differs_is_said() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path());
    let cases = [
        case("first", json!({})),
        case("second", json!({})),
        case("another request", json!({"/expected/requests/0/url": "https://count.example/x"})),
        case("another item", json!({"/expected/outputs/0/0/json/runs": 2})),
        case("another type", json!({"/node/type": "n8n-nodes-p.nothing"})),
    ];
    let path = folder.path().join("cases.ndjson.gz");
    let mut file = GzEncoder::new(File::create(&path).unwrap(), Compression::fast());
    cases.iter().for_each(|case| writeln!(file, "{case}").unwrap());
    file.finish().unwrap();
    let played = |every: &str| -> Vec<(String, Option<String>)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
        command.arg("operations").arg(folder.path().join("packages.lock.json")).arg(folder.path().join("cache")).arg(every).arg(&path);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let line = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            (line["name"].as_str().unwrap().to_owned(), line["differs"].as_str().map(str::to_owned))
        };
        String::from_utf8(output.stdout).unwrap().lines().map(line).collect()
    };
    let all = played("1");
    for ((name, differs), wanted) in all.iter().zip([None, None, Some("request 1 of 1"), Some("json.runs: 1 instead of 2"), Some("not supported")]) {
        assert_eq!(differs.is_some(), wanted.is_some(), "{name}: {differs:?}");
        assert!(differs.as_deref().unwrap_or_default().contains(wanted.unwrap_or_default()), "{name}: {differs:?}");
    }
    let names: Vec<String> = played("2").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["first", "another request", "another type"]);
}
