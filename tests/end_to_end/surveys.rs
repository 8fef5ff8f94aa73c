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
lacks   f.json  n8n-nodes-base.slack; 1 error
runs    g.json  1 warning
lacks   h.json  n8n-nodes-base.set version 99
broken  i.json  [KV0006] i.json cannot be read as JSON: ";
    assert!(text.starts_with(expected), "{text}");
    let total = "
2 of 9 workflows run; with errors: 1, lacking nodes: 5, broken: 1.
What is wrong with one: konverte check FILE.
JSON files of other kinds: credentials.json.

What is missing, in the order of what each would bring:

  workflows  then run  type
          3         3  n8n-nodes-base.slack
          2         4  n8n-nodes-base.googleSheets
          1         5  n8n-nodes-base.gmail
          1         6  n8n-nodes-base.set version 99

konverte packages add n8n-nodes-base   (needed by 5; then at most 6 run)
";
    assert!(text.ends_with(total), "{text}");
}

#[test]
fn programs_get_an_object_a_line() {
    let folder = exports();
    let place = folder.path().to_str().expect("UTF-8");
    let lines = konverte(&["check", place, "--format", "json"]).lines();
    assert_eq!(lines.len(), 11, "nine workflows, a file of another kind and the total");
    let file = |name: &str| lines.iter().find(|line| line["file"] == format!("{place}/{name}")).expect("a line").clone();
    assert_eq!(
        file("g.json"),
        json!({"file": format!("{place}/g.json"), "workflow": null, "status": "runs",
        "needsStart": false, "errors": 0, "warnings": 1, "lacks": [], "error": null})
    );
    assert_eq!(file("h.json")["lacks"], json!([{"type": "n8n-nodes-base.set", "version": 99, "code": "KV0103"}]));
    assert_eq!((file("f.json")["errors"].clone(), file("i.json")["status"].clone()), (json!(1), json!("broken")));
    assert!(file("i.json")["error"]["at"].as_str().is_some_and(|at| at.ends_with("i.json:1:2")), "{}", file("i.json"));
    assert_eq!(file("credentials.json")["status"], "other");
    let total = &lines[10]["total"];
    let counts = ["workflows", "run", "errors", "lack", "broken", "others"].map(|key| total[key].as_u64());
    assert_eq!(counts, [9, 2, 1, 5, 1, 1].map(Some));
    let first = json!({"type": "n8n-nodes-base.slack", "version": null, "code": "KV0102", "workflows": 3, "thenRun": 3, "package": "n8n-nodes-base"});
    assert_eq!(total["types"][0], first);
    assert_eq!(total["packages"], json!([{"package": "n8n-nodes-base", "workflows": 5, "thenRun": 6}]));
}

#[test]
fn the_package_that_brings_most_is_named_first_and_no_text_of_a_file_becomes_a_command() {
    let folder = Folder::new();
    let write = |name: &str, kinds: &[&str]| {
        let nodes: Vec<Value> = kinds.iter().enumerate().map(|(index, kind)| node(&format!("N{index}"), kind)).collect();
        drop(folder.file(name, chain(&nodes).to_string()));
    };
    write("a.json", &["n8n-nodes-few.a", "n8n-nodes-few.b", "n8n-nodes-few.c"]);
    write("b.json", &["n8n-nodes-many.a"]);
    write("c.json", &["n8n-nodes-many.b"]);
    write("d.json", &["n8n-nodes-many.a", "@n8n/n8n-nodes-langchain.agent"]);
    write("e.json", &["n8n-nodes-$(touch pwn).a"]);
    write("g.json", &["n8n-nodes-base.sett"]);
    write("f.json", &["evil\nruns    other.json", &"x".repeat(5_000)]);
    let ran = konverte(&["check", folder.path().to_str().expect("UTF-8")]);
    let commands: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("konverte ")).collect();
    let expected = [
        "konverte packages add n8n-nodes-many   (needed by 3; then at most 2 run)",
        "konverte packages add n8n-nodes-few   (needed by 1; then at most 3 run)",
    ];
    assert_eq!(commands, expected, "{}", ran.stdout);
    assert!(ran.stdout.contains("n8n-nodes-langchain.agent *\n") && ran.stdout.contains("* no package that can be added has it"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("\nruns ") && ran.stdout.lines().all(|line| line.chars().count() < 400), "{}", ran.stdout);
    let alone = konverte(&["check", &format!("{}/e.json", folder.path().display())]);
    assert!(alone.code == 4 && !alone.stdout.contains("packages add"), "{}", alone.stdout);
}

#[test]
fn every_workflow_of_an_export_counts_and_what_cannot_be_read_keeps_no_other_back() {
    let folder = Folder::new();
    let named = |name: &str, nodes: &[Value]| {
        let mut workflow = chain(nodes);
        workflow["name"] = name.into();
        workflow
    };
    let broken = json!({"name": "Broken", "nodes": [node("A", "n8n-nodes-base.noOp"), node("A", "n8n-nodes-base.noOp")], "connections": {}});
    folder.file("all.json", json!([named("One", &[set("A", "x", "1")]), named("Two", &[node("S", "n8n-nodes-base.slack")]), broken]).to_string());
    folder.file("api.json", json!({"data": [named("Three", &[])], "nextCursor": null}).to_string());
    let hook = json!({"name": "H", "type": "n8n-nodes-base.webhook", "typeVersion": 2, "parameters": {}});
    let timer = json!({"name": "T", "type": "n8n-nodes-base.scheduleTrigger", "typeVersion": 1.2, "parameters": {}});
    folder.file("two.json", json!({"nodes": [hook, timer], "connections": {}}).to_string());
    folder.file("graph.json", r#"{"nodes": [{"id": 1}], "edges": []}"#);
    folder.file("result.json", r#"{"status": "success", "nodes": {"A": {"runs": []}}}"#);
    let place = folder.path().to_str().expect("UTF-8");
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    let ran = konverte(&["check", place, &format!("{place}/."), empty.to_str().expect("UTF-8")]);
    let text = ran.stdout.replace(&format!("{place}/"), "");
    for line in [
        "runs    all.json#One\n",
        "lacks   all.json#Two  n8n-nodes-base.slack\n",
        "broken  all.json#",
        "runs    api.json\n",
        "runs    two.json  with --start NODE\n",
        "broken  empty  [KV0700] There is no workflow file",
        "3 of 6 workflows run (1 of them with --start NODE",
        "JSON files of other kinds: graph.json, result.json.",
    ] {
        assert!(text.replace(place, "").contains(line), "{line}: {text}");
    }
    assert_eq!(ran.code, 4);
    let none = Folder::new();
    none.file("package.json", "{}");
    let ran = konverte(&["check", none.path().to_str().expect("UTF-8")]);
    assert!(ran.code == 2 && ran.stderr.contains("There is no workflow"), "{}", ran.stderr);
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

#[test]
fn a_type_that_is_not_there_is_marked_where_it_stands() {
    let folder = Folder::new();
    let text = |kind: &str, version: &str| {
        format!(
            "{{\"nodes\": [\n{{\"name\": \"A\", \"parameters\": {{}},\n\"type\": \"{kind}\",\n\"typeVersion\": {version}}}], \"connections\": {{}}}}"
        )
    };
    for (kind, version, code, place) in [
        ("n8n-nodes-base.sett", "1", "KV0101", ":3:9"),
        ("n8n-nodes-base.slack", "1", "KV0102", ":3:9"),
        ("n8n-nodes-base.set", "99", "KV0103", ":4:16"),
    ] {
        let found = konverte(&["check", &folder.file("marked.json", text(kind, version)), "--format", "json"]).stdout;
        assert!(found.contains(code) && found.contains(place), "{kind}: {found}");
    }
}
