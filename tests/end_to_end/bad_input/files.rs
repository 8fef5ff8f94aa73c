//! Files that are no workflow.

use serde_json::{Value, json};

use super::{Said, text};
use crate::support::{Folder, konverte};

/// Refused by `run` and by `check` alike.
#[track_caller]
fn refused(name: &str, content: &[u8], said: &Said<'_>) {
    let folder = Folder::new();
    let file = folder.file(name, content);
    konverte(&["--log-format", "json", "run", &file]).blocked(3, said);
    let checked = konverte(&["check", &file, "--format", "json"]);
    assert_eq!(checked.code, 3, "{}", checked.stdout);
    assert_eq!(checked.lines()[0]["code"], said.code);
}

#[test]
fn what_is_not_there_or_no_file() {
    let folder = Folder::new();
    let missing = folder.path().join("none.json").to_str().expect("UTF-8").to_owned();
    let run = |path: &str| konverte(&["--log-format", "json", "run", path]);
    run(&missing).blocked(3, &Said { code: "KV0001", words: &["none.json"], help: "path", ..Said::default() });
    run(folder.path().to_str().expect("UTF-8")).blocked(3, &Said { code: "KV0002", words: &["folder"], ..Said::default() });
}

#[test]
fn what_is_no_json() {
    refused("empty.json", b"", &Said { code: "KV0004", words: &["empty"], ..Said::default() });
    refused("blank.json", b" \n\n", &Said { code: "KV0004", words: &["empty"], ..Said::default() });
    refused(
        "latin.json",
        b"{\"nodes\": [],\n \"name\": \"a\xe9b\"}",
        &Said { code: "KV0005", at: "latin.json:2:12", help: "UTF-8", ..Said::default() },
    );
    let utf16: Vec<u8> = "\u{feff}{\"nodes\": []}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused("utf16.json", &utf16, &Said { code: "KV0005", help: "looks like UTF-16", ..Said::default() });
    let comma = b"{\n  \"nodes\": [,]\n}";
    refused("comma.json", comma, &Said { code: "KV0006", at: "comma.json:2:13", words: &["','"], ..Said::default() });
    refused("cut.json", b"{\"nodes\": [", &Said { code: "KV0006", words: &["ends"], ..Said::default() });
    refused("twice.json", b"{\"nodes\": []} {}", &Said { code: "KV0006", at: "twice.json:1:15", ..Said::default() });
}

#[test]
fn json_beyond_the_limits() {
    let deep = |levels: usize| format!("{{\"nodes\": [],\n \"x\": {}1{}}}", "[".repeat(levels), "]".repeat(levels));
    for levels in [128, 20_000] {
        // The object itself is the first level.
        let said = Said { at: "deep.json:2:134", words: &["deeper than 128"], ..Said::default() };
        let folder = Folder::new();
        konverte(&["--log-format", "json", "run", &folder.file("deep.json", deep(levels))]).blocked(3, &said);
    }
    let folder = Folder::new();
    let objects = format!("{{\"nodes\": [], \"x\": {}1{}}}", "{\"a\":".repeat(20_000), "}".repeat(20_000));
    konverte(&["--log-format", "json", "run", &folder.file("deep.json", objects)])
        .blocked(3, &Said { words: &["deeper than 128"], ..Said::default() });
    refused("huge.json", b"{\"nodes\": [],\n \"x\": 1e309}", &Said { code: "KV0008", at: "huge.json:2:7", words: &["1e309"], ..Said::default() });
    refused("low.json", b"{\"nodes\": [],\n \"x\": -1E+400}", &Said { code: "KV0008", at: "low.json:2:7", ..Said::default() });
}

#[test]
fn json_that_is_no_workflow() {
    for content in ["{\"a\": 1}", "[1, 2]", "\"x\"", "7", "null"] {
        refused("other.json", content.as_bytes(), &Said { code: "KV0009", words: &["no workflow"], help: "\"nodes\"", ..Said::default() });
    }
    for (content, at, words) in [
        ("{\"nodes\": {}}", "shape.json:1:11", "nodes must be a list"),
        ("{\"nodes\": [1]}", "shape.json:1:12", "nodes.0 must be an object"),
        ("{\"nodes\": [{\"name\": \"A\"}]}", "shape.json:1:12", "nodes.0.type"),
        ("{\"nodes\": [], \"connections\": []}", "shape.json:1:30", "connections must be an object"),
    ] {
        refused("shape.json", content.as_bytes(), &Said { code: "KV0011", at, words: &[words], ..Said::default() });
    }
}

#[test]
fn all_faults_of_shape_are_said_at_once() {
    let folder = Folder::new();
    let file = folder.file("faults.json", "{\"nodes\": [{\"name\": \"A\"},\n 1],\n \"connections\": []}");
    let expected = [("KV0011", "1:12"), ("KV0011", "2:2"), ("KV0011", "3:17")].map(|(code, at)| json!([code, format!("{file}:{at}")]));
    let place = |line: &str| serde_json::from_str(line).map(|line: Value| json!([line["code"], line["at"]])).expect("a line of JSON");
    let places = |lines: &str| lines.lines().map(place).collect::<Vec<_>>();
    assert_eq!(places(&konverte(&["check", &file, "--format", "json"]).stdout), expected);
    let ran = konverte(&["--log-format", "json", "run", &file]);
    assert_eq!((ran.code, places(&ran.stderr)), (3, expected.to_vec()));
}

#[test]
fn harmless_oddities_are_read() {
    let start = json!({"name": "A", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "parameters": {}});
    let pinned = r#"{"json": {"__proto__": {"x": 1}, "constructor": 2, "text": "cut \ud83d!", "n": 18446744073709551615}}"#;
    let body = format!("{{\"nodes\": [{start}], \"connections\": {{}}, \"pinData\": {{\"A\": [{pinned}]}}}}");
    let folder = Folder::new();
    // A byte order mark; and a list of one workflow, as `n8n export:workflow` writes it.
    for content in [format!("\u{feff}{body}"), format!("[{body}]")] {
        let ran = konverte(&["run", &folder.file("odd.json", content), "--output", "ndjson"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let item = json!({"__proto__": {"x": 1}, "constructor": 2, "text": "cut \u{fffd}!", "n": u64::MAX});
        assert_eq!(ran.lines(), [item]);
    }
}

#[test]
fn check_goes_on_with_the_next_file() {
    let folder = Folder::new();
    let (bad, good) = (folder.file("bad.json", "{"), folder.file("good.json", crate::support::chain(&[]).to_string()));
    let ran = konverte(&["check", &bad, &good, &bad, "--format", "json"]);
    assert_eq!(ran.code, 3);
    assert_eq!(ran.lines().iter().filter(|line| text(&line["level"]) == "error").count(), 2, "{}", ran.stdout);
}
