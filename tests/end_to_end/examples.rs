//! The example of every node type: `check` finds nothing in it, and it runs as it stands on its page.

use serde_json::{Value, json};

use crate::support::{Folder, chain, konverte};

/// The types whose examples do not end with success: a failure is their purpose.
const FAILS: &str = "n8n-nodes-base.stopAndError";

fn nodes() -> Vec<Value> {
    let list = konverte(&["nodes", "list", "--format", "json"]).json();
    list.as_array().expect("a list").clone()
}

fn example_writes_a_file(node: &Value) -> bool {
    ["n8n-nodes-base.readWriteFile", "n8n-nodes-base.writeBinaryFile"].iter().any(|name| node["name"] == *name)
}

/// The example in a workflow: behind a Manual Trigger and a Code node that makes two people, or as its start. A node with several
/// inputs gets the people on each.
fn around(node: &Value) -> Value {
    let example = node["example"].clone();
    let name = example["name"].as_str().expect("a name").to_owned();
    if node["trigger"] == true {
        return json!({"name": "test", "nodes": [example], "connections": {}, "settings": {"executionOrder": "v1"}});
    }
    let people = "return [{ json: { name: 'Ana', email: 'ana@example.com', age: 31, tags: ['new', 'vip'] } }, \
                  { json: { name: 'Rui', email: 'rui@example.org', age: 17, tags: ['new'] } }];";
    let people = json!({"name": "People", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": {"jsCode": people}});
    let mut workflow = chain(&[people, example]);
    if example_writes_a_file(node) {
        let file = "{ data: { data: 'YSxiCg==', mimeType: 'text/csv', fileName: 'a.csv' } }";
        let with_files = format!("return $input.all().map(() => ({{ json: {{ name: 'Ana' }}, binary: {file} }}));");
        workflow["nodes"][1]["parameters"]["jsCode"] = with_files.into();
    }
    if node["name"] == "n8n-nodes-base.merge" {
        let second = json!({"node": name, "type": "main", "index": 1});
        workflow["connections"]["People"]["main"][0].as_array_mut().expect("a list").push(second);
    }
    if node["name"] == "n8n-nodes-base.respondToWebhook" {
        workflow["nodes"][0]["type"] = "n8n-nodes-base.webhook".into();
    }
    if node["name"] == "n8n-nodes-base.stickyNote" {
        workflow["connections"].as_object_mut().expect("an object").shift_remove("People");
    }
    workflow
}

/// What Execute Workflow's example names: the example of its trigger.
fn sub_workflow(nodes: &[Value]) -> Value {
    let trigger = nodes.iter().find(|node| node["name"] == "n8n-nodes-base.executeWorkflowTrigger").expect("the trigger");
    let mut workflow = around(trigger);
    workflow["id"] = json!("welcome");
    workflow
}

/// The folder that examples call `/data`, with a file for each of the people.
fn data(folder: &Folder) -> String {
    for name in ["in", "out"] {
        std::fs::create_dir_all(folder.path().join("data").join(name)).expect("made");
    }
    folder.file("data/in/Ana.csv", "a,b\n");
    folder.file("data/in/Rui.csv", "");
    folder.path().join("data").display().to_string()
}

#[test]
fn every_example_is_checked_and_runs() {
    let nodes = nodes();
    assert!(nodes.len() > 20);
    for node in &nodes {
        let name = node["name"].as_str().expect("a type");
        let folder = Folder::new();
        folder.file("welcome.json", sub_workflow(&nodes).to_string());
        let data = data(&folder);
        let file = folder.file("workflow.json", around(node).to_string().replace("/data/", &format!("{data}/")));
        let checked = konverte(&["check", &file]);
        // Konverte's credential is named in the example, and is the reader's own: no file of it is needed to check.
        assert_eq!(checked.code, 0, "{name}: {}", checked.stderr);
        assert!(!checked.stdout.contains("WARN") && !checked.stdout.contains("ERROR"), "{name}: {}", checked.stdout);
        let mut run = vec!["run", &file, "--strict", "--output", "json", "--allow-files", &data, "--allow-exec"];
        // No request leaves a test.
        let credentials =
            json!({"postgres": {"host": "h", "database": "d", "user": "u", "password": "p"}, "smtp": {"host": "h", "user": "u", "password": "p"}});
        let credentials = folder.file("credentials.json", credentials.to_string());
        if ["emailSend", "postgres"].iter().any(|needs| name == format!("n8n-nodes-base.{needs}")) {
            run.extend(["--credentials", &credentials]);
        }
        let leaves = ["httpRequest", "emailSend", "postgres"].iter().any(|leaves| name == format!("n8n-nodes-base.{leaves}"));
        run.push(if leaves { "--dry-run" } else { "--sandbox" });
        let ran = konverte(&run);
        assert_eq!(ran.code, i32::from(name == FAILS), "{name}: {}", ran.stderr);
        if name == FAILS {
            assert!(ran.stderr.contains("There is no account for ana@example.com"), "{}", ran.stderr);
        }
    }
}
