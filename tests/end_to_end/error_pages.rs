//! The examples on the pages of errors are real: what they show leads to that error.

use serde_json::{Value, json};

use crate::support::{Folder, konverte, repository};

/// Pages whose example needs more around it than a trigger, and what that is.
const NEED_MORE: [(&str, &str); 8] = [
    ("KV0007", "it is shortened"),
    ("KV0122", "the package"),
    ("KV0202", "nodes that wait for each other"),
    ("KV0205", "a sub-workflow"),
    ("KV0210", "a loop"),
    ("KV0211", "a million runs"),
    ("KV0415", "a server that does not heed page numbers"),
    ("KV0835", "a package"),
];

/// The first block of JSON on a page.
fn example(page: &str) -> Option<&str> {
    page.split_once("```json\n")?.1.split("\n```").next()
}

fn with(start: &Value, node: &Value) -> Value {
    let mut node = node.clone();
    for (key, value) in [("name", json!("Node")), ("position", json!([220, 0])), ("parameters", json!({}))] {
        if node.get(key).is_none() {
            node[key] = value;
        }
    }
    let to = json!({"main": [[{"node": node["name"], "type": "main", "index": 0}]]});
    json!({"name": "test", "nodes": [start, node], "connections": {"Start": to}})
}

/// The workflow files that an example stands for; `None`: it is of another kind, such as an error or an item.
fn files(code: &str, text: &str) -> Option<Vec<String>> {
    let value = serde_json::from_str::<Value>(text).or_else(|_| serde_json::from_str(&format!("{{{text}}}"))).unwrap_or_default();
    let has = |key: &str| value.get(key).is_some();
    let start = json!({"name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {}});
    let of_file = code.starts_with("KV00") && !has("type");
    Some(match () {
        () if of_file || has("nodes") => vec![text.to_owned()],
        // Of an action: either node of the family.
        () if has("resource") => ["konverte", "@devlikeapro/n8n-nodes-chatwoot.chatWoot"]
            .map(|kind| with(&start, &json!({"type": kind, "typeVersion": 1, "parameters": value})).to_string())
            .to_vec(),
        () if has("type") => vec![with(&start, &value).to_string()],
        () if ["connections", "settings", "pinData"].iter().any(|key| has(key)) => {
            let edit = json!({"name": "Edit", "type": "n8n-nodes-base.set", "typeVersion": 3.4, "position": [220, 0], "parameters": {}});
            let mut file = json!({"name": "test", "nodes": [start, edit], "connections": {}});
            file.as_object_mut()?.extend(value.as_object()?.clone());
            vec![file.to_string()]
        }
        () => return None,
    })
}

#[test]
fn what_an_error_page_shows_leads_to_that_error() {
    let folder = Folder::new();
    let (mut tried, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(repository("docs/errors")).expect("the pages") {
        let path = entry.expect("a page").path();
        let code = path.file_stem().and_then(|name| name.to_str()).expect("a code").to_owned();
        let text = std::fs::read_to_string(&path).expect("a page");
        let Some(files) = example(&text).and_then(|example| files(&code, example)).filter(|_| NEED_MORE.iter().all(|(known, _)| *known != code))
        else {
            continue;
        };
        tried += 1;
        let leads_to_it = files.into_iter().any(|content| {
            let file = folder.file("flow.json", content);
            let allowed = folder.path().display().to_string();
            let ends_so = |args: &[&str]| {
                let said = konverte(args);
                said.stderr.contains(&code) || said.stdout.contains(&code)
            };
            ends_so(&["check", &file]) || ends_so(&["run", &file, "--sandbox", "--allow-exec", "--allow-files", &allowed, "--output", "summary"])
        });
        if !leads_to_it {
            wrong.push(code);
        }
    }
    assert!(wrong.is_empty(), "the examples on these pages lead to something else: {wrong:?}");
    assert!(tried > 45, "only {tried} examples were tried");
}
