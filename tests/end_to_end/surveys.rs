//! `konverte check DIR`: which workflows of a folder run, and what keeps the others from it.

use serde_json::{Value, json};

use crate::support::{Folder, chain, konverte, repository, set};

fn node(name: &str, kind: &str) -> Value {
    json!({"name": name, "type": kind, "typeVersion": 1, "parameters": {}})
}

/// A folder with workflows of every kind.
fn exports() -> Folder {
    let folder = Folder::new();
    let slack = || node("S", "n8n-nodes-base.slack");
    let (sheets, gmail) = (node("G", "n8n-nodes-base.googleSheets"), node("M", "n8n-nodes-base.gmail"));
    let write = |name: &str, nodes: &[Value]| drop(folder.file(name, chain(nodes).to_string()));
    std::fs::create_dir_all(folder.path().join("below/.hidden")).expect("folders");
    write("a.json", &[set("A", "x", "1")]);
    write("below/b.json", &[slack()]);
    write("below/.hidden/z.json", &[slack()]);
    write("c.json", &[slack(), sheets.clone()]);
    write("d.json", &[sheets, gmail]);
    write("e.json", &[set("A", "x", "={{ $json. }}")]);
    write("f.json", &[slack(), set("A", "x", "={{ $json. }}")]);
    write("g.json", &[set("A", "x", "{{ $json.a }}")]);
    write("h.json", &[json!({"name": "A", "type": "n8n-nodes-base.set", "typeVersion": 99, "parameters": {}})]);
    folder.file("i.json", "{");
    folder.file("credentials.json", "{}");
    folder.file("notes.txt", "{");
    folder
}

#[test]
fn a_folder_gets_one_line_a_file_and_a_total() {
    let folder = exports();
    let place = folder.path().to_str().expect("UTF-8");
    let ran = konverte(&["check", place]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    let text = ran.stdout.replace(&format!("{place}/"), "");
    let expected = "runs    a.json
lacks   below/b.json  n8n-nodes-base.slack
lacks   c.json  n8n-nodes-base.googleSheets, n8n-nodes-base.slack
lacks   d.json  n8n-nodes-base.gmail, n8n-nodes-base.googleSheets
errors  e.json  1 error
lacks   f.json  n8n-nodes-base.slack
runs    g.json  1 warning
lacks   h.json  n8n-nodes-base.set version 99
broken  i.json  [KV0006] i.json cannot be read as JSON: ";
    assert!(text.starts_with(expected), "{text}");
    let total = "
2 of 9 workflows run; with errors: 1, lacking nodes: 5, broken: 1.
What is wrong with one: konverte check FILE.
JSON files of other kinds: 1.

What is missing, in the order of what each would bring:

  workflows  then run  type
          3         3  n8n-nodes-base.slack
          2         4  n8n-nodes-base.googleSheets
          1         5  n8n-nodes-base.gmail
          1         6  n8n-nodes-base.set version 99

konverte packages add n8n-nodes-base   (missing types that are named after it: 4)
";
    assert!(text.ends_with(total), "{text}");
}

#[test]
fn programs_get_an_object_a_line() {
    let folder = exports();
    let place = folder.path().to_str().expect("UTF-8");
    let lines = konverte(&["check", place, "--format", "json"]).lines();
    assert_eq!(lines.len(), 10, "nine workflows and the total");
    let file = |name: &str| lines.iter().find(|line| line["file"] == format!("{place}/{name}")).expect("a line").clone();
    assert_eq!(file("g.json"), json!({"file": format!("{place}/g.json"), "status": "runs", "errors": 0, "warnings": 1, "lacks": [], "error": null}));
    assert_eq!(file("h.json")["lacks"], json!([{"type": "n8n-nodes-base.set", "version": 99, "code": "KV0103"}]));
    assert_eq!((file("f.json")["errors"].clone(), file("i.json")["status"].clone()), (json!(1), json!("broken")));
    assert!(file("i.json")["error"]["at"].as_str().is_some_and(|at| at.ends_with("i.json:1:2")), "{}", file("i.json"));
    let total = &lines[9]["total"];
    let counts = ["workflows", "run", "errors", "lack", "broken", "others"].map(|key| total[key].as_u64());
    assert_eq!(counts, [9, 2, 1, 5, 1, 1].map(Some));
    let first = json!({"type": "n8n-nodes-base.slack", "version": null, "code": "KV0102", "workflows": 3, "thenRun": 3, "package": "n8n-nodes-base"});
    assert_eq!(total["types"][0], first);
}

#[test]
fn warnings_can_be_denied_and_an_empty_folder_is_no_success() {
    let folder = Folder::new();
    let file = folder.file("g.json", chain(&[set("A", "x", "{{ $json.a }}")]).to_string());
    assert_eq!(konverte(&["check", &file]).code, 0);
    assert_eq!(konverte(&["check", &file, "--deny-warnings"]).code, 3);
    let ran = konverte(&["check", folder.path().to_str().expect("UTF-8"), "--deny-warnings"]);
    assert!(ran.code == 3 && ran.stdout.contains("errors  "), "{}", ran.stdout);
    konverte(&["check", Folder::new().path().to_str().expect("UTF-8")]).refused(2, "There is no workflow file");
    let examples = konverte(&["check", &repository("workflows/sub"), &file]);
    assert!(examples.code == 0 && examples.stdout.contains("workflows run.") && examples.stdout.contains("g.json  1 warning"), "{}", examples.stdout);
}
