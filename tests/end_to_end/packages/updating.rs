//! What a newer version would change, and names that are nearly another one.

use serde_json::json;

use super::made_up::{LICENCE, Project, http, node_class, node_type};

const NAME: &str = "n8n-nodes-made-up";

/// 1.1.0: another licence, one node more, a host more, the library `d` in the place of `b`.
fn publish_newer(project: &Project) {
    let manifest =
        json!({"license": "GPL-3.0", "dependencies": {"a": "^1.0.0", "d": "1"}, "n8n": {"nodes": ["dist/Made.node.js", "dist/More.node.js"]}});
    let made = format!("require('a'); const at = 'https://new.example/'; {}", node_class("Made"));
    let more = format!("require('d'); {}", node_class("More"));
    project.registry.publish(NAME, "1.1.0", "Other terms.", &manifest, &[("dist/Made.node.js", &made), ("dist/More.node.js", &more)]);
    project.registry.publish("d", "1.0.0", "", &json!({}), &[("index.js", "exports.d = 1")]);
}

#[test]
fn what_a_newer_version_changes_is_said_before_it_is_taken() {
    let project = Project::added();
    assert_eq!(project.run(&["outdated"]).stdout, "Every package of the registry is the newest.\n");
    publish_newer(&project);
    let changes = [
        "version: 1.0.0 -> 1.1.0",
        "licence: SEE LICENSE -> GPL-3.0",
        "licence: its text is another one than was accepted",
        "new node types (1): more",
        "new dependencies (1): d",
        "gone dependencies (1): b",
        "its files name hosts that were not granted (1): new.example",
    ];
    let told = project.run(&["outdated", "--json"]).json();
    assert_eq!(told, json!([{"name": NAME, "version": "1.0.0", "newest": "1.1.0", "changes": changes}]));
    assert!(project.run(&["outdated"]).stdout.starts_with("n8n-nodes-made-up 1.0.0 -> 1.1.0: `konverte packages update n8n-nodes-made-up`"));

    let before = project.lock();
    let ran = project.run(&["update", NAME]);
    ran.refused(2, "KV0812");
    assert!(changes.iter().all(|change| ran.stderr.contains(change)), "{}", ran.stderr);
    assert_eq!(project.lock(), before);
    project.run(&["update", NAME, "--yes"]).says(0, "n8n-nodes-made-up 1.1.0 was added");
    let hosts = project.run(&["list", "--json"]).json()["packages"][0]["hosts"].clone();
    assert_eq!(hosts, json!(["api.made-up.example"]), "what was granted stays, and no more");
    assert_eq!(project.run(&["outdated", "--json"]).json(), json!([]));
    let (before, asked) = (project.lock(), project.registry.asked().len());
    project.run(&["update", NAME]).says(0, "n8n-nodes-made-up 1.1.0 is the newest; nothing was changed");
    assert_eq!((project.lock(), project.registry.asked().len()), (before, asked + 1), "its versions are asked for, and no more");
    project.run(&["update", NAME, "--yes", "--host", "new.example"]).says(0, "may go to: new.example");
    project.run(&["update", "n8n-nodes-other"]).refused(2, "KV0811");

    // Other terms under the text of before are other terms.
    let made = node_class("Made");
    let manifest = json!({"license": "UNLICENSED", "n8n": {"nodes": ["dist/Made.node.js"]}});
    project.registry.publish(NAME, "1.2.0", "Other terms.", &manifest, &[("dist/Made.node.js", &made)]);
    project.run(&["update", NAME]).refused(2, "KV0812");
}

/// A package whose types are not called like their files: two versions, of which the second has other types, versions and needs.
fn publish_with_other_names(project: &Project) {
    let publish = |version: &str, manifest: serde_json::Value, files: &[(&str, String)]| {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        project.registry.publish("n8n-nodes-other-names", version, LICENCE, &manifest, &files);
    };
    let made = ("dist/Made.node.js", format!("require('a'); {}", node_type("Made", "madeUp", &[1, 2])));
    let old = ("dist/Old.node.js", node_type("Old", "veryOld", &[1]));
    let manifest = json!({"dependencies": {"a": "^1.0.0"}, "n8n": {"nodes": ["dist/Made.node.js", "dist/Old.node.js"]}});
    publish("1.0.0", manifest, &[made, old]);
    project.run(&["add", "n8n-nodes-other-names", "--yes"]).says(0, "was added");
    project.registry.publish("a", "2.0.0", "", &json!({}), &[("index.js", "exports.a = 2")]);
    let made = ("dist/Made.node.js", format!("require('a'); require('child_process'); {}", node_type("Made", "madeUp", &[2, 3])));
    let base = ("dist/Base.node.js", format!("require('pg'); {}", node_type("Base", "dataBase", &[1])));
    let key = "exports.Key = class { constructor() { this.name = 'keyApi'; this.displayName = 'Key'; this.properties = []; } };";
    let n8n = json!({"nodes": ["dist/Made.node.js", "dist/Base.node.js"], "credentials": ["dist/Key.credentials.js"]});
    let manifest = json!({"dependencies": {"a": "^2.0.0", "pg": "8"}, "n8n": n8n});
    publish("1.1.0", manifest, &[made, base, ("dist/Key.credentials.js", key.to_owned())]);
}

#[test]
fn types_that_are_not_called_like_their_files_are_held_against_each_other() {
    let project = Project::new();
    publish_with_other_names(&project);
    let told = project.run(&["outdated", "--json"]).json();
    // Nothing of the new version has run: a new type is called like its file.
    let changes = json!([
        "version: 1.0.0 -> 1.1.0",
        "new node types (1): base",
        "gone node types (1): veryOld",
        "new credential types (1): key",
        "node types of which nothing runs in a box (1): base (needs pg, which opens sockets)",
        "new Node.js modules (1): child_process",
        "new packages that are left out (1): pg (opens sockets)",
        "dependencies in other versions (1): a 1.2.0 -> ^2.0.0",
    ]);
    assert_eq!(told[0]["changes"], changes);
    let ran = project.run(&["update", "n8n-nodes-other-names", "--yes"]);
    ran.says(0, "was added");
    // Now its types have told of themselves.
    for line in ["new node types (1): dataBase", "new versions of node types (1): madeUp 3", "gone versions of node types (1): madeUp 1", "keyApi"] {
        assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    }
}

#[test]
fn an_older_latest_is_no_update() {
    let project = Project::added();
    publish_newer(&project);
    project.run(&["update", NAME, "--yes"]).says(0, "1.1.0 was added");
    project.registry.tag_latest(NAME, "1.0.0");
    let ran = project.run(&["outdated"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "n8n-nodes-made-up 1.1.0: the registry's latest, 1.0.0, is older than yours\n"));
    assert_eq!(project.run(&["outdated", "--json"]).json(), json!([{"name": NAME, "version": "1.1.0", "older": "1.0.0"}]));
    let before = project.lock();
    project.run(&["update", NAME, "--yes"]).says(0, "nothing was changed: `konverte packages add n8n-nodes-made-up@1.0.0` takes it");
    assert_eq!(project.lock(), before);
    project.run(&["add", NAME]).refused(2, "version: 1.1.0 -> 1.0.0, which is older");
}

#[test]
fn a_package_that_is_not_there_any_more_keeps_no_other_from_being_looked_at() {
    let project = Project::added();
    project.registry.publish_nodes("n8n-nodes-gone", "1.0.0", LICENCE);
    project.run(&["add", "n8n-nodes-gone", "--yes"]).says(0, "was added");
    publish_newer(&project);
    project.registry.answers("/n8n-nodes-gone", http(404, "", b"{}"));
    let ran = project.run(&["outdated"]);
    ran.says(1, "n8n-nodes-gone answers with 404");
    assert!(ran.stdout.starts_with("n8n-nodes-gone 1.0.0: which version is the newest could not be found out"), "{}", ran.stdout);
    assert!(ran.stdout.contains("n8n-nodes-made-up 1.0.0 -> 1.1.0"), "{}", ran.stdout);
    let told = project.run(&["outdated", "--json"]).json();
    assert_eq!((&told[0]["error"]["code"], &told[1]["newest"]), (&json!("KV0802"), &json!("1.1.0")));
    let ran = project.run(&["outdated", "--registry", "http://127.0.0.1:1", "--json"]);
    ran.says(1, "does not answer");
    assert_eq!(ran.json().as_array().map(Vec::len), Some(2));
}

#[test]
fn a_name_one_letter_away_from_a_known_one_is_said() {
    let project = Project::added();
    for (name, known) in [("n8n-nodes-bass", "n8n-nodes-base"), ("n8n-nodes-madeup", NAME)] {
        project.registry.publish_nodes(name, "1.0.0", LICENCE);
        project.run(&["add", name]).refused(2, &format!("{name} is one letter away from {known}: is it the one that you mean?"));
    }
    // A name that is mistyped is mostly of no package.
    let ran = project.run(&["add", "n8n-node-base"]);
    ran.refused(1, "n8n-node-base is one letter away from n8n-nodes-base: is it the one that you mean?");
    ran.says(1, "answers with 404");
    assert!(!project.run(&["add", NAME]).stderr.contains("one letter away"));
}
